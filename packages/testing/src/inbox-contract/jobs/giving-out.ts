import assert from 'node:assert/strict';
import type { Job, Lease } from '@call-status/core/inbox';
import { assertMatches } from '../../assertions.ts';
import { eventually } from '../../real-time.ts';
import type { Tests } from '../bench/bench.ts';
import { LEASE_MS } from '../bench/bench.ts';

export const GIVING_OUT: Tests = {
  'gives at most what was asked for, and nothing twice': async (t) => {
    for (const callId of ['c1', 'c2', 'c3', 'c4', 'c5']) await t.record(callId, 'ringing');
    const taken = [...(await t.take(2)).jobs, ...(await t.take(2)).jobs, ...(await t.take(2)).jobs];
    assert.deepEqual(taken.map(({ event: { callId } }) => callId).sort(), ['c1', 'c2', 'c3', 'c4', 'c5']);
    assert.equal(new Set(taken.map(({ lease }) => lease.token)).size, 5);
    for (const job of taken) assertMatches(job, { attempt: 1, doneHandlers: [] });
    await t.expectIdle();
  },

  'gives one event of a call at a time, in order, while other calls go on': async (t) => {
    await t.record('c1', 'queued', 'ringing', 'completed');
    await t.record('c2', 'queued', 'busy');
    const first = (await t.take()).jobs;
    assert.deepEqual(first.map((job) => job.event.id).sort(), ['acme:c1:queued', 'acme:c2:queued']);
    await t.expectIdle();
    const [c1, c2] = [...first].sort((a, b) => (a.event.callId < b.event.callId ? -1 : 1)) as [Job, Job];
    await t.inbox.finish(c2.lease);
    assert.equal((await t.finishOne()).event.id, 'acme:c2:busy');
    await t.expectIdle();
    await t.inbox.finish(c1.lease);
    assert.equal((await t.finishOne()).event.id, 'acme:c1:ringing');
    assert.equal((await t.finishOne()).event.id, 'acme:c1:completed');
    await t.expectIdle();
  },

  'tries again when it is time and not before, and lets nothing of the call overtake': async (t) => {
    await t.record('c1', 'queued', 'completed');
    const job = await t.takeOne();
    assert.equal(await t.inbox.fail(job.lease, { retryInMs: 5000, error: 'boom', doneHandlers: ['onStatus'] }), 'done');
    await t.record('c2', 'ringing');
    assert.equal((await t.finishOne()).event.callId, 'c2');
    assert.equal((await t.expectIdle()).nextInMs, 5000);
    t.clock.advance(4999);
    await t.expectIdle();
    t.clock.advance(1);
    const again = await t.takeOne();
    assertMatches(again, { attempt: 2, doneHandlers: ['onStatus'], event: { id: 'acme:c1:queued' } });
    await t.inbox.finish(again.lease);
    assertMatches(await t.finishOne(), { attempt: 1, event: { id: 'acme:c1:completed' } });
  },

  'has no next time when nothing waits': async (t) => {
    const nothing = { jobs: [], suspects: false, more: false };
    assert.deepEqual(await t.take(), nothing);
    await t.record('c1', 'ringing');
    await t.finishOne();
    assert.deepEqual(await t.take(), nothing);
  },

  'hands a job out again after its lease ended, and fences the worker that had it': async (t) => {
    await t.record('c1', 'queued', 'completed');
    const slow = await t.takeOne();
    t.clock.advance(LEASE_MS - 1);
    assert.equal((await t.expectIdle()).nextInMs, 1);
    t.clock.advance(2);
    assert.equal((await t.expectIdle()).suspects, true);
    const again = await t.takeSuspect();
    assertMatches(again, { attempt: 1, suspect: true, interruptions: 0, event: slow.event });
    assert.ok(again.fence > slow.fence);
    assert.notEqual(again.lease.token, slow.lease.token);
    assert.notEqual(await t.inbox.finish(slow.lease), 'done');
    assert.notEqual(await t.inbox.fail(slow.lease, { error: 'late', doneHandlers: ['onStatus'] }), 'done');
    assert.notEqual(await t.inbox.release(slow.lease), 'done');
    assert.deepEqual(await t.inbox.renew([slow.lease, again.lease], LEASE_MS), [slow.lease]);
    await t.expectIdle();
    assert.equal(await t.inbox.finish(again.lease), 'done');
    assert.equal((await t.finishOne()).event.id, 'acme:c1:completed');
  },

  'prolongs leases': async (t) => {
    await t.record('c1', 'ringing');
    const job = await t.takeOne();
    for (let round = 0; round < 3; round++) {
      t.clock.advance(LEASE_MS - 1);
      assert.deepEqual(await t.inbox.renew([job.lease], LEASE_MS), []);
      await t.expectIdle();
    }
    assert.equal(await t.inbox.finish(job.lease), 'done');
    assert.deepEqual(await t.inbox.renew([job.lease], LEASE_MS), [job.lease]);
  },

  'counts what was begun and has no result as an interruption, after a pause': async (t) => {
    await t.record('c1', 'ringing');
    await t.takeOne();
    t.clock.advance(LEASE_MS + 1);
    const suspect = await t.takeSuspect();
    assert.equal(await t.inbox.begin(suspect.lease, { retryInMs: 5000 }), 'done');
    t.clock.advance(LEASE_MS + 4999);
    assert.equal((await t.expectIdle()).suspects, false);
    t.clock.advance(1);
    assertMatches(await t.takeSuspect(), { attempt: 1, suspect: true, interruptions: 1 });
  },

  'takes a released job back untouched: at once, without counting the attempt': async (t) => {
    await t.record('c1', 'queued', 'completed');
    const first = await t.takeOne();
    await t.inbox.fail(first.lease, { retryInMs: 0, error: 'boom', doneHandlers: ['onStatus'] });
    const second = await t.takeOne();
    assert.equal(await t.inbox.release(second.lease), 'done');
    assert.notEqual(await t.inbox.finish(second.lease), 'done');
    const third = await t.takeOne();
    assertMatches(third, { attempt: 2, doneHandlers: ['onStatus'], event: { id: 'acme:c1:queued' } });
    assert.notEqual(third.lease.token, second.lease.token);
  },

  'counts a result once': async (t) => {
    await t.record('c1', 'ringing');
    const { lease } = await t.takeOne();
    assert.equal(await t.inbox.finish(lease), 'done');
    assert.notEqual(await t.inbox.finish(lease), 'lost');
    assert.notEqual(await t.inbox.fail(lease, { error: 'boom', doneHandlers: [] }), 'done');
    assert.notEqual(await t.inbox.release(lease), 'done');
    assertMatches(await t.inbox.counts(), { waiting: 0, running: 0, dead: 0 });
  },

  'tells its listeners about new jobs until they stop listening': async (t) => {
    let heard = 0;
    let heardAfterStop = 0;
    const stop = t.inbox.onJobs(() => heard++);
    t.inbox.onJobs(() => heardAfterStop++)();
    await t.record('c1', 'ringing');
    await eventually(() => assert.ok(heard > 0));
    stop();
    const before = heard;
    await t.record('c2', 'ringing');
    await t.take();
    assert.equal(heard, before);
    assert.equal(heardAfterStop, 0);
  },

  'gives out all that is due, up to the limit': async (t) => {
    const callIds = Array.from({ length: 30 }, (_, call) => `c${call}`);
    for (const callId of callIds) await t.record(callId, 'ringing');
    const request = { leaseMs: 1000, owner: 'test' };
    const first = await t.inbox.take({ ...request, limit: 10 });
    const others = await t.inbox.take({ ...request, limit: 100 });
    assert.deepEqual([first.jobs.length, others.jobs.length], [10, 20]);
    assert.deepEqual(
      [...first.jobs, ...others.jobs].map(({ event }) => event.callId),
      callIds,
    );
  },

  'tells its listeners of the next event of a call': async (t) => {
    await t.record('c1', 'ringing');
    await t.record('c1', 'completed');
    for (const leave of [(lease: Lease) => t.inbox.finish(lease), (lease: Lease) => t.inbox.release(lease)]) {
      const { lease } = await t.takeOne();
      let heard = 0;
      const stop = t.inbox.onJobs(() => heard++);
      await leave(lease);
      await eventually(() => assert.ok(heard > 0));
      stop();
    }
  },
};
