import { expect } from 'vitest';
import { LEASE_MS } from './bench.ts';
import type { Tests } from './contract-test.ts';

export const SUSPECTS: Tests = {
  'gives what has no result out again only when suspects are asked for, one at a time': async (t) => {
    for (const callId of ['c1', 'c2', 'c3']) await t.record(callId, 'ringing');
    await t.take();
    t.clock.advance(LEASE_MS + 1);
    await t.record('new', 'ringing');
    const taken = await t.take();
    expect(taken.jobs.map(({ event }) => event.callId)).toEqual(['new']);
    expect(taken.suspects).toBe(true);
    const seen = new Set<string>();
    for (let left = 3; left > 0; left--) {
      const suspect = await t.takeSuspect();
      expect(suspect).toMatchObject({ suspect: true, attempt: 1, interruptions: 0 });
      seen.add(suspect.event.callId);
    }
    expect(seen).toEqual(new Set(['c1', 'c2', 'c3']));
    expect(await t.take(100, t.inbox, { suspect: true })).toMatchObject({ jobs: [], suspects: false });
  },

  'gives nothing but suspects to who asks for them': async (t) => {
    await t.record('c1', 'ringing');
    expect(await t.take(100, t.inbox, { suspect: true })).toMatchObject({ jobs: [], suspects: false, more: true });
    expect((await t.takeOne()).suspect).toBe(false);
  },

  'holds up the call of a suspect, and no other': async (t) => {
    await t.record('c1', 'queued', 'completed');
    await t.take();
    t.clock.advance(LEASE_MS + 1);
    await t.expectIdle();
    await t.inbox.finish((await t.takeSuspect()).lease);
    expect(await t.finishOne()).toMatchObject({ suspect: false, event: { status: 'completed' } });
  },

  'counts only takes that were begun as interruptions': async (t) => {
    await t.record('c1', 'ringing');
    await t.takeOne();
    for (let take = 0; take < 3; take++) {
      t.clock.advance(LEASE_MS + 1);
      expect(await t.takeSuspect()).toMatchObject({ attempt: 1, interruptions: 0 });
    }
  },

  'counts every take that was begun and has no result, and pauses after it': async (t) => {
    await t.record('c1', 'ringing');
    await t.takeOne();
    t.clock.advance(LEASE_MS + 1);
    for (let interruptions = 0; interruptions < 4; interruptions++) {
      const suspect = await t.takeSuspect();
      expect(suspect).toMatchObject({ attempt: 1, interruptions, suspect: true });
      expect(await t.inbox.begin(suspect.lease, { retryInMs: 5000 })).toBe('done');
      t.clock.advance(LEASE_MS + 4000);
      expect(await t.expectIdle()).toMatchObject({ suspects: false, nextInMs: 1000 });
      t.clock.advance(1000);
    }
    expect(await t.inbox.counts()).toMatchObject({ waiting: 1, running: 0, dead: 0 });
  },

  'counts no interruption when a result comes, also after the lease ended': async (t) => {
    await t.record('c1', 'ringing');
    await t.takeOne();
    t.clock.advance(LEASE_MS + 1);
    const first = await t.takeSuspect();
    await t.inbox.begin(first.lease, { retryInMs: 5000 });
    t.clock.advance(LEASE_MS + 1);
    expect(await t.inbox.fail(first.lease, { retryInMs: 0, error: 'boom', doneHandlers: [] })).toBe('done');
    const second = await t.takeOne();
    expect(second).toMatchObject({ attempt: 2, interruptions: 0, suspect: false });
  },

  'begins nothing with a lease that was lost, given back or has ended': async (t) => {
    await t.record('c1', 'ringing');
    const slow = await t.takeOne();
    t.clock.advance(LEASE_MS + 1);
    expect(await t.inbox.begin(slow.lease, { retryInMs: 1000 })).toBe('lost');
    const again = await t.takeSuspect();
    expect(await t.inbox.begin(slow.lease, { retryInMs: 1000 })).toBe('lost');
    await t.inbox.release(again.lease);
    expect(await t.inbox.begin(again.lease, { retryInMs: 1000 })).not.toBe('done');
    expect(await t.takeSuspect()).toMatchObject({ interruptions: 0 });
  },

  'keeps a suspect that is given back, and none that failed': async (t) => {
    await t.record('c1', 'ringing');
    await t.takeOne();
    t.clock.advance(LEASE_MS + 1);
    await t.inbox.release((await t.takeSuspect()).lease);
    await t.expectIdle();
    const { lease } = await t.takeSuspect();
    await t.inbox.fail(lease, { retryInMs: 0, error: 'boom', doneHandlers: [] });
    expect(await t.takeOne()).toMatchObject({ suspect: false, attempt: 2 });
  },

  'forgets interruptions and failures at a replay, and keeps the fence rising': async (t) => {
    await t.record('c1', 'ringing');
    await t.takeOne();
    t.clock.advance(LEASE_MS + 1);
    const begun = await t.takeSuspect();
    await t.inbox.begin(begun.lease, { retryInMs: 0 });
    t.clock.advance(LEASE_MS + 1);
    const last = await t.takeSuspect();
    expect(last.interruptions).toBe(1);
    await t.inbox.fail(last.lease, { error: 'boom', doneHandlers: [] });
    await t.inbox.deadLetters.replay(last.event.id);
    const replayed = await t.takeOne();
    expect(replayed).toMatchObject({ attempt: 1, interruptions: 0, suspect: false });
    expect(replayed.fence).toBeGreaterThan(last.fence);
  },

  'counts what was taken and not begun as no attempt, however often a process dies': async (t) => {
    await t.record('c1', 'ringing');
    let fence = (await t.takeOne()).fence;
    for (let death = 0; death < 20; death++) {
      t.clock.advance(LEASE_MS + 1);
      const suspect = await t.takeSuspect();
      expect(suspect).toMatchObject({ attempt: 1, interruptions: 0 });
      expect(suspect.fence).toBeGreaterThan(fence);
      fence = suspect.fence;
    }
  },
};
