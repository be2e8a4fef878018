import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { CallbackRequest } from '../callback-request.ts';
import { createCallStatus } from '../create-call-status.ts';
import { signalwire } from '../providers/signalwire.ts';
import { voicedock } from '../providers/voicedock.ts';

const KEY = 'PSKtest1234567890abcdef';
const NOW = 1_782_419_162_000;
const FIELDS = { CallSid: 'b3877c40-da60-4998-90ad-b792e98472ca', CallStatus: 'completed' };
const TEXT = Object.entries(FIELDS).flat().join('');
const PUBLIC = 'https://hooks.example.com/voice?tenant=7';

function sign(text: string, key = KEY, algorithm = 'sha1', encoding: 'base64' | 'hex' = 'base64'): string {
  return createHmac(algorithm, key).update(text).digest(encoding);
}

/** The hint that is logged for a callback that came to an inner server, and was signed over the public URL unless something else is given. */
async function hintFor(more: Partial<CallbackRequest>, options: { key?: string | string[]; publicUrl?: string } = {}) {
  const { key = KEY, publicUrl } = options;
  const hints: (string | undefined)[] = [];
  const calls = createCallStatus({
    providers: [signalwire({ signingKey: key }), voicedock({ secret: key })],
    log: { warn() {}, error() {} },
    clock: () => NOW,
    worker: false,
    onError: ({ details }) => void hints.push(details.hint),
    ...(publicUrl !== undefined && { publicUrl }),
  });
  const { headers, ...rest } = more;
  const receipt = await calls
    .provider(headers?.['x-webhook-signature'] === undefined ? 'signalwire' : 'voicedock')
    .receive({
      method: 'POST',
      url: '/voice?tenant=7',
      origin: 'http://backend.internal:8080',
      body: Buffer.from(new URLSearchParams(FIELDS).toString()),
      ...rest,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-signalwire-signature': sign(PUBLIC + TEXT),
        ...headers,
      },
    });
  await calls.close();
  expect(receipt).toMatchObject({ status: 403, error: { code: 'signature_mismatch' } });
  const { hint: inReceipt = '' } = receipt?.error?.details ?? {};
  const [hint = ''] = hints;
  expect(hint + inReceipt).not.toContain(KEY);
  return hint;
}

