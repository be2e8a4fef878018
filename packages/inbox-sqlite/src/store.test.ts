import { describe, expect, it } from 'vitest';
import { temporaryFile } from '../test/support.ts';
import { loadEngine } from './engine.ts';
import { openDatabase } from './open.ts';
import { SQL } from './store.ts';

/** These look at all there is, and no event waits for them. */
const OVERVIEWS = new Set(['counts']);
const NO_QUERIES = new Set(['begin', 'commit', 'version']);

describe('the statements', () => {
  const db = openDatabase(loadEngine(), temporaryFile(), 0);
  const plan = (sql: string) =>
    db
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map((row) => String(row['detail']));

  for (const [name, sql] of Object.entries(SQL)) {
    if (OVERVIEWS.has(name) || NO_QUERIES.has(name)) continue;
    it(`${name} neither scans nor sorts, so that it costs the same however much is stored`, () => {
      expect(plan(sql).filter((step) => /^(SCAN|USE TEMP B-TREE)/.test(step))).toEqual([]);
    });
  }

  it('would show a scan', () => {
    expect(plan('SELECT * FROM work WHERE attempts > ? ORDER BY error')).toEqual([
      'SCAN work',
      'USE TEMP B-TREE FOR ORDER BY',
    ]);
  });
});
