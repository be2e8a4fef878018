import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formOf, jsonOf, ORIGIN } from '../../test/message-of.ts';
import { sign, verdict } from '../../test/signalwire-signatures.ts';

describe('a signature, which has no borders between fields,', () => {
  const url = '/hooks';
  const victim = 'CallSidvictimCallStatuscompletedCallbackSourcex@example.com';
  const own = { AccountSid: 'ac', CallSid: 'own', CallStatus: 'ringing', From: `sip:${victim}`, To: 'you' };
  const text = Object.entries(own).flat().join('');
  const headers = { 'x-signalwire-signature': sign(`${ORIGIN}${url}${text}`) };
  const at = text.indexOf(victim);
  const shifted = { code: 'signature_mismatch', message: expect.stringContaining('with shifted field borders') };

  it('is not taken for another call, whose fields are in a value of a signed one', () => {
    const rest = text.slice(at + 'CallSidvictimCallStatuscompletedCallbackSource'.length);
    const fields = {
      AccountSid: text.slice('AccountSid'.length, at),
      CallSid: 'victim',
      CallStatus: 'completed',
      CallbackSource: rest,
    };
    expect(`${Object.entries(fields).flat().join('')}`).toBe(text);
    expect(() => verdict(formOf(fields, url, headers))).toThrow(expect.objectContaining(shifted));
  });

  it('is not taken for a GET, whose URL has them', () => {
    const whole = `/hooks?a=${text.slice(0, at)}&CallSid=victim&CallStatus=completed`;
    const signed = { 'x-signalwire-signature': sign(ORIGIN + whole) };
    expect(() => verdict({ method: 'GET', url: whole, headers: signed })).toThrow(expect.objectContaining(shifted));
  });

  it('is not taken for another call, whose fields hide the true ones in a name', () => {
    const fields = { AccountSidacCallSidown: 'x', CallSid: 'victim', CallStatus: 'completed' };
    const sent = Object.entries(fields).flat().join('');
    const signed = { 'x-signalwire-signature': sign(`${ORIGIN}${url}${sent}`) };
    expect(() => verdict(formOf(fields, url, signed))).toThrow(expect.objectContaining(shifted));
  });

  it('is refused at a URL with two parameters of every message, which may be a GET, and the log says so', () => {
    const at = (query: string) => {
      const signed = { 'x-signalwire-signature': sign(`${ORIGIN}/hooks${query}CallSidownCallStatusringing`) };
      return verdict(formOf({ CallSid: 'own', CallStatus: 'ringing' }, `/hooks${query}`, signed));
    };
    expect(at('?CallSid=CA1')).toBe('valid');
    expect(at('?parentAccountSid=AC1&parentCallSid=CA1')).toBe('valid');
    expect(() => at('?AccountSid=AC1&CallSid=CA1')).toThrow(
      expect.objectContaining({
        code: 'signature_mismatch',
        message: expect.stringContaining(
          'has two parameters of its own among AccountSid, ApiVersion, CallSid, CallStatus, MessageSid and SmsSid',
        ),
      }),
    );
  });

  it('is genuine for names that end like those', () => {
    const fields = { CallSid: 'own', CallStatus: 'ringing', ParentCallSid: 'parent' };
    const sent = Object.entries(fields).flat().join('');
    expect(verdict(formOf(fields, url, { 'x-signalwire-signature': sign(`${ORIGIN}${url}${sent}`) }))).toBe('valid');
  });
});

describe('GET callbacks', () => {
  const url = '/hooks?CallSid=a&CallStatus=completed';

  it('are signed by their URL', () => {
    expect(verdict({ method: 'GET', url, headers: { 'x-signalwire-signature': sign(ORIGIN + url) } })).toBe('valid');
  });

  it('do not lend their signature to a body', () => {
    const headers = { 'x-signalwire-signature': sign(ORIGIN + url) };
    expect(verdict(formOf({ CallSid: 'b' }, url, headers))).toBe('mismatch');
    expect(verdict(jsonOf({ CallSid: 'b', CallStatus: 'failed' }, url, headers))).toBe('mismatch');
  });
});

