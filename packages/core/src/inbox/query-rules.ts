import { isDate } from 'node:util/types';
import { ERRORS } from '../error-codes.ts';
import { CALL_STATUSES, isTerminal } from '../event.ts';
import type { OptionRule, OptionRules } from '../rules/check-options.ts';
import type { FeedQuery } from './feed.ts';
import type { CallEnd, CallQuery, DeadLetterQuery } from './inbox.ts';
import type { RefusalQuery } from './refusals.ts';
import { isStorable } from './rows/stored.ts';
import type { StatsGroup, StatsQuery } from './stats.ts';
import type { WatchQuery, WatchState } from './watches.ts';

/** Some inboxes read a whole page on the thread that answers callbacks. */
const MOST_ROWS = 1000;

const LEAST_SEARCH = 3;
const LONGEST_SEARCH = 256;

const SHORTEST_BUCKET_MS = 1000;

/** The earliest and latest times that a `Date` can hold. */
const OPEN_MS = 8_640_000_000_000_000;

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

const BOOLEAN: OptionRule = { expected: 'true or false', fits: (value) => typeof value === 'boolean' };

const CALLS = {
  state: STATE,
  status: STATUS,
  answered: BOOLEAN,
  search: {
    expected: `${LEAST_SEARCH} to ${LONGEST_SEARCH} characters of a call id, or digits of a number`,
    fits: (value) => typeof value === 'string' && value.length >= LEAST_SEARCH && value.length <= LONGEST_SEARCH,
  },
  parentCallId: { expected: 'the id of a call', fits: (value) => typeof value === 'string' && value !== '' },
  silentForMs: {
    expected: 'a number of milliseconds, 0 or more',
    fits: (value) => typeof value === 'number' && value >= 0 && value <= OPEN_MS,
  },
  hasConflict: BOOLEAN,
  hasDeadLetter: BOOLEAN,
  sipCode: {
    expected: 'a SIP response code, a whole number from 0 to 999',
    fits: (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 999,
  },
  errorCode: {
    expected: 'the error code of a call',
    fits: (value) => typeof value === 'string' && value !== '' && isStorable(value),
  },
  changedSince: TIME,
} satisfies Readonly<Record<string, OptionRule>>;

const CODE: OptionRule = {
  expected: 'the code of an error',
  fits: (value) => typeof value === 'string' && Object.hasOwn(ERRORS, value),
};

const ERROR: OptionRule = {
  expected: 'the error of a group of dead letters',
  fits: (value) => typeof value === 'string',
};

const BUCKET: OptionRule = {
  expected: `a whole number of milliseconds, ${SHORTEST_BUCKET_MS} or more`,
  fits: (value) => Number.isSafeInteger(value) && (value as number) >= SHORTEST_BUCKET_MS,
  isRequired: true,
};

const GROUPS: readonly unknown[] = ['provider', 'status', 'direction', 'sip', 'error'] satisfies StatsGroup[];

const GROUP: OptionRule = { expected: `one of ${GROUPS.join(', ')}`, fits: (value) => GROUPS.includes(value) };

const WATCH_STATES: readonly unknown[] = ['expected', 'missing', 'stuck', 'failed'] satisfies WatchState[];

const WATCH_STATE: OptionRule = {
  expected: `one of ${WATCH_STATES.join(', ')}`,
  fits: (value) => WATCH_STATES.includes(value),
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
  readonly replayAll: OptionRules<Omit<DeadLetterQuery, 'cursor' | 'limit'>>;
  readonly endCall: OptionRules<CallEnd>;
  readonly events: OptionRules<FeedQuery>;
  readonly refusals: OptionRules<RefusalQuery>;
  readonly stats: OptionRules<StatsQuery>;
  readonly watches: OptionRules<WatchQuery>;
} {
  const cursor: OptionRule = {
    expected: 'the unchanged `next` of the page before',
    fits: (value) => typeof value === 'string' && isCursor(value),
  };
  const page = { ...SPAN, cursor, limit: LIMIT };
  return {
    listCalls: { ...page, ...CALLS },
    deadLetters: { ...page, error: ERROR },
    replayAll: { ...SPAN, error: ERROR },
    endCall: END,
    events: {
      after: { ...cursor, fits: (value) => value === 'end' || cursor.fits(value) },
      since: TIME,
      provider: SPAN.provider,
      limit: LIMIT,
    },
    refusals: { ...page, code: CODE },
    stats: { ...SPAN, since: { ...TIME, isRequired: true }, bucketMs: BUCKET, by: GROUP },
    watches: { provider: SPAN.provider, cursor, limit: LIMIT, state: WATCH_STATE },
  };
}
