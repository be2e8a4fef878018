import { expect, it } from 'vitest';
import { anEvent } from '../../test/events.ts';
import { open, t, within } from '../../test/stores.ts';
import { temporaryFile } from '../../test/support.ts';
import { loadEngine } from '../database/engine.ts';
import { readSteps } from '../pages.ts';
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

it('reads and recognizes all events of a call, even if their ids end alike', async () => {
  const store = open(temporaryFile());
  const events = Array.from({ length: 250 }, (_, at) =>
    eventColumnsOf(anEvent('c1', 'ringing', { id: `acme:c1:${at}:same-for-all` })),
  );
  within(store, () => {
    for (const event of events) store.record(event, t(1));
  });
  const call = await readSteps(store.reading.calls.call('acme', 'c1', ''));
  expect(new Set(call?.events.map(({ id }) => id)).size).toBe(250);
  expect(within(store, () => events.map((event) => store.record(event, t(1))[0]))).toEqual(
    events.map(() => 'duplicate'),
  );
});
