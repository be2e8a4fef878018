import { resolve } from 'node:path';
import type { StoreCheck } from '@call-status/core/inbox';
import { loadEngine } from './engine.ts';
import { toInboxError } from './errors.ts';
import { versionOf } from './open.ts';
import { openToRead } from './open-to-read.ts';
import { MIGRATIONS } from './schema/schema.ts';

/** How long to wait for another program's lock, and how many problems to report at most. */
const WAIT_MS = 3000;
const MOST_PROBLEMS = 20;

/**
 * Looks for damage of an inbox file: every page of it is read, which blocks this process for as long as the disk takes. A service may be using
 * the file, and nothing is written to it.
 *
 * @throws CallStatusError `inbox_missing`, `inbox_unsupported`, `inbox_corrupted` if it is damaged too much to be opened
 * @example
 * ```ts
 * import { checkFile } from '@call-status/inbox-sqlite';
 *
 * for (const problem of checkFile('/data/calls.db').problems) console.error(problem);
 * ```
 */
export function checkFile(path: string): StoreCheck {
  try {
    const db = openToRead(loadEngine(), resolve(path), WAIT_MS);
    try {
      const found = db.prepare(`PRAGMA quick_check(${MOST_PROBLEMS})`).all();
      const texts = found.flatMap((row) => String(Object.values(row)[0]).split('\n'));
      return { version: versionOf(db), needed: MIGRATIONS.length, problems: texts.filter((text) => text !== 'ok') };
    } finally {
      db.close();
    }
  } catch (error) {
    throw toInboxError(error, resolve(path));
  }
}
