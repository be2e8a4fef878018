/** Time, cut into buckets of the same length. */
export interface Buckets {
  /** When each one begins: milliseconds since 1970. */
  readonly starts: readonly number[];
  readonly bucketMs: number;
  /** Whether the last one is not over yet. */
  readonly partial: boolean;
}

/** One value for each bucket, or none. */
export interface Series {
  readonly name: string;
  /** A class: the color, and a pattern or a dash that shows the difference without color. */
  readonly tone: string;
  readonly values: readonly (number | undefined)[];
  readonly format: (value: number) => string;
  /** The value of all buckets together. @default the last value */
  readonly summary?: number | undefined;
  /** Where to look at the calls behind it. */
  readonly href?: string;
}

/** Whether there is nothing to draw. */
export function isEmpty(series: readonly Series[]): boolean {
  return series.every(({ values }) => values.every((value) => value === undefined || value === 0));
}

/** The largest value. */
export function maxOf(series: readonly Series[]): number {
  return Math.max(0, ...series.flatMap(({ values }) => values.map((value) => value ?? 0)));
}

/** The values of all series, added for each bucket. */
export function totals(series: readonly Series[]): readonly number[] {
  const buckets = series[0]?.values.length ?? 0;
  return Array.from({ length: buckets }, (_, at) => series.reduce((sum, { values }) => sum + (values[at] ?? 0), 0));
}

/** A value in words; `–` if there is none. */
export function valueAt({ values, format }: Series, index: number): string {
  const value = values[index];
  return value === undefined ? '–' : format(value);
}

/** The value of all buckets together, or the last one. */
export function summaryOf({ values, summary, format }: Series): string {
  const value = summary ?? values.findLast((candidate) => candidate !== undefined);
  return value === undefined ? '–' : format(value);
}
