import { closeSync, fstatSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { CallStatusError } from '@call-status/core';

/** The files beside the database: SQLite keeps recent commits in the first, and their index in the second. */
const PARTS = ['-wal', '-shm'] as const;

/** Identifies the files that are open. */
export interface Identity {
  /** The real path of the file. Its parts are beside the target of a link. */
  readonly place: string;
  /** The ids of the file and of its parts. */
  readonly ids: readonly (string | undefined)[];
  readonly wal: WalWatch;
}

/** Distinguishes a file from another one in its place; `undefined` if there is no file. */
export function fileId(path: string): string | undefined {
  try {
    const stat = statSync(path);
    return `${stat.dev}:${stat.ino}`;
  } catch (error) {
    // Not `throwIfNoEntry`: newer versions of Node also use it when a folder of the path is a file.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The identity of a file that has just been opened. */
export function identityOf(path: string): Identity {
  const place = realpathSync(path);
  return { place, ids: [fileId(path), ...PARTS.map((part) => fileId(place + part))], wal: new WalWatch() };
}

/**
 * Makes sure that writes can be found again: a file that was removed, renamed, replaced or truncated accepts writes as before, and they are
 * lost with it.
 *
 * @throws CallStatusError `inbox_replaced`
 */
export function requireSame(path: string, { place, ids, wal }: Identity): void {
  if (idOf(path) !== ids[0]) throw replaced(path, path);
  for (let at = 0; at < PARTS.length; at++) {
    const part = `${place}${PARTS[at]}`;
    if (idOf(part) !== ids[at + 1]) throw replaced(path, part);
  }
  if (statSync(path).size === 0) throw truncated(path, path);
  if (wal.isCut(`${place}-wal`)) throw truncated(path, `${place}-wal`);
}

/** A file whose folder cannot be searched counts as removed. */
export function idOf(path: string): string | undefined {
  try {
    return fileId(path);
  } catch {
    return undefined;
  }
}

/** In bytes; 0 if there is no file. */
export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

export function replaced(path: string, part: string): CallStatusError {
  const reason = `${part} was removed, renamed or replaced while it was open.`;
  return new CallStatusError('inbox_replaced', { path, reason });
}

function truncated(path: string, part: string): CallStatusError {
  return new CallStatusError('inbox_replaced', { path, reason: `${part} was cut short while it was open.` });
}

/**
 * Creates an empty file that only its owner may read, since it will contain phone numbers. SQLite gives the -wal and -shm the same mode.
 * An existing file is left as it is.
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

/** The size to which SQLite cuts the -wal when it restarts one that a long reader kept from being reused. */
export const LONGEST_WAL_BYTES: number = 8000 * 4096;

const HEADER_BYTES = 32;

/** Two random numbers in the header of the -wal, which change each time SQLite writes it from the beginning. */
const SALTS = { at: 16, bytes: 8 };
const NO_SALTS = '0'.repeat(4 * SALTS.bytes);

interface WalState {
  readonly size: number;
  readonly salts: string;
}

/**
 * Watches a -wal. SQLite keeps writing beyond the end of one that was cut short, and the next start would find none of it. SQLite itself
 * cuts the -wal only when it restarts it.
 */
export class WalWatch {
  #last: WalState | undefined;
  #isCut = false;

  /** Whether the -wal has been cut short since the first check. */
  isCut(path: string): boolean {
    const state = walStateOf(path);
    if (state === undefined) return this.#isCut;
    const { size, salts } = state;
    const last = this.#last;
    this.#isCut ||= salts === NO_SALTS ? size > HEADER_BYTES : salts === last?.salts && size < last.size;
    this.#last = { salts, size: Math.min(size, LONGEST_WAL_BYTES) };
    return this.#isCut;
  }
}

/** `undefined` if the file cannot be read. */
function walStateOf(path: string): WalState | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const before = saltsOf(file);
    const { size } = fstatSync(file);
    // Both readings: if another process restarts the file in between, they match no other state.
    return { size, salts: before + saltsOf(file) };
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function saltsOf(file: number): string {
  const salts = Buffer.alloc(SALTS.bytes);
  readSync(file, salts, 0, SALTS.bytes, SALTS.at);
  return salts.toString('hex');
}
