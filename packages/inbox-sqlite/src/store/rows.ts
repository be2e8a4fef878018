import { type CallStatus, CallStatusError, type Transition, type Trust } from '@call-status/core';
import {
  columnsOf,
  eventOf,
  fenceOf,
  isStorable,
  type Job,
  type NewEvent,
  type Place,
  type Taken,
} from '@call-status/core/inbox';
import type { Value } from '../database/engine.ts';

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
  endedAt: number | null,
  trust: Trust,
  from: string | null,
  to: string | null,
  fromDigits: string | null,
  toDigits: string | null,
  details: Details,
  /** The whole event, without its transition. */
  json: string,
  trace: string | null,
];

/** What an event tells about its call, in the order of {@link DETAIL_COLUMNS}. */
export type Details = readonly Value[];

/** The columns of `calls` that nearly every event may change. */
export const DETAIL_COLUMNS = [
  'answered',
  'mos',
  'direction',
  'answered_at',
  'in_progress_at',
  'ringing_at',
  'duration_seconds',
  'answered_by',
  'sip_code',
  'sip_phrase',
  'error_code',
  'error_message',
  'parent_call_id',
] as const;

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
  trace: string | null,
];

/** The jobs that a worker received. */
export interface TakenRows {
  readonly jobs: readonly TakenRow[];
  readonly nextInMs: number | undefined;
  readonly suspects: boolean;
  readonly more: boolean;
}

/** Before all rows. */
export const FIRST: Place = { at: Number.MIN_SAFE_INTEGER, row: 0 };

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
  trace,
]: TakenRow): Job {
  return {
    lease: { eventId, token },
    event: eventOf({ event, transition }),
    ...(trace !== null && { trace }),
    attempt: failures + 1,
    interruptions,
    suspect,
    // A token begins with the numbers of its call and its event.
    fence: fenceOf(Number(token.split('.', 2)[1]), takes),
    doneHandlers: JSON.parse(doneHandlers),
  };
}

/**
 * Reads from an event what the store needs.
 *
 * @throws CallStatusError `inbox_unavailable` when it cannot be stored as JSON, or its ids as UTF-8
 */
export function eventColumnsOf(event: NewEvent, trace: string | null = null): EventColumns {
  requireStorableIds(event);
  const columns = columnsOf(event);
  const answered = columns.answered === null ? null : Number(columns.answered);
  return [
    columns.provider,
    columns.tenant,
    columns.call_id,
    columns.event_id,
    columns.status,
    columns.terminal,
    columns.received_at,
    columns.ended_at,
    columns.trust,
    columns.from_number,
    columns.to_number,
    columns.from_digits,
    columns.to_digits,
    DETAIL_COLUMNS.map((name) => (name === 'answered' ? answered : columns[name])),
    toJson(event),
    trace,
  ];
}

function toJson(event: NewEvent): string {
  try {
    return JSON.stringify(event);
  } catch (cause) {
    throw new CallStatusError('inbox_unavailable', {}, { cause });
  }
}

/** @throws CallStatusError `inbox_unavailable` */
export function requireStorableIds({ id, callId }: NewEvent): void {
  requireStorable(id);
  requireStorable(callId);
}

/** SQLite cuts texts at NUL, and all lone surrogates are the same in UTF-8: two ids could become one. */
export function requireStorable(id: string): void {
  if (isStorable(id)) return;
  throw new CallStatusError('inbox_unavailable', {
    hint: 'An id contains NUL or a lone surrogate, which SQLite cannot store.',
  });
}
