import assert from 'node:assert/strict';
import type { Inbox } from '@call-status/core';
import type { NewEvent, Recorded } from '@call-status/core/inbox';
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
    const inboxes = [t.inbox, t.second(), t.second(), t.second(), t.second()];
    const events = inboxes.map((_, at) => t.event(`c${at}`, 'ringing'));
    const recorded = await Promise.all(
      inboxes.map(async (inbox, at) => {
        const opened = await inbox;
        await opened.ready?.({ create: true });
        return opened.record(events[at] as NewEvent);
      }),
    );
    assert.deepEqual(
      recorded,
      events.map(() => ({ transition: 'advance', done: false })),
    );
    assertMatches(await t.inbox.counts(), { live: events.length, waiting: events.length });
    assert.equal((await t.take()).jobs.length, events.length);
  },

  'lets no bad event fail those that come to both at once': async (t) => {
    const inboxes = [t.inbox, await t.second()];
    const good: Promise<Recorded>[] = [];
    const bad: Promise<unknown>[] = [];
    for (let at = 0; at < 40; at++) {
      const inbox = inboxes[at % 2] as Inbox;
      good.push(inbox.record(t.event(`c${at % 10}`, 'ringing', { id: `${at}` })));
      // It may be rejected or kept.
      if (at % 3 === 0) bad.push(inbox.record({ ...t.event(`c${at % 10}`, 'busy'), raw: 1n }).catch(() => {}));
    }
    const [recorded] = await Promise.all([Promise.all(good), Promise.all(bad)]);
    assert.ok(recorded.every(({ transition, done }) => transition !== 'duplicate' && !done));
  },
};
