import { statSync } from 'node:fs';
import type { CallStatusError, ErrorCode } from '@call-status/core';
import type { Database, DatabaseClass } from './engine.ts';
import { toInboxError } from './failure.ts';
import { openDatabase } from './open.ts';
import { Store } from './store.ts';

/** The errors that may come from the connection, and not from what was to be done. */
const REOPEN: ReadonlySet<ErrorCode> = new Set(['inbox_corrupted', 'inbox_unwritable', 'inbox_unavailable']);

/** A connection to the file, opened again whenever the file was damaged or replaced. */
export class Connection {
  readonly #path: string;
  readonly #engine: DatabaseClass;
  readonly #onOpen: ((db: Database) => void) | undefined;
  #store: Store | undefined;
  /** Which file the store has open. */
  #file: string | undefined;

  /** @param onOpen for tests: changes the settings of each new connection */
  constructor(path: string, engine: DatabaseClass, onOpen?: (db: Database) => void) {
    this.#path = path;
    this.#engine = engine;
    this.#onOpen = onOpen;
  }

  /**
   * What is written into a file that is no longer there would be lost, so a file that took its place is noticed.
   *
   * @throws CallStatusError when the file cannot be opened
   */
  store(): Store {
    if (this.#store !== undefined && this.#file === fileIdentity(this.#path)) return this.#store;
    this.close();
    return this.open(0);
  }

  /**
   * @param waitMs how long to wait for another program's lock, blocking this thread
   * @throws CallStatusError when the file cannot be opened
   */
  open(waitMs: number): Store {
    try {
      const db = openDatabase(this.#engine, this.#path, waitMs);
      this.#store = new Store(db);
      this.#file = fileIdentity(this.#path);
      this.#onOpen?.(db);
      return this.#store;
    } catch (error) {
      throw toInboxError(error);
    }
  }

  /** What is wrong with the file may be mended when it is opened again. */
  failed(cause: unknown): CallStatusError {
    const error = toInboxError(cause);
    if (REOPEN.has(error.code)) this.close();
    return error;
  }

  /** Copies what was committed into the file, if it is open. */
  checkpoint(): void {
    this.#store?.checkpoint();
  }

  close(): void {
    this.#store?.close();
    this.#store = undefined;
  }
}

/** What tells a file from another that took its place. */
function fileIdentity(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat && `${stat.dev}:${stat.ino}`;
}
