import { errorGroupOf, type Failure, type Outcome, storedText } from '@call-status/core/inbox';
import type { Now } from '../database/clock.ts';
import { type Database, prepare, type Sql, type Statements, type Value } from '../database/engine.ts';
import { BLOCKED, DEAD, RUNNING } from './totals.ts';
import type { Transaction } from './transaction.ts';

const RESULT = `due_since = NULL, wakes_at = NULL, token = NULL, begun_ms = NULL`;
const LEASED = `WHERE call = ? AND id = ? AND token = ? AND state = ?`;

export const RESULT_SQL: Sql<
  'stateOf' | 'renew' | 'begin' | 'finish' | 'retry' | 'moveToDeadLetters' | 'addDeadLetter' | 'release'
> = {
  stateOf: 'SELECT state, token FROM jobs WHERE call = ? AND id = ?',
  renew:
    'UPDATE jobs SET state = 3, due_since = NULL, wakes_at = ?, span_ms = ? WHERE call = ? AND id = ? AND token = ? AND state = ?',
  begin: `UPDATE jobs SET begun_ms = ? WHERE call = ? AND id = ? AND token = ? AND state = 3 AND wakes_at > ?`,
  finish: `DELETE FROM jobs ${LEASED}`,
  retry: `
    UPDATE jobs SET state = 0, failures = failures + 1, suspect = 0, not_before = ?, span_ms = ?, error = ?, done_handlers = ?, ${RESULT}
    ${LEASED}`,
  moveToDeadLetters: `
    UPDATE jobs SET state = 4, failures = failures + 1, suspect = 0, dead_at = ?, error_group = ?, error = ?, handler = ?, done_handlers = ?, ${RESULT}
    ${LEASED}`,
  addDeadLetter: 'UPDATE calls SET dead_letters = dead_letters + 1 WHERE id = ?',
  release: `UPDATE jobs SET state = 0, not_before = ?, span_ms = ?, ${RESULT} ${LEASED}`,
};

/** The longest pause. A time plus this is still a safe integer. */
const LONGEST_MS = 2 ** 52;

/** In characters. */
const LONGEST_HANDLER = 256;

/** Stores the results of jobs, and renews their leases. */
export class Results {
  readonly outcomes: Outcomes = new Outcomes();
  readonly #transaction: Transaction;
  readonly #statements: Statements<typeof RESULT_SQL>;

  constructor(db: Database, transaction: Transaction) {
    this.#transaction = transaction;
    this.#statements = prepare(db, RESULT_SQL);
  }

  /** Renews leases, even ended ones unless another worker took the job. Returns the tokens of lost leases. */
  renew(tokens: readonly string[], leaseMs: number, { steady }: Now): string[] {
    const span = Math.ceil(leaseMs);
    return tokens.filter((token) => {
      const state = this.#apply(token, (...lease) => this.#statements.renew.run(steady + span, span, ...lease).changes);
      if (state === undefined) return true;
      if (state !== RUNNING) this.#transaction.totals.move(state, RUNNING);
      return false;
    });
  }

  /** The handlers begin: a take that ends without a result from here on is an interruption. */
  begin(token: string, retryInMs: number, { steady }: Now): Outcome {
    const job = this.#landed(token);
    const { changes } = this.#statements.begin.run(spanOf(retryInMs), ...job, token, steady);
    return changes === 0 ? 'lost' : 'done';
  }

  finish(token: string, now: Now): Outcome {
    const { flights, totals } = this.#transaction;
    const call = jobOf(token)[0] as number;
    if (flights.finish(call, token)) {
      totals.leave(RUNNING);
      this.outcomes.add(token, 'finish');
      this.#transaction.schedule(call, now);
      return 'done';
    }
    return this.#end('finish', token, undefined, now, (...lease) => this.#statements.finish.run(...lease).changes);
  }

