import assert from 'node:assert/strict';
import type { Inbox } from '@call-status/core';
import type { MovedCall, NewEvent } from '@call-status/core/inbox';
import { type Bench, LEASE_MS, type Tests } from '../bench/bench.ts';

type Movable = Inbox & Required<Pick<Inbox, 'exportCall' | 'importCall'>>;

const PAUSE_MS = 60_000;

async function exported(inbox: Inbox, callId: string, tenant?: string): Promise<MovedCall> {
  const call = await (inbox as Movable).exportCall('acme', callId, tenant);
  assert.ok(call !== undefined, `${callId} was not exported.`);
  return call;
}

/** Moves a call to an inbox with a store of its own. */
async function moved(t: Bench, callId: string, to?: Inbox): Promise<Inbox> {
  const other = to ?? (await t.another());
  assert.equal(await (other as Movable).importCall(await exported(t.inbox, callId)), true);
  return other;
}

/** What an inbox shows of a call. */
async function shownBy(inbox: Inbox, callId: string): Promise<unknown[]> {
  const { rows } = await inbox.listCalls({ search: callId });
  return [await inbox.getCall('acme', callId), rows, await exported(inbox, callId)];
}

/** A call with an event that is handled, one that is a dead letter, one that waits for its retry, and others behind it. */
async function busyCall(t: Bench): Promise<void> {
  await t.record('call-1', 'queued', 'ringing', 'in-progress');
  await t.finishOne();
  const dead = await t.takeOne();
  await t.inbox.fail(dead.lease, { error: 'no luck 7', handler: 'billing', doneHandlers: ['crm'] });
  const failed = await t.takeOne();
  const failure = { error: 'later', doneHandlers: ['billing'], retryInMs: PAUSE_MS };
  await t.inbox.fail(failed.lease, failure);
  await t.record('call-1', 'initiated', 'completed', 'busy');
}

