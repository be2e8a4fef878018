import type { Job, Lease } from '@call-status/core';
import { expect, vi } from 'vitest';
import { LEASE_MS } from './bench.ts';
import type { Tests } from './contract-test.ts';

export const GIVING_OUT: Tests = {
  'gives at most what was asked for, and nothing twice': async (t) => {
    for (const callId of ['c1', 'c2', 'c3', 'c4', 'c5']) await t.record(callId, 'ringing');
    const taken = [...(await t.take(2)).jobs, ...(await t.take(2)).jobs, ...(await t.take(2)).jobs];
    expect(taken.map(({ event: { callId } }) => callId).sort()).toEqual(['c1', 'c2', 'c3', 'c4', 'c5']);
    expect(new Set(taken.map(({ lease }) => lease.token)).size).toBe(5);
    for (const work of taken) expect(work).toMatchObject({ attempt: 1, doneHandlers: [] });
    await t.expectIdle();
  },

  'gives one event of a call at a time, in order, while other calls go on': async (t) => {
    await t.record('c1', 'queued', 'ringing', 'completed');
    await t.record('c2', 'queued', 'busy');
    const first = (await t.take()).jobs;
    expect(first.map((work) => work.event.id).sort()).toEqual(['acme:c1:queued', 'acme:c2:queued']);
    await t.expectIdle();
    const [c1, c2] = [...first].sort((a, b) => (a.event.callId < b.event.callId ? -1 : 1)) as [Job, Job];
    await t.inbox.finish(c2.lease);
    expect((await t.finishOne()).event.id).toBe('acme:c2:busy');
    await t.expectIdle();
    await t.inbox.finish(c1.lease);
    expect((await t.finishOne()).event.id).toBe('acme:c1:ringing');
    expect((await t.finishOne()).event.id).toBe('acme:c1:completed');
    await t.expectIdle();
  },

  'tries again when it is time and not before, and lets nothing of the call overtake': async (t) => {
    await t.record('c1', 'queued', 'completed');
    const work = await t.takeOne();
    expect(await t.inbox.fail(work.lease, { retryInMs: 5000, error: 'boom', doneHandlers: ['onStatus'] })).toBe('done');
    await t.record('c2', 'ringing');
    expect((await t.finishOne()).event.callId).toBe('c2');
    expect((await t.expectIdle()).nextInMs).toBe(5000);
    t.clock.advance(4999);
    await t.expectIdle();
    t.clock.advance(1);
    const again = await t.takeOne();
    expect(again).toMatchObject({ attempt: 2, doneHandlers: ['onStatus'], event: { id: 'acme:c1:queued' } });
    await t.inbox.finish(again.lease);
    expect(await t.finishOne()).toMatchObject({ attempt: 1, event: { id: 'acme:c1:completed' } });
  },

  'has no next time when nothing waits': async (t) => {
    const nothing = { jobs: [], suspects: false, more: false };
    expect(await t.take()).toEqual(nothing);
    await t.record('c1', 'ringing');
    await t.finishOne();
    expect(await t.take()).toEqual(nothing);
  },

  'gives work out again when its lease ran out, and fences the one who had it': async (t) => {
    await t.record('c1', 'queued', 'completed');
    const slow = await t.takeOne();
    t.clock.advance(LEASE_MS - 1);
    expect((await t.expectIdle()).nextInMs).toBe(1);
    t.clock.advance(2);
    expect((await t.expectIdle()).suspects).toBe(true);
    const again = await t.takeSuspect();
    expect(again).toMatchObject({ attempt: 1, suspect: true, interruptions: 0, event: slow.event });
    expect(again.fence).toBeGreaterThan(slow.fence);
    expect(again.lease.token).not.toBe(slow.lease.token);
    expect(await t.inbox.finish(slow.lease)).not.toBe('done');
    expect(await t.inbox.fail(slow.lease, { error: 'late', doneHandlers: ['onStatus'] })).not.toBe('done');
    expect(await t.inbox.release(slow.lease)).not.toBe('done');
    expect(await t.inbox.renew([slow.lease, again.lease], LEASE_MS)).toEqual([slow.lease]);
    await t.expectIdle();
    expect(await t.inbox.finish(again.lease)).toBe('done');
    expect((await t.finishOne()).event.id).toBe('acme:c1:completed');
  },

  'prolongs leases': async (t) => {
    await t.record('c1', 'ringing');
    const work = await t.takeOne();
    for (let round = 0; round < 3; round++) {
      t.clock.advance(LEASE_MS - 1);
      expect(await t.inbox.renew([work.lease], LEASE_MS)).toEqual([]);
      await t.expectIdle();
    }
    expect(await t.inbox.finish(work.lease)).toBe('done');
    expect(await t.inbox.renew([work.lease], LEASE_MS)).toEqual([work.lease]);
  },

  'counts what was begun and has no result as an interruption, after a pause': async (t) => {
    await t.record('c1', 'ringing');
    await t.takeOne();
    t.clock.advance(LEASE_MS + 1);
    const suspect = await t.takeSuspect();
    expect(await t.inbox.begin(suspect.lease, { retryInMs: 5000 })).toBe('done');
    t.clock.advance(LEASE_MS + 4999);
    expect((await t.expectIdle()).suspects).toBe(false);
    t.clock.advance(1);
    expect(await t.takeSuspect()).toMatchObject({ attempt: 1, suspect: true, interruptions: 1 });
  },

  'takes work back untouched: at once, without counting the attempt': async (t) => {
    await t.record('c1', 'queued', 'completed');
    const first = await t.takeOne();
    await t.inbox.fail(first.lease, { retryInMs: 0, error: 'boom', doneHandlers: ['onStatus'] });
    const second = await t.takeOne();
    expect(await t.inbox.release(second.lease)).toBe('done');
    expect(await t.inbox.finish(second.lease)).not.toBe('done');
    const third = await t.takeOne();
    expect(third).toMatchObject({ attempt: 2, doneHandlers: ['onStatus'], event: { id: 'acme:c1:queued' } });
    expect(third.lease.token).not.toBe(second.lease.token);
  },

  'counts a result once': async (t) => {
    await t.record('c1', 'ringing');
    const { lease } = await t.takeOne();
    expect(await t.inbox.finish(lease)).toBe('done');
    expect(await t.inbox.finish(lease)).not.toBe('lost');
    expect(await t.inbox.fail(lease, { error: 'boom', doneHandlers: [] })).not.toBe('done');
    expect(await t.inbox.release(lease)).not.toBe('done');
    expect(await t.inbox.counts()).toMatchObject({ waiting: 0, running: 0, dead: 0 });
  },

  'tells its listeners of new work until they stop listening': async (t) => {
    const [listener, stopped] = [vi.fn(), vi.fn()];
    const stop = t.inbox.onWork(listener);
    t.inbox.onWork(stopped)();
    await t.record('c1', 'ringing');
    await vi.waitFor(() => expect(listener).toHaveBeenCalled());
    stop();
    const before = listener.mock.calls.length;
    await t.record('c2', 'ringing');
    await t.take();
    expect(listener).toHaveBeenCalledTimes(before);
    expect(stopped).not.toHaveBeenCalled();
  },

  'gives out all that is due, up to the limit': async (t) => {
    const callIds = Array.from({ length: 30 }, (_, call) => `c${call}`);
    for (const callId of callIds) await t.record(callId, 'ringing');
    const request = { leaseMs: 1000, owner: 'test' };
    const first = await t.inbox.take({ ...request, limit: 10 });
    const others = await t.inbox.take({ ...request, limit: 100 });
    expect([first.jobs.length, others.jobs.length]).toEqual([10, 20]);
    expect([...first.jobs, ...others.jobs].map(({ event }) => event.callId)).toEqual(callIds);
  },

  'tells its listeners of the next event of a call': async (t) => {
    await t.record('c1', 'ringing');
    await t.record('c1', 'completed');
    for (const leave of [(lease: Lease) => t.inbox.finish(lease), (lease: Lease) => t.inbox.release(lease)]) {
      const { lease } = await t.takeOne();
      const listener = vi.fn();
      const stop = t.inbox.onWork(listener);
      await leave(lease);
      await vi.waitFor(() => expect(listener).toHaveBeenCalled());
      stop();
    }
  },
};
