import type { CallDetail } from '../../src/api/types.ts';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { formatDuration } from '../shared/format.ts';
import { now, Time } from '../shared/time.tsx';
import { hrefOf } from '../shell/routes.ts';
import { goesOn, type Lane, layOut, type Mark, type Span } from './waterfall-layout.ts';

/** The height of a line, in pixels. As in the styles. */
const LINE = 24;

/** What happened when, and when its callback arrived. */
export function Waterfall({ detail }: { readonly detail: CallDetail }) {
  const layout = layOut(detail, goesOn(detail) ? now.value : 0);
  const { lanes, marks, ticks, from } = layout;
  const place = (at: number) => (100 * Math.min(Math.max(0, at - from), layout.to - from)) / (layout.to - from);
  return (
    <section>
      <h2>Timeline</h2>
      <div class="waterfall">
        <ul class="labels" aria-hidden="true">
          {lanes.map((lane) => (
            <li key={lane.label}>
              {lane.key ? (
                <a href={hrefOf('call', {}, lane.key)} tabIndex={-1}>
                  {lane.label}
                </a>
              ) : (
                lane.label
              )}
            </li>
          ))}
          {marks.map(({ id, status }) => (
            <li key={id} class="dim">
              {status}
            </li>
          ))}
        </ul>
        <svg
          height={(lanes.length + marks.length + 1) * LINE}
          role="img"
          aria-label="Timeline; the table below has its figures"
        >
          {ticks.map((tick) => (
            <g key={tick} class="tick">
              <line x1={`${place(from + tick)}%`} x2={`${place(from + tick)}%`} y2="100%" />
              <text x={`${place(from + tick)}%`} y={(lanes.length + marks.length) * LINE + 17}>
                {tick === 0 ? '0' : formatDuration(tick)}
              </text>
            </g>
          ))}
          {lanes.map((lane, line) =>
            lane.spans.map((span) => <Bar key={span.from} span={span} line={line} place={place} />),
          )}
          {marks.map((mark, line) => (
            <Journey key={mark.id} mark={mark} y={(lanes.length + line + 0.5) * LINE} place={place} end={layout.to} />
          ))}
        </svg>
      </div>
      <p class="legend dim">
        ● happened, | its callback arrived, ○ late, ◆ reconciled, dashed: only the length is known
      </p>
      <Figures lanes={lanes} />
    </section>
  );
}

/** Per cent of the width: a bar without room for its words. */
const NARROW = 14;

/** Per cent of the width. */
type Place = (at: number) => number;

function Bar({ span, line, place }: { readonly span: Span; readonly line: number; readonly place: Place }) {
  const { status, from, to, isPlaced } = span;
  const width = place(to) - place(from);
  return (
    <svg x={`${place(from)}%`} y={line * LINE + 3} width={`${width}%`} height={LINE - 6} class={`bar-${status}`}>
      <title>{`${status}, ${formatDuration(to - from)}`}</title>
      <rect width="100%" height="100%" rx="3" class={isPlaced ? undefined : 'unplaced'} />
      {width > NARROW && (
        <text x="6" y="13">
          {status} {formatDuration(to - from)}
        </text>
      )}
    </svg>
  );
}

const SHAPES = {
  plain: 'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0',
  late: 'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0',
  reconciled: 'M-5 0L0-5L5 0L0 5z',
};

interface JourneyProps {
  readonly mark: Mark;
  readonly y: number;
  readonly place: Place;
  /** The end of the axis. */
  readonly end: number;
}

/** From where it happened to where its callback arrived. */
function Journey({ mark: { kind, status, occurred, received }, y, place, end }: JourneyProps) {
  const begin = `${place(occurred ?? received)}%`;
  const arrival = `${place(received)}%`;
  const isNearEnd = place(received) > 85;
  const hasRoomBefore = isNearEnd && place(occurred ?? received) > 15;
  return (
    <g class={`journey ${status} ${kind}`}>
      <line x1={begin} x2={arrival} y1={y} y2={y} />
      <svg x={begin} y={y} overflow="visible" class="happened" aria-hidden="true">
        <path d={SHAPES[kind]} />
        {occurred !== undefined && hasRoomBefore && (
          <text x="-8" y="4" class="before">
            {delayOf(occurred, received)}
          </text>
        )}
      </svg>
      {occurred !== undefined && (
        <svg x={arrival} y={y} overflow="visible" aria-hidden="true">
          <path d={received > end ? 'M-5-4L1 0L-5 4' : 'M0-4V4'} class="arrived" />
          {!hasRoomBefore && (
            <text x={isNearEnd ? -8 : 8} y={isNearEnd ? -3 : 4} class={isNearEnd ? 'before' : undefined}>
              {delayOf(occurred, received)}
            </text>
          )}
        </svg>
      )}
    </g>
  );
}

/** How long after the event its callback came. Clocks differ, so it may be before. */
export function delayOf(occurred: number, received: number): string {
  return `${received < occurred ? '−' : '+'}${formatDuration(received - occurred)}`;
}

/** A span, and the lane on which it lies. */
interface Figure extends Span {
  readonly lane: string;
}

const COLUMNS: readonly Column<Figure>[] = [
  { name: 'Lane', cell: ({ lane }) => lane },
  { name: 'Status', cell: ({ status }) => status },
  {
    name: 'From',
    cell: ({ from, isPlaced }) => (isPlaced ? <Time at={new Date(from).toISOString()} as="exact" /> : '–'),
  },
  { name: 'Length', isNumber: true, cell: ({ from, to }) => formatDuration(to - from) },
];

/** The same as text. */
function Figures({ lanes }: { readonly lanes: readonly Lane[] }) {
  const rows = lanes.flatMap(({ label, spans }) => spans.map((span) => ({ ...span, lane: label })));
  return (
    <details>
      <summary>Timeline as a table</summary>
      <DataTable columns={COLUMNS} rows={rows} keyOf={({ lane, from }) => lane + from} />
    </details>
  );
}
