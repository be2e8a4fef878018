import { Breaker } from './breaker.ts';
import { Bucket } from './bucket.ts';

/** When an account may be asked: its share of the rate limit, the provider's `Retry-After`, and its circuit. */
export class Pace {
  readonly breaker: Breaker = new Breaker();
  readonly #bucket: Bucket;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #lastSlot = Number.NEGATIVE_INFINITY;

  constructor(perMinute: number, nowMs: number) {
    this.#bucket = new Bucket(perMinute, nowMs);
  }

  /**
   * Asks for leave to make a request now, and counts it. Otherwise returns how long to wait, in milliseconds: each time longer by an
   * interval, as if all who wait stood in a queue.
   */
  enter(nowMs: number): number {
    const waitMs = Math.max(this.#bucket.waitMs(nowMs), this.breaker.waitMs(nowMs), this.#pausedUntil - nowMs);
    if (waitMs > 0) {
      this.#lastSlot = Math.max(nowMs + waitMs, this.#lastSlot + this.#bucket.intervalMs);
      return this.#lastSlot - nowMs;
    }
    this.#bucket.take();
    this.breaker.started(nowMs);
    return 0;
  }

  /** Makes no request for a time. */
  pause(ms: number, nowMs: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, nowMs + ms);
  }
}
