/** How often an event is retried after a handler failed, and after which pauses. */
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

/** How often an event is tried at least if its handlers may have killed the process: not every crash is their fault. */
const LEAST_INTERRUPTIONS = 8;

/** After how many interrupted attempts an event becomes a dead letter. */
export function mostInterruptions(attempts: number): number {
  return Math.max(LEAST_INTERRUPTIONS, 2 * attempts);
}

const FIRST_MS = 5000;
const GROWTH = 3;
const LONGEST_MS = 45 * 60_000;

/**
 * The default pause: it triples with each attempt, from 5 seconds up to 45 minutes, so that an outage of several minutes loses no events.
 * It is multiplied by a random number from 0.5 to 1 to spread out retries.
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
