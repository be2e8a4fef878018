import { randomUUID } from 'node:crypto';
import type { TerminalStatus } from '@call-status/core';
import type {
  Failure,
  MovedCall,
  NewRefusal,
  NewWatch,
  Outcome,
  Place,
  RefusalLimits,
  TakeRequest,
  WatchKey,
  WatchUpdate,
  WorkerReport,
} from '@call-status/core/inbox';
import { monotonic, type Now } from '../database/clock.ts';
import { type Database, prepare, type Sql, type Statements } from '../database/engine.ts';
import { checkpoint, requireVersion, rollback } from '../database/open.ts';
import { Reading } from '../read/reading.ts';
import { StoredDeadLetters } from './dead-letters.ts';
import { Eraser, STEP_ROWS } from './erase.ts';
import { Importer } from './import.ts';
import { JobQueue } from './jobs.ts';
import { Recorder } from './record.ts';
import { StoredRefusals } from './refusals.ts';
import { Results } from './results.ts';
import type { EventColumns, RecordedRow, TakenRows } from './rows.ts';
import { Settings, type SweepLeave } from './settings.ts';
import { Sweeper, type SweepPlace } from './sweep.ts';
import { Transaction } from './transaction.ts';
import { StoredWatches } from './watches.ts';
import { StoredWorkers } from './workers.ts';

export const STORE_SQL: Sql<'begin' | 'commit' | 'dataVersion' | 'userVersion'> = {
  begin: 'BEGIN IMMEDIATE',
  commit: 'COMMIT',
  dataVersion: 'PRAGMA data_version',
  userVersion: 'PRAGMA user_version',
};

/**
 * The operations of the inbox on one connection. They are synchronous. Writes must run between {@link Store.begin} and
 * {@link Store.commit}. The last argument is the time.
 */
export class Store {
  readonly reading: Reading;
  readonly refusals: StoredRefusals;
  readonly deadLetters: StoredDeadLetters;
  readonly settings: Settings;
  readonly #db: Database;
  readonly #path: string;
  readonly #statements: Statements<typeof STORE_SQL>;
  readonly #transaction: Transaction;
  readonly #recorder: Recorder;
  readonly #jobs: JobQueue;
  readonly #results: Results;
  readonly #importer: Importer;
  readonly #eraser: Eraser;
  readonly #sweeper: Sweeper;
  readonly #watches: StoredWatches;
  readonly #workers: StoredWorkers;
  readonly #clockOffset: number;

