import { CallStatusError } from '@call-status/core';
import type { JobTransaction, Lease, Outcome } from '@call-status/core/inbox';
import { isTimeout, sqlStateOf, toInboxError } from '../connection/errors.ts';
import { spanOf } from '../connection/server-errors.ts';
import { BEGIN, IDLE_MS, limitSql, type Result, type Session } from '../connection/session.ts';
import type { Sessions } from '../connection/sessions.ts';
import { BY_INDEX } from '../plans.ts';
import type { Store } from '../store.ts';
import { clearInterval, setInterval } from '../timers.ts';
import type { Endings } from './endings.ts';
import { lockSql } from './group.ts';
import type { LeaseOperations } from './results.ts';
import { columnsOfLeases, finishSql, placeOf } from './results.ts';
import { scheduleSql } from './schedule.ts';

/** What transactions of handlers need. */
export interface JobTransactionOptions {
  readonly store: Store;
  readonly sessions: Sessions;
  readonly finish: LeaseOperations['finish'];
  readonly endings: Endings;
  readonly queryTimeoutMs: number;
  /** How long the server keeps a transaction whose host it does not hear of, in milliseconds; 30 seconds by default. */
  readonly idleMs?: number;
  /** After a commit that made a job due. */
  readonly workIsDue: () => void;
  readonly committed: () => void;
}

/** Statements that end a transaction, other than to return to a savepoint. */
const ENDS = /^(?:(?:commit|end|abort|prepare\s+transaction)\b|rollback\b(?!\s+(?:(?:work|transaction)\s+)?to\b))/i;

const NOT_BY_HANDLERS = 'A handler cannot end it: it is committed together with the result of the event.';

/** Undoes what outlives a transaction: the next one on the connection may be that of another tenant. */
const RESET =
  'RESET SESSION AUTHORIZATION; RESET ALL; RESET ROLE; UNLISTEN *; CLOSE ALL; DISCARD TEMP; SELECT pg_advisory_unlock_all()';

/** The handler's role may have no rights on the tables of the inbox. Checks of its own tables that were deferred run before, as that role. */
const BACK_TO_OWN_ROLE = 'SET CONSTRAINTS ALL IMMEDIATE; RESET SESSION AUTHORIZATION; RESET ROLE';

/** In one message: once a transaction has ended, PgBouncer gives its connection to the next client, and what is sent later to another one. */
const END_BY = { COMMIT: `COMMIT; ${RESET}`, ROLLBACK: `ROLLBACK; ${RESET}` } as const;

/** How often a transaction says within `idleMs` that its host is there. */
const SIGNS = 3;

/** Makes the transactions of handlers. */
export class JobTransactions {
  readonly options: JobTransactionOptions;
  readonly sql: { readonly lock: string; readonly finish: string; readonly schedule: string };

  constructor(options: JobTransactionOptions) {
    const { schema } = options.store;
    this.options = options;
    this.sql = { lock: lockSql(schema), finish: finishSql(schema), schedule: scheduleSql(schema) };
  }

  begin(): JobTransaction {
    return new PostgresJobTransaction(this);
  }
}

