import { type CallQuery, NO_PROGRESS } from '@call-status/core/inbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getCall } from '../../src/read/calls.ts';
import { getDeadLetter, groupDeadLetters, listDeadLetters, oldestDeadLetters } from '../../src/read/dead-letters.ts';
import { Feed } from '../../src/read/feed.ts';
import { handled } from '../../src/read/handled.ts';
import { healthReader } from '../../src/read/health.ts';
import { listCalls } from '../../src/read/list-calls.ts';
import { StoredRefusals } from '../../src/read/refusals.ts';
import { readStats } from '../../src/read/stats.ts';
import { dueWatches, getWatch, listWatches } from '../../src/read/watches.ts';
import { ClockWatch } from '../../src/upkeep/clock-watch.ts';
import { FIRST, Sweeper } from '../../src/upkeep/sweep.ts';
import { addWatches, lead, removeWatch, updateWatch } from '../../src/write/watches.ts';
import { type PlainStore, plainStore } from '../plain-store.ts';
import { queryAt } from '../servers/postgres.ts';
import { sharedServer } from '../servers/test-server.ts';
import { type Explained, explaining } from './explaining-driver.ts';
import { fillSql } from './fill.ts';

const url = await sharedServer();

const ROWS = 100_000;
const TABLES = ['calls', 'recorded', 'jobs', 'watches'];
const HOUR = 3_600_000;

/** What a page of calls may read: the calls that it examines, and what an index says of a few. */
const PAGE_BUFFERS = 12_000;

const ago = (hours: number) => new Date(Date.now() - hours * HOUR);

const QUERIES: readonly CallQuery[] = [
  {},
  { provider: 'rare' },
  { state: 'live' },
  { state: 'live', provider: 'acme' },
  { state: 'ended' },
  { state: 'ended', status: 'failed', provider: 'zenith' },
  { status: 'canceled' },
  { status: ['ringing', 'queued'] },
  { answered: false },
  { search: '1555' },
  { search: '0001' },
  { search: 'c4ca' },
  { search: 'no such call' },
  { parentCallId: 'c4ca4238a0b923820dcc509a6f75849b', since: ago(2), until: ago(1) },
  { silentForMs: HOUR },
  { silentForMs: 0, provider: 'rare', answered: true },
  { hasConflict: true },
  { hasConflict: false, status: 'busy' },
  { hasDeadLetter: true },
  { hasDeadLetter: false, provider: 'rare' },
  { sipCode: 486, state: 'ended' },
  { sipCode: 503 },
  { errorCode: '31005', state: 'ended', provider: 'zenith' },
  { changedSince: ago(1) },
  { changedSince: ago(10_000) },
  { since: ago(10), until: ago(9) },
  { hasConflict: true, provider: 'rare', status: 'busy', hasDeadLetter: true, search: '555', changedSince: ago(5) },
  { cursor: '1-1' },
];

const WATCHED = { provider: 'zenith', callId: 'c4ca4238a0b923820dcc509a6f75849b', revision: 2 ** 20, dueInMs: 0 };

const ALL_TIMES = { after: { at: 0, row: 0 }, last: { at: Date.now(), row: ROWS } };

const OPERATIONS: Readonly<Record<string, (store: PlainStore) => Promise<unknown>>> = {
  getCall: (store) => getCall(store, 'zenith', 'c4ca4238a0b923820dcc509a6f75849b'),
  'events from the beginning': (store) => new Feed(store).page(),
  'events since a time': (store) => new Feed(store).page({ since: ago(1) }),
  'events from the end': (store) => new Feed(store).page({ after: 'end' }),
  'events after a place': (store) => new Feed(store).page({ after: `${ROWS}-0`, limit: 200 }),
  'events of a provider': (store) => new Feed(store).page({ after: `${ROWS}-0`, provider: 'rare' }),
  'stats of a day': (store) => readStats(store, { since: ago(24), bucketMs: HOUR, by: 'provider' }),
  'stats of a provider': (store) => readStats(store, { since: ago(1), bucketMs: HOUR, provider: 'rare' }),
  'deadLetters.list': (store) => listDeadLetters(store),
  'deadLetters.list of a provider': (store) => listDeadLetters(store, { provider: 'rare' }),
  'deadLetters.get': (store) => getDeadLetter(store, 'unknown'),
  'deadLetters.groups': (store) => groupDeadLetters(store, { provider: 'acme' }),
  'deadLetters.replayAll': (store) => oldestDeadLetters(store, {}, ALL_TIMES),
  'deadLetters.replayAll of a provider': (store) => oldestDeadLetters(store, { provider: 'acme' }, ALL_TIMES),
  handled: (store) => handled(store, [{ provider: 'zenith', callId: 'c4ca4238a0b923820dcc509a6f75849b', id: 'x' }]),
  'refusals.list': (store) => new StoredRefusals(store, () => {}).list({ provider: 'acme' }),
  'watches.get': (store) => getWatch(store, WATCHED),
  'watches.list': (store) => listWatches(store),
  'watches.list of expected calls': (store) => listWatches(store, { state: 'expected', provider: 'rare' }),
  'watches.list of stuck calls': (store) => listWatches(store, { state: 'stuck', limit: 10 }),
  'watches.due': (store) => dueWatches(store, { limit: 200 }),
  'watches.add': (store) => addWatches(store, [WATCHED, { ...WATCHED, callId: 'new' }]),
  'watches.update': (store) => updateWatch(store, WATCHED, { dueInMs: 0, progress: NO_PROGRESS }),
  'watches.remove': (store) => removeWatch(store, WATCHED),
  'watches.lead': (store) => lead(store, 'a', 1000),
  'leave to sweep': (store) => new Sweeper(store, new ClockWatch(Date.now)).maySweep(1000),
  'a sweep of ended calls': (store) => new Sweeper(store, new ClockWatch(Date.now)).step(FIRST),
  'a sweep of live calls': (store) => new Sweeper(store, new ClockWatch(Date.now)).step({ ...FIRST, range: 'live' }),
  'a sweep of watches': (store) => new Sweeper(store, new ClockWatch(Date.now)).step({ ...FIRST, range: 'watches' }),
};

