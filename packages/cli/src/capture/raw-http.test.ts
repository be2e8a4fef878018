import { describe, expect, it } from 'vitest';
import { complete } from './captured.ts';
import { parseRawHttp } from './raw-http.ts';

const parse = (text: string) => parseRawHttp(Buffer.from(text, 'latin1'));
const textOf = (text: string) => Buffer.from(parse(text).body).toString('latin1');
const crlf = (text: string) => text.replaceAll('\n', '\r\n');

const FORM = `POST /webhooks/voice?tenant=7 HTTP/1.1
Host: hooks.example.com
Content-Type: application/x-www-form-urlencoded
Content-Length: 20

CallSid=1&Status=end`;

describe('a request from the wire', () => {
  it.each([
    ['CRLF', crlf(FORM)],
    ['LF', FORM],
    ['a line break at the end', `${FORM}\n`],
    ['comments and blank lines before it', `\n# saved by me\n// on Monday\n###\n${FORM}`],
    ['the answer after it', `${crlf(FORM)}HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n`],
  ])('with %s', (_, text) => {
    expect(parse(text)).toMatchObject({
      method: 'POST',
      target: '/webhooks/voice?tenant=7',
      headers: [
        ['Host', 'hooks.example.com'],
        ['Content-Type', 'application/x-www-form-urlencoded'],
        ['Content-Length', '20'],
      ],
      body: Buffer.from('CallSid=1&Status=end'),
      notes: [],
    });
  });

  it('as tcpdump prints it, with the bytes of lower protocols', () => {
    const dump = `04:20:00.123456 IP 127.0.0.1.54321 > 127.0.0.1.3000: Flags [P.], length 99: HTTP: POST /voice HTTP/1.1
E..Q..@.@.>............^.P.......E.....
.h...h.tPOST /voice HTTP/1.1
Host: 127.0.0.1:3000
Content-Length: 3

a=1`;
    expect(parse(dump)).toMatchObject({ method: 'POST', target: '/voice', body: Buffer.from('a=1') });
    expect(parse(dump).headers[0]).toEqual(['Host', '127.0.0.1:3000']);
    expect(parse(dump.replace('.h...h.tPOST', '.h...hIPOST')).target).toBe('/voice');
  });

  it('with folded and repeated headers', () => {
    const { headers } = parse(
      'GET /a HTTP/1.1\nHost: x.example\nX-A: one\n  two\nx-a: 3\nX-Empty:\nHost: y.example\n\n',
    );
    expect(headers).toEqual([
      ['Host', 'x.example'],
      ['X-A', 'one two'],
      ['x-a', '3'],
      ['X-Empty', ''],
      ['Host', 'y.example'],
    ]);
    const { request } = complete(
      parse('GET /a HTTP/1.1\nHost: x.example\nX-A: 1\nx-a: 2\nHost: y.example\nCookie: a\nCookie: b\n'),
      undefined,
      true,
    );
    expect(request).toMatchObject({
      origin: 'http://x.example',
      headers: { host: 'x.example', 'x-a': '1, 2', cookie: 'a; b' },
    });
  });

  it('with only a request line', () => {
    expect(parse('GET /voice?CallSid=1 HTTP/1.1')).toMatchObject({
      method: 'GET',
      target: '/voice?CallSid=1',
      headers: [],
      body: Buffer.alloc(0),
    });
    expect(() => complete(parse('GET /voice HTTP/1.1'), undefined, true)).toThrow('does not say which host');
    expect(() => complete(parse('GET /voice HTTP/1.1\nHost:\n'), undefined, true)).toThrow('does not say which host');
    expect(complete(parse('GET /voice HTTP/1.1'), undefined, false).request.origin).toBe('http://localhost');
  });

  it('with a whole URL on the request line', () => {
    expect(parse('POST https://x.example/a?b=1 HTTP/1.1\nHost: x.example\n\n')).toMatchObject({
      scheme: 'https',
      host: 'x.example',
      target: '/a?b=1',
    });
    // An application refuses it, since the two do not agree.
    expect(parse('POST http://x.example/a HTTP/1.1\nHost: y.example\n\n')).toMatchObject({
      host: 'y.example',
      target: 'http://x.example/a',
    });
  });

  it('says when it came', () => {
    expect(parse('GET /a HTTP/1.1\nDate: Mon, 30 Nov 2026 04:20:00 GMT\n\n').atMs).toBe(Date.UTC(2026, 10, 30, 4, 20));
    expect(parse('# received: 2026-11-30T04:21:00.500Z\nGET /a HTTP/1.1\nDate: then\n\n').atMs).toBe(
      Date.UTC(2026, 10, 30, 4, 21, 0, 500),
    );
    expect(parse('GET /a HTTP/1.1\nDate: then\n\n').atMs).toBeUndefined();
  });

  it('says under which scheme it came', () => {
    expect(complete(parse('# origin: https://hooks.example.com\nGET /a HTTP/1.1\n'), undefined, true)).toMatchObject({
      request: { origin: 'https://hooks.example.com', url: '/a' },
      notes: [],
    });
    expect(complete(parse('GET /a HTTP/1.1\nHost: x.example\n'), undefined, true).notes).toEqual([
      expect.stringContaining('http is assumed'),
    ]);
    expect(complete(parse('GET /a HTTP/1.1\nHost: x.example\n'), 'https://y.example', true).request).toMatchObject({
      origin: 'https://y.example',
      url: '/a',
    });
    expect(complete(parse('GET /a HTTP/1.1\n'), 'https://y.example:8443/b?c=1#d', true).request).toMatchObject({
      origin: 'https://y.example:8443',
      url: '/b?c=1',
    });
    expect(() => complete(parse('GET /a HTTP/1.1\n'), 'hooks.example.com', true)).toThrow('--url is not a URL');
  });
});

