import { useSignal } from '@preact/signals';
import { DataTable } from '../shared/data-table.tsx';
import { CallsLink } from './calls-link.tsx';
import type { ChartProps } from './chart-props.ts';
import { Plot } from './plot.tsx';
import { maxOf, textOf } from './series.ts';
import { Swatch } from './swatch.tsx';
import { bucketName } from './time-ticks.ts';
import { useWidth } from './use-width.ts';

/** Bars and lines over time, with their values as text and as a table. */
export function TimeChart(props: ChartProps) {
  const { title, buckets, bars = [], lines = [], rate } = props;
  const [box, width] = useWidth();
  const pointed = useSignal<number | undefined>(undefined);
  const series = [...bars, ...lines, ...(rate ? [rate] : [])];
  const at = pointed.value;
  const nameOf = (index: number) => bucketName(buckets.starts[index] ?? 0, buckets.bucketMs);
  const isEmpty = maxOf(lines, bars) === 0;
  return (
    <figure class="chart">
      <h3>{title}</h3>
      {isEmpty ? (
        <p class="nothing">No calls in this time, or none for which it is known.</p>
      ) : (
        <>
          <span class="dim">{at !== undefined ? nameOf(at) : bars[0] ? '' : 'latest'}</span>
          <ul class="legend">
            {series.map((one) => (
              <li key={one.name}>
                <Swatch tone={one.tone} isLine={!bars.includes(one)} />
                <CallsLink filters={one.filters}>{one.name}</CallsLink> <b>{textOf(one, at)}</b>
              </li>
            ))}
          </ul>
        </>
      )}
      <div ref={box} class="plot">
        {!isEmpty && width > 0 && (
          <Plot {...props} width={width} pointed={at} onPoint={(index) => (pointed.value = index)} />
        )}
      </div>
      {!isEmpty && (
        <details>
          <summary>
            Figures<span class="sr"> of {title}</span>
          </summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: without a focus, no key scrolls it */}
          <section class="scroll" tabIndex={0} aria-label={`Figures of ${title}`}>
            <DataTable
              kind="figures"
              columns={[
                { name: 'Time', cell: nameOf },
                ...series.map((one) => ({
                  name: one.name,
                  isNumber: true,
                  cell: (index: number) => textOf(one, index),
                })),
              ]}
              rows={[...buckets.starts.keys()]}
              keyOf={String}
            />
          </section>
        </details>
      )}
    </figure>
  );
}
