/** How many values one step looks at: some milliseconds would block an event loop. */
const STEP_VALUES = 50_000;

/** Finds percentiles in steps. It changes the order of the values, and sorts no more of them than it needs to. */
export class Percentiles {
  #looked = 0;

  /** Interpolates between the two nearest values, as `percentile_cont` of SQL does. */
  *of(values: number[], share: number): Generator<void, number> {
    const at = share * (values.length - 1);
    const below = yield* this.#nth(values, Math.floor(at));
    const above = yield* this.#nth(values, Math.ceil(at));
    return below + (above - below) * (at - Math.floor(at));
  }

  /** The value that has so many smaller ones before it, by quickselect. */
  *#nth(values: number[], place: number): Generator<void, number> {
    let [left, right] = [0, values.length - 1];
    while (left < right) {
      const [end, begin] = partition(values, left, right);
      this.#looked += right - left;
      if (place > end) left = begin;
      if (place < begin) right = end;
      if (this.#looked < STEP_VALUES) continue;
      this.#looked = 0;
      yield;
    }
    return values[place] as number;
  }
}

/** Puts the smaller values before the larger ones. Returns the end of those, and where these begin; all between are equal. */
function partition(values: number[], left: number, right: number): [end: number, begin: number] {
  const pivot = values[(left + right) >> 1] as number;
  let [up, down] = [left, right];
  while (up <= down) {
    while ((values[up] as number) < pivot) up++;
    while ((values[down] as number) > pivot) down--;
    if (up > down) break;
    const value = values[up] as number;
    values[up++] = values[down] as number;
    values[down--] = value;
  }
  return [down, up];
}