describe('JSON callbacks', () => {
  const body = '{"CallSid":"a","CallStatus":"completed"}';

  it('are refused when only their URL is signed', () => {
    expect(verdict(jsonOf(body, '/hooks', { 'x-signalwire-signature': sign(`${ORIGIN}/hooks`) }))).toBe('mismatch');
    expect(verdict(jsonOf(body, '/hooks', { 'x-signalwire-signature': sign(`${ORIGIN}/hooks`, 'sha1', 'hex') }))).toBe(
      'mismatch',
    );
  });

  it('are refused when they cannot be read', () => {
    expect(verdict(jsonOf('{', '/hooks', { 'x-signalwire-signature': sign(`${ORIGIN}/hooks{`) }))).toBe('mismatch');
  });

  it('are refused when bodySHA256 is of another body, or is repeated', () => {
    const hash = createHash('sha256').update(body).digest('hex');
    for (const url of [
      `/hooks?bodySHA256=${hash.toUpperCase()}`,
      `/hooks?bodySHA256=${hash}&bodySHA256=${hash}`,
      '/hooks?bodySHA256=',
    ]) {
      expect(verdict(jsonOf(body, url, { 'x-signalwire-signature': sign(ORIGIN + url) }))).toBe('mismatch');
    }
  });

  it('need the bytes', () => {
    const { body: _, ...sent } = jsonOf(body, '/hooks', { 'x-signalwire-signature': 'x' });
    expect(() => verdict({ ...sent, parsed: JSON.parse(body) })).toThrow(
      expect.objectContaining({ code: 'body_consumed' }),
    );
    const inHex = { ...sent.headers, 'x-signalwire-signature': 'a0' };
    expect(() => verdict({ ...sent, headers: inHex, parsed: JSON.parse(body) })).toThrow(
      expect.objectContaining({ code: 'body_consumed' }),
    );
  });

  it('may be signed over their bytes in hex with SHA-256', () => {
    const headers = { 'x-signalwire-sha256-signature': sign(`${ORIGIN}/hooks${body}`, 'sha256', 'hex') };
    expect(verdict(jsonOf(body, '/hooks', headers))).toBe('valid');
  });
});

it.each(['multipart/form-data; boundary=x', 'text/plain', undefined])(
  'refuses a body of type %s, which nothing covers',
  (type) => {
    const headers = {
      'x-signalwire-signature': sign(`${ORIGIN}/hooks`),
      ...(type !== undefined && { 'content-type': type }),
    };
    expect(verdict({ method: 'POST', url: '/hooks', headers, body: '--x--' })).toBe('mismatch');
  },
);

describe('a signature holds for nothing but what it was made for', () => {
  const url = '/hooks?tenant=7';
  const body = 'CallSid=a1&CallStatus=completed&From=%2B12025550143';
  const text = `${url}CallSida1CallStatuscompletedFrom+12025550143`;
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-signalwire-signature': sign(ORIGIN + text),
  };

  /** The text with one character changed into another. Not in its case: `%2b` is `%2B`. */
  const flipped = (original: string) =>
    fc
      .tuple(fc.nat(original.length - 1), fc.constantFrom('a', 'f', 'Z', '0', '1', '9', '-', '_', '~', '!'))
      .filter(([at, character]) => original[at]?.toLowerCase() !== character.toLowerCase())
      .map(([at, character]) => original.slice(0, at) + character + original.slice(at + 1));

  it('whatever changes in the URL', () => {
    fc.assert(
      fc.property(flipped(url), (changed) => verdict({ method: 'POST', url: changed, headers, body }) !== 'valid'),
    );
  });

  it('whatever changes in the body', () => {
    fc.assert(
      fc.property(flipped(body), (changed) => verdict({ method: 'POST', url, headers, body: changed }) !== 'valid'),
    );
  });

  it('whatever changes in the signature', () => {
    fc.assert(
      fc.property(flipped(headers['x-signalwire-signature']), (signature) => {
        return (
          verdict({ method: 'POST', url, headers: { ...headers, 'x-signalwire-signature': signature }, body }) !==
          'valid'
        );
      }),
    );
  });

  it('whatever fields there are', () => {
    const fields = fc.dictionary(
      fc.string({ minLength: 1 }).filter((name) => !/[[\]]|^__proto__$/.test(name)),
      fc.string(),
    );
    fc.assert(
      fc.property(fields, fields, (signed, sent) => {
        const content = (of: Record<string, string>) =>
          Object.keys(of)
            .sort()
            .map((name) => name + of[name])
            .join('');
        const signature = { 'x-signalwire-signature': sign(`${ORIGIN}/hooks${content(signed)}`) };
        expect(verdict(formOf(signed, '/hooks', signature))).toBe('valid');
        const same = content(signed) === content(sent);
        expect(verdict(formOf(sent, '/hooks', signature))).toBe(same ? 'valid' : 'mismatch');
      }),
    );
  });
});