describe.skipIf(url === undefined)('with a hundred thousand calls and jobs', () => {
  const schema = `t_plans_${process.pid}`;
  const explained: Explained[] = [];
  let store: PlainStore;

  beforeAll(async () => {
    store = await plainStore(url as string, schema, { wrap: (driver) => explaining(driver, explained) });
    // On a slow machine, the server would come to it by itself between two tests.
    for (const table of TABLES)
      await queryAt(url as string, `ALTER TABLE ${schema}.${table} SET (autovacuum_enabled = false)`);
    await queryAt(url as string, `BEGIN; ${fillSql(schema, ROWS, ROWS)}; COMMIT`);
    await queryAt(url as string, `UPDATE ${schema}.inbox SET retention_ms = ${24 * HOUR}`);
  }, 120_000);

  afterAll(async () => {
    await store.end();
    await queryAt(url as string, `DROP SCHEMA ${schema} CASCADE`);
  });

  /** Runs it, and returns its statements. */
  async function statementsOf(run: (store: PlainStore) => Promise<unknown>): Promise<readonly Explained[]> {
    explained.length = 0;
    await run(store);
    expect(explained.length).toBeGreaterThan(0);
    return explained;
  }

  describe.each([
    ['without statistics', []],
    ['with statistics', TABLES],
  ])('%s', (_, analyzed) => {
    beforeAll(async () => {
      for (const table of analyzed) await queryAt(url as string, `VACUUM ANALYZE ${schema}.${table}`);
    });

    it.each(QUERIES)('a page of calls is read through indexes, and examines a bounded number: %j', async (query) => {
      for (const { scanned, buffers, text } of await statementsOf((read) => listCalls(read, query))) {
        expect(scanned, text).toEqual([]);
        expect(buffers, text).toBeLessThan(PAGE_BUFFERS);
      }
    });

    it.each(Object.entries(OPERATIONS))('%s reads few rows, through indexes', async (_name, run) => {
      for (const { scanned, buffers, text } of await statementsOf(run)) {
        expect(scanned, text).toEqual([]);
        expect(buffers, text).toBeLessThan(PAGE_BUFFERS);
      }
    });

    it('health reads the jobs and the live calls, and not the history', async () => {
      for (const { scanned, text } of await statementsOf((read) => healthReader(read, () => ({}))())) {
        expect(scanned, text).toEqual([]);
      }
    });
  });

  it('a scan would be found', async () => {
    const [found] = await statementsOf((read) => read.read(`SELECT id FROM ${read.schema}.recorded WHERE event = ''`));
    expect(found?.scanned).toEqual(['recorded']);
    expect(found?.buffers).toBeGreaterThan(PAGE_BUFFERS);
  });

  it('short pages lead to all calls that match', async () => {
    const query: CallQuery = {
      status: 'busy',
      provider: 'acme',
      hasConflict: false,
      hasDeadLetter: false,
      limit: 1000,
    };
    const found = [];
    let pages = 0;
    for (let cursor: string | undefined = ''; cursor !== undefined; pages++) {
      const page = await listCalls(store, cursor === '' ? query : { ...query, cursor });
      found.push(...page.rows.map(({ callId }) => callId));
      cursor = page.next;
    }
    const all = await queryAt(
      url as string,
      `SELECT call_id FROM ${schema}.calls c WHERE status = 'busy' AND provider = 'acme' AND NOT has_conflict
        AND NOT EXISTS (SELECT 1 FROM ${schema}.jobs WHERE call = c.id AND dead_at IS NOT NULL)
      ORDER BY first_event_at DESC, id DESC`,
    );
    expect(found).toEqual(all.map((row) => row['call_id']));
    expect(pages).toBeGreaterThan(found.length / 1000 + 1);
  });
});