  fail(token: string, { retryInMs, error: text, handler, doneHandlers }: Failure, now: Now): Outcome {
    const { retry, moveToDeadLetters } = this.#statements;
    const done = JSON.stringify(doneHandlers);
    const error = storedText(text, Number.POSITIVE_INFINITY);
    if (retryInMs === undefined) {
      const group = errorGroupOf(text);
      const texts = [group, error, storedText(handler, LONGEST_HANDLER), done];
      const move: Apply = (...lease) => moveToDeadLetters.run(now.wall, ...texts, ...lease).changes;
      return this.#end('fail', token, DEAD, now, move);
    }
    const span = spanOf(retryInMs);
    const retryLater: Apply = (...lease) => retry.run(now.steady + span, span, error, done, ...lease).changes;
    return this.#end('fail', token, BLOCKED, now, retryLater);
  }

  release(token: string, retryInMs: number, now: Now): Outcome {
    const span = spanOf(retryInMs);
    const notBefore = span === 0 ? 0 : now.steady + span;
    const { release } = this.#statements;
    return this.#end('release', token, BLOCKED, now, (...lease) => release.run(notBefore, span, ...lease).changes);
  }

  /** @param state the job's next state; `undefined` if it is done */
  #end(ending: Ending, token: string, state: number | undefined, now: Now, run: Apply): Outcome {
    const before = this.#apply(token, run);
    if (before === undefined) return this.outcomes.of(token, ending) ?? this.#unknown(token);
    const { totals } = this.#transaction;
    totals.leave(before);
    if (state !== undefined) totals.enter(state);
    if (state === DEAD) this.#statements.addDeadLetter.run(jobOf(token)[0]);
    this.outcomes.add(token, ending);
    this.#transaction.schedule(jobOf(token)[0] as number, now);
    return 'done';
  }

  /** Runs a statement on a leased job and returns the state it was in, or `undefined` if the lease is lost. Nearly always it is running. */
  #apply(token: string, run: Apply): number | undefined {
    const [call, row] = this.#landed(token);
    if (run(call, row, token, RUNNING) !== 0) return RUNNING;
    const found = this.#statements.stateOf.get(call, row);
    if (found?.['token'] !== token) return undefined;
    run(call, row, token, found['state']);
    return found['state'];
  }

  /** The row in `jobs` of a lease, which is there even if the job was in flight. */
  #landed(token: string): Job {
    const job = jobOf(token);
    if (job[0] !== null) this.#transaction.flights.land(job[0]);
    return job;
  }

  #unknown(token: string): Outcome {
    const [call, row] = jobOf(token);
    return call === null || this.#statements.stateOf.get(call, row) !== undefined ? 'lost' : 'gone';
  }
}

/** Runs a statement on a leased job in a state, and returns how many rows it changed. */
type Apply = (call: Value, row: Value, token: string, state: number) => number | bigint;

function spanOf(ms: number): number {
  return ms > 0 ? Math.min(Math.ceil(ms), LONGEST_MS) : 0;
}

/** The key of a row in `jobs`; `null` for a token that no inbox issued. */
type Job = readonly [call: number | null, row: number | null];

function jobOf(token: string): Job {
  const [call = Number.NaN, row = Number.NaN] = token.split('.', 2).map(Number);
  return Number.isInteger(call) && Number.isInteger(row) ? [call, row] : [null, null];
}

/** What ended a lease. */
export type Ending = 'finish' | 'fail' | 'release' | 'forget';

/** At least this many are remembered, at most twice as many. */
const REMEMBERED = 10_000;

/** How recent leases ended, so that a result that is reported twice gets the same answer. */
export class Outcomes {
  #recent = new Map<string, Ending>();
  #earlier = new Map<string, Ending>();
  /** Those of the open transaction. */
  #pending: (readonly [token: string, ending: Ending])[] = [];

  add(token: string, ending: Ending): void {
    this.#pending.push([token, ending]);
  }

  commit(): void {
    for (const [token, ending] of this.#pending) this.#recent.set(token, ending);
    if (this.#recent.size >= REMEMBERED) {
      this.#earlier = this.#recent;
      this.#recent = new Map();
    }
    this.#pending = [];
  }

  rollback(): void {
    this.#pending = [];
  }

  /** The answer to a result whose lease has already ended; `undefined` if the ending is not remembered. */
  of(token: string, ending: Ending): Outcome | undefined {
    const pending = this.#pending.findLast(([ended]) => ended === token);
    const known = pending?.[1] ?? this.#recent.get(token) ?? this.#earlier.get(token);
    if (known === undefined) return undefined;
    return known === ending ? 'done' : 'lost';
  }
}
