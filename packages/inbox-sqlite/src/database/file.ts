import { closeSync, openSync, realpathSync, statSync } from 'node:fs';
import { CallStatusError } from '@call-status/core';
import { WalWatch } from './wal.ts';

/** What belongs to the database: SQLite keeps what was committed last in the first, and its index in the second. */
const PARTS = ['-wal', '-shm'] as const;

/** Which files are open. */
export interface Identity {
  /** Where the file and its parts really are: beside the target of a link. */
  readonly place: string;
  /** Of the file, and of its parts. */
  readonly ids: readonly (string | undefined)[];
  readonly wal: WalWatch;
}

/** What tells a file from another that took its place; `undefined` when there is none. */
export function fileId(path: string): string | undefined {
  try {
    const stat = statSync(path);
    return `${stat.dev}:${stat.ino}`;
  } catch (error) {
    // Not `throwIfNoEntry`: newer Nodes say the same of a folder that is a file.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Looks at a file that has just been opened. */
export function identityOf(path: string): Identity {
  const place = realpathSync(path);
  return { place, ids: [fileId(path), ...PARTS.map((part) => fileId(place + part))], wal: new WalWatch() };
}

/**
 * Makes sure that what is written goes where it is found again: a file that was removed, renamed, replaced or cut short takes writes as
 * before, and what they wrote is gone with it.
 *
 * @throws CallStatusError `inbox_replaced`
 */
export function requireSame(path: string, { place, ids, wal }: Identity): void {
  if (idOf(path) !== ids[0]) throw replaced(path, path);
  for (let at = 0; at < PARTS.length; at++) {
    const part = `${place}${PARTS[at]}`;
    if (idOf(part) !== ids[at + 1]) throw replaced(path, part);
  }
  if (statSync(path).size === 0) throw cutShort(path, path);
  if (wal.isCut(`${place}-wal`)) throw cutShort(path, `${place}-wal`);
}

/** A folder that cannot be searched any more is gone like one that was removed. */
export function idOf(path: string): string | undefined {
  try {
    return fileId(path);
  } catch {
    return undefined;
  }
}

export function replaced(path: string, part: string): CallStatusError {
  const reason = `${part} was removed, renamed or replaced while it was open.`;
  return new CallStatusError('inbox_replaced', { path, reason });
}

function cutShort(path: string, part: string): CallStatusError {
  return new CallStatusError('inbox_replaced', { path, reason: `${part} was cut short while it was open.` });
}

/**
 * Makes an empty file that only its owner may read, since it will hold phone numbers; SQLite gives its -wal and -shm the same mode.
 * Leaves one alone that is there.
 */
export function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Whether users other than the owner and the group may read or write a file. */
export function isExposed(path: string): boolean {
  return process.platform !== 'win32' && (statSync(path).mode & 0o007) !== 0;
}
