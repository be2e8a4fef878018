import { CALL_STATUSES, isTerminal } from '../event.ts';
import type { OptionRule, OptionRules } from '../options/check-options.ts';
import type { CallEnd, CallQuery, DeadLetterQuery } from './inbox.ts';

/** A page is read at once, by some inboxes on the thread that answers callbacks. */
const MOST_ROWS = 1000;

const TIME: OptionRule = {
  expected: "milliseconds since 1970, a number such as Date.parse('2026-01-01')",
  fits: Number.isFinite,
};

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

/**
 * What the queries of an inbox, and the end of a call, have to be, by the method that takes them: the same for every inbox.
 *
 * @param isCursor whether a text may be a cursor that this inbox gave
 * @example
 * ```ts
 * import type { CallQuery } from '@call-status/core';
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
    expected: '`next` of the page before, as it was',
    fits: (value) => typeof value === 'string' && isCursor(value),
  };
  const deadLetters = { ...SPAN, cursor, limit: LIMIT };
  return { listCalls: { ...deadLetters, state: STATE, status: STATUS }, deadLetters, replayAll: SPAN, endCall: END };
}
