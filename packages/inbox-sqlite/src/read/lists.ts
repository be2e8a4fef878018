import type { CallSummary, Page } from '@call-status/core';
import { type CallQuery, type CallRow, type Place, summaryOf, timeCursor, timeRange } from '@call-status/core/inbox';
import type { Now } from '../database/clock.ts';
import type { Database, Row, Statement } from '../database/engine.ts';
import { ChangedCalls } from './changed.ts';
import { allOf, type Condition, filterOf, inOneOf, rangesOf } from './filter.ts';
import { type Part, partsOf } from './parts.ts';
import { CallFinder, newestFirst } from './search.ts';
import { SUMMARY_SQL } from './summary.ts';

const PAGE_ROWS = 50;

/** How many rows of an index one step examines: requests are served between steps. */
const STEP_ROWS = 500;

/** How many calls one step reads of those that were found. */
const STEP_CALLS = 50;

/** How many steps a page takes at most. */
const MOST_STEPS = 20;

/** How many calls that a search found one step examines. */
const STEP_FOUND = 100;

const NEWEST = 'ORDER BY first_event_at DESC, calls.id DESC LIMIT';

const PROVIDERS_OF_LIVE_CALLS = `SELECT provider FROM providers WHERE provider > ''`;

const NEXT_OF_ENDED_CALLS =
  'SELECT provider FROM calls INDEXED BY calls_by_outcome WHERE terminal = 1 AND provider > name ORDER BY provider LIMIT 1';

/** Skips from one to the next, however many calls each has. A provider that only reports how calls ended is in no other table. */
const PROVIDERS_OF_ENDED_CALLS = `
  WITH RECURSIVE names (name) AS (
    VALUES ('') UNION ALL SELECT (${NEXT_OF_ENDED_CALLS}) FROM names WHERE name IS NOT NULL)
  SELECT name AS provider FROM names WHERE name > ''`;

/** The calls that one step found. */
interface Step {
  readonly places: readonly Place[];
  /** Where the next step begins; `undefined` at the end. */
  readonly next: Place | undefined;
}

