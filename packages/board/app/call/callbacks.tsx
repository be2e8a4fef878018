import { useSignal } from '@preact/signals';
import type { EventRow, Handling } from '../../src/api/types.ts';
import { Copy } from '../shared/copy.tsx';
import { StatusMark } from '../shared/status-mark.tsx';
import { now, Time } from '../shared/time.tsx';
import { sortedJson } from './sort-json.ts';
import { delayOf } from './waterfall.tsx';

const COLUMNS = ['Status', 'Transition', 'Occurred', 'Received', 'Sequence', 'Trust', 'Source', 'Handling'];

/** What arrived, in this order. */
export function Callbacks({ events }: { readonly events: readonly EventRow[] }) {
  return (
    <section aria-labelledby="callbacks">
      <h2 id="callbacks">Callbacks</h2>
      <table class="cards events">
        <thead>
          <tr>
            {COLUMNS.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {events.map((event) => (
            <Event key={event.id} event={event} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Event({ event }: { readonly event: EventRow }) {
  const isOpen = useSignal(false);
  const { status, rawStatus, transition, occurredAt, receivedAt, sequence, trust, source } = event;
  const isOdd = transition === 'late' || transition === 'conflict';
  return (
    <>
      <tr>
        <th scope="row">
          <button
            type="button"
            class="expand"
            aria-expanded={isOpen}
            title={`${rawStatus || 'no status word'}, ${event.id}`}
            onClick={() => (isOpen.value = !isOpen.value)}
          >
            <StatusMark status={status} />
          </button>
        </th>
        <td data-label="Transition" class={isOdd ? 'warn' : 'dim'}>
          {transition}
        </td>
        <td data-label="Occurred" class="clock">
          {occurredAt ? <Time at={occurredAt} as="clock" /> : '–'}
        </td>
        <td data-label="Received" class="clock">
          <span>
            <Time at={receivedAt} as="clock" />{' '}
            {occurredAt && <span class="dim">{delayOf(Date.parse(occurredAt), Date.parse(receivedAt))}</span>}
          </span>
        </td>
        <td data-label="Sequence">{sequence ?? '–'}</td>
        <td data-label="Trust" class={trust === 'none' ? 'warn' : undefined}>
          {trust}
        </td>
        <td data-label="Source">{source}</td>
        <td data-label="Handling">
          <HandlingText handling={event.handling} />
        </td>
      </tr>
      {isOpen.value && (
        <tr class="raw">
          <td colSpan={COLUMNS.length}>
            <Raw event={event} />
          </td>
        </tr>
      )}
    </>
  );
}

function HandlingText({ handling }: { readonly handling: Handling }) {
  const { state, failedAttempts, doneHandlers, error, retryInMs = 0 } = handling;
  const reason = error && <span class="dim">: {error}</span>;
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
          <Time at={new Date(now.peek() + retryInMs).toISOString()} as="clock" />
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

function Raw({ event: { id, raw, curl } }: { readonly event: EventRow }) {
  const json = raw === undefined ? undefined : sortedJson(raw);
  return (
    <>
      <div class="bar-of">
        <code>{id}</code>
        {json && <Copy text={json}>Copy JSON</Copy>}
        {curl && <Copy text={curl}>Copy as curl</Copy>}
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
