import { expect, it } from 'vitest';
import { anEvent } from '../../test/events.ts';
import { open, t, within } from '../../test/stores.ts';
import { temporaryFile } from '../../test/support.ts';
import { loadEngine } from '../database/engine.ts';
import { columnsOf } from './rows.ts';

it('lists calls of the same time in the order of recording, across providers', () => {
  const store = open(temporaryFile());
  const receivedAt = new Date(1).toISOString();
  const callIds = Array.from({ length: 90 }, (_, at) => `c${at}`);
  within(store, () => {
    for (const [at, callId] of callIds.entries()) {
      const id = `p${at}:${callId}`;
      store.record(columnsOf(anEvent(callId, 'ringing', { provider: `p${89 - at}`, id, receivedAt })), t(1));
    }
  });
  const rows = store.calls.list({ state: 'live' }, { at: Number.MAX_SAFE_INTEGER, row: 0 }, 100);
  expect(rows.map((row) => row['call_id'])).toEqual(callIds.reverse());
});

it('returns no call whose events another process has just removed', () => {
  const path = temporaryFile();
  const store = open(path);
  within(store, () => store.record(columnsOf(anEvent('c1')), t(1)));
  const other = new (loadEngine())(path);
  other.exec('DELETE FROM recorded');
  other.close();
  expect(store.calls.call('acme', 'c1', '').next()).toEqual({ done: true, value: undefined });
});
