import type { Clock } from '@call-status/core';

/** A clock that only moves when it is told to. */
export interface ManualClock {
  readonly now: Clock;
  /** Moves it forward and returns the new time. */
  readonly advance: (ms: number) => number;
}

export function manualClock(start: number = Date.UTC(2026, 0, 1)): ManualClock {
  let time = start;
  return {
    now: () => time,
    advance(ms) {
      time += ms;
      return time;
    },
  };
}
