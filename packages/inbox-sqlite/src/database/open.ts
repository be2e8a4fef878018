import { pathToFileURL } from 'node:url';
import { CallStatusError } from '@call-status/core';
import { type Database, type DatabaseClass, FITTING_NODE, isSafeVersion, type Row, type Value } from './engine.ts';
import { isLocked } from './errors.ts';
import { createPrivately, fileId, LONGEST_WAL_BYTES } from './file.ts';
import { APPLICATION_ID, MIGRATIONS, type Migration } from './schema/schema.ts';

/** SQLite blocks the calling thread while it waits for a lock, so it may not wait for long. The inbox waits without blocking. */
export const BUSY_MS = 10;

/** The length of the -wal, in pages of 4 KiB, at which SQLite copies it into the file. */
const CHECKPOINT_PAGES = 4000;

/** The page cache of a connection: enough for the inner pages of an index of millions of calls. */
export const CACHE_KIB = 16_000;

/** A value of `PRAGMA synchronous`. */
const FULL = 2;

/** How to open a file. */
export interface Opening {
  /** Whether to create a file that does not exist. */
  readonly create: boolean;
  /** How long each step waits for another program's lock, blocking this thread. */
  readonly waitMs: number;
  /**
   * The schema, for tests.
   * @default MIGRATIONS
   */
  readonly migrations?: readonly Migration[];
}

/**
 * Opens the file, makes sure that a commit means "on disk", and migrates its tables.
 *
 * @throws CallStatusError `inbox_missing`, `inbox_unsupported`; also errors of SQLite and of the system
 */
export function openDatabase(engine: DatabaseClass, path: string, opening: Opening): Database {
  const { create, waitMs, migrations = MIGRATIONS } = opening;
  if (path === ':memory:')
    throw unsupported(path, 'The inbox must be a file on a local disk. For tests, use memoryInbox().');
  if (fileId(path) === undefined) {
    if (!create) throw missing(path, 'This file does not exist.');
    createPrivately(path);
  }
  // Only a URI can tell SQLite not to create a file, which may have been removed since.
  const db = new engine(`${pathToFileURL(path).href}?mode=rw`);
  try {
    // Only a write shows whether the file is writable. No statement is prepared before it: @photostructure/sqlite keeps a closed file open
    // until its statements are collected, and a file that was opened read-only would stay so for everything that opens it later.
    db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
    whileLocked(waitMs, () => db.exec('BEGIN IMMEDIATE; PRAGMA application_id = 0; ROLLBACK'));
    whileLocked(waitMs, () => {
      requireSafe(db, path);
      requireInbox(db, path, create);
      makeDurable(db, path);
      db.exec(`PRAGMA cache_size = ${-CACHE_KIB}; PRAGMA secure_delete = ON`);
      // Copies frequently changed pages into the file once in a while, not after every few commits.
      db.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}; PRAGMA journal_size_limit = ${LONGEST_WAL_BYTES}`);
      migrate(db, path, migrations);
    });
    return db;
  } catch (error) {
    const outdated = isLocked(error) ? outdatedVersion(db, migrations) : undefined;
    db.close();
    throw outdated === undefined ? error : new BeingMigrated(path, outdated, migrations.length, error);
  }
}

/** Another process has locked a file of an earlier version: while the tables of a large one are brought up to date, that takes long. */
export class BeingMigrated extends CallStatusError {
  constructor(path: string, version: number, needed: number, cause: unknown) {
    const reason = `Its tables have version ${version}, and this release needs ${needed}: another process is probably bringing them up to date.`;
    const hint =
      'Wait until that is done. If no other process starts, end the transaction of the program that has locked the file.';
    super('inbox_locked', { path, reason, hint }, { cause });
  }
}

/** The version of an inbox whose tables are to be migrated. A lock of a writer does not prevent reading it. */
function outdatedVersion(db: Database, migrations: readonly Migration[]): number | undefined {
  try {
    const version = versionOf(db);
    return version < migrations.length ? version : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Copies the -wal into the file, which is then a complete copy of the database. Does nothing while another program reads.
 * Closing the last connection would do the same, but unfinalized statements may keep a connection of @photostructure/sqlite alive.
 */
export function checkpoint(db: Database): void {
  try {
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {}
}

export function requireSafe(db: Database, path: string): void {
  const version = String(pragma(db, 'SELECT sqlite_version()'));
  if (isSafeVersion(version)) return;
  throw unsupported(path, `SQLite ${version} can lose commits of several processes: run ${FITTING_NODE}.`);
}

/** Rejects the file of another program, and a damaged one. An empty file counts as missing, unless it may be created. */
export function requireInbox(db: Database, path: string, create: boolean): void {
  const id = pragma(db, 'PRAGMA application_id');
  const isEmpty = pragma(db, 'SELECT count(*) FROM sqlite_schema') === 0;
  if (id === APPLICATION_ID && !isEmpty) return;
  if ((id !== 0 && id !== APPLICATION_ID) || !isEmpty) {
    throw unsupported(path, 'This is the database of another program: check the path.');
  }
  // A version without its tables.
  const version = versionOf(db);
  if (id === APPLICATION_ID || (version > 0 && version <= MIGRATIONS.length)) {
    throw new CallStatusError('inbox_corrupted', { path });
  }
  if (!create) throw missing(path, 'This file is empty.');
}

/**
 * Set at every open, not only when the file is created: SQLite can be compiled to reopen a WAL file at NORMAL, where a commit does not
 * survive a power cut. The fullfsync pragmas are for macOS, where fsync does not reach the disk.
 */
function makeDurable(db: Database, path: string): void {
  const mode = pragma(db, 'PRAGMA journal_mode = WAL');
  db.exec('PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON');
  const synchronous = pragma(db, 'PRAGMA synchronous');
  if (mode === 'wal' && synchronous === FULL) return;
  throw unsupported(
    path,
    `The inbox must be a file on a local disk; journal_mode is ${mode}, synchronous is ${synchronous}. For tests, use memoryInbox().`,
  );
}

function migrate(db: Database, path: string, migrations: readonly Migration[]): void {
  if (versionOf(db) === migrations.length) return;
  db.exec('BEGIN IMMEDIATE');
  try {
    // Read again: another process may have migrated while this one waited for the lock.
    const version = versionOf(db);
    requireVersion(version, path, migrations);
    for (const migration of migrations.slice(version)) migration(db);
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${migrations.length}; COMMIT`);
  } catch (error) {
    rollback(db);
    throw error;
  }
  // So that a copy of only this file has its tables.
  checkpoint(db);
}

