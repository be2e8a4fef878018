import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { Inbox } from '@call-status/core';
import type {
  CallQuery,
  DeadLetterQuery,
  FeedQuery,
  RefusalQuery,
  StatsQuery,
  WatchQuery,
} from '@call-status/core/inbox';
import { assertMatches } from '../../assertions.ts';
import type { Bench, Tests } from '../bench/bench.ts';

/** Days that do not exist, times without a zone, and texts that are not ISO 8601. */
const WRONG_TIMES: readonly unknown[] = [
  '2026-02-30',
  '2026-02-30T00:00:00Z',
  '2026-13-01',
  '2026-01-01T25:00:00Z',
  '2026-01-01T12:00:00',
  '1 Jan 2026',
  '2026',
  '0',
  '',
  0,
  1_767_225_600_000,
  Number.NaN,
  new Date(Number.NaN),
  null,
  5n,
  {},
];

const WRONG_CURSORS: readonly unknown[] = [
  'zzz',
  '',
  ' ',
  '-',
  '0x10',
  '1e3',
  'NaN',
  'Infinity',
  '9'.repeat(400),
  7,
  null,
  {},
];

const NOT_BOOLEAN: readonly unknown[] = ['true', 1, null, {}];

/** Invalid parts of queries, by name. */
const WRONG: readonly (readonly [name: string, values: readonly unknown[]])[] = [
  ['limit', [0, -2, 1.5, 1001, Number.NaN, Number.POSITIVE_INFINITY, '5', null]],
  ['cursor', WRONG_CURSORS],
  ['after', WRONG_CURSORS],
  ['since', WRONG_TIMES],
  ['until', WRONG_TIMES],
  ['changedSince', WRONG_TIMES],
  ['provider', ['', 7, null, ['acme']]],
  ['state', ['over', 'Live', '', true, null]],
  ['status', ['over', 'Ringing', '', true, null, ['ringing', 'over'], [null]]],
  ['answered', NOT_BOOLEAN],
  ['hasConflict', NOT_BOOLEAN],
  ['hasDeadLetter', NOT_BOOLEAN],
  ['sipCode', [-1, 1000, 486.5, Number.NaN, '486', null]],
  ['errorCode', ['', 'a\0b', 31005, null, ['31005']]],
  ['search', ['', 'ab', 'x'.repeat(257), 123, null]],
  ['parentCallId', ['', 7, null, ['c1']]],
  ['silentForMs', [-1, Number.NaN, Number.POSITIVE_INFINITY, '5', null]],
  ['bucketMs', [0, 999, 1000.5, -1000, Number.NaN, Number.POSITIVE_INFINITY, '1000', null]],
  ['by', ['callId', 'Provider', '', null, ['provider']]],
  ['error', [7, null, ['boom'], {}]],
  ['code', ['', 'over', 'toString', 7, null]],
  ['callId', ['c1']],
];

/** Parts that do. */
const RIGHT = {
  provider: 'acme',
  since: new Date(0),
  until: '1970-01-02T00:00:00.000+01:00',
  state: 'live',
  status: 'ringing',
  answered: true,
  search: 'c1x',
  parentCallId: 'c1',
  silentForMs: 0,
  hasConflict: true,
  hasDeadLetter: false,
  sipCode: 486,
  errorCode: '31005',
  changedSince: '2026-01-31',
  after: 'end',
  bucketMs: 3_600_000,
  by: 'sip',
  error: 'boom',
  code: 'closed',
  limit: 1,
};

const SPAN = ['provider', 'since', 'until'];
const CALLS = [
  'state',
  'status',
  'answered',
  'search',
  'parentCallId',
  'silentForMs',
  'hasConflict',
  'hasDeadLetter',
  'sipCode',
  'errorCode',
  'changedSince',
];

/** A method that takes a query. */
interface Method {
  readonly name: string;
  /** The parts that it accepts. */
  readonly parts: readonly string[];
  /** The parts that it needs. */
  readonly needed?: object;
  readonly ask: (inbox: Inbox, query: unknown) => Promise<unknown>;
}

