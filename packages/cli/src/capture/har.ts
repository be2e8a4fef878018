import { notFound, wrongUsage } from '../cli-error.ts';
import { type Header, type ParsedRequest, partsOf } from './captured.ts';
import { multipartOf } from './multipart.ts';

/** An entry of a HAR file, for a list of them. */
export interface HarEntry {
  /** From 1, as in the list. */
  readonly number: number;
  readonly method: string;
  /** Without the query, whose values may be secrets. */
  readonly url: string;
  /** ISO 8601, if the file says it. */
  readonly startedAt: string | undefined;
  /** The status of the answer. */
  readonly status: number | undefined;
}

/** How to choose an entry. */
export interface HarChoice {
  /** The entry, from 1. */
  readonly entry: number | undefined;
  /** Whether a request looks like a callback. */
  readonly isCallback: (request: ParsedRequest) => boolean;
  /** Gets the entries to choose from, if it is not clear which one. */
  readonly list: (entries: readonly HarEntry[]) => void;
}

/**
 * Reads one request of a HAR file, as browsers and proxies write it: the one that was chosen, else the only one that looks like a callback.
 *
 * @throws CliError if the file is not HAR, has no such entry, or several that look like callbacks
 */
export function parseHar(text: string, { entry, isCallback, list }: HarChoice): ParsedRequest {
  const entries = entriesOf(text);
  if (entry !== undefined) {
    const chosen = entries[entry - 1];
    if (chosen === undefined) throw notFound(`The HAR file has ${counted(entries.length)}, and no entry ${entry}.`);
    return requestOf(chosen, entry, entries.length);
  }
  const requests = entries.flatMap((one, at) => {
    const request = readable(() => requestOf(one, at + 1, entries.length));
    return request === undefined ? [] : [{ request, number: at + 1, entry: one }];
  });
  const callbacks = requests.filter(({ request }) => isCallback(request));
  const [only, ...others] = callbacks.length === 0 ? requests : callbacks;
  if (only !== undefined && others.length === 0) return only.request;
  const shown = (callbacks.length === 0 ? requests : callbacks).map(({ request, number, entry }) =>
    toEntry(request, number, entry),
  );
  list(shown);
  if (callbacks.length === 0) {
    throw notFound(
      `None of the ${counted(entries.length)} of the HAR file looks like a callback.`,
      shown.length === 0 ? 'Save the traffic with its content.' : 'Choose one with --entry.',
    );
  }
  throw wrongUsage(`${callbacks.length} entries of the HAR file look like callbacks.`, 'Choose one with --entry.');
}

type Json = Readonly<Record<string, unknown>>;

function entriesOf(text: string): readonly unknown[] {
  const { log } = objectOf(parsed(text));
  const { entries } = objectOf(log);
  if (!Array.isArray(entries))
    throw wrongUsage('The JSON is not a HAR file: it has no log.entries.', 'Save the traffic as HAR.');
  return entries;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The text of the error repeats a part of the file.
    throw wrongUsage('The HAR file is not valid JSON.', 'It may be cut off: save it again.');
  }
}

function requestOf(entry: unknown, number: number, count: number): ParsedRequest {
  const { request, startedDateTime } = objectOf(entry);
  const { method, url, headers, postData } = objectOf(request);
  const parts = typeof url === 'string' ? partsOf(url) : undefined;
  if (parts === undefined || typeof method !== 'string') {
    throw wrongUsage(
      `Entry ${number} of the HAR file has no request by http or https.`,
      'Choose another with --entry.',
    );
  }
  const { scheme, host, target } = parts;
  const sent = headersOf(headers);
  const notes: string[] = [];
  const { type, body } = bodyOf(objectOf(postData), sent, notes);
  const startedMs = typeof startedDateTime === 'string' ? Date.parse(startedDateTime) : Number.NaN;
  return {
    format: count === 1 ? 'HAR file' : `entry ${number} of the HAR file`,
    method: method.toUpperCase(),
    scheme,
    host: sent.find(([name]) => /^(?:host|:authority)$/i.test(name))?.[1] ?? host,
    target,
    headers:
      type === undefined
        ? sent
        : [...sent.filter(([name]) => name.toLowerCase() !== 'content-type'), ['content-type', type]],
    body,
    atMs: Number.isNaN(startedMs) ? undefined : startedMs,
    notes,
  };
}

function headersOf(headers: unknown): readonly Header[] {
  return listOf(headers).flatMap((one): Header[] => {
    const { name, value } = objectOf(one);
    return typeof name === 'string' && typeof value === 'string' ? [[name, asBytes(value)]] : [];
  });
}

/** The bytes of a body, and its content type if that is not among the headers as it must be. */
function bodyOf(
  { mimeType, text, params, encoding }: Json,
  headers: readonly Header[],
  notes: string[],
): { type?: string | undefined; body: Buffer } {
  const header = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  const stated = typeof mimeType === 'string' && mimeType !== '' ? mimeType : undefined;
  const type = header === undefined ? stated : undefined;
  if (typeof text === 'string' && text !== '') {
    return { type, body: encoding === 'base64' ? Buffer.from(text, 'base64') : Buffer.from(text) };
  }
  const fields = listOf(params).flatMap((one): [string, string][] => {
    const { name, value = '' } = objectOf(one);
    return typeof name === 'string' && typeof value === 'string' ? [[asBytes(name), asBytes(value)]] : [];
  });
  if (fields.length === 0) return { type, body: Buffer.alloc(0) };
  notes.push(
    'The HAR file has the fields of the body, but not its bytes: it was written again. A signature over bytes cannot match.',
  );
  if (/^multipart\//i.test(header ?? stated ?? '')) {
    const { boundary, body } = multipartOf(fields);
    return { type: `multipart/form-data; boundary=${boundary}`, body };
  }
  return {
    type,
    body: Buffer.from(
      new URLSearchParams(fields.map(([name, value]): [string, string] => [asText(name), asText(value)])).toString(),
    ),
  };
}

function toEntry({ method, scheme, host, target }: ParsedRequest, number: number, entry: unknown): HarEntry {
  const { startedDateTime, response } = objectOf(entry);
  const { status } = objectOf(response);
  return {
    number,
    method,
    url: `${scheme}://${host}${target.replace(/\?.*/s, '?…')}`,
    startedAt: typeof startedDateTime === 'string' ? startedDateTime : undefined,
    status: typeof status === 'number' && status > 0 ? status : undefined,
  };
}

function readable<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function counted(count: number): string {
  return count === 1 ? '1 entry' : `${count} entries`;
}

/** Each character of the result is a byte of the text in UTF-8. */
function asBytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function asText(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString();
}
