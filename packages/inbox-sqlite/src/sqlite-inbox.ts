import { type Call, CallStatusError, type CallSummary, type Inbox, type Page } from '@call-status/core';
import {
  type CallEnd,
  type CallQuery,
  checkOptions,
  type DeadLetters,
  type EventKey,
  type Failure,
  type FeedPage,
  type FeedQuery,
  type InboxCounts,
  type InboxHealth,
  type Lease,
  type MovedCall,
  type NewEvent,
  type Outcome,
  type Recorded,
  type RecordOptions,
  type Refusals,
  type StatsQuery,
  type StatsRow,
  type Taken,
  type TakeRequest,
  type Watches,
  type WorkerReport,
} from '@call-status/core/inbox';
import { loadEngine } from './database/engine.ts';
import { SqliteDeadLetters } from './dead-letters.ts';
import { InboxFile, type Warn, type Write } from './inbox-file.ts';
import { type ResolvedOptions, resolveOptions, type SqliteInboxOptions } from './options.ts';
import { FEED_QUERIES, QUERIES, readSteps } from './pages.ts';
import { SqliteRefusals } from './refusals.ts';
import { Connection } from './store/connection.ts';
import { eventColumnsOf, requireStorableIds, takenOf } from './store/rows.ts';
import { startThread, threadFile } from './thread/start-thread.ts';
import type { StartThread } from './thread/write-queue.ts';
import { Upkeep } from './upkeep.ts';
import { SqliteWatches } from './watches.ts';

/**
 * Creates an inbox in an SQLite file. Acknowledged events survive a crash and a power cut. Several processes of one host may share the file.
 *
 * `ready()`, which a receiver calls when it starts, opens the file; otherwise the first use does. Only a receiver creates a file that does
 * not exist, unless `create` is set; a script that reads gets `inbox_missing`. Writes run in a thread of the inbox, so that callbacks wait
 * for the disk and for locks without blocking the event loop.
 *
 * @throws CallStatusError `invalid_options`; `inbox_unsupported` when this package was bundled, or no safe SQLite is installed
 * @example
 * ```ts
 * import { createCallStatus, signalwire } from '@call-status/core';
 * import { sqliteInbox } from '@call-status/inbox-sqlite';
 *
 * const calls = createCallStatus({
 *   providers: [signalwire({ signingKey: process.env.SIGNALWIRE_SIGNING_KEY! })],
 *   inbox: sqliteInbox({ path: '/data/calls.db' }),
 * });
 * ```
 */
export function sqliteInbox(options: SqliteInboxOptions): Inbox {
  const resolved = resolveOptions(options);
  const file = threadFile(import.meta.url);
  const connection = new Connection(resolved.path, loadEngine(), {
    times: resolved.times,
    readOnly: resolved.readOnly,
  });
  return new SqliteInbox(resolved, connection, (waits) => startThread(file, resolved, waits));
}

/** Reads in this thread, which costs little, and writes in another, since each commit waits for the disk. */
export class SqliteInbox implements Inbox {
  readonly durable = true;
  readonly shared = true;
  readonly deadLetters: DeadLetters;
  readonly refusals: Refusals;
  readonly watches: Watches;
  readonly #file: InboxFile;
  readonly #listeners = new Set<() => void>();
  readonly #upkeep: Upkeep;
  readonly #write: Write;

