import type { Call, CallSummary, Inbox, Page } from '@call-status/core';
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
  type JobTransaction,
  type Lease,
  type MovedCall,
  type NewEvent,
  type Outcome,
  type ReadyOptions,
  type Recorded,
  type RecordOptions,
  type StatsQuery,
  type StatsRow,
  type Taken,
  type TakeRequest,
  type WorkerReport,
} from '@call-status/core/inbox';
import { Hints } from './connection/hints.ts';
import { pgDriver } from './connection/pg-driver.ts';
import type { Driver } from './connection/session.ts';
import { Sessions } from './connection/sessions.ts';
import { PostgresDeadLetters } from './dead-letters.ts';
import { OpenedStore } from './opened-store.ts';
import { type PostgresInboxOptions, type ResolvedOptions, resolveOptions } from './options.ts';
import { getCall } from './read/calls.ts';
import { readCounts } from './read/counts.ts';
import { exportCall } from './read/export.ts';
import { Feed } from './read/feed.ts';
import { handled } from './read/handled.ts';
import { healthReader } from './read/health.ts';
import { listCalls } from './read/list-calls.ts';
import { QUERIES } from './read/queries.ts';
import { StoredRefusals } from './read/refusals.ts';
import { SharedHealth } from './read/shared-health.ts';
import { readStats } from './read/stats.ts';
import { removeWorker, reportWorker } from './read/workers.ts';
import { monotonicNow } from './timers.ts';
import { ClockWatch } from './upkeep/clock-watch.ts';
import { storeRetention } from './upkeep/retention.ts';
import { Sweeper } from './upkeep/sweep.ts';
import { Upkeep } from './upkeep/upkeep.ts';
import { PostgresWatches } from './watches.ts';
import { recordingOf } from './write/decisions.ts';
import { Endings } from './write/endings.ts';
import { isCall } from './write/erase.ts';
import { importOf } from './write/import.ts';
import { JobTransactions } from './write/job-transaction.ts';
import { type Operations, operationsOf } from './write/operations.ts';

/**
 * Creates an inbox in a PostgreSQL database, which several hosts may share. Acknowledged events survive a crash of a host and of the server.
 *
 * `ready()`, which a receiver calls when it starts, connects, and creates or updates the tables; otherwise the first use does.
 *
 * @throws CallStatusError `invalid_options`
 * @example
 * ```ts
 * import { createCallStatus, signalwire } from '@call-status/core';
 * import { postgresInbox } from '@call-status/inbox-postgres';
 *
 * const calls = createCallStatus({
 *   providers: [signalwire({ signingKey: process.env.SIGNALWIRE_SIGNING_KEY! })],
 *   inbox: postgresInbox({ url: process.env.DATABASE_URL! }),
 * });
 * ```
 */
export function postgresInbox(options: PostgresInboxOptions): Inbox & Required<Pick<Inbox, 'ready'>> {
  const resolved = resolveOptions(options);
  return new PostgresInbox(resolved, pgDriver(resolved));
}

/** Writes in groups on one connection, and reads on others. */
export class PostgresInbox implements Inbox {
  readonly durable = true;
  readonly shared = true;
  readonly deadLetters: DeadLetters;
  readonly refusals: StoredRefusals;
  readonly watches: PostgresWatches;
  readonly #retentionMs: number | undefined;
  readonly #store: OpenedStore;
  readonly #operations: Operations;
  readonly #sessions: Sessions;
  readonly #transactions: JobTransactions;
  readonly #hints: Hints;
  readonly #upkeep: Upkeep;
  readonly #feed: Feed;
  readonly #health: SharedHealth;
  /** Changes with all that health shows of this process. */
  #version = 0;
  #listeners = 0;

