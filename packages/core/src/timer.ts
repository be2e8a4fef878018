/** The longest that a timer of node can wait, in milliseconds; one that is to wait for longer fires at once. */
export const LONGEST_TIMER_MS: number = 2 ** 31 - 1;

/** Node's own timers, taken at import: fake timers in an application's tests do not stop the receiver. */
export const setTimeout: typeof globalThis.setTimeout = globalThis.setTimeout;
export const clearTimeout: typeof globalThis.clearTimeout = globalThis.clearTimeout;
export const setInterval: typeof globalThis.setInterval = globalThis.setInterval;
export const clearInterval: typeof globalThis.clearInterval = globalThis.clearInterval;
export const setImmediate: typeof globalThis.setImmediate = globalThis.setImmediate;

/** Milliseconds on a clock that only goes forward, taken at import for the same reason. */
export const monotonicNow: () => number = performance.now.bind(performance);

/** What time it is, in milliseconds since the epoch. */
export type Clock = () => number;

/** What a worker waits by: retries, leases and time limits of handlers. */
export interface Timers {
  /** Milliseconds on a clock that only goes forward. */
  now(): number;
  /** Calls back once, after so many milliseconds. Keeps no process alive. Returns a function that cancels it. */
  after(ms: number, callback: () => void): () => void;
  /** Calls back each time so many milliseconds have passed. Keeps no process alive. Returns a function that cancels it. */
  every(ms: number, callback: () => void): () => void;
}

/** Time that a test moves. `manualClock()` of `@call-status/testing` makes one. */
export interface TimeSource {
  /** What time it is. */
  readonly now: Clock;
  /** What passes with it. */
  readonly timers: Timers;
}

/** Node's own. */
export const nodeTimers: Timers = {
  now: monotonicNow,
  after(ms, callback) {
    const timer = setTimeout(callback, ms).unref();
    return () => clearTimeout(timer);
  },
  every(ms, callback) {
    const timer = setInterval(callback, ms).unref();
    return () => clearInterval(timer);
  },
};
