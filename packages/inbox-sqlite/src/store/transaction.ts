import type { Now } from '../database/clock.ts';
import type { Database } from '../database/engine.ts';
import { RecentEvents } from '../recent-events.ts';
import { prepare, type Sql, type Statements } from './statements.ts';
import { BLOCKED, DUE, RETRYING, RUNNING, Totals } from './totals.ts';

/** An event that was recorded and is not in `work` yet. */
export interface NewJob {
  readonly call: number;
  readonly row: number;
  readonly eventId: string;
  readonly provider: string;
  readonly since: number;
}

/** Who takes an event, in the transaction that records it. */
export interface NewLease {
  readonly owner: string;
  readonly token: string;
  readonly until: number;
  readonly leaseMs: number;
}

export const TRANSACTION_SQL: Sql<
  'flags' | 'insertRunning' | 'insertDue' | 'insertBlocked' | 'unfinished' | 'hasHead' | 'schedule'
> = {
  flags: `
    SELECT EXISTS (SELECT 1 FROM tombstones WHERE until > 0) AS tombstones, EXISTS (SELECT 1 FROM erasing WHERE call > 0) AS erasing`,
  insertRunning: `
    INSERT INTO jobs (call, id, event_id, provider, state, owner, token, wakes_at, span_ms, takes)
    VALUES (?, ?, ?, ?, 3, ?, ?, ?, ?, 1)`,
  insertDue: 'INSERT INTO jobs (call, id, event_id, provider, state, due_since) VALUES (?, ?, ?, ?, 1, ?)',
  insertBlocked: 'INSERT INTO jobs (call, id, event_id, provider, state) VALUES (?, ?, ?, ?, 0)',
  unfinished: 'SELECT id, state, not_before, span_ms FROM jobs WHERE call = ? AND state < 4 ORDER BY id LIMIT 1',
  hasHead: 'SELECT 1 FROM jobs WHERE call = ? AND state IN (1, 2, 3) LIMIT 1',
  schedule: 'UPDATE jobs SET state = ?, due_since = ?, wakes_at = ? WHERE call = ? AND id = ?',
};

/** What the operations of one transaction share. */
export class Transaction {
  readonly totals: Totals;
  /** The rows of the events that the other side still has. */
  readonly recent: RecentEvents<true> = new RecentEvents();
  /** Whether work became due that was not taken in this transaction. */
  isWorkDue = false;
  /** Whether ids of removed events may be known. */
  hasTombstones = true;
  /** Whether events of calls that are gone may be left. */
  isErasing = true;
  /** Events that were recorded in this transaction and may be taken in it; the rest becomes work at its end. */
  newJobs: NewJob[] = [];
  readonly #statements: Statements<typeof TRANSACTION_SQL>;

  constructor(db: Database) {
    this.totals = new Totals(db);
    this.#statements = prepare(db, TRANSACTION_SQL);
  }

  begin(): void {
    const flags = this.#statements.flags.get();
    this.hasTombstones = flags?.['tombstones'] === 1;
    this.isErasing = flags?.['erasing'] === 1;
    this.isWorkDue = false;
  }

  flush(): void {
    this.storeNewJobs();
    this.totals.flush();
  }

  clear(): void {
    this.recent.clear();
    this.newJobs = [];
    this.totals.clear();
  }

  /** What was recorded becomes work: at once if it waits for an earlier event of its call, else unless it is taken before. */
  addJob(job: NewJob, isBehind: boolean): void {
    if (!isBehind) this.newJobs.push(job);
    else {
      const { call, row, eventId, provider } = job;
      this.#statements.insertBlocked.run(call, row, eventId, provider);
      this.totals.enter(BLOCKED);
    }
  }

  /** What was recorded and not taken becomes work for the next caller that asks. */
  storeNewJobs(): void {
    for (const { call, row, eventId, provider, since } of this.newJobs) {
      this.#statements.insertDue.run(call, row, eventId, provider, since);
      this.totals.enter(DUE);
      this.isWorkDue = true;
    }
    this.newJobs = [];
  }

  /** An event is taken in the transaction that records it. */
  leaseNewJob({ call, row, eventId, provider }: NewJob, { owner, token, until, leaseMs }: NewLease): void {
    this.#statements.insertRunning.run(call, row, eventId, provider, owner, token, until, leaseMs);
    this.totals.enter(RUNNING);
  }

  /** After an event left its worker: the first unfinished event of its call is next. Nearly always there is none. */
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
