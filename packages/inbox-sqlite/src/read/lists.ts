import type { CallSummary, Page } from '@call-status/core';
import { type CallQuery, type CallRow, type Place, summaryOf, timeCursor, timeRange } from '@call-status/core/inbox';
import type { Now } from '../database/clock.ts';
import type { Database, Row, Statement } from '../database/engine.ts';
import { ChangedCalls } from './changed.ts';
import { allOf, type Condition, filterOf, inOneOf, isContradiction, isOfLiveCalls, rangesOf } from './filter.ts';
import { CallFinder, newestFirst } from './search.ts';

const PAGE_ROWS = 50;

/** How many rows of an index one step examines, and how many calls it returns: requests are served between steps. */
const STEP_ROWS = 500;
const STEP_CALLS = 25;

/** How many steps a page takes at most. */
const MOST_STEPS = 20;

/** How many calls that a search found one step examines. */
const STEP_FOUND = 100;

const SUMMARY = `
  calls.*, dead_letters > 0 AS has_dead_letter, event_id AS last_event_id, transition AS last_event_transition,
  event ->> '$.status' AS last_event_status, event ->> '$.receivedAt' AS last_event_received
  FROM calls`;
const LAST_EVENT = 'CROSS JOIN recorded ON recorded.id = calls.last_event';
const NEWEST = 'ORDER BY first_event_at DESC, calls.id DESC LIMIT';

/** A part of an index of calls that is sorted by time. */
interface Part extends Condition {
  readonly index: string;
}

/** The calls that one step found. */
interface Step {
  readonly rows: readonly Row[];
  /** Where the next step begins; `undefined` at the end. */
  readonly next: Place | undefined;
}

/** Lists calls, newest first. A page examines a bounded number of rows, whatever it looks for. */
export class CallLists {
  readonly #db: Database;
  readonly #finder: CallFinder;
  readonly #changed: ChangedCalls;
  readonly #prepared = new Map<string, Statement>();

  constructor(db: Database) {
    this.#db = db;
    this.#finder = new CallFinder(db);
    this.#changed = new ChangedCalls(db, (sql) => this.#statement(sql));
  }

  /** Reads a page in steps. */
  *page(query: CallQuery, { wall }: Now): Generator<void, Page<CallSummary>> {
    const { limit = PAGE_ROWS } = query;
    const step = yield* this.#stepOf(query, filterOf(query, wall));
    let place: Place | undefined = startOf(query);
    const found: Row[] = [];
    for (let steps = 0; place !== undefined && found.length <= limit && steps < MOST_STEPS; steps++) {
      if (steps > 0) yield;
      // One more shows whether there is another page.
      const { rows, next }: Step = step(place, Math.min(STEP_CALLS, limit + 1 - found.length));
      found.push(...rows);
      place = next;
    }
    const last = found.length > limit ? placeOf(found[limit - 1] as Row) : place;
    const rows = found.slice(0, limit).map((row) => summaryOf(callRowOf(row)));
    return { rows, ...(last !== undefined && { next: timeCursor.encode(last) }) };
  }

  /** How a step of this query goes on after a place. A search that finds much examines all calls instead. */
  *#stepOf(query: CallQuery, filter: Condition): Generator<void, (before: Place, wanted: number) => Step> {
    const ranges = query.search === undefined ? undefined : rangesOf(query.search);
    const matching = ranges === undefined ? filter : allOf([filter, inOneOf(ranges)]);
    // One more shows whether there is another page.
    const changed = this.#changed.find(query, matching, startOf(query), (query.limit ?? PAGE_ROWS) + 1);
    const places = changed ?? (ranges && (yield* this.#finder.find(ranges)));
    if (places !== undefined) return (before, wanted) => this.#examineFound(places, filter, before, wanted);
    const parts = this.#partsOf(query);
    return (before, wanted) => this.#examine(parts, matching, before, wanted);
  }

  /** The shortest part of an index that has all calls of a query. */
  #partsOf(query: CallQuery): readonly Part[] {
    if (isContradiction(query)) return [];
    if (query.hasDeadLetter === true) return [partOf('calls_with_dead_letters', 'dead_letters > 0')];
    if (query.hasConflict === true) return [partOf('calls_in_conflict', 'has_conflict = 1')];
    const providers = query.provider === undefined ? this.#providers() : [query.provider];
    const live = providers.map((provider) => partOf('calls_live', 'terminal = 0 AND provider = ?', provider));
    if (isOfLiveCalls(query)) return live;
    const ended = partOf('calls_ended', 'terminal = 1');
    return query.state === 'ended' ? [ended] : [ended, ...live];
  }

