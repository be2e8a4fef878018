import fs from 'node:fs';
import { constants } from 'node:os';
import { CallStatusError, type ErrorCode, type ErrorDetails, isCallStatusError } from '@call-status/core';

/** SQLite's primary result codes (https://sqlite.org/rescode.html) that have a fix of their own. */
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

/** The same by SQLite's own texts: `all()` of @photostructure/sqlite throws errors without a result code. */
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

/** IOERR_SHMSIZE: the only I/O error that is known to mean that the disk is full. */
const SHARED_MEMORY_DOES_NOT_GROW = 4874;

/** IOERR_WRITE: a write failed for another reason than a full disk. */
const WRITE_FAILED = 778;

/** What the system says at a limit that is not the disk's. */
const LIMITS: ReadonlySet<unknown> = new Set([constants.errno.EFBIG, constants.errno.EDQUOT]);

/** What the system says when the process, or the host, has too many files open. */
const TOO_MANY: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE']);

/** The usual ones in words. */
const MEANINGS: Readonly<Record<string, string>> = {
  ENOENT: 'the folder does not exist',
  ENOTDIR: 'a folder of the path is a file',
  EISDIR: 'the path is that of a folder',
  EACCES: 'this user may not open or write it',
  EROFS: 'the disk is read-only',
};

const LIMIT_REACHED = 'The file size limit or the quota of this process is reached: raise it.';
const MAY_BE_A_LIMIT =
  'The file could not be written: look for a file size limit (ulimit -f), a quota, and errors of the disk.';

/**
 * The error of a database in our words; what SQLite did not throw is the operation's own.
 *
 * @param path of the file, which every error names
 */
export function toInboxError(cause: unknown, path: string): CallStatusError {
  if (isCallStatusError(cause)) return cause;
  const result = resultCodeOf(cause);
  if (result === WRITE_FAILED) {
    // Only @photostructure/sqlite tells what the system said.
    return LIMITS.has((cause as { systemErrno?: unknown }).systemErrno)
      ? new CallStatusError('inbox_full', { path, hint: LIMIT_REACHED }, { cause })
      : new CallStatusError('inbox_unavailable', { path, hint: MAY_BE_A_LIMIT }, { cause });
  }
  const primary = result & 0xff;
  const code = result === SHARED_MEMORY_DOES_NOT_GROW ? 'inbox_full' : CODES.get(primary);
  const system = primary === NOT_OPENED ? (systemCodeOf(cause) ?? limitOfFiles()) : systemCodeOf(cause);
  const fallback = isSystemError(cause) ? 'inbox_unwritable' : 'inbox_unavailable';
  return new CallStatusError(code ?? fallback, { path, ...saidBy(system) }, { cause });
}

/** TOOBIG, CONSTRAINT, MISMATCH and RANGE: what was to be stored is wrong, and nothing is wrong with the file. */
const OF_THE_VALUES: ReadonlySet<number> = new Set([18, 19, 20, 25]);

/** Whether an error is of SQLite or of the system, and not of what was to be done. */
export function isOfTheFile(cause: unknown): boolean {
  const result = resultCodeOf(cause);
  return (result !== 0 && !OF_THE_VALUES.has(result & 0xff)) || isSystemError(cause);
}

/** Whether another program's lock is the reason, which is soon over. */
export function isLocked(cause: unknown): boolean {
  return CODES.get(resultCodeOf(cause) & 0xff) === 'inbox_locked';
}

function saidBy(system: string | undefined): Pick<ErrorDetails, 'hint' | 'reason'> {
  if (system === undefined) return {};
  const meaning = MEANINGS[system];
  if (!TOO_MANY.has(system))
    return { reason: `The system said ${system}${meaning === undefined ? '' : `: ${meaning}`}.` };
  return { hint: `Too many files are open (${system}): raise the limit (ulimit -n), or find what keeps them open.` };
}

/** SQLite's result code; 0 for an error that SQLite did not throw. */
function resultCodeOf(error: unknown): number {
  const { errcode, code, message } = error as { errcode?: unknown; code?: unknown; message?: unknown };
  if (typeof errcode === 'number') return errcode;
  if (code !== 'ERR_SQLITE_ERROR') return 0;
  return TEXTS.find(([text]) => String(message).includes(text))?.[1] ?? 0;
}

function isSystemError(error: unknown): boolean {
  return typeof (error as NodeJS.ErrnoException).syscall === 'string';
}

/** What the system said, such as EMFILE, where the error tells it. */
function systemCodeOf(error: unknown): string | undefined {
  const { systemErrno } = error as { systemErrno?: unknown };
  if (isSystemError(error)) return (error as NodeJS.ErrnoException).code;
  return Object.entries(constants.errno).find(([, number]) => number === systemErrno)?.[0];
}

/** node:sqlite does not tell what the system said. */
function limitOfFiles(): string | undefined {
  try {
    // A folder: closing the file of a database would end the locks that this process has on it.
    fs.closeSync(fs.openSync('.', 'r'));
    return undefined;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    return TOO_MANY.has(code) ? code : undefined;
  }
}
