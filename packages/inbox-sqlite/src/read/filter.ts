import { CALL_STATUSES, type CallStatus, isTerminal } from '@call-status/core';
import { type CallQuery, type CallSearch, searchOf, timeRange } from '@call-status/core/inbox';
import type { Value } from '../database/engine.ts';
import { reversed } from '../database/schema/reversed.ts';
import { SEARCH_COLUMNS } from '../database/schema/search-texts.ts';

/** A condition in SQL, and the values of its parameters. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly Value[];
}

/** What a query asks of a call, besides its place in the list. */
export function filterOf(query: CallQuery, wall: number): Condition {
  const { provider, status, state, answered, parentCallId, silentForMs } = query;
  const { hasConflict, hasDeadLetter, sipCode, errorCode, changedSince } = query;
  const all: Condition[] = [
    where('first_event_at >= ?', timeRange(query).sinceMs),
    ...maybe(provider, (name) => where('provider = ?', name)),
    ...maybe(status, (one) => {
      const statuses = [one].flat();
      return where(`status IN (${statuses.map(() => '?').join(', ')})`, ...statuses);
    }),
    ...maybe(state, (one) => where(`terminal = ${Number(one === 'ended')}`)),
    ...maybe(answered, (is) => where(`answered = ${Number(is)}`)),
    ...maybe(parentCallId, (callId) => where('parent_call_id = ?', callId)),
    ...maybe(silentForMs, (ms) => where('terminal = 0 AND last_event_at <= ?', wall - ms)),
    ...maybe(hasConflict, (has) => where(`has_conflict = ${Number(has)}`)),
    ...maybe(hasDeadLetter, (has) => where(`dead_letters ${has ? '>' : '='} 0`)),
    ...maybe(sipCode, (code) => where('sip_code = ?', code)),
    ...maybe(errorCode, (code) => where('error_code = ?', code)),
    ...maybe(changedSince, (since) => where('last_event_at >= ?', new Date(since).getTime())),
  ];
  return allOf(all);
}

/** Whether no call can match. SQLite would not find a plan for the conditions. */
export function isContradiction(query: CallQuery): boolean {
  const { state, status } = query;
  return (state === 'ended' && isOfLiveCalls(query)) || (status !== undefined && [status].flat().length === 0);
}

/** Whether only live calls match. */
export function isOfLiveCalls({ state, status, silentForMs }: CallQuery): boolean {
  const statuses: readonly CallStatus[] = status === undefined ? CALL_STATUSES : [status].flat();
  return state === 'live' || silentForMs !== undefined || !statuses.some(isTerminal);
}

/** How the texts of one kind begin of the calls that a search finds. */
export interface Range {
  /** As in `search_texts`. */
  readonly kind: 0 | 1 | 2;
  /** The first such text, and one beyond the last. */
  readonly bounds: readonly [first: string, end: string];
}

/** What a search looks for: a call matches if one of these does. */
export function rangesOf(search: string): Range[] {
  const { callIdPrefix: prefix, digits }: CallSearch = searchOf(search);
  const ranges: Range[] = prefix === undefined ? [] : [{ kind: 0, bounds: [prefix, `${prefix}\u{10ffff}`] }];
  if (digits === undefined) return ranges;
  // A colon comes after all digits.
  const first = [digits, `${digits}:`] as const;
  const last = [reversed(digits) as string, `${reversed(digits)}:`] as const;
  return [...ranges, { kind: 1, bounds: first }, { kind: 2, bounds: last }];
}

/** That a call is in one of the ranges. */
export function inOneOf(ranges: readonly Range[]): Condition {
  const conditions = ranges.flatMap(({ kind, bounds }) => SEARCH_COLUMNS[kind].map((name) => within(name, bounds)));
  return where(`(${conditions.map(({ sql }) => sql).join(' OR ')})`, ...conditions.flatMap(({ values }) => values));
}

export function allOf(conditions: readonly Condition[]): Condition {
  return { sql: conditions.map(({ sql }) => sql).join(' AND '), values: conditions.flatMap(({ values }) => values) };
}

function within(column: string, bounds: Range['bounds']): Condition {
  return where(`(${column} >= ? AND ${column} < ?)`, ...bounds);
}

function where(sql: string, ...values: Value[]): Condition {
  return { sql, values };
}

function maybe<T>(value: T | undefined, condition: (value: T) => Condition): Condition[] {
  return value === undefined ? [] : [condition(value)];
}