describe('the hint of a signature over another URL names the change with which it matches', () => {
  const host = { 'x-forwarded-host': 'hooks.example.com' };

  it.each<[string, Record<string, string>, string]>([
    ['X-Forwarded-Proto', { ...host, 'x-forwarded-proto': 'https' }, 'x-forwarded-proto and x-forwarded-host'],
    ['a list', { ...host, 'x-forwarded-proto': 'https,http' }, 'x-forwarded-proto and x-forwarded-host'],
    ['a list in the other order', { ...host, 'x-forwarded-proto': 'http, https' }, 'x-forwarded-proto'],
    ['Forwarded', { forwarded: 'for=192.0.2.1;proto=https;host="hooks.example.com"' }, '(forwarded)'],
    ['several of Forwarded', { ...host, forwarded: 'for=a, for=b; proto=https' }, 'forwarded and x-forwarded-host'],
    ['X-Forwarded-Ssl', { ...host, 'x-forwarded-ssl': 'on' }, 'x-forwarded-ssl and x-forwarded-host'],
    ['Front-End-Https', { ...host, 'front-end-https': 'on' }, 'front-end-https'],
    ['CF-Visitor', { ...host, 'cf-visitor': '{"scheme":"https"}' }, 'cf-visitor'],
    ['X-Original-Host', { 'x-original-host': 'hooks.example.com', 'x-url-scheme': 'https' }, 'x-original-host'],
    ['no scheme at all', host, '(x-forwarded-host)'],
  ])('by %s', async (_, headers, names) => {
    const hint = await hintFor({ headers });
    expect(hint).toMatch(/^The URL verified was http:\/\/backend\.internal:8080\/voice\?tenant=…\. Found by trying: /);
    // Frameworks that trust their proxy read only two headers, and of a list the first value.
    const trustHelps = /^https\b/.test(headers['x-forwarded-proto'] ?? '') && 'x-forwarded-host' in headers;
    const trust = trustHelps ? ", or let the framework trust its proxy ('trust proxy')" : '';
    expect(hint).toContain(`set publicUrl to https://hooks.example.com${trust}.`);
    expect(hint).toContain('The provider called https://hooks.example.com/voice?tenant=…');
    expect(hint).toContain(names);
  });

  it('also where another parser took the body', async () => {
    const headers = { ...host, 'x-forwarded-proto': 'https' };
    const hint = await hintFor({ headers, body: undefined, parsed: FIELDS });
    expect(hint).toContain('A proxy says that the provider called another URL');
    expect(hint).toContain('set publicUrl to https://hooks.example.com');
    expect(hint).not.toContain('parser');
  });

  it.each([
    ['a path that a proxy changed', '/', { 'x-original-uri': '/voice?tenant=7' }, '/voice', 'called another path'],
    ['a slash', '/voice/?tenant=7', {}, '/voice', 'without the slash at the end'],
    ['a query that was added', '/voice?utm=1', {}, '/voice', 'without its query'],
  ])('by %s', async (_, url, headers, path, came) => {
    const query = url.includes('utm') ? '' : '?tenant=7';
    const over = { 'x-signalwire-signature': sign(`http://backend.internal:8080${path}${query}${TEXT}`) };
    const hint = await hintFor({ url, headers: { ...headers, ...over } });
    expect(hint).toContain(came);
    expect(hint).not.toContain('publicUrl');
  });

  it('by a prefix that a proxy took away', async () => {
    const over = { 'x-signalwire-signature': sign(`http://backend.internal:8080/voice/?tenant=7${TEXT}`) };
    const headers = { 'x-forwarded-prefix': '/voice', ...over };
    expect(await hintFor({ url: '/?tenant=7', headers })).toContain(
      'set publicUrl to http://backend.internal:8080/voice.',
    );
  });

  it('by the port that a proxy says', async () => {
    const over = { 'x-signalwire-signature': sign(`https://hooks.example.com:8443/voice?tenant=7${TEXT}`) };
    const headers = { ...over, ...host, 'x-forwarded-proto': 'https', 'x-forwarded-port': '8443' };
    expect(await hintFor({ headers })).toContain('set publicUrl to https://hooks.example.com:8443.');
  });

  it('also where the request itself says no host', async () => {
    expect(await hintFor({ origin: '' }, { publicUrl: 'https://old.example', key: 'other' })).toContain(
      'publicUrl is https://old.example',
    );
  });

  it('by trying https, and a slash', async () => {
    const over = (url: string) => ({ headers: { 'x-signalwire-signature': sign(url + TEXT) } });
    expect(await hintFor(over('https://backend.internal/voice?tenant=7'))).toContain(
      'The provider called https://backend.internal:8080/voice?tenant=…: set publicUrl to https://backend.internal:8080.',
    );
    expect(await hintFor(over('http://backend.internal:8080/voice/?tenant=7'))).toContain('with a slash at the end');
  });

  it('says what publicUrl is, and what was called', async () => {
    const headers = { 'x-signalwire-signature': sign(PUBLIC + TEXT) };
    const hint = await hintFor({ headers }, { publicUrl: 'http://hooks.example.com' });
    expect(hint).toContain(
      'publicUrl is http://hooks.example.com, but the provider called https://hooks.example.com/voice?tenant=…: correct publicUrl.',
    );
    expect(await hintFor({ origin: 'https://hooks.example.com' }, { publicUrl: 'https://old.example' })).toContain(
      'publicUrl is https://old.example, but the provider called https://hooks.example.com/voice?tenant=…',
    );
    expect(await hintFor({}, { publicUrl: 'https://old.example', key: 'other' })).toContain(
      'publicUrl is https://old.example, and the request came to http://backend.internal:8080/voice?tenant=…: if the provider called another URL',
    );
  });
});

