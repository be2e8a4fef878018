import type { Place } from '@call-status/core/inbox';
import { type Database, prepare, type Row, type Sql, type Statements } from '../database/engine.ts';
import { SEARCH_COLUMNS } from '../database/schema/search-texts.ts';
import type { Range } from './filter.ts';

/** A search that finds more calls in one range gives up. */
const MOST_FOUND = 500;

/** How many blocks of 1024 calls one step looks into. */
const STEP_BLOCKS = 64;

/** The calls of some blocks. */
const IN_BLOCKS = `
  WITH RECURSIVE blocks (block) AS (SELECT ?1 UNION ALL SELECT block + 1 FROM blocks WHERE block < ?2)
  SELECT first_event_at, calls.id AS id FROM blocks
  CROSS JOIN search_texts ON search_texts.block = blocks.block AND kind = ?3 AND text >= ?4 AND text < ?5
  CROSS JOIN calls ON calls.id = call LIMIT ${MOST_FOUND + 1}`;

/** The calls from one on. */
const fromOn = (columns: readonly string[]) => `
  SELECT first_event_at, id FROM calls
  WHERE id >= ?1 << 10 AND (${columns.map((name) => `(${name} >= ?2 AND ${name} < ?3)`).join(' OR ')})
  LIMIT ${MOST_FOUND + 1}`;

const BY_KIND = ['newestIds', 'newestDigits', 'newestReversed'] as const;

export const SEARCH_SQL: Sql<'blocks' | 'inBlocks' | (typeof BY_KIND)[number]> = {
  blocks:
    'SELECT coalesce((SELECT min(id) FROM calls), 0) >> 10 AS first, coalesce((SELECT max(id) FROM calls), 0) >> 10 AS last',
  inBlocks: IN_BLOCKS,
  newestIds: fromOn(SEARCH_COLUMNS[0]),
  newestDigits: fromOn(SEARCH_COLUMNS[1]),
  newestReversed: fromOn(SEARCH_COLUMNS[2]),
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
    for (const { kind, bounds } of ranges) {
      const rows = this.#statements[BY_KIND[kind]].all(last, ...bounds);
      for (let block = first; block < last && rows.length <= MOST_FOUND; block += STEP_BLOCKS) {
        yield;
        rows.push(...this.#statements.inBlocks.all(block, Math.min(block + STEP_BLOCKS, last) - 1, kind, ...bounds));
      }
      if (rows.length > MOST_FOUND) return undefined;
      for (const { id, first_event_at: at } of rows) found.set(id, { at, row: id });
    }
    return [...found.values()].sort(newestFirst);
  }
}

export function newestFirst(a: Place, b: Place): number {
  return b.at - a.at || b.row - a.row;
}
