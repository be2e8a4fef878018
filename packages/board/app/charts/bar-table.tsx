import { type Column, DataTable } from '../shared/data-table.tsx';
import { formatCount } from '../shared/format.ts';
import { CallsLink } from './calls-link.tsx';
import type { Bar } from './from-stats.ts';

interface Props {
  readonly title: string;
  /** What the bars are named by. */
  readonly by: string;
  /** A class: their color. */
  readonly tone: string;
  readonly bars: readonly Bar[];
}

/** Horizontal bars, which are the rows of a table. */
export function BarTable({ title, by, tone, bars }: Props) {
  const max = Math.max(0, ...bars.map(({ count }) => count));
  const columns: readonly Column<Bar>[] = [
    { name: by, isWord: true, cell: ({ name, filters }) => <CallsLink filters={filters}>{name}</CallsLink> },
    {
      name: 'Share',
      cell: ({ count }) => (
        <svg width="100%" height="12" aria-hidden="true" class={tone}>
          <rect class="area" width={`${(100 * count) / max}%`} height="12" />
        </svg>
      ),
    },
    { name: 'Calls', isNumber: true, cell: ({ count }) => formatCount(count) },
  ];
  return (
    <figure class="chart">
      <h3>{title}</h3>
      {max > 0 ? (
        <DataTable kind="bars" columns={columns} rows={bars} keyOf={({ name }) => name} />
      ) : (
        <p class="nothing">None in this time.</p>
      )}
    </figure>
  );
}
