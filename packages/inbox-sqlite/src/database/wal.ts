import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Where a reader kept the WAL file from being used again, it is cut back to this once the reader is gone. */
export const LONGEST_WAL_BYTES: number = 8000 * 4096;

const HEADER_BYTES = 32;

/** Two random numbers at the end of the header, but for its checksum: others each time that the file is used from its beginning again. */
const SALTS = { at: 16, bytes: 8 };
const NO_SALTS = '0'.repeat(4 * SALTS.bytes);

interface Look {
  readonly size: number;
  readonly salts: string;
}

/**
 * Watches a -wal. SQLite goes on writing behind the end of one that was cut short, and the next start would find nothing of that. SQLite
 * itself cuts it only when it begins again.
 */
export class WalWatch {
  #last: Look | undefined;
  #isCut = false;

  /** Whether it was cut short since it was looked at first. */
  isCut(path: string): boolean {
    const look = lookAt(path);
    if (look === undefined) return this.#isCut;
    const { size, salts } = look;
    const last = this.#last;
    this.#isCut ||= salts === NO_SALTS ? size > HEADER_BYTES : salts === last?.salts && size < last.size;
    this.#last = { salts, size: Math.min(size, LONGEST_WAL_BYTES) };
    return this.#isCut;
  }
}

/** `undefined` where it cannot be read. */
function lookAt(path: string): Look | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const before = saltsOf(file);
    const { size } = fstatSync(file);
    // Twice: if another process begins the file again at this moment, they are the same as at no other time.
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