/** What one step examines. */
interface Examined {
  readonly before: Place;
  /** The place after which all calls began too early. */
  readonly floor: Place;
  readonly wanted: number;
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
    const start = startOf(query, wall);
    const step = yield* this.#stepOf(query, filterOf(query, wall), start);
    let place: Place | undefined = start;
    const found: Place[] = [];
    for (let steps = 0; place !== undefined && found.length <= limit && steps < MOST_STEPS; steps++) {
      if (steps > 0) yield;
      // One more shows whether there is another page.
      const { places, next }: Step = step(place, limit + 1 - found.length);
      found.push(...places);
      place = next;
    }
    const last = found.length > limit ? found[limit - 1] : place;
    const rows = yield* this.#summaries(found.slice(0, limit));
    return { rows, ...(last !== undefined && { next: timeCursor.encode(last) }) };
  }

  /** Another process may have removed one of them meanwhile. */
  *#summaries(places: readonly Place[]): Generator<void, CallSummary[]> {
    const statement = this.#statement(SUMMARY_SQL);
    const summaries: CallSummary[] = [];
    for (let at = 0; at < places.length; at += STEP_CALLS) {
      if (at > 0) yield;
      const rows = statement.all(JSON.stringify(places.slice(at, at + STEP_CALLS).map(({ row }) => row)));
      summaries.push(...rows.map((row) => summaryOf(callRowOf(row))));
    }
    return summaries;
  }

  /** How a step of this query goes on after a place. A search that finds much examines all calls instead. */
  *#stepOf(
    query: CallQuery,
    filter: Condition,
    start: Place,
  ): Generator<void, (before: Place, wanted: number) => Step> {
    const ranges = query.search === undefined ? undefined : rangesOf(query.search);
    const matching = ranges === undefined ? filter : allOf([filter, inOneOf(ranges)]);
    // One more shows whether there is another page.
    const changed = this.#changed.find(query, matching, start, (query.limit ?? PAGE_ROWS) + 1);
    if (changed !== undefined) return () => ({ places: changed, next: undefined });
    const places = ranges && (yield* this.#finder.find(ranges));
    if (places !== undefined) return (before, wanted) => this.#examineFound(places, filter, before, wanted);
    const parts = partsOf(query, {
      live: () => this.#namesOf(PROVIDERS_OF_LIVE_CALLS),
      ended: () => this.#namesOf(PROVIDERS_OF_ENDED_CALLS),
    });
    const floor = { at: timeRange(query).sinceMs, row: 0 };
    return (before, wanted) => this.#examine(parts, matching, { before, floor, wanted });
  }

  #namesOf(providers: string): string[] {
    return this.#statement(providers)
      .all()
      .map(({ provider }) => provider);
  }

  /** Examines the next rows of all parts up to the same place. */
  #examine(parts: readonly Part[], filter: Condition, { before, floor, wanted }: Examined): Step {
    const ends = parts.map((part) => (part.isExact ? floor : (this.#endOf(part, before) ?? floor)));
    const end = [floor, ...ends].sort(newestFirst)[0] as Place;
    const places = parts
      .flatMap((part) => this.#read(part, filter, before, end, wanted))
      .sort(newestFirst)
      .slice(0, wanted);
    const rest = end === floor ? undefined : end;
    return { places, next: places.length === wanted ? places.at(-1) : rest };
  }

  /** The place up to which one step examines a part; `undefined`: to its end. */
  #endOf({ index, sql, values }: Part, before: Place): Place | undefined {
    const row = this.#statement(`
      SELECT first_event_at, id FROM calls INDEXED BY ${index} WHERE ${sql} AND (first_event_at, id) < (?, ?)
      ${NEWEST} 1 OFFSET ${STEP_ROWS - 1}`).get(...values, before.at, before.row);
    return row && placeOf(row);
  }

  #read({ index, sql, values }: Part, filter: Condition, before: Place, end: Place, wanted: number): Place[] {
    const statement = this.#statement(`
      SELECT first_event_at, id FROM calls INDEXED BY ${index} WHERE ${sql} AND (first_event_at, id) < (?, ?)
        AND (first_event_at, id) >= (?, ?) AND ${filter.sql}
      ${NEWEST} ?`);
    return statement.all(...values, before.at, before.row, end.at, end.row, ...filter.values, wanted).map(placeOf);
  }

  #examineFound(places: readonly Place[], filter: Condition, before: Place, wanted: number): Step {
    const call = this.#statement(`SELECT 1 FROM calls WHERE id = ? AND ${filter.sql}`);
    const rest = places.filter((place) => newestFirst(before, place) < 0);
    const matching: Place[] = [];
    for (const [at, place] of rest.entries()) {
      if (matching.length === wanted || at === STEP_FOUND) return { places: matching, next: rest[at - 1] };
      if (call.get(place.row, ...filter.values) !== undefined) matching.push(place);
    }
    return { places: matching, next: undefined };
  }

  #statement(sql: string): Statement {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const statement = this.#db.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }
}

/** A call that has been silent for a time began before. */
function startOf({ cursor, silentForMs = Number.NEGATIVE_INFINITY, ...times }: CallQuery, wall: number): Place {
  const place = timeCursor.decode(cursor);
  const endAt = Math.min(timeRange(times).untilMs, wall - silentForMs + 1);
  return endAt <= place.at ? { at: endAt, row: 0 } : place;
}

function placeOf({ first_event_at: at, id: row }: Row): Place {
  return { at, row };
}

function callRowOf({ row, event_status, event_received, ...numbers }: Row): CallRow {
  const event = { last_event_status: event_status, last_event_received_at: Date.parse(event_received) };
  return Object.assign(JSON.parse(row), numbers, event);
}
