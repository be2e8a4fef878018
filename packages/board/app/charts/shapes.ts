import type { Series } from './series.ts';

/** The horizontal place of buckets. */
export interface Columns {
  readonly count: number;
  readonly width: number;
}

/** A line in parts. */
export interface Line {
  readonly solid: string;
  /** To a bucket that is not over yet. */
  readonly dashed: string;
  /** Values without neighbors. */
  readonly dots: readonly (readonly [x: number, y: number])[];
}

type At = (value: number) => number;

const GAP = 0.2;

/** The middle of a bucket. */
export function middleOf(index: number, { count, width }: Columns): number {
  return round(((index + 0.5) * width) / count);
}

/** The bucket at a place. */
export function bucketAt(x: number, { count, width }: Columns): number {
  return Math.min(count - 1, Math.max(0, Math.floor((x / width) * count)));
}

/** A line through the values, with gaps where there are none. */
export function lineOf(values: Series['values'], at: At, columns: Columns, partial: boolean): Line {
  const points = values.map((value, index) =>
    value === undefined ? undefined : ([middleOf(index, columns), round(at(value))] as const),
  );
  const last = points.length - 1;
  const solid: string[] = [];
  const dots: (readonly [number, number])[] = [];
  let dashed = '';
  points.forEach((point, index) => {
    if (point === undefined) return;
    const before = points[index - 1];
    const after = points[index + 1];
    if (before === undefined && after === undefined) dots.push(point);
    else if (before === undefined) solid.push(`M${point.join(' ')}`);
    else if (partial && index === last) dashed = `M${before.join(' ')}L${point.join(' ')}`;
    else solid.push(`L${point.join(' ')}`);
  });
  return { solid: solid.join(''), dashed, dots };
}

/** The bars of a series. */
export interface Bars {
  readonly solid: string;
  /** The bar of a bucket that is not over yet. */
  readonly dashed: string;
}

/** The bars of each series, each above those of the series before. */
export function stackOf(series: readonly Series[], at: At, columns: Columns, partial: boolean): readonly Bars[] {
  const heights: number[] = [];
  const last = columns.count - 1;
  return series.map(({ values }) => {
    const bars = values.map((value, index) => {
      const from = heights[index] ?? 0;
      const until = from + (value ?? 0);
      heights[index] = until;
      return until > from ? barAt(index, at(until), at(from), columns) : '';
    });
    const dashed = partial ? bars.splice(last).join('') : '';
    return { solid: bars.join(''), dashed };
  });
}

/** A bar of one bucket, from `top` to `bottom`. */
function barAt(index: number, top: number, bottom: number, columns: Columns): string {
  const column = columns.width / columns.count;
  const gap = Math.min(8, column * GAP);
  const x = round(index * column + gap / 2);
  return `M${x} ${round(top)}h${round(column - gap)}v${round(bottom - top)}h${round(gap - column)}z`;
}

/** A small line without axes, from the first value at the left to the last one at the right. */
export function sparkOf(values: readonly number[], width: number, height: number): string {
  const max = Math.max(1, ...values);
  const step = width / Math.max(1, values.length - 1);
  return values
    .map((value, index) => `${index ? 'L' : 'M'}${round(index * step)} ${round(height - (value / max) * height)}`)
    .join('');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
