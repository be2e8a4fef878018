import assert from 'node:assert/strict';
import type { Inbox } from '@call-status/core';
import type { Lease, Outcome } from '@call-status/core/inbox';
import { assertMatches } from '../../assertions.ts';
import type { Tests } from '../bench/bench.ts';
import { LEASE_MS } from '../bench/bench.ts';

type Report = (inbox: Inbox, lease: Lease) => Promise<Outcome>;

const REPORTS: Readonly<Record<string, Report>> = {
  finish: (inbox, lease) => inbox.finish(lease),
  'fail for now': (inbox, lease) => inbox.fail(lease, { retryInMs: 60_000, error: 'boom', doneHandlers: [] }),
  'fail for good': (inbox, lease) => inbox.fail(lease, { error: 'boom', doneHandlers: [] }),
  release: (inbox, lease) => inbox.release(lease, { retryInMs: 60_000 }),
};

function testsOf([name, report]: [string, Report]): Tests {
  return {
    [`${name}: counts once, and is answered the same when it is told again`]: async (t) => {
      await t.record('c1', 'ringing', 'completed');
      const { lease, event } = await t.takeOne();
      assert.equal(await report(t.inbox, lease), 'done');
      const after = [await t.inbox.counts(), await t.inbox.deadLetters.get(event.id)];
      for (let again = 0; again < 2; again++) assert.equal(await report(t.inbox, lease), 'done');
      assert.deepEqual([await t.inbox.counts(), await t.inbox.deadLetters.get(event.id)], after);
    },

    [`${name}: changes nothing with a lease that another report has ended`]: async (t) => {
      for (const [other, end] of Object.entries(REPORTS)) {
        if (other.startsWith(name.slice(0, 4))) continue;
        await t.record(`${name}${other}`, 'ringing');
        const { lease, event } = await t.takeOne();
        assert.equal(await end(t.inbox, lease), 'done');
        const after = [await t.inbox.counts(), await t.inbox.deadLetters.get(event.id)];
        assert.notEqual(await report(t.inbox, lease), 'done', `${other}, then ${name}`);
        assert.deepEqual([await t.inbox.counts(), await t.inbox.deadLetters.get(event.id)], after);
      }
    },

    [`${name}: counts after the lease ended, as long as no other take has the event`]: async (t) => {
      await t.record('c1', 'ringing');
      const { lease } = await t.takeOne();
      t.clock.advance(LEASE_MS + 1);
      await t.expectIdle();
      assert.equal(await report(t.inbox, lease), 'done');
      assert.deepEqual((await t.take(1, t.inbox, { suspect: true })).jobs, []);
    },

    [`${name}: does not count once another take has the event`]: async (t) => {
      await t.record('c1', 'ringing');
      const slow = await t.takeOne();
      t.clock.advance(LEASE_MS + 1);
      const again = await t.takeSuspect();
      assert.equal(await report(t.inbox, slow.lease), 'lost');
      assert.equal(await t.inbox.finish(again.lease), 'done');
      assert.notEqual(await report(t.inbox, slow.lease), 'done');
      assertMatches(await t.inbox.counts(), { waiting: 0, running: 0, dead: 0 });
    },
  };
}

export const RESULTS: Tests = {
  ...Object.assign({}, ...Object.entries(REPORTS).map(testsOf)),

  'answers a failure that is told again though the event was taken since': async (t) => {
    await t.record('c1', 'ringing');
    const { lease } = await t.takeOne();
    const failure = { retryInMs: 0, error: 'boom', doneHandlers: [] };
    assert.equal(await t.inbox.fail(lease, failure), 'done');
    const again = await t.takeOne();
    assert.equal(await t.inbox.fail(lease, failure), 'done');
    assert.equal(await t.inbox.finish(again.lease), 'done');
    assert.equal(again.attempt, 2);
  },

  'begins once, however often it is told': async (t) => {
    await t.record('c1', 'ringing');
    await t.takeOne();
    t.clock.advance(LEASE_MS + 1);
    const { lease } = await t.takeSuspect();
    for (let told = 0; told < 3; told++) assert.equal(await t.inbox.begin(lease, { retryInMs: 0 }), 'done');
    t.clock.advance(LEASE_MS + 1);
    assert.equal((await t.takeSuspect()).interruptions, 1);
  },

  'gives out again what a take gave out whose answer was lost, as no attempt': async (t) => {
    await t.record('c1', 'ringing');
    await t.take();
    await t.expectIdle();
    t.clock.advance(LEASE_MS + 1);
    assertMatches(await t.takeSuspect(), { attempt: 1, interruptions: 0 });
  },

  'replays, discards, ends and erases once, however often it is told': async (t) => {
    await t.record('c1', 'ringing');
    await t.record('c2', 'ringing');
    const [one, other] = [await t.moveToDeadLetters(), await t.moveToDeadLetters()];
    for (const expected of [true, false]) {
      assert.equal(await t.inbox.deadLetters.replay(one.event.id), expected);
      assert.equal(await t.inbox.deadLetters.discard(other.event.id), expected);
    }
    assertMatches(await t.inbox.counts(), { waiting: 1, dead: 0 });
    for (const expected of [true, false]) {
      assert.equal(await t.inbox.endCall('acme', 'c1', { status: 'completed' }), expected);
    }
    for (const expected of [true, false]) assert.equal(await t.inbox.forgetCall('acme', 'c1'), expected);
  },

  'waits with a job that is released for a time': async (t) => {
    await t.record('c1', 'ringing');
    await t.inbox.release((await t.takeOne()).lease, { retryInMs: 5000 });
    assert.equal((await t.expectIdle()).nextInMs, 5000);
    t.clock.advance(5000);
    assertMatches(await t.takeOne(), { attempt: 1, suspect: false });
  },

  'gives a fence that rises with every take': async (t) => {
    await t.record('c1', 'ringing');
    let fence = Number.NEGATIVE_INFINITY;
    for (let take = 0; take < 5; take++) {
      const job = await t.takeOne();
      assert.ok(job.fence > fence);
      fence = job.fence;
      if (take % 2 === 0) await t.inbox.release(job.lease);
      else await t.inbox.fail(job.lease, { retryInMs: 0, error: 'boom', doneHandlers: [] });
    }
  },

  'gives a fence that rises from event to event of a call': async (t) => {
    await t.record('c1', 'queued', 'ringing', 'completed');
    let fence = Number.NEGATIVE_INFINITY;
    for (let event = 0; event < 3; event++) {
      await t.inbox.release((await t.takeOne()).lease);
      const job = await t.finishOne();
      assert.ok(job.fence > fence);
      assert.ok(Number.isSafeInteger(job.fence));
      fence = job.fence;
    }
  },
};