  /**
   * @param connection for reading
   * @param startThread starts the thread that writes
   */
  constructor(options: ResolvedOptions, connection: Connection, startThread: StartThread) {
    const file = new InboxFile(options, connection, startThread, () => this.#notify());
    this.#file = file;
    this.#write = (name, args) => file.write(name, args);
    this.deadLetters = new SqliteDeadLetters(file);
    this.refusals = new SqliteRefusals(file);
    this.watches = new SqliteWatches(file);
    this.#upkeep = new Upkeep({
      pollMs: options.pollMs,
      sweepMs: options.sweepMs,
      poll: () => this.#poll(),
      maySweep: () => file.write('maySweep', [options.sweepMs]),
      sweep: (place) => file.write('sweep', [place]),
      clockStepped: () => file.warn(new CallStatusError('inbox_clock_stepped', { path: options.path })),
      sweepFailed: (cause) => file.warn(sweepFailed(options.path, cause as Error)),
    });
  }

  ready(options: { readonly create?: boolean; readonly onWarning?: Warn } = {}): void | Promise<void> {
    return this.#file.ready(options);
  }

  async record(event: NewEvent, { trace }: RecordOptions = {}): Promise<Recorded> {
    const columns = eventColumnsOf(event, trace);
    // A worker that takes jobs in this turn gets the event in the transaction that records it.
    this.#notify();
    return this.#file.write('record', [columns], ([transition, done]) => ({ transition, done }));
  }

  async take({ limit, leaseMs, owner, limits, suspect }: TakeRequest): Promise<Taken> {
    const request = { limit, leaseMs, owner, ...(limits && { limits }), ...(suspect && { suspect }) };
    return this.#file.write('take', [request], takenOf);
  }

  async renew(leases: readonly Lease[], leaseMs: number): Promise<readonly Lease[]> {
    const tokens = leases.map(({ token }) => token);
    const lost = new Set(await this.#write('renew', [tokens, leaseMs]));
    return leases.filter(({ token }) => lost.has(token));
  }

  begin({ token }: Lease, { retryInMs }: { readonly retryInMs: number }): Promise<Outcome> {
    return this.#write('beginHandlers', [token, retryInMs]);
  }

  finish({ token }: Lease): Promise<Outcome> {
    return this.#write('finish', [token]);
  }

  fail({ token }: Lease, failure: Failure): Promise<Outcome> {
    return this.#write('fail', [token, failure]);
  }

  release({ token }: Lease, { retryInMs = 0 }: { readonly retryInMs?: number } = {}): Promise<Outcome> {
    return this.#write('release', [token, retryInMs]);
  }

  onJobs(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.#upkeep.start();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#upkeep.stop();
    };
  }

  getCall(provider: string, callId: string, tenant = ''): Promise<Call | undefined> {
    return this.#file.read((store) => readSteps(store.reading.calls.call(provider, callId, tenant)));
  }

  async listCalls(query: CallQuery = {}): Promise<Page<CallSummary>> {
    checkOptions('query', query, QUERIES.listCalls);
    return this.#file.read((store, now) => readSteps(store.reading.lists.page(query, now)));
  }

  async events(query: FeedQuery = {}): Promise<FeedPage> {
    checkOptions('query', query, FEED_QUERIES);
    return this.#file.read((store) => readSteps(store.reading.feed.page(query)));
  }

  async stats(query: StatsQuery): Promise<readonly StatsRow[]> {
    checkOptions('the query of stats()', query, QUERIES.stats);
    return this.#file.read((store, now) => readSteps(store.reading.stats.rows(query, now)));
  }

  handled(events: readonly EventKey[]): Promise<readonly string[]> {
    return this.#file.read((store) => store.reading.handled.among(events));
  }

  counts(): Promise<InboxCounts> {
    return this.#file.read((store, now) => store.reading.health.counts(now));
  }

  async health(): Promise<InboxHealth> {
    const health = await this.#file.read((store, now) => store.reading.health.health(now));
    return { ...health, store: this.#file.figures() };
  }

  reportWorker(report: WorkerReport): Promise<void> {
    return this.#write('reportWorker', [report]);
  }

  removeWorker(owner: string): Promise<void> {
    return this.#write('removeWorker', [owner]);
  }

  async endCall(provider: string, callId: string, end: CallEnd): Promise<boolean> {
    checkOptions('end', end, QUERIES.endCall);
    const { status, tenant = '' } = end;
    return this.#write('endCall', [provider, callId, tenant, status]);
  }

  async forgetCall(provider: string, callId: string, tenant = ''): Promise<boolean> {
    const isForgotten = await this.#write('forgetCall', [provider, callId, tenant]);
    let isMore = isForgotten;
    while (isMore) isMore = await this.#write('eraseStep', []);
    return isForgotten;
  }

  exportCall(provider: string, callId: string, tenant = ''): Promise<MovedCall | undefined> {
    return this.#file.read((store, now) => readSteps(store.reading.exported.call(provider, callId, tenant, now)));
  }

  async importCall(call: MovedCall): Promise<boolean> {
    for (const { event } of call.events) requireStorableIds(event);
    return this.#write('importCall', [call]);
  }

  close(): Promise<void> {
    this.#upkeep.stop();
    return this.#file.close();
  }

  /** Checks for commits of other processes. A failed read is retried the next time. */
  async #poll(): Promise<void> {
    if (await this.#file.hasChanged()) this.#notify();
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}

function sweepFailed(path: string, cause: Error): CallStatusError {
  return new CallStatusError('inbox_sweep_failed', { path, reason: cause.message }, { cause });
}
