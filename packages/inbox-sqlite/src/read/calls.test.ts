import { expect, it } from 'vitest';
import { anEvent } from '../../test/events.ts';
import { open, t, within } from '../../test/stores.ts';
import { temporaryFile } from '../../test/support.ts';
import { loadEngine } from '../database/engine.ts';
import { eventColumnsOf } from '../store/rows.ts';

it('returns no call whose events another process has just removed', () => {
  const path = temporaryFile();
  const store = open(path);
  within(store, () => store.record(eventColumnsOf(anEvent('c1')), t(1)));
  const other = new (loadEngine())(path);
  other.exec('DELETE FROM recorded');
  other.close();
  expect(store.reading.calls.call('acme', 'c1', '').next()).toEqual({ done: true, value: undefined });
});
