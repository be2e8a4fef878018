import type { TimeSource } from '@call-status/core/inbox';
import { setImmediate } from './real-time.ts';

/** A clock that only a test moves. */
export interface ManualClock extends TimeSource {
  /**
   * Moves the time, and runs everything that has become due: retries, leases and handler timeouts. To wait until that has finished, `await
   * idle()`.
   *
   * @param ms milliseconds; a negative number sets the clock back, so nothing becomes due
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
 * Creates a clock for tests: `createCallStatus({ clock })`. Time jumps, as for a suspended process: repeating timers run once per
 * `advance`.
 *
 * @param startMs milliseconds since the epoch
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
export function manualClock(startMs: number = Date.now()): ManualClock {
  let time = startMs;
  let elapsed = 0;
  const waiting = new Set<Waiting>();
  const wait = (ms: number, callback: () => void, everyMs?: number): (() => void) => {
    const one: Waiting = { callback, everyMs, dueAt: elapsed + ms };
    waiting.add(one);
    // Timers that are due at once do not wait for a test.
    if (ms <= 0) setImmediate(runDue);
    return () => waiting.delete(one);
  };
  const runDue = (): void => {
    const due = [...waiting].filter(({ dueAt }) => dueAt <= elapsed).sort((a, b) => a.dueAt - b.dueAt);
    for (const one of due) {
      // One of the others may have canceled it.
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
