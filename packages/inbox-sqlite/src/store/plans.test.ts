import { describe, expect, it } from 'vitest';
import { temporaryFile } from '../../test/support.ts';
import { loadEngine, type Statement } from '../database/engine.ts';
import { openDatabase } from '../database/open.ts';
import { CALL_SQL } from '../read/calls.ts';
import { CHANGED_SQL } from '../read/changed.ts';
import { EXPORT_SQL } from '../read/export.ts';
import { FEED_SQL } from '../read/feed.ts';
import { HANDLED_SQL } from '../read/handled.ts';
import { HEALTH_SQL } from '../read/health.ts';
import { SEARCH_SQL } from '../read/search.ts';
import { STATS_SQL } from '../read/stats.ts';
import { WATCHED_SQL } from '../read/watches.ts';
import { DEAD_LETTER_SQL } from './dead-letters.ts';
import { ERASE_SQL } from './erase.ts';
import { FLIGHT_SQL } from './flights.ts';
import { IMPORT_SQL } from './import.ts';
import { JOB_SQL } from './jobs.ts';
import { RECORD_SQL } from './record.ts';
import { REFUSAL_SQL } from './refusals.ts';
import { RESULT_SQL } from './results.ts';
import { SEARCH_TEXT_SQL } from './search-texts.ts';
import { SETTINGS_SQL } from './settings.ts';
import { STORE_SQL, Store } from './store.ts';
import { SWEEP_SQL } from './sweep.ts';
import { TOTALS_SQL } from './totals.ts';
import { TRANSACTION_SQL } from './transaction.ts';
import { WATCH_SQL } from './watches.ts';
import { WORKER_SQL } from './workers.ts';

const GROUPS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  calls: CALL_SQL,
  changed: CHANGED_SQL,
  feed: FEED_SQL,
  flights: FLIGHT_SQL,
  handled: HANDLED_SQL,
  health: HEALTH_SQL,
  refusals: REFUSAL_SQL,
  search: SEARCH_SQL,
  searchTexts: SEARCH_TEXT_SQL,
  stats: STATS_SQL,
  watched: WATCHED_SQL,
  watches: WATCH_SQL,
  workers: WORKER_SQL,
  deadLetters: DEAD_LETTER_SQL,
  erase: ERASE_SQL,
  export: EXPORT_SQL,
  import: IMPORT_SQL,
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
    .filter((step) => /^(SCAN (?!CONSTANT ROW|blocks|oldest)|USE TEMP B-TREE)/.test(step));
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
