import { expect, it } from 'vitest';
import { CALL_STATUSES } from '../event.ts';
import { checkOptions } from '../rules/check-options.ts';
import { queryRules } from './query-rules.ts';

const rules = queryRules((cursor) => cursor === 'mine');

it('says of each part of a query how to fix it', () => {
  const query = {
    provider: '',
    state: 'over',
    status: 'over',
    since: '2026-02-30',
    until: 1_767_225_600_000,
    cursor: 'yours',
    limit: 0,
  };
  expect(() => checkOptions('query', query, rules.listCalls)).toThrow(
    expect.objectContaining({
      code: 'invalid_options',
      details: {
        issues: [
          '`provider`: expected the name of a provider, got an empty text.',
          "`since`: expected ISO 8601, such as '2026-01-31' or '2026-01-31T12:00:00Z', or a Date, got a text.",
          "`until`: expected ISO 8601, such as '2026-01-31' or '2026-01-31T12:00:00Z', or a Date, got a number.",
          "`cursor`: expected the unchanged `next` of the page before, got 'yours'.",
          '`limit`: expected a whole number, 1 to 1000, got 0.',
          "`state`: expected 'live' or 'ended', got 'over'.",
          `\`status\`: expected a status or a list of them: ${CALL_STATUSES.join(', ')}, got 'over'.`,
        ],
      },
    }),
  );
});

it.each([
  [
    'listCalls',
    'provider, since, until, cursor, limit, state, status, answered, search, parentCallId, silentForMs, hasConflict, hasDeadLetter, sipCode, errorCode, changedSince',
  ],
  ['deadLetters', 'provider, since, until, cursor, limit, error'],
  ['replayAll', 'provider, since, until, error'],
] as const)('says what there is in a query of %s', (method, known) => {
  expect(() => checkOptions<object>('query', { page: 5 }, rules[method])).toThrow(
    `\`page\` is no option; known: ${known}.`,
  );
  expect(() => checkOptions<object>('query', 5, rules[method])).toThrow(
    `query: expected an object of ${known}, got a number.`,
  );
});

it('says what there is in a query of watched calls', () => {
  const query: object = { state: 'over', since: 5 };
  expect(() => checkOptions('query', query, rules.watches)).toThrow(
    '`since` is no option; known: provider, cursor, limit, state.',
  );
  expect(() => checkOptions('query', query, rules.watches)).toThrow(
    "`state`: expected one of expected, missing, stuck, failed, got 'over'.",
  );
});
