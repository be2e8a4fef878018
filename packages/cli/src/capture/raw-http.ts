import { wrongUsage } from '../cli-error.ts';
import { type Header, type ParsedRequest, partsOf } from './captured.ts';
import { bodyOf } from './raw-body.ts';

/** Method, target and version; the version may be missing, as REST clients allow. */
const REQUEST_LINE = /^([A-Z]{1,20})[ \t]+((?:https?:\/)?\/\S*)(?:[ \t]+(HTTP\/\d(?:\.\d)?))?[ \t]*$/;
/** A REST client sends a line with only a URL as GET. */
const URL_LINE = /^https?:\/\/\S+$/i;
/** The same behind the bytes of the lower protocols that `tcpdump -A` prints. */
const EMBEDDED = /((?:POST|GET) (?:https?:\/)?\/\S{0,8000} HTTP\/1\.[01])\.?$/;
/** Its line about a packet repeats the request line, which comes again in the packet. */
const SUMMARY = /: HTTP: [A-Z]+ /;
const HEADER = /^(:?[\w!#$%&'*+.^`|~-]+)[ \t]*:(.*)$/;
const COMMENT = /^(?:#|\/\/)/;
const VARIABLE = /\{\{[^{}]{0,100}\}\}/;
const MOST_HEADERS = 1000;

/**
 * Reads an HTTP request as it was on the wire, or as a REST client writes it: with comments, without a version, with a URL in place of
 * the path. Line ends may be CRLF or LF. A body ends where its length or its chunks say; else with the file or a `###` line.
 *
 * @throws CliError with the line and the cause
 */
export function parseRawHttp(file: Buffer): ParsedRequest {
  const lines = new Lines(file);
  const notes: string[] = [];
  const { comments, line, lineNumber } = findRequestLine(lines);
  const [, method = 'GET', target = line, version] = REQUEST_LINE.exec(line) ?? [];
  const whole = target + moreOfQuery(lines);
  const [variable] = VARIABLE.exec(whole) ?? [];
  if (variable !== undefined) {
    throw wrongUsage(`Line ${lineNumber} has the variable ${variable}.`, 'Replace it with its value.');
  }
  const headers = readHeaders(lines);
  const body = bodyOf(file, lines.at, headers, method, notes);
  const stated = /^https?:/i.test(noteOf(comments, 'origin') ?? '')
    ? partsOf(noteOf(comments, 'origin') as string)
    : undefined;
  return {
    format: 'HTTP request',
    method,
    scheme: stated?.scheme,
    ...addressOf(whole, version !== undefined, headers, stated?.host),
    headers,
    body,
    atMs: timeOf(noteOf(comments, 'received')) ?? timeOf(headers.find(([name]) => name.toLowerCase() === 'date')?.[1]),
    notes,
  };
}

/** The lines of a file, as bytes. */
class Lines {
  at = 0;
  number = 0;
  readonly #file: Buffer;

  constructor(file: Buffer) {
    this.#file = file;
  }

  /** The next line without its end, or `undefined` at the end of the file. */
  next(): string | undefined {
    if (this.at >= this.#file.length) return undefined;
    const found = this.#file.indexOf('\n', this.at);
    const end = found < 0 ? this.#file.length : found;
    const line = this.#file.toString('latin1', this.at, end);
    this.at = end + 1;
    this.number++;
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  }

  /** Takes the next line only if it matches. */
  nextIf(form: RegExp): string | undefined {
    const { at, number } = this;
    const line = this.next();
    if (line !== undefined && form.test(line)) return line;
    this.at = at;
    this.number = number;
    return undefined;
  }
}

function findRequestLine(lines: Lines): { comments: readonly string[]; line: string; lineNumber: number } {
  const comments: string[] = [];
  let firstOther = 0;
  for (let line = lines.next(); line !== undefined; line = lines.next()) {
    if (COMMENT.test(line)) comments.push(line);
    else if (REQUEST_LINE.test(line) || URL_LINE.test(line)) return { comments, line, lineNumber: lines.number };
    else if (EMBEDDED.test(line) && !SUMMARY.test(line)) {
      return { comments, line: EMBEDDED.exec(line)?.[1] as string, lineNumber: lines.number };
    } else if (firstOther === 0 && line.trim() !== '') firstOther = lines.number;
  }
  const where =
    firstOther === 0 ? 'The capture is empty.' : `Line ${firstOther} is not a request line, and none follows.`;
  throw wrongUsage(
    where,
    "Expected an HTTP request that begins with a line such as 'POST /webhooks/voice HTTP/1.1', a HAR file or a curl command.",
  );
}

/** REST clients write a long query on lines of its own. */
function moreOfQuery(lines: Lines): string {
  let query = '';
  for (let line = lines.nextIf(/^[ \t]+[?&]/); line !== undefined; line = lines.nextIf(/^[ \t]+[?&]/))
    query += line.trim();
  return query;
}

function readHeaders(lines: Lines): readonly Header[] {
  const headers: [string, string][] = [];
  for (let line = lines.next(); line !== undefined && line.trim() !== ''; line = lines.next()) {
    const last = headers.at(-1);
    const [, name, value = ''] = HEADER.exec(line) ?? [];
    if (COMMENT.test(line)) continue;
    if (/^[ \t]/.test(line) && last !== undefined) last[1] = `${last[1]} ${line.trim()}`.trim();
    else if (name !== undefined) headers.push([name, value.trim()]);
    else {
      throw wrongUsage(
        `Line ${lines.number} is not a header.`,
        "Expected 'Name: value', or an empty line before the body.",
      );
    }
    if (headers.length > MOST_HEADERS)
      throw wrongUsage(`There are more than ${MOST_HEADERS} headers.`, 'Keep only one request in the file.');
  }
  return headers;
}

/** The host on the request line counts if there is no other. An application sees the whole URL there only if it was sent so. */
function addressOf(
  target: string,
  wasSent: boolean,
  headers: readonly Header[],
  stated: string | undefined,
): Pick<ParsedRequest, 'host' | 'target'> & { scheme?: string } {
  const parts = partsOf(target);
  if (parts === undefined) return { host: stated, target };
  const host = headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? stated;
  const isOther = wasSent && host !== undefined && host.toLowerCase() !== parts.host?.toLowerCase();
  return isOther
    ? { scheme: parts.scheme as string, host, target }
    : { scheme: parts.scheme as string, host: parts.host, target: parts.target };
}

/** What a comment says about a subject: `# received: 2026-11-30T04:20:00Z`. */
function noteOf(comments: readonly string[], subject: string): string | undefined {
  const start = `# ${subject}: `;
  return comments
    .find((line) => line.startsWith(start))
    ?.slice(start.length)
    .trim();
}

function timeOf(text: string | undefined): number | undefined {
  const ms = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}
