import { isDate } from 'node:util/types';
import { CALL_STATUSES, isTerminal } from '../event.ts';
import type { OptionRule, OptionRules } from '../rules/check-options.ts';
import type { CallEnd, CallQuery, DeadLetterQuery } from './inbox.ts';

/** Some inboxes read a whole page on the thread that answers callbacks. */
const MOST_ROWS = 1000;

/** A time of day needs a zone: without one, its meaning would depend on the host. */
const ISO_8601 = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

const TIME: OptionRule = {
  expected: "ISO 8601, such as '2026-01-31' or '2026-01-31T12:00:00Z', or a Date",
  fits: (value) => (typeof value === 'string' ? isIso8601(value) : isDate(value) && !Number.isNaN(value.getTime())),
};

/** `Date.parse` would turn February 30 into a day in March. */
function isIso8601(text: string): boolean {
  const day = text.slice(0, 10);
  return ISO_8601.test(text) && !Number.isNaN(Date.parse(text)) && new Date(day).toISOString().startsWith(day);
}

const SPAN = {
  provider: { expected: 'the name of a provider', fits: (value) => typeof value === 'string' && value !== '' },
  since: TIME,
  until: TIME,
} satisfies Readonly<Record<string, OptionRule>>;

const LIMIT: OptionRule = {
  expected: `a whole number, 1 to ${MOST_ROWS}`,
  fits: (value) => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MOST_ROWS,
};

const STATE: OptionRule = {
  expected: "'live' or 'ended'",
  fits: (value) => value === 'live' || value === 'ended',
};

const STATUS: OptionRule = {
  expected: `a status or a list of them: ${CALL_STATUSES.join(', ')}`,
  fits: (value) => (Array.isArray(value) ? value : [value]).every((each) => CALL_STATUSES.includes(each)),
};

const TERMINAL = CALL_STATUSES.filter(isTerminal);

const END: OptionRules<CallEnd> = {
  status: {
    expected: `a status that ends a call: ${TERMINAL.join(', ')}`,
    fits: (value) => TERMINAL.includes(value as (typeof TERMINAL)[number]),
    isRequired: true,
  },
  tenant: { expected: 'the name of a tenant', fits: (value) => typeof value === 'string' },
};

/** A period of time, as queries state it. */
export type TimeQuery = Pick<CallQuery, 'since' | 'until'>;

/** The times of a query in milliseconds since 1970. */
export interface TimeRange {
  /** Inclusive. */
  readonly sinceMs: number;
  /** Exclusive. */
  readonly untilMs: number;
}

/** The earliest and latest times that a `Date` can hold. */
const OPEN_MS = 8_640_000_000_000_000;

/**
 * The times of a valid query, in milliseconds since 1970. They are finite even if the query has none.
 *
 * @example
 * ```ts
 * import { timeRange } from '@call-status/core/inbox';
 *
 * const { sinceMs, untilMs } = timeRange({ since: '2026-01-31' });
 * ```
 */
export function timeRange({ since = new Date(-OPEN_MS), until = new Date(OPEN_MS) }: TimeQuery): TimeRange {
  return { sinceMs: new Date(since).getTime(), untilMs: new Date(until).getTime() };
}

/**
 * The rules for the queries of an inbox, and for the end of a call, by the method that takes them: the same for every inbox.
 *
 * @param isCursor whether a text may be a cursor of this inbox
 * @example
 * ```ts
 * import type { CallQuery } from '@call-status/core/inbox';
 * import { checkOptions, queryRules } from '@call-status/core/inbox';
 *
 * const QUERIES = queryRules((cursor) => /^\d{1,15}$/.test(cursor));
 *
 * export function listCalls(query: CallQuery): void {
 *   checkOptions('query', query, QUERIES.listCalls);
 * }
 * ```
 */
export function queryRules(isCursor: (cursor: string) => boolean): {
  readonly listCalls: OptionRules<CallQuery>;
  readonly deadLetters: OptionRules<DeadLetterQuery>;
  readonly replayAll: OptionRules<Pick<DeadLetterQuery, 'provider' | 'since' | 'until'>>;
  readonly endCall: OptionRules<CallEnd>;
} {
  const cursor: OptionRule = {
    expected: 'the unchanged `next` of the page before',
    fits: (value) => typeof value === 'string' && isCursor(value),
  };
  const deadLetters = { ...SPAN, cursor, limit: LIMIT };
  return { listCalls: { ...deadLetters, state: STATE, status: STATUS }, deadLetters, replayAll: SPAN, endCall: END };
}
