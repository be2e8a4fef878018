import { CALL_STATUSES, isTerminal } from '@call-status/core';
import { describe, expect, it } from 'vitest';
import { temporaryFile } from '../../test/support.ts';
import { loadEngine, type Statement } from '../database/engine.ts';
import { openDatabase } from '../database/open.ts';
import { CALL_SQL, mergedSql, StoredCalls } from './calls.ts';
import { DEAD_LETTER_SQL } from './dead-letters.ts';
import { ERASE_SQL } from './erase.ts';
import { JOB_SQL } from './jobs.ts';
import { RECORD_SQL } from './record.ts';
import { RESULT_SQL } from './results.ts';
import { LAST } from './rows.ts';
import { SETTINGS_SQL } from './settings.ts';
import { STORE_SQL, Store } from './store.ts';
import { SWEEP_SQL } from './sweep.ts';
import { TOTALS_SQL } from './totals.ts';
import { TRANSACTION_SQL } from './transaction.ts';

const GROUPS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  calls: { ...CALL_SQL, mergedOfOne: mergedSql(1), mergedOfMany: mergedSql(40) },
  deadLetters: DEAD_LETTER_SQL,
  erase: ERASE_SQL,
  record: RECORD_SQL,
  results: RESULT_SQL,
  settings: SETTINGS_SQL,
  sweep: SWEEP_SQL,
  totals: TOTALS_SQL,
  transaction: TRANSACTION_SQL,
  jobs: JOB_SQL,
};
const ALL = Object.entries(GROUPS).flatMap(([group, statements]) =>
  Object.entries(statements).map(([name, sql]) => [`${group}.${name}`, sql] as const),
);

const db = openDatabase(loadEngine(), temporaryFile(), { create: true, waitMs: 0 });

function costlyStepsOf(sql: string): string[] {
  const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
  return plan
    .map((row) => String(row['detail']))
    .filter((step) => /^(SCAN (?!CONSTANT ROW)|USE TEMP B-TREE)/.test(step));
}

describe('a statement', () => {
  it.each(ALL)('neither scans nor sorts, so that it costs the same however many rows there are: %s', (_, sql) => {
    expect(costlyStepsOf(sql)).toEqual([]);
  });

  it('is tested for every operation', () => {
    const prepared = new Set<string>();
    const listening = class extends loadEngine() {
      override prepare(sql: string): Statement {
        prepared.add(sql);
        return super.prepare(sql);
      }
    };
    const path = temporaryFile();
    openDatabase(loadEngine(), path, { create: true, waitMs: 0 }).close();
    const store = new Store(new listening(path), path);
    const known = new Set<string>([...ALL.map(([, sql]) => sql), ...Object.values(STORE_SQL)]);
    expect([...prepared].filter((sql) => !known.has(sql))).toEqual([]);
    store.close();
  });

  it('that scans and sorts would be detected', () => {
    expect(costlyStepsOf('SELECT * FROM jobs WHERE takes > ? ORDER BY error')).toEqual([
      'SCAN jobs',
      'USE TEMP B-TREE FOR ORDER BY',
    ]);
  });
});

describe('a list', () => {
  const prepared: string[] = [];
  const path = temporaryFile();
  openDatabase(loadEngine(), path, { create: true, waitMs: 0 }).close();
  const listening = class extends loadEngine() {
    override prepare(sql: string): Statement {
      prepared.push(sql);
      return super.prepare(sql);
    }
  };
  const store = new Store(new listening(path), path);

  /** All combinations of the parts of a query, each absent or with some of its values. */
  const queries = [undefined, 'acme'].flatMap((provider) =>
    [undefined, 'live', 'ended'].flatMap((state) =>
      [undefined, 'ringing', ['completed', 'busy'], CALL_STATUSES].flatMap((status) =>
        [undefined, 5].flatMap((since) =>
          [undefined, 10].map((until) =>
            Object.fromEntries(
              Object.entries({ provider, state, status, since, until }).filter(([, value]) => value !== undefined),
            ),
          ),
        ),
      ),
    ),
  );

  it.each(queries)('of calls neither scans nor sorts: %j', (query) => {
    prepared.length = 0;
    for (const place of [LAST, { at: 7, row: 3 }]) store.calls.list(query, place, 51);
    for (const sql of prepared) expect(costlyStepsOf(sql)).toEqual([]);
  });

  it('of calls is the same as one that reads every call', () => {
    const file = temporaryFile();
    const filled = openDatabase(loadEngine(), file, { create: true, waitMs: 0 });
    const insert = filled.prepare(`
      INSERT INTO calls (provider, tenant, call_id, status, terminal, first_event_at, last_event_at, event_count) VALUES (?, '', ?, ?, ?, ?, 0, 1)`);
    for (let at = 0; at < 300; at++) {
      const status = CALL_STATUSES[(at * 7) % CALL_STATUSES.length] as (typeof CALL_STATUSES)[number];
      insert.run(
        ['acme', 'zenith', 'omega'][at % 3] as string,
        `c${at}`,
        status,
        Number(isTerminal(status)),
        (at * 31) % 20,
      );
    }
    const calls = new StoredCalls(filled);
    const every = filled.prepare('SELECT * FROM calls ORDER BY first_event_at DESC, id DESC').all();
    for (const query of queries) {
      for (const place of [LAST, { at: 7, row: 200 }]) {
        const { provider, state, status, since = 0, until = 100 } = query as Record<string, never>;
        const expected = every.filter(
          (row) =>
            (provider === undefined || row['provider'] === provider) &&
            (state === undefined || row['terminal'] === Number(state === 'ended')) &&
            (status === undefined || [status].flat().includes(row['status'] as never)) &&
            row['first_event_at'] >= since &&
            row['first_event_at'] < until &&
            (row['first_event_at'] < place.at || (row['first_event_at'] === place.at && row['id'] < place.row)),
        );
        const ids = (rows: typeof every) => rows.slice(0, 20).map((row) => row['id']);
        expect(ids(calls.list(query, place, 20)), JSON.stringify(query)).toEqual(ids(expected));
      }
    }
    filled.close();
  });

  it('of calls of more providers than SQLite can merge at once is merged too', () => {
    const file = temporaryFile();
    const filled = openDatabase(loadEngine(), file, { create: true, waitMs: 0 });
    const insert = filled.prepare(`
      INSERT INTO calls (provider, tenant, call_id, status, terminal, first_event_at, last_event_at, event_count) VALUES (?, '', 'c', 'ringing', 0, ?, 0, 1)`);
    for (let at = 0; at < 120; at++) insert.run(`provider ${at}`, at);
    const rows = new StoredCalls(filled).list({ state: 'live' }, LAST, 110);
    expect(rows.map((row) => row['first_event_at'])).toEqual(Array.from({ length: 110 }, (_, at) => 119 - at));
    filled.close();
  });
});
