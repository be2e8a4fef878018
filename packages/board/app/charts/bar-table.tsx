import { formatCount } from '../shared/format.ts';
import type { Bar } from './from-stats.ts';

interface Props {
  readonly title: string;
  /** What the labels are. */
  readonly head: string;
  readonly bars: readonly Bar[];
  /** What to say without bars. */
  readonly empty: string;
}

/** Horizontal bars, which are the rows of a table. */
export function BarTable({ title, head, bars, empty }: Props) {
  const max = Math.max(1, ...bars.map(({ count }) => count));
  return (
    <figure class="chart">
      <figcaption>
        <h3>{title}</h3>
      </figcaption>
      {bars.length === 0 ? (
        <p class="nothing">{empty}</p>
      ) : (
        <table class="bars">
          <thead class="sr">
            <tr>
              <th scope="col">{head}</th>
              <th scope="col">Share</th>
              <th scope="col">Calls</th>
            </tr>
          </thead>
          <tbody>
            {bars.map(({ label, count, href }) => (
              <tr key={label}>
                <th scope="row">
                  <a href={href} title="Show calls with this outcome">
                    {label}
                  </a>
                </th>
                <td>
                  <svg width="100%" height="12" aria-hidden="true" class="tone-failed">
                    <rect class="area" width={`${(100 * count) / max}%`} height="12" />
                  </svg>
                </td>
                <td class="num">{formatCount(count)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </figure>
  );
}
