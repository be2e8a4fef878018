import { constants } from 'node:os';
import { CallStatusError, type ErrorCode } from '@call-status/core';

/** SQLite's primary result codes (https://sqlite.org/rescode.html) that have a mend of their own. */
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

/** IOERR_SHMSIZE: the only I/O error that is known to mean that the disk is full. */
const SHARED_MEMORY_DOES_NOT_GROW = 4874;

/** IOERR_WRITE: a write failed for another reason than a full disk. */
const WRITE_FAILED = 778;

/** What the system says at a limit that is not the disk's. */
const LIMITS: ReadonlySet<unknown> = new Set([constants.errno.EFBIG, constants.errno.EDQUOT]);

const LIMIT_REACHED = 'The file size limit or the quota of this process is reached: raise it.';
const MAY_BE_A_LIMIT =
  'The file could not be written: look for a file size limit (ulimit -f), a quota, and errors of the disk.';

/** The error of a database in our words; what is none of SQLite's is the operation's own. */
export function toInboxError(cause: unknown): CallStatusError {
  if (cause instanceof CallStatusError) return cause;
  const result = resultCodeOf(cause);
  if (result === WRITE_FAILED) {
    // Only @photostructure/sqlite tells what the system said.
    return LIMITS.has((cause as { systemErrno?: unknown }).systemErrno)
      ? new CallStatusError('inbox_full', { hint: LIMIT_REACHED }, { cause })
      : new CallStatusError('inbox_unavailable', { hint: MAY_BE_A_LIMIT }, { cause });
  }
  const code = result === SHARED_MEMORY_DOES_NOT_GROW ? 'inbox_full' : CODES.get(result & 0xff);
  return new CallStatusError(code ?? 'inbox_unavailable', {}, { cause });
}

/** SQLite's result code; 0 for an error that is none of SQLite's. */
function resultCodeOf(error: unknown): number {
  const { errcode } = error as { errcode?: unknown };
  return typeof errcode === 'number' ? errcode : 0;
}
