import type { CallStatus, Inbox } from '@call-status/core';
import { CALL_STATUSES, isTerminal } from '@call-status/core';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Bench } from './bench.ts';
import type { Tests } from './contract-test.ts';
import { expectedTransitions } from './expected-transitions.ts';

const RUNS = 25;

/** Handles all events of a call, and returns what they were, in the order in which they were given out. */
async function handleAll(t: Bench, callId: string): Promise<{ status: CallStatus; transition: string }[]> {
  const order: { status: CallStatus; transition: string }[] = [];
  for (;;) {
    const { jobs: work } = await t.take();
    if (work.length === 0) return order;
    for (const { event, lease } of work) {
      if (event.callId === callId) order.push({ status: event.status, transition: event.transition });
      await t.inbox.finish(lease);
    }
  }
}

/** Records different events of one call at once, spread over some inboxes, and checks what each of them did. */
async function recordAtOnce(t: Bench, inboxes: readonly Inbox[]): Promise<void> {
  let run = 0;
  const arrivals = fc.array(fc.tuple(fc.constantFrom(...CALL_STATUSES), fc.nat(inboxes.length - 1)), {
    minLength: 2,
    maxLength: 8,
  });
  await fc.assert(
    fc.asyncProperty(arrivals, async (all) => {
      const callId = `c${++run}`;
      const recorded = await Promise.all(
        all.map(([status, at], index) =>
          (inboxes[at] as Inbox).record(t.event(callId, status, { id: `${callId}/${index}` })),
        ),
      );
      const order = await handleAll(t, callId);
      const transitions = order.map(({ transition }) => transition);
      // The order of the work is the order of recording, and each event was judged by those before it.
      expect(transitions).toEqual(expectedTransitions(order.map(({ status }) => status)));
      expect(recorded.map(({ transition }) => transition).sort()).toEqual([...transitions].sort());
      const ends = order.filter(({ status, transition }) => transition === 'advance' && isTerminal(status));
      expect(ends).toHaveLength(all.some(([status]) => isTerminal(status)) ? 1 : 0);
      const call = await t.inbox.getCall('acme', callId);
      expect(call?.status).toBe(order.findLast(({ transition }) => transition === 'advance')?.status ?? 'unknown');
    }),
    { numRuns: RUNS },
  );
}

/** Different events of one call at once. */
export const AT_ONCE: Tests = {
  'judges events of one call that come at once in the order in which it gives them out': (t) =>
    recordAtOnce(t, [t.inbox]),
};

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
      expect(found.map(({ transition }) => transition).sort()).toEqual(['advance', 'conflict']);
    }
  },

  'gives each event to one of two that ask at once': async (t) => {
    const other = await t.second();
    const ids = Array.from({ length: 40 }, (_, at) => `c${at}`);
    await Promise.all(ids.map((callId) => t.record(callId, 'ringing')));
    const taken: string[] = [];
    for (let round = 0; round < 10; round++) {
      const both = await Promise.all([t.take(3), t.take(3, other)]);
      taken.push(...both.flatMap(({ jobs: work }) => work.map(({ event }) => event.callId)));
    }
    expect(taken.sort()).toEqual(ids.sort());
  },

  'records and gives out though all open an empty store at once': async (t) => {
    const others = await Promise.all(Array.from({ length: 4 }, () => t.second()));
    const all = [t.inbox, ...others];
    const recorded = await Promise.all(all.map((inbox, at) => inbox.record(t.event(`c${at}`, 'ringing'))));
    expect(recorded).toEqual(all.map(() => ({ transition: 'advance', done: false })));
    expect(await t.inbox.counts()).toMatchObject({ live: all.length, waiting: all.length });
  },
};

/** Two inboxes of one store, whose clocks differ. */
export const TWO_CLOCKS: Tests = {
  'makes nothing that is due wait for a clock': async (t) => {
    for (const [at, minutes] of [-90, -5, 5, 90].entries()) {
      const other = await t.second({ clock: () => t.clock.now() + minutes * 60_000 });
      await t.record(`a${at}`, 'queued', 'ringing');
      await other.record(t.event(`b${at}`, 'queued'));
      await other.record(t.event(`b${at}`, 'ringing'));
      const there = await t.take(100, other);
      expect(there.jobs.map(({ event }) => event.id).sort()).toEqual([`acme:a${at}:queued`, `acme:b${at}:queued`]);
      for (const { lease } of there.jobs) expect(await other.finish(lease)).toBe('done');
      const here = await t.take();
      expect(here.jobs.map(({ event }) => event.id).sort()).toEqual([`acme:a${at}:ringing`, `acme:b${at}:ringing`]);
      for (const { lease } of here.jobs) expect(await t.inbox.release(lease)).toBe('done');
      const back = await t.take(100, other);
      expect(back.jobs).toHaveLength(2);
      for (const { lease } of back.jobs) expect(await other.finish(lease)).toBe('done');
    }
  },
};
