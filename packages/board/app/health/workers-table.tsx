import type { HealthPage } from '../../src/api/types.ts';
import { health } from '../api/state.ts';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { formatSpan } from '../shared/format.ts';
import { Time } from '../shared/time.tsx';

type Worker = HealthPage['health']['workers'][number];

const COLUMNS: readonly Column<Worker>[] = [
  { name: 'Worker', cell: ({ owner }) => owner },
  { name: 'Version', cell: ({ version }) => version },
  { name: 'Handlers', cell: ({ handlers }) => handlers.join(', ') || 'none' },
  {
    name: 'Running',
    isNumber: true,
    title: 'Events that it has now, of those that it handles at a time',
    cell: ({ running, concurrency }) => `${running} of ${concurrency}`,
  },
  {
    name: 'Oldest',
    isNumber: true,
    title: 'For how long the oldest of them has been running',
    cell: ({ running, oldestRunningMs }) => (running > 0 ? formatSpan(oldestRunningMs) : '–'),
  },
  { name: 'Last seen', isNumber: true, cell: ({ lastSeenAt }) => <Time at={lastSeenAt} /> },
];

/** The processes that handle events. */
export function WorkersTable() {
  const workers = health.value?.health.workers;
  if (!workers) return null;
  return (
    <section aria-labelledby="workers">
      <h2 id="workers">Workers</h2>
      {workers.length > 0 ? (
        <DataTable columns={COLUMNS} rows={workers} keyOf={({ owner }) => owner} />
      ) : (
        <p class="nothing">
          No worker has reported for a minute. Callbacks are recorded, and wait until a process with handlers starts.
        </p>
      )}
    </section>
  );
}
