import type { Inbox } from '@call-status/core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { loadEngine } from '../../src/database/engine.ts';
import { pragma } from '../../src/database/open.ts';
import { anEvent } from '../events.ts';
import { handleAll, openInbox, temporaryFile } from '../support.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 0, 1);

/** A file, the clocks of its host, and a way to look into it. */
function setUp() {
  const path = temporaryFile();
  const clocks = { wall: START, mono: 1_000_000 };
  const open = (options: { retentionMs?: number; worker?: boolean; create?: boolean } = {}) => {
    const { worker = true, ...more } = options;
    const inbox = openInbox({ path, sweepMs: 5, clock: () => clocks.wall, ...more }, { mono: () => clocks.mono });
    const warnings: string[] = [];
    inbox.ready({ create: more.create ?? true, onWarning: ({ code }) => void warnings.push(code) });
    const stop = worker ? inbox.onJobs(() => {}) : () => {};
    return { inbox, warnings, stop };
  };
  const count = (table: string) => {
    const db = new (loadEngine())(path);
    const rows = pragma(db, `SELECT count(*) FROM ${table}`);
    db.close();
    return rows;
  };
  return {
    path,
    clocks,
    open,
    count,
    event: (callId: string, status: Parameters<typeof anEvent>[1], id?: string) =>
      anEvent(callId, status, { receivedAt: new Date(clocks.wall).toISOString(), ...(id !== undefined && { id }) }),
    /** Time passes, and every clock says so. */
    pass: (ms: number) => {
      clocks.wall += ms;
      clocks.mono += ms;
    },
  };
}

/** Waits for as many looks at what is old as show that nothing is removed. */
async function someSweeps(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 60));
}

async function recordEnded(inbox: Inbox, event: ReturnType<typeof setUp>['event'], calls = 20): Promise<void> {
  for (let at = 0; at < calls; at++) await inbox.record(event(`ended${at}`, 'completed'));
  await handleAll(inbox);
}

describe('retention', () => {
  it('removes ended calls with their events, and no others', async () => {
    const { open, event, pass, count } = setUp();
    const { inbox } = open({ retentionMs: 30 * DAY });
    await inbox.record(event('ended', 'ringing'));
    await inbox.record(event('ended', 'completed'));
    await inbox.record(event('live', 'ringing'));
    await inbox.record(event('touched', 'completed'));
    await handleAll(inbox);
    await inbox.record(event('dead', 'completed'));
    const { jobs } = await inbox.take({ limit: 1, leaseMs: HOUR, owner: 'test' });
    for (const { lease } of jobs) await inbox.fail(lease, { error: 'boom', doneHandlers: [] });
    await inbox.record(event('waiting', 'completed'));
    pass(29 * DAY);
    await inbox.record(event('touched', 'completed', 'a late recording'));
    const late = await inbox.take({ limit: 9, leaseMs: HOUR, owner: 'test' });
    for (const { lease, event: taken } of late.jobs) if (taken.callId === 'touched') await inbox.finish(lease);
    await inbox.record(event('new', 'completed'));
    pass(DAY + 1);
    await vi.waitFor(async () => expect(await inbox.getCall('acme', 'ended')).toBeUndefined());
    const left = (await inbox.listCalls()).rows.map(({ callId }) => callId);
    expect(left.sort()).toEqual(['dead', 'live', 'new', 'touched', 'waiting']);
    expect(count('events')).toBe(6);
    expect(count('tombstones')).toBe(0);
    expect(await inbox.counts()).toEqual({ live: 1, ended: 4, waiting: 2, running: 0, dead: 1 });
  });

  it('removes live calls that were silent for seven times as long, and keeps those with work', async () => {
    const { open, event, pass } = setUp();
    const { inbox } = open({ retentionMs: DAY });
    for (const status of ['unknown', 'queued', 'ringing', 'in-progress'] as const) {
      await inbox.record(event(`silent ${status}`, status));
      await inbox.record({ ...event(`other ${status}`, status), provider: 'zenith', id: `z${status}` });
    }
    await inbox.record(event('spoken', 'ringing'));
    await handleAll(inbox);
    await inbox.record(event('unhandled', 'ringing'));
    pass(7 * DAY - HOUR);
    await inbox.record(event('spoken', 'in-progress'));
    for (const { lease, event: taken } of (await inbox.take({ limit: 9, leaseMs: HOUR, owner: 'test' })).jobs) {
      if (taken.callId === 'spoken') await inbox.finish(lease);
    }
    await someSweeps();
    expect(await inbox.counts()).toMatchObject({ live: 10 });
    pass(HOUR + 1);
    await vi.waitFor(async () => expect(await inbox.counts()).toMatchObject({ live: 2 }));
    expect((await inbox.listCalls()).rows.map(({ callId }) => callId).sort()).toEqual(['spoken', 'unhandled']);
  });

  it('removes many rows in many steps, and serves between them', async () => {
    const { open, event, pass, count } = setUp();
    const { inbox } = open({ retentionMs: 30 * DAY });
    await Promise.all(Array.from({ length: 250 }, (_, at) => inbox.record(event('long', 'busy', `long${at}`))));
    await Promise.all(Array.from({ length: 100 }, (_, at) => inbox.record(event('exact', 'busy', `exact${at}`))));
    await Promise.all(Array.from({ length: 200 }, (_, at) => inbox.record(event(`short${at}`, 'busy'))));
    await handleAll(inbox);
    pass(31 * DAY);
    await vi.waitFor(async () => {
      await inbox.record(event('meanwhile', 'ringing'));
      expect(await inbox.counts()).toMatchObject({ ended: 0, live: 1 });
    }, 5000);
    await vi.waitFor(() => expect([count('events'), count('erasing')]).toEqual([1, 0]));
  });

  it('knows the events of removed calls for seven days, however short calls are kept', async () => {
    const { open, event, pass, count } = setUp();
    const { inbox } = open({ retentionMs: HOUR });
    const first = Array.from({ length: 130 }, (_, at) => event('c1', 'completed', `c1/${at}`));
    await Promise.all(first.map((each) => inbox.record(each)));
    await handleAll(inbox);
    pass(HOUR + 1);
    // The first of them are removed before the last: each is a duplicate all the time.
    await vi.waitFor(async () => {
      for (const each of first) expect(await inbox.record(each)).toEqual({ transition: 'duplicate', done: true });
      expect(count('events')).toBe(0);
    }, 5000);
    expect(count('calls')).toBe(0);

    await inbox.record(event('c1', 'failed'));
    for (const each of first) expect((await inbox.record(each)).transition).toBe('duplicate');
    await handleAll(inbox);
    pass(7 * DAY);
    await vi.waitFor(() => expect([count('calls'), count('tombstones')]).toEqual([0, 0]));
    expect((await inbox.record(event('c1', 'completed', 'c1/0'))).transition).toBe('advance');
  });

  it('keeps everything where it is forever', async () => {
    const { open, event, pass } = setUp();
    const { inbox } = open({ retentionMs: Number.POSITIVE_INFINITY });
    await recordEnded(inbox, event);
    pass(10_000 * DAY);
    await someSweeps();
    expect(await inbox.counts()).toMatchObject({ ended: 20 });
  });
});

