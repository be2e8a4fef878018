import type { CallbackRequest } from '@call-status/core';
import { wrongUsage } from '../cli-error.ts';

/** A request as a file describes it. What the file does not say is absent. */
export interface ParsedRequest {
  /** How the file describes it, for display: `HTTP request`, `entry 3 of 12 of the HAR file`. */
  readonly format: string;
  readonly method: string;
  readonly scheme?: string | undefined;
  /** `host[:port]`. */
  readonly host?: string | undefined;
  /** Path and query as on the request line. */
  readonly target: string;
  /** As sent, repeated ones too. Each character of a value is a byte. */
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
  /** When it arrived, in milliseconds since the epoch. */
  readonly atMs?: number | undefined;
  /** What the reader should know about the file, in sentences. */
  readonly notes: readonly string[];
}

/** The name as written, and the value. */
export type Header = readonly [name: string, value: string];

/** A captured request, complete. */
export interface Capture {
  readonly format: string;
  readonly request: CallbackRequest & { readonly body: Uint8Array };
  readonly atMs: number | undefined;
  readonly notes: readonly string[];
}

/** Scheme, user, host and port; path and query; a fragment is never sent. */
const URL_PARTS = /^(https?):\/\/(?:([^@/?#]*)@)?([^/?#]*)([^#]*)/i;

/** The parts of an absolute URL, byte for byte; `undefined` if it is not one of `http` or `https`. */
export function partsOf(
  url: string,
): (Pick<ParsedRequest, 'scheme' | 'host' | 'target'> & { user?: string }) | undefined {
  const [, scheme = '', user, host = '', rest = ''] = URL_PARTS.exec(url) ?? [];
  if (host === '') return undefined;
  const target = rest.startsWith('/') ? rest : `/${rest}`;
  return { scheme: scheme.toLowerCase(), host, target, ...(user !== undefined && { user }) };
}

/**
 * Adds what the file does not say.
 *
 * @param url where the application received it: an origin, or a whole URL, which also replaces path and query
 * @param isHostNeeded whether the host must be known
 * @throws CliError if the host is not known, or `url` is not a URL
 */
export function complete(parsed: ParsedRequest, url: string | undefined, isHostNeeded: boolean): Capture {
  const { format, method, headers, body, atMs } = parsed;
  const called = url === undefined ? undefined : calledAt(url);
  const host = called?.host ?? parsed.host ?? headerOf(headers, 'host') ?? headerOf(headers, ':authority');
  const scheme = called?.scheme ?? parsed.scheme ?? headerOf(headers, ':scheme');
  if (host === undefined && isHostNeeded) {
    throw wrongUsage('The capture does not say which host was called.', 'Add it: --url https://hooks.example.com');
  }
  const notes = [...parsed.notes];
  if (scheme === undefined)
    notes.push('The capture does not say whether it came by http or https: http is assumed. --url sets it.');
  return {
    format,
    request: {
      method,
      url: called !== undefined && called.target !== '/' ? called.target : parsed.target,
      origin: `${scheme ?? 'http'}://${host ?? 'localhost'}`,
      headers: asNodeReads(headers),
      body,
    },
    atMs,
    notes,
  };
}

function calledAt(url: string): NonNullable<ReturnType<typeof partsOf>> {
  const parts = partsOf(url);
  if (parts === undefined) {
    throw wrongUsage(
      '--url is not a URL.',
      'Expected one such as https://hooks.example.com or https://hooks.example.com/voice?tenant=7',
    );
  }
  return parts;
}

function headerOf(headers: readonly Header[], wanted: string): string | undefined {
  const value = headers.find(([name]) => name.toLowerCase() === wanted)?.[1].trim();
  return value === '' ? undefined : value;
}

/** Of these, Node keeps the first; others that are repeated are joined. */
const SINGLE = new Set(
  'age authorization content-length content-type etag expires from host if-modified-since if-unmodified-since last-modified location max-forwards proxy-authorization referer retry-after server user-agent'.split(
    ' ',
  ),
);

/** The headers as an application on Node sees them. */
function asNodeReads(headers: readonly Header[]): Record<string, string> {
  const read = new Map<string, string>();
  for (const [given, value] of headers) {
    const name = given.toLowerCase();
    const before = read.get(name);
    if (name.startsWith(':') || (before !== undefined && SINGLE.has(name))) continue;
    read.set(name, before === undefined ? value : `${before}${name === 'cookie' ? '; ' : ', '}${value}`);
  }
  return Object.fromEntries(read);
}
