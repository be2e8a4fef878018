import {
  type Call,
  type CallQuery,
  CallStatusError,
  type CallSummary,
  type DeadLetters,
  type ErrorCode,
  type Failure,
  type Inbox,
  type InboxCounts,
  type Lease,
  type Page,
  type Recorded,
  type Taken,
  type TakeRequest,
  type Unrecorded,
} from '@call-status/core';
import { type Database, type DatabaseClass, loadEngine } from './engine.ts';
import { toInboxError } from './failure.ts';
import { fileIdentity, openDatabase } from './open.ts';
import { resolveOptions, type SqliteInboxOptions } from './options.ts';
import { FIRST, type Place, Store } from './store.ts';

/** How long to wait before the next attempt when another program locks the file. */
const LOCKED_PAUSE_MS = 20;

/** The errors that may come from the connection, and not from what was to be done. */
const REOPEN: ReadonlySet<ErrorCode> = new Set(['inbox_corrupted', 'inbox_unwritable', 'inbox_unavailable']);

/** How long to wait between two steps of cleaning up, so that requests go first. */
const SWEEP_PAUSE_MS = 5;

/**
 * An inbox in an SQLite file: what it acknowledged survives a crash and a power cut. Several processes of one machine may share
 * the file. The file is opened at once, and opened again whenever it was damaged or replaced.
 *
 * @throws CallStatusError `invalid_options`, and when the file cannot be opened `inbox_unwritable`, `inbox_locked`,
 * `inbox_corrupted`, `inbox_full`, `inbox_unsupported` or `inbox_unavailable`
 * @example
 * ```ts
 * const calls = createCallStatus({ providers, inbox: sqliteInbox({ path: 'calls.db' }) });
 * ```
 */
export function sqliteInbox(options: SqliteInboxOptions): Inbox {
  return new SqliteInbox(resolveOptions(options), loadEngine());
}

/** Something to do in a transaction, and who waits for it. */
interface Operation {
  readonly run: (store: Store) => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: CallStatusError) => void;
  /** When it is too late to wait for another program's lock. */
  readonly deadline: number;
}

/**
 * All operations of one turn of the event loop share a transaction, and so one write to the disk (group commit). They run on the
 * main thread: a commit blocks it for the time of one fsync, and a worker thread would cost every event two copies and a hop.
 */
export class SqliteInbox implements Inbox {
  readonly durable = true;
  readonly deadLetters: DeadLetters;
  readonly #options: Required<SqliteInboxOptions>;
  readonly #engine: DatabaseClass;
  readonly #onOpen: ((db: Database) => void) | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #sweepTimer: NodeJS.Timeout;
  #pollTimer: NodeJS.Timeout | undefined;
  #store: Store | undefined;
  /** Which file the store has open. */
  #file: string | undefined;
  #queue: Operation[] = [];
  #isFlushPlanned = false;
  #isWorkDue = false;
  #version: unknown;
  #closing: Promise<void> | undefined;

  /** @param onOpen for tests: changes the settings of each new connection */
  constructor(options: Required<SqliteInboxOptions>, engine: DatabaseClass, onOpen?: (db: Database) => void) {
    this.#options = options;
    this.#engine = engine;
    this.#onOpen = onOpen;
    const { clock } = options;
    this.deadLetters = {
      list: (query = {}) => this.#read((store) => store.deadLetters(query)),
      read: (eventId) => this.#read((store) => store.deadLetter(eventId)),
      replay: (eventId) => this.#write((store) => store.replay(eventId, clock())),
      replayAll: async (query = {}) => {
        const startedAt = clock();
        let replayed = 0;
        for (let after: Place | undefined = FIRST; after !== undefined; ) {
          const place: Place = after;
          const step = await this.#write((store) => store.replayStep(query, startedAt, place, clock()));
          replayed += step.replayed;
          after = step.last;
        }
        return replayed;
      },
      discard: (eventId) => this.#write((store) => store.discard(eventId)),
    };
    this.#open(options.busyTimeoutMs);
    this.#sweepTimer = setInterval(() => this.#sweep(), options.sweepMs).unref();
    void this.#sweep();
  }

  record(event: Unrecorded): Promise<Recorded> {
    return this.#write((store) => store.record(event, this.#options.clock()));
  }

  take(request: TakeRequest): Promise<Taken> {
    return this.#write((store) => store.take(request, this.#options.clock()));
  }

  renew(leases: readonly Lease[], leaseMs: number): Promise<readonly Lease[]> {
    return this.#write((store) => store.renew(leases, this.#options.clock() + leaseMs));
  }

  finish(lease: Lease): Promise<boolean> {
    return this.#write((store) => store.finish(lease));
  }

  fail(lease: Lease, failure: Failure): Promise<boolean> {
    return this.#write((store) => store.fail(lease, failure, this.#options.clock()));
  }

  release(lease: Lease): Promise<boolean> {
    return this.#write((store) => store.release(lease));
  }

  onWork(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.#pollTimer ??= setInterval(() => this.#poll(), this.#options.pollMs).unref();
    return () => this.#listeners.delete(listener);
  }