describe('the retention of a file', () => {
  it('is thirty days unless an option says otherwise', async () => {
    const { open, event, pass } = setUp();
    const { inbox } = open();
    await recordEnded(inbox, event);
    pass(30 * DAY);
    await someSweeps();
    expect(await inbox.counts()).toMatchObject({ ended: 20 });
    pass(MINUTE);
    await vi.waitFor(async () => expect(await inbox.counts()).toMatchObject({ ended: 0 }));
  });

  it.each([
    ['a script that reads', { worker: false, create: false }],
    ['a script that reads, with an option', { worker: false, create: false, retentionMs: 1 }],
    ['a worker without the option', { worker: true }],
    ['a web server without a worker', { worker: false }],
  ])('is not that of %s', async (_, options) => {
    const { open, event, pass } = setUp();
    const { inbox, stop } = open({ retentionMs: 365 * DAY });
    await recordEnded(inbox, event);
    stop();
    pass(60 * DAY);
    const second = open(options);
    await second.inbox.listCalls();
    await someSweeps();
    expect(await inbox.counts()).toMatchObject({ ended: 20 });
    expect(second.warnings).toEqual([]);
  });

  it('is the newest that a service was given, and who gives another one is warned', async () => {
    const { open, event, pass } = setUp();
    const first = open({ retentionMs: 365 * DAY });
    await recordEnded(first.inbox, event);
    pass(60 * DAY);
    const second = open({ retentionMs: 30 * DAY, worker: false });
    await vi.waitFor(() => expect(second.warnings).toEqual(['inbox_retention_changed']));
    await vi.waitFor(async () => expect(await first.inbox.counts()).toMatchObject({ ended: 0 }));
    expect(first.warnings).toEqual([]);
    const third = open({ retentionMs: 30 * DAY, worker: false });
    await third.inbox.deadLetters.discard('none');
    expect(third.warnings).toEqual([]);
  });

  it.each([
    [Number.POSITIVE_INFINITY, 30 * DAY, 'It was forever, and is 720 hours now.'],
    [1, Number.POSITIVE_INFINITY, 'It was 1 ms, and is forever now.'],
  ])('is told in words when it changes: %s, %s', async (before, after, reason) => {
    const { path, open } = setUp();
    await open({ retentionMs: before, worker: false }).inbox.counts();
    const onWarning = vi.fn();
    const inbox = openInbox({ path, retentionMs: after });
    inbox.ready({ create: true, onWarning });
    await vi.waitFor(() => expect(onWarning).toHaveBeenCalled());
    expect(onWarning.mock.calls[0]?.[0]).toMatchObject({ details: { path, reason } });
  });

  it('is kept by one of many processes at a time', async () => {
    const { open, event, pass, path } = setUp();
    const many = [open(), open(), open()];
    await recordEnded((many[0] as (typeof many)[number]).inbox, event);
    pass(31 * DAY);
    await vi.waitFor(async () => expect(await many[0]?.inbox.counts()).toMatchObject({ ended: 0 }));
    const db = new (loadEngine())(path);
    onTestFinished(() => db.close());
    expect(pragma(db, 'SELECT swept_at FROM inbox')).toBe(START + 31 * DAY);
  });
});

