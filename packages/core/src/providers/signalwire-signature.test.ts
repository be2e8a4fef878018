import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { formOf, jsonOf, ORIGIN, type Sent } from '../../test/message-of.ts';
import { CONTENT, FIELDS, KEY, SIGNATURE, sign, verdict } from '../../test/signalwire-signatures.ts';

describe('test vectors', () => {
  const jsonA = '{"event":"call.state","params":{"call_id":"abc-123","state":"answered"}}';
  // A, B and C are published with SignalWire's SDKs. The numbers of B are not fictitious, but its signatures hold for no others.
  const fieldsB = {
    CallSid: 'CA1234567890ABCDE',
    Caller: '+14158675309',
    Digits: '1234',
    From: '+14158675309',
    To: '+18005551212',
  };
  const urlC = '/webhook?bodySHA256=69f3cbfc18e386ef8236cb7008cd5a54b7fed637a8cb3373b5a1591d7f0fd5f4';
  // Made by another program: printf '%s' "$URL$FIELDS" | openssl dgst -sha1 -hmac $KEY -binary | base64, and with -sha256.
  const fieldsD = {
    AccountSid: 'b3877c40-da60-4998-90ad-b792e98472af',
    CallSid: 'b3877c40-da60-4998-90ad-b792e98472ca',
    CallStatus: 'completed',
    From: '+15551234567',
    To: '+18005550199',
  };
  const sha1 = (signature: string) => ({ 'x-signalwire-signature': signature });
  const sha256 = (signature: string) => ({ 'x-signalwire-sha256-signature': signature });

  it.each<[string, Sent, string, string]>([
    ['A', jsonOf(jsonA, '/webhook', sha1('c3c08c1fefaf9ee198a100d5906765a6f394bf0f')), 'https://example.ngrok.io', KEY],
    [
      'B',
      formOf(fieldsB, '/myapp.php?foo=1&bar=2', sha1('RSOYDt4T1cUTdK1PDd93/VVr8B8=')),
      'https://mycompany.com',
      '12345',
    ],
    [
      'B with SHA-256',
      formOf(fieldsB, '/myapp.php?foo=1&bar=2', sha256('033hgUJA9M/hXIZsYjwkerEP/DBm35nEri5FhCYjA5s=')),
      'https://mycompany.com',
      '12345',
    ],
    [
      'C',
      jsonOf('{"event":"call.state"}', urlC, sha1('dfO9ek8mxyFtn2nMz24plPmPfIY=')),
      'https://example.ngrok.io',
      KEY,
    ],
    [
      'D',
      formOf(fieldsD, '/hooks/signalwire?tenant=7', sha1('cZ/oxIe1oj7CTLf1yPH+D7mebFg=')),
      'https://example.com',
      KEY,
    ],
    [
      'D with SHA-256',
      formOf(fieldsD, '/hooks/signalwire?tenant=7', sha256('AIgRis+R9802J2koLlJXxj9yOkRO1vPVQuI9qZDIQ3s=')),
      'https://example.com',
      KEY,
    ],
  ])('%s', (_, sent, origin, key) => {
    expect(verdict(sent, [key], origin)).toBe('valid');
    expect(verdict(sent, [`${key}x`], origin)).toBe('mismatch');
    expect(verdict({ ...sent, url: `${sent.url}&x` }, [key], origin)).toBe('mismatch');
  });
});

