import { CallStatusError } from '@call-status/core';
import type { StoreHealth } from '@call-status/core/inbox';
import { sqlStateOf, toInboxError } from './connection/errors.ts';
import { probeNamedStatements } from './connection/named-statements.ts';
import { type Driver, lockMsOf, type Query, type Row, type Session } from './connection/session.ts';
import type { ResolvedOptions } from './options.ts';
import { prepareSchema, quoted, requireSchema } from './schema/migrate.ts';
import { requireRights } from './schema/rights.ts';
import type { Store } from './store.ts';
import { CommitLoop } from './write/commit-loop.ts';
import type { Operation } from './write/operation.ts';

/** The SQLSTATE of a write in a transaction that only reads. */
const READ_ONLY = '25006';

/** Learns what this process has written. */
export interface StoreListener {
  /** After a commit that made jobs due. */
  readonly workIsDue: () => void;
  readonly committed: () => void;
}

/** The store of an inbox. `ready` or the first use opens it; after a failure, the next use tries again. */
export class OpenedStore implements Store {
  readonly schema: string;
  readonly driver: Driver;
  readonly #options: ResolvedOptions;
  readonly #loop: CommitLoop;
  #opening: Promise<void> | undefined;
  #isOpen = false;
  #mayCreate = false;
  #closing: Promise<void> | undefined;

  constructor(options: ResolvedOptions, driver: Driver, { workIsDue, committed }: StoreListener) {
    this.#options = options;
    this.driver = driver;
    this.schema = quoted(options.schema);
    this.#loop = new CommitLoop({
      schema: this.schema,
      lockMs: lockMsOf(options.queryTimeoutMs),
      connect: () => this.connect(),
      now: () => this.now(),
      workIsDue,
      committed,
    });
  }

  now(): number | null {
    return this.#options.clock?.() ?? null;
  }

  /** Opens it. Safe to call again. With `create`, makes or updates the tables if the options allow it. */
  open(create = false): Promise<void> {
    if (this.#closing !== undefined) return Promise.reject(new CallStatusError('closed'));
    if (create && !this.#mayCreate && !this.#options.readOnly) {
      this.#mayCreate = true;
      this.#opening = undefined;
    }
    this.#opening ??= this.#open().catch((error) => {
      this.#opening = undefined;
      throw toInboxError(error, this.driver.server);
    });
    return this.#opening;
  }

  read(text: string, values?: readonly unknown[]): Promise<Row[]> {
    return this.transaction((query) => query(text, values));
  }

  transaction<T>(run: (query: Query) => Promise<T>, settings?: string): Promise<T> {
    return this.#run(() => this.driver.transaction(run, settings));
  }

  write<Arg, Result, Prepared>(operation: Operation<Arg, Result, Prepared>, arg: Arg): Promise<Result> {
    if (this.#closing !== undefined) return Promise.reject(new CallStatusError('closed'));
    if (this.#options.readOnly) return Promise.reject(this.#writesNothing());
    // Without a turn in between, so that operations keep their order.
    return this.#loop.write(operation, arg);
  }

  /** What this process knows about writing, after a transaction that has just read. */
  health(): StoreHealth {
    const { times } = this.#loop;
    const { lastAt } = times;
    const [p50, p99] = [times.quantile(0.5), times.quantile(0.99)];
    return {
      ...times.writable(),
      ...(lastAt !== undefined && { lastCommitAt: new Date(lastAt).toISOString() }),
      ...(p50 !== undefined && p99 !== undefined && { commitMs: { p50, p99 } }),
    };
  }

  /** Refuses what comes from now on, finishes what was asked for, and ends the connections. */
  close(others: () => Promise<unknown>): Promise<void> {
    this.#closing ??= Promise.all([this.#loop.close(), others()]).then(() => this.driver.end());
    return this.#closing;
  }

  async #run<T>(run: () => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) throw new CallStatusError('closed');
    try {
      await this.#opened();
      return await run();
    } catch (error) {
      throw this.#options.readOnly && sqlStateOf(error) === READ_ONLY ? this.#writesNothing() : toInboxError(error);
    }
  }

  async #opened(): Promise<void> {
    if (!this.#isOpen) await this.open();
  }

  async #open(): Promise<void> {
    const { schema, migrate, preparedStatements } = this.#options;
    if (preparedStatements) await probeNamedStatements(this.driver);
    await prepareSchema(this.driver, { schema, migrate, create: this.#mayCreate });
    // A script may only read.
    if (this.#mayCreate) await requireRights(this.driver, schema);
    this.#isOpen = true;
  }

  #writesNothing(): CallStatusError {
    const { server } = this.driver;
    const hint = 'The inbox was opened with readOnly.';
    return new CallStatusError('inbox_unwritable', { ...(server !== undefined && { server }), hint });
  }

  /** A connection to write on, to a store that is prepared. */
  async connect(): Promise<Session> {
    if (this.#options.readOnly) throw this.#writesNothing();
    await this.#opened();
    const session = await this.driver.connect();
    try {
      await requireSchema(session, this.#options.schema);
      return session;
    } catch (error) {
      await session.end();
      throw error;
    }
  }
}
