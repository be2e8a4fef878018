/** How often, and after which pauses, an event is retried whose handler failed. */
export interface RetryOptions {
  /**
   * Attempts in total, the first included. Then the event becomes a dead letter.
   * @default 8
   */
  readonly attempts?: number;
  /**
   * Milliseconds to wait after attempt `attempt` (from 1) failed.
   * @default {@link exponentialBackoff}: with 8 attempts, 38 to 75 minutes in total
   */
  readonly backoff?: (attempt: number) => number;
}

export const DEFAULT_ATTEMPTS = 8;

/** An event whose handler kills the process is tried at least so often: not every crash is its fault. */
const LEAST_INTERRUPTIONS = 8;

/** How many interrupted attempts make a dead letter. */
export function mostInterruptions(attempts: number): number {
  return Math.max(LEAST_INTERRUPTIONS, 2 * attempts);
}

const FIRST_MS = 5000;
const GROWTH = 3;
const LONGEST_MS = 45 * 60_000;

/**
 * The default pause: three times as long after each attempt, from 5 seconds to 45 minutes, so that an outage of some minutes costs no event.
 * It is multiplied by a random number from 0.5 to 1, so that retries spread out.
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
