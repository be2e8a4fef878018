import { randomUUID } from 'node:crypto';
import {
  type AnyCallStatusEvent,
  type Call,
  type CallQuery,
  type CallSummary,
  type DeadLetter,
  type DeadLetterQuery,
  type Failure,
  foldCall,
  type InboxCounts,
  type Lease,
  type Page,
  type Recorded,
  type Taken,
  type TakeRequest,
  transitionOf,
  type Unrecorded,
  type Work,
} from '@call-status/core';
import type { Database, Row, Statement, Value } from './engine.ts';
import { closeDatabase, rollback } from './open.ts';

/** For how long the id of an event stays known after its call's last event: longer than any provider retries. */
const DUPLICATES_FOR_MS = 7 * 86_400_000;

/** How many rows one step of cleaning up looks at or removes. */
const SWEEP_ROWS = 100;

/** How many dead letters one step of replaying moves. */
const REPLAY_ROWS = 100;

const PAGE_ROWS = 50;

/** How many of the events that were recorded last are kept in memory too, so that they need not be read again. */
const RECENT_EVENTS = 256;

/** The place of a row in an index of times. */
export interface Place {
  readonly at: number;
  readonly row: number;
}

/** Before all rows. */
export const FIRST: Place = { at: 0, row: 0 };

interface ReplayStep {
  readonly replayed: number;
  /** The place of the last that was replayed; none when there is none left. */
  readonly last: Place | undefined;
}

/**
 * The operations of the inbox on one connection. They are synchronous; those that write run inside the transaction of
 * whoever calls them, between {@link Store.begin} and {@link Store.commit}.
 */
export class Store {
  readonly #db: Database;
  readonly #statements: Statements;
  readonly #onDue: () => void;
  /** Makes the leases of this connection differ from those of all others. */
  readonly #name = randomUUID();
  #leases = 0;
  /** The events that were recorded last, each in the slot of its row. */
  readonly #recent: ({ readonly row: number; readonly event: AnyCallStatusEvent } | undefined)[] = [];

  /** @param onDue called when work became due; also when the transaction is rolled back afterwards */
  constructor(db: Database, onDue: () => void) {
    this.#db = db;
    this.#statements = prepare(db);
    this.#onDue = onDue;
  }

  /** Takes the lock for writing at once: a transaction that only reads at first could not be sure to get it later. */
  begin(): void {
    this.#statements.begin.run();
  }

  commit(): void {
    this.#statements.commit.run();
  }