  /** @param mono a monotonic clock */
  constructor(options: ResolvedOptions, driver: Driver, mono: () => number = monotonicNow) {
    const { schema, listen, pollMs, sweepMs, readConnections, queryTimeoutMs } = options;
    const changed = (): void => {
      this.#version++;
    };
    this.#retentionMs = options.readOnly ? undefined : options.retentionMs;
    this.#hints = new Hints({ driver, schema, listen, pollMs, isDirect: options.listenUrl !== undefined });
    driver.onWarning?.((warning) => this.#hints.warn(warning));
    const workIsDue = (): void => this.#hints.workIsDue();
    const store = new OpenedStore(options, driver, { workIsDue, committed: changed });
    this.#store = store;
    const endings = new Endings();
    this.#operations = operationsOf(store.schema, endings);
    this.#sessions = new Sessions(() => store.connect(), readConnections);
    const steps = { finish: this.#operations.finish, endings, workIsDue, committed: changed };
    this.#transactions = new JobTransactions({ store, sessions: this.#sessions, queryTimeoutMs, ...steps });
    this.deadLetters = new PostgresDeadLetters(store, this.#operations);
    this.refusals = new StoredRefusals(store, changed);
    this.watches = new PostgresWatches(store, changed);
    this.#feed = new Feed(store);
    const sweeper = new Sweeper(store, new ClockWatch(mono));
    this.#upkeep = new Upkeep(sweeper, sweepMs, (warning) => this.#hints.warn(warning));
    this.#health = new SharedHealth(
      healthReader(store, () => store.health()),
      () => `${this.#version} ${store.now()}`,
    );
  }

  async ready({ create = false, onWarning }: ReadyOptions = {}): Promise<void> {
    if (onWarning !== undefined) this.#hints.onWarning = onWarning;
    await this.#store.open(create);
    if (!create || this.#retentionMs === undefined) return;
    await storeRetention(this.#store, this.#retentionMs, (warning) => this.#hints.warn(warning));
    this.#upkeep.start();
  }

  async record(event: NewEvent, { trace }: RecordOptions = {}): Promise<Recorded> {
    const recording = recordingOf(event, trace);
    // A worker that takes jobs in this turn gets the event in the transaction that records it.
    this.#hints.tell();
    return this.#store.write(this.#operations.record, recording);
  }

  handled(events: readonly EventKey[]): Promise<readonly string[]> {
    return handled(this.#store, events);
  }

  take(request: TakeRequest): Promise<Taken> {
    return this.#store.write(this.#operations.take, request);
  }

  async renew(leases: readonly Lease[], leaseMs: number): Promise<readonly Lease[]> {
    const renewed = leases.map((lease) => this.#store.write(this.#operations.renew, { lease, leaseMs }));
    const isHeld = await Promise.all(renewed);
    return leases.filter((_, at) => !isHeld[at]);
  }

  begin(lease: Lease, { retryInMs }: { readonly retryInMs: number }): Promise<Outcome> {
    return this.#store.write(this.#operations.begin, { lease, retryInMs });
  }

  finish(lease: Lease): Promise<Outcome> {
    return this.#store.write(this.#operations.finish, { lease });
  }

  fail(lease: Lease, failure: Failure): Promise<Outcome> {
    return this.#store.write(this.#operations.fail, { lease, failure });
  }

  release(lease: Lease, { retryInMs = 0 }: { readonly retryInMs?: number } = {}): Promise<Outcome> {
    return this.#store.write(this.#operations.release, { lease, retryInMs });
  }

  transaction(): JobTransaction {
    return this.#transactions.begin();
  }

  async reportWorker(report: WorkerReport): Promise<void> {
    await reportWorker(this.#store, report);
    this.#version++;
  }

  async removeWorker(owner: string): Promise<void> {
    await removeWorker(this.#store, owner);
    this.#version++;
  }

  onJobs(listener: () => void): () => void {
    const remove = this.#hints.onJobs(listener);
    this.#listeners++;
    this.#upkeep.start();
    return () => {
      remove();
      if (--this.#listeners === 0 && this.#retentionMs === undefined) void this.#upkeep.stop();
    };
  }

  getCall(provider: string, callId: string, tenant?: string): Promise<Call | undefined> {
    return getCall(this.#store, provider, callId, tenant);
  }

  listCalls(query?: CallQuery): Promise<Page<CallSummary>> {
    return listCalls(this.#store, query);
  }

  events(query?: FeedQuery): Promise<FeedPage> {
    return this.#feed.page(query);
  }

  stats(query: StatsQuery): Promise<readonly StatsRow[]> {
    return readStats(this.#store, query);
  }

  counts(): Promise<InboxCounts> {
    return readCounts(this.#store);
  }

  health(): Promise<InboxHealth> {
    return this.#health.read();
  }

  async endCall(provider: string, callId: string, end: CallEnd): Promise<boolean> {
    checkOptions('end', end, QUERIES.endCall);
    const { status, tenant = '' } = end;
    if (!isCall(provider, callId, tenant)) return false;
    return this.#store.write(this.#operations.endCall, { provider, callId, tenant, status });
  }

  async forgetCall(provider: string, callId: string, tenant = ''): Promise<boolean> {
    const forgotten =
      isCall(provider, callId, tenant) && this.#store.write(this.#operations.forgetCall, { provider, callId, tenant });
    // Also without a call: repeating it after a failure leaves nothing.
    await Promise.all([forgotten, this.refusals.forget(callId)]);
    return forgotten;
  }

  exportCall(provider: string, callId: string, tenant?: string): Promise<MovedCall | undefined> {
    return exportCall(this.#store, provider, callId, tenant);
  }

  async importCall(call: MovedCall): Promise<boolean> {
    return this.#store.write(this.#operations.importCall, importOf(call));
  }

  close(): Promise<void> {
    return this.#store.close(() => Promise.all([this.#upkeep.stop(), this.#hints.close(), this.#sessions.close()]));
  }
}