describe('the hint of a signature names', () => {
  const own = `http://backend.internal:8080/voice?tenant=7${TEXT}`;
  const over = (signature: string, header = 'x-signalwire-signature') => ({
    headers: { 'x-signalwire-signature': undefined, [header]: signature },
  });

  it.each([`${KEY}\n`, ` ${KEY}`, [`other`, `${KEY}\r\n`]])('white space around the secret', async (key) => {
    const hint = await hintFor(over(sign(own)), { key });
    expect(hint).toContain('has white space around it. Remove it.');
  });

  it('quotes around the secret', async () => {
    expect(await hintFor(over(sign(own)), { key: `"${KEY}"` })).toContain('has quotes around it');
  });

  it.each(['multipart/form-data; boundary=B', 'text/plain', undefined])('a content type: %s', async (type) => {
    const { headers } = over(sign(own));
    expect(await hintFor({ headers: { ...headers, 'content-type': type } })).toContain(
      'The body was signed as a form, and came with',
    );
  });

  it('another encoding, case or algorithm', async () => {
    expect(await hintFor(over(sign(own, KEY, 'sha1', 'hex')))).toContain('came in hex in place of base64');
    expect(await hintFor(over(sign(own).replace('=', '')))).toContain('came in another form of base64');
    const hint = await hintFor(over(sign(own, KEY, 'sha256')));
    expect(hint).toContain('as long as one made with sha256, and sha1 is expected');
    expect(await hintFor(over(`sha256=${sign(own, KEY, 'sha512', 'hex')}`))).toContain('one made with sha512');
  });

  it('two causes at once', async () => {
    const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'hooks.example.com' };
    const hint = await hintFor({ headers }, { key: `${KEY}\n` });
    expect(hint).toContain('A proxy says that the provider called another URL');
    expect(hint).toContain('has white space around it');
  });

  it('what may be wrong, where no change helps', async () => {
    const headers = { 'x-forwarded-proto': 'https' };
    expect(await hintFor({ headers }, { key: 'other' })).toContain(
      "set publicUrl to https://backend.internal:8080, or let the framework trust its proxy ('trust proxy'). The secret is not this provider's",
    );
    expect(await hintFor({ headers: { forwarded: 'proto=https' } }, { key: 'other' })).toContain(
      'set publicUrl to https://backend.internal:8080. The secret',
    );
    const parsed = await hintFor({ headers, body: undefined, parsed: FIELDS }, { key: 'other' });
    expect(parsed.indexOf('A proxy says')).toBeLessThan(parsed.indexOf('Another parser took the body'));
    expect(await hintFor({ headers: { 'x-original-uri': '/other' } }, { key: 'other' })).toContain('another path');
    expect(await hintFor({ headers: { 'x-forwarded-host': 'x.example' } }, { key: 'other' })).toContain('another host');
  });
});

describe('the hint of VoiceDock names', () => {
  const body = '{"message":{"type":"status-update","call":{"id":"c","status":"ended"}}}';
  const send = (timestamp: string, signature: string, key = KEY) =>
    hintFor(
      {
        body: Buffer.from(body),
        headers: {
          'content-type': 'application/json',
          'x-webhook-timestamp': timestamp,
          'x-webhook-signature': signature,
        },
      },
      { key },
    );
  const seconds = String(NOW / 1000);
  const made = (start: string, encoding: 'hex' | 'base64' = 'hex') => sign(start + body, KEY, 'sha256', encoding);

  it.each<[string, string, string, string]>([
    [
      'a timestamp in milliseconds',
      String(NOW),
      made(`${NOW}.`),
      'X-Webhook-Timestamp is in milliseconds, but seconds are expected.',
    ],
    ['one that was signed in seconds', String(NOW), made(`${seconds}.`), 'and was signed in seconds.'],
    ['a timestamp that is not a number', 'Thu', made('Thu.'), 'X-Webhook-Timestamp is not a number of seconds.'],
    ['base64', seconds, made(`${seconds}.`, 'base64'), 'came in base64 in place of hex'],
    ['another case', seconds, made(`${seconds}.`).toUpperCase(), 'came in hex in upper case'],
    [
      'a signature without the timestamp',
      seconds,
      made(''),
      'The signature covers the body without "<timestamp>." before it.',
    ],
    [
      'a signature without the point',
      seconds,
      made(seconds),
      'The signature covers timestamp and body without the "."',
    ],
    ['another algorithm', seconds, sign(`${seconds}.${body}`, KEY, 'sha1', 'hex'), 'one made with sha1'],
  ])('%s', async (_, timestamp, signature, hint) => {
    expect(await send(timestamp, signature)).toContain(hint);
    expect(await send(timestamp, `sha256=${signature}`, `${KEY}\n`)).toContain('has white space around it');
  });

  it('the secret or the body, where no change helps', async () => {
    expect(await send(seconds, 'x')).toBe(
      "The secret is not this provider's, or something changed the body. Compare the secret with that of the account that calls.",
    );
  });
});
