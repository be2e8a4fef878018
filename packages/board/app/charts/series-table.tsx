import { type Buckets, type Series, valueAt } from './series.ts';
import { bucketName } from './time-ticks.ts';

interface Props {
  readonly title: string;
  readonly buckets: Buckets;
  readonly series: readonly Series[];
}

/** The numbers of a chart, for those who cannot see it, and to copy. */
export function SeriesTable({ title, buckets: { starts, bucketMs }, series }: Props) {
  return (
    <details class="figures">
      <summary>
        Figures<span class="sr"> of {title}</span>
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: without a focus, no key scrolls it */}
      <section class="scroll" tabIndex={0} aria-label={`Figures of ${title}`}>
        <table>
          <thead>
            <tr>
              <th scope="col">Time</th>
              {series.map(({ name }) => (
                <th key={name} scope="col" class="num">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {starts.map((ms, index) => (
              <tr key={ms}>
                <th scope="row">{bucketName(ms, bucketMs)}</th>
                {series.map((one) => (
                  <td key={one.name} class="num">
                    {valueAt(one, index)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
