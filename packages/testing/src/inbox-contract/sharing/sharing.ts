import assert from 'node:assert/strict';
import type { Tests } from '../bench/bench.ts';
import { LEASE_MS } from '../bench/bench.ts';

export const SHARING: Tests = {
  'records one of fifty that come to both at once': async (t) => {
    const other = await t.second();
    const found = await Promise.all(
      Array.from({ length: 50 }, (_, at) => (at % 2 === 0 ? t.inbox : other).record(t.event('c1', 'ringing'))),
    );
    assert.equal(found.filter(({ transition }) => transition !== 'duplicate').length, 1);
    assert.equal((await other.getCall('acme', 'c1'))?.events.length, 1);
  },

  'decides transitions over both': async (t) => {
    const other = await t.second();
    assert.equal((await t.inbox.record(t.event('c1', 'completed'))).transition, 'advance');
    assert.equal((await other.record(t.event('c1', 'busy'))).transition, 'conflict');
    assert.equal((await t.inbox.record(t.event('c1', 'queued'))).transition, 'late');
  },

  'gives an event to one of them only, and one event of a call at a time': async (t) => {
    const other = await t.second();
    for (const callId of ['c1', 'c2', 'c3', 'c4']) await t.record(callId, 'queued', 'completed');
    const taken = (await Promise.all([t.take(3), t.take(3, other)])).flatMap(({ jobs }) => jobs);
    assert.deepEqual(
      taken.map((job) => job.event.id).sort(),
      ['c1', 'c2', 'c3', 'c4'].map((callId) => `acme:${callId}:queued`),
    );
    assert.equal(new Set(taken.map(({ lease }) => lease.token)).size, 4);
  },

  'fences one of them by the other': async (t) => {
    const other = await t.second();
    await t.record('c1', 'ringing');
    const slow = await t.takeOne();
    t.clock.advance(LEASE_MS + 1);
    const again = await t.takeSuspect(other);
    assert.equal(again.attempt, 1);
    assert.deepEqual(await t.inbox.renew([slow.lease], LEASE_MS), [slow.lease]);
    assert.notEqual(await t.inbox.finish(slow.lease), 'done');
    assert.equal(await other.finish(again.lease), 'done');
  },

  'hands jobs over, with a fence that rises': async (t) => {
    const other = await t.second();
    await t.record('c1', 'ringing');
    let fence = Number.NEGATIVE_INFINITY;
    for (const inbox of [t.inbox, other, other, t.inbox]) {
      const job = await t.takeOne(inbox);
      assert.equal(job.attempt, 1);
      assert.ok(job.fence > fence);
      fence = job.fence;
      await inbox.release(job.lease);
    }
  },

  'takes a running job of a call away when the other erases it': async (t) => {
    const other = await t.second();
    await t.record('c1', 'ringing', 'completed');
    const { lease } = await t.takeOne();
    assert.equal(await other.forgetCall('acme', 'c1'), true);
    assert.deepEqual(await t.inbox.renew([lease], LEASE_MS), [lease]);
    assert.notEqual(await t.inbox.finish(lease), 'done');
    assert.deepEqual(await t.inbox.record(t.event('c1', 'completed')), { transition: 'duplicate', done: true });
    assert.deepEqual(await t.inbox.counts(), { live: 0, ended: 0, waiting: 0, running: 0, dead: 0 });
  },

  'shows both the same': async (t) => {
    const other = await t.second();
    await t.record('c1', 'ringing');
    const { event: dead } = await t.moveToDeadLetters('boom', other);
    assert.equal((await t.inbox.deadLetters.get(dead.id))?.error, 'boom');
    assert.deepEqual(await t.inbox.counts(), await other.counts());
    assert.deepEqual(await t.inbox.listCalls(), await other.listCalls());
  },
};
