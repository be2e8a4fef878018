import { describe, expect, it, vi } from 'vitest';
import { loadEngine } from '../../src/database/engine.ts';
import { handleAll, openInbox } from '../support.ts';
import { DAY, HOUR, MINUTE, recordEnded, setUp, someSweeps } from './set-up.ts';

describe('a clock that steps ahead', () => {
  it('removes no calls and no tombstones until it is right again, and is reported once', async () => {
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

  it('is accepted once it has been stable for a day', async () => {
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

  it('between two runs of the service removes nothing', async () => {
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

  it('while the host was off removes nothing until it has been stable for a day', async () => {
    const { open, event, clocks, pass } = setUp();
    const first = open();
    await recordEnded(first.inbox, event);
    await first.inbox.close();
    // A restart of the host resets its monotonic clock.
    Object.assign(clocks, { wall: clocks.wall + 60 * DAY, mono: 5000 });
    const second = open();
    await vi.waitFor(() => expect(second.warnings).toEqual(['inbox_clock_stepped']));
    expect(await second.inbox.counts()).toMatchObject({ ended: 20 });
    pass(DAY);
    await vi.waitFor(async () => expect(await second.inbox.counts()).toMatchObject({ ended: 0 }));
  });

  it('after a restart of the host that the system reports removes nothing', async () => {
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
  it('removes nothing, and retention continues with the time that passes', async () => {
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
