import fs from 'node:fs';
import { constants } from 'node:os';
import { CallStatusError, type ErrorCode, isCallStatusError } from '@call-status/core';
import type { ErrorDetails } from '@call-status/core/provider';

/** SQLite's primary result codes (https://sqlite.org/rescode.html) that have an error code of their own. */
const CODES = new Map<number, ErrorCode>([
  [3, 'inbox_unwritable'], // PERM
  [5, 'inbox_locked'], // BUSY
  [6, 'inbox_locked'], // LOCKED
  [8, 'inbox_unwritable'], // READONLY
  [11, 'inbox_corrupted'], // CORRUPT
  [13, 'inbox_full'], // FULL
  [14, 'inbox_unwritable'], // CANTOPEN
  [26, 'inbox_corrupted'], // NOTADB
]);

/** The same by SQLite's texts: `all()` of @photostructure/sqlite throws errors without a result code. */
const TEXTS: readonly (readonly [text: string, result: number])[] = [
  ['access permission denied', 3],
  ['database is locked', 5],
  ['database table is locked', 6],
  ['attempt to write a readonly database', 8],
  ['disk I/O error', 10],
  ['database disk image is malformed', 11],
  ['database or disk is full', 13],
  ['unable to open database file', 14],
  ['file is not a database', 26],
];

/** CANTOPEN. */
const NOT_OPENED = 14;

/** IOERR_SHMSIZE: the only I/O error that always means a full disk. */
const SHARED_MEMORY_DOES_NOT_GROW = 4874;

/** IOERR_WRITE: a write failed, but not because the disk is full. */
const WRITE_FAILED = 778;

/** System errors for limits other than the disk's size. */
const LIMITS: ReadonlySet<unknown> = new Set([constants.errno.EFBIG, constants.errno.EDQUOT]);

/** System errors for too many open files, in the process or on the host. */
const TOO_MANY: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE']);

/** The usual system errors in words. */
const MEANINGS: Readonly<Record<string, string>> = {
  ENOENT: 'the folder does not exist',
  ENOTDIR: 'a folder of the path is a file',
  EISDIR: 'the path is that of a folder',
  EACCES: 'this user may not open or write the file',
  EROFS: 'the disk is read-only',
};

const LIMIT_REACHED = 'The file size limit or the quota of this process is reached: raise it.';
const MAY_BE_A_LIMIT =
  'The file could not be written: check for a file size limit (ulimit -f), a quota, and disk errors.';

/**
 * Converts an error of SQLite, of the system or of an operation.
 *
 * @param path the file, named in every error
 */
export function toInboxError(cause: unknown, path: string): CallStatusError {
  if (isCallStatusError(cause)) return cause;
  const result = resultCodeOf(cause);
  if (result === WRITE_FAILED) {
    // Only @photostructure/sqlite reports the system error.
    return LIMITS.has((cause as { systemErrno?: unknown }).systemErrno)
      ? new CallStatusError('inbox_full', { path, hint: LIMIT_REACHED }, { cause })
      : new CallStatusError('inbox_unavailable', { path, hint: MAY_BE_A_LIMIT }, { cause });
  }
  const primary = result & 0xff;
  const code = result === SHARED_MEMORY_DOES_NOT_GROW ? 'inbox_full' : CODES.get(primary);
  const system = primary === NOT_OPENED ? (systemCodeOf(cause) ?? limitOfFiles()) : systemCodeOf(cause);
  const fallback = isSystemError(cause) ? 'inbox_unwritable' : 'inbox_unavailable';
  return new CallStatusError(code ?? fallback, { path, ...detailsOf(system) }, { cause });
}

/** TOOBIG, CONSTRAINT, MISMATCH and RANGE: the values are wrong, not the file. */
const OF_THE_VALUES: ReadonlySet<number> = new Set([18, 19, 20, 25]);

/** Whether an error came from SQLite or the system, rather than from the values to store. */
export function isOfTheFile(cause: unknown): boolean {
  const result = resultCodeOf(cause);
  return (result !== 0 && !OF_THE_VALUES.has(result & 0xff)) || isSystemError(cause);
}

/** Whether another program's lock caused an error. */
export function isLocked(cause: unknown): boolean {
  return CODES.get(resultCodeOf(cause) & 0xff) === 'inbox_locked';
}

function detailsOf(system: string | undefined): Pick<ErrorDetails, 'hint' | 'reason'> {
  if (system === undefined) return {};
  const meaning = MEANINGS[system];
  if (!TOO_MANY.has(system))
    return { reason: `The system reported ${system}${meaning === undefined ? '' : `: ${meaning}`}.` };
  return {
    hint: `Too many files are open (${system}): raise the limit (ulimit -n), or find out what keeps them open.`,
  };
}

/** SQLite's result code, or 0 if SQLite did not throw the error. */
export function resultCodeOf(error: unknown): number {
  const { errcode, code, message } = error as { errcode?: unknown; code?: unknown; message?: unknown };
  if (typeof errcode === 'number') return errcode;
  if (code !== 'ERR_SQLITE_ERROR') return 0;
  return TEXTS.find(([text]) => String(message).includes(text))?.[1] ?? 0;
}

function isSystemError(error: unknown): boolean {
  return typeof (error as NodeJS.ErrnoException).syscall === 'string';
}

/** The system error, such as EMFILE, if the error contains it. */
function systemCodeOf(error: unknown): string | undefined {
  const { systemErrno } = error as { systemErrno?: unknown };
  if (isSystemError(error)) return (error as NodeJS.ErrnoException).code;
  return Object.entries(constants.errno).find(([, number]) => number === systemErrno)?.[0];
}

/** Finds out whether too many files are open, since node:sqlite does not report the system error. */
function limitOfFiles(): string | undefined {
  try {
    // Opens a folder: closing the database file would release this process's locks on it.
    fs.closeSync(fs.openSync('.', 'r'));
    return undefined;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    return TOO_MANY.has(code) ? code : undefined;
  }
}
