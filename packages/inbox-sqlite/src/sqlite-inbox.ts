import {
  type AnyCallStatusEvent,
  type Call,
  type CallEnd,
  type CallQuery,
  CallStatusError,
  type CallSummary,
  checkOptions,
  type DeadLetters,
  type Failure,
  type Inbox,
  type InboxCounts,
  type InboxHealth,
  type Lease,
  type Outcome,
  type Page,
  type Recorded,
  type Taken,
  type TakeRequest,
  type Unrecorded,
  type Work,
} from '@call-status/core';
import type { WriteName } from './committer.ts';
import { Connection } from './connection.ts';
import { loadEngine } from './engine.ts';
import { resolveOptions, type SqliteInboxOptions } from './options.ts';
import { RecentEvents } from './recent-events.ts';
import { startThread, threadFile } from './start-thread.ts';
import {
  eventOf,
  FIRST,
  type Place,
  QUERIES,
  type RecordedRow,
  type ReplayStep,
  type Store,
  type TakenRow,
  type TakenRows,
} from './store.ts';
import { type Channel, Writer } from './writer.ts';

/** How long to wait between two steps of cleaning up, so that requests go first. */
const SWEEP_PAUSE_MS = 5;

/**
 * An inbox in an SQLite file: what it acknowledged survives a crash and a power cut. Several processes of one machine may share
 * the file. The file is opened at once, and opened again whenever it was damaged or replaced.
 * Writes run in a thread of the inbox, so that the caller's waits neither for the disk nor for a lock. It does for reads (`call`, `calls`,
 * `counts`, `deadLetters.list` and `read`), and when the file is opened or opened again.
 *
 * @throws CallStatusError `invalid_options`, and when the file cannot be opened `inbox_unwritable`, `inbox_locked`,
 * `inbox_corrupted`, `inbox_full`, `inbox_unsupported` (also when this package was bundled) or `inbox_unavailable`
 * @example
 * ```ts
 * const calls = createCallStatus({ providers, inbox: sqliteInbox({ path: 'calls.db' }) });
 * ```
 */
export function sqliteInbox(options: SqliteInboxOptions): Inbox {
  const resolved = resolveOptions(options);
  const file = threadFile(import.meta.url);
  return new SqliteInbox(resolved, new Connection(resolved.path, loadEngine()), () => startThread(file, resolved));
}

/** Reads in this thread, which costs little; writes in another, since each commit waits for the disk. */
export class SqliteInbox implements Inbox {
  readonly durable = true;
  readonly deadLetters: DeadLetters;
  readonly #options: Required<SqliteInboxOptions>;
  readonly #connection: Connection;
  readonly #writer: Writer;
  readonly #recent = new RecentEvents<AnyCallStatusEvent>();
  readonly #listeners = new Set<() => void>();
  readonly #sweepTimer: NodeJS.Timeout;
  #pollTimer: NodeJS.Timeout | undefined;
  #version: unknown;
  #closing: Promise<void> | undefined;

  /**
   * @param connection for reading
   * @param openChannel to whom writes
   */
  constructor(options: Required<SqliteInboxOptions>, connection: Connection, openChannel: () => Channel) {
    this.#options = options;
    this.#connection = connection;
    // What is wrong with the file is told at once, and not when the first event comes.
    connection.open(options.busyTimeoutMs);
    this.#writer = new Writer(openChannel, () => this.#notify());
    const { clock } = options;
    this.deadLetters = {
      list: async (query = {}) => {
        checkOptions('query', query, QUERIES.deadLetters);
        return this.#read((store) => store.deadLetters(query));
      },
      read: (eventId) => this.#read((store) => store.deadLetter(eventId)),
      replay: (eventId) => this.#write('replay', [eventId, clock()]),
      replayAll: async (query = {}) => {
        checkOptions('query', query, QUERIES.replayAll);
        const startedAt = clock();
        let replayed = 0;
        for (let after: Place | undefined = FIRST; after !== undefined; ) {
          const step: ReplayStep = await this.#write('replayStep', [query, startedAt, after, clock()]);
          replayed += step.replayed;
          after = step.last;
        }
        return replayed;
      },
      discard: (eventId) => this.#write('discard', [eventId]),
    };
    this.#sweepTimer = setInterval(() => this.#sweep(), options.sweepMs).unref();
    void this.#sweep();
  }

  async record(event: Unrecorded): Promise<Recorded> {
    this.#requireOpen();
    const { provider, tenant = '', callId, id, status, terminal, receivedAt } = event;
    const row = [provider, tenant, callId, id, status, terminal, Date.parse(receivedAt), toJson(event)] as const;
    // A worker that asks for work in this turn gets it in the transaction that records it.
    this.#notify();
    return this.#writer.write('record', [row, this.#options.clock()], (recorded) => this.#recorded(event, recorded));
  }

