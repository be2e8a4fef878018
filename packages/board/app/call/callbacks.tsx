import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { EventRow, Handling } from '../../src/api/types.ts';
import { serverNow } from '../api/state.ts';
import { Copy } from '../shared/copy.tsx';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { StatusMark } from '../shared/status-mark.tsx';
import { Time } from '../shared/time.tsx';
import { sortedJson } from './sort-json.ts';
import { delayOf } from './waterfall.tsx';

const COLUMNS: readonly Column<EventRow>[] = [
  { name: 'Transition', isWord: true, cell: ({ transition }) => <span class={TONES[transition]}>{transition}</span> },
  { name: 'Occurred', cell: ({ occurredAt }) => (occurredAt ? <Time at={occurredAt} as="clock" /> : '–') },
  { name: 'Received', cell: (event) => <Received {...event} /> },
  { name: 'Sequence', cell: ({ sequence }) => sequence ?? '–' },
  { name: 'Trust', isWord: true, cell: ({ trust }) => <span class={TONES[trust]}>{trust}</span> },
  { name: 'Source', isWord: true, cell: ({ source }) => source },
  { name: 'Handling', cell: ({ handling }) => <HandlingText handling={handling} /> },
];

/** What an operator should look at. */
const TONES: Readonly<Record<string, string>> = { late: 'warn', conflict: 'bad', none: 'warn' };

/** What arrived, in this order. */
export function Callbacks({ events }: { readonly events: readonly EventRow[] }) {
  const open = useSignal<readonly string[]>([]);
  function toggle(id: string) {
    open.value = open.value.includes(id) ? open.value.filter((each) => each !== id) : [...open.value, id];
  }
  const status: Column<EventRow> = {
    name: 'Status',
    cell: (event) => (
      <button
        type="button"
        class="expand"
        aria-expanded={open.value.includes(event.id)}
        title={event.rawStatus || 'no status word'}
        onClick={() => toggle(event.id)}
      >
        <StatusMark status={event.status} />
      </button>
    ),
  };
  return (
    <section>
      <h2>Callbacks</h2>
      <DataTable
        columns={[status, ...COLUMNS]}
        rows={events}
        keyOf={({ id }) => id}
        detail={(event) => open.value.includes(event.id) && <Raw event={event} />}
      />
    </section>
  );
}

function Received({ occurredAt, receivedAt }: EventRow) {
  return (
    <span class="clock">
      <Time at={receivedAt} as="clock" />{' '}
      {occurredAt && <span class="dim">{delayOf(Date.parse(occurredAt), Date.parse(receivedAt))}</span>}
    </span>
  );
}

function HandlingText({ handling }: { readonly handling: Handling }) {
  const { state, failedAttempts, doneHandlers, error } = handling;
  const reason = error && (
    <>
      : <span class="dim tall">{error}</span>
    </>
  );
  switch (state) {
    case 'dead':
      return (
        <span>
          <StatusMark status="dead" />
          {reason}
        </span>
      );
    case 'retrying':
      return (
        <span>
          <span class="warn">retry {failedAttempts} at </span>
          <RetryTime handling={handling} />
          {reason}
        </span>
      );
    case 'handled':
      return (
        <span class="dim" title={doneHandlers.join(', ')}>
          done
        </span>
      );
    default:
      return <span>{state}</span>;
  }
}

/** From when it was loaded: a row that is drawn again later is retried no later. */
function RetryTime({ handling }: { readonly handling: Handling }) {
  const at = useMemo(() => new Date(serverNow() + (handling.retryInMs ?? 0)).toISOString(), [handling]);
  return <Time at={at} as="clock" />;
}

function save(text: string, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text]));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function Raw({ event: { id, status, raw, curl, fixture } }: { readonly event: EventRow }) {
  const json = raw === undefined ? undefined : sortedJson(raw);
  return (
    <>
      <div class="bar-of">
        <code>{id}</code>
        {json && <Copy text={json}>Copy JSON</Copy>}
        {curl && <Copy text={curl}>Copy as curl</Copy>}
        {fixture && (
          <button type="button" class="quiet" onClick={() => save(fixture, `${status}.http`)}>
            Save as fixture
          </button>
        )}
      </div>
      {json ? (
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by keyboard
          tabIndex={0}
        >
          {json}
        </pre>
      ) : (
        <p class="dim">You may not see the fields of callbacks: that needs the permission raw.</p>
      )}
    </>
  );
}