  /** @param now for tests: the time by their clock */
  constructor(db: Database, path: string, now?: Now, readOnly = false) {
    this.#db = db;
    this.#path = path;
    this.#statements = prepare(db, STORE_SQL);
    this.#transaction = new Transaction(db, randomUUID());
    this.#recorder = new Recorder(db, this.#transaction);
    this.#jobs = new JobQueue(db, this.#transaction);
    this.#results = new Results(db, this.#transaction);
    this.refusals = new StoredRefusals(db);
    this.#watches = new StoredWatches(db);
    this.#workers = new StoredWorkers(db);
    this.reading = new Reading(db, this.#transaction.flights, this.#workers);
    this.deadLetters = new StoredDeadLetters(db, this.#transaction);
    this.settings = new Settings(db);
    this.#importer = new Importer(db, this.#transaction);
    const parts = { settings: this.settings, refusals: this.refusals, watches: this.#watches };
    this.#eraser = new Eraser(db, this.#transaction, this.#results.outcomes, parts);
    this.#sweeper = new Sweeper(db, this.#transaction, this.#eraser, parts);
    this.#clockOffset = this.settings.clockOffset(now?.wall ?? Date.now(), now?.mono ?? monotonic(), readOnly);
    if (readOnly) return;
    this.begin();
    this.#limitSpans(this.now(now));
    this.commit();
  }

  /** The given time, or the time by the host's clocks. */
  now(given: Now | undefined): Now {
    if (given !== undefined) return given;
    const mono = monotonic();
    return { wall: Date.now(), mono, steady: mono + this.#clockOffset };
  }

  /** For a file of another host, or after its clock was set. */
  #limitSpans(now: Now): void {
    this.#jobs.limitSpans(now);
    this.#watches.limitSpans(now);
  }

  /** Whether a job became due that was not taken in the same transaction. */
  get isWorkDue(): boolean {
    return this.#transaction.isWorkDue;
  }

  /** Takes the write lock at once: a transaction that first reads might not get it later. */
  begin(): void {
    this.#statements.begin.run();
    try {
      this.requireVersion();
      this.#transaction.begin();
    } catch (error) {
      this.rollback();
      throw error;
    }
  }

  commit(): void {
    this.#transaction.flush();
    this.#statements.commit.run();
    this.#results.outcomes.commit();
  }

  rollback(): void {
    this.#transaction.clear();
    this.#results.outcomes.rollback();
    rollback(this.#db);
  }

  /** A process of a later release may have migrated the file meanwhile. @throws CallStatusError `inbox_unsupported` */
  requireVersion(): void {
    requireVersion(this.#statements.userVersion.get()?.['user_version'], this.#path);
  }

  checkpoint(): void {
    checkpoint(this.#db);
  }

  close(): void {
    this.#db.close();
  }

  /** A number that changes when another connection commits. */
  dataVersion(): unknown {
    return this.#statements.dataVersion.get()?.['data_version'];
  }

  record(event: EventColumns, now: Now): RecordedRow {
    return this.#recorder.record(event, now);
  }

  take(request: TakeRequest, now: Now): TakenRows {
    return this.#jobs.take(request, now);
  }

  renew(tokens: readonly string[], leaseMs: number, now: Now): string[] {
    return this.#results.renew(tokens, leaseMs, now);
  }

  beginHandlers(token: string, retryInMs: number, now: Now): Outcome {
    return this.#results.begin(token, retryInMs, now);
  }

  finish(token: string, now: Now): Outcome {
    return this.#results.finish(token, now);
  }

  fail(token: string, failure: Failure, now: Now): Outcome {
    return this.#results.fail(token, failure, now);
  }

  release(token: string, retryInMs: number, now: Now): Outcome {
    return this.#results.release(token, retryInMs, now);
  }

  replay(eventId: string, now: Now): boolean {
    return this.deadLetters.replay(eventId, now);
  }

  newestDeadLetter(): Place | undefined {
    return this.deadLetters.newest();
  }

  discard(eventId: string): boolean {
    return this.deadLetters.discard(eventId);
  }

  endCall(provider: string, callId: string, tenant: string, status: TerminalStatus, now: Now): boolean {
    return this.#eraser.endCall(provider, callId, tenant, status, now);
  }

  forgetCall(provider: string, callId: string, tenant: string, now: Now): boolean {
    return this.#eraser.forgetCall(provider, callId, tenant, now);
  }

  importCall(call: MovedCall, now: Now): boolean {
    return this.#importer.import(call, now);
  }

  /** Removes some events of removed calls. @returns whether any may be left */
  eraseStep(now: Now): boolean {
    return this.#eraser.step(STEP_ROWS, now) >= STEP_ROWS;
  }

  /** Stores the retention, and returns the previous one if it was set by an option. */
  retain(retentionMs: number): number | undefined {
    return this.settings.retain(retentionMs);
  }

  keepRefusals(refusals: readonly NewRefusal[], limits: RefusalLimits): void {
    this.refusals.keep(refusals, limits);
  }

  addWatches(watches: readonly NewWatch[], now: Now): number {
    return this.#watches.add(watches, now);
  }

  updateWatch(watch: WatchKey, update: WatchUpdate, now: Now): boolean {
    return this.#watches.update(watch, update, now);
  }

  removeWatch(watch: WatchKey): boolean {
    return this.#watches.remove(watch);
  }

  lead(owner: string, leaseMs: number, now: Now): boolean {
    return this.#watches.lead(owner, leaseMs, now);
  }

  reportWorker(report: WorkerReport, now: Now): void {
    this.#workers.report(report, now);
  }

  removeWorker(owner: string): void {
    this.#workers.remove(owner);
  }

  maySweep(sweepMs: number, now: Now): SweepLeave {
    const leave = this.settings.maySweep(sweepMs, now);
    if (leave === 'yes') this.#limitSpans(now);
    return leave;
  }

  sweep(place: SweepPlace, now: Now): SweepPlace | undefined {
    return this.#sweeper.step(place, now);
  }
}
