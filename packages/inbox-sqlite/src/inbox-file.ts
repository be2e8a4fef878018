import { CallStatusError } from '@call-status/core';
import type { Now } from './database/clock.ts';
import { toInboxError } from './database/errors.ts';
import { idOf, isExposed } from './database/file.ts';
import type { ResolvedOptions } from './options.ts';
import type { Connection } from './store/connection.ts';
import type { Store } from './store/store.ts';
import type { WriteName } from './thread/commit-loop.ts';
import { type Arguments, type StartThread, WriteQueue } from './thread/write-queue.ts';
import { emitWarning, exposed, relativePath, retentionChanged, type Warn } from './warnings.ts';

/** Writes, and resolves when it is on the disk. */
export type Write = <Name extends WriteName>(name: Name, args: Arguments<Name>) => Promise<ReturnType<Store[Name]>>;

/** The file of an inbox: a connection that reads here, and a thread that writes. Opened by `ready` or at the first use. */
export class FileOfInbox {
  readonly #options: ResolvedOptions;
  readonly #connection: Connection;
  readonly #writer: WriteQueue;
  #warn: Warn = emitWarning;
  #mayCreate: boolean;
  #isOpened = false;
  #version: unknown;
  #closing: Promise<void> | undefined;

  constructor(options: ResolvedOptions, connection: Connection, openChannel: StartThread, onWorkDue: () => void) {
    this.#options = options;
    this.#connection = connection;
    this.#mayCreate = options.create;
    const openSame: StartThread = (waits) => {
      // A thread that is started later must not find another file than the one that was opened first.
      this.#store();
      return openChannel(waits);
    };
    this.#writer = new WriteQueue(options.path, openSame, onWorkDue);
  }

  /** Opens both connections, so that what is wrong is told before a server listens. */
  ready({ create = false, onWarning }: { readonly create?: boolean; readonly onWarning?: Warn }): void {
    this.#requireOpen();
    if (onWarning !== undefined) this.#warn = onWarning;
    this.#mayCreate ||= create;
    this.#store();
    this.#writer.start();
  }

  /** What a user's function throws must not keep the inbox from working. */
  warn(warning: CallStatusError): void {
    try {
      this.#warn(warning);
    } catch {}
  }

  async read<T>(run: (store: Store, now: Now) => T | Promise<T>): Promise<T> {
    this.#requireOpen();
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
      this.#requireOpen();
      if (!this.#isOpened) this.#store();
      return this.#writer.write(name, args, this.#options.times(), settle);
    } catch (error) {
      return Promise.reject(toInboxError(error, this.#options.path));
    }
  }

  /** Whether another connection has committed since the last time. */
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
    await this.#writer.close();
  }

  #requireOpen(): void {
    if (this.#closing !== undefined) throw new CallStatusError('closed');
  }

  #store(): Store {
    if (this.#isOpened) return this.#connection.store();
    const { path, busyTimeoutMs } = this.#options;
    const isNew = this.#mayCreate && idOf(path) === undefined;
    const store = this.#connection.open({ create: this.#mayCreate, waitMs: busyTimeoutMs });
    this.#isOpened = true;
    if (this.#mayCreate) this.#serve(isNew);
    return store;
  }

  /** What only the service does, and not a script that reads. */
  #serve(isNew: boolean): void {
    const { path, isRelative, retentionMs } = this.#options;
    const isTried = process.env['NODE_ENV'] === 'development' || process.env['NODE_ENV'] === 'test';
    if (isNew && isRelative && !isTried) this.warn(relativePath(path));
    if (isExposed(path)) this.warn(exposed(path));
    if (retentionMs !== undefined) void this.#retain(path, retentionMs);
  }

  /** What fails is stored by the next start. */
  async #retain(path: string, retentionMs: number): Promise<void> {
    const before = await this.write('retain', [retentionMs]).catch(() => undefined);
    if (before !== undefined && before !== retentionMs) this.warn(retentionChanged(path, before, retentionMs));
  }
}
