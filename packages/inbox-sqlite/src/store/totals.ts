import type { InboxCounts, InboxHealth } from '@call-status/core/inbox';
import type { Now } from '../database/clock.ts';
import { type Database, prepare, type Sql, type Statements } from '../database/engine.ts';

/** The values of `jobs.state`. */
export const BLOCKED = 0;
export const DUE = 1;
export const RETRYING = 2;
export const RUNNING = 3;
export const DEAD = 4;

/** How many just ended leases and pauses are counted; the next `take` updates the rest. */
const MOST_ENDED = 1000;

export const TOTALS_SQL: Sql<'add' | 'read' | 'endedSpans' | 'nextDueProvider' | 'oldestDue'> = {
  add: `
    UPDATE inbox SET live = live + ?, ended = ended + ?,
      blocked = blocked + ?, due = due + ?, retrying = retrying + ?, running = running + ?, dead = dead + ? WHERE id = 1`,
  read: 'SELECT live, ended, blocked, due, retrying, running, dead FROM inbox WHERE id = 1',
  endedSpans: `SELECT state, wakes_at, begun_ms FROM jobs WHERE wakes_at <= ? ORDER BY wakes_at LIMIT ${MOST_ENDED}`,
  nextDueProvider: `
    SELECT provider FROM jobs WHERE state = 1 AND suspect = ? AND provider > ? ORDER BY provider LIMIT 1`,
  oldestDue: 'SELECT due_since FROM jobs WHERE state = 1 AND suspect = ? AND provider = ? ORDER BY due_since LIMIT 1',
};

/** The columns of the totals. */
type Column = 'live' | 'ended' | 'blocked' | 'due' | 'retrying' | 'running' | 'dead';

/** The totals, and since when the jobs that have just become due are due. */
type Stored = Record<Column | 'dueSince', number>;

/** Counts calls and jobs as they change, so that reading the totals costs the same for any number of them. */
export class Totals {
  readonly #statements: Statements<typeof TOTALS_SQL>;
  #live = 0;
  #ended = 0;
  #states = [0, 0, 0, 0, 0];

  constructor(db: Database) {
    this.#statements = prepare(db, TOTALS_SQL);
  }

  addCalls(live: number, ended: number): void {
    this.#live += live;
    this.#ended += ended;
  }

  /** Adds jobs of a state. */
  enter(state: number, count = 1): void {
    (this.#states[state] as number) += count;
  }

  /** Removes one job of a state. */
  leave(state: number): void {
    this.enter(state, -1);
  }

  move(from: number, to: number): void {
    this.leave(from);
    this.enter(to);
  }

  /** Stores the changes of this transaction. */
  flush(): void {
    if (this.#live !== 0 || this.#ended !== 0 || this.#states.some((change) => change !== 0)) {
      this.#statements.add.run(this.#live, this.#ended, ...this.#states);
    }
    this.clear();
  }

  clear(): void {
    this.#live = 0;
    this.#ended = 0;
    this.#states = [0, 0, 0, 0, 0];
  }

  counts(now: Now): InboxCounts {
    const { live, ended, blocked, due, retrying, running, dead } = this.#read(now);
    return { live, ended, waiting: blocked + due + retrying, running, dead };
  }

  health(now: Now): InboxHealth {
    const { blocked, due, retrying, running, dead, dueSince } = this.#read(now);
    const oldest = Math.min(dueSince, this.#oldestDue(0), this.#oldestDue(1));
    return { due, lagMs: Math.max(0, Math.min(now.steady - oldest, now.steady)), retrying, blocked, running, dead };
  }

  /** The stored totals, corrected for leases and pauses that have ended since. */
  #read({ steady }: Now): Stored {
    const { read, endedSpans } = this.#statements;
    const totals = { ...read.get(), dueSince: Number.POSITIVE_INFINITY } as unknown as Stored;
    for (const { state, wakes_at: wakesAt, begun_ms: begun } of endedSpans.all(steady)) {
      totals[state === RUNNING ? 'running' : 'retrying']--;
      const dueSince = state === RUNNING ? wakesAt + (begun ?? 0) : wakesAt;
      if (dueSince > steady) totals.retrying++;
      else {
        totals.due++;
        totals.dueSince = Math.min(totals.dueSince, dueSince);
      }
    }
    return totals;
  }

  /** Over all providers: each has its own range in the index. */
  #oldestDue(suspect: 0 | 1): number {
    const { nextDueProvider, oldestDue } = this.#statements;
    let oldest = Number.POSITIVE_INFINITY;
    for (let row = nextDueProvider.get(suspect, ''); row !== undefined; ) {
      const provider = row['provider'];
      oldest = Math.min(oldest, oldestDue.get(suspect, provider)?.['due_since']);
      row = nextDueProvider.get(suspect, provider);
    }
    return oldest;
  }
}
