import type { Place } from '@call-status/core/inbox';
import { type Database, prepare, type Row, type Sql, type Statement, type Statements } from '../database/engine.ts';
import type { Range } from './filter.ts';

/** A search that finds more calls in one range gives up. */
const MOST_FOUND = 500;

/** How many blocks of 1024 calls one step looks into. */
const STEP_BLOCKS = 64;

/** The calls of some blocks in a range of a column. */
const inBlocks = (column: string) => `
  WITH RECURSIVE blocks (block) AS (SELECT ?1 UNION ALL SELECT block + 1 FROM blocks WHERE block < ?2)
  SELECT first_event_at, id FROM blocks CROSS JOIN calls ON id >> 10 = block AND ${column} >= ?3 AND ${column} < ?4
  LIMIT ${MOST_FOUND + 1}`;

export const SEARCH_SQL: Sql<'blocks' | Range['column']> = {
  blocks:
    'SELECT coalesce((SELECT min(id) FROM calls), 0) >> 10 AS first, coalesce((SELECT max(id) FROM calls), 0) >> 10 AS last',
  call_id: `SELECT first_event_at, id FROM calls WHERE call_id >= ? AND call_id < ? LIMIT ${MOST_FOUND + 1}`,
  from_digits: inBlocks('from_digits'),
  from_reversed: inBlocks('from_reversed'),
  to_digits: inBlocks('to_digits'),
  to_reversed: inBlocks('to_reversed'),
};

/** Finds calls by their ids and numbers. */
export class CallFinder {
  readonly #statements: Statements<typeof SEARCH_SQL>;

  constructor(db: Database) {
    this.#statements = prepare(db, SEARCH_SQL);
  }

  /** All calls in one of the ranges, newest first; `undefined` if there are many. Looks for them in steps. */
  *find(ranges: readonly Range[]): Generator<void, Place[] | undefined> {
    const found = new Map<number, Place>();
    const { first, last } = this.#statements.blocks.get() as Row;
    for (const { column, bounds } of ranges) {
      const rows: Row[] = [];
      if (column === 'call_id') rows.push(...this.#statements.call_id.all(...bounds));
      else {
        for (let block = first; block <= last && rows.length <= MOST_FOUND; block += STEP_BLOCKS) {
          rows.push(...this.#inBlocks(this.#statements[column], block, bounds));
          yield;
        }
      }
      if (rows.length > MOST_FOUND) return undefined;
      for (const { id, first_event_at: at } of rows) found.set(id, { at, row: id });
    }
    return [...found.values()].sort(newestFirst);
  }

  #inBlocks(statement: Statement, block: number, bounds: readonly string[]): Row[] {
    return statement.all(block, block + STEP_BLOCKS - 1, ...bounds);
  }
}

export function newestFirst(a: Place, b: Place): number {
  return b.at - a.at || b.row - a.row;
}