describe('a clock that steps ahead', () => {
  it('removes nothing, forgets no ids, and is told once, until it is right again', async () => {
    const { open, event, clocks, pass, count } = setUp();
    const { inbox, warnings } = open({ retentionMs: HOUR });
    await recordEnded(inbox, event);
    pass(HOUR + 1);
    await vi.waitFor(() => expect(count('tombstones')).toBe(20));
    await inbox.record(event('later', 'completed'));
    await handleAll(inbox);
    expect(warnings).toEqual([]);
    clocks.wall += 60 * DAY;
    await vi.waitFor(() => expect(warnings).toEqual(['inbox_clock_stepped']));
    await someSweeps();
    expect(count('tombstones')).toBe(20);
    expect(await inbox.counts()).toMatchObject({ ended: 1 });
    expect((await inbox.record(event('ended0', 'completed'))).transition).toBe('duplicate');

    clocks.wall -= 60 * DAY;
    pass(MINUTE);
    await someSweeps();
    pass(HOUR);
    await vi.waitFor(async () => expect(await inbox.counts()).toMatchObject({ ended: 0 }));
    expect(warnings).toEqual(['inbox_clock_stepped']);
  });

  it('is believed once it has stayed as it is for a day', async () => {
    const { open, event, clocks, pass } = setUp();
    const { inbox, warnings } = open();
    await recordEnded(inbox, event);
    clocks.wall += 60 * DAY;
    await vi.waitFor(() => expect(warnings).toEqual(['inbox_clock_stepped']));
    pass(DAY - MINUTE);
    await someSweeps();
    expect(await inbox.counts()).toMatchObject({ ended: 20 });
    pass(MINUTE);
    await vi.waitFor(async () => expect(await inbox.counts()).toMatchObject({ ended: 0 }));
  });

  it('between two runs of the service removes nothing either', async () => {
    const { open, event, clocks, pass } = setUp();
    const first = open();
    await recordEnded(first.inbox, event);
    await first.inbox.close();
    clocks.wall += 60 * DAY;
    const second = open();
    await vi.waitFor(() => expect(second.warnings).toEqual(['inbox_clock_stepped']));
    await second.inbox.close();
    clocks.wall -= 60 * DAY;
    pass(31 * DAY);
    const third = open();
    await vi.waitFor(async () => expect(await third.inbox.counts()).toMatchObject({ ended: 0 }));
    expect(third.warnings).toEqual([]);
  });

  it('while the host was off removes nothing before it has stayed so for a day', async () => {
    const { open, event, clocks, pass } = setUp();
    const first = open();
    await recordEnded(first.inbox, event);
    await first.inbox.close();
    // After a restart of the host its monotonic clock begins again.
    Object.assign(clocks, { wall: clocks.wall + 60 * DAY, mono: 5000 });
    const second = open();
    await vi.waitFor(() => expect(second.warnings).toEqual(['inbox_clock_stepped']));
    expect(await second.inbox.counts()).toMatchObject({ ended: 20 });
    pass(DAY);
    await vi.waitFor(async () => expect(await second.inbox.counts()).toMatchObject({ ended: 0 }));
  });

  it('after a restart of the host, as the system tells it, removes nothing either', async () => {
    const { path, open, event, clocks } = setUp();
    const first = open();
    await recordEnded(first.inbox, event);
    await first.inbox.close();
    const db = new (loadEngine())(path);
    db.exec("UPDATE inbox SET boot = 'another'");
    db.close();
    clocks.wall += 60 * DAY;
    const second = open();
    await vi.waitFor(() => expect(second.warnings).toEqual(['inbox_clock_stepped']));
    expect(await second.inbox.counts()).toMatchObject({ ended: 20 });
  });

  it('in one of two processes removes nothing', async () => {
    const { open, event, path, clocks } = setUp();
    const { inbox } = open();
    await recordEnded(inbox, event);
    const ahead = openInbox({ path, sweepMs: 5, clock: () => clocks.wall + 60 * DAY }, { mono: () => clocks.mono });
    ahead.onJobs(() => {});
    await someSweeps();
    expect(await inbox.counts()).toMatchObject({ ended: 20 });
  });
});

describe('a clock that steps back', () => {
  it('removes nothing, and retention goes on by what has passed since', async () => {
    const { open, event, clocks, pass } = setUp();
    const { inbox, warnings } = open();
    await recordEnded(inbox, event);
    clocks.wall -= 10 * DAY;
    await someSweeps();
    pass(30 * DAY);
    await someSweeps();
    expect(await inbox.counts()).toMatchObject({ ended: 20 });
    pass(11 * DAY);
    await vi.waitFor(async () => expect(await inbox.counts()).toMatchObject({ ended: 0 }));
    expect(warnings).toEqual([]);
  });
});
