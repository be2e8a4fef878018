import { type CallStatus, isTerminal, type Transition, type Trust } from '../../event.ts';
import type { NewEvent } from '../inbox.ts';
import { digitsOf } from './search.ts';
import { storedText } from './stored.ts';

/**
 * What one event provides for the row of its call; `null` if it provides nothing. The names are those of the columns in SQL. Times are
 * milliseconds since 1970.
 */
export interface CallColumns {
  readonly provider: string;
  /** Empty if the call has no tenant. */
  readonly tenant: string;
  readonly call_id: string;
  readonly event_id: string;
  readonly status: CallStatus;
  readonly terminal: boolean;
  readonly received_at: number;
  readonly direction: string | null;
  readonly from_number: string | null;
  readonly to_number: string | null;
  /** The digits of the number, if it has at least four. */
  readonly from_digits: string | null;
  readonly to_digits: string | null;
  readonly answered: boolean | null;
  /** When it was answered, by the provider's clock. */
  readonly answered_at: number | null;
  /** Only of an event `in-progress`; as the next ones, when it occurred, or else when it was received. */
  readonly in_progress_at: number | null;
  /** Only of an event `ringing`. */
  readonly ringing_at: number | null;
  /** Only of a terminal event. */
  readonly ended_at: number | null;
  readonly duration_seconds: number | null;
  readonly answered_by: string | null;
  readonly sip_code: number | null;
  readonly sip_phrase: string | null;
  /** 1 to 5; only of a terminal event. */
  readonly mos: number | null;
  readonly error_code: string | null;
  readonly error_message: string | null;
  readonly parent_call_id: string | null;
  readonly trust: Trust;
}

/** A boolean as a store has it: SQLite has 0 and 1. */
export type StoredBoolean = boolean | number;

/** The row of a call. Times are milliseconds since 1970. */
export interface CallRow extends Omit<CallColumns, 'event_id' | 'received_at' | 'terminal' | 'answered'> {
  readonly terminal: StoredBoolean;
  readonly answered: StoredBoolean | null;
  readonly first_event_at: number;
  readonly last_event_at: number;
  readonly event_count: number;
  /** `application` if the application ended it. */
  readonly ended_by: string | null;
  readonly has_late: StoredBoolean;
  readonly has_conflict: StoredBoolean;
  readonly has_dead_letter: StoredBoolean;
  /** The event that was recorded last. */
  readonly last_event_id: string;
  readonly last_event_status: CallStatus;
  readonly last_event_transition: Transition;
  readonly last_event_received_at: number;
}

/** In characters; an index of PostgreSQL takes four bytes of each. */
const LONGEST_TEXT = 256;
const LONGEST_MESSAGE = 1000;
/** In seconds, about 30 years: sums of durations must not overflow. */
const LONGEST_CALL = 1e9;

/**
 * Reads from an event what it provides for the row of its call. A value of a wrong type, which a custom provider may put anywhere, counts as
 * absent, and long texts are cut.
 *
 * @example
 * ```ts
 * import { columnsOf, type NewEvent } from '@call-status/core/inbox';
 *
 * export function valuesOf(event: NewEvent): readonly unknown[] {
 *   const { call_id, from_number, from_digits, ended_at } = columnsOf(event);
 *   return [call_id, from_number, from_digits, ended_at];
 * }
 * ```
 */
export function columnsOf(event: NewEvent): CallColumns {
  const { provider, tenant = '', callId, id, status, direction, from, to, answered, durationSeconds } = event;
  const terminal = isTerminal(status);
  const receivedAt = Date.parse(event.receivedAt);
  const occurredAt = timeOf(event.occurredAt) ?? receivedAt;
  // Custom providers may put any type here.
  const [sip, error, quality]: readonly Unchecked[] = [event.sip, event.error, event.quality];
  const fromNumber = textOf(from);
  const toNumber = textOf(to);
  return {
    provider,
    tenant,
    call_id: callId,
    event_id: id,
    status,
    terminal,
    received_at: receivedAt,
    direction: textOf(direction),
    from_number: fromNumber,
    to_number: toNumber,
    from_digits: fromNumber === null ? null : digitsOf(fromNumber),
    to_digits: toNumber === null ? null : digitsOf(toNumber),
    answered: typeof answered === 'boolean' ? answered : null,
    answered_at: timeOf(event.answeredAt),
    in_progress_at: status === 'in-progress' ? occurredAt : null,
    ringing_at: status === 'ringing' ? occurredAt : null,
    ended_at: terminal ? occurredAt : null,
    duration_seconds: numberOf(durationSeconds, 0, LONGEST_CALL),
    answered_by: textOf(event.answeredBy),
    sip_code: Number.isInteger(sip?.code) ? numberOf(sip?.code, 0, 999) : null,
    sip_phrase: textOf(sip?.phrase),
    mos: terminal ? numberOf(quality?.mos, 1, 5) : null,
    error_code: textOf(error?.code),
    error_message: storedText(error?.message, LONGEST_MESSAGE),
    parent_call_id: textOf(event.parentCallId),
    trust: event.trust,
  };
}

