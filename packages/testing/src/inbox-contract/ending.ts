import type { CallEnd, NewEvent } from '@call-status/core';
import { expect } from 'vitest';
import { LEASE_MS } from './bench.ts';
import type { Tests } from './contract-test.ts';

/** An event of one of several tenants. */
const of = (tenant: string, event: NewEvent): NewEvent => ({ ...event, tenant, id: `${tenant}/${event.id}` });

export const ENDING: Tests = {
  'ends a live call, without work': async (t) => {
    await t.record('c1', 'ringing');
    await t.finishOne();
    t.clock.advance(60_000);
    expect(await t.inbox.endCall('acme', 'c1', { status: 'no-answer' })).toBe(true);
    const endedAt = new Date(t.clock.now()).toISOString();
    const ended = { status: 'no-answer', terminal: true, outcome: 'no-answer', endedBy: 'application', endedAt };
    expect(await t.inbox.getCall('acme', 'c1')).toMatchObject(ended);
    expect((await t.inbox.listCalls({ state: 'ended' })).rows).toMatchObject([{ callId: 'c1', status: 'no-answer' }]);
    expect((await t.inbox.listCalls({ state: 'live' })).rows).toEqual([]);
    expect(await t.inbox.counts()).toEqual({ live: 0, ended: 1, waiting: 0, running: 0, dead: 0 });
    await t.expectIdle();
  },

  'judges what comes after it as after any end': async (t) => {
    await t.record('c1', 'ringing');
    await t.inbox.endCall('acme', 'c1', { status: 'completed' });
    expect((await t.inbox.record(t.event('c1', 'completed'))).transition).toBe('repeat');
    expect((await t.inbox.record(t.event('c1', 'busy'))).transition).toBe('conflict');
    expect((await t.inbox.record(t.event('c1', 'in-progress'))).transition).toBe('late');
    expect(await t.inbox.getCall('acme', 'c1')).toMatchObject({ status: 'completed', endedBy: 'application' });
  },

  'ends no call that has ended, or is none': async (t) => {
    await t.record('c1', 'busy');
    expect(await t.inbox.endCall('acme', 'c1', { status: 'completed' })).toBe(false);
    expect(await t.inbox.endCall('acme', 'c2', { status: 'completed' })).toBe(false);
    expect(await t.inbox.endCall('zenith', 'c1', { status: 'completed' })).toBe(false);
    expect(await t.inbox.getCall('acme', 'c1')).toMatchObject({ status: 'busy' });
    expect(await t.inbox.getCall('acme', 'c1')).not.toHaveProperty('endedBy');
  },

  'refuses to end a call with anything but a status that ends one': async (t) => {
    await t.record('c1', 'ringing');
    for (const end of [{ status: 'in-progress' }, { status: 'answered' }, {}, 'completed', undefined]) {
      const refused = t.inbox.endCall('acme', 'c1', end as CallEnd);
      await expect(refused).rejects.toMatchObject({ code: 'invalid_options' });
    }
    expect(await t.inbox.getCall('acme', 'c1')).toMatchObject({ status: 'ringing', terminal: false });
    expect(await t.inbox.counts()).toMatchObject({ live: 1, ended: 0 });
  },

  'leaves the work of a call that it ends': async (t) => {
    await t.record('c1', 'queued', 'ringing');
    const running = await t.takeOne();
    expect(await t.inbox.endCall('acme', 'c1', { status: 'failed' })).toBe(true);
    expect(await t.inbox.finish(running.lease)).toBe('done');
    expect((await t.finishOne()).event.status).toBe('ringing');
  },

  'erases a call with its events, work and dead letters': async (t) => {
    await t.record('c1', 'queued', 'ringing', 'completed');
    await t.record('c2', 'ringing');
    const dead = await t.bury();
    expect(dead.event.callId).toBe('c1');
    expect(await t.inbox.forgetCall('acme', 'c1')).toBe(true);
    expect(await t.inbox.getCall('acme', 'c1')).toBeUndefined();
    expect(await t.inbox.deadLetters.get(dead.event.id)).toBeUndefined();
    expect(await t.inbox.deadLetters.replay(dead.event.id)).toBe(false);
    expect(await t.inbox.deadLetters.list()).toEqual({ rows: [] });
    expect(await t.inbox.counts()).toEqual({ live: 1, ended: 0, waiting: 1, running: 0, dead: 0 });
    expect((await t.finishOne()).event.callId).toBe('c2');
    await t.expectIdle();
  },

  'takes running work of an erased call away from its worker': async (t) => {
    await t.record('c1', 'ringing', 'completed');
    const { lease } = await t.takeOne();
    expect(await t.inbox.forgetCall('acme', 'c1')).toBe(true);
    expect(await t.inbox.renew([lease], LEASE_MS)).toEqual([lease]);
    expect(await t.inbox.finish(lease)).not.toBe('done');
    expect(await t.inbox.fail(lease, { error: 'boom', doneHandlers: [] })).not.toBe('done');
    expect(await t.inbox.counts()).toEqual({ live: 0, ended: 0, waiting: 0, running: 0, dead: 0 });
    t.clock.advance(LEASE_MS + 1);
    expect(await t.expectIdle()).toMatchObject({ suspects: false });
  },

  'knows the events of an erased call, and begins a new one with others': async (t) => {
    await t.record('c1', 'ringing', 'completed');
    await t.inbox.forgetCall('acme', 'c1');
    expect(await t.inbox.record(t.event('c1', 'completed'))).toEqual({ transition: 'duplicate', done: true });
    expect(await t.inbox.getCall('acme', 'c1')).toBeUndefined();
    expect(await t.inbox.record(t.event('c1', 'busy'))).toEqual({ transition: 'advance', done: false });
    expect(await t.inbox.record(t.event('c1', 'ringing'))).toEqual({ transition: 'duplicate', done: true });
    expect(await t.inbox.getCall('acme', 'c1')).toMatchObject({ status: 'busy', events: [{ status: 'busy' }] });
    expect((await t.finishOne()).event.status).toBe('busy');
  },

  'erases no call that is none': async (t) => {
    await t.record('c1', 'ringing');
    expect(await t.inbox.forgetCall('acme', 'c2')).toBe(false);
    expect(await t.inbox.forgetCall('zenith', 'c1')).toBe(false);
    expect(await t.inbox.forgetCall('acme', 'c1', 'a tenant')).toBe(false);
    expect(await t.inbox.getCall('acme', 'c1')).toBeDefined();
  },

  'keeps calls of two tenants apart, though their ids are the same': async (t) => {
    await t.inbox.record(of('a', t.event('c1', 'in-progress')));
    expect((await t.inbox.record(of('b', t.event('c1', 'completed')))).transition).toBe('advance');
    expect((await t.inbox.record(of('a', t.event('c1', 'completed')))).transition).toBe('advance');
    expect((await t.inbox.record(t.event('c1', 'ringing'))).transition).toBe('advance');
    expect(await t.inbox.getCall('acme', 'c1', 'a')).toMatchObject({ tenant: 'a', status: 'completed' });
    expect((await t.inbox.getCall('acme', 'c1', 'b'))?.events).toHaveLength(1);
    expect(await t.inbox.getCall('acme', 'c1')).toMatchObject({ status: 'ringing' });
    expect(await t.inbox.getCall('acme', 'c1')).not.toHaveProperty('tenant');
    expect(await t.inbox.getCall('acme', 'c1', 'c')).toBeUndefined();
    const { rows } = await t.inbox.listCalls();
    expect(rows.map(({ tenant }) => tenant)).toEqual([undefined, 'b', 'a']);
    expect(new Set((await t.take()).jobs.map(({ event }) => event.tenant))).toEqual(new Set(['a', 'b', undefined]));
  },

  'ends and erases the call of one tenant': async (t) => {
    for (const tenant of ['a', 'b']) await t.inbox.record(of(tenant, t.event('c1', 'ringing')));
    expect(await t.inbox.endCall('acme', 'c1', { status: 'failed', tenant: 'a' })).toBe(true);
    expect(await t.inbox.endCall('acme', 'c1', { status: 'failed' })).toBe(false);
    expect(await t.inbox.getCall('acme', 'c1', 'b')).toMatchObject({ status: 'ringing' });
    expect(await t.inbox.forgetCall('acme', 'c1', 'b')).toBe(true);
    expect(await t.inbox.getCall('acme', 'c1', 'a')).toMatchObject({ status: 'failed' });
  },

  'keeps names apart that would be the same when they are joined': async (t) => {
    const parts = [
      ['a', 'b:c'],
      ['a:b', 'c'],
      ['a', 'b\u0001c'],
    ] as const;
    for (const [tenant, callId] of parts) {
      expect((await t.inbox.record(of(tenant, t.event(callId, 'ringing')))).transition).toBe('advance');
    }
    expect((await t.inbox.listCalls()).rows).toHaveLength(parts.length);
  },
};
