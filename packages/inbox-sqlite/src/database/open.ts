import { pathToFileURL } from 'node:url';
import { CallStatusError } from '@call-status/core';
import { type Database, type DatabaseClass, FITTING_NODE, isSafeVersion, type Row, type Value } from './engine.ts';
import { createPrivately, fileId } from './file.ts';
import { whileLocked } from './locked.ts';
import { MIGRATIONS } from './schema.ts';
import { LONGEST_WAL_BYTES } from './wal.ts';

/** SQLite sleeps on the calling thread while it waits for a lock, so it may not wait for long; the inbox waits without blocking. */
const BUSY_MS = 10;

/** Of 4 KiB: how long the WAL file gets. */
const CHECKPOINT_PAGES = 4000;

/** How much of the file a connection keeps in memory: enough for the inner pages of an index of millions of calls. */
const CACHE_KIB = 16_000;

/** A value of `PRAGMA synchronous`. */
const FULL = 2;

/** How to open a file. */
export interface Opening {
  /** Whether one that does not exist may be made. */
  readonly create: boolean;
  /** How long each step waits for another program's lock, blocking this thread. */
  readonly waitMs: number;
}

/**
 * Opens the file, makes sure that a commit means "on the disk", and brings its tables up to date.
 *
 * @throws CallStatusError `inbox_missing`, `inbox_unsupported`, and what SQLite and the system throw
 */
export function openDatabase(engine: DatabaseClass, path: string, { create, waitMs }: Opening): Database {
  if (path === ':memory:')
    throw unsupported(path, 'It has to be a file on a local disk. For tests, use memoryInbox().');
  if (fileId(path) === undefined) {
    if (!create) throw missing(path, 'This file does not exist.');
    createPrivately(path);
  }
  // As a URI, because only there SQLite can be told to make no file: it may have gone since.
  const db = new engine(`${pathToFileURL(path).href}?mode=rw`);
  try {
    // Only a write shows whether the file may be written. No statement is prepared before: @photostructure/sqlite keeps a closed
    // file open until its statements are garbage, and one that was opened for reading alone would bind all who open it later.
    db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
    whileLocked(waitMs, () => db.exec('BEGIN IMMEDIATE; PRAGMA application_id = 0; ROLLBACK'));
    whileLocked(waitMs, () => {
      requireSafe(db, path);
      requireInbox(db, path, create);
      makeDurable(db, path);
      db.exec(`PRAGMA cache_size = ${-CACHE_KIB}; PRAGMA secure_delete = ON`);
      // Pages that change with each event are copied into the file once in a while, and not every few commits.
      db.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}; PRAGMA journal_size_limit = ${LONGEST_WAL_BYTES}`);
      migrate(db, path);
    });
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * Copies what was committed into the file, which is then a whole copy of the database. Left undone while another program reads.
 * Closing the last connection would do it, but unfinalised statements may keep a connection of @photostructure/sqlite alive.
 */
export function checkpoint(db: Database): void {
  try {
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {}
}

function requireSafe(db: Database, path: string): void {
  const version = String(pragma(db, 'SELECT sqlite_version()'));
  if (isSafeVersion(version)) return;
  throw unsupported(path, `SQLite ${version} can lose commits of several processes: run ${FITTING_NODE}.`);
}

/** A file of another program is left alone; an empty one is an inbox only for who may make one. */
function requireInbox(db: Database, path: string, create: boolean): void {
  if (versionOf(db) > 0) return;
  if (pragma(db, 'SELECT count(*) FROM sqlite_schema') !== 0) {
    throw unsupported(path, 'This is the database of another program: check the path.');
  }
  if (!create) throw missing(path, 'This file is empty.');
}

/**
 * Set at every open, not only when the file is made: SQLite can be compiled to reopen a WAL file at NORMAL, where a commit
 * does not survive a power cut. The fullfsync pragmas are for macOS, where fsync alone does not reach the disk.
 */
function makeDurable(db: Database, path: string): void {
  const mode = pragma(db, 'PRAGMA journal_mode = WAL');
  db.exec('PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON');
  const synchronous = pragma(db, 'PRAGMA synchronous');
  if (mode === 'wal' && synchronous === FULL) return;
  throw unsupported(
    path,
    `It has to be a file on a local disk; journal_mode is ${mode}, synchronous is ${synchronous}. For tests, use memoryInbox().`,
  );
}

function migrate(db: Database, path: string): void {
  if (versionOf(db) === MIGRATIONS.length) return;
  db.exec('BEGIN IMMEDIATE');
  try {
    // Read again: another process may have migrated while we waited for the lock.
    const version = versionOf(db);
    requireVersion(version, path);
    for (const migration of MIGRATIONS.slice(version)) db.exec(migration);
    db.exec(`PRAGMA user_version = ${MIGRATIONS.length}; COMMIT`);
  } catch (error) {
    rollback(db);
    throw error;
  }
  // A copy of the file has at least its tables.
  checkpoint(db);
}

/**
 * Makes sure that the file is not of a later release, which may know its tables otherwise.
 *
 * @throws CallStatusError `inbox_unsupported`
 */
export function requireVersion(version: number, path: string): void {
  if (version <= MIGRATIONS.length) return;
  throw unsupported(
    path,
    `The file has version ${version}, this release knows ${MIGRATIONS.length}: update @call-status/inbox-sqlite.`,
  );
}

/** Rolls back, unless SQLite has done so itself, as it does after some errors. */
export function rollback(db: Database): void {
  try {
    db.exec('ROLLBACK');
  } catch {}
}

function versionOf(db: Database): number {
  return Number(pragma(db, 'PRAGMA user_version'));
}

/** The one value that a statement returns. */
export function pragma(db: Database, sql: string): Value {
  const row = db.prepare(sql).get() as Row;
  return Object.values(row)[0];
}

function unsupported(path: string, hint: string): CallStatusError {
  return new CallStatusError('inbox_unsupported', { path, hint });
}

function missing(path: string, reason: string): CallStatusError {
  return new CallStatusError('inbox_missing', { path, reason });
}