/** What columns come from; nothing is sure about the types. */
type Unchecked =
  | { readonly code?: unknown; readonly phrase?: unknown; readonly message?: unknown; readonly mos?: unknown }
  | null
  | undefined;

/**
 * The row of a call after an event with this transition has been recorded. A statement in SQL may do the same.
 *
 * - A detail is that of the last event that has it. The code and the text of an error, or of a SIP response, are one detail.
 * - `answered` stays `true`; a conflicting outcome changes neither it nor the mean opinion score.
 * - `in_progress_at` and `ringing_at` are the earliest times; `ended_at` is that of the event that ended the call.
 *
 * @param before the row of the call; `undefined` for its first event
 * @example
 * ```ts
 * import { type CallRow, columnsOf, mergeColumns, type NewEvent, transitionOf } from '@call-status/core/inbox';
 *
 * export function rowAfter(before: CallRow | undefined, event: NewEvent): CallRow {
 *   return mergeColumns(before, columnsOf(event), transitionOf(before?.status, event.status));
 * }
 * ```
 */
export function mergeColumns(before: CallRow | undefined, event: CallColumns, transition: Transition): CallRow {
  const { event_id, received_at, ...columns } = event;
  const isConflict = transition === 'conflict';
  const last = {
    last_event_id: event_id,
    last_event_status: event.status,
    last_event_transition: transition,
    last_event_received_at: received_at,
  };
  const own = { first_event_at: received_at, last_event_at: received_at, event_count: 1, ended_by: null };
  const flags = { has_late: transition === 'late', has_conflict: isConflict, has_dead_letter: false };
  if (before === undefined) return { ...columns, ...own, ...flags, ...last };

  const advances = transition === 'advance';
  const sip = event.sip_code === null && event.sip_phrase === null ? before : event;
  const error = event.error_code === null && event.error_message === null ? before : event;
  return {
    ...before,
    ...last,
    status: advances ? event.status : before.status,
    terminal: advances ? event.terminal : before.terminal,
    direction: event.direction ?? before.direction,
    from_number: event.from_number ?? before.from_number,
    to_number: event.to_number ?? before.to_number,
    from_digits: event.from_number === null ? before.from_digits : event.from_digits,
    to_digits: event.to_number === null ? before.to_digits : event.to_digits,
    answered: isConflict || before.answered ? before.answered : (event.answered ?? before.answered),
    answered_at: event.answered_at ?? before.answered_at,
    in_progress_at: earliest(before.in_progress_at, event.in_progress_at),
    ringing_at: earliest(before.ringing_at, event.ringing_at),
    ended_at: advances ? event.ended_at : before.ended_at,
    duration_seconds: event.duration_seconds ?? before.duration_seconds,
    answered_by: event.answered_by ?? before.answered_by,
    sip_code: sip.sip_code,
    sip_phrase: sip.sip_phrase,
    mos: isConflict ? before.mos : (event.mos ?? before.mos),
    error_code: error.error_code,
    error_message: error.error_message,
    parent_call_id: event.parent_call_id ?? before.parent_call_id,
    trust: weaker(before.trust, event.trust),
    last_event_at: Math.max(before.last_event_at, received_at),
    event_count: before.event_count + 1,
    has_late: before.has_late || flags.has_late,
    has_conflict: before.has_conflict || flags.has_conflict,
  };
}

function textOf(value: unknown): string | null {
  return storedText(value, LONGEST_TEXT);
}

function numberOf(value: unknown, least: number, most: number): number | null {
  return typeof value === 'number' && value >= least && value <= most ? value : null;
}

/** In milliseconds since 1970. */
function timeOf(value: unknown): number | null {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}

function earliest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

const STRENGTH: Readonly<Record<Trust, number>> = { none: 0, token: 1, signed: 2, confirmed: 3 };

function weaker(a: Trust, b: Trust): Trust {
  return STRENGTH[b] < STRENGTH[a] ? b : a;
}
