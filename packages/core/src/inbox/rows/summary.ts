import type { AnsweredBy, Direction } from '../../event.ts';
import type { CallSummary } from '../queries.ts';
import type { CallRow } from './call-columns.ts';
import { isoOf } from './stored.ts';

/**
 * The row of a call as it appears in a list.
 *
 * @example
 * ```ts
 * import { type CallRow, type CallSummary, summaryOf } from '@call-status/core/inbox';
 *
 * export function pageOf(rows: readonly CallRow[]): readonly CallSummary[] {
 *   return rows.map(summaryOf);
 * }
 * ```
 */
export function summaryOf(row: CallRow): CallSummary {
  const answeredAt = row.answered_at ?? row.in_progress_at;
  return {
    provider: row.provider,
    callId: row.call_id,
    ...(row.tenant !== '' && { tenant: row.tenant }),
    status: row.status,
    terminal: Boolean(row.terminal),
    ...(row.direction !== null && { direction: row.direction as Direction }),
    ...(row.from_number !== null && { from: row.from_number }),
    ...(row.to_number !== null && { to: row.to_number }),
    ...(row.answered !== null && { answered: Boolean(row.answered) }),
    ...(answeredAt !== null && { answeredAt: isoOf(answeredAt) }),
    ...(row.duration_seconds !== null && { durationSeconds: row.duration_seconds }),
    firstEventAt: isoOf(row.first_event_at),
    lastEventAt: isoOf(row.last_event_at),
    eventCount: row.event_count,
    ...(row.ended_at !== null && { endedAt: isoOf(row.ended_at) }),
    ...(row.answered_by !== null && { answeredBy: row.answered_by as AnsweredBy }),
    ...sipOf(row),
    ...(row.mos !== null && { mos: row.mos }),
    ...errorOf(row),
    ...(row.parent_call_id !== null && { parentCallId: row.parent_call_id }),
    trust: row.trust,
    hasLate: Boolean(row.has_late),
    hasConflict: Boolean(row.has_conflict),
    hasDeadLetter: Boolean(row.has_dead_letter),
    lastEvent: {
      id: row.last_event_id,
      status: row.last_event_status,
      transition: row.last_event_transition,
      receivedAt: isoOf(row.last_event_received_at),
    },
  };
}

function sipOf({ sip_code: code, sip_phrase: phrase }: CallRow): Pick<CallSummary, 'sip'> {
  if (code === null && phrase === null) return {};
  return { sip: { ...(code !== null && { code }), ...(phrase !== null && { phrase }) } };
}

function errorOf({ error_code: code, error_message: message }: CallRow): Pick<CallSummary, 'error'> {
  if (code === null && message === null) return {};
  return { error: { ...(code !== null && { code }), ...(message !== null && { message }) } };
}
