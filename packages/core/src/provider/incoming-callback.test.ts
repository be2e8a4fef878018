import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../decode/fields.ts';
import { CallStatusError } from '../errors.ts';
import type { PublicUrl } from '../signing/called-url.ts';
import { IncomingCallback } from './incoming-callback.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

function message(more: object = {}, publicUrl?: PublicUrl): IncomingCallback {
  const request = { method: 'POST', url: '/hooks?a=1', origin: 'http://localhost:3000', headers: FORM };
  return new IncomingCallback({ ...request, ...more }, DEFAULT_LIMITS, publicUrl);
}

describe('Message', () => {
  it('gives the first of a header, by its name in lower case', () => {
    const made = message({ headers: { one: 'a', many: ['b', 'c'], none: [] } });
    expect(['one', 'many', 'none', 'absent'].map((name) => made.header(name))).toEqual([
      'a',
      'b',
      undefined,
      undefined,
    ]);
  });

  it.each<[PublicUrl | undefined, string, string]>([
    [undefined, '/hooks?a=1', 'http://localhost:3000/hooks?a=1'],
    ['https://example.com', '/hooks?a=1', 'https://example.com/hooks?a=1'],
    ['https://example.com/', '/hooks', 'https://example.com/hooks'],
    ['https://example.com/prefix/', '/hooks', 'https://example.com/prefix/hooks'],
    ['https://example.com/hooks', '/hooks?a=1', 'https://example.com/hooks?a=1'],
    ['https://example.com/hooks', '/hooks/a', 'https://example.com/hooks/a'],
    ['https://example.com/hooks', '/hooks-more', 'https://example.com/hooks/hooks-more'],
    [({ url }) => `https://${url.length}.example.com`, '/hooks', 'https://6.example.com/hooks'],
    ['https://example.com/api', '/apiary/cb', 'https://example.com/api/apiary/cb'],
    ['https://example.com/cb', '/cb?a=1', 'https://example.com/cb?a=1'],
    // A fragment is not part of what a client calls; a request line may hold a whole URL.
    ['https://example.com/cb#rt=5000', '/cb?a=1', 'https://example.com/cb?a=1'],
    ['https://example.com', 'http://other.example/cb?a=1', 'https://example.com/cb?a=1'],
    [undefined, 'http://LOCALHOST:3000/cb?a=1', 'http://localhost:3000/cb?a=1'],
    [undefined, 'http://localhost:3000', 'http://localhost:3000'],
  ])('with publicUrl %s makes of %s the URL %s', (publicUrl, url, expected) => {
    const made = message({ url }, publicUrl);
    expect(made.url).toBe(expected);
    expect(made.url).toBe(expected);
  });

  it.each([
    'http://h',
    'https://h.example:8443',
    'HTTP://H.Example',
    'https://[2001:db8::1]:443',
    'http://a_b-c.example',
  ])('has a URL under %s', (origin) => {
    expect(message({ origin, url: '/' }).url).toBe(`${origin}/`);
  });

  it.each([
    '',
    'http://',
    'http://:80',
    'http://h:',
    'http://h:123456',
    'http://h/path',
    'http://h/?y=',
    'http://h?',
    'http://h#',
    'http://user@h',
    'http://user:word@h',
    'http://h, other',
    'http://h,other',
    'http://h\\x',
    'http://h%2fx',
    'http://[2001:db8::1',
    'http://2001:db8::1',
    'https://x/y://h',
    'ftp://h',
    'https,http://h',
    'http://h\r\n',
  ])('has no URL under %j', (origin) => {
    expect(() => message({ origin }).url).toThrow(expect.objectContaining({ code: 'invalid_host', status: 403 }));
    expect(message({ origin }, 'https://example.com').url).toBe('https://example.com/hooks?a=1');
  });

  it('has no URL where the request line names another host than the request', () => {
    for (const url of [
      'http://other.example/',
      'http://localhost/',
      'http://user@localhost:3000/',
      'x://h@localhost:3000',
    ]) {
      expect(() => message({ url }).url).toThrow(expect.objectContaining({ code: 'invalid_host' }));
    }
  });

  it.each(['', 'example.com', 'https://', 'https://example.com/?a=1', 'ftp://example.com', undefined, 7])(
    'refuses %j of a publicUrl function',
    (address) => {
      expect(() => message({}, () => address as string).url).toThrow('publicUrl() must return an address');
    },
  );

  it('has the parameters of the query one by one', () => {
    const made = message({ url: '/?token=a%2Bb+c&b&=&token&other=1#token=x' });
    expect(['token', 'b', '', 'other', 'oken'].map((name) => made.parameter(name))).toEqual([
      'a+b c',
      undefined,
      '',
      '1',
      undefined,
    ]);
    expect(message({ url: '/?a=1&a=2' }).parameter('a')).toEqual(['1', '2']);
    expect(message({ url: '/' }).parameter('a')).toBeUndefined();
  });

  it('reads no query past a fragment', () => {
    expect({ ...message({ url: '/?a=1#&b=2' }).query }).toEqual({ a: '1' });
  });

  it('says that a query has too many parameters', () => {
    const url = `/?${'a=1&'.repeat(1001)}`;
    expect(() => message({ url }).query).toThrow('It has more than 1000 parameters in its URL.');
    expect(message({ url }).parameter('token')).toBeUndefined();
  });

  it('gives what keeps a body from being read only to who asks for the body', () => {
    const unreadable = new CallStatusError('body_aborted');
    const made = message({ unreadable });
    expect(made.parameter('a')).toBe('1');
    for (const part of ['bytes', 'pairs', 'fields', 'record'] as const) expect(() => made[part]).toThrow(unreadable);
  });

  it('has a record of its fields, in which brackets mean nothing yet', () => {
    const body = Buffer.from('a[b]=1&c=2');
    expect({ ...message({ body }).record }).toEqual({ 'a[b]': '1', c: '2' });
    expect(message({ parsed: { 'a[b]': '1' } }).record).toEqual({ 'a[b]': '1' });
    expect(message({ method: 'GET', url: '/?a[b]=1&token=x' }).record).toEqual({ 'a[b]': '1' });
    const json = { 'content-type': 'application/json' };
    expect(message({ headers: json, body: Buffer.from('{"a":{"b":1}}') }).record).toEqual({ a: { b: 1 } });
  });

  it('parses the query, even if there is none', () => {
    expect({ ...message().query }).toEqual({ a: '1' });
    expect({ ...message({ url: '/' }).query }).toEqual({});
  });

  it('takes the fields of a GET from its query, without the token', () => {
    const get = message({ method: 'GET', url: '/?a[b]=1&token=secret' });
    expect(get.fields).toEqual({ a: { b: '1' } });
    expect(get.pairs.toRecord()).toEqual({});
  });

  it('takes the last of a repeated name in a GET, where the fields of the provider stand, and all of a list', () => {
    const get = (query: string) => message({ method: 'GET', url: `/${query}` }).fields;
    expect(get('?From=shop&CallSid=mine&token=secret&CallSid=a&From=b')).toEqual({ From: 'b', CallSid: 'a' });
    expect(get('?a[]=1&a[]=2&b=1&b=1')).toEqual({ a: ['1', '2'], b: '1' });
    expect(get('?%EF%BB%BFCallSid=a')).toEqual({ CallSid: 'a' });
  });

  it('passes over a byte order mark that another parser left in a name', () => {
    const parsed = { '\ufeffCallSid': 'a', 'Legs[0][Status]': 'busy' };
    expect(message({ parsed }).fields).toEqual({ CallSid: 'a', Legs: [{ Status: 'busy' }] });
    expect(message({ parsed: {} }).fields).toEqual({});
  });

  it('passes over a byte order mark before multipart, and takes its charset for parts that have none', () => {
    const part = (name: string, bytes: number[], type = '') =>
      Buffer.concat([
        Buffer.from(`--b\r\nContent-Disposition: form-data; name="${name}"${type}\r\n\r\n`),
        Buffer.from(bytes),
        Buffer.from('\r\n'),
      ]);
    const utf8 = part('Own', [0xc3, 0xa3], '\r\nContent-Type: text/plain; charset=iso-8859-2');
    const parts = [part('CallSid', [0x61]), part('CallerName', [0xe3]), utf8, Buffer.from('--b--\r\n')];
    const body = Buffer.concat([Buffer.from('\ufeff'), ...parts]);
    const headers = { 'content-type': 'multipart/form-data; boundary=b; charset=iso-8859-1' };
    expect(message({ headers, body }).fields).toEqual({ CallSid: 'a', CallerName: 'ã', Own: 'ĂŁ' });
  });

  it('has flat fields only for forms and multipart', () => {
    const multipart = { 'content-type': 'multipart/form-data; boundary=b' };
    const part = '--b\r\nContent-Disposition: form-data; name="a[b]"\r\n\r\n1\r\n--b--\r\n';
    const json = { 'content-type': 'application/json' };
    const body = Buffer.from('a[b]=1&c=2&c=3');
    expect(message({ body }).pairs.toRecord()).toEqual({ 'a[b]': '1', c: ['2', '3'] });
    expect(message({ headers: multipart, body: Buffer.from(part) }).pairs.toRecord()).toEqual({ 'a[b]': '1' });
    expect(message({ headers: multipart, body: Buffer.from(part) }).fields).toEqual({ a: { b: '1' } });
    expect(message({ headers: json, body: Buffer.from('{"a":1}') }).pairs.toRecord()).toEqual({});
    expect(message({ headers: json, body: Buffer.from('{"a":1}') }).fields).toEqual({ a: 1 });
  });

  it('has the string fields of a body that another parser read', () => {
    const parsed = { one: '1', many: ['2', '3'], object: { a: '1' }, mixed: ['1', 2], number: 7 };
    expect(message({ parsed }).pairs.toRecord()).toEqual({ one: '1', many: ['2', '3'] });
    expect(message({ parsed }).fields).toEqual(parsed);
    expect(
      message({ parsed, headers: { 'content-type': 'multipart/form-data; boundary=b' } }).pairs.toRecord(),
    ).toEqual({
      one: '1',
      many: ['2', '3'],
    });
    expect(message({ parsed, headers: { 'content-type': 'application/json' } }).pairs.toRecord()).toEqual({});
    for (const nothing of [undefined, null, 'text', 7])
      expect(message({ parsed: nothing }).pairs.toRecord()).toEqual({});
  });

  it('makes a tree of the bracketed names that another parser left', () => {
    expect(message({ parsed: { 'Legs[0][Status]': 'busy' } }).fields).toEqual({ Legs: [{ Status: 'busy' }] });
    const headers = { 'content-type': 'application/json' };
    expect(message({ parsed: { 'a[b]': '1' }, headers }).fields).toEqual({ 'a[b]': '1' });
  });

  it.each([
    ['unsupported_media_type', { headers: { 'content-type': 'text/plain' }, body: Buffer.from('a') }],
    ['unsupported_media_type', { headers: {}, body: Buffer.alloc(0) }],
    ['unsupported_encoding', { headers: { ...FORM, 'content-encoding': 'gzip' }, body: Buffer.from('a') }],
    ['malformed_body', { parsed: 'text' }],
  ])('refuses with %s what it cannot decode', (code, more) => {
    expect(() => message(more).fields).toThrow(expect.objectContaining({ code }));
  });

  it('ignores `identity`, and an encoding that another parser has undone', () => {
    const headers = { ...FORM, 'content-encoding': 'identity' };
    expect(message({ headers, body: Buffer.from('a=1') }).fields).toEqual({ a: '1' });
    expect(message({ headers: { ...FORM, 'content-encoding': 'gzip' }, parsed: { a: '1' } }).fields).toEqual({
      a: '1',
    });
  });
});
