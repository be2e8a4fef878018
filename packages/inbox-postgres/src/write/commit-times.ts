/** How many commits are remembered. */
const REMEMBERED = 200;

/** How long recent commits took, and whether the last write succeeded. */
export class CommitTimes {
  /** Absent until something was written. */
  isWritable: boolean | undefined;
  /** When the last commit was confirmed, in milliseconds since 1970 by the clock of this host. */
  lastAt: number | undefined;
  readonly #recent: number[] = [];
  #next = 0;

  add(ms: number): void {
    this.isWritable = true;
    this.lastAt = Date.now();
    this.#recent[this.#next++ % REMEMBERED] = ms;
  }

  failed(): void {
    this.isWritable = false;
  }

  /** @returns the time within which this part of the recent commits ended; `undefined` if there was none */
  quantile(part: number): number | undefined {
    const sorted = [...this.#recent].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
  }
}
