import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formOf, jsonOf, messageOf, type Sent } from '../../test/message-of.ts';
import { signalwire } from './signalwire.ts';

/**
 * The check of `@signalwire/compatibility-api`, written anew after its documents: SHA-1 in base64 over the URL, with and without its port,
 * and over the sorted fields, or with `bodySHA256` over the URL only.
 */
function sdkAccepts(url: URL, signature: string, fields: Readonly<Record<string, unknown>>, body: string): boolean {
  const rest = url.pathname + url.search;
  const standard = url.protocol === 'https:' ? ':443' : ':80';
  const port = url.port === '' ? standard : `:${url.port}`;
  const hash = url.searchParams.get('bodySHA256');
  const signed = hash === null ? fields : {};
  const text = Object.keys(signed)
    .sort()
    .map((name) => `${name}${[signed[name]].flat().join(name)}`)
    .join('');
  const isMade = [port, ''].some(
    (at) =>
      createHmac('sha1', KEY).update(`${url.protocol}//${url.hostname}${at}${rest}${text}`).digest('base64') ===
      signature,
  );
  return isMade && (hash === null || createHash('sha256').update(body).digest('hex') === hash);
}

const KEY = 'PSKtest1234567890abcdef';
const CALL = { CallSid: 'b3877c40-da60-4998-90ad-b792e98472ca', CallStatus: 'completed' };

function weAccept(sent: Sent, origin: string): boolean {
  try {
    return signalwire.definition.authenticate?.(messageOf(sent, origin), [KEY], {}, 0) === 'valid';
  } catch {
    return false;
  }
}

const request = fc
  .record({
    scheme: fc.constantFrom('http', 'https'),
    host: fc.constantFrom('h.example', 'H.Example', 'hooks.example.com', '[2001:db8::1]', '192.0.2.7'),
    called: fc.constantFrom('', ':80', ':443', ':8443', ':3000'),
    signed: fc.constantFrom('', ':80', ':443', ':8443'),
    path: fc.constantFrom('/hooks', '/', '/a%20b', '/hooks?', '/hooks?tenant=7&note=a+b', '/hooks?a=%2B&&b'),
    kind: fc.constantFrom('form', 'json', 'hashed', 'get'),
    from: fc.constantFrom('+15551230001', 'sip:a b@x.example', 'João', ''),
    seconds: fc.constantFrom<unknown>('57', 57, true, null),
    edited: fc.boolean(),
  })
  .map(({ scheme, host, called, signed, path, kind, from, seconds, edited }) => {
    const origin = `${scheme}://${host}`;
    const fields = { ...CALL, From: from, ...(kind === 'json' || kind === 'hashed' ? { Seconds: seconds } : {}) };
    const body = JSON.stringify(fields);
    const separator = path.includes('?') ? '&' : '?';
    const query =
      kind === 'get'
        ? new URLSearchParams(fields as typeof CALL).toString()
        : `bodySHA256=${createHash('sha256').update(body).digest('hex')}`;
    const url = kind === 'get' || kind === 'hashed' ? path + separator + query : path;
    const covered = kind === 'get' || kind === 'hashed' ? {} : fields;
    const text = Object.entries(covered)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flat()
      .map(String)
      .join('');
    const place = new URL(`${origin}${signed}${url}`);
    const at = `${scheme}://${place.hostname}${signed}${place.pathname}${url.includes('?') ? url.slice(url.indexOf('?')) : ''}`;
    const signature = createHmac('sha1', edited ? 'another key' : KEY)
      .update(at + text)
      .digest('base64');
    const headers = { 'x-signalwire-signature': signature };
    const sent: Sent =
      kind === 'form'
        ? formOf(fields as typeof CALL, url, headers)
        : kind === 'get'
          ? { method: 'GET', url, headers }
          : jsonOf(body, url, headers);
    return { origin: origin + called, url, sent, signature, covered, body };
  });

describe("what SignalWire's own SDK accepts", () => {
  it('is accepted', () => {
    let genuine = 0;
    fc.assert(
      fc.property(request, ({ origin, url, sent, signature, covered, body }) => {
        const sdk = sdkAccepts(new URL(origin + url), signature, covered, body);
        if (sdk) genuine++;
        if (sdk) expect(weAccept(sent, origin)).toBe(true);
      }),
      { numRuns: 4000, seed: 7 },
    );
    expect(genuine).toBeGreaterThan(500);
  });

  it('and no signature of another key', () => {
    fc.assert(
      fc.property(request, ({ origin, sent }) => {
        const headers = {
          ...sent.headers,
          'x-signalwire-signature': createHmac('sha1', 'x').update('y').digest('base64'),
        };
        expect(weAccept({ ...sent, headers }, origin)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('is not accepted where it covers nothing: nested JSON, and a hashed body that is no JSON', () => {
    const nested = { ...CALL, Extra: { CallSid: 'x' } };
    const text = `CallSid${CALL.CallSid}CallStatuscompletedExtra[object Object]`;
    const over = (signed: string) => ({
      'x-signalwire-signature': createHmac('sha1', KEY).update(`https://h.example${signed}`).digest('base64'),
    });
    expect(weAccept(jsonOf(nested, '/hooks', over(`/hooks${text}`)), 'https://h.example')).toBe(false);
    const form = new URLSearchParams(CALL).toString();
    const url = `/hooks?bodySHA256=${createHash('sha256').update(form).digest('hex')}`;
    expect(weAccept(formOf(CALL, url, over(url)), 'https://h.example')).toBe(false);
  });

  it('with the fragment of the callback URL, and without', () => {
    const text = `CallSid${CALL.CallSid}CallStatuscompleted`;
    for (const signed of [
      'https://h.example/hooks',
      'https://h.example/hooks#rt=5000',
      'https://h.example:443/hooks#rt=5000',
    ]) {
      const headers = {
        'x-signalwire-signature': createHmac('sha1', KEY)
          .update(signed + text)
          .digest('base64'),
      };
      const sent = formOf(CALL, '/hooks', headers);
      const callback = messageOf(sent, 'http://inner', 'https://h.example#rt=5000');
      expect(signalwire.definition.authenticate?.(callback, [KEY], {}, 0)).toBe('valid');
      expect(weAccept(formOf(CALL, '/hooks#rt=5000', headers), 'https://h.example')).toBe(true);
    }
  });
});
