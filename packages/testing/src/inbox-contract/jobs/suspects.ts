import assert from 'node:assert/strict';
import { assertMatches } from '../../assertions.ts';
import type { Tests } from '../bench/bench.ts';
import { LEASE_MS } from '../bench/bench.ts';

export const SUSPECTS: Tests = {
  'gives what has no result out again only when suspects are asked for, one at a time': async (t) => {
    for (const callId of ['c1', 'c2', 'c3']) await t.record(callId, 'ringing');
    await t.take();
    t.clock.advance(LEASE_MS + 1);
    await t.record('new', 'ringing');
    const taken = await t.take();
    assert.deepEqual(
      taken.jobs.map(({ event }) => event.callId),
      ['new'],
    );
    assert.equal(taken.suspects, true);
    const seen = new Set<string>();
    for (let left = 3; left > 0; left--) {
      const suspect = await t.takeSuspect();
      assertMatches(suspect, { suspect: true, attempt: 1, interruptions: 0 });
      seen.add(suspect.event.callId);
    }
    assert.deepEqual(seen, new Set(['c1', 'c2', 'c3']));
    assertMatches(await t.take(100, t.inbox, { suspect: true }), { jobs: [], suspects: false });
  },

  'gives nothing but suspects to who asks for them': async (t) => {
    await t.record('c1', 'ringing');
    assertMatches(await t.take(100, t.inbox, { suspect: true }), { jobs: [], suspects: false, more: true });
    assert.equal((await t.takeOne()).suspect, false);
  },

  'holds up the call of a suspect, and no other': async (t) => {
    await t.record('c1', 'queued', 'completed');
    await t.take();
    t.clock.advance(LEASE_MS + 1);
    await t.expectIdle();
    await t.inbox.finish((await t.takeSuspect()).lease);
    assertMatches(await t.finishOne(), { suspect: false, event: { status: 'completed' } });
  },

  'counts only takes that were begun as interruptions': async (t) => {
    await t.record('c1', 'ringing');
    await t.takeOne();
    for (let take = 0; take < 3; take++) {
      t.clock.advance(LEASE_MS + 1);
      assertMatches(await t.takeSuspect(), { attempt: 1, interruptions: 0 });
    }
  },

  'counts every take that was begun and has no result, and pauses after it': async (t) => {
    await t.record('c1', 'ringing');
    await t.takeOne();
    t.clock.advance(LEASE_MS + 1);
    for (let interruptions = 0; interruptions < 4; interruptions++) {
      const suspect = await t.takeSuspect();
      assertMatches(suspect, { attempt: 1, interruptions, suspect: true });
      assert.equal(await t.inbox.begin(suspect.lease, { retryInMs: 5000 }), 'done');
      t.clock.advance(LEASE_MS + 4000);
      assertMatches(await t.expectIdle(), { suspects: false, nextInMs: 1000 });
      t.clock.advance(1000);
    }
    assertMatches(await t.inbox.counts(), { waiting: 1, running: 0, dead: 0 });
  },

  'counts no interruption when a result comes, also after the lease ended': async (t) => {
    await t.record('c1', 'ringing');
    await t.takeOne();
    t.clock.advance(LEASE_MS + 1);
    const first = await t.takeSuspect();
    await t.inbox.begin(first.lease, { retryInMs: 5000 });
    t.clock.advance(LEASE_MS + 1);
    assert.equal(await t.inbox.fail(first.lease, { retryInMs: 0, error: 'boom', doneHandlers: [] }), 'done');
    const second = await t.takeOne();
    assertMatches(second, { attempt: 2, interruptions: 0, suspect: false });
  },

  'begins nothing with a lease that was lost, given back or has ended': async (t) => {
    await t.record('c1', 'ringing');
    const slow = await t.takeOne();
    t.clock.advance(LEASE_MS + 1);
    assert.equal(await t.inbox.begin(slow.lease, { retryInMs: 1000 }), 'lost');
    const again = await t.takeSuspect();
    assert.equal(await t.inbox.begin(slow.lease, { retryInMs: 1000 }), 'lost');
    await t.inbox.release(again.lease);
    assert.notEqual(await t.inbox.begin(again.lease, { retryInMs: 1000 }), 'done');
    assertMatches(await t.takeSuspect(), { interruptions: 0 });
  },

  'keeps a suspect that is given back, and none that failed': async (t) => {
    await t.record('c1', 'ringing');
    await t.takeOne();
    t.clock.advance(LEASE_MS + 1);
    await t.inbox.release((await t.takeSuspect()).lease);
    await t.expectIdle();
    const { lease } = await t.takeSuspect();
    await t.inbox.fail(lease, { retryInMs: 0, error: 'boom', doneHandlers: [] });
    assertMatches(await t.takeOne(), { suspect: false, attempt: 2 });
  },

  'forgets interruptions and failures at a replay, and keeps the fence rising': async (t) => {
    await t.record('c1', 'ringing');
    await t.takeOne();
    t.clock.advance(LEASE_MS + 1);
    const begun = await t.takeSuspect();
    await t.inbox.begin(begun.lease, { retryInMs: 0 });
    t.clock.advance(LEASE_MS + 1);
    const last = await t.takeSuspect();
    assert.equal(last.interruptions, 1);
    await t.inbox.fail(last.lease, { error: 'boom', doneHandlers: [] });
    await t.inbox.deadLetters.replay(last.event.id);
    const replayed = await t.takeOne();
    assertMatches(replayed, { attempt: 1, interruptions: 0, suspect: false });
    assert.ok(replayed.fence > last.fence);
  },

  'counts what was taken and not begun as no attempt, however often a process dies': async (t) => {
    await t.record('c1', 'ringing');
    let fence = (await t.takeOne()).fence;
    for (let death = 0; death < 20; death++) {
      t.clock.advance(LEASE_MS + 1);
      const suspect = await t.takeSuspect();
      assertMatches(suspect, { attempt: 1, interruptions: 0 });
      assert.ok(suspect.fence > fence);
      fence = suspect.fence;
    }
  },
};
