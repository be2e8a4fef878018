import { may } from '../api/state.ts';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { StatusMark } from '../shared/status-mark.tsx';
import { Time } from '../shared/time.tsx';
import { hrefOf } from '../shell/routes.ts';
import { Actions } from './actions.tsx';
import type { Run } from './dead-list.ts';
import type { ShownRow } from './kept-rows.ts';

/** How the work on a replayed event is shown: the mark of a call's status, and a word. */
const MARKS: Readonly<Record<NonNullable<ShownRow['state']>, readonly [status: string, word: string]>> = {
  due: ['queued', 'waits for a worker'],
  waiting: ['queued', 'waits for an earlier event'],
  running: ['in-progress', 'running'],
  retrying: ['busy', 'failed, is retried'],
  handled: ['completed', 'handled'],
  dead: ['dead', 'failed again'],
};

/** Dead letters one by one, and those that were replayed. */
export function RowTable({ rows, run }: { readonly rows: readonly ShownRow[]; readonly run: Run }) {
  const columns: Column<ShownRow>[] = [
    {
      name: 'Call',
      cell: ({ callKey, callId }) => (
        <a class="mono id" href={hrefOf('call', {}, callKey)} title={callId}>
          {callId}
        </a>
      ),
    },
    {
      name: 'Status',
      cell: ({ status, eventId }) => (
        <span title={eventId}>
          <StatusMark status={status} />
        </span>
      ),
    },
    { name: 'Provider', isWord: true, cell: ({ provider }) => provider },
    { name: 'Handler', cell: ({ handler = '–' }) => <span class="mono">{handler}</span> },
    { name: 'Attempts', isNumber: true, cell: ({ attempts }) => attempts },
    { name: 'Error', cell: ({ error }) => <span class="mono long">{error}</span> },
    { name: 'Failed', isNumber: true, cell: ({ deadAt }) => <Time at={deadAt} /> },
    { name: 'State', cell: ({ state }) => <State state={state} /> },
  ];
  if (may('replay')) {
    columns.push({
      name: 'Actions',
      isNumber: true,
      cell: ({ key, eventId, state }) =>
        state === undefined && <Actions of={`event ${eventId}`} request={{ keys: [key] }} run={run} />,
    });
  }
  return (
    <section aria-labelledby="events" class="dead-rows">
      <h2 id="events">Events</h2>
      <DataTable columns={columns} rows={rows} keyOf={({ key }) => key} />
    </section>
  );
}

function State({ state }: { readonly state: ShownRow['state'] | undefined }) {
  if (state === undefined) return <StatusMark status="dead" />;
  const [status, word] = MARKS[state];
  return <StatusMark status={status}>{word}</StatusMark>;
}
