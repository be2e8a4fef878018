import { randomUUID } from 'node:crypto';
import {
  type AnyCallStatusEvent,
  type Call,
  type CallQuery,
  type CallStatus,
  type CallSummary,
  type DeadLetter,
  type DeadLetterQuery,
  type Failure,
  foldCall,
  type InboxCounts,
  type InboxHealth,
  type Outcome,
  type Page,
  queryRules,
  type TakeRequest,
  type TerminalStatus,
  type Transition,
  transitionOf,
} from '@call-status/core';
import type { Database, Row, Statement, Value } from './engine.ts';
import { checkpoint, rollback } from './open.ts';
import { RecentEvents } from './recent-events.ts';

/** For how long the id of an event stays known after its call's last event: longer than any provider retries. */
const DUPLICATES_FOR_MS = 7 * 86_400_000;

/** How many rows one step of cleaning up looks at or removes. */
const SWEEP_ROWS = 100;

/** How many dead letters one step of replaying moves. */
const REPLAY_ROWS = 100;

const PAGE_ROWS = 50;

/** The time and the row of the last on a page. */
const CURSOR = /^(-?\d{1,16})-(\d{1,16})$/;

/** What the queries have to be that this store gets. */
export const QUERIES: ReturnType<typeof queryRules> = queryRules((cursor) => CURSOR.test(cursor));

// What goes from one thread to another for each event is a tuple: an object's names would go with it each time.

/** What a store needs of an event to record it. */
export type NewEvent = readonly [
  provider: string,
  tenant: string,
  callId: string,
  id: string,
  status: CallStatus,
  terminal: boolean,
  /** Milliseconds since 1970. */
  receivedAt: number,
  /** All of it but its transition. */
  json: string,
];

/** What recording an event found. The row is 0 for a duplicate. */
export type RecordedRow = readonly [row: number, transition: Transition, done: boolean];

/**
 * An event that a worker took; its done handlers are JSON. There is no stored event when whoever took it has it already,
 * see {@link RecentEvents}.
 */
export type TakenRow = readonly [
  row: number,
  eventId: string,
  token: string,
  attempt: number,
  doneHandlers: string,
  interruptions: number,
  suspect: boolean,
  fence: number,
  stored?: StoredEvent,
];

/** An event as it is stored. */
export interface StoredEvent {
  /** All of it but its transition, as JSON. */
  readonly event: string;
  readonly transition: Transition;
}

/** An event that was recorded and is not in `work` yet. */
interface FreshWork {
  readonly call: number;
  readonly row: number;
  readonly eventId: string;
  readonly now: number;
}

/** What a worker got. */
export interface TakenRows {
  readonly work: readonly TakenRow[];
  readonly nextInMs: number | undefined;
  readonly suspects: boolean;
  readonly more: boolean;
}

/** The handlers that are done before the first attempt, as JSON. */
const NOTHING_DONE = '[]';

/** The place of a row in an index of times. */
export interface Place {
  readonly at: number;
  readonly row: number;
}

/** Before all rows. */
export const FIRST: Place = { at: 0, row: 0 };

/** What a step of replaying did. */
export interface ReplayStep {
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
  /** Makes the leases of this connection differ from those of all others. */
  readonly #name = randomUUID();
  #leases = 0;
  /** The rows of the events that the other side still has. */
  readonly #recent = new RecentEvents<true>();
  #isWorkDue = false;
  /** Whether there may be ids of removed events. */
  #hasForgotten = true;
  /** Events that were recorded in this transaction and may be taken in it; the rest becomes work at its end. */
  #fresh: FreshWork[] = [];

  constructor(db: Database) {
    this.#db = db;
    this.#statements = prepare(db);
  }

  /** Whether work became due that was not taken in the same transaction. */
  get isWorkDue(): boolean {
    return this.#isWorkDue;
  }

  /** Takes the lock for writing at once: a transaction that only reads at first could not be sure to get it later. */
  begin(): void {
    this.#statements.begin.run();
    this.#isWorkDue = false;
    this.#hasForgotten = this.#statements.anyForgotten.get() !== undefined;
  }

  commit(): void {
    this.#settleFresh();
    this.#statements.commit.run();
  }

