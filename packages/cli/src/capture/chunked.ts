import { wrongUsage } from '../cli-error.ts';

/** A size line: hexadecimal digits, and extensions that carry no data. */
const SIZE = /^([0-9a-f]{1,7})[ \t]*(?:;.*)?$/i;

/** The longest size line that is read. */
const LONGEST_LINE = 1000;

/**
 * Joins the chunks of a body. `undefined`: these bytes are not chunks. `end` is where the body ends; a body that is cut off ends with
 * the file, and is not complete.
 *
 * @throws CliError if a chunk after the first has no size
 */
export function joinChunks(bytes: Buffer): { body: Buffer; end: number; isComplete: boolean } | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf('\n', at);
    if (lineEnd < 0 || lineEnd - at > LONGEST_LINE) return chunks.length === 0 ? undefined : cutOff();
    const [, digits] = SIZE.exec(bytes.toString('latin1', at, lineEnd).trimEnd()) ?? [];
    if (digits === undefined) {
      if (chunks.length === 0) return undefined;
      throw wrongUsage(
        `Chunk ${chunks.length + 1} of the body does not begin with its size.`,
        'The file was changed after it was captured: capture it again, or write the body without chunks and remove the Transfer-Encoding.',
      );
    }
    const start = lineEnd + 1;
    const end = start + Number.parseInt(digits, 16);
    if (end === start) return { body: Buffer.concat(chunks), end: endOfTrailers(bytes, start), isComplete: true };
    chunks.push(bytes.subarray(start, end));
    if (end >= bytes.length) return cutOff();
    at = end + (bytes[end] === CR ? 2 : 1);
  }

  function cutOff(): ReturnType<typeof joinChunks> {
    return { body: Buffer.concat(chunks), end: bytes.length, isComplete: false };
  }
}

const CR = 0x0d;

/** Trailers end with an empty line. */
function endOfTrailers(bytes: Buffer, start: number): number {
  for (let at = start; at < bytes.length; ) {
    const lineEnd = bytes.indexOf('\n', at);
    if (lineEnd < 0) break;
    if (bytes.toString('latin1', at, lineEnd).trim() === '') return lineEnd + 1;
    at = lineEnd + 1;
  }
  return bytes.length;
}
