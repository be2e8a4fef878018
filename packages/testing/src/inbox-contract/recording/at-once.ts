import assert from 'node:assert/strict';
import type { CallStatus, Inbox } from '@call-status/core';
import { CALL_STATUSES, isTerminal } from '@call-status/core';
import { Random } from '../../random.ts';
import type { Bench, Tests } from '../bench/bench.ts';
import { expectedTransitions } from '../bench/expected-transitions.ts';

/** How many calls get events at once. */
export const RUNS = 25;

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
export async function recordAtOnce(t: Bench, inboxes: readonly Inbox[]): Promise<void> {
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