/**
 * Makes sure that no later release has migrated the file.
 *
 * @throws CallStatusError `inbox_unsupported`
 */
export function requireVersion(version: number, path: string, migrations: readonly Migration[] = MIGRATIONS): void {
  if (version <= migrations.length) return;
  throw unsupported(
    path,
    `The file has version ${version}, this release knows ${migrations.length}: update @call-status/inbox-sqlite.`,
  );
}

/** Rolls back, unless SQLite has already done so, as it does after some errors. */
export function rollback(db: Database): void {
  try {
    db.exec('ROLLBACK');
  } catch {}
}

export function versionOf(db: Database): number {
  return Number(pragma(db, 'PRAGMA user_version'));
}

/** The single value that a statement returns. */
export function pragma(db: Database, sql: string): Value {
  const row = db.prepare(sql).get() as Row;
  return Object.values(row)[0];
}

/** The pause between two attempts in {@link whileLocked}. */
const LOCKED_PAUSE_MS = 1;

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/**
 * Retries what another program's lock prevents, blocking this thread. SQLite's own waiting soon retries only ten times a second, and would
 * miss the short moments in which a process that keeps committing frees the lock.
 *
 * @param run may already have run in part
 * @throws any other error of `run`, and the last one after `waitMs`
 */
export function whileLocked<T>(waitMs: number, run: () => T): T {
  const until = performance.now() + waitMs;
  for (;;) {
    try {
      return run();
    } catch (error) {
      if (!isLocked(error) || performance.now() >= until) throw error;
      Atomics.wait(sleeper, 0, 0, LOCKED_PAUSE_MS);
    }
  }
}

export function unsupported(path: string, hint: string): CallStatusError {
  return new CallStatusError('inbox_unsupported', { path, hint });
}

export function missing(path: string, reason: string): CallStatusError {
  return new CallStatusError('inbox_missing', { path, reason });
}
