const MOST = 1024;

/** The last durations, in bounded memory. */
export class Samples {
  readonly #values: Float64Array = new Float64Array(MOST);
  readonly #times: Float64Array = new Float64Array(MOST);
  #next = 0;

  add(value: number, atMs: number): void {
    this.#values[this.#next] = value;
    this.#times[this.#next] = atMs;
    this.#next = (this.#next + 1) % MOST;
  }

  /** The durations since a time, the shortest first. */
  since(ms: number): Float64Array {
    return this.#values.filter((_, at) => (this.#times[at] as number) >= ms).sort();
  }
}

/** The value below which so many of a hundred are; of one value at least. */
export function percentile(sorted: Float64Array, percent: number): number {
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] as number;
}
