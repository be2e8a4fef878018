import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What becomes of a fixture on a URL that exists for its provider's callbacks alone. */
export type Expectation =
  /** An event with these fields, and none more but those that a receiver adds (`id`, `terminal`, `trust`, `raw`, …). */
  | { readonly kind: 'event'; readonly event: Readonly<Record<string, unknown>> }
  /** It is left to the application. */
  | { readonly kind: 'passed-on' }
  /** It is refused with the error of this code. */
  | { readonly kind: 'refused'; readonly code: string };

/** One request of a provider, as it is on the wire. */
export interface Fixture {
  readonly provider: string;
  readonly name: string;
  /** Whether it is printed in a document, was seen on the wire, or is made up. */
  readonly evidence: 'documented' | 'observed' | 'constructed';
  /** Where what a constructed one is about is printed or was seen, though not in a whole callback. */
  readonly after?: 'documented' | 'observed';
  /** Where it is from. */
  readonly source: string;
  readonly method: string;
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly expect: Expectation;
  /** Whether it is a call status beyond doubt, also where no provider is named. */
  readonly recognized: boolean;
}

const FOLDER = fileURLToPath(new URL('../../fixtures/', import.meta.url));

/** All fixtures: `packages/testing/fixtures/<provider>/<name>.http`, in the order of their names. */
export function loadFixtures(): readonly Fixture[] {
  return readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.http'))
    .sort()
    .map((path) => {
      const [provider = '', file = ''] = path.split(/[/\\]/);
      return parseFixture(provider, file.replace(/\.http$/, ''), readFileSync(join(FOLDER, path)));
    });
}

/**
 * Reads a fixture: comment lines, the request line, headers, an empty line, and the body up to the last byte of the file.
 *
 *     # evidence: observed - where it was seen; or: constructed after observed - what was seen of it
 *     # recognized: no
 *     # expect: event
 *     #   { "callId": "…" }
 *     POST /webhooks HTTP/1.1
 */
export function parseFixture(provider: string, name: string, file: Buffer): Fixture {
  const { head, body } = split(file);
  const lines = head.split(/\r?\n/);
  const comments = lines.filter((line) => line.startsWith('#'));
  const [requestLine = '', ...headerLines] = lines.filter((line) => !line.startsWith('#'));
  const [method = '', url = ''] = requestLine.split(' ');
  const [evidence = '', source = ''] = note(comments, 'evidence').split(' - ');
  if (!/^[A-Z]+ \/\S* HTTP\/1\.1$/.test(requestLine)) throw new Error(`${provider}/${name}: no request line`);
  return {
    provider,
    name,
    ...evidenceOf(evidence, `${provider}/${name}`),
    source,
    method,
    url,
    headers: Object.fromEntries(headerLines.map(header)),
    body,
    expect: expectation(note(comments, 'expect')),
    recognized: note(comments, 'recognized') !== 'no',
  };
}

/** Cuts a file behind the first empty line; a body may have any bytes. */
function split(file: Buffer): { head: string; body: Buffer } {
  const [, head = file.toString('latin1'), gap = ''] = /^(.*?)(\r?\n\r?\n)/s.exec(file.toString('latin1')) ?? [];
  return { head: Buffer.from(head, 'latin1').toString(), body: file.subarray(head.length + gap.length) };
}

/** What the comments say of a subject, on its line and on the indented ones after it. */
function note(comments: readonly string[], subject: string): string {
  const start = comments.findIndex((line) => line.startsWith(`# ${subject}: `));
  if (start < 0) return '';
  const more = comments.slice(start + 1);
  const end = more.findIndex((line) => !line.startsWith('#   '));
  const lines = [comments[start] ?? '', ...more.slice(0, end < 0 ? more.length : end)];
  return lines.map((line) => line.replace(/^# {3}|^# \w+: /, '')).join('\n');
}

function evidenceOf(words: string, file: string): Pick<Fixture, 'evidence' | 'after'> {
  const [evidence = '', after, ...more] = words.split(' after ');
  if (isSource(evidence) && after === undefined) return { evidence };
  if (evidence === 'constructed' && more.length === 0) {
    if (after === undefined) return { evidence };
    if (isSource(after)) return { evidence, after };
  }
  throw new Error(`${file}: its evidence is none of documented, observed and constructed (after one of the others)`);
}

function isSource(word: string): word is 'documented' | 'observed' {
  return word === 'documented' || word === 'observed';
}

function header(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}

function expectation(text: string): Expectation {
  const [kind = '', ...rest] = text.split(/\s/);
  if (kind === 'event') return { kind, event: JSON.parse(rest.join(' ')) };
  return kind === 'refused' ? { kind, code: rest.join('') } : { kind: 'passed-on' };
}
