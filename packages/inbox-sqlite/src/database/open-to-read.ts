import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Database, DatabaseClass } from './engine.ts';
import { resultCodeOf } from './errors.ts';
import { fileId, sizeOf } from './file.ts';
import {
  BUSY_MS,
  CACHE_KIB,
  missing,
  requireInbox,
  requireSafe,
  requireVersion,
  unsupported,
  versionOf,
  whileLocked,
} from './open.ts';
import { MIGRATIONS } from './schema/schema.ts';

/** SQLite's result codes READONLY and CANTOPEN. */
const CANNOT_WRITE: ReadonlySet<number> = new Set([8, 14]);

/**
 * Opens the file for reading only, beside the processes that write it.
 *
 * @throws CallStatusError `inbox_missing`, `inbox_unsupported`; also errors of SQLite and of the system
 */
export function openToRead(engine: DatabaseClass, path: string, waitMs: number): Database {
  if (fileId(path) === undefined) throw missing(path, 'This file does not exist.');
  try {
    return opened(engine, path, 'mode=ro', waitMs);
  } catch (error) {
    // Even a reader needs the -wal and -shm, which it cannot create on a disk that cannot be written. Without a -wal, the file is complete.
    const isComplete = sizeOf(`${realpathSync(path)}-wal`) === 0;
    if (!CANNOT_WRITE.has(resultCodeOf(error) & 0xff) || !isComplete) throw error;
    return opened(engine, path, 'immutable=1', waitMs);
  }
}

function opened(engine: DatabaseClass, path: string, mode: string, waitMs: number): Database {
  const db = new engine(`${pathToFileURL(path).href}?${mode}`);
  try {
    db.exec(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA cache_size = ${-CACHE_KIB}; PRAGMA query_only = ON`);
    whileLocked(waitMs, () => {
      requireSafe(db, path);
      requireInbox(db, path, false);
    });
    requireTables(versionOf(db), path);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function requireTables(version: number, path: string): void {
  requireVersion(version, path);
  if (version === MIGRATIONS.length) return;
  throw unsupported(
    path,
    `The file has version ${version}, and this release reads ${MIGRATIONS.length}: start its service with this release once, which updates the file.`,
  );
}
