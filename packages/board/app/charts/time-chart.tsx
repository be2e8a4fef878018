import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { Legend } from './legend.tsx';
import { Plot } from './plot.tsx';
import type { Scale } from './scale.ts';
import { type Buckets, isEmpty, type Series, summaryOf, valueAt } from './series.ts';
import { SeriesTable } from './series-table.tsx';
import { bucketName } from './time-ticks.ts';
import { useWidth } from './use-width.ts';

export interface TimeChartProps {
  readonly title: string;
  /** What it shows, in a sentence. */
  readonly about: string;
  readonly buckets: Buckets;
  /** Stacked. */
  readonly bars?: readonly Series[];
  readonly lines?: readonly Series[];
  /** A line in percent, with an axis of its own. */
  readonly rate?: Series;
  readonly scale: (max: number, height: number) => Scale;
  /** The values at the axis. */
  readonly format: (value: number) => string;
  /** What the values of the legend are until one time is pointed at. */
  readonly summary: string;
  /** What to say without values. */
  readonly empty: string;
}

/** Bars and lines over time. */
export function TimeChart(props: TimeChartProps) {
  const { title, about, buckets, bars = [], lines = [], rate, summary, empty } = props;
  const [box, width] = useWidth();
  const pointed = useSignal<number | undefined>(undefined);
  const id = useId();
  const series = [...bars, ...lines, ...(rate ? [rate] : [])];
  const at = pointed.value;
  const start = at === undefined ? undefined : buckets.starts[at];
  const isNothing = isEmpty([...bars, ...lines]);
  return (
    <figure class="chart" aria-labelledby={id}>
      <figcaption>
        <h3 id={id}>{title}</h3>
        {!isNothing && <span class="dim">{start === undefined ? summary : bucketName(start, buckets.bucketMs)}</span>}
        {!isNothing && (
          <Legend
            items={series.map((one) => ({
              series: one,
              isLine: !bars.includes(one),
              value: at === undefined ? summaryOf(one) : valueAt(one, at),
            }))}
          />
        )}
      </figcaption>
      <div ref={box} class="plot">
        {isNothing ? (
          <p class="nothing">{empty}</p>
        ) : (
          width > 0 && (
            <Plot {...props} width={width} pointed={at} onPoint={(index) => (pointed.value = index)} about={about} />
          )
        )}
      </div>
      {!isNothing && <SeriesTable title={title} buckets={buckets} series={series} />}
    </figure>
  );
}
