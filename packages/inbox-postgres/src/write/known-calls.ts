/** At least this many are remembered, at most twice as many. */
const REMEMBERED = 10_000;

/** The calls that this process has met recently, by key. They have a row, unless another process or a sweep has removed it since. */
export class KnownCalls {
  #recent = new Set<string>();
  #earlier = new Set<string>();

  has(key: string): boolean {
    return this.#recent.has(key) || this.#earlier.has(key);
  }

  add(key: string): void {
    this.#recent.add(key);
    if (this.#recent.size < REMEMBERED) return;
    this.#earlier = this.#recent;
    this.#recent = new Set();
  }

  clear(): void {
    this.#recent.clear();
    this.#earlier.clear();
  }
}
