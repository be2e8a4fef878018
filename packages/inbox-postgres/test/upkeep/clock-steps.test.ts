import { describe, expect, it, vi } from 'vitest';
import { ClockWatch, toleranceOf } from '../../src/upkeep/clock-watch.ts';
import { sharedServer } from '../servers/test-server.ts';
import { DAY, HOUR, handleAll, setUp, someSweeps } from './set-up.ts';

const url = (await sharedServer()) ?? '';

describe('the clock of the database', () => {
  /** A watch with its two clocks. */
  function watched(retentionMs: number) {
    const clocks = { now: 1_000_000_000, mono: 0 };
    const watch = new ClockWatch(() => clocks.mono);
    const tolerance = toleranceOf(retentionMs);
    return {
      clocks,
      isRight: () => watch.isRight({ now: clocks.now, askedAt: watch.time() }, tolerance),
      pass(ms: number) {
        clocks.now += ms;
        clocks.mono += ms;
      },
      watch,
      tolerance,
    };
  }

  it('is right as long as it goes with the clock of the process', () => {
    const { isRight, pass } = watched(30 * DAY);
    for (let day = 0; day < 100; day++) {
      expect(isRight()).toBe(true);
      pass(DAY);
    }
  });

  it.each([
    ['30 days', 30 * DAY, DAY],
    ['an hour', HOUR, HOUR / 10],
    ['a second', 1000, 1000],
  ])('is in doubt after a jump that matters to a retention of %s', (_, retentionMs, jump) => {
    const { isRight, clocks } = watched(retentionMs);
    expect(isRight()).toBe(true);
    clocks.now += jump;
    expect(isRight()).toBe(true);
    clocks.now += jump + 1;
    expect(isRight()).toBe(false);
    clocks.now -= jump + 1;
    expect(isRight()).toBe(true);
  });

  it('is right again after a day without another jump', () => {
    const { isRight, clocks, pass } = watched(30 * DAY);
    isRight();
    clocks.now += 60 * DAY;
    expect(isRight()).toBe(false);
    pass(DAY - 1);
    expect(isRight()).toBe(false);
    pass(1);
    expect(isRight()).toBe(true);
    pass(HOUR);
    expect(isRight()).toBe(true);
  });

  it('may be set back', () => {
    const { isRight, clocks } = watched(30 * DAY);
    isRight();
    clocks.now -= 60 * DAY;
    expect(isRight()).toBe(true);
  });

  it('has not jumped because an answer took long', () => {
    const { watch, tolerance, clocks, isRight, pass } = watched(30 * DAY);
    const asked = { now: clocks.now, askedAt: watch.time() };
    pass(3 * DAY);
    expect(watch.isRight(asked, tolerance)).toBe(true);
    expect(isRight()).toBe(true);
  });
});

describe.skipIf(url === '')('after a jump of the clock', () => {
  it('nothing is removed, with one warning, until it is right again', async () => {
    const { open, event, clocks, pass, count } = setUp(url);
    const { inbox, codes } = await open({ retentionMs: HOUR });
    await inbox.record(event('c1', 'completed'));
    await inbox.record(event('c2', 'completed'));
    await handleAll(inbox);
    await inbox.forgetCall('acme', 'c2');
    // Without a sweep before it, the jump would not be seen.
    await vi.waitFor(async () => expect(await count('inbox WHERE swept_at IS NOT NULL')).toBe(1));
    clocks.wall += 60 * DAY;
    await vi.waitFor(() => expect(codes()).toEqual(['inbox_clock_stepped']));
    await someSweeps();
    expect([await count('calls'), await count('tombstones')]).toEqual([1, 1]);
    clocks.wall -= 60 * DAY;
    await someSweeps();
    pass(HOUR + 1);
    await vi.waitFor(async () => expect(await count('calls')).toBe(0));
    expect(codes()).toEqual(['inbox_clock_stepped']);
  });
});