describe('form callbacks', () => {
  const form = (headers: Sent['headers'], url?: string) => formOf(FIELDS, url, headers);

  it.each([
    ['x-signalwire-signature', 'sha1'],
    ['x-twilio-signature', 'sha1'],
    ['x-signalwire-sha256-signature', 'sha256'],
    ['x-twilio-sha256-signature', 'sha256'],
  ])('are signed in %s with %s', (header, algorithm) => {
    expect(verdict(form({ [header]: sign(`${ORIGIN}/hooks${CONTENT}`, algorithm) }))).toBe('valid');
    const other = algorithm === 'sha1' ? 'sha256' : 'sha1';
    expect(verdict(form({ [header]: sign(`${ORIGIN}/hooks${CONTENT}`, other) }))).toBe('mismatch');
  });

  it('are genuine when one of several signatures is', () => {
    const headers = {
      'x-signalwire-signature': 'x',
      'x-twilio-sha256-signature': sign(`${ORIGIN}/hooks${CONTENT}`, 'sha256'),
    };
    expect(verdict(form(headers))).toBe('valid');
  });

  it('need a signature', () => {
    expect(verdict(form({}))).toBe('missing');
  });

  it('are refused without any key', () => {
    expect(verdict(form({ 'x-signalwire-signature': SIGNATURE }), [])).toBe('mismatch');
  });

  it('are genuine with any of several keys', () => {
    expect(verdict(form({ 'x-signalwire-signature': SIGNATURE }), ['old', KEY])).toBe('valid');
  });

  it.each([
    ['https://hooks.example.com', 'https://hooks.example.com:443'],
    ['https://hooks.example.com:443', 'https://hooks.example.com'],
    ['http://localhost', 'http://localhost:80'],
  ])('called at %s may be signed for %s', (called, signed) => {
    const headers = { 'x-signalwire-signature': sign(`${signed}/hooks${CONTENT}`) };
    expect(verdict(form(headers), [KEY], called)).toBe('valid');
  });

  it('of another port are refused', () => {
    const headers = { 'x-signalwire-signature': sign(`https://hooks.example.com:8443/hooks${CONTENT}`) };
    expect(verdict(form(headers))).toBe('mismatch');
  });

  it.each([
    ['empty', ''],
    ['truncated', SIGNATURE.slice(0, -1)],
    ['longer', `${SIGNATURE}=`],
    ['in another encoding', sign(`${ORIGIN}/hooks${CONTENT}`, 'sha1', 'hex')],
    ['garbage', '\u0000é\uD800'],
    ['huge', SIGNATURE.repeat(500)],
  ])('are refused when the signature is %s', (_, signature) => {
    expect(verdict(form({ 'x-signalwire-signature': signature }))).toBe('mismatch');
  });

  it('sign a repeated name once for each value', () => {
    const sent = { ...form({ 'x-signalwire-signature': sign(`${ORIGIN}/hooksa2a1b3`) }), body: 'b=3&a=2&a=1' };
    expect(verdict(sent)).toBe('valid');
    expect(verdict({ ...sent, body: 'b=3&a=1&a=2' })).toBe('mismatch');
  });

  it('are verified after another parser took them', () => {
    const { body: _, ...sent } = form({ 'x-signalwire-signature': SIGNATURE });
    expect(verdict({ ...sent, parsed: FIELDS })).toBe('valid');
    expect(verdict({ ...sent, parsed: { ...FIELDS, CallStatus: 'failed' } })).toBe('mismatch');
  });

  it('are refused when another parser made fields that the signature does not cover', () => {
    const { body: _, ...sent } = form({ 'x-signalwire-signature': SIGNATURE });
    expect(() => verdict({ ...sent, parsed: { ...FIELDS, Extra: { nested: 'x' } } })).toThrow(
      expect.objectContaining({ code: 'body_consumed' }),
    );
  });

  it('are read from flat JSON, of no more fields than a form may have', () => {
    const flat = (more: number) => ({
      ...FIELDS,
      ...Object.fromEntries(Array.from({ length: more }, (_, at) => [`X${String(at).padStart(4, '0')}`, '1'])),
    });
    const signed = (fields: Readonly<Record<string, string>>): Sent => {
      const text = Object.keys(fields)
        .sort()
        .map((name) => name + fields[name])
        .join('');
      return jsonOf(fields, '/hooks', { 'x-signalwire-signature': sign(`${ORIGIN}/hooks${text}`) });
    };
    expect(verdict(signed(flat(996)))).toBe('valid');
    expect(verdict(signed(flat(997)))).toBe('mismatch');
  });

  it('are not covered by bodySHA256, with which JSON is signed', () => {
    const body = JSON.stringify({ From: '&CallSid=a&CallStatus=completed&' });
    const url = `/hooks?bodySHA256=${createHash('sha256').update(body).digest('hex')}`;
    const headers = { 'x-signalwire-signature': sign(ORIGIN + url) };
    expect(verdict(jsonOf(body, url, headers))).toBe('valid');
    expect(verdict({ ...form(headers, url), body })).toBe('mismatch');
  });
});