export const MOVING: Tests = {
  'exports a call and imports it with all that is known of it': async (t) => {
    await busyCall(t);
    const other = await moved(t, 'call-1');
    assert.deepEqual(await shownBy(other, 'call-1'), await shownBy(t.inbox, 'call-1'));
    const { rows } = await t.inbox.deadLetters.list();
    assert.deepEqual((await other.deadLetters.list()).rows, rows);
    assert.deepEqual(await other.deadLetters.groups?.(), await t.inbox.deadLetters.groups?.());
    assert.deepEqual(await other.counts(), await t.inbox.counts());
    const { rows: feed } = (await other.events?.()) ?? { rows: [] };
    assert.deepEqual(
      feed.map(({ event }) => event.status),
      ['queued', 'ringing', 'in-progress', 'initiated', 'completed', 'busy'],
    );
  },

  'goes on where the other inbox stopped': async (t) => {
    await busyCall(t);
    const other = await moved(t, 'call-1');
    const known = t.event('call-1', 'ringing');
    assert.deepEqual(await other.record(known), { transition: 'duplicate', done: true });
    assert.deepEqual(await other.record(t.event('call-1', 'failed')), { transition: 'conflict', done: false });
    const { nextInMs } = await t.expectIdle(other);
    assert.equal(nextInMs, PAUSE_MS);
    t.clock.advance(PAUSE_MS);
    const retried = await t.takeOne(other);
    assert.equal(retried.event.status, 'in-progress');
    assert.equal(retried.attempt, 2);
    assert.deepEqual(retried.doneHandlers, ['billing']);
    await other.finish(retried.lease);
    assert.equal(await other.deadLetters.replay('acme:call-1:ringing'), true);
    const statuses: string[] = [];
    for (let count = 0; count < 5; count++) {
      const job = await t.takeOne(other);
      statuses.push(job.event.status);
      if (job.event.status === 'ringing') assert.deepEqual(job.doneHandlers, ['crm']);
      await other.finish(job.lease);
    }
    assert.deepEqual(statuses, ['ringing', 'initiated', 'completed', 'busy', 'failed']);
    await t.expectIdle(other);
  },

  'imports a call once': async (t) => {
    await busyCall(t);
    const other = await moved(t, 'call-1');
    const call = await exported(t.inbox, 'call-1');
    await other.record(t.event('call-1', 'failed'));
    const before = await shownBy(other, 'call-1');
    assert.equal(await (other as Movable).importCall(call), false);
    assert.equal(await (t.inbox as Movable).importCall(call), false);
    assert.deepEqual(await shownBy(other, 'call-1'), before);
    const third = (await t.another()) as Movable;
    const both = [1, 2].map(() => third.importCall(call));
    assert.deepEqual((await Promise.all(both)).filter(Boolean), [true]);
  },

  'exports nothing of a call that it does not have, and changes nothing': async (t) => {
    assert.equal(await (t.inbox as Movable).exportCall('acme', 'call-1'), undefined);
    await busyCall(t);
    assert.equal(await (t.inbox as Movable).exportCall('acme', 'call-1', 'a'), undefined);
    assert.equal(await (t.inbox as Movable).exportCall('zenith', 'call-1'), undefined);
    assert.deepEqual(await shownBy(t.inbox, 'call-1'), await shownBy(t.inbox, 'call-1'));
  },

  'makes a job that a worker has a suspect, which is due when its lease ends': async (t) => {
    await t.record('call-1', 'ringing');
    const job = await t.takeOne();
    const other = await moved(t, 'call-1');
    assert.deepEqual((await t.take(100, other, { suspect: true })).jobs, []);
    t.clock.advance(LEASE_MS + 1);
    await t.expectIdle(other);
    const again = await t.takeSuspect(other);
    assert.equal(again.suspect, true);
    assert.equal(again.attempt, 1);
    assert.equal(again.interruptions, 0);
    assert.ok(again.fence > job.fence);
  },

  'counts an interruption of handlers that had begun': async (t) => {
    await t.record('call-1', 'ringing');
    await t.takeOne();
    t.clock.advance(LEASE_MS + 1);
    const { lease, fence } = await t.takeSuspect();
    assert.equal(await t.inbox.begin(lease, { retryInMs: PAUSE_MS }), 'done');
    const running = await moved(t, 'call-1');
    t.clock.advance(LEASE_MS + 1);
    await t.take(100, t.inbox, { suspect: true });
    const paused = await moved(t, 'call-1');
    for (const other of [running, paused]) {
      t.clock.advance(other === running ? PAUSE_MS - 2 : 0);
      if (other === running) assert.deepEqual((await t.take(100, other, { suspect: true })).jobs, []);
      t.clock.advance(2);
      const again = await t.takeSuspect(other);
      assert.equal(again.interruptions, 1);
      assert.ok(again.fence > fence);
    }
  },

  'keeps how a call was ended, tenants, and calls without work': async (t) => {
    await t.record('call-1', 'ringing');
    await t.finishOne();
    await t.inbox.endCall('acme', 'call-1', { status: 'failed' });
    const other = await moved(t, 'call-1');
    assert.deepEqual(await shownBy(other, 'call-1'), await shownBy(t.inbox, 'call-1'));
    await t.inbox.record({ ...t.event('call-2', 'ringing'), tenant: 'a' });
    const call = await exported(t.inbox, 'call-2', 'a');
    assert.equal(call.tenant, 'a');
    assert.equal(await (other as Movable).importCall(call), true);
    assert.deepEqual(await other.getCall('acme', 'call-2', 'a'), await t.inbox.getCall('acme', 'call-2', 'a'));
    assert.equal(await other.getCall('acme', 'call-2'), undefined);
    await t.record('call-3', 'ringing');
    await t.finishOne();
    await t.finishOne();
    await moved(t, 'call-3', other);
    assert.equal((await other.counts()).live, 2);
  },

  'tells its listeners of work': async (t) => {
    await t.record('call-1', 'ringing');
    const other = await t.another();
    let heard = 0;
    other.onJobs(() => heard++);
    await moved(t, 'call-1', other);
    assert.ok(heard > 0);
    assert.equal((await t.takeOne(other)).event.callId, 'call-1');
  },

  'moves a call with many events in one step': async (t) => {
    const events: NewEvent[] = Array.from({ length: 250 }, (_, at) =>
      t.event('call-1', 'ringing', { id: `acme:${at}` }),
    );
    for (const event of events) await t.inbox.record(event);
    const other = await moved(t, 'call-1');
    const call = await exported(other, 'call-1');
    assert.deepEqual(
      call.events.map(({ event }) => event.id),
      events.map(({ id }) => id),
    );
  },
};
