/** Node's own timers, taken at import: fake timers in an application's tests do not stop the inbox. */
export const setTimeout: typeof globalThis.setTimeout = globalThis.setTimeout;
export const clearTimeout: typeof globalThis.clearTimeout = globalThis.clearTimeout;
export const setInterval: typeof globalThis.setInterval = globalThis.setInterval;
export const clearInterval: typeof globalThis.clearInterval = globalThis.clearInterval;
export const setImmediate: typeof globalThis.setImmediate = globalThis.setImmediate;

/** Milliseconds of a monotonic clock. */
export const monotonicNow: () => number = performance.now.bind(performance);
