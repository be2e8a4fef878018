import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonOf, messageOf, ORIGIN, type Sent } from '../../test/message-of.ts';
import { jambonz } from './jambonz.ts';

const { definition } = jambonz;
// Made with the algorithm of the feature server, and accepted by the SDK.
const SECRET = 'test-webhook-secret';
const BODY = '{"call_sid":"abc","call_status":"completed"}';
const TIME = 1_700_000_000;
const DIGEST = 'e6b654dcc2f678f806bc80242b3eae38b92b6afdbc43008837ab563cace3ec58';
const NOW = TIME * 1000;

const signed = (signature: string, body: string = BODY): Sent =>
  jsonOf(body, '/hooks', { 'jambonz-signature': signature });
const SENT = signed(`t=${TIME},v1=${DIGEST}`);

function verdict(sent: Sent, secrets: readonly string[] = [SECRET], nowMs = NOW, toleranceSeconds?: number): unknown {
  try {
    return definition.authenticate?.(messageOf(sent), secrets, { toleranceSeconds }, nowMs);
  } catch (error) {
    return (error as { readonly code?: string }).code;
  }
}

describe('the signature', () => {
  it.each([
    `t=${TIME},v1=${DIGEST}`,
    `v1=${DIGEST},t=${TIME}`,
    `t=${TIME},v1=${'0'.repeat(64)},v1=${DIGEST}`,
    `t=${TIME},v0=abc,v1=${DIGEST}`,
  ])('is valid as %j', (signature) => expect(verdict(signed(signature))).toBe('valid'));

  it('is valid with any of several secrets, and with no other', () => {
    expect(verdict(SENT, ['old', SECRET])).toBe('valid');
    expect(verdict(SENT, ['old'])).toBe('mismatch');
    expect(verdict(SENT, [])).toBe('mismatch');
  });

  it('is valid for 300 seconds, before and after', () => {
    const at = (seconds: number) => verdict(SENT, [SECRET], NOW + seconds * 1000);
    expect([at(300), at(300.999), at(-300)]).toEqual(['valid', 'valid', 'valid']);
    expect([at(301), at(-301), at(86_400)]).toEqual(['expired', 'expired', 'expired']);
    expect(verdict(SENT, [SECRET], NOW + 61_000, 60)).toBe('expired');
  });

  it('is missing without its header, and needs the bytes', () => {
    expect(verdict(jsonOf(BODY))).toBe('missing');
    expect(verdict({ ...SENT, body: undefined as never, parsed: {} })).toBe('body_consumed');
  });

  it.each([
    '',
    `t=${TIME}`,
    `v1=${DIGEST}`,
    't',
    'v1',
    `t=,v1=${DIGEST}`,
    `t=${TIME},v1=`,
    `t=${TIME},v1=${DIGEST.slice(2)}`,
    `t=${TIME},v1=${DIGEST}00`,
    `t=${TIME},v1=${DIGEST.toUpperCase()}`,
    `t=${TIME}, v1=${DIGEST}`,
    `t=${TIME},v0=${DIGEST}`,
    `t=${TIME},t=${TIME + 1},v1=${DIGEST}`,
    `t=-${TIME},v1=${DIGEST}`,
    `t=1e9,v1=${DIGEST}`,
  ])('is a mismatch as %j', (signature) => expect(verdict(signed(signature))).toBe('mismatch'));

  it('covers every byte of the body, and the time', () => {
    const flipped = fc.tuple(fc.nat(BODY.length - 1), fc.integer({ min: 1, max: 127 })).map(([at, bits]) => {
      return BODY.slice(0, at) + String.fromCharCode(BODY.charCodeAt(at) ^ bits) + BODY.slice(at + 1);
    });
    fc.assert(fc.property(flipped, (body) => verdict({ ...SENT, body }) === 'mismatch'));
    expect(verdict(signed(`t=${TIME + 1},v1=${DIGEST}`))).toBe('mismatch');
  });

  it('does not cover the content type, so that must be that of JSON', () => {
    for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data; boundary=a', 'text/plain', '']) {
      const sent = { ...SENT, headers: { ...SENT.headers, 'content-type': type } };
      expect(verdict(sent)).toBe('unsupported_media_type');
    }
  });
});

it('advises about a mismatch', () => {
  const advice = (signature: string) => definition.diagnose?.(messageOf(signed(signature)), [SECRET])?.[0]?.evidence;
  for (const odd of ['v1=1', 't=1', 't=x,v1=1']) expect(advice(odd)).toBe('Jambonz-Signature has another form.');
  expect(advice(`t=${TIME},v1=${DIGEST}`)).toContain('one of the account');
});

it('signs a request as jambonz does, even without a body', () => {
  const request = { method: 'POST', url: '/hooks', headers: {}, origin: ORIGIN };
  const headers = definition.sign?.({ ...request, body: Buffer.from(BODY) }, { secret: SECRET, nowMs: NOW }).headers;
  expect(headers).toEqual({ 'jambonz-signature': `t=${TIME},v1=${DIGEST}` });
  const empty = definition.sign?.(request, { secret: SECRET, nowMs: NOW }).headers as Sent['headers'];
  expect(verdict({ ...SENT, headers: { ...SENT.headers, ...empty }, body: '' })).toBe('valid');
});
