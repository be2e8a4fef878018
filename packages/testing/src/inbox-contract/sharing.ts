import { expect } from 'vitest';
import { LEASE_MS } from './bench.ts';
import type { Tests } from './contract-test.ts';

export const SHARING: Tests = {
  'records one of fifty that come to both at once': async (t) => {
    const other = await t.second();
    const found = await Promise.all(
      Array.from({ length: 50 }, (_, at) => (at % 2 === 0 ? t.inbox : other).record(t.event('c1', 'ringing'))),
    );
    expect(found.filter(({ transition }) => transition !== 'duplicate')).toHaveLength(1);
    expect((await other.getCall('acme', 'c1'))?.events).toHaveLength(1);
  },

  'decides transitions over both': async (t) => {
    const other = await t.second();
    expect((await t.inbox.record(t.event('c1', 'completed'))).transition).toBe('advance');
    expect((await other.record(t.event('c1', 'busy'))).transition).toBe('conflict');
    expect((await t.inbox.record(t.event('c1', 'queued'))).transition).toBe('late');
  },

  'gives an event to one of them only, and one event of a call at a time': async (t) => {
    const other = await t.second();
    for (const callId of ['c1', 'c2', 'c3', 'c4']) await t.record(callId, 'queued', 'completed');
    const taken = (await Promise.all([t.take(3), t.take(3, other)])).flatMap(({ jobs: work }) => work);
    expect(taken.map((work) => work.event.id).sort()).toEqual(
      ['c1', 'c2', 'c3', 'c4'].map((callId) => `acme:${callId}:queued`),
    );
    expect(new Set(taken.map(({ lease }) => lease.token)).size).toBe(4);
  },

  'fences one of them by the other': async (t) => {
    const other = await t.second();
    await t.record('c1', 'ringing');
    const slow = await t.takeOne();
    t.clock.advance(LEASE_MS + 1);
    const again = await t.takeSuspect(other);
    expect(again.attempt).toBe(1);
    expect(await t.inbox.renew([slow.lease], LEASE_MS)).toEqual([slow.lease]);
    expect(await t.inbox.finish(slow.lease)).not.toBe('done');
    expect(await other.finish(again.lease)).toBe('done');
  },

  'hands work over': async (t) => {
    const other = await t.second();
    await t.record('c1', 'ringing');
    await t.inbox.release((await t.takeOne()).lease);
    expect((await t.takeOne(other)).attempt).toBe(1);
  },

  'shows both the same': async (t) => {
    const other = await t.second();
    await t.record('c1', 'ringing');
    const { event: dead } = await t.bury('boom', other);
    expect((await t.inbox.deadLetters.get(dead.id))?.error).toBe('boom');
    expect(await t.inbox.counts()).toEqual(await other.counts());
    expect(await t.inbox.listCalls()).toEqual(await other.listCalls());
  },
};