  rollback(): void {
    this.#recent.clear();
    this.#fresh = [];
    rollback(this.#db);
  }

  checkpoint(): void {
    checkpoint(this.#db);
  }

  close(): void {
    this.#db.close();
  }

  /** A number that differs once another connection has committed. */
  version(): unknown {
    return this.#statements.version.get()?.['data_version'];
  }

  record(event: NewEvent, now: number): RecordedRow {
    const { call, eventOfCall, forgotten, insertCall, updateCall, insertEvent } = this.#statements;
    const [provider, tenant, callId, id, status, terminal, receivedAt, json] = event;
    const known = call.get(callId, provider, tenant);
    const hasFresh = known !== undefined && this.#fresh.some((fresh) => fresh.call === known['id']);
    if (hasFresh) this.#settleFresh();
    if (known !== undefined) {
      const double = eventOfCall.get(known['id'], id);
      if (double !== undefined) return [0, 'duplicate', double['unfinished'] === 0];
    }
    if (this.#hasForgotten && forgotten.get(id) !== undefined) return [0, 'duplicate', true];

    const transition = transitionOf(known?.['status'], status);
    let callRow = known?.['id'];
    if (known === undefined) {
      callRow = Number(
        insertCall.run(provider, tenant, callId, status, Number(terminal), receivedAt, receivedAt).lastInsertRowid,
      );
    } else if (transition === 'advance') {
      updateCall.run(status, Number(terminal), receivedAt, callRow);
    } else {
      updateCall.run(known['status'], known['terminal'], receivedAt, callRow);
    }
    const row = Number(insertEvent.run(callRow, id, transition, json).lastInsertRowid);
    this.#recent.set(row, id, true);
    this.#addWork({ call: callRow, row, eventId: id, now }, hasFresh || known?.['unfinished'] === 1);
    return [row, transition, false];
  }

  #addWork(work: FreshWork, isBehind: boolean): void {
    if (isBehind) this.#statements.insertWork.run(work.call, work.row, work.eventId, work.now, null, null, null, 0);
    else this.#fresh.push(work);
  }

  /** What was recorded and not taken becomes work for whoever asks next. */
  #settleFresh(): void {
    for (const { call, row, eventId, now } of this.#fresh) {
      this.#statements.insertWork.run(call, row, eventId, now, now, null, null, 0);
      this.#isWorkDue = true;
    }
    this.#fresh = [];
  }

  take({ limit, leaseMs, owner, suspect = false }: TakeRequest, now: number): TakenRows {
    const { due, dueSuspects, lease, nextDue, insertWork } = this.#statements;
    const rows = suspect ? dueSuspects.all(now, now, Math.min(limit, 1)) : due.all(now, limit);
    if (!suspect && rows.length < limit) this.#isWorkDue = false;
    const work = rows.map(({ id: row, call, event_id: eventId, attempts, done_handlers: doneHandlers }): TakenRow => {
      const token = this.#newToken(call, row);
      const { takes, interruptions, suspect } = lease.get(owner, token, now + leaseMs, call, row) as Row;
      const isThere = this.#recent.take(row, eventId) !== undefined && takes === 1;
      const told = [row, eventId, token, attempts + 1, doneHandlers, interruptions, suspect === 1, takes] as const;
      return isThere ? told : [...told, this.#statements.event.get(row) as unknown as StoredEvent];
    });
    const fresh = suspect ? [] : this.#fresh.splice(0, limit - rows.length);
    for (const { call, row, eventId, now: runAt } of fresh) {
      const token = this.#newToken(call, row);
      insertWork.run(call, row, eventId, runAt, now + leaseMs, owner, token, 1);
      const told = [row, eventId, token, 1, NOTHING_DONE, 0, false, 1] as const;
      const isThere = this.#recent.take(row, eventId) !== undefined;
      work.push(isThere ? told : [...told, this.#statements.event.get(row) as unknown as StoredEvent]);
    }
    const nextAt = nextDue.get(now)?.['due_at'];
    return {
      work,
      nextInMs: nextAt === undefined ? undefined : nextAt - now,
      suspects: dueSuspects.get(now, now, 1) !== undefined,
      more: this.#fresh.length > 0 || due.get(now, 1) !== undefined,
    };
  }

  #newToken(call: number, row: number): string {
    return `${call}.${row}.${++this.#leases}.${this.#name}`;
  }

  /** Prolongs leases, and returns the tokens of those that are lost. */
  renew(tokens: readonly string[], until: number): string[] {
    return tokens.filter((token) => this.#statements.renew.run(until, ...workOf(token), token).changes === 0);
  }

  beginWork(token: string, retryInMs: number, now: number): Outcome {
    const [call, row] = workOf(token);
    return this.#statements.beginWork.run(retryInMs, call, row, token, now).changes === 0 ? 'lost' : 'done';
  }

  finish(token: string): Outcome {
    const [call, row] = workOf(token);
    return this.#outcome(this.#statements.finish.run(call, row, token).changes, call, row);
  }

  fail(token: string, { retryInMs, error: text, doneHandlers }: Failure, now: number): Outcome {
    const { retry, bury } = this.#statements;
    const [call, row] = workOf(token);
    const done = JSON.stringify(doneHandlers);
    // At NUL a text would be cut.
    const error = text.replaceAll('\0', '\ufffd');
    const { changes } =
      retryInMs === undefined
        ? bury.run(now, error, done, call, row, token)
        : retry.run(Math.min(Math.ceil(now + retryInMs), Number.MAX_SAFE_INTEGER), error, done, call, row, token);
    return this.#outcome(changes, call, row);
  }

  release(token: string, retryInMs: number, now: number): Outcome {
    const [call, row] = workOf(token);
    return this.#outcome(this.#statements.release.run(now + retryInMs, call, row, token).changes, call, row);
  }

  #outcome(changes: number | bigint, call: Value, row: Value): Outcome {
    if (changes === 0) return this.#statements.isWork.get(call, row) === undefined ? 'gone' : 'lost';
    this.#promote(call);
    return 'done';
  }

  /** After an event left its worker: the first unfinished event of its call is next. Nearly always there is none. */
  #promote(call: Value): true {
    const next = this.#statements.unfinished.get(call);
    if (next !== undefined && this.#statements.promote.run(call, next['id'], call).changes !== 0)
      this.#isWorkDue = true;
    return true;
  }

  call(provider: string, callId: string, tenant: string): Call | undefined {
    const known = this.#statements.call.get(callId, provider, tenant);
    if (known === undefined) return undefined;
    const { id, status, ended_at: endedAt } = known;
    const events = this.#statements.eventsOfCall.all(id).map((row) => eventOf(row as unknown as StoredEvent));
    return foldCall(events, endedAt === null ? undefined : { status, at: new Date(endedAt).toISOString() });
  }

  endCall(provider: string, callId: string, status: TerminalStatus, tenant: string, now: number): boolean {
    return this.#statements.endCall.run(status, now, callId, provider, tenant).changes !== 0;
  }

  forgetCall(provider: string, callId: string, tenant: string, now: number): boolean {
    this.#settleFresh();
    const { call, remember, removeEvents, removeWork, removeCall } = this.#statements;
    const id = call.get(callId, provider, tenant)?.['id'];
    if (id === undefined) return false;
    remember.run(now + DUPLICATES_FOR_MS, id, -1);
    removeEvents.run(id, -1);
    removeWork.run(id);
    removeCall.run(id);
    this.#hasForgotten = true;
    return true;
  }

  calls({ provider, state, status, since, until, cursor, limit = PAGE_ROWS }: CallQuery): Page<CallSummary> {
    const where = new Conditions();
    where.add('provider = ?', provider);
    if (state !== undefined) where.add(state === 'live' ? 'terminal = 0' : 'terminal = 1');
    const statuses = status === undefined ? undefined : JSON.stringify([status].flat());
    where.add('status IN (SELECT value FROM json_each(?))', statuses);
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
    this.#settleFresh();
    const row = this.#statements.revive.get(now, eventId);
    if (row === undefined) return false;
    // Its place is before the later events of its call; one of them that waits for its retry gives way.
    this.#statements.demote.run(row['call']);
    return this.#promote(row['call']);
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

  health(now: number): InboxHealth {
    const { oldest, ...health } = this.#statements.health.get(now) as Row;
    return { ...health, lagMs: oldest === null ? 0 : now - oldest } as unknown as InboxHealth;
  }

  /**
   * Looks at some of what is older than `retainFor`, and removes it. A call that still has work or a dead letter stays.
   *
   * @param after the place where the step before ended, so that calls that stay are looked at once and not in every step
   * @returns the place where the next step begins; none when there is no more
   */
  sweep(retainFor: number, after: Place, now: number): Place | undefined {
    this.#settleFresh();
    const { oldCall, remember, removeEvents, removeCall, oldForgotten } = this.#statements;
    let rows = Number(oldForgotten.run(now, SWEEP_ROWS).changes);
    let place = after;
    while (rows < SWEEP_ROWS) {
      const call = oldCall.get(place.at, place.row, now - retainFor);
      if (call === undefined) return undefined;
      rows++;
      if (!call['has_work']) {
        const until = call['last_at'] + DUPLICATES_FOR_MS;
        if (until > now) {
          remember.run(until, call['id'], SWEEP_ROWS);
          this.#hasForgotten = true;
        }
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
  call: `
    SELECT id, status, terminal, ended_at, EXISTS (SELECT 1 FROM work WHERE call = calls.id AND dead_at IS NULL) AS unfinished
    FROM calls WHERE call_id = ? AND provider = ? AND tenant = ?`,
  eventOfCall: `
    SELECT EXISTS (SELECT 1 FROM work WHERE call = recorded.call AND id = recorded.id AND dead_at IS NULL) AS unfinished
    FROM recorded WHERE call = ? AND event_id = ?`,
  anyForgotten: 'SELECT 1 FROM forgotten WHERE until > 0 LIMIT 1',
  forgotten: 'SELECT 1 FROM forgotten WHERE event_id = ?',
  insertCall: `
    INSERT INTO calls (provider, tenant, call_id, status, terminal, first_at, last_at, events)
    VALUES (?, ?, ?, ?, ?, ?, ?, 1)`,
  updateCall: 'UPDATE calls SET status = ?, terminal = ?, last_at = max(last_at, ?), events = events + 1 WHERE id = ?',
  insertEvent: 'INSERT INTO recorded (call, event_id, transition, event) VALUES (?, ?, ?, ?)',
  insertWork: `
    INSERT INTO work (call, id, event_id, run_at, due_at, owner, token, takes) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  due: `
    SELECT call, id, event_id, attempts, done_handlers FROM work
    WHERE due_at <= ? AND token IS NULL AND suspect = 0 ORDER BY due_at, id LIMIT ?`,
  dueSuspects: `
    SELECT call, id, event_id, attempts, done_handlers FROM work
    WHERE due_at <= ? AND due_at + coalesce(begun, 0) <= ? AND (token IS NOT NULL OR suspect = 1)
    ORDER BY due_at, id LIMIT ?`,
  event: 'SELECT event, transition FROM recorded WHERE id = ?',
  lease: `
    UPDATE work SET
      suspect = suspect OR token IS NOT NULL, interruptions = interruptions + (begun IS NOT NULL), begun = NULL,
      takes = takes + 1, owner = ?, token = ?, due_at = ?
    WHERE call = ? AND id = ? RETURNING takes, interruptions, suspect`,
  beginWork: 'UPDATE work SET begun = ? WHERE call = ? AND id = ? AND token = ? AND due_at > ?',
  isWork: 'SELECT 1 FROM work WHERE call = ? AND id = ?',
  nextDue: 'SELECT due_at FROM work WHERE due_at > ? ORDER BY due_at LIMIT 1',
  renew: 'UPDATE work SET due_at = ? WHERE call = ? AND id = ? AND token = ?',
  finish: 'DELETE FROM work WHERE call = ? AND id = ? AND token = ?',
  retry: `
    UPDATE work SET
      run_at = ?, error = ?, done_handlers = ?, due_at = NULL, owner = NULL, token = NULL, attempts = attempts + 1, suspect = 0,
      begun = NULL
    WHERE call = ? AND id = ? AND token = ?`,
  bury: `
    UPDATE work SET
      dead_at = ?, error = ?, done_handlers = ?, due_at = NULL, owner = NULL, token = NULL, attempts = attempts + 1, suspect = 0,
      begun = NULL
    WHERE call = ? AND id = ? AND token = ?`,
  release: `
    UPDATE work SET run_at = ?, due_at = NULL, owner = NULL, token = NULL, begun = NULL
    WHERE call = ? AND id = ? AND token = ?`,
  unfinished: 'SELECT id FROM work WHERE call = ? AND dead_at IS NULL ORDER BY id LIMIT 1',
  promote: `
    UPDATE work SET due_at = run_at
    WHERE call = ? AND id = ? AND NOT EXISTS (SELECT 1 FROM work WHERE call = ? AND dead_at IS NULL AND token IS NOT NULL)`,
  revive: `
    UPDATE work SET dead_at = NULL, attempts = 0, interruptions = 0, run_at = ?
    WHERE event_id = ? AND dead_at IS NOT NULL RETURNING call`,
  demote: 'UPDATE work SET due_at = NULL WHERE call = ? AND dead_at IS NULL AND token IS NULL',
  discard: 'DELETE FROM work WHERE event_id = ? AND dead_at IS NOT NULL',
  eventsOfCall: `
    SELECT event, transition FROM recorded WHERE call = ? ORDER BY event_id`,
  endCall: `
    UPDATE calls SET status = ?, terminal = 1, ended_at = ?
    WHERE call_id = ? AND provider = ? AND tenant = ? AND terminal = 0`,
  removeWork: 'DELETE FROM work WHERE call = ?',
  deadLetter: `
    SELECT event, transition, attempts, error, dead_at
    FROM work CROSS JOIN recorded ON recorded.id = work.id WHERE work.event_id = ? AND dead_at IS NOT NULL`,
  counts: `
    SELECT
      (SELECT count(*) FROM calls WHERE terminal = 0) AS live,
      (SELECT count(*) FROM calls WHERE terminal = 1) AS ended,
      (SELECT count(*) FROM work WHERE dead_at IS NULL AND (token IS NULL OR due_at <= ?)) AS waiting,
      (SELECT count(*) FROM work WHERE token IS NOT NULL AND due_at > ?) AS running,
      (SELECT count(*) FROM work WHERE dead_at IS NOT NULL) AS dead`,
  health: `
    WITH unfinished AS (
      SELECT due_at, token IS NOT NULL AND due_at > ?1 AS running, due_at + coalesce(begun, 0) <= ?1 AS due
      FROM work WHERE dead_at IS NULL
    )
    SELECT
      (SELECT count(*) FROM unfinished WHERE due) AS due,
      (SELECT min(due_at) FROM unfinished WHERE due) AS oldest,
      (SELECT count(*) FROM unfinished WHERE NOT running AND due_at IS NOT NULL AND NOT due) AS retrying,
      (SELECT count(*) FROM unfinished WHERE due_at IS NULL) AS blocked,
      (SELECT count(*) FROM unfinished WHERE running) AS running,
      (SELECT count(*) FROM work WHERE dead_at IS NOT NULL) AS dead`,
  oldCall: `
    SELECT id, last_at, EXISTS (SELECT 1 FROM work WHERE call = calls.id) AS has_work FROM calls
    WHERE terminal = 1 AND (last_at, id) > (?, ?) AND last_at < ?
    ORDER BY last_at, id LIMIT 1`,
  remember:
    'INSERT OR REPLACE INTO forgotten SELECT event_id, ? FROM recorded WHERE call = ? ORDER BY event_id LIMIT ?',
  removeEvents: 'DELETE FROM recorded WHERE id IN (SELECT id FROM recorded WHERE call = ? ORDER BY event_id LIMIT ?)',
  removeCall: 'DELETE FROM calls WHERE id = ?',
  oldForgotten: 'DELETE FROM forgotten WHERE event_id IN (SELECT event_id FROM forgotten WHERE until <= ? LIMIT ?)',
} as const;

function prepare(db: Database): Record<keyof typeof SQL, Statement> {
  const statements = Object.entries(SQL).map(([name, sql]) => [name, db.prepare(sql)]);
  return Object.fromEntries(statements) as Record<keyof typeof SQL, Statement>;
}

const DEAD_FROM = 'FROM work CROSS JOIN recorded ON recorded.id = work.id JOIN calls ON calls.id = work.call';
const DEAD = `SELECT work.id, event, transition, attempts, error, dead_at ${DEAD_FROM}`;

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
    const [, at, row] = CURSOR.exec(cursor ?? '')?.map(Number) ?? [];
    this.add(`(${time}, ${id}) < (?, ?)`, at, row);
  }
}

/** Makes a page out of one row more than fits. */
function page<T>(rows: readonly Row[], limit: number, time: string, toItem: (row: Row) => T): Page<T> {
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  return { rows: items.map(toItem), ...(last && { next: `${last[time]}-${last['id']}` }) };
}

/** Makes the event that is stored. */
export function eventOf({ event, transition }: StoredEvent): AnyCallStatusEvent {
  return { ...JSON.parse(event), transition };
}

function summaryOf(row: Row): CallSummary {
  return {
    provider: row['provider'],
    callId: row['call_id'],
    ...(row['tenant'] !== '' && { tenant: row['tenant'] }),
    status: row['status'],
    terminal: row['terminal'] === 1,
    firstAt: row['first_at'],
    lastAt: row['last_at'],
    events: row['events'],
  };
}

function deadLetterOf(row: Row): DeadLetter {
  return {
    event: eventOf(row as unknown as StoredEvent),
    attempts: row['attempts'],
    error: row['error'],
    deadAt: row['dead_at'],
  };
}

/** The row of `work` that a lease is for; none has `null`. */
function workOf(token: string): [call: number | null, row: number | null] {
  const [call = Number.NaN, row = Number.NaN] = token.split('.', 2).map(Number);
  return Number.isInteger(call) && Number.isInteger(row) ? [call, row] : [null, null];
}
