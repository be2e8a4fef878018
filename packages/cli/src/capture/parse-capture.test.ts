import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CliError } from '../cli-error.ts';
import { complete } from './captured.ts';
import { parseCapture } from './parse-capture.ts';

const context = { entry: undefined, isCallback: () => true, list: () => {}, read: () => Buffer.from('of the file') };
const formatOf = (text: string) => parseCapture(Buffer.from(text), context).format;

describe('the format', () => {
  it.each([
    ['POST /a HTTP/1.1\n\n', 'HTTP request'],
    ['# curl\nPOST /a HTTP/1.1\n\n', 'HTTP request'],
    ['curl x.example', 'curl command'],
    [' $ /usr/bin/curl x.example', 'curl command'],
    ['\n{"log":{"entries":[{"request":{"method":"GET","url":"http://x.example/"}}]}}', 'HAR file'],
  ])('of %j is %s', (text, format) => {
    expect(formatOf(text)).toBe(format);
  });

  it.each([
    'fetch("https://x.example")',
    'await fetch("https://x.example")',
    '$session = New-Object',
    'Invoke-WebRequest -Uri x',
  ])('of %s is refused', (text) => {
    expect(() => formatOf(text)).toThrow('This copy of a request cannot be read.');
  });

  it('has no entries unless it is HAR', () => {
    expect(() => parseCapture(Buffer.from('POST /a HTTP/1.1\n\n'), { ...context, entry: 1 })).toThrow(
      '--entry is only for HAR files',
    );
  });
});

/** Reads anything; only an error for people may come of it. */
function read(bytes: Buffer, url?: string): void {
  try {
    complete(parseCapture(bytes, context), url, true);
  } catch (error) {
    expect(error).toBeInstanceOf(CliError);
  }
}

describe('no capture makes a parser fail', () => {
  const TOKENS = [
    'POST',
    'GET',
    ' ',
    '/a',
    '?b=1&c',
    ' HTTP/1.1',
    '\r\n',
    '\n',
    '\n\n',
    'Host: x',
    'Content-Length: 3',
    'Transfer-Encoding: chunked',
    '3\r\nabc',
    '0',
    '###',
    '#',
    '{{a}}',
    'http://x',
    '< a',
    '\0',
    'ü',
    'curl',
    " -H 'a: 1'",
    ' -d',
    ' @f',
    "$'\\x",
    "'",
    '"',
    '\\',
    '\\\n',
    '$',
    '`',
    '&',
    '|',
    ' -F',
    ' a=b',
    ' -G',
    ' --json',
    ' --',
    ' -',
    '^',
    '{"log":{"entries":[',
    '{"request":',
    '{"method":"POST","url":"http://x/a"',
    ',"headers":[{"name":"a","value":"b"}]',
    ',"postData":{"text":"a","encoding":"base64"}',
    '}',
    ']',
    'null',
    '1',
  ];
  const pieces = fc.array(fc.constantFrom(...TOKENS), { maxLength: 40 }).map((parts) => parts.join(''));

  it('of any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => read(Buffer.from(bytes))),
      { numRuns: 1000 },
    );
  });

  it('of pieces of captures', () => {
    fc.assert(
      fc.property(
        pieces,
        fc.constantFrom('', 'curl x.example ', 'POST /a HTTP/1.1\r\n', '{"log":{"entries":['),
        (text, start) => read(Buffer.from(start + text)),
      ),
      { numRuns: 3000 },
    );
  });

  it('of JSON of any shape', () => {
    const request = fc.record(
      {
        method: fc.jsonValue(),
        url: fc.oneof(fc.webUrl(), fc.jsonValue()),
        headers: fc.jsonValue(),
        postData: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const entries = fc.array(fc.oneof(fc.record({ request, startedDateTime: fc.jsonValue() }), fc.jsonValue()));
    fc.assert(
      fc.property(entries, fc.string(), (value, url) =>
        read(Buffer.from(JSON.stringify({ log: { entries: value } })), url),
      ),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['headers', `POST /a HTTP/1.1\n${'a'.repeat(2_000_000)}`],
    ['spaces', `POST ${' '.repeat(2_000_000)}x`],
    ['a request line', `${'POST /'.repeat(400_000)}`],
    ['chunks', `POST /a HTTP/1.1\nTransfer-Encoding: chunked\n\n${'1\na\n'.repeat(400_000)}`],
    ['line breaks', '\n'.repeat(2_000_000)],
    ['quotes', `curl x.example ${"''".repeat(1_000_000)}`],
    ['words', `curl x.example ${'-d a '.repeat(400_000)}`],
    ['carets', `curl ${' ^'.repeat(1_000_000)}`],
    ['backslashes', `curl x.example "${'\\a'.repeat(1_000_000)}`],
    ['fields', `curl x.example -F 'a="${'\\"'.repeat(1_000_000)}'`],
    ['nested JSON', `{"log":${'['.repeat(2_000_000)}`],
  ])('of many %s', (_, text) => {
    expect(() => read(Buffer.from(text))).not.toThrow();
  });
});