  call(provider: string, callId: string): Promise<Call | undefined> {
    return this.#read((store) => store.call(provider, callId));
  }

  calls(query: CallQuery = {}): Promise<Page<CallSummary>> {
    return this.#read((store) => store.calls(query));
  }

  counts(): Promise<InboxCounts> {
    return this.#read((store) => store.counts(this.#options.clock()));
  }

  close(): Promise<void> {
    this.#closing ??= this.#drain();
    return this.#closing;
  }

  /** Waits until what was begun is done: operations are done in order, so the last one is last. */
  async #drain(): Promise<void> {
    clearInterval(this.#sweepTimer);
    clearInterval(this.#pollTimer);
    await this.#enqueue(() => {}).catch(() => {});
    this.#disconnect();
  }

  async #read<T>(run: (store: Store) => T): Promise<T> {
    if (this.#closing !== undefined) throw new CallStatusError('closed');
    try {
      return run(this.#connect());
    } catch (error) {
      throw this.#failed(error);
    }
  }

  async #write<T>(run: (store: Store) => T): Promise<T> {
    if (this.#closing !== undefined) throw new CallStatusError('closed');
    return this.#enqueue(run);
  }

  #enqueue<T>(run: (store: Store) => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const deadline = performance.now() + this.#options.busyTimeoutMs;
      this.#queue.push({ run, resolve: resolve as (value: unknown) => void, reject, deadline });
      if (this.#isFlushPlanned) return;
      this.#isFlushPlanned = true;
      setImmediate(() => this.#flush());
    });
  }

  /** Commits what is in the queue: together if it goes; if it does not, one by one, so that none fails for its neighbour. */
  #flush(): void {
    this.#isFlushPlanned = false;
    const operations = this.#queue;
    this.#queue = [];
    const groups = this.#options.groupCommit ? [operations] : alone(operations);
    for (let group = groups.shift(); group !== undefined; group = groups.shift()) {
      try {
        this.#commit(group);
      } catch (cause) {
        const error = this.#failed(cause);
        if (error.code === 'inbox_locked') {
          this.#postpone([group, ...groups].flat(), error);
          break;
        }
        if (group.length > 1) groups.unshift(...alone(group));
        else for (const { reject } of group) reject(error);
      }
    }
    if (!this.#isWorkDue) return;
    this.#isWorkDue = false;
    this.#notify();
  }

  /** Nobody hears of a result before it is on the disk. */
  #commit(group: readonly Operation[]): void {
    const store = this.#connect();
    store.begin();
    let results: unknown[];
    try {
      results = group.map(({ run }) => run(store));
      store.commit();
    } catch (error) {
      store.rollback();
      throw error;
    }
    for (const [at, { resolve }] of group.entries()) resolve(results[at]);
  }

  /** Tries again soon, in the same order; what has waited for too long is rejected. */
  #postpone(operations: readonly Operation[], error: CallStatusError): void {
    const now = performance.now();
    const waiting = operations.filter(({ deadline }) => deadline > now);
    for (const { deadline, reject } of operations) if (deadline <= now) reject(error);
    if (waiting.length === 0) return;
    this.#queue = [...waiting, ...this.#queue];
    this.#isFlushPlanned = true;
    setTimeout(() => this.#flush(), LOCKED_PAUSE_MS);
  }

  /** What is wrong with the file may be mended when it is opened again. */
  #failed(cause: unknown): CallStatusError {
    const error = toInboxError(cause);
    if (REOPEN.has(error.code)) this.#disconnect();
    return error;
  }

  /** What is written into a file that is no longer there would be lost, so a file that took its place is noticed. */
  #connect(): Store {
    if (this.#store !== undefined && this.#file === fileIdentity(this.#options.path)) return this.#store;
    this.#disconnect();
    return this.#open(0);
  }

  #open(waitMs: number): Store {
    try {
      const { path } = this.#options;
      const db = openDatabase(this.#engine, path, waitMs);
      this.#store = new Store(db, () => {
        this.#isWorkDue = true;
      });
      this.#file = fileIdentity(path);
      this.#onOpen?.(db);
      return this.#store;
    } catch (error) {
      throw toInboxError(error);
    }
  }

  #disconnect(): void {
    this.#store?.close();
    this.#store = undefined;
  }

  /** Looks for commits of other processes. What cannot be read now is read the next time. */
  async #poll(): Promise<void> {
    const version = await this.#read((store) => store.version()).catch(() => this.#version);
    if (version === this.#version) return;
    this.#version = version;
    this.#notify();
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Cleans up in small steps, between which requests are served. What fails is tried again the next time. */
  async #sweep(): Promise<void> {
    const { clock, retainFor } = this.#options;
    const step = (after: Place) =>
      this.#write((store) => store.sweep(retainFor, after, clock())).catch(() => undefined);
    for (let place = await step(FIRST); place !== undefined; place = await step(place)) {
      await new Promise((resolve) => setTimeout(resolve, SWEEP_PAUSE_MS).unref());
    }
  }
}

function alone(operations: readonly Operation[]): Operation[][] {
  return operations.map((operation) => [operation]);
}
