import { describe, expect, it } from 'vitest';
import { createCallStatus } from '../index.ts';
import { callSchema, createCallback, defineProvider, hmac } from './index.ts';

const FORM = 'application/x-www-form-urlencoded';

describe('createCallback', () => {
  it('makes a request of the least that there is to say', () => {
    const { request, bytes, url } = createCallback({});
    expect(request).toEqual({
      method: 'POST',
      url: '/',
      origin: 'https://hooks.example.com',
      headers: {},
      body: bytes,
    });
    expect([bytes.length, url]).toEqual([0, 'https://hooks.example.com/']);
  });

  it('takes headers in any case, texts and bytes, and what another parser made', () => {
    const headers = { 'Content-Type': FORM, 'X-Acme': ['a', 'b'] };
    const callback = createCallback({ headers, body: 'name=Gr%C3%BC%C3%9Fe' });
    expect([callback.header('x-acme'), callback.fields]).toEqual(['a', { name: 'Grüße' }]);
    expect(createCallback({ headers, body: Uint8Array.of(0x61, 0x3d, 0x62) }).fields).toEqual({ a: 'b' });
    const parsed = createCallback({ headers, parsed: { a: '1' } });
    expect([parsed.body, parsed.fields]).toEqual([undefined, { a: '1' }]);
    expect(() => parsed.bytes).toThrow(expect.objectContaining({ code: 'body_consumed' }));
    expect(createCallback({ method: 'GET', url: '/x?a=1', origin: 'http://h.example' }).url).toBe(
      'http://h.example/x?a=1',
    );
  });

  it('reads as a receiver does', () => {
    const limits = { bytes: 10, fields: 1, depth: 1 };
    const callback = createCallback(
      { url: '/x', headers: { 'content-type': FORM }, body: 'a=1&b=2' },
      { limits, publicUrl: 'https://p.example' },
    );
    expect(callback.url).toBe('https://p.example/x');
    expect(() => callback.fields).toThrow(expect.objectContaining({ code: 'body_too_large' }));
  });
});

const xml = defineProvider({
  name: 'xml',
  signs: 'nothing',
  statuses: { over: 'completed' },
  schema: callSchema<{ readonly id: string; readonly state: string }>('id', 'state'),
  recognizes: (callback) => callback.fields['id'] !== undefined,
  decode: ({ bytes }) => {
    const found = /^<call id="(\w+)" state="(\w+)"\/>$/.exec(Buffer.from(bytes).toString());
    if (found?.[1] === 'bug') throw new TypeError('a bug');
    return found === null
      ? undefined
      : JSON.parse(`{"id":"${found[1]}","state":"${found[2]}","__proto__":{"polluted":1}}`);
  },
  normalize: ({ id, state }) => ({ callId: id, rawStatus: state }),
  eventKey: ({ state }) => state,
});

describe('a provider that decodes bodies by itself', () => {
  const headers = { 'content-type': 'application/xml' };
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const form = defineProvider({
    name: 'form',
    signs: 'nothing',
    statuses: {},
    schema: callSchema<{ readonly id: string; readonly state: string }>('id', 'state'),
    recognizes: (callback) => callback.contentType.kind === 'form' && callback.fields['id'] !== undefined,
    normalize: ({ id, state }) => ({ callId: id, rawStatus: state }),
    eventKey: ({ state }) => state,
  });
  const calls = createCallStatus({ providers: [xml({ token: 't' }), form({ token: 't' })], log });
  const send = (
    body: string,
    type = headers['content-type'],
    endpoint: Pick<typeof calls, 'receive'> = calls.provider('xml'),
  ) =>
    endpoint.receive({
      method: 'POST',
      url: '/?token=t',
      origin: 'https://h.example',
      headers: { 'content-type': type },
      body: Buffer.from(body),
    });

  it('gets the fields that it makes, sanitized, and once', async () => {
    const body = '<call id="7" state="over"/>';
    const receipt = await send(body);
    expect(receipt).toMatchObject({ status: 200, event: { callId: '7', status: 'completed', raw: { id: '7' } } });
    const callback = createCallback({ headers, body }, { definition: xml.definition });
    expect(callback.fields).toBe(callback.fields);
    expect(Object.keys(callback.fields)).toEqual(['id', 'state']);
    expect('polluted' in callback.fields).toBe(false);
  });

  it.each([
    ['id=1&state=up', FORM, 'form'],
    ['<call id="8" state="over"/>', headers['content-type'], 'xml'],
  ])('and others may share a URL: %s', async (body, type, provider) => {
    expect(await send(body, type, calls)).toMatchObject({ status: 200, event: { provider } });
  });

  it.each([
    ['', 400, 'malformed_body'],
    ['<other/>', 400, 'malformed_body'],
    ['<call id="bug" state="over"/>', 503, 'unexpected'],
  ])('refuses %j with %i', async (body, status, code) => {
    const receipt = await send(body);
    expect(receipt).toMatchObject({ status, error: { code, details: { provider: 'xml' } } });
  });
});

it('has the HMAC of the built-in providers', () => {
  expect(hmac('sha256', 'key', 'hex', 'The quick brown fox ', Buffer.from('jumps over the lazy dog'))).toBe(
    'f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8',
  );
});
