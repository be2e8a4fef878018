/** How often, and after which pauses, an event is tried again whose handler failed. */
export interface RetryOptions {
  /**
   * Attempts in all, the first included; then the event is a dead letter.
   * @default 8
   */
  readonly attempts?: number;
  /**
   * Milliseconds to wait after attempt `attempt` (from 1) failed.
   * @default exponential from 1 s to 10 min, with full jitter on the upper half
   */
  readonly backoff?: (attempt: number) => number;
}

const FIRST_MS = 1000;
const LONGEST_MS = 600_000;

/** The default pause: doubles from one second to ten minutes; between half and all of it, so that failures spread out. */
export function exponentialBackoff(attempt: number): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1));
  return longest * (0.5 + Math.random() / 2);
}
