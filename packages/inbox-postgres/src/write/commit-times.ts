import type { StoreHealth } from '@call-status/core/inbox';
import { monotonicNow } from '../timers.ts';

/** For so long the last write shows whether the next may succeed, in milliseconds. */
const CURRENT_MS = 10_000;

/** How many commits are remembered. */
const REMEMBERED = 200;

/** How long recent commits took, and whether the last write succeeded. */
export class CommitTimes {
  /** When the last commit was confirmed, in milliseconds since 1970 by the clock of this host. */
  lastAt: number | undefined;
  #last: { readonly hasSucceeded: boolean; readonly at: number } | undefined;
  readonly #recent: number[] = [];
  #next = 0;

  add(ms: number): void {
    this.#last = { hasSucceeded: true, at: monotonicNow() };
    this.lastAt = Date.now();
    this.#recent[this.#next++ % REMEMBERED] = ms;
  }

  failed(): void {
    this.#last = { hasSucceeded: false, at: monotonicNow() };
  }

  /**
   * Whether the store can be written, once a transaction that may write has succeeded in reading.
   *
   * @param now the time of the monotonic clock
   */
  writable(now: number = monotonicNow()): Required<Pick<StoreHealth, 'writable' | 'writableBy'>> {
    const last = this.#last;
    return last === undefined || now - last.at > CURRENT_MS
      ? { writable: true, writableBy: 'connection' }
      : { writable: last.hasSucceeded, writableBy: 'write' };
  }

  /** @returns the time within which this part of the recent commits ended; `undefined` if there was none */
  quantile(part: number): number | undefined {
    const sorted = [...this.#recent].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
  }
}