  async take({ limit, leaseMs, owner, suspect = false }: TakeRequest): Promise<Taken> {
    this.#requireOpen();
    const request = { limit, leaseMs, owner, suspect };
    return this.#writer.write('take', [request, this.#options.clock()], (taken) => this.#taken(taken));
  }

  async renew(leases: readonly Lease[], leaseMs: number): Promise<readonly Lease[]> {
    const tokens = leases.map(({ token }) => token);
    const lost = new Set(await this.#write('renew', [tokens, this.#options.clock() + leaseMs]));
    return leases.filter(({ token }) => lost.has(token));
  }

  begin({ token }: Lease, { retryInMs }: { readonly retryInMs: number }): Promise<Outcome> {
    return this.#write('beginWork', [token, retryInMs, this.#options.clock()]);
  }

  finish({ token }: Lease): Promise<Outcome> {
    return this.#write('finish', [token]);
  }

  fail({ token }: Lease, failure: Failure): Promise<Outcome> {
    return this.#write('fail', [token, failure, this.#options.clock()]);
  }

  release({ token }: Lease, { retryInMs = 0 }: { readonly retryInMs?: number } = {}): Promise<Outcome> {
    return this.#write('release', [token, retryInMs, this.#options.clock()]);
  }

  onWork(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.#pollTimer ??= setInterval(() => this.#poll(), this.#options.pollMs).unref();
    return () => this.#listeners.delete(listener);
  }

  call(provider: string, callId: string, tenant = ''): Promise<Call | undefined> {
    return this.#read((store) => store.call(provider, callId, tenant));
  }

  endCall(provider: string, callId: string, { status, tenant = '' }: CallEnd): Promise<boolean> {
    return this.#write('endCall', [provider, callId, status, tenant, this.#options.clock()]);
  }

  forgetCall(provider: string, callId: string, tenant = ''): Promise<boolean> {
    return this.#write('forgetCall', [provider, callId, tenant, this.#options.clock()]);
  }

  async calls(query: CallQuery = {}): Promise<Page<CallSummary>> {
    checkOptions('query', query, QUERIES.calls);
    return this.#read((store) => store.calls(query));
  }

  counts(): Promise<InboxCounts> {
    return this.#read((store) => store.counts(this.#options.clock()));
  }

  health(): Promise<InboxHealth> {
    return this.#read((store) => store.health(this.#options.clock()));
  }

  close(): Promise<void> {
    this.#closing ??= this.#drain();
    return this.#closing;
  }

  async #drain(): Promise<void> {
    clearInterval(this.#sweepTimer);
    clearInterval(this.#pollTimer);
    this.#connection.close();
    await this.#writer.close();
  }

  #recorded(event: Unrecorded, [row, transition, done]: RecordedRow): Recorded {
    if (row !== 0) this.#recent.set(row, event.id, { ...event, transition } as AnyCallStatusEvent);
    return { transition, done };
  }

  #taken({ work, nextInMs, suspects, more }: TakenRows): Taken {
    const taken = { work: work.map((row) => this.#workOf(row)), suspects, more };
    return nextInMs === undefined ? taken : { ...taken, nextInMs };
  }

  #workOf([row, eventId, token, attempt, doneHandlers, interruptions, suspect, fence, stored]: TakenRow): Work {
    const recent = this.#recent.take(row, eventId);
    const event = stored === undefined ? (recent as AnyCallStatusEvent) : eventOf(stored);
    const lease = { eventId, token };
    return { lease, event, attempt, interruptions, suspect, fence, doneHandlers: JSON.parse(doneHandlers) };
  }

  #requireOpen(): void {
    if (this.#closing !== undefined) throw new CallStatusError('closed');
  }

  async #read<T>(run: (store: Store) => T): Promise<T> {
    this.#requireOpen();
    try {
      return run(this.#connection.store());
    } catch (error) {
      throw this.#connection.failed(error);
    }
  }

  async #write<Name extends WriteName>(name: Name, args: Parameters<Store[Name]>): Promise<ReturnType<Store[Name]>> {
    this.#requireOpen();
    return this.#writer.write(name, args, (result) => result);
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
    const step = (after: Place) => this.#write('sweep', [retainFor, after, clock()]).catch(() => undefined);
    for (let place = await step(FIRST); place !== undefined; place = await step(place)) {
      await new Promise((resolve) => setTimeout(resolve, SWEEP_PAUSE_MS).unref());
    }
  }
}

function toJson(event: Unrecorded): string {
  try {
    return JSON.stringify(event);
  } catch (cause) {
    throw new CallStatusError('inbox_unavailable', {}, { cause });
  }
}
