import { describe, expect, it, vi } from 'vitest';
import { queryAt } from '../servers/postgres.ts';
import { sharedServer } from '../servers/test-server.ts';
import { DAY, HOUR, handleAll, setUp, someSweeps } from './set-up.ts';

const url = (await sharedServer()) ?? '';

const CALLS = 120;

describe.skipIf(url === '')('old calls', () => {
  it('are removed by three that sweep at once, and each redelivery meanwhile is a duplicate', async () => {
    const { open, event, pass, count } = setUp(url);
    const first = await open({ retentionMs: HOUR });
    const events = Array.from({ length: CALLS }, (_, n) => event(`c${n}`, 'completed'));
    await Promise.all(events.map((each) => first.inbox.record(each)));
    await handleAll(first.inbox);
    const all = [first, await open({ retentionMs: HOUR }), await open({ retentionMs: HOUR })];
    pass(HOUR + 1);
    for (let isLeft = true; isLeft; ) {
      isLeft = (await count('calls')) > 0;
      const answers = await Promise.all(
        events.map((each, n) => (all[n % 3] as (typeof all)[number]).inbox.record(each)),
      );
      for (const answer of answers) expect(answer).toEqual({ transition: 'duplicate', done: true });
    }
    expect([await count('calls'), await count('recorded'), await count('jobs')]).toEqual([0, 0, 0]);
    expect(await count('tombstones')).toBe(CALLS);
  });

  it('are kept if an event comes while they are being removed, and no event is lost', async () => {
    const { open, event, pass } = setUp(url);
    const [first, second] = [await open({ retentionMs: HOUR }), await open({ retentionMs: HOUR })];
    const callIds = Array.from({ length: CALLS }, (_, n) => `c${n}`);
    await Promise.all(callIds.map((callId) => first.inbox.record(event(callId, 'completed'))));
    await handleAll(first.inbox);
    pass(HOUR + 1);
    // By the clock of their receiver, they are as old as the calls: only their jobs keep them.
    const late = (callId: string) => ({
      ...event(callId, 'completed', `late/${callId}`),
      receivedAt: new Date(Date.UTC(2026, 0, 1)).toISOString(),
    });
    for (const callId of callIds) await second.inbox.record(late(callId));
    await someSweeps();
    for (const callId of callIds) {
      const call = await first.inbox.getCall('acme', callId);
      expect(call?.events.map(({ id }) => id)).toContain(`late/${callId}`);
    }
    await handleAll(first.inbox);
    await vi.waitFor(async () => expect(await first.inbox.counts()).toMatchObject({ ended: 0 }));
  });

  it('leave the ids of their events for seven days', async () => {
    const { open, event, pass, count } = setUp(url);
    const { inbox } = await open({ retentionMs: HOUR });
    const events = Array.from({ length: CALLS }, (_, n) => event('c1', 'completed', `c1/${n}`));
    await Promise.all(events.map((each) => inbox.record(each)));
    await handleAll(inbox);
    pass(HOUR + 1);
    await vi.waitFor(async () => expect(await count('tombstones')).toBe(CALLS));
    pass(7 * DAY - HOUR - 2);
    await someSweeps();
    expect(await inbox.record(events[0] as never)).toEqual({ transition: 'duplicate', done: true });
    pass(1000);
    await vi.waitFor(async () => expect(await count('tombstones')).toBe(0));
    expect(await inbox.record(events[0] as never)).toMatchObject({ transition: 'advance' });
  });

  it('that ended more than seven days ago leave no ids', async () => {
    const { open, event, pass, count } = setUp(url);
    const { inbox } = await open({ retentionMs: 30 * DAY });
    await inbox.record(event('c1', 'completed'));
    await handleAll(inbox);
    pass(30 * DAY + 1);
    await vi.waitFor(async () => expect(await count('recorded')).toBe(0));
    expect(await count('tombstones')).toBe(0);
  });

  it('without an end are removed after seven times as long', async () => {
    const { open, event, pass } = setUp(url);
    const { inbox } = await open({ retentionMs: DAY });
    for (let n = 0; n < 120; n++) await inbox.record(event(`silent${n}`, 'ringing'));
    await inbox.record(event('spoken', 'ringing'));
    await handleAll(inbox);
    await inbox.record(event('unhandled', 'ringing'));
    pass(7 * DAY - HOUR);
    await inbox.record(event('spoken', 'in-progress'));
    for (const { lease, event: taken } of (await inbox.take({ limit: 9, leaseMs: 9 * DAY, owner: 'test' })).jobs) {
      if (taken.callId === 'spoken') await inbox.finish(lease);
    }
    await someSweeps();
    expect(await inbox.counts()).toMatchObject({ live: 122 });
    pass(HOUR + 1);
    await vi.waitFor(async () => expect(await inbox.counts()).toMatchObject({ live: 2 }));
    const { rows } = await inbox.listCalls();
    expect(rows.map(({ callId }) => callId).sort()).toEqual(['spoken', 'unhandled']);
  });

  it('are reported once to a reader of the feed that had not read them', async () => {
    const { open, event, pass } = setUp(url);
    const { inbox } = await open({ retentionMs: HOUR });
    await inbox.record(event('c1', 'completed'));
    await inbox.record(event('c2', 'completed'));
    await handleAll(inbox);
    const { next } = await inbox.events({ limit: 1 });
    pass(HOUR + 1);
    await vi.waitFor(async () => expect(await inbox.counts()).toMatchObject({ ended: 0 }));
    const page = await inbox.events({ after: next });
    expect(page).toMatchObject({ rows: [], missed: true });
    expect(await inbox.events({ after: page.next })).toMatchObject({ rows: [], missed: false });
    expect(await inbox.events()).toMatchObject({ missed: false });
  });

  it('are removed by a service without a worker only if it has the option', async () => {
    const { open, event, pass } = setUp(url);
    const { inbox } = await open({ worker: false });
    await inbox.record(event('c1', 'completed'));
    await handleAll(inbox);
    pass(31 * DAY);
    const { stop } = await open();
    stop();
    await inbox.listCalls();
    await open({ worker: false, create: false, retentionMs: HOUR });
    await someSweeps();
    expect(await inbox.counts()).toMatchObject({ ended: 1 });
    await open({ worker: false, retentionMs: 30 * DAY });
    await vi.waitFor(async () => expect(await inbox.counts()).toMatchObject({ ended: 0 }));
  });

  it('that cannot be removed are reported once, until they can be', async () => {
    const { open, schema } = setUp(url);
    const { codes } = await open({ retentionMs: HOUR });
    const rename = (from: string, to: string) => queryAt(url, `ALTER TABLE ${schema}.${from} RENAME TO ${to}`);
    await rename('tombstones', 'away');
    await vi.waitFor(() => expect(codes()).toEqual(['inbox_sweep_failed']));
    await someSweeps();
    expect(codes()).toEqual(['inbox_sweep_failed']);
    const repairAndBreak = async (): Promise<void> => {
      await rename('away', 'tombstones');
      await someSweeps();
      await rename('tombstones', 'away');
      await someSweeps();
      // On a slow machine, no sweep may have ended in between, or one that began before.
      expect(codes().length).toBeGreaterThan(1);
    };
    await vi.waitFor(repairAndBreak);
    expect(new Set(codes())).toEqual(new Set(['inbox_sweep_failed']));
  });
});
