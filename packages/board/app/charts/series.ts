import type { Query } from '../shell/routes.ts';

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
  /** A class: the color, and a pattern or a weight that shows the difference without color. */
  readonly tone: string;
  readonly values: readonly (number | undefined)[];
  readonly format: (value: number) => string;
  /** The value of all buckets together. @default the last value */
  readonly summary?: number | undefined;
  /** The filters that list the calls behind it. */
  readonly filters?: Query;
}

/** The highest point of the series: of lines the largest value, of bars that of a whole stack. */
export function maxOf(lines: readonly Series[], bars: readonly Series[]): number {
  const values = lines.flatMap((one) => one.values.map((value) => value ?? 0));
  const stacks = bars[0]?.values.map((_, at) => bars.reduce((sum, one) => sum + (one.values[at] ?? 0), 0)) ?? [];
  return Math.max(0, ...values, ...stacks);
}

/** A value in words; without an index that of all buckets, or the last one. `–` if there is none. */
export function textOf({ values, summary, format }: Series, index?: number): string {
  const value = index === undefined ? (summary ?? values.findLast((one) => one !== undefined)) : values[index];
  return value === undefined ? '–' : format(value);
}
