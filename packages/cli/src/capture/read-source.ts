import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { notFound, unreachable, wrongUsage } from '../cli-error.ts';

/** Files of recorded traffic are large; a request is not. */
const MOST_BYTES = 200 * 1024 * 1024;

/**
 * Reads a capture: a file, or standard input for `-`. Without a byte order mark, and what PowerShell writes (UTF-16) as UTF-8.
 *
 * @throws CliError if it does not exist, cannot be read, or is too large
 */
export async function readSource(path: string): Promise<Buffer> {
  return inUtf8(path === '-' ? await readInput() : readNamed(path));
}

/** Reads a file that a capture names. */
export function readNamed(path: string): Buffer {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    if (fstatSync(file).isDirectory()) throw wrongUsage(`${path} is a folder.`, 'Give a file.');
    return contentOf(file, path);
  } catch (error) {
    throw failureOf(error, path);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** A device has no size, and may never end. */
function contentOf(file: number, path: string): Buffer {
  const chunks: Buffer[] = [];
  let total = 0;
  for (;;) {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    const length = readSync(file, chunk);
    if (length === 0) return Buffer.concat(chunks);
    total += length;
    if (total > MOST_BYTES) throw tooLarge(path);
    chunks.push(chunk.subarray(0, length));
  }
}

const CHUNK_BYTES = 1024 * 1024;

async function readInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MOST_BYTES) throw tooLarge('Standard input');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function inUtf8(bytes: Buffer): Buffer {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return Buffer.from(bytes.subarray(2).toString('utf16le'));
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

function failureOf(error: unknown, path: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return notFound(`There is no file ${path}.`);
  return code === undefined || (error as Error).name === 'CliError'
    ? error
    : unreachable(`${path} cannot be read (${code}).`, undefined, error);
}

function tooLarge(what: string): Error {
  return wrongUsage(
    `${what} has more than ${MOST_BYTES / 1024 / 1024} MB.`,
    'Save only the traffic around the callback.',
  );
}
