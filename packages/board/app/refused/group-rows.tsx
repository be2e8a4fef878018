import type { RefusalDetail, RefusalGroup, RefusalRow } from '../../src/api/types.ts';
import { get } from '../api/client.ts';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { formatBytes, formatCount } from '../shared/format.ts';
import { Time } from '../shared/time.tsx';
import { useLoad } from '../shared/use-load.ts';
import { setQuery } from '../shell/router.ts';
import { findingOf } from './texts.ts';

const COLUMNS: readonly Column<RefusalRow>[] = [
  {
    name: 'Time',
    cell: ({ id, lastAt }) => (
      <button type="button" class="link" onClick={() => setQuery({ id })}>
        <Time at={lastAt} as="exact" />
        <span class="sr"> details</span>
      </button>
    ),
  },
  { name: 'Callbacks', isNumber: true, cell: ({ count }) => formatCount(count) },
  { name: 'Answer', isNumber: true, cell: ({ httpStatus }) => httpStatus },
  { name: 'URL', cell: ({ url }) => <span class="mono">{url}</span> },
  { name: 'Caller', cell: ({ caller = '–' }) => caller },
  { name: 'Size', isNumber: true, cell: ({ bytes }) => (bytes === undefined ? '–' : formatBytes(bytes)) },
  { name: 'Request', cell: ({ hasRequest }) => (hasRequest ? 'kept' : 'not kept') },
];

/** The callbacks of a group, and what the doctor finds in the newest of them that was kept. */
export function GroupRows({ group: { rows, code, count } }: { readonly group: RefusalGroup }) {
  const id = rows.find(({ hasRequest }) => hasRequest)?.id;
  const { data } = useLoad(
    (signal) => (id === undefined ? Promise.resolve(undefined) : get<RefusalDetail>('refusal', { id }, signal)),
    [id],
  );
  return (
    <section aria-labelledby="callbacks">
      <h2 id="callbacks">
        Callbacks with <code>{code}</code>
      </h2>
      {id === undefined ? (
        <p class="dim">
          Their requests were not kept, so the doctor cannot examine them. To keep those that come, set{' '}
          <code>{'keepRefused: { raw: true }'}</code> in the options of createCallStatus.
        </p>
      ) : (
        data?.diagnosis && <p class="finding">{findingOf(data.diagnosis)}</p>
      )}
      <DataTable columns={COLUMNS} rows={rows} keyOf={(row) => row.id} />
      {rows.reduce((sum, row) => sum + row.count, 0) < count && <p class="dim">Only the newest are listed.</p>}
    </section>
  );
}
