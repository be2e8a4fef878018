import type { Page } from '@call-status/core';
import {
  type DueWatches,
  isInState,
  type Place,
  type StoredWatch,
  timeCursor,
  type Watch,
  type WatchedCall,
  type WatchHealth,
  type WatchQuery,
  watchOf,
} from '@call-status/core/inbox';
import type { Now } from '../database/clock.ts';
import { type Database, prepare, type Row, type Sql, type Statements } from '../database/engine.ts';
import { CALL_OF_WATCH } from '../database/schema/call-key.ts';

const PAGE_ROWS = 50;

/** How many watches one step examines, between which requests are served, and how many steps a page takes at most. */
const STEP_ROWS = 50;
const MOST_STEPS = 20;

/** How many are counted. */
const MOST_COUNTED = 1000;

const WATCHED = `
  SELECT watches.id AS id, changes, watches.provider AS provider, watches.tenant AS tenant, watches.call_id AS call_id, since, due_at,
    expected, progress, status, last_event_at
  FROM watches LEFT JOIN ${CALL_OF_WATCH}`;
const NEWEST = `(since, watches.id) < (?, ?) ORDER BY since DESC, watches.id DESC LIMIT ${STEP_ROWS}`;

export const WATCHED_SQL: Sql<'get' | 'due' | 'list' | 'listTold' | 'told'> = {
  get: `${WATCHED} WHERE watches.call_id = ? AND watches.provider = ? AND watches.tenant = ?`,
  due: `${WATCHED} WHERE due_at > -9007199254740991 ORDER BY due_at, watches.id LIMIT ?`,
  list: `${WATCHED} WHERE ${NEWEST}`,
  listTold: `${WATCHED} WHERE told = 1 AND ${NEWEST}`,
  told: `
    SELECT expected IS NOT NULL AS expected, stuck, failed, terminal
    FROM watches LEFT JOIN ${CALL_OF_WATCH}
    WHERE told = 1 AND since > -9007199254740991 ORDER BY since LIMIT ${MOST_COUNTED}`,
};

/** Reads watched calls. */
export class WatchedCalls {
  readonly #statements: Statements<typeof WATCHED_SQL>;

  constructor(db: Database) {
    this.#statements = prepare(db, WATCHED_SQL);
  }

  get({ provider, tenant = '', callId }: WatchedCall, now: Now): Watch | undefined {
    const row = this.#statements.get.get(callId, provider, tenant);
    return row && toWatch(row, now);
  }

  due(limit: number, now: Now): DueWatches {
    // One more shows when the next is due.
    const first = this.#statements.due.all(limit + 1);
    const rows = first.slice(0, limit).filter((row) => row['due_at'] <= now.steady);
    const next = first[rows.length];
    return {
      rows: rows.map((row) => toWatch(row, now)),
      ...(next && { nextInMs: Math.max(0, next['due_at'] - now.steady) }),
    };
  }

  /** Reads a page in steps. */
  *page({ provider, state, cursor, limit = PAGE_ROWS }: WatchQuery, now: Now): Generator<void, Page<Watch>> {
    const statement = this.#statements[state === undefined || state === 'expected' ? 'list' : 'listTold'];
    const found: Watch[] = [];
    let place = timeCursor.decode(cursor);
    for (let steps = 0; steps < MOST_STEPS; steps++) {
      if (steps > 0) yield;
      const rows = statement.all(place.at, place.row);
      for (const row of rows) {
        if (found.length === limit) return { rows: found, next: timeCursor.encode(place) };
        place = placeOf(row);
        const watch = toWatch(row, now);
        const matches = (provider ?? watch.provider) === watch.provider;
        if (matches && (state === undefined || isInState(watch, state))) found.push(watch);
      }
      if (rows.length < STEP_ROWS) return { rows: found };
    }
    return { rows: found, next: timeCursor.encode(place) };
  }

  health(): WatchHealth {
    const told = this.#statements.told.all();
    const count = (is: (row: Row) => boolean): number => told.filter(is).length;
    return {
      missing: count(({ expected, terminal }) => expected === 1 && terminal === null),
      stuck: count(({ stuck, terminal }) => stuck === 1 && terminal === 0),
      failed: count(({ failed }) => failed === 1),
    };
  }
}

function placeOf(row: Row): Place {
  return { at: row['since'], row: row['id'] };
}

function toWatch(row: Row, { wall, steady }: Now): Watch {
  return watchOf({ ...row, due_at: wall + row['due_at'] - steady } as unknown as StoredWatch);
}
