import { type CallStatus, isTerminal } from '@call-status/core';
import { type CallQuery, searchOf, timeCursor, timeRange } from '@call-status/core/inbox';
import { prefixPattern, type Values } from './values.ts';

/**
 * The conditions on a call `c` that the index of a walk answers: its time, and its conflict, or its end and its provider. All others are
 * examined call by call.
 */
export function indexedConditions(query: CallQuery, values: Values): string[] {
  const { provider, hasConflict } = query;
  const conditions = timeConditions(query, values);
  if (hasConflict === true) return [...conditions, 'c.has_conflict'];
  if (isOfLiveCalls(query)) conditions.push('NOT c.terminal');
  if (provider !== undefined) conditions.push(`c.provider = ${values.add(provider)}`);
  return conditions;
}

function timeConditions(query: CallQuery, values: Values): string[] {
  const { sinceMs, untilMs } = timeRange(query);
  const { at, row } = timeCursor.decode(query.cursor);
  const [endAt, endRow] = untilMs <= at ? [untilMs, 0] : [at, row];
  const conditions = [
    `c.first_event_at >= ${values.add(sinceMs)}::bigint`,
    `(c.first_event_at, c.id) < (${values.add(endAt)}::bigint, ${values.add(endRow)}::bigint)`,
  ];
  // A call that has been silent for a time began before.
  if (query.silentForMs !== undefined) conditions.push(`c.first_event_at <= ${silentSince(query.silentForMs, values)}`);
  return conditions;
}

function silentSince(silentForMs: number, values: Values): string {
  return `(SELECT now FROM n) - ${values.add(Math.ceil(silentForMs))}::bigint`;
}

function isOfLiveCalls({ state, status, silentForMs }: CallQuery): boolean {
  if (state === 'live' || silentForMs !== undefined) return true;
  return status !== undefined && !statusesOf(status).some(isTerminal);
}

function statusesOf(status: NonNullable<CallQuery['status']>): readonly CallStatus[] {
  return typeof status === 'string' ? [status] : status;
}

/** All conditions on a call `c` with a dead letter `dead`, at the time of `n`. */
export function allConditions(query: CallQuery, values: Values): string[] {
  const { provider, state, status, answered, search, parentCallId } = query;
  const { silentForMs, hasConflict, hasDeadLetter, sipCode, errorCode, changedSince } = query;
  const conditions = timeConditions(query, values);
  if (provider !== undefined) conditions.push(`c.provider = ${values.add(provider)}`);
  if (state !== undefined) conditions.push(state === 'ended' ? 'c.terminal' : 'NOT c.terminal');
  if (status !== undefined) conditions.push(`c.status = ANY(${values.add(statusesOf(status))}::text[])`);
  if (answered !== undefined) conditions.push(`c.answered = ${values.add(answered)}`);
  if (search !== undefined) conditions.push(searchCondition(search, values));
  if (parentCallId !== undefined) conditions.push(`c.parent_call_id = ${values.add(parentCallId)}`);
  if (silentForMs !== undefined) {
    conditions.push(`NOT c.terminal AND c.last_event_at <= ${silentSince(silentForMs, values)}`);
  }
  if (hasConflict !== undefined) conditions.push(hasConflict ? 'c.has_conflict' : 'NOT c.has_conflict');
  if (hasDeadLetter !== undefined) conditions.push(hasDeadLetter ? 'dead.found' : 'dead.found IS NULL');
  if (sipCode !== undefined) conditions.push(`c.sip_code = ${values.add(sipCode)}`);
  if (errorCode !== undefined) conditions.push(`c.error_code = ${values.add(errorCode)}`);
  if (changedSince !== undefined) {
    conditions.push(`c.last_event_at >= ${values.add(new Date(changedSince).getTime())}::bigint`);
  }
  return conditions;
}

function searchCondition(search: string, values: Values): string {
  const terms = searchTerms(search).map(({ column, prefix }) => `${column} LIKE ${values.add(prefixPattern(prefix))}`);
  return terms.length === 0 ? 'false' : `(${terms.join(' OR ')})`;
}

/** What a search compares with the beginning of a text, which has an index. */
export interface SearchTerm {
  /** Of a call `c`. */
  readonly column: string;
  readonly prefix: string;
}

/** A call matches a search if one of these does. */
export function searchTerms(search: string): readonly SearchTerm[] {
  const { callIdPrefix, digits } = searchOf(search);
  const terms = callIdPrefix === undefined ? [] : [{ column: 'c.call_id', prefix: callIdPrefix }];
  if (digits === undefined) return terms;
  const reversed = digits.split('').reverse().join('');
  return [
    ...terms,
    { column: 'c.from_digits', prefix: digits },
    { column: 'c.to_digits', prefix: digits },
    { column: 'reverse(c.from_digits)', prefix: reversed },
    { column: 'reverse(c.to_digits)', prefix: reversed },
  ];
}
