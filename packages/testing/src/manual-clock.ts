import type { TimeSource } from '@call-status/core/inbox';
import { setImmediate } from './real-time.ts';

/** A clock that moves only when a test says so. */
export interface ManualClock extends TimeSource {
  /**
   * Moves the time, and runs what has become due: retries, leases, and the time limits of handlers. What that begins ends later:
   * `await idle()`.
   *
   * @param ms milliseconds; less than 0 sets the clock back, by which nothing becomes due
   * @returns the new time, in milliseconds since the epoch
   */
  readonly advance: (ms: number) => number;
}

interface Waiting {
  readonly callback: () => void;
  readonly everyMs: number | undefined;
  dueAt: number;
}

/**
 * Makes a clock for tests: `createCallStatus({ clock })`. The time jumps, as it does for a suspended process: what repeats runs once for
 * each `advance`.
 *
 * @param start milliseconds since the epoch
 * @default now
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { manualClock } from '@call-status/testing';
 *
 * const clock = manualClock(Date.UTC(2026, 0, 1));
 * clock.advance(60_000);
 * assert.equal(new Date(clock.now()).toISOString(), '2026-01-01T00:01:00.000Z');
 * ```
 */
export function manualClock(start: number = Date.now()): ManualClock {
  let time = start;
  let elapsed = 0;
  const waiting = new Set<Waiting>();
  const wait = (ms: number, callback: () => void, everyMs?: number): (() => void) => {
    const one: Waiting = { callback, everyMs, dueAt: elapsed + ms };
    waiting.add(one);
    // What is due at once does not wait for a test.
    if (ms <= 0) setImmediate(runDue);
    return () => waiting.delete(one);
  };
  const runDue = (): void => {
    const due = [...waiting].filter(({ dueAt }) => dueAt <= elapsed).sort((a, b) => a.dueAt - b.dueAt);
    for (const one of due) {
      // One of the others may have cancelled it.
      if (!waiting.delete(one)) continue;
      if (one.everyMs !== undefined) {
        one.dueAt = elapsed + one.everyMs;
        waiting.add(one);
      }
      one.callback();
    }
  };
  return {
    now: () => time,
    timers: {
      now: () => elapsed,
      after: (ms, callback) => wait(ms, callback),
      every: (ms, callback) => wait(ms, callback, ms),
    },
    advance(ms) {
      time += ms;
      elapsed += Math.max(0, ms);
      runDue();
      return time;
    },
  };
}
