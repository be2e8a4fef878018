import type { HandledEvent, Handling } from '@call-status/core/inbox';
import { duration } from '../output/duration.ts';
import type { Output, Style } from '../output/output.ts';
import { safe } from '../output/safe.ts';
import { table } from '../output/table.ts';
import { styleOf } from './call-columns.ts';
import type { Privacy } from './privacy.ts';

/** The events of a call in the order of recording, and below each its error and, if they are wanted, its fields. */
export function eventTable(
  events: readonly HandledEvent[],
  withFields: boolean,
  privacy: Privacy,
  output: Output,
): string {
  const { style } = output;
  const day = dayOf(events[0]?.event.receivedAt ?? '');
  const rows = table(
    events,
    [
      { title: 'HAPPENED', text: ({ event }) => clockOf(event.occurredAt, day) },
      { title: 'ARRIVED', text: ({ event }) => clockOf(event.receivedAt, day) },
      { title: 'STATUS', text: ({ event }) => event.status, style: ({ event }) => styleOf(event.status, style) },
      { title: 'TRANSITION', text: ({ event }) => event.transition },
      {
        title: 'HANDLING',
        text: ({ handling }) => handlingText(handling),
        style: ({ handling }) => lookOf(handling, output),
      },
    ],
    output,
  ).split('\n');
  const [titles, ...lines] = rows;
  const shown = lines.flatMap((line, at) => {
    const { event, handling } = events[at] as HandledEvent;
    return [
      line,
      ...(handling.error === undefined ? [] : [`      ${style.red(safe(privacy.text(handling.error)))}`]),
      ...(handling.state === 'dead' ? [`      ${style.dim(`dead letter ${safe(privacy.id(event.id))}`)}`] : []),
      ...(withFields ? fieldLines(event.raw, privacy).map((text) => `      ${safe(text)}`) : []),
    ];
  });
  return [`${titles}   ${style.dim(`(${day}, UTC)`)}`, ...shown].join('\n');
}

function dayOf(iso: string): string {
  return iso.slice(0, 10);
}

/** The time of day, with the day if it is another one. */
function clockOf(iso: string | undefined, day: string): string {
  if (iso === undefined) return '';
  const time = iso.slice(11).replace('Z', '');
  return dayOf(iso) === day ? time : `${dayOf(iso)} ${time}`;
}

function handlingText({ state, failedAttempts, interruptions, doneHandlers, retryInMs }: Handling): string {
  const times = (count: number, what: string) => (count === 0 ? [] : [`${count} ${what}`]);
  return [
    state === 'retrying' ? `retry in ${duration(retryInMs ?? 0)}` : state,
    ...times(failedAttempts, 'failed'),
    ...times(interruptions, 'interrupted'),
    ...(doneHandlers.length === 0 ? [] : [`done: ${doneHandlers.join(' ')}`]),
  ].join(', ');
}

function lookOf({ state }: Handling, { style }: Output): Style | undefined {
  if (state === 'dead') return style.red;
  return state === 'handled' ? style.dim : style.yellow;
}

/** One line a field, as the provider sent it. */
function fieldLines(raw: unknown, { text }: Privacy): string[] {
  return Object.entries(Object(raw)).map(
    ([name, value]) => `${name}: ${text(typeof value === 'string' ? value : JSON.stringify(value))}`,
  );
}
