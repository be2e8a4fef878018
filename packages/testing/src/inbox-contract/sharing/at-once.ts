import assert from 'node:assert/strict';
import { assertMatches } from '../../assertions.ts';
import type { Tests } from '../bench/bench.ts';
import { RUNS, recordAtOnce } from '../recording/at-once.ts';

/** The same at two inboxes of one store. */
export const AT_ONCE_AT_TWO: Tests = {
  'judges events of one call that come to both at once in the order in which they are given out': async (t) =>
    recordAtOnce(t, [t.inbox, await t.second()]),

  'lets a call end once, though two ends come to two at once': async (t) => {
    const other = await t.second();
    for (let at = 0; at < RUNS; at++) {
      const found = await Promise.all([
        t.inbox.record(t.event(`c${at}`, 'completed')),
        other.record(t.event(`c${at}`, 'busy')),
      ]);
      assert.deepEqual(found.map(({ transition }) => transition).sort(), ['advance', 'conflict']);
    }
  },

  'gives each event to one of two that ask at once': async (t) => {
    const other = await t.second();
    const ids = Array.from({ length: 40 }, (_, at) => `c${at}`);
    await Promise.all(ids.map((callId) => t.record(callId, 'ringing')));
    const taken: string[] = [];
    for (let round = 0; round < 10; round++) {
      const both = await Promise.all([t.take(3), t.take(3, other)]);
      taken.push(...both.flatMap(({ jobs }) => jobs.map(({ event }) => event.callId)));
    }
    assert.deepEqual(taken.sort(), ids.sort());
  },

  'records and gives out though all open an empty store at once': async (t) => {
    const others = await Promise.all(Array.from({ length: 4 }, () => t.second()));
    const all = [t.inbox, ...others];
    const recorded = await Promise.all(all.map((inbox, at) => inbox.record(t.event(`c${at}`, 'ringing'))));
    assert.deepEqual(
      recorded,
      all.map(() => ({ transition: 'advance', done: false })),
    );
    assertMatches(await t.inbox.counts(), { live: all.length, waiting: all.length });
  },
};
