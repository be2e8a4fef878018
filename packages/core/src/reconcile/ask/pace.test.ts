import { describe, expect, it } from 'vitest';
import { Breaker } from './breaker.ts';
import { Bucket } from './bucket.ts';
import { Pace } from './pace.ts';
import { retryAfterMs } from './retry-after.ts';

const MINUTE_MS = 60_000;

/** When requests are made in a time, by someone who always wants to. */
function requestsOf(pace: Pick<Pace, 'enter'>, untilMs: number): number[] {
  const made: number[] = [];
  for (let nowMs = 0; nowMs < untilMs; nowMs += 50) if (pace.enter(nowMs) === 0) made.push(nowMs);
  return made;
}

describe('an account', () => {
  it.each([2, 3, 5, 17, 20, 60, 200, 600])(
    'with a limit of %i a minute makes at most half as many in any minute',
    (perMinute) => {
      const made = requestsOf(new Pace(perMinute, 0), 5 * MINUTE_MS);
      const share = Math.floor(perMinute / 2);
      const busiest = Math.max(
        ...made.map((at) => made.filter((other) => other >= at && other < at + MINUTE_MS).length),
      );
      expect(busiest).toBeLessThanOrEqual(share);
      expect(made.length).toBeGreaterThanOrEqual(Math.floor(4 * 0.9 * share));
    },
  );

  it('makes as few after a long rest', () => {
    const pace = new Pace(200, 0);
    const rest = 60 * MINUTE_MS;
    const made = requestsOf({ enter: (nowMs) => pace.enter(nowMs + rest) }, MINUTE_MS);
    expect(made.length).toBeLessThanOrEqual(100);
    expect(made.filter((at) => at === 0)).toHaveLength(1);
    expect(made.filter((at) => at < 500)).toHaveLength(10);
  });

  it('begins empty', () => {
    const pace = new Pace(200, 0);
    expect(pace.enter(0)).toBeGreaterThan(0);
    expect(pace.enter(MINUTE_MS)).toBe(0);
  });

  it('makes those who wait stand in a queue', () => {
    const pace = new Pace(200, 0);
    const waits = Array.from({ length: 500 }, () => pace.enter(0));
    const { intervalMs } = new Bucket(200, 0);
    expect(waits.map((wait) => Math.round(wait / intervalMs))).toEqual(waits.map((_, at) => at + 1));
    // Each of them finds its place when it comes back.
    for (const wait of waits) expect(pace.enter(wait + 1)).toBe(0);
  });

  it('pauses, and keeps the longer pause', () => {
    const pace = new Pace(200, 0);
    pace.pause(30_000, MINUTE_MS);
    pace.pause(1000, MINUTE_MS);
    expect(pace.enter(MINUTE_MS)).toBe(30_000);
    expect(pace.enter(MINUTE_MS + 29_999)).toBeGreaterThan(0);
    expect(pace.enter(MINUTE_MS + 30_000)).toBe(0);
  });

  it('makes one request a minute while its circuit is open', () => {
    const pace = new Pace(600, 0);
    for (let failure = 0; failure < 5; failure++) {
      expect(pace.enter(MINUTE_MS)).toBe(0);
      pace.breaker.failed();
    }
    const made: number[] = [];
    for (let nowMs = MINUTE_MS; nowMs < 6 * MINUTE_MS; nowMs += 500) {
      if (pace.enter(nowMs) > 0) continue;
      made.push(nowMs / MINUTE_MS);
      pace.breaker.failed();
    }
    expect(made).toEqual([2, 3, 4, 5]);
    expect(pace.enter(6 * MINUTE_MS)).toBe(0);
    pace.breaker.succeeded();
    expect(pace.enter(6 * MINUTE_MS)).toBe(0);
  });
});

describe('a circuit', () => {
  it('opens at the fifth failure in a row, and says so once', () => {
    const breaker = new Breaker();
    for (let failure = 0; failure < 4; failure++) breaker.failed();
    breaker.succeeded();
    const opened = Array.from({ length: 7 }, () => breaker.failed());
    expect(opened).toEqual([false, false, false, false, true, false, false]);
  });
});

describe('Retry-After', () => {
  const nowMs = Date.UTC(2026, 5, 2, 14, 30);

  it.each([
    ['120', 120_000],
    [' 5 ', 5000],
    ['0', 1000],
    ['99999999999999999999', 3_600_000],
    ['Tue, 02 Jun 2026 14:32:00 GMT', 120_000],
    ['Tue, 02 Jun 2026 14:00:00 GMT', 1000],
    ['Wed, 02 Jun 2027 14:30:00 GMT', 3_600_000],
    ['soon', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j is %j', (header, expected) => {
    expect(retryAfterMs(header, nowMs)).toBe(expected);
  });
});
