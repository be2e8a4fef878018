import { wrongUsage } from '../cli-error.ts';
import type { Header } from './captured.ts';
import { joinChunks } from './chunked.ts';

/**
 * The body of a request in a file, from where its headers end.
 *
 * @param notes gets what the file says about its body that does not match
 * @throws CliError if the body is in another file
 */
export function bodyOf(
  file: Buffer,
  start: number,
  headers: readonly Header[],
  method: string,
  notes: string[],
): Buffer {
  const rest = file.subarray(start);
  const header = (wanted: string): string | undefined => headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
  if (/\bchunked\s*$/i.test(header('transfer-encoding') ?? '')) {
    const joined = joinChunks(rest);
    if (joined?.isComplete === false) notes.push('The body is cut off: its last chunk is missing.');
    if (joined !== undefined) return joined.body;
  }
  const length = Number(header('content-length')?.trim() || Number.NaN);
  const isMultipart = /^\s*multipart\//i.test(header('content-type') ?? '');
  const body = Number.isSafeInteger(length) && length >= 0 ? cutTo(length, rest, notes) : untilSeparator(rest, method);
  // An editor may have changed the line ends, and multipart has no others.
  return isMultipart && !body.includes('\r') ? withCrlf(body) : body;
}

function cutTo(length: number, rest: Buffer, notes: string[]): Buffer {
  if (rest.length >= length) {
    const more = rest.subarray(length).toString('latin1').trimStart();
    if (more !== '' && !/^(?:#|HTTP\/|[A-Z]+ \S+ HTTP\/)/.test(more)) {
      notes.push(
        `${rest.length - length} bytes follow the body of ${length} bytes (Content-Length), and are ignored. If the body was edited, remove the Content-Length.`,
      );
    }
    return rest.subarray(0, length);
  }
  for (const candidate of [withCrlf(rest), withoutLastBreak(withCrlf(rest))]) {
    if (candidate.length === length) return candidate;
  }
  notes.push(`The body is cut off: Content-Length says ${length} bytes, and the capture has ${rest.length}.`);
  return rest;
}

/** The line that separates the requests of a REST client. */
const SEPARATOR = /\r?\n###/;

function untilSeparator(rest: Buffer, method: string): Buffer {
  const end = SEPARATOR.exec(`\n${rest.toString('latin1')}`)?.index;
  const body = withoutLastBreak(end === undefined ? rest : rest.subarray(0, Math.max(0, end - 1)));
  if (/^<@?[ \t]+\S/.test(body.toString('latin1', 0, 100)) && method !== 'GET') {
    throw wrongUsage('The body is in another file.', "Put its content in place of the line that begins with '<'.");
  }
  return body;
}

/** Editors end a file with a line break that was not sent. */
function withoutLastBreak(body: Buffer): Buffer {
  let end = body.length;
  while (end > 0 && (body[end - 1] === 0x0a || body[end - 1] === 0x0d)) end--;
  return body.subarray(0, end);
}

function withCrlf(body: Buffer): Buffer {
  return Buffer.from(body.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1');
}
