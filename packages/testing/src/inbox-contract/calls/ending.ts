import assert from 'node:assert/strict';
import type { CallEnd, NewEvent } from '@call-status/core/inbox';
import { assertMatches, assertRejects } from '../../assertions.ts';
import type { Tests } from '../bench/bench.ts';
import { LEASE_MS } from '../bench/bench.ts';

/** An event of one of several tenants. */
const of = (tenant: string, event: NewEvent): NewEvent => ({ ...event, tenant, id: `${tenant}/${event.id}` });

export const ENDING: Tests = {
  'ends a live call, without a job': async (t) => {
    await t.record('c1', 'ringing');
    await t.finishOne();
    t.clock.advance(60_000);
    assert.equal(await t.inbox.endCall('acme', 'c1', { status: 'no-answer' }), true);
    const endedAt = new Date(t.clock.now()).toISOString();
    const ended = { status: 'no-answer', terminal: true, outcome: 'no-answer', endedBy: 'application', endedAt };
    assertMatches(await t.inbox.getCall('acme', 'c1'), ended);
    assertMatches((await t.inbox.listCalls({ state: 'ended' })).rows, [{ callId: 'c1', status: 'no-answer' }]);
    assert.deepEqual((await t.inbox.listCalls({ state: 'live' })).rows, []);
    assert.deepEqual(await t.inbox.counts(), { live: 0, ended: 1, waiting: 0, running: 0, dead: 0 });
    await t.expectIdle();
  },

  'judges what comes after it as after any end': async (t) => {
    await t.record('c1', 'ringing');
    await t.inbox.endCall('acme', 'c1', { status: 'completed' });
    assert.equal((await t.inbox.record(t.event('c1', 'completed'))).transition, 'repeat');
    assert.equal((await t.inbox.record(t.event('c1', 'busy'))).transition, 'conflict');
    assert.equal((await t.inbox.record(t.event('c1', 'in-progress'))).transition, 'late');
    assertMatches(await t.inbox.getCall('acme', 'c1'), { status: 'completed', endedBy: 'application' });
  },

  'ends no call that has ended, or does not exist': async (t) => {
    await t.record('c1', 'busy');
    assert.equal(await t.inbox.endCall('acme', 'c1', { status: 'completed' }), false);
    assert.equal(await t.inbox.endCall('acme', 'c2', { status: 'completed' }), false);
    assert.equal(await t.inbox.endCall('zenith', 'c1', { status: 'completed' }), false);
    assertMatches(await t.inbox.getCall('acme', 'c1'), { status: 'busy' });
    assert.ok(!('endedBy' in Object(await t.inbox.getCall('acme', 'c1'))));
  },

  'refuses to end a call with anything but a status that ends one': async (t) => {
    await t.record('c1', 'ringing');
    for (const end of [{ status: 'in-progress' }, { status: 'answered' }, {}, 'completed', undefined]) {
      const refused = t.inbox.endCall('acme', 'c1', end as CallEnd);
      await assertRejects(refused, { code: 'invalid_options' });
    }
    assertMatches(await t.inbox.getCall('acme', 'c1'), { status: 'ringing', terminal: false });
    assertMatches(await t.inbox.counts(), { live: 1, ended: 0 });
  },

  'leaves the jobs of a call that it ends': async (t) => {
    await t.record('c1', 'queued', 'ringing');
    const running = await t.takeOne();
    assert.equal(await t.inbox.endCall('acme', 'c1', { status: 'failed' }), true);
    assert.equal(await t.inbox.finish(running.lease), 'done');
    assert.equal((await t.finishOne()).event.status, 'ringing');
  },

  'erases a call with its events, jobs and dead letters': async (t) => {
    await t.record('c1', 'queued', 'ringing', 'completed');
    await t.record('c2', 'ringing');
    const dead = await t.moveToDeadLetters();
    assert.equal(dead.event.callId, 'c1');
    assert.equal(await t.inbox.forgetCall('acme', 'c1'), true);
    assert.equal(await t.inbox.getCall('acme', 'c1'), undefined);
    assert.equal(await t.inbox.deadLetters.get(dead.event.id), undefined);
    assert.equal(await t.inbox.deadLetters.replay(dead.event.id), false);
    assert.deepEqual(await t.inbox.deadLetters.list(), { rows: [] });
    assert.deepEqual(await t.inbox.counts(), { live: 1, ended: 0, waiting: 1, running: 0, dead: 0 });
    assert.equal((await t.finishOne()).event.callId, 'c2');
    await t.expectIdle();
  },

  'takes a running job of an erased call away from its worker': async (t) => {
    await t.record('c1', 'ringing', 'completed');
    const { lease } = await t.takeOne();
    assert.equal(await t.inbox.forgetCall('acme', 'c1'), true);
    assert.deepEqual(await t.inbox.renew([lease], LEASE_MS), [lease]);
    assert.notEqual(await t.inbox.finish(lease), 'done');
    assert.notEqual(await t.inbox.fail(lease, { error: 'boom', doneHandlers: [] }), 'done');
    assert.deepEqual(await t.inbox.counts(), { live: 0, ended: 0, waiting: 0, running: 0, dead: 0 });
    t.clock.advance(LEASE_MS + 1);
    assertMatches(await t.expectIdle(), { suspects: false });
  },

  'knows the events of an erased call, and begins a new one with others': async (t) => {
    await t.record('c1', 'ringing', 'completed');
    await t.inbox.forgetCall('acme', 'c1');
    assert.deepEqual(await t.inbox.record(t.event('c1', 'completed')), { transition: 'duplicate', done: true });
    assert.equal(await t.inbox.getCall('acme', 'c1'), undefined);
    assert.deepEqual(await t.inbox.record(t.event('c1', 'busy')), { transition: 'advance', done: false });
    assert.deepEqual(await t.inbox.record(t.event('c1', 'ringing')), { transition: 'duplicate', done: true });
    assertMatches(await t.inbox.getCall('acme', 'c1'), { status: 'busy', events: [{ status: 'busy' }] });
    assert.equal((await t.finishOne()).event.status, 'busy');
  },

  'ends and erases in the order in which it is asked, though no answer is awaited': async (t) => {
    const answers = await Promise.all([
      t.inbox.record(t.event('c1', 'ringing')),
      t.inbox.endCall('acme', 'c1', { status: 'failed' }),
      t.inbox.record(t.event('c1', 'completed')),
      t.inbox.forgetCall('acme', 'c1'),
      t.inbox.record(t.event('c1', 'busy')),
      t.inbox.endCall('acme', 'c1', { status: 'failed' }),
      t.inbox.forgetCall('acme', 'c2'),
    ]);
    const recorded = (transition: string) => ({ transition, done: false });
    assert.deepEqual(answers, [
      recorded('advance'),
      true,
      recorded('conflict'),
      true,
      recorded('advance'),
      false,
      false,
    ]);
    assertMatches(await t.inbox.getCall('acme', 'c1'), { status: 'busy', events: [{ status: 'busy' }] });
  },

  'erases no call that does not exist': async (t) => {
    await t.record('c1', 'ringing');
    assert.equal(await t.inbox.forgetCall('acme', 'c2'), false);
    assert.equal(await t.inbox.forgetCall('zenith', 'c1'), false);
    assert.equal(await t.inbox.forgetCall('acme', 'c1', 'a tenant'), false);
    assert.notEqual(await t.inbox.getCall('acme', 'c1'), undefined);
  },

  'keeps calls of two tenants apart, though their ids are the same': async (t) => {
    await t.inbox.record(of('a', t.event('c1', 'in-progress')));
    assert.equal((await t.inbox.record(of('b', t.event('c1', 'completed')))).transition, 'advance');
    assert.equal((await t.inbox.record(of('a', t.event('c1', 'completed')))).transition, 'advance');
    assert.equal((await t.inbox.record(t.event('c1', 'ringing'))).transition, 'advance');
    assertMatches(await t.inbox.getCall('acme', 'c1', 'a'), { tenant: 'a', status: 'completed' });
    assert.equal((await t.inbox.getCall('acme', 'c1', 'b'))?.events.length, 1);
    assertMatches(await t.inbox.getCall('acme', 'c1'), { status: 'ringing' });
    assert.ok(!('tenant' in Object(await t.inbox.getCall('acme', 'c1'))));
    assert.equal(await t.inbox.getCall('acme', 'c1', 'c'), undefined);
    const { rows } = await t.inbox.listCalls();
    assert.deepEqual(
      rows.map(({ tenant }) => tenant),
      [undefined, 'b', 'a'],
    );
    assert.deepEqual(new Set((await t.take()).jobs.map(({ event }) => event.tenant)), new Set(['a', 'b', undefined]));
  },

  'ends and erases the call of one tenant': async (t) => {
    for (const tenant of ['a', 'b']) await t.inbox.record(of(tenant, t.event('c1', 'ringing')));
    assert.equal(await t.inbox.endCall('acme', 'c1', { status: 'failed', tenant: 'a' }), true);
    assert.equal(await t.inbox.endCall('acme', 'c1', { status: 'failed' }), false);
    assertMatches(await t.inbox.getCall('acme', 'c1', 'b'), { status: 'ringing' });
    assert.equal(await t.inbox.forgetCall('acme', 'c1', 'b'), true);
    assertMatches(await t.inbox.getCall('acme', 'c1', 'a'), { status: 'failed' });
  },

  'keeps names apart that would be the same when they are joined': async (t) => {
    const parts = [
      ['a', 'b:c'],
      ['a:b', 'c'],
      ['a', 'b\u0001c'],
    ] as const;
    for (const [tenant, callId] of parts) {
      assert.equal((await t.inbox.record(of(tenant, t.event(callId, 'ringing')))).transition, 'advance');
    }
    assert.equal((await t.inbox.listCalls()).rows.length, parts.length);
  },
};
