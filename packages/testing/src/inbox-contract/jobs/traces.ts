import assert from 'node:assert/strict';
import type { Inbox } from '@call-status/core';
import { type Bench, LEASE_MS, type Tests } from '../bench/bench.ts';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const OTHER = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';

async function record(t: Bench, callId: string, trace: string): Promise<void> {
  await t.inbox.record(t.event(callId, 'ringing'), { trace });
}

export const TRACES: Tests = {
  'gives a job the trace of its event': async (t) => {
    await record(t, 'c1', TRACE);
    assert.equal((await t.finishOne()).trace, TRACE);
    await t.inbox.record(t.event('c2', 'ringing'), {});
    await t.record('c2', 'completed');
    for (let count = 0; count < 2; count++) assert.ok(!('trace' in (await t.finishOne())));
  },

  'does so in a take that waits for it, and for an event behind another': async (t) => {
    const [, { jobs }] = await Promise.all([record(t, 'c1', TRACE), t.take()]);
    for (const job of jobs) await t.inbox.finish(job.lease);
    await t.inbox.record(t.event('c1', 'in-progress'), { trace: OTHER });
    await t.inbox.record(t.event('c1', 'completed'), { trace: TRACE });
    const traces = jobs.map(({ trace }) => trace);
    for (let left = 3 - jobs.length; left > 0; left--) traces.push((await t.finishOne()).trace);
    assert.deepEqual(traces, [TRACE, OTHER, TRACE]);
  },

  'keeps the trace for retries, suspects and replays': async (t) => {
    await record(t, 'c1', TRACE);
    const { lease } = await t.takeOne();
    await t.inbox.fail(lease, { error: 'boom', doneHandlers: [], retryInMs: 0 });
    assert.equal((await t.takeOne()).trace, TRACE);
    t.clock.advance(LEASE_MS + 1);
    const suspect = await t.takeSuspect();
    assert.equal(suspect.trace, TRACE);
    await t.inbox.fail(suspect.lease, { error: 'boom', doneHandlers: [] });
    await t.inbox.deadLetters.replay(suspect.event.id);
    assert.equal((await t.takeOne()).trace, TRACE);
  },

  'keeps the trace of the first of two that record the same event, and not in the event': async (t) => {
    await record(t, 'c1', TRACE);
    await record(t, 'c1', OTHER);
    const { trace, event } = await t.takeOne();
    assert.equal(trace, TRACE);
    assert.ok(!('trace' in event));
  },
};

/** Of an inbox that can move calls. */
export const MOVED_TRACES: Tests = {
  'moves the traces of events that are not handled': async (t) => {
    await record(t, 'c1', TRACE);
    const { event } = await t.moveToDeadLetters();
    await t.inbox.record(t.event('c1', 'completed'), { trace: OTHER });
    const other = (await t.another()) as Required<Inbox>;
    const call = await (t.inbox as Required<Inbox>).exportCall('acme', 'c1');
    assert.ok(call !== undefined && (await other.importCall(call)));
    assert.equal((await t.takeOne(other)).trace, OTHER);
    await other.deadLetters.replay(event.id);
    assert.deepEqual((await t.take(1, other)).jobs, []);
    assert.deepEqual(await other.exportCall('acme', 'c1').then((moved) => moved?.events.map(({ trace }) => trace)), [
      TRACE,
      OTHER,
    ]);
  },
};
