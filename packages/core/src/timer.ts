/** The longest that a timer of node can wait, in milliseconds; one that is to wait for longer fires at once. */
export const LONGEST_TIMER_MS: number = 2 ** 31 - 1;

/** Node's own timers, taken at import: fake timers in an application's tests do not stop the receiver. */
export const {
  setTimeout,
  clearTimeout,
  setInterval,
  clearInterval,
  setImmediate,
}: Pick<typeof globalThis, 'setTimeout' | 'clearTimeout' | 'setInterval' | 'clearInterval' | 'setImmediate'> =
  globalThis;

/** Milliseconds on a clock that only goes forward, taken at import for the same reason. */
export const monotonicNow: () => number = performance.now.bind(performance);
