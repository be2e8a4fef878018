import { type AnyCallStatusEvent, type CallStatus, CallStatusError, type Transition } from '@call-status/core';
import type { Job, NewEvent, Taken } from '@call-status/core/inbox';
import type { Direction } from '@call-status/core/provider';

// What crosses from one thread to the other for each event is a tuple: an object would be copied with its property names.

/** What a store needs to record an event. Times are milliseconds since 1970. */
export type EventColumns = readonly [
  provider: string,
  tenant: string,
  callId: string,
  id: string,
  status: CallStatus,
  terminal: boolean,
  receivedAt: number,
  direction: Direction | null,
  from: string | null,
  to: string | null,
  answered: 0 | 1 | null,
  durationSeconds: number | null,
  answeredAt: number | null,
  inProgressAt: number | null,
  /** The whole event, without its transition. */
  json: string,
];

/** The result of recording an event. */
export type RecordedRow = readonly [transition: Transition, done: boolean];

/** A job that a worker took. Its done handlers and its event, which is without its transition, are JSON. */
export type TakenRow = readonly [
  eventId: string,
  token: string,
  failures: number,
  interruptions: number,
  suspect: boolean,
  takes: number,
  doneHandlers: string,
  event: string,
  transition: Transition,
];

/** The jobs that a worker received. */
export interface TakenRows {
  readonly jobs: readonly TakenRow[];
  readonly nextInMs: number | undefined;
  readonly suspects: boolean;
  readonly more: boolean;
}

/** An event as it is stored. */
export interface StoredEvent {
  /** The whole event as JSON, without its transition. */
  readonly event: string;
  readonly transition: Transition;
}

/** The place of a row in an index of times. */
export interface Place {
  readonly at: number;
  readonly row: number;
}

/** Before all rows. */
export const FIRST: Place = { at: Number.MIN_SAFE_INTEGER, row: 0 };

/** After all rows. */
export const LAST: Place = { at: Number.MAX_SAFE_INTEGER, row: 0 };

/** Times are milliseconds since 1970 inside, and ISO 8601 outside. */
export function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

/** Builds the event from its row. */
export function eventOf({ event, transition }: StoredEvent): AnyCallStatusEvent {
  return { ...JSON.parse(event), transition };
}

export function takenOf({ jobs, nextInMs, suspects, more }: TakenRows): Taken {
  return { jobs: jobs.map(jobOf), ...(nextInMs !== undefined && { nextInMs }), suspects, more };
}

function jobOf([
  eventId,
  token,
  failures,
  interruptions,
  suspect,
  takes,
  doneHandlers,
  event,
  transition,
]: TakenRow): Job {
  return {
    lease: { eventId, token },
    event: eventOf({ event, transition }),
    attempt: failures + 1,
    interruptions,
    suspect,
    fence: takes,
    doneHandlers: JSON.parse(doneHandlers),
  };
}

/**
 * Reads the columns from an event.
 *
 * @throws CallStatusError `inbox_unavailable` when it cannot be stored as JSON, or its ids as UTF-8
 */
export function columnsOf(event: NewEvent): EventColumns {
  const { provider, tenant = '', callId, id, status, terminal, receivedAt } = event;
  requireStorable(id);
  requireStorable(callId);
  const { direction = null, from, to, answered, durationSeconds, answeredAt, occurredAt } = event;
  return [
    provider,
    tenant,
    callId,
    id,
    status,
    terminal,
    Date.parse(receivedAt),
    textOf(direction) as Direction | null,
    textOf(from),
    textOf(to),
    typeof answered === 'boolean' ? (Number(answered) as 0 | 1) : null,
    typeof durationSeconds === 'number' && Number.isFinite(durationSeconds) ? durationSeconds : null,
    timeOf(answeredAt),
    status === 'in-progress' ? timeOf(occurredAt ?? receivedAt) : null,
    toJson(event),
  ];
}

/** Custom providers may put any type here. SQLite would cut a text at NUL. */
function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value.replaceAll('\0', '\ufffd') : null;
}

/** In milliseconds since 1970. */
function timeOf(value: unknown): number | null {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}

function toJson(event: NewEvent): string {
  try {
    return JSON.stringify(event);
  } catch (cause) {
    throw new CallStatusError('inbox_unavailable', {}, { cause });
  }
}

const LONE_SURROGATE = /[\ud800-\udfff]/u;

/** SQLite cuts texts at NUL, and all lone surrogates are the same in UTF-8: two ids could become one. */
function requireStorable(id: string): void {
  if (!id.includes('\0') && !LONE_SURROGATE.test(id)) return;
  throw new CallStatusError('inbox_unavailable', {
    hint: 'An id contains NUL or a lone surrogate, which SQLite cannot store.',
  });
}
