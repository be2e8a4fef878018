import type { DeadLetter } from '@call-status/core';
import {
  type DeadLetterGroup,
  type DeadLetterQuery,
  deadLetterOf,
  isoOf,
  type PageQuery,
  type Place,
  type StoredDeadLetter,
  timeRange,
} from '@call-status/core/inbox';
import type { Now } from '../database/clock.ts';
import { type Database, prepare, type Row, type Sql, type Statements } from '../database/engine.ts';
import { FIRST } from './rows.ts';
import { BLOCKED, DEAD } from './totals.ts';
import type { Transaction } from './transaction.ts';

/** How many dead letters one step of a replay reads. */
const REPLAY_ROWS = 50;

/** How many dead letters one step of a grouping reads, and how many groups there are at most. */
const GROUP_ROWS = 500;
const MOST_GROUPS = 100;

const COLUMNS = 'jobs.id, event, transition, failures, error, handler, dead_at';
const JOINED = 'FROM jobs CROSS JOIN recorded ON recorded.id = jobs.id WHERE state = 4';
const NEWEST = 'dead_at >= ? AND (dead_at, jobs.id) < (?, ?) ORDER BY dead_at DESC, jobs.id DESC LIMIT ?';
const OLDEST = `(dead_at, id) > (?, ?) AND (dead_at, id) <= (?, ?) ORDER BY dead_at, id LIMIT ${REPLAY_ROWS}`;

/** What a query asks of a dead letter besides its time. */
const FILTERS = {
  '': '',
  OfProvider: 'AND jobs.provider = ?',
  OfError: 'AND error_group = ?',
  OfProviderAndError: 'AND jobs.provider = ? AND error_group = ?',
} as const;

type Filter = keyof typeof FILTERS;

/** A statement for each filter, by the name of the statement and that of the filter. */
function withFilters<Name extends string>(name: Name, sql: (filter: string) => string): Sql<`${Name}${Filter}`> {
  const all = Object.entries(FILTERS).map(([filter, condition]) => [`${name}${filter}`, sql(condition)]);
  return Object.fromEntries(all) as Sql<`${Name}${Filter}`>;
}

function filterOf({ provider, error }: ReplayQuery): { readonly name: Filter; readonly values: readonly string[] } {
  const values = [provider, error].filter((value) => value !== undefined);
  if (values.length === 2) return { name: 'OfProviderAndError', values };
  if (values.length === 0) return { name: '', values };
  return { name: provider === undefined ? 'OfError' : 'OfProvider', values };
}

export const DEAD_LETTER_SQL: Sql<
  | `list${Filter}`
  | `oldest${Filter}`
  | 'read'
  | 'newest'
  | 'replay'
  | 'unschedule'
  | 'discard'
  | 'addToCall'
  | 'grouped'
> = {
  ...withFilters('list', (filter) => `SELECT ${COLUMNS} ${JOINED} ${filter} AND ${NEWEST}`),
  ...withFilters(
    'oldest',
    (filter) => `SELECT dead_at, id, event_id FROM jobs WHERE state = 4 ${filter} AND ${OLDEST}`,
  ),
  read: `SELECT ${COLUMNS} ${JOINED} AND jobs.event_id = ?`,
  newest:
    'SELECT dead_at, id FROM jobs WHERE state = 4 AND dead_at > -9007199254740991 ORDER BY dead_at DESC, id DESC LIMIT 1',
  replay: `
    UPDATE jobs SET state = 0, dead_at = NULL, error_group = NULL, handler = NULL, failures = 0, interruptions = 0, suspect = 0, not_before = 0
    WHERE event_id = ? AND state = 4 RETURNING call`,
  unschedule: `
    UPDATE jobs SET state = 0, due_since = NULL, wakes_at = NULL
    WHERE call = ? AND state = ? AND token IS NULL`,
  discard: 'DELETE FROM jobs WHERE event_id = ? AND state = 4 RETURNING call',
  addToCall: 'UPDATE calls SET dead_letters = dead_letters + ? WHERE id = ?',
  grouped: `
    SELECT provider, error_group, dead_at, id FROM jobs
    WHERE state = 4 AND dead_at < ? AND (dead_at, id) > (?, ?) ORDER BY dead_at, id LIMIT ${GROUP_ROWS}`,
};

/** Which dead letters to replay. */
export type ReplayQuery = Omit<DeadLetterQuery, keyof PageQuery>;

