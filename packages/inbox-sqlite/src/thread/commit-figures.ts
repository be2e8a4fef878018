import type { StoreHealth } from '@call-status/core/inbox';

/** How many commits the figures are about. */
const RECENT = 256;

/** What is known about the commits of this process. */
export class CommitFigures {
  /** In milliseconds; a new one takes the place of the oldest. */
  readonly #recent: number[] = [];
  #commits = 0;
  #lastAt = 0;
  #isWritable: boolean | undefined;

  done(ms: number): void {
    this.#recent[this.#commits++ % RECENT] = ms;
    this.#lastAt = Date.now();
    this.#isWritable = true;
  }

  failed(): void {
    this.#isWritable = false;
  }

  get(): StoreHealth {
    if (this.#isWritable === undefined) return {};
    const writable = this.#isWritable;
    if (this.#commits === 0) return { writable };
    const sorted = [...this.#recent].sort((a, b) => a - b);
    const quantile = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] as number;
    const commitMs = { p50: quantile(0.5), p99: quantile(0.99) };
    return { writable, lastCommitAt: new Date(this.#lastAt).toISOString(), commitMs };
  }
}
