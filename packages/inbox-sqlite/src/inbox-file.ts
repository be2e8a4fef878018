import { CallStatusError } from '@call-status/core';
import type { StoreHealth } from '@call-status/core/inbox';
import type { Now } from './database/clock.ts';
import { toInboxError } from './database/errors.ts';
import { idOf, isExposed, sizeOf } from './database/file.ts';
import { BeingMigrated } from './database/open.ts';
import type { ResolvedOptions } from './options.ts';
import type { Connection } from './store/connection.ts';
import type { Store } from './store/store.ts';
import type { WriteName } from './thread/protocol.ts';
import { type Arguments, type StartThread, WriteQueue } from './thread/write-queue.ts';
import { setTimeout } from './timers.ts';

/** Writes, and resolves when the write is on disk. */
export type Write = <Name extends WriteName>(name: Name, args: Arguments<Name>) => Promise<ReturnType<Store[Name]>>;

/** Receives warnings for the operator. */
export type Warn = (warning: CallStatusError) => void;

const HOUR_MS = 3_600_000;

/** How long `ready` waits for another process that migrates the file, and how often it looks, in milliseconds. */
const MIGRATION_MS = 600_000;
const LOOK_MS = 250;
/** How long each look waits for the lock: it blocks the event loop. */
const LOOK_WAIT_MS = 20;

/** The file of an inbox: a connection here for reading, and a thread for writing. `ready` or the first use opens it. */
export class InboxFile {
  readonly #options: ResolvedOptions;
  readonly #connection: Connection;
  readonly #queue: WriteQueue;
  #warn: Warn = emitWarning;
  #mayCreate: boolean;
  #isOpened = false;
  #version: unknown;
  /** While another process migrates the file. */
  #waiting: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: ResolvedOptions, connection: Connection, startThread: StartThread, onWorkDue: () => void) {
    this.#options = options;
    this.#connection = connection;
    this.#mayCreate = options.create && !options.readOnly;
    const startOnSameFile: StartThread = (waits) => {
      // A thread that starts later must not open another file than the first one did.
      this.#store();
      return startThread(waits);
    };
    this.#queue = new WriteQueue(options.path, startOnSameFile, onWorkDue);
  }

  /** Opens both connections, so that problems show before a server listens. Waits while another process migrates the file. */
  ready({ create = false, onWarning }: { readonly create?: boolean; readonly onWarning?: Warn }): void | Promise<void> {
    this.#requireNotClosed();
    if (onWarning !== undefined) this.#warn = onWarning;
    this.#mayCreate ||= create && !this.#options.readOnly;
    if (this.#waiting !== undefined) return this.#waiting;
    try {
      this.#open();
    } catch (error) {
      if (!(error instanceof BeingMigrated)) throw error;
      this.#waiting = this.#openLater().finally(() => {
        this.#waiting = undefined;
      });
      return this.#waiting;
    }
  }

  #open(): void {
    this.#store();
    if (!this.#options.readOnly) this.#queue.start();
  }

  async #openLater(): Promise<void> {
    const until = performance.now() + MIGRATION_MS;
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      this.#requireNotClosed();
      try {
        this.#open();
        return;
      } catch (error) {
        if (!(error instanceof BeingMigrated) || performance.now() >= until) throw error;
      }
    }
  }

  /** An error thrown by the user's function must not stop the inbox. */
  warn(warning: CallStatusError): void {
    try {
      this.#warn(warning);
    } catch {}
  }

  async read<T>(run: (store: Store, now: Now) => T | Promise<T>): Promise<T> {
    this.#requireNotClosed();
    try {
      const store = this.#store();
      store.requireVersion();
      return await run(store, store.now(this.#options.times()));
    } catch (error) {
      throw this.#connection.failed(error);
    }
  }

  write<Name extends WriteName, Result = ReturnType<Store[Name]>>(
    name: Name,
    args: Arguments<Name>,
    settle: (result: ReturnType<Store[Name]>) => Result = (result) => result as Result,
  ): Promise<Result> {
    try {
      this.#requireNotClosed();
      this.#requireWritable();
      if (!this.#isOpened) this.#store();
      return this.#queue.write(name, args, this.#options.times(), settle);
    } catch (error) {
      return Promise.reject(toInboxError(error, this.#options.path));
    }
  }

  /** What this process knows about writing, and how large the file is. */
  figures(): StoreHealth {
    const { path } = this.#options;
    return { ...this.#queue.commits.get(), bytes: sizeOf(path), walBytes: sizeOf(`${path}-wal`) };
  }

  /** Whether another connection has committed since the last call. */
  async hasChanged(): Promise<boolean> {
    const version = await this.read((store) => store.dataVersion()).catch(() => this.#version);
    const hasChanged = version !== this.#version;
    this.#version = version;
    return hasChanged;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#connection.close();
    await this.#queue.close();
  }

  #requireNotClosed(): void {
    if (this.#closing !== undefined) throw new CallStatusError('closed');
  }

  #requireWritable(): void {
    const { readOnly, path } = this.#options;
    if (readOnly) throw new CallStatusError('inbox_unwritable', { path, hint: 'The inbox was opened with readOnly.' });
  }

  #store(): Store {
    if (this.#isOpened) return this.#connection.store();
    const { path, busyTimeoutMs } = this.#options;
    const isNew = this.#mayCreate && idOf(path) === undefined;
    const waitMs = this.#waiting === undefined ? busyTimeoutMs : LOOK_WAIT_MS;
    const store = this.#connection.open({ create: this.#mayCreate, waitMs });
    this.#isOpened = true;
    if (this.#mayCreate) this.#prepareService(isNew);
    return store;
  }

  /** Checks and settings of a service, which do not apply to a script that reads. */
  #prepareService(isNew: boolean): void {
    const { path, isRelative, retentionMs } = this.#options;
    const isDevelopment = process.env['NODE_ENV'] === 'development' || process.env['NODE_ENV'] === 'test';
    if (isNew && isRelative && !isDevelopment) this.warn(new CallStatusError('inbox_relative_path', { path }));
    if (isExposed(path)) this.warn(new CallStatusError('inbox_exposed', { path }));
    if (retentionMs !== undefined) void this.#retain(path, retentionMs);
  }

  /** If this fails, the next start stores the retention. */
  async #retain(path: string, retentionMs: number): Promise<void> {
    const before = await this.write('retain', [retentionMs]).catch(() => undefined);
    if (before === undefined || before === retentionMs) return;
    const reason = `It was ${spanOf(before)}, and is ${spanOf(retentionMs)} now.`;
    this.warn(new CallStatusError('inbox_retention_changed', { path, reason }));
  }
}

/** The default, without a receiver. */
function emitWarning({ message, code }: CallStatusError): void {
  process.emitWarning(message, { type: 'CallStatusWarning', code });
}

function spanOf(ms: number): string {
  if (!Number.isFinite(ms)) return 'forever';
  return ms >= HOUR_MS ? `${Math.round((10 * ms) / HOUR_MS) / 10} hours` : `${ms} ms`;
}
