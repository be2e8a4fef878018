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
