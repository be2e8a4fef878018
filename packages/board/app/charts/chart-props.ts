import type { Scale } from './scale.ts';
import type { Buckets, Series } from './series.ts';

/** What a chart over time shows. */
export interface ChartProps {
  readonly title: string;
  readonly buckets: Buckets;
  /** Stacked. */
  readonly bars?: readonly Series[];
  readonly lines?: readonly Series[];
  /** A line in percent, with an axis of its own. */
  readonly rate?: Series;
  readonly scale: (max: number, height: number) => Scale;
  /** The values at the axis. */
  readonly format: (value: number) => string;
}
