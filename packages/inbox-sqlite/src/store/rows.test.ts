import { expect, it } from 'vitest';
import { anEvent } from '../../test/events.ts';
import { open, t, within } from '../../test/stores.ts';
import { temporaryFile } from '../../test/support.ts';
import { loadEngine } from '../database/engine.ts';
import { eventColumnsOf } from './rows.ts';

it('an event fills the columns of its call, and a later one changes what it has', () => {
  const path = temporaryFile();
  const store = open(path);
  const record = (...event: Parameters<typeof anEvent>) =>
    within(store, () => store.record(eventColumnsOf(anEvent(...event)), t(1)));
  const read = () => {
    const db = new (loadEngine())(path);
    const row = db.prepare('SELECT * FROM calls').get();
    db.close();
    return row;
  };
  record('c1', 'ringing', {
    from: '+15550100001',
    to: '+15550100002',
    trust: 'signed',
    sip: { code: 180, phrase: 'Ringing' },
  });
  expect(read()).toMatchObject({
    from_number: '+15550100001',
    from_digits: '15550100001',
    from_reversed: '10000105551',
    to_number: '+15550100002',
    to_reversed: '20000105551',
    trust: 'signed',
    sip_code: 180,
    sip_phrase: 'Ringing',
    has_late: 0,
    answered: null,
  });
  record('c1', 'completed', { from: '+15550100003', to: 'sip:7', trust: 'token', sip: { code: 200 }, answered: true });
  expect(read()).toMatchObject({
    from_digits: '15550100003',
    from_reversed: '30000105551',
    to_number: 'sip:7',
    to_digits: null,
    to_reversed: null,
    trust: 'token',
    sip_code: 200,
    sip_phrase: null,
    answered: 1,
    ended_by: null,
  });
  record('c1', 'busy', { trust: 'signed', answered: false });
  record('c1', 'in-progress', {});
  expect(read()).toMatchObject({
    status: 'completed',
    from_number: '+15550100003',
    trust: 'none',
    answered: 1,
    has_conflict: 1,
    has_late: 1,
    event_count: 4,
    last_event: 4,
  });
});