const METHODS: readonly Method[] = [
  {
    name: 'calls',
    parts: [...SPAN, ...CALLS, 'cursor', 'limit'],
    ask: (inbox, query) => inbox.listCalls(query as CallQuery),
  },
  {
    name: 'deadLetters.list',
    parts: [...SPAN, 'error', 'cursor', 'limit'],
    ask: (inbox, query) => inbox.deadLetters.list(query as DeadLetterQuery),
  },
  {
    name: 'deadLetters.replayAll',
    parts: [...SPAN, 'error'],
    ask: (inbox, query) => inbox.deadLetters.replayAll(query as DeadLetterQuery),
  },
  {
    name: 'events',
    parts: ['after', 'since', 'provider', 'limit'],
    ask: (inbox, query) => inbox.events(query as FeedQuery),
  },
  {
    name: 'stats',
    parts: [...SPAN, 'bucketMs', 'by'],
    needed: { since: '1970-01-01', bucketMs: 86_400_000, until: '1970-01-02' },
    ask: (inbox, query) => inbox.stats(query as StatsQuery),
  },
  {
    name: 'refusals.list',
    parts: [...SPAN, 'code', 'cursor', 'limit'],
    ask: (inbox, query) => inbox.refusals.list(query as RefusalQuery),
  },
  {
    name: 'watches.list',
    parts: ['provider', 'cursor', 'limit'],
    ask: (inbox, query) => inbox.watches.list(query as WatchQuery),
  },
  {
    name: 'deadLetters.groups',
    parts: [...SPAN, 'error'],
    ask: (inbox, query) => inbox.deadLetters.groups(query as DeadLetterQuery),
  },
];

/** Two calls with a dead letter each; they stay, since an invalid query has no effect. */
async function withTwoDead(t: Bench, ask: () => Promise<void>): Promise<void> {
  await t.record('c1', 'ringing');
  await t.record('c2', 'ringing');
  await t.moveToDeadLetters();
  await t.moveToDeadLetters();
  await ask();
  assertMatches(await t.inbox.counts(), { dead: 2, waiting: 0 });
}

function testsOf({ name: method, parts, needed = {}, ask }: Method): Tests {
  const expectRefusal = async (t: Bench, query: unknown, name: string): Promise<void> => {
    await assert.rejects(ask(t.inbox, query), (error: { code?: string; details?: { issues?: readonly string[] } }) => {
      assert.equal(error.code, 'invalid_options', inspect(query));
      const { issues = [] } = error.details ?? {};
      assert.equal(issues.length, 1, inspect(query));
      assert.ok(issues[0]?.includes(name), `${inspect(query)}: ${issues[0]}`);
      return true;
    });
  };
  return {
    [`${method}: refuses a part that makes no sense`]: (t) =>
      withTwoDead(t, async () => {
        for (const [name, values] of WRONG) {
          for (const value of values) await expectRefusal(t, { ...needed, [name]: value }, name);
        }
      }),
    [`${method}: refuses a part that belongs elsewhere, or does not exist`]: (t) =>
      withTwoDead(t, async () => {
        for (const [name, value] of Object.entries(RIGHT)) {
          if (!parts.includes(name)) await expectRefusal(t, { ...needed, [name]: value }, name);
        }
        for (const query of [null, 'acme', 5, []]) await expectRefusal(t, query, 'expected an object');
        for (const name of Object.keys(needed)) {
          if (name !== 'until') await expectRefusal(t, { ...needed, [name]: undefined }, name);
        }
      }),
    [`${method}: takes all parts, and parts that are undefined`]: (t) =>
      withTwoDead(t, async () => {
        // Nothing matches: the dead letters stay.
        const right = Object.entries({ ...RIGHT, provider: 'other' }).filter(([name]) => parts.includes(name));
        assert.notEqual(await ask(t.inbox, Object.fromEntries(right)), undefined);
        const undefineds = right.map(([name]) => [name, undefined]);
        assert.notEqual(
          await ask(t.inbox, { ...Object.fromEntries(undefineds), ...needed, provider: 'other' }),
          undefined,
        );
      }),
  };
}

export const QUERIES: Tests = {
  ...Object.assign({}, ...METHODS.map(testsOf)),

  'takes the smallest and the largest page, and any time that a Date can have': (t) =>
    withTwoDead(t, async () => {
      assert.equal((await t.inbox.listCalls({ limit: 1 })).rows.length, 1);
      const always = { since: new Date(-8.64e15), until: new Date(8.64e15) };
      assert.equal((await t.inbox.listCalls({ limit: 1000, ...always })).rows.length, 2);
      const century = { since: '1970-01-01', until: '2100-01-01T00:00Z' };
      assert.equal((await t.inbox.listCalls(century)).rows.length, 2);
      assert.deepEqual((await t.inbox.listCalls({ since: '9999-12-31' })).rows, []);
    }),
};