describe('a request of a REST client', () => {
  it('has a URL and no version, variables and a query on lines of its own', () => {
    const file = `@token = of the file
# @name callback
POST https://hooks.example.com/voice
    ?tenant=7
    &b=2
content-type: application/json

{"a":
1}

###
GET https://hooks.example.com/other
`;
    expect(parse(file)).toMatchObject({
      method: 'POST',
      scheme: 'https',
      host: 'hooks.example.com',
      target: '/voice?tenant=7&b=2',
    });
    expect(textOf(file)).toBe('{"a":\n1}');
    expect(parse('https://hooks.example.com/voice?a=1')).toMatchObject({ method: 'GET', target: '/voice?a=1' });
    expect(textOf('POST https://x.example/a\n\n###\n')).toBe('');
  });

  it.each([
    ['POST https://{{host}}/voice', 'Line 1 has the variable {{host}}.'],
    ['POST https://x.example/voice\n\n< ./body.json', 'The body is in another file.'],
  ])('must have its parts: %j', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });
});

describe('a body', () => {
  const chunked = 'POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n';

  it.each([
    ['4\r\nWiki\r\n5;name=value\r\npedia\r\n0\r\nX-Trailer: 1\r\n\r\nHTTP/1.1 200 OK\r\n', 'Wikipedia'],
    ['4\nWiki\n5\npedia\n0\n\n', 'Wikipedia'],
    ['0\r\n\r\n', ''],
    ['A\r\n0123\r\n6789\r\n0\r\n', '0123\r\n6789'],
    ['4\r\nWiki\r\n0\r\nX-Trailer: cut off', 'Wiki'],
    // Some tools join the chunks and keep the header.
    ['CallSid=1&Status=end\n', 'CallSid=1&Status=end'],
    ['CallSid=1&Status=end', 'CallSid=1&Status=end'],
  ])('in chunks: %j', (body, text) => {
    expect(textOf(chunked + body)).toBe(text);
    expect(parse(chunked + body).notes).toEqual([]);
  });

  it.each(['4\r\nWiki\r\n', '4\r\nWiki\r\n5\r\nped', '4\r\nWi', '4\r\nWiki\r\n5'])(
    'in chunks that are cut off: %j',
    (body) => {
      expect(textOf(chunked + body)).toMatch(/^Wi/);
      expect(parse(chunked + body).notes).toEqual([expect.stringContaining('its last chunk is missing')]);
    },
  );

  it('in chunks that were edited', () => {
    expect(() => parse(`${chunked}4\r\nWikipedia\r\n0\r\n\r\n`)).toThrow(
      'Chunk 2 of the body does not begin with its size.',
    );
  });

  const withLength = (length: number | string, body: string) =>
    `POST /a HTTP/1.1\nContent-Length: ${length}\n\n${body}`;

  it('of another length than announced', () => {
    expect(parse(withLength(9, 'a=1&b=2')).notes).toEqual([
      'The body is cut off: Content-Length says 9 bytes, and the capture has 7.',
    ]);
    expect(parse(withLength(3, 'a=1&b=2')).notes).toEqual([
      expect.stringContaining('4 bytes follow the body of 3 bytes'),
    ]);
    expect(textOf(withLength(3, 'a=1&b=2'))).toBe('a=1');
    expect(textOf(withLength('many', 'a=1&b=2\n'))).toBe('a=1&b=2');
  });

  it('whose line ends an editor changed', () => {
    expect(textOf(withLength(6, 'a\nb\nc'.slice(0, 4)))).toBe('a\r\nb\r\n');
    expect(textOf(withLength(4, 'a\nb\n'))).toBe('a\nb\n');
    expect(textOf(withLength(7, 'a\nb\nc\n'))).toBe('a\r\nb\r\nc');
    const multipart =
      'POST /a HTTP/1.1\nContent-Type: multipart/form-data; boundary=x\n\n--x\nContent-Disposition: form-data; name="a"\n\n1\n--x--\n';
    expect(textOf(multipart)).toBe('--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--');
  });

  it('of any bytes', () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const head = Buffer.from(
      'POST /a HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 256\r\n\r\n',
    );
    expect(parseRawHttp(Buffer.concat([head, bytes])).body).toEqual(bytes);
  });
});

describe('what is no request', () => {
  it.each([
    ['', 'The capture is empty.'],
    ['\n# only a comment\n', 'The capture is empty.'],
    ['\nhello\nworld', 'Line 2 is not a request line, and none follows.'],
    ['HTTP/1.1 200 OK\n\n', 'Line 1 is not a request line'],
    ['POST /a HTTP/1.1\nHost: x.example\na=1&b=2', 'Line 3 is not a header.'],
    [`POST /a HTTP/1.1\n${'A: 1\n'.repeat(1001)}`, 'There are more than 1000 headers.'],
    ['POST /a HTTP/1.1\n  Host: x.example\n\n', 'Line 2 is not a header.'],
  ])('%j', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });
});
