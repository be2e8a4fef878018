import { type Column, DataTable } from '../shared/data-table.tsx';
import { formatCount } from '../shared/format.ts';
import { CallsLink } from './calls-link.tsx';
import type { Bar } from './from-stats.ts';

interface Props {
  readonly title: string;
  readonly bars: readonly Bar[];
}

/** Horizontal bars, which are the rows of a table. */
export function BarTable({ title, bars }: Props) {
  const max = bars[0]?.count ?? 0;
  const columns: readonly Column<Bar>[] = [
    { name: 'Code', cell: ({ code, filters }) => <CallsLink filters={filters}>{code}</CallsLink> },
    {
      name: 'Share',
      cell: ({ count }) => (
        <svg width="100%" height="12" aria-hidden="true" class="tone-failed">
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
        <DataTable kind="bars" columns={columns} rows={bars} keyOf={({ code }) => code} />
      ) : (
        <p class="nothing">None in this time.</p>
      )}
    </figure>
  );
}
