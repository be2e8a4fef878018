import type { AnyCallStatusEvent, CallStatus } from '@call-status/core';
import type { Inbox, MovedCall, NewEvent } from '@call-status/core/inbox';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openInbox } from './faults/set-up.ts';
import { queryAt } from './servers/postgres.ts';
import { freshSchema, sharedServer } from './servers/test-server.ts';
import { inboxesAt } from './support.ts';

const url = await sharedServer();

const anEvent = (callId: string, status: CallStatus, more: object = {}): NewEvent => ({
  provider: 'acme',
  id: `acme:${callId}:${status}`,
  callId,
  status,
  rawStatus: status,
  terminal: status === 'completed',
  receivedAt: '2026-03-02T09:00:00.000Z',
  source: 'callback',
  trust: 'signed',
  raw: {},
  ...more,
});

describe.skipIf(url === undefined)('a group of operations', () => {
  async function anInbox() {
    const { inbox, cleanup } = await inboxesAt({ url: url as string })({ clock: Date.now, advance: () => {} });
    onTestFinished(async () => {
      await cleanup();
    });
    return inbox;
  }

  it('records events of one call before and after other operations', async () => {
    const inbox = await anInbox();
    const request = { limit: 10, leaseMs: 10_000, owner: 'test' };
    const [first, taken, second, again] = await Promise.all([
      inbox.record(anEvent('c1', 'ringing')),
      inbox.take(request),
      inbox.record(anEvent('c1', 'completed')),
      inbox.record(anEvent('c1', 'ringing')),
    ]);
    expect([first.transition, second.transition, again.transition]).toEqual(['advance', 'advance', 'duplicate']);
    expect(taken.jobs.map(({ event }) => event.status)).toEqual(['ringing']);
    expect((await inbox.listCalls()).rows).toMatchObject([{ callId: 'c1', status: 'completed', eventCount: 2 }]);
  });

  it('makes no call of events that are all removed', async () => {
    const inbox = await anInbox();
    await inbox.record(anEvent('c1', 'ringing'));
    await inbox.record(anEvent('c1', 'completed'));
    await inbox.forgetCall('acme', 'c1');
    const both = ['ringing', 'completed', 'ringing'].map((status) => inbox.record(anEvent('c1', status as CallStatus)));
    for (const found of await Promise.all(both)) expect(found).toEqual({ transition: 'duplicate', done: true });
    expect((await inbox.listCalls()).rows).toEqual([]);
    expect(await inbox.counts()).toMatchObject({ live: 0, ended: 0 });
  });

  it('makes a call of the events that are not removed', async () => {
    const inbox = await anInbox();
    await inbox.record(anEvent('c1', 'completed'));
    await inbox.forgetCall('acme', 'c1');
    const [old, fresh] = await Promise.all([
      inbox.record(anEvent('c1', 'completed')),
      inbox.record(anEvent('c1', 'ringing')),
    ]);
    expect([old.transition, fresh.transition]).toEqual(['duplicate', 'advance']);
    expect((await inbox.listCalls()).rows).toMatchObject([{ status: 'ringing', terminal: false, eventCount: 1 }]);
  });

  it('makes calls again that another host has removed', async () => {
    const { inbox, second, cleanup } = await inboxesAt({ url: url as string })({ clock: Date.now, advance: () => {} });
    onTestFinished(async () => {
      await cleanup();
    });
    const other = await second?.();
    for (const callId of ['c1', 'c2', 'c3']) await inbox.record(anEvent(callId, 'ringing'));
    for (const callId of ['c1', 'c2']) await other?.forgetCall('acme', callId);
    const recorded = ['c1', 'c2', 'c3'].map((callId) => inbox.record(anEvent(callId, 'completed')));
    const again = inbox.record(anEvent('c1', 'ringing'));
    expect((await Promise.all([...recorded, again])).map(({ transition }) => transition)).toEqual([
      'advance',
      'advance',
      'advance',
      'duplicate',
    ]);
    const { rows } = await inbox.listCalls();
    expect(Object.fromEntries(rows.map(({ callId, eventCount }) => [callId, eventCount]))).toEqual({
      c1: 1,
      c2: 1,
      c3: 2,
    });
  });

  it('has all imports that are asked for at once, but no other operation on their calls', async () => {
    const schema = freshSchema(url as string);
    const inbox = (await openInbox({ url: url as string, schema })) as Required<Inbox>;
    const callIds = Array.from({ length: 50 }, (_, at) => `c${at}`);
    const moved = (callId: string): MovedCall => ({
      provider: 'acme',
      callId,
      events: [{ event: { ...anEvent(callId, 'ringing'), transition: 'advance' } as AnyCallStatusEvent }],
    });
    const [before, after, ...imported] = await Promise.all([
      inbox.record(anEvent('c0', 'completed')),
      ...callIds.map((callId) => inbox.importCall(moved(callId))),
      inbox.record(anEvent('c1', 'ringing')),
    ]);
    expect([before, after, imported.at(-1)]).toEqual([
      { transition: 'advance', done: false },
      false,
      { transition: 'duplicate', done: true },
    ]);
    expect(new Set(imported.slice(0, -1))).toEqual(new Set([true]));
    const rows = await queryAt(
      url as string,
      `SELECT count(DISTINCT xmin::text)::int AS groups FROM "${schema}".calls WHERE call_id <> 'c0'`,
    );
    expect(rows).toEqual([{ groups: 1 }]);
  });

  it('refuses what PostgreSQL cannot store', async () => {
    const inbox = await anInbox();
    const circular: { self?: unknown } = {};
    circular.self = circular;
    for (const more of [{ id: 'a\0b' }, { callId: 'a\ud800' }, { tenant: '\0' }, { raw: circular }]) {
      await expect(inbox.record(anEvent('c1', 'ringing', more))).rejects.toMatchObject({ code: 'inbox_unavailable' });
    }
    expect((await inbox.listCalls()).rows).toEqual([]);
  });

  it('knows no lease that no inbox issued', async () => {
    const inbox = await anInbox();
    for (const token of ['', 'a.b.c', '1.2', '9.9.\0']) {
      const lease = { eventId: 'x', token };
      expect(await inbox.finish(lease)).toBe('gone');
      expect(await inbox.renew([lease], 1000)).toEqual([lease]);
      expect(await inbox.begin(lease, { retryInMs: 0 })).toBe('lost');
    }
  });
});
