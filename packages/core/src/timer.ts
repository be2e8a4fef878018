/** The longest delay of Node's timers, in milliseconds; a longer one fires at once. */
export const LONGEST_TIMER_MS: number = 2 ** 31 - 1;

/** Node's own timers, taken at import: fake timers in an application's tests do not stop the receiver. */
export const setTimeout: typeof globalThis.setTimeout = globalThis.setTimeout;
export const clearTimeout: typeof globalThis.clearTimeout = globalThis.clearTimeout;
export const setInterval: typeof globalThis.setInterval = globalThis.setInterval;
export const clearInterval: typeof globalThis.clearInterval = globalThis.clearInterval;
export const setImmediate: typeof globalThis.setImmediate = globalThis.setImmediate;

/** Milliseconds of a monotonic clock, taken at import for the same reason. */
export const monotonicNow: () => number = performance.now.bind(performance);

/** The current time, in milliseconds since the epoch. */
export type Clock = () => number;

/** The timers of a worker: retries, leases and time limits of handlers. */
export interface Timers {
  /** Milliseconds of a monotonic clock. */
  now(): number;
  /** Calls the function once, after this many milliseconds. Does not keep the process alive. Returns a function that cancels it. */
  after(ms: number, callback: () => void): () => void;
  /**
   * Calls the function every time this many milliseconds have passed. Does not keep the process alive. Returns a function that cancels it.
   */
  every(ms: number, callback: () => void): () => void;
}

/** Time controlled by a test. `manualClock()` of `@call-status/testing` makes one. */
export interface TimeSource {
  /** The current time. */
  readonly now: Clock;
  /** Timers that follow it. */
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