/** From after one place to another. */
export interface Span {
  readonly after: Place;
  readonly last: Place;
}

/** A dead letter to replay, and its place. */
interface OldDeadLetter extends Place {
  readonly eventId: string;
}

/** Reads, replays and discards dead letters. */
export class StoredDeadLetters {
  readonly #transaction: Transaction;
  readonly #statements: Statements<typeof DEAD_LETTER_SQL>;

  constructor(db: Database, transaction: Transaction) {
    this.#transaction = transaction;
    this.#statements = prepare(db, DEAD_LETTER_SQL);
  }

  /** Newest first, starting after a place. */
  list(query: DeadLetterQuery, before: Place, limit: number): Row[] {
    const { name, values } = filterOf(query);
    const { sinceMs, untilMs } = timeRange(query);
    const end = untilMs <= before.at ? { at: untilMs, row: 0 } : before;
    return this.#statements[`list${name}`].all(...values, sinceMs, end.at, end.row, limit);
  }

  read(eventId: string): DeadLetter | undefined {
    const row = this.#statements.read.get(eventId);
    return row && deadLetterOf(row as unknown as StoredDeadLetter);
  }

  replay(eventId: string, now: Now): boolean {
    const transaction = this.#transaction;
    transaction.storeNewJobs();
    const row = this.#statements.replay.get(eventId);
    if (row === undefined) return false;
    this.#statements.addToCall.run(-1, row['call']);
    transaction.flights.land(row['call']);
    transaction.totals.move(DEAD, BLOCKED);
    // The replayed event comes before later events of its call. Unschedule the one that waits, unless a worker may still have it.
    for (const state of [1, 2]) {
      const { changes } = this.#statements.unschedule.run(row['call'], state);
      if (changes !== 0) transaction.totals.move(state, BLOCKED);
    }
    transaction.schedule(row['call'], now);
    return true;
  }

  newest(): Place | undefined {
    const row = this.#statements.newest.get();
    return row && { at: row['dead_at'], row: row['id'] };
  }

  /** The oldest that match, from after a place to the place `last`. */
  oldest(query: ReplayQuery, { after, last }: Span): OldDeadLetter[] {
    const { name, values } = filterOf(query);
    const { sinceMs, untilMs } = timeRange(query);
    const start = sinceMs > after.at ? { at: sinceMs, row: 0 } : after;
    const end = untilMs <= last.at ? { at: untilMs, row: 0 } : last;
    const rows = this.#statements[`oldest${name}`].all(...values, start.at, start.row, end.at, end.row);
    return rows.map((row) => ({ at: row['dead_at'], row: row['id'], eventId: row['event_id'] }));
  }

  discard(eventId: string): boolean {
    const row = this.#statements.discard.get(eventId);
    if (row === undefined) return false;
    this.#statements.addToCall.run(-1, row['call']);
    this.#transaction.totals.leave(DEAD);
    return true;
  }

  /** Groups those that match, in steps. */
  *groups({ provider, error, ...times }: ReplayQuery): Generator<void, DeadLetterGroup[]> {
    const { sinceMs, untilMs } = timeRange(times);
    const groups = new Map<string, Row>();
    for (let place: Place | undefined = { ...FIRST, at: Math.max(sinceMs, FIRST.at) }; place !== undefined; ) {
      const rows = this.#statements.grouped.all(untilMs, place.at, place.row);
      for (const row of rows) {
        const isOfProvider = provider === undefined || row['provider'] === provider;
        if (isOfProvider && (error === undefined || row['error_group'] === error)) addTo(groups, row);
      }
      const last = rows.length === GROUP_ROWS ? rows.at(-1) : undefined;
      place = last && { at: last['dead_at'], row: last['id'] };
      if (place !== undefined) yield;
    }
    return [...groups.values()]
      .sort((a, b) => b['count'] - a['count'] || b['last'] - a['last'])
      .slice(0, MOST_GROUPS)
      .map(groupOf);
  }
}

function addTo(groups: Map<string, Row>, { provider, error_group: error, dead_at: deadAt }: Row): void {
  const key = JSON.stringify([provider, error]);
  const { first = deadAt, count = 0 } = groups.get(key) ?? {};
  groups.set(key, { provider, error, first, last: deadAt, count: count + 1 });
}

function groupOf({ provider, error, first, last, count }: Row): DeadLetterGroup {
  return { provider, error, count, firstDeadAt: isoOf(first), lastDeadAt: isoOf(last) };
}
