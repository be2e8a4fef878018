import type { CallDetail, CallRow, EventRow } from '../../src/api/types.ts';

/** A stretch of time in which a call, or a leg, had one status. Milliseconds since 1970. */
export interface Span {
  readonly status: string;
  readonly from: number;
  readonly to: number;
  /** Whether only its length is known, and not when it began. */
  readonly isPlaced: boolean;
}

export interface Lane {
  readonly label: string;
  readonly spans: readonly Span[];
  /** The page of the call, if it is another one. */
  readonly key?: string;
}

/** An event: when it happened, and when its callback arrived. */
export interface Mark {
  readonly id: string;
  readonly status: string;
  readonly kind: 'plain' | 'late' | 'reconciled';
  readonly occurred?: number;
  readonly received: number;
}

export interface Waterfall {
  readonly from: number;
  readonly to: number;
  readonly lanes: readonly Lane[];
  readonly marks: readonly Mark[];
  /** Milliseconds since `from`. */
  readonly ticks: readonly number[];
}

type Call = CallDetail['call'];

/** Whether the call, or one that it made, has not ended. */
export function goesOn({ call, children }: CallDetail): boolean {
  return !call.terminal || children.some(({ terminal }) => !terminal);
}

/** Where the bars and marks of a call lie on its time axis. A live call goes on until `now`. */
export function layOut({ call, events, children }: CallDetail, now: number): Waterfall {
  const marks = events.map(markOf);
  const spans = spansOf(call, now);
  const lanes = [{ label: 'Call', spans }, ...legLanes(call, spans), ...children.map((child) => childLane(child, now))];
  const happened = [
    ...lanes.flatMap((lane) => lane.spans.flatMap(({ from, to }) => [from, to])),
    ...marks.flatMap(timesOf),
  ];
  const from = Math.min(...happened);
  const to = Math.max(lastInSight(from, lanes, marks), from + 1000);
  return { from, to, lanes, marks, ticks: ticksOf(to - from) };
}

function markOf({ id, status, occurredAt, receivedAt, transition, source }: EventRow): Mark {
  const kind = source === 'reconciled' ? 'reconciled' : transition === 'late' ? 'late' : 'plain';
  const occurred = occurredAt === undefined ? {} : { occurred: Date.parse(occurredAt) };
  return { id, status, kind, received: Date.parse(receivedAt), ...occurred };
}

function timesOf({ occurred, received }: Mark): readonly number[] {
  return occurred === undefined ? [received] : [occurred, received];
}

/** The call's own times, each of which begins a span. */
const BEGINNINGS = [
  ['initiated', 'startedAt'],
  ['queued', 'queuedAt'],
  ['initiated', 'initiatedAt'],
  ['ringing', 'ringingAt'],
  ['in-progress', 'answeredAt'],
] as const satisfies readonly (readonly [string, keyof Call])[];

function spansOf(call: Call, now: number): readonly Span[] {
  const known = BEGINNINGS.flatMap(([status, name]) => {
    const at = call[name];
    return at === undefined ? [] : [{ status, at: Date.parse(at) }];
  });
  const end = call.endedAt ? Date.parse(call.endedAt) : call.terminal ? Date.parse(call.lastEventAt) : now;
  const points = known.sort((a, b) => a.at - b.at).filter(({ at }) => at <= end);
  return points
    .map(({ status, at }, index) => ({ status, from: at, to: points[index + 1]?.at ?? end, isPlaced: true }))
    .filter(({ from, to }) => to > from);
}

/** Providers report how long a leg was, not when. It is drawn up to the end of the call. */
function legLanes({ legs = [], from, to }: Call, spans: readonly Span[]): readonly Lane[] {
  const end = spans.at(-1)?.to;
  return legs.map(({ status = 'unknown', number, durationSeconds }, index) => {
    const party = number === undefined ? '' : number === from ? ', caller' : number === to ? ', callee' : '';
    const label = `Leg ${index + 1}${party}`;
    if (end === undefined || !durationSeconds) return { label, spans: [] };
    return { label, spans: [{ status, from: end - durationSeconds * 1000, to: end, isPlaced: false }] };
  });
}

function childLane(child: CallRow, now: number): Lane {
  const from = Date.parse(child.firstEventAt);
  const to = Date.parse(child.endedAt ?? (child.terminal ? child.lastEventAt : '')) || now;
  const answered = child.answeredAt === undefined ? to : Date.parse(child.answeredAt);
  const spans = [
    { status: 'initiated', from, to: Math.min(answered, to), isPlaced: true },
    { status: 'in-progress', from: answered, to, isPlaced: true },
  ];
  return {
    label: `Child ${child.to ?? child.callId}`,
    key: child.key,
    spans: spans.filter((span) => span.to > span.from),
  };
}

/** Callbacks that arrive long after the call would press it into a corner: beyond twice its length, they are at the edge. */
function lastInSight(from: number, lanes: readonly Lane[], marks: readonly Mark[]): number {
  const ends = lanes.flatMap(({ spans }) => spans.map(({ to }) => to));
  const end = Math.max(from, ...ends, ...marks.flatMap(({ occurred }) => occurred ?? []));
  const limit = from + Math.max(2 * (end - from), 20_000);
  return Math.max(end, ...marks.map(({ received }) => Math.min(received, limit)));
}

const SECOND = 1000;
const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];
const MOST_TICKS = 6;

function ticksOf(length: number): readonly number[] {
  const fitting = STEPS.find((seconds) => length / (seconds * SECOND) < MOST_TICKS);
  const step = fitting === undefined ? length / MOST_TICKS : fitting * SECOND;
  return Array.from({ length: Math.floor(length / step) + 1 }, (_, index) => index * step);
}