  rollback(): void {
    this.#recent.length = 0;
    rollback(this.#db);
  }

  close(): void {
    closeDatabase(this.#db);
  }

  /** A number that differs once another connection has committed. */
  version(): unknown {
    return this.#statements.version.get()?.['data_version'];
  }

  record(event: Unrecorded, now: number): Recorded {
    const { call, eventOfCall, forgotten, insertCall, updateCall, insertEvent, insertWork } = this.#statements;
    const { provider, callId, id, status, terminal } = event;
    const known = call.get(callId, provider);
    const double = known && eventOfCall.get(known['id'], id);
    if (double !== undefined) return { transition: 'duplicate', done: double['unfinished'] === 0 };
    if (forgotten.get(id) !== undefined) return { transition: 'duplicate', done: true };

    const transition = transitionOf(known?.['status'], status);
    const recorded = { ...event, transition } as AnyCallStatusEvent;
    const at = Date.parse(event.receivedAt);
    let callRow = known?.['id'];
    if (known === undefined) {
      callRow = Number(insertCall.run(provider, callId, status, Number(terminal), at, at).lastInsertRowid);
    } else if (transition === 'advance') {
      updateCall.run(status, Number(terminal), at, callRow);
    } else {
      updateCall.run(known['status'], known['terminal'], at, callRow);
    }
    const eventRow = Number(insertEvent.run(callRow, id, JSON.stringify(recorded)).lastInsertRowid);
    this.#recent[eventRow % RECENT_EVENTS] = { row: eventRow, event: recorded };
    insertWork.run(eventRow, callRow, id, now, callRow, now);
    this.#onDue();
    return { transition, done: false };
  }

  take({ limit, leaseMs, owner }: TakeRequest, now: number): Taken {
    const { due, lease, nextDue } = this.#statements;
    const work = due.all(now, limit).map((row): Work => {
      const token = `${row['id']}.${++this.#leases}.${this.#name}`;
      lease.run(owner, token, now + leaseMs, row['id']);
      return {
        lease: { eventId: row['event_id'], token },
        event: this.#eventOf(row),
        attempt: row['attempts'] + 1,
        doneHandlers: JSON.parse(row['done_handlers']),
      };
    });
    const next = nextDue.get(now);
    return { work, ...(next && { nextAt: next['due_at'] }) };
  }

  /** Nearly all events are taken by the connection that has just recorded them. A handler may have changed what it was given. */
  #eventOf({ id, event_id, attempts }: Row): AnyCallStatusEvent {
    const recent = this.#recent[id % RECENT_EVENTS];
    if (recent === undefined || recent.row !== id || recent.event.id !== event_id || attempts > 0) {
      return eventOf(this.#statements.event.get(id) as Row);
    }
    this.#recent[id % RECENT_EVENTS] = undefined;
    return recent.event;
  }

  renew(leases: readonly Lease[], until: number): Lease[] {
    return leases.filter(({ token }) => this.#statements.renew.run(until, workOf(token), token).changes === 0);
  }

  finish({ token }: Lease): boolean {
    return this.#leave(this.#statements.finish.get(workOf(token), token));
  }

  fail({ token }: Lease, { retryAt, error: text, doneHandlers }: Failure, now: number): boolean {
    const { retry, bury } = this.#statements;
    const done = JSON.stringify(doneHandlers);
    // At NUL a text would be cut.
    const error = text.replaceAll('\0', '\ufffd');
    const row =
      retryAt === undefined
        ? bury.get(now, error, done, workOf(token), token)
        : retry.get(Math.ceil(retryAt), error, done, workOf(token), token);
    return this.#leave(row);
  }

  release({ token }: Lease): boolean {
    return this.#leave(this.#statements.release.get(workOf(token), token));
  }

  /** After an event left its worker: the first unfinished event of its call is next. */
  #leave(row: Row | undefined): boolean {
    if (row === undefined) return false;
    if (this.#statements.promote.run(row['call']).changes !== 0) this.#onDue();
    return true;
  }

  call(provider: string, callId: string): Call | undefined {
    const rows = this.#statements.eventsOfCall.all(callId, provider);
    return rows.length === 0 ? undefined : foldCall(rows.map(eventOf));
  }

  calls({ provider, state, since, until, cursor, limit = PAGE_ROWS }: CallQuery): Page<CallSummary> {
    const where = new Conditions();
    where.add('provider = ?', provider);
    if (state !== undefined) where.add(state === 'live' ? 'terminal = 0' : 'terminal = 1');
    where.add('first_at >= ?', since);
    where.add('first_at < ?', until);
    where.after('first_at', 'id', cursor);
    const sql = `SELECT * FROM calls ${where.sql} ORDER BY first_at DESC, id DESC LIMIT ?`;
    return page(this.#db.prepare(sql).all(...where.values, limit + 1), limit, 'first_at', summaryOf);
  }

  deadLetters(query: DeadLetterQuery): Page<DeadLetter> {
    const { cursor, limit = PAGE_ROWS } = query;
    const where = deadWhere(query);
    where.after('dead_at', 'work.id', cursor);
    const sql = `${DEAD} ${where.sql} ORDER BY dead_at DESC, work.id DESC LIMIT ?`;
    return page(this.#db.prepare(sql).all(...where.values, limit + 1), limit, 'dead_at', deadLetterOf);
  }

  deadLetter(eventId: string): DeadLetter | undefined {
    const row = this.#statements.deadLetter.get(eventId);
    return row && deadLetterOf(row);
  }

  replay(eventId: string, now: number): boolean {
    const row = this.#statements.revive.get(now, eventId);
    if (row === undefined) return false;
    // Its place is before the later events of its call; one of them that waits for its retry gives way.
    this.#statements.demote.run(row['call']);
    return this.#leave(row);
  }

  /** Replays the oldest of those that fit, and that were dead before `startedAt` and come after a place: what dies again is not replayed again. */
  replayStep(
    query: Pick<DeadLetterQuery, 'provider' | 'since' | 'until'>,
    startedAt: number,
    after: Place,
    now: number,
  ): ReplayStep {
    const where = deadWhere(query);
    where.add('dead_at <= ?', startedAt);
    where.add('(dead_at, work.id) > (?, ?)', after.at, after.row);
    const sql = `SELECT dead_at, work.id, work.event_id ${DEAD_FROM} ${where.sql} ORDER BY dead_at, work.id LIMIT ${REPLAY_ROWS}`;
    const rows = this.#db.prepare(sql).all(...where.values);
    for (const row of rows) this.replay(row['event_id'], now);
    const last = rows.at(-1);
    return { replayed: rows.length, last: last && { at: last['dead_at'], row: last['id'] } };
  }

  discard(eventId: string): boolean {
    return this.#statements.discard.run(eventId).changes !== 0;
  }

  counts(now: number): InboxCounts {
    return { ...this.#statements.counts.get(now, now) } as unknown as InboxCounts;
  }

  /**
   * Looks at some of what is older than `retainFor`, and removes it. A call that still has work or a dead letter stays.
   *
   * @param after the place where the step before ended, so that calls that stay are looked at once and not in every step
   * @returns the place where the next step begins; none when there is no more
   */
  sweep(retainFor: number, after: Place, now: number): Place | undefined {
    const { oldCall, remember, removeEvents, removeCall, oldForgotten } = this.#statements;
    let rows = Number(oldForgotten.run(now, SWEEP_ROWS).changes);
    let place = after;
    while (rows < SWEEP_ROWS) {
      const call = oldCall.get(place.at, place.row, now - retainFor);
      if (call === undefined) return undefined;
      rows++;
      if (!call['has_work']) {
        const until = call['last_at'] + DUPLICATES_FOR_MS;
        if (until > now) remember.run(until, call['id'], SWEEP_ROWS);
        const removed = Number(removeEvents.run(call['id'], SWEEP_ROWS).changes);
        // The next step goes on with the rest of a long call.
        if (removed === SWEEP_ROWS) return place;
        removeCall.run(call['id']);
        rows += removed;
      }
      place = { at: call['last_at'], row: call['id'] };
    }
    return place;
  }
}

type Statements = ReturnType<typeof prepare>;

/** The statements that run for every event, prepared once for each connection. */
export const SQL = {
  begin: 'BEGIN IMMEDIATE',
  commit: 'COMMIT',
  version: 'PRAGMA data_version',
  call: 'SELECT id, status, terminal FROM calls WHERE call_id = ? AND provider = ?',
  eventOfCall: `
    SELECT EXISTS (SELECT 1 FROM work WHERE work.id = events.id AND dead_at IS NULL) AS unfinished
    FROM events WHERE call = ? AND event_id = ?`,
  forgotten: 'SELECT 1 FROM forgotten WHERE event_id = ?',
  insertCall: `
    INSERT INTO calls (provider, call_id, status, terminal, first_at, last_at, events) VALUES (?, ?, ?, ?, ?, ?, 1)`,
  updateCall: 'UPDATE calls SET status = ?, terminal = ?, last_at = max(last_at, ?), events = events + 1 WHERE id = ?',
  insertEvent: 'INSERT INTO events (call, event_id, event) VALUES (?, ?, ?)',
  insertWork: `
    INSERT INTO work (id, call, event_id, run_at, due_at)
    VALUES (?, ?, ?, ?, iif(EXISTS (SELECT 1 FROM work WHERE call = ? AND dead_at IS NULL), NULL, ?))`,
  due: 'SELECT id, event_id, attempts, done_handlers FROM work WHERE due_at <= ? ORDER BY due_at, id LIMIT ?',
  event: 'SELECT event FROM events WHERE id = ?',
  lease: 'UPDATE work SET owner = ?, token = ?, due_at = ?, attempts = attempts + 1 WHERE id = ?',
  nextDue: 'SELECT due_at FROM work WHERE due_at > ? ORDER BY due_at LIMIT 1',
  renew: 'UPDATE work SET due_at = ? WHERE id = ? AND token = ?',
  finish: 'DELETE FROM work WHERE id = ? AND token = ? RETURNING call',
  retry: `
    UPDATE work SET run_at = ?, error = ?, done_handlers = ?, due_at = NULL, owner = NULL, token = NULL
    WHERE id = ? AND token = ? RETURNING call`,
  bury: `
    UPDATE work SET dead_at = ?, error = ?, done_handlers = ?, due_at = NULL, owner = NULL, token = NULL
    WHERE id = ? AND token = ? RETURNING call`,
  release: `
    UPDATE work SET attempts = attempts - 1, due_at = NULL, owner = NULL, token = NULL
    WHERE id = ? AND token = ? RETURNING call`,
  promote: `
    UPDATE work SET due_at = run_at
    WHERE id = (SELECT id FROM work WHERE call = ?1 AND dead_at IS NULL ORDER BY id LIMIT 1)
      AND NOT EXISTS (SELECT 1 FROM work WHERE call = ?1 AND dead_at IS NULL AND token IS NOT NULL)`,
  revive: `
    UPDATE work SET dead_at = NULL, attempts = 0, run_at = ?
    WHERE event_id = ? AND dead_at IS NOT NULL RETURNING call`,
  demote: 'UPDATE work SET due_at = NULL WHERE call = ? AND dead_at IS NULL AND token IS NULL',
  discard: 'DELETE FROM work WHERE event_id = ? AND dead_at IS NOT NULL',
  eventsOfCall: `
    SELECT event FROM events
    WHERE call = (SELECT id FROM calls WHERE call_id = ? AND provider = ?) ORDER BY event_id`,
  deadLetter: `
    SELECT event, attempts, error, dead_at
    FROM work CROSS JOIN events ON events.id = work.id WHERE work.event_id = ? AND dead_at IS NOT NULL`,
  counts: `
    SELECT
      (SELECT count(*) FROM calls WHERE terminal = 0) AS live,
      (SELECT count(*) FROM calls WHERE terminal = 1) AS ended,
      (SELECT count(*) FROM work WHERE dead_at IS NULL AND (token IS NULL OR due_at <= ?)) AS waiting,
      (SELECT count(*) FROM work WHERE token IS NOT NULL AND due_at > ?) AS running,
      (SELECT count(*) FROM work WHERE dead_at IS NOT NULL) AS dead`,
  oldCall: `
    SELECT id, last_at, EXISTS (SELECT 1 FROM work WHERE call = calls.id) AS has_work FROM calls
    WHERE terminal = 1 AND (last_at, id) > (?, ?) AND last_at < ?
    ORDER BY last_at, id LIMIT 1`,
  remember: 'INSERT OR REPLACE INTO forgotten SELECT event_id, ? FROM events WHERE call = ? ORDER BY event_id LIMIT ?',
  removeEvents: 'DELETE FROM events WHERE id IN (SELECT id FROM events WHERE call = ? ORDER BY event_id LIMIT ?)',
  removeCall: 'DELETE FROM calls WHERE id = ?',
  oldForgotten: 'DELETE FROM forgotten WHERE event_id IN (SELECT event_id FROM forgotten WHERE until <= ? LIMIT ?)',
} as const;

function prepare(db: Database): Record<keyof typeof SQL, Statement> {
  const statements = Object.entries(SQL).map(([name, sql]) => [name, db.prepare(sql)]);
  return Object.fromEntries(statements) as Record<keyof typeof SQL, Statement>;
}

const DEAD_FROM = 'FROM work CROSS JOIN events ON events.id = work.id JOIN calls ON calls.id = work.call';
const DEAD = `SELECT work.id, event, attempts, error, dead_at ${DEAD_FROM}`;

function deadWhere({ provider, since, until }: DeadLetterQuery): Conditions {
  const where = new Conditions();
  where.add('dead_at IS NOT NULL');
  where.add('calls.provider = ?', provider);
  where.add('dead_at >= ?', since);
  where.add('dead_at < ?', until);
  return where;
}

/** The conditions of a query, all of which have to be true. */
class Conditions {
  readonly values: Value[] = [];
  readonly #parts: string[] = [];

  get sql(): string {
    return this.#parts.length === 0 ? '' : `WHERE ${this.#parts.join(' AND ')}`;
  }

  /** Adds a condition on a value, unless the value is absent. */
  add(condition: string, ...values: readonly (Value | undefined)[]): void {
    if (values.includes(undefined)) return;
    this.#parts.push(condition);
    this.values.push(...(values as Value[]));
  }

  /** Only what comes after the cursor, newest first. */
  after(time: string, id: string, cursor: string | undefined): void {
    const [at, row] = cursor?.split('-').map(Number) ?? [];
    this.add(`(${time}, ${id}) < (?, ?)`, at, row);
  }
}

/** Makes a page out of one row more than fits. */
function page<T>(rows: readonly Row[], limit: number, time: string, toItem: (row: Row) => T): Page<T> {
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  return { rows: items.map(toItem), ...(last && { next: `${last[time]}-${last['id']}` }) };
}

function eventOf(row: Row): AnyCallStatusEvent {
  return JSON.parse(row['event']);
}

function summaryOf(row: Row): CallSummary {
  return {
    provider: row['provider'],
    callId: row['call_id'],
    status: row['status'],
    terminal: row['terminal'] === 1,
    firstAt: row['first_at'],
    lastAt: row['last_at'],
    events: row['events'],
  };
}

function deadLetterOf(row: Row): DeadLetter {
  return { event: eventOf(row), attempts: row['attempts'], error: row['error'], deadAt: row['dead_at'] };
}

/** The row of `work` that a lease is for; no row has `null`. */
function workOf(token: string): number | null {
  const id = Number.parseInt(token, 10);
  return Number.isNaN(id) ? null : id;
}
