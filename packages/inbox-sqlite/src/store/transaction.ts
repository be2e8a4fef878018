import type { Now } from '../database/clock.ts';
import { type Database, prepare, type Row, type Sql, type Statements } from '../database/engine.ts';
import { Flights, type NewJob, type NewLease, tokenOf } from './flights.ts';
import { SearchTexts } from './search-texts.ts';
import { BLOCKED, DUE, RETRYING, RUNNING, Totals } from './totals.ts';

export const TRANSACTION_SQL: Sql<
  'flags' | 'insertRunning' | 'insertDue' | 'insertBlocked' | 'unfinished' | 'hasHead' | 'schedule'
> = {
  flags: `
    SELECT
      EXISTS (SELECT 1 FROM tombstones WHERE until > 0) AS tombstones,
      EXISTS (SELECT 1 FROM erasing WHERE call > 0) AS erasing,
      (SELECT revision FROM flights WHERE name = ?1) AS revision,
      EXISTS (SELECT 1 FROM flights WHERE name > '' AND name <> ?1) AS others,
      max(coalesce((SELECT max(id) FROM calls), 0), coalesce((SELECT max(call) FROM erasing), 0)) AS call,
      max(coalesce((SELECT max(id) FROM recorded), 0), (SELECT removed_to FROM inbox WHERE id = 1)) AS row`,
  insertRunning: `
    INSERT INTO jobs (call, id, event_id, provider, state, owner, token, wakes_at, span_ms, takes)
    VALUES (?, ?, ?, ?, 3, ?, ?, ?, ?, 1)`,
  insertDue: 'INSERT INTO jobs (call, id, event_id, provider, state, due_since) VALUES (?, ?, ?, ?, 1, ?)',
  insertBlocked: 'INSERT INTO jobs (call, id, event_id, provider, state) VALUES (?, ?, ?, ?, 0)',
  unfinished: 'SELECT id, state, not_before, span_ms FROM jobs WHERE call = ? AND state < 4 ORDER BY id LIMIT 1',
  hasHead: 'SELECT 1 FROM jobs WHERE call = ? AND state IN (1, 2, 3) LIMIT 1',
  schedule: 'UPDATE jobs SET state = ?, due_since = ?, wakes_at = ? WHERE call = ? AND id = ?',
};

/** The state that the operations of one transaction share. */
export class Transaction {
  readonly totals: Totals;
  /** Whether a job became due that was not taken in this transaction. */
  isWorkDue = false;
  /** Whether there may be tombstones. */
  hasTombstones = true;
  /** Whether events of removed calls may be left. */
  isErasing = true;
  /** The jobs of events recorded in this transaction. They may be taken in it; the rest is stored at its end. */
  newJobs: NewJob[] = [];
  readonly flights: Flights;
  readonly searchTexts: SearchTexts;
  /** The last numbers of a call and of an event. Those of removed ones are not used again: they are in cursors, and may still be erased. */
  lastCall = 0;
  lastRow = 0;
  /** The connection, which makes its leases differ from those of all others. */
  readonly #name: string;
  readonly #statements: Statements<typeof TRANSACTION_SQL>;
  #leases = 0;
  /** The last call before this transaction. */
  #lastCallBefore = 0;

  constructor(db: Database, name: string) {
    this.#name = name;
    this.totals = new Totals(db);
    this.flights = new Flights(db, name);
    this.searchTexts = new SearchTexts(db);
    this.#statements = prepare(db, TRANSACTION_SQL);
  }

  begin(): void {
    const flags = this.#statements.flags.get(this.#name) as Row;
    this.hasTombstones = flags['tombstones'] === 1;
    this.isErasing = flags['erasing'] === 1;
    this.isWorkDue = false;
    this.lastCall = flags['call'];
    this.#lastCallBefore = this.lastCall;
    this.lastRow = flags['row'];
    this.flights.begin(flags['revision'], flags['others'] === 1);
  }

  flush(): void {
    this.storeNewJobs();
    this.flights.flush();
    this.totals.flush();
    this.searchTexts.addBlocks(this.#lastCallBefore, this.lastCall);
  }

  clear(): void {
    this.newJobs = [];
    this.flights.clear();
    this.totals.clear();
  }

  newToken(call: number, row: number): string {
    return tokenOf([call, row, ++this.#leases], this.#name);
  }

  /** Adds the job of a recorded event. One behind an earlier event of its call is stored at once. */
  addJob(job: NewJob, isBehind: boolean): void {
    if (!isBehind) this.newJobs.push(job);
    else {
      const { call, row, eventId, provider } = job;
      this.#statements.insertBlocked.run(call, row, eventId, provider);
      this.totals.enter(BLOCKED);
    }
  }

  /** Stores the new jobs that were not taken as due. */
  storeNewJobs(): void {
    for (const { call, row, eventId, provider, since } of this.newJobs) {
      this.#statements.insertDue.run(call, row, eventId, provider, since);
      this.totals.enter(DUE);
      this.isWorkDue = true;
    }
    this.newJobs = [];
  }

  /** Leases a new job, and returns the token. */
  leaseNewJob(job: NewJob, lease: NewLease): string {
    const { call, row, eventId, provider } = job;
    const { owner, until, leaseMs } = lease;
    const token = this.newToken(call, row);
    if (!this.flights.add(job, this.#leases, lease)) {
      this.#statements.insertRunning.run(call, row, eventId, provider, owner, token, until, leaseMs);
    }
    this.totals.enter(RUNNING);
    return token;
  }

  /** Schedules the first unfinished event of a call after another one left its worker. Nearly always there is none. */
  schedule(call: number, { steady }: Now): void {
    const { unfinished, hasHead, schedule } = this.#statements;
    const next = unfinished.get(call);
    if (next?.['state'] !== BLOCKED || hasHead.get(call) !== undefined) return;
    const { id, not_before: notBefore, span_ms: spanMs } = next;
    const isWaiting = notBefore > steady;
    if (isWaiting) schedule.run(RETRYING, null, Math.min(notBefore, steady + spanMs), call, id);
    else schedule.run(DUE, steady, null, call, id);
    this.totals.move(BLOCKED, isWaiting ? RETRYING : DUE);
    this.isWorkDue = true;
  }
}
