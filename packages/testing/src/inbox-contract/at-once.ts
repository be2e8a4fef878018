import assert from 'node:assert/strict';
import type { CallStatus, Inbox } from '@call-status/core';
import { CALL_STATUSES, isTerminal } from '@call-status/core';
import { assertMatches } from '../assertions.ts';
import { Random } from '../random.ts';
import type { Bench, Tests } from './bench.ts';
import { expectedTransitions } from './expected-transitions.ts';

const RUNS = 25;

/** Handles all events of a call, and returns them in the order in which they were handed out. */
async function handleAll(t: Bench, callId: string): Promise<{ status: CallStatus; transition: string }[]> {
  const order: { status: CallStatus; transition: string }[] = [];
  for (;;) {
    const { jobs } = await t.take();
    if (jobs.length === 0) return order;
    for (const { event, lease } of jobs) {
      if (event.callId === callId) order.push({ status: event.status, transition: event.transition });
      await t.inbox.finish(lease);
    }
  }
}

/** Records different events of one call at once, spread over several inboxes, and checks the transition of each. */
async function recordAtOnce(t: Bench, inboxes: readonly Inbox[]): Promise<void> {
  const random = new Random(1);
  for (let run = 1; run <= RUNS; run++) {
    const all = random.list(2, 8, () => [random.pick(CALL_STATUSES), random.below(inboxes.length)] as const);
    const callId = `c${run}`;
    const recorded = await Promise.all(
      all.map(([status, at], index) =>
        (inboxes[at] as Inbox).record(t.event(callId, status, { id: `${callId}/${index}` })),
      ),
    );
    const order = await handleAll(t, callId);
    const transitions = order.map(({ transition }) => transition);
    // Jobs are in the order of recording, and each transition depends on the events before it.
    assert.deepEqual(transitions, expectedTransitions(order.map(({ status }) => status)));
    assert.deepEqual(recorded.map(({ transition }) => transition).sort(), [...transitions].sort());
    const ends = order.filter(({ status, transition }) => transition === 'advance' && isTerminal(status));
    assert.equal(ends.length, all.some(([status]) => isTerminal(status)) ? 1 : 0);
    const call = await t.inbox.getCall('acme', callId);
    assert.equal(call?.status, order.findLast(({ transition }) => transition === 'advance')?.status ?? 'unknown');
  }
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

/** Two inboxes of one store, whose clocks differ. */
export const TWO_CLOCKS: Tests = {
  'makes nothing that is due wait for a clock': async (t) => {
    for (const [at, minutes] of [-90, -5, 5, 90].entries()) {
      const other = await t.second({ clock: () => t.clock.now() + minutes * 60_000 });
      await t.record(`a${at}`, 'queued', 'ringing');
      await other.record(t.event(`b${at}`, 'queued'));
      await other.record(t.event(`b${at}`, 'ringing'));
      const there = await t.take(100, other);
      assert.deepEqual(there.jobs.map(({ event }) => event.id).sort(), [`acme:a${at}:queued`, `acme:b${at}:queued`]);
      for (const { lease } of there.jobs) assert.equal(await other.finish(lease), 'done');
      const here = await t.take();
      assert.deepEqual(here.jobs.map(({ event }) => event.id).sort(), [`acme:a${at}:ringing`, `acme:b${at}:ringing`]);
      for (const { lease } of here.jobs) assert.equal(await t.inbox.release(lease), 'done');
      const back = await t.take(100, other);
      assert.equal(back.jobs.length, 2);
      for (const { lease } of back.jobs) assert.equal(await other.finish(lease), 'done');
    }
  },
};
