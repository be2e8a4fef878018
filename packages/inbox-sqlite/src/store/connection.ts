import type { CallStatusError, ErrorCode } from '@call-status/core';
import type { Now } from '../database/clock.ts';
import type { Database, DatabaseClass } from '../database/engine.ts';
import { isOfTheFile, toInboxError } from '../database/errors.ts';
import { fileId, type Identity, identityOf, idOf, replaced, requireSame } from '../database/file.ts';
import { type Opening, openDatabase, whileLocked } from '../database/open.ts';
import { openToRead } from '../database/open-to-read.ts';
import { Store } from './store.ts';

/** The pause before a failed file is reopened: opening is expensive, and @photostructure/sqlite frees the old connection late. */
const REOPEN_AFTER_MS = 1000;

/** The same for a file that could not be opened because another program had locked it. */
const LOCKED_WAIT_MS = 100;

/** Errors that leave the connection usable. */
const STAYS_OPEN: ReadonlySet<ErrorCode> = new Set(['inbox_locked', 'inbox_full']);

/** Options of {@link Connection}. */
export interface ConnectionOptions {
  /** Changes the settings of each new connection, for tests. */
  readonly onOpen?: (db: Database) => void;
  /** The time by a test's clock. */
  readonly times?: () => Now | undefined;
  /** @default false */
  readonly readOnly?: boolean;
}

/** A connection to the file. It is reopened after a failure, unless another file has taken the place of the first. */
export class Connection {
  readonly path: string;
  readonly #engine: DatabaseClass;
  readonly #options: ConnectionOptions;
  #store: Store | undefined;
  /** The files that are open, or that were open last. */
  #identity: Identity | undefined;
  #isRescued = false;
  /** Why the file last failed, and when it may be reopened. */
  #failure: { readonly error: CallStatusError; readonly until: number } | undefined;

  constructor(path: string, engine: DatabaseClass, options: ConnectionOptions = {}) {
    this.path = path;
    this.#engine = engine;
    this.#options = options;
  }

  /**
   * @throws CallStatusError when the file cannot be opened, was replaced, or has just failed
   */
  store(): Store {
    if (this.#store === undefined) return this.open({ create: false, waitMs: 0 });
    this.requireSame();
    return this.#store;
  }

  /**
   * @throws CallStatusError when the file cannot be opened
   */
  open(opening: Opening): Store {
    if (this.#failure !== undefined && performance.now() < this.#failure.until) throw this.#failure.error;
    this.#failure = undefined;
    try {
      this.#store = this.#openStore(opening);
      return this.#store;
    } catch (cause) {
      const error = toInboxError(cause, this.path);
      this.#waitAfter(error);
      throw error;
    }
  }

  #openStore({ create, waitMs }: Opening): Store {
    const { onOpen, times, readOnly = false } = this.#options;
    const known = this.#identity;
    if (known !== undefined && fileId(this.path) !== known.ids[0]) throw replaced(this.path, this.path);
    const db = readOnly
      ? openToRead(this.#engine, this.path, waitMs)
      : openDatabase(this.#engine, this.path, { create: create && known === undefined, waitMs });
    try {
      const store = whileLocked(waitMs, () => new Store(db, this.path, times?.(), readOnly));
      this.#identity = identityOf(this.path);
      onOpen?.(db);
      return store;
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /**
   * Writes to a file that is no longer there would be lost, so this is checked before a commit is reported.
   *
   * @throws CallStatusError `inbox_replaced`
   */
  requireSame(): void {
    // A connection with a store has an identity.
    const identity = this.#identity as Identity;
    try {
      requireSame(this.path, identity);
    } catch (error) {
      // If only the -wal is gone, its content can still be copied into the file.
      const { place, ids } = identity;
      const isRescued = idOf(this.path) === ids[0] && idOf(`${place}-wal`) === undefined;
      if (isRescued && !this.#isRescued) this.#store?.checkpoint();
      this.#isRescued ||= isRescued;
      throw error;
    }
  }

  /** Converts an error, and closes the connection if it must be reopened. */
  failed(cause: unknown): CallStatusError {
    const error = toInboxError(cause, this.path);
    if (isOfTheFile(cause) && !STAYS_OPEN.has(error.code)) {
      this.close();
      this.#waitAfter(error);
    }
    return error;
  }

  #waitAfter(error: CallStatusError): void {
    // These are cheap to detect again.
    if (error.code === 'inbox_replaced' || error.code === 'inbox_missing') return;
    const waitMs = error.code === 'inbox_locked' ? LOCKED_WAIT_MS : REOPEN_AFTER_MS;
    this.#failure = { error, until: performance.now() + waitMs };
  }

  /** Copies the -wal into the file, if it is open. */
  checkpoint(): void {
    this.#store?.checkpoint();
  }

  close(): void {
    this.#store?.close();
    this.#store = undefined;
  }
}
