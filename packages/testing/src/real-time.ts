/** Node's own timers, taken at import: a test may fake the global ones. */
export const setTimeout: typeof globalThis.setTimeout = globalThis.setTimeout;
export const setImmediate: typeof globalThis.setImmediate = globalThis.setImmediate;
/** Milliseconds of a monotonic clock. */
export const monotonicNow: () => number = performance.now.bind(performance);

/** Resolves in another turn of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Resolves after a time. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The pause between two attempts. */
const PAUSE_MS = 20;

/**
 * Retries until the function does not throw.
 *
 * @throws the last error, after `timeoutMs`
 */
export async function eventually(check: () => unknown, timeoutMs = 10_000): Promise<void> {
  const endsAt = monotonicNow() + timeoutMs;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (monotonicNow() >= endsAt) throw error;
    }
    await sleep(PAUSE_MS);
  }
}