  #providers(): string[] {
    const statement = this.#statement(`SELECT provider FROM providers WHERE provider > ''`);
    return statement.all().map(({ provider }) => provider);
  }

  /** Examines the next rows of all parts up to the same place. */
  #examine(parts: readonly Part[], filter: Condition, before: Place, wanted: number): Step {
    const ends = parts.map((part) => this.#endOf(part, before));
    const end = ends.filter((place) => place !== undefined).sort(newestFirst)[0];
    const rows = parts
      .flatMap((part) => this.#read(part, filter, before, end ?? FIRST, wanted))
      .sort((a, b) => newestFirst(placeOf(a), placeOf(b)))
      .slice(0, wanted);
    return { rows, next: rows.length === wanted ? placeOf(rows.at(-1) as Row) : end };
  }

  /** The place up to which one step examines a part; `undefined`: to its end. */
  #endOf({ index, sql, values }: Part, before: Place): Place | undefined {
    const row = this.#statement(`
      SELECT first_event_at, id FROM calls INDEXED BY ${index} WHERE ${sql} AND (first_event_at, id) < (?, ?)
      ${NEWEST} 1 OFFSET ${STEP_ROWS - 1}`).get(...values, before.at, before.row);
    return row && placeOf(row);
  }

  #read({ index, sql, values }: Part, filter: Condition, before: Place, end: Place, wanted: number): Row[] {
    return this.#statement(`
      SELECT ${SUMMARY} INDEXED BY ${index} ${LAST_EVENT} WHERE ${sql} AND (first_event_at, calls.id) < (?, ?)
        AND (first_event_at, calls.id) >= (?, ?) AND ${filter.sql}
      ${NEWEST} ?`).all(...values, before.at, before.row, end.at, end.row, ...filter.values, wanted);
  }

  #examineFound(places: readonly Place[], filter: Condition, before: Place, wanted: number): Step {
    const call = this.#statement(`SELECT ${SUMMARY} ${LAST_EVENT} WHERE calls.id = ? AND ${filter.sql}`);
    const rest = places.filter((place) => newestFirst(before, place) < 0);
    const rows: Row[] = [];
    for (const [at, { row }] of rest.entries()) {
      if (rows.length === wanted || at === STEP_FOUND) return { rows, next: rest[at - 1] };
      rows.push(...call.all(row, ...filter.values));
    }
    return { rows, next: undefined };
  }

  #statement(sql: string): Statement {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const statement = this.#db.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }
}

const FIRST: Place = { at: Number.MIN_SAFE_INTEGER, row: 0 };

function startOf({ cursor, ...times }: CallQuery): Place {
  const place = timeCursor.decode(cursor);
  const { untilMs } = timeRange(times);
  return untilMs <= place.at ? { at: untilMs, row: 0 } : place;
}

function partOf(index: string, sql: string, ...values: string[]): Part {
  return { index, sql, values };
}

function placeOf(row: Row): Place {
  return { at: row['first_event_at'], row: row['id'] };
}

function callRowOf(row: Row): CallRow {
  return { ...row, last_event_received_at: Date.parse(row['last_event_received']) } as unknown as CallRow;
}
