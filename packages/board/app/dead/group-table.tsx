import type { DeadPage, DeadRequest } from '../../src/api/types.ts';
import { may } from '../api/state.ts';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { formatCount } from '../shared/format.ts';
import { Time } from '../shared/time.tsx';
import { setQuery } from '../shell/router.ts';
import { Actions } from './actions.tsx';
import type { Run } from './dead-list.ts';

type Group = DeadPage['groups'][number];

interface Props {
  readonly groups: readonly Group[];
  /** Of the group whose rows are shown. */
  readonly error: string;
  /** When the counted ones failed. */
  readonly period: Pick<DeadRequest, 'since' | 'until'>;
  readonly run: Run;
}

/** Dead letters by what their errors have in common. */
export function GroupTable({ groups, error: chosen, period, run }: Props) {
  const columns: Column<Group>[] = [
    {
      name: 'Error',
      cell: ({ error }) => (
        <button
          type="button"
          class="link"
          aria-pressed={error === chosen}
          onClick={() => setQuery({ error: error === chosen ? '' : error })}
        >
          {error}
        </button>
      ),
    },
    { name: 'Provider', isWord: true, cell: ({ provider }) => provider },
    { name: 'Events', isNumber: true, cell: ({ count }) => formatCount(count) },
    { name: 'First', isNumber: true, cell: ({ firstDeadAt }) => <Time at={firstDeadAt} /> },
    { name: 'Last', isNumber: true, cell: ({ lastDeadAt }) => <Time at={lastDeadAt} /> },
  ];
  if (may('replay')) {
    columns.push({
      name: 'Actions',
      isNumber: true,
      cell: ({ provider, error, count }) => (
        <Actions
          of={`${formatCount(count)} of ${provider}: ${error}`}
          request={{ ...period, provider, error }}
          run={run}
        />
      ),
    });
  }
  return (
    <section aria-labelledby="groups">
      <h2 id="groups">Errors</h2>
      <DataTable columns={columns} rows={groups} keyOf={({ provider, error }) => `${provider} ${error}`} />
    </section>
  );
}
