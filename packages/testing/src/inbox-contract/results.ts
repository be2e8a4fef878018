import type { Inbox, Lease, Outcome } from '@call-status/core';
import { expect } from 'vitest';
import { LEASE_MS } from './bench.ts';
import type { Tests } from './contract-test.ts';

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
      expect(await report(t.inbox, lease)).toBe('done');
      const after = [await t.inbox.counts(), await t.inbox.deadLetters.get(event.id)];
      for (let again = 0; again < 2; again++) expect(await report(t.inbox, lease)).toBe('done');
      expect([await t.inbox.counts(), await t.inbox.deadLetters.get(event.id)]).toEqual(after);
    },

    [`${name}: changes nothing with a lease that another report has ended`]: async (t) => {
      for (const [other, end] of Object.entries(REPORTS)) {
        if (other.startsWith(name.slice(0, 4))) continue;
        await t.record(`${name}${other}`, 'ringing');
        const { lease, event } = await t.takeOne();
        expect(await end(t.inbox, lease)).toBe('done');
        const after = [await t.inbox.counts(), await t.inbox.deadLetters.get(event.id)];
        expect(await report(t.inbox, lease), `${other}, then ${name}`).not.toBe('done');
        expect([await t.inbox.counts(), await t.inbox.deadLetters.get(event.id)]).toEqual(after);
      }
    },

    [`${name}: counts after the lease ended, as long as no other take has the event`]: async (t) => {
      await t.record('c1', 'ringing');
      const { lease } = await t.takeOne();
      t.clock.advance(LEASE_MS + 1);
      await t.expectIdle();
      expect(await report(t.inbox, lease)).toBe('done');
      expect((await t.take(1, t.inbox, { suspect: true })).jobs).toEqual([]);
    },

    [`${name}: does not count once another take has the event`]: async (t) => {
      await t.record('c1', 'ringing');
      const slow = await t.takeOne();
      t.clock.advance(LEASE_MS + 1);
      const again = await t.takeSuspect();
      expect(await report(t.inbox, slow.lease)).toBe('lost');
      expect(await t.inbox.finish(again.lease)).toBe('done');
      expect(await report(t.inbox, slow.lease)).not.toBe('done');
      expect(await t.inbox.counts()).toMatchObject({ waiting: 0, running: 0, dead: 0 });
    },
  };
}

export const RESULTS: Tests = {
  ...Object.assign({}, ...Object.entries(REPORTS).map(testsOf)),

  'answers a failure that is told again though the event was taken since': async (t) => {
    await t.record('c1', 'ringing');
    const { lease } = await t.takeOne();
    const failure = { retryInMs: 0, error: 'boom', doneHandlers: [] };
    expect(await t.inbox.fail(lease, failure)).toBe('done');
    const again = await t.takeOne();
    expect(await t.inbox.fail(lease, failure)).toBe('done');
    expect(await t.inbox.finish(again.lease)).toBe('done');
    expect(again.attempt).toBe(2);
  },

  'begins once, however often it is told': async (t) => {
    await t.record('c1', 'ringing');
    await t.takeOne();
    t.clock.advance(LEASE_MS + 1);
    const { lease } = await t.takeSuspect();
    for (let told = 0; told < 3; told++) expect(await t.inbox.begin(lease, { retryInMs: 0 })).toBe('done');
    t.clock.advance(LEASE_MS + 1);
    expect((await t.takeSuspect()).interruptions).toBe(1);
  },

  'gives out again what a take gave out whose answer was lost, as no attempt': async (t) => {
    await t.record('c1', 'ringing');
    await t.take();
    await t.expectIdle();
    t.clock.advance(LEASE_MS + 1);
    expect(await t.takeSuspect()).toMatchObject({ attempt: 1, interruptions: 0 });
  },

  'replays, discards, ends and erases once, however often it is told': async (t) => {
    await t.record('c1', 'ringing');
    await t.record('c2', 'ringing');
    const [one, other] = [await t.bury(), await t.bury()];
    for (const expected of [true, false]) {
      expect(await t.inbox.deadLetters.replay(one.event.id)).toBe(expected);
      expect(await t.inbox.deadLetters.discard(other.event.id)).toBe(expected);
    }
    expect(await t.inbox.counts()).toMatchObject({ waiting: 1, dead: 0 });
    for (const expected of [true, false]) {
      expect(await t.inbox.endCall('acme', 'c1', { status: 'completed' })).toBe(expected);
    }
    for (const expected of [true, false]) expect(await t.inbox.forgetCall('acme', 'c1')).toBe(expected);
  },

  'waits with work that is given back for a time': async (t) => {
    await t.record('c1', 'ringing');
    await t.inbox.release((await t.takeOne()).lease, { retryInMs: 5000 });
    expect((await t.expectIdle()).nextInMs).toBe(5000);
    t.clock.advance(5000);
    expect(await t.takeOne()).toMatchObject({ attempt: 1, suspect: false });
  },

  'gives a fence that rises with every take': async (t) => {
    await t.record('c1', 'ringing');
    let fence = Number.NEGATIVE_INFINITY;
    for (let take = 0; take < 5; take++) {
      const work = await t.takeOne();
      expect(work.fence).toBeGreaterThan(fence);
      fence = work.fence;
      if (take % 2 === 0) await t.inbox.release(work.lease);
      else await t.inbox.fail(work.lease, { retryInMs: 0, error: 'boom', doneHandlers: [] });
    }
  },
};
