import { describe, expect, it } from 'vitest';
import { complete } from './captured.ts';
import { type HarChoice, type HarEntry, parseHar } from './har.ts';

const entry = (request: object, more: object = {}) => ({
  startedDateTime: '2026-11-30T05:20:00.000+01:00',
  request: { method: 'POST', url: 'https://hooks.example.com/voice?tenant=7', headers: [], ...request },
  response: { status: 403 },
  ...more,
});
const form = (text: string, more: object = {}) =>
  entry({ postData: { mimeType: 'application/x-www-form-urlencoded', text, ...more } });
const har = (...entries: unknown[]) =>
  JSON.stringify({ log: { version: '1.2', creator: { name: 'a browser' }, entries } });
const choice = (more: Partial<HarChoice> = {}): HarChoice => ({
  entry: undefined,
  isCallback: () => true,
  list: () => {},
  ...more,
});
const isCallback: HarChoice['isCallback'] = ({ body }) => Buffer.from(body).includes('CallSid');
const bodyOf = (text: string, more: Partial<HarChoice> = {}) =>
  Buffer.from(parseHar(text, choice(more)).body).toString('latin1');

describe('an entry of a HAR file', () => {
  it('has everything that the request had', () => {
    const headers = [
      { name: ':authority', value: 'hooks.example.com' },
      { name: 'Content-Type', value: 'application/x-www-form-urlencoded' },
      { name: 'X-Twilio-Signature', value: 'abc=' },
      { name: 7, value: 'ignored' },
    ];
    const file = har(
      entry({ headers, postData: { mimeType: 'application/x-www-form-urlencoded', text: 'CallSid=1' } }),
    );
    expect(complete(parseHar(file, choice()), undefined, true)).toEqual({
      format: 'HAR file',
      request: {
        method: 'POST',
        url: '/voice?tenant=7',
        origin: 'https://hooks.example.com',
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': 'abc=' },
        body: Buffer.from('CallSid=1'),
      },
      atMs: Date.UTC(2026, 10, 30, 4, 20),
      notes: [],
    });
  });

  it('may lack what it need not have', () => {
    const file = har(entry({ method: 'get', headers: undefined }, { startedDateTime: 'then', response: undefined }));
    expect(parseHar(file, choice())).toMatchObject({
      method: 'GET',
      headers: [],
      atMs: undefined,
      body: Buffer.alloc(0),
    });
  });

  it.each([
    [{ text: 'a=ü' }, 'a=Ã¼'],
    [{ text: Buffer.from([0, 255]).toString('base64'), encoding: 'base64' }, '\x00\xff'],
    [{ mimeType: 7, params: [{ name: 'a', value: 'b' }] }, 'a=b'],
    [{ text: '', params: [{ name: 'a b', value: 'ü&' }, { name: 'c' }, { value: 'ignored' }] }, 'a+b=%C3%BC%26&c='],
    [{}, ''],
  ])('has its body: %j', (postData, text) => {
    expect(bodyOf(har(entry({ postData: { mimeType: 'application/x-www-form-urlencoded', ...postData } })))).toBe(text);
  });

  it('has the fields of a multipart form', () => {
    const postData = { mimeType: 'multipart/form-data; boundary=lost', params: [{ name: 'CallSid', value: '1' }] };
    const headers = [{ name: 'Content-Type', value: 'multipart/form-data; boundary=lost' }];
    const parsed = parseHar(har(entry({ postData, headers })), choice());
    expect(parsed.headers).toEqual([['content-type', 'multipart/form-data; boundary=call-status']]);
    expect(Buffer.from(parsed.body).toString()).toContain('name="CallSid"\r\n\r\n1\r\n--call-status--');
    expect(parsed.notes).toEqual([expect.stringContaining('was written again')]);
  });
});

describe('the entry', () => {
  const page = entry({ method: 'GET', url: 'https://app.example.com/index.html' });

  it('is the only one that looks like a callback', () => {
    const file = har(page, form('CallSid=1'), { request: null }, page);
    expect(parseHar(file, choice({ isCallback }))).toMatchObject({
      format: 'entry 2 of the HAR file',
      target: '/voice?tenant=7',
    });
  });

  it('is the one that was chosen', () => {
    const file = har(page, form('CallSid=1'), form('CallSid=2'));
    expect(bodyOf(file, { entry: 3 })).toBe('CallSid=2');
    expect(() => parseHar(file, choice({ entry: 4 }))).toThrow('has 3 entries, and no entry 4.');
    expect(() => parseHar(har(page), choice({ entry: 2 }))).toThrow('has 1 entry, and no entry 2.');
    expect(() => parseHar(har(page, entry({ url: 'data:,' })), choice({ entry: 2 }))).toThrow(
      'Entry 2 of the HAR file has no request',
    );
  });

  it('is to be chosen from a list', () => {
    const lists: (readonly HarEntry[])[] = [];
    const list: HarChoice['list'] = (entries) => void lists.push(entries);
    expect(() => parseHar(har(page, form('CallSid=1'), form('CallSid=2')), choice({ isCallback, list }))).toThrow(
      '2 entries of the HAR file look like callbacks.',
    );
    expect(() =>
      parseHar(har(page, entry({}, { startedDateTime: 7, response: { status: 0 } })), choice({ isCallback, list })),
    ).toThrow('None of the 2 entries');
    expect(() => parseHar(har(), choice({ list }))).toThrow('None of the 0 entries');
    expect(lists.map((entries) => entries.map(({ number }) => number))).toEqual([[2, 3], [1, 2], []]);
    expect(lists[0]?.[0]).toEqual({
      number: 2,
      method: 'POST',
      url: 'https://hooks.example.com/voice?…',
      startedAt: '2026-11-30T05:20:00.000+01:00',
      status: 403,
    });
    expect(lists[1]?.[1]).toMatchObject({ startedAt: undefined, status: undefined });
  });

  it('is that of a file with only one', () => {
    expect(parseHar(har(page), choice({ isCallback })).target).toBe('/index.html');
  });
});

it.each([
  ['{"log":', 'The HAR file is not valid JSON.'],
  ['{}', 'it has no log.entries'],
  ['[1]', 'it has no log.entries'],
  ['{"log":{"entries":{}}}', 'it has no log.entries'],
])('refuses %s', (text, message) => {
  expect(() => parseHar(text, choice())).toThrow(message);
});
