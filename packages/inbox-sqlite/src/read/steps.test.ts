import { expect, it } from 'vitest';
import { anEvent } from '../../test/events.ts';
import { open, t, take, within } from '../../test/stores.ts';
import { temporaryFile } from '../../test/support.ts';
import { eventColumnsOf } from '../store/rows.ts';

/** How many times a reader stops to let others go on, and what it returns. */
function run<T>(steps: Generator<void, T>): { pauses: number; result: T } {
  for (let pauses = 0; ; pauses++) {
    const step = steps.next();
    if (step.done === true) return { pauses, result: step.value };
  }
}

it('statistics of many calls are read in steps', () => {
  const store = open(temporaryFile());
  within(store, () => {
    for (let at = 0; at < 600; at++) {
      const more = { receivedAt: new Date(at * 1000).toISOString(), durationSeconds: at };
      store.record(eventColumnsOf(anEvent(`c${at}`, 'completed', more)), t(at));
    }
  });
  const query = { since: new Date(0), until: new Date(550_000), bucketMs: 3_600_000 };
  const { pauses, result } = run(store.reading.stats.rows(query, t(600_000)));
  expect(pauses).toBe(2);
  expect(result).toMatchObject([{ calls: 550, durationSeconds: { p50: 274.5 } }]);
});

it('groups of many dead letters are read in steps, and only so many are returned', () => {
  const store = open(temporaryFile());
  const die = (callId: string, error: string, now: number) => {
    within(store, () => store.record(eventColumnsOf(anEvent(callId)), t(now)));
    const [job] = within(store, () => take(store, now));
    within(store, () => store.fail(job?.token ?? '', { error, doneHandlers: [] }, t(now)));
  };
  for (let at = 0; at < 600; at++) die(`c${at}`, at < 480 ? `No user ${at}` : `unique ${'x'.repeat(at - 479)}`, at + 1);
  const { pauses, result } = run(store.deadLetters.groups({}));
  expect(pauses).toBe(1);
  expect(result).toHaveLength(100);
  expect(result[0]).toEqual({
    provider: 'acme',
    error: 'No user *',
    count: 480,
    firstDeadAt: new Date(1).toISOString(),
    lastDeadAt: new Date(480).toISOString(),
  });
  expect(result[1]).toMatchObject({ count: 1, lastDeadAt: new Date(600).toISOString() });
  expect(
    run(store.deadLetters.groups({ since: new Date(100), until: new Date(102), provider: 'acme' })).result,
  ).toMatchObject([{ count: 2 }]);
  expect(run(store.deadLetters.groups({ provider: 'zenith' })).result).toEqual([]);
});
