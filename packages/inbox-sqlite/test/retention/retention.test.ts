import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { loadEngine } from '../../src/database/engine.ts';
import { pragma } from '../../src/database/open.ts';
import { handleAll, openInbox } from '../support.ts';
import { DAY, HOUR, MINUTE, recordEnded, START, setUp, someSweeps } from './set-up.ts';

describe('retention', () => {
  it('removes ended calls with their events, and no other calls', async () => {
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

  it('removes live calls without an event for seven times as long, unless they have unfinished events', async () => {
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

  it('removes many rows in many steps, and serves requests between them', async () => {
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
    });
    await vi.waitFor(() => expect([count('events'), count('erasing')]).toEqual([1, 0]));
  });

  it('recognizes the events of removed calls for seven days, however short the retention is', async () => {
    const { open, event, pass, count } = setUp();
    const { inbox } = open({ retentionMs: HOUR });
    const first = Array.from({ length: 130 }, (_, at) => event('c1', 'completed', `c1/${at}`));
    await Promise.all(first.map((each) => inbox.record(each)));
    await handleAll(inbox);
    pass(HOUR + 1);
    // The first events are removed before the last: each is a duplicate at any moment.
    await vi.waitFor(async () => {
      for (const each of first) expect(await inbox.record(each)).toEqual({ transition: 'duplicate', done: true });
      expect(count('events')).toBe(0);
    });
    expect(count('calls')).toBe(0);

    await inbox.record(event('c1', 'failed'));
    for (const each of first) expect((await inbox.record(each)).transition).toBe('duplicate');
    await handleAll(inbox);
    pass(7 * DAY);
    await vi.waitFor(() => expect([count('calls'), count('tombstones')]).toEqual([0, 0]));
    expect((await inbox.record(event('c1', 'completed', 'c1/0'))).transition).toBe('advance');
  });

  it('keeps everything if it is Infinity', async () => {
    const { open, event, pass } = setUp();
    const { inbox } = open({ retentionMs: Number.POSITIVE_INFINITY });
    await recordEnded(inbox, event);
    pass(10_000 * DAY);
    await someSweeps();
    expect(await inbox.counts()).toMatchObject({ ended: 20 });
  });
});

describe('the retention of a file', () => {
  it('is thirty days by default', async () => {
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
  ])('is not changed by %s', async (_, options) => {
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

  it('is the last that a service was given, and a service that changes it gets a warning', async () => {
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
  ])('is named in the warning when it changes: %s, %s', async (before, after, reason) => {
    const { path, open } = setUp();
    await open({ retentionMs: before, worker: false }).inbox.counts();
    const onWarning = vi.fn();
    const inbox = openInbox({ path, retentionMs: after });
    void inbox.ready({ create: true, onWarning });
    await vi.waitFor(() => expect(onWarning).toHaveBeenCalled());
    expect(onWarning.mock.calls[0]?.[0]).toMatchObject({ details: { path, reason } });
  });

  it('is applied by one process at a time', async () => {
    const { open, event, pass, path } = setUp();
    const many = [open(), open(), open()];
    await recordEnded((many[0] as (typeof many)[number]).inbox, event);
    pass(31 * DAY);
    await vi.waitFor(async () => expect(await many[0]?.inbox.counts()).toMatchObject({ ended: 0 }));
    const db = new (loadEngine())(path);
    onTestFinished(() => db.close());
    expect(pragma(db, 'SELECT swept_at FROM inbox')).toBe(START + 31 * DAY);
  });

  it('gives one warning when old calls cannot be removed, and is applied once they can', async () => {
    const { open, event, pass, path } = setUp();
    const { inbox, warnings } = open();
    await recordEnded(inbox, event);
    const db = new (loadEngine())(path);
    onTestFinished(() => db.close());
    db.exec(`CREATE TRIGGER kept BEFORE DELETE ON calls BEGIN SELECT RAISE(ABORT, 'kept'); END`);
    pass(31 * DAY);
    await vi.waitFor(() => expect(warnings).toEqual(['inbox_sweep_failed']));
    await someSweeps();
    db.exec('DROP TRIGGER kept');
    await vi.waitFor(async () => expect(await inbox.counts()).toMatchObject({ ended: 0 }));
    expect(warnings).toEqual(['inbox_sweep_failed']);
  });
});
