/** How often, and after which pauses, an event is tried again whose handler failed. */
export interface RetryOptions {
  /**
   * Attempts in all, the first included; then the event is a dead letter.
   * @default 8
   */
  readonly attempts?: number;
  /**
   * Milliseconds to wait after attempt `attempt` (from 1) failed.
   * @default {@link exponentialBackoff}: with 8 attempts, 38 to 75 minutes in all
   */
  readonly backoff?: (attempt: number) => number;
}

const FIRST_MS = 5000;
const GROWTH = 3;
const LONGEST_MS = 45 * 60_000;

/**
 * The default pause: three times as long after each attempt, from 5 seconds to 45 minutes, so that what is away for some minutes costs
 * no event. Between half and all of it, so that failures spread out.
 *
 * @returns milliseconds
 * @example
 * ```ts
 * import { createCallStatus, exponentialBackoff, signalwire } from '@call-status/core';
 *
 * createCallStatus({
 *   providers: [signalwire({ signingKey: process.env.SIGNALWIRE_SIGNING_KEY! })],
 *   retry: { attempts: 10, backoff: (attempt) => 2 * exponentialBackoff(attempt) },
 * });
 * ```
 */
export function exponentialBackoff(attempt: number): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * GROWTH ** (attempt - 1));
  return longest * (0.5 + Math.random() / 2);
}
