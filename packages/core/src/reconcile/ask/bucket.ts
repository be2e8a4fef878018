const MINUTE_MS = 60_000;

/**
 * The requests that an account may make: half of what its provider allows, in any minute. The other half is left for the application.
 * Begins empty, since another process may have used the account up to now.
 */
export class Bucket {
  /** Milliseconds from one request to the next when many are waiting. */
  readonly intervalMs: number;
  readonly #capacity: number;
  #tokens = 0;
  #filledAt: number;

  constructor(perMinute: number, nowMs: number) {
    const share = Math.floor(perMinute / 2);
    // What is saved up and what flows in during a minute are the share.
    this.#capacity = Math.max(1, share / 10);
    this.intervalMs = MINUTE_MS / (0.9 * share);
    this.#filledAt = nowMs;
  }

  /** Milliseconds until a request may be made; 0 if it may be made now. */
  waitMs(nowMs: number): number {
    this.#tokens = Math.min(this.#capacity, this.#tokens + (nowMs - this.#filledAt) / this.intervalMs);
    this.#filledAt = nowMs;
    return Math.max(0, 1 - this.#tokens) * this.intervalMs;
  }

  /** Counts a request. */
  take(): void {
    this.#tokens -= 1;
  }
}
