// In place of src/timer.ts, for tests that fake the timers of the product itself: whatever the globals are at the time of the call.
export const LONGEST_TIMER_MS: number = 2 ** 31 - 1;

export const setTimeout: typeof globalThis.setTimeout = ((...args: Parameters<typeof globalThis.setTimeout>) =>
  globalThis.setTimeout(...args)) as never;
export const setInterval: typeof globalThis.setInterval = ((...args: Parameters<typeof globalThis.setInterval>) =>
  globalThis.setInterval(...args)) as never;
export const setImmediate: typeof globalThis.setImmediate = ((run: () => void) =>
  globalThis.setImmediate(run)) as never;
export const clearTimeout: typeof globalThis.clearTimeout = (timer) => globalThis.clearTimeout(timer);
export const clearInterval: typeof globalThis.clearInterval = (timer) => globalThis.clearInterval(timer);
export const monotonicNow = (): number => performance.now();