/** It has a connection of its own from its first statement on, and locks nothing of the inbox until it finishes the event. */
class PostgresJobTransaction implements JobTransaction {
  readonly #options: JobTransactionOptions;
  readonly #sql: JobTransactions['sql'];
  #session: Promise<Session> | undefined;
  #signs: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor({ options, sql }: JobTransactions) {
    this.#options = options;
    this.#sql = sql;
  }

  async query<Row>(text: string, values?: readonly unknown[]): Promise<{ rows: Row[]; rowCount: number | null }> {
    if (this.#isOver) throw new CallStatusError('closed');
    if (ENDS.test(text.slice(beginOf(text)))) throw new CallStatusError('no_transaction', { reason: NOT_BY_HANDLERS });
    return errorsOfInbox(async () => {
      const session = await this.#begun();
      try {
        return (await session.raw(text, values)) as Result & { rows: Row[] };
      } catch (error) {
        throw isTimeout(error) ? tooSlow(this.#options.queryTimeoutMs) : error;
      }
    });
  }

  async finish(lease: Lease): Promise<Outcome> {
    this.#isOver = true;
    if (this.#session === undefined) return this.#options.store.write(this.#options.finish, { lease });
    try {
      return await errorsOfInbox(async () => this.#finish(await this.#begun(), lease));
    } catch (error) {
      await this.rollback();
      throw error;
    }
  }

  async rollback(): Promise<void> {
    this.#isOver = true;
    const session = await this.#session?.catch(() => undefined);
    clearInterval(this.#signs);
    this.#session = undefined;
    if (session === undefined) return;
    await session.query(END_BY.ROLLBACK).catch(() => {});
    this.#options.sessions.release(session);
  }

  async #finish(session: Session, lease: Lease): Promise<Outcome> {
    const { store, endings, workIsDue, committed } = this.#options;
    const now = store.now();
    const [call] = placeOf(lease.token);
    const [, , [row], scheduled] = await Promise.all([
      session.query(`${BACK_TO_OWN_ROLE}; SET LOCAL idle_in_transaction_session_timeout = ${IDLE_MS}; ${BY_INDEX}`),
      session.query(this.#sql.lock, [[], [], [], [call], []]),
      session.query(this.#sql.finish, [...columnsOfLeases([lease]), now]),
      session.query(this.#sql.schedule, [[call], now]),
    ]);
    const outcome: Outcome = row?.['outcome'];
    if (outcome !== 'done') {
      await this.rollback();
      return endings.outcomeOf(lease.token, 'finish', outcome);
    }
    await session.query(END_BY.COMMIT);
    clearInterval(this.#signs);
    this.#session = undefined;
    this.#options.sessions.release(session);
    committed();
    if (scheduled.length > 0) workIsDue();
    return endings.outcomeOf(lease.token, 'finish', outcome);
  }

  #begun(): Promise<Session> {
    this.#session ??= this.#begin();
    return this.#session;
  }

  async #begin(): Promise<Session> {
    const { sessions, queryTimeoutMs, idleMs = 30_000 } = this.#options;
    const session = await sessions.take();
    try {
      // The server gives up on a lock before `pg` gives up on the server.
      const lockMs = Math.ceil(queryTimeoutMs * 0.9);
      const limits = `SET LOCAL idle_in_transaction_session_timeout = ${idleMs}; SET LOCAL lock_timeout = ${lockMs}`;
      await session.query(`${BEGIN}; ${limits}; ${limitSql(queryTimeoutMs)}`);
      // Handlers may take their time, but a host that is lost must not keep their locks.
      this.#signs = setInterval(() => void session.query('').catch(() => {}), idleMs / SIGNS).unref();
      return session;
    } catch (error) {
      await session.query(END_BY.ROLLBACK).catch(() => {});
      sessions.release(session);
      throw error;
    }
  }
}

/** Where a statement begins: after spaces, empty statements and comments, which may contain others. */
function beginOf(text: string): number {
  let depth = 0;
  let isInLine = false;
  for (const { 0: token, index } of text.matchAll(/\/\*|\*\/|--|./gs)) {
    if (isInLine) isInLine = token !== '\n' && token !== '\r';
    else if (token === '/*') depth++;
    else if (depth > 0) depth -= Number(token === '*/');
    else if (token === '--') isInLine = true;
    else if (!/[\s;]/.test(token)) return index;
  }
  return text.length;
}

function tooSlow(queryTimeoutMs: number): CallStatusError {
  return new CallStatusError('inbox_unavailable', {
    reason: `A statement of the handler took longer than ${spanOf(queryTimeoutMs)} (queryTimeoutMs).`,
    hint: 'Make it faster, run it outside of context.transaction, or raise queryTimeoutMs.',
  });
}

/** The application gets the database's errors about its statements. That the database is away is an error of the inbox. */
async function errorsOfInbox<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw isAway(error) ? toInboxError(error) : error;
  }
}

/** Connection, resources, shutdown, or the server itself. */
function isAway(error: unknown): boolean {
  return /^(08|53|57P|XX)/.test(sqlStateOf(error) ?? 'XX');
}
