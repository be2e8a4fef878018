import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { formOf, jsonOf, messageOf, type Sent } from '../../test/message-of.ts';
import { plivo } from './plivo.ts';

const { definition } = plivo;

function verdict(sent: Sent, origin: string, secrets: readonly string[]): unknown {
  return definition.authenticate?.(messageOf(sent, origin), secrets, {}, 0);
}

const v3 = (signature: string, nonce: string, header = 'x-plivo-signature-v3') => ({
  [header]: signature,
  'x-plivo-signature-v3-nonce': nonce,
});
const get = (path: string, fields: Readonly<Record<string, string>>): Sent => ({
  method: 'GET',
  url: `${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams(fields).toString()}`,
  headers: {},
});

// Published with Plivo's own libraries. The signatures hold for no other numbers.
const SDK = { token: 'Y2Q2ZDgxZmY5YWRiOTI5YmQ1Njg0MTAxZWIyOTc4', nonce: '31627761595286130198' };
const ANSWER = {
  Direction: 'outbound',
  From: '19792014278',
  ALegUUID: '3e82ae9d-2c78-4d85-b1a4-6eae7dbafb36',
  ALegRequestUUID: '3e82ae9d-2c78-4d85-b1a4-6eae7dbafb36',
  CallUUID: '3e82ae9d-2c78-4d85-b1a4-6eae7dbafb36',
  RequestUUID: '3e82ae9d-2c78-4d85-b1a4-6eae7dbafb36',
  CallStatus: 'in-progress',
  BillRate: '0.002',
  ParentAuthID: 'MANWVLYTK4ZWU1YTY4QA',
  To: 'sip:PlivoSignature382029104058171078704104@phone-qa.voice.plivodev.com',
  'SIP-H-To': '<sip:PlivoSignature382029104058171078704104@52.9.11.55;transport=udp>;tag=1',
  SessionStart: '2020-04-08 11:34:33.238707',
  Event: 'StartApp',
};
const BIN = 'https://plivobin.non-prod.plivops.com';
const PATH = '/api/v1/validate_signature03.xml';

// A recorded callback, signed by Plivo's library for Node; its signature holds for no other numbers either.
const OWN = { token: 'my_auth_token', nonce: '12345' };
const HANGUP =
  'ALegRequestUUID=64d3290a-87a6-46b4-a6e2-20f5f4e07a02&ALegUUID=64d3290a-87a6-46b4-a6e2-20f5f4e07a02&AnswerTime=2024-09-26+14%3A05%3A18&BillDuration=120&BillRate=0.005&CallStatus=completed&CallUUID=64d3290a-87a6-46b4-a6e2-20f5f4e07a02&Direction=outbound&Duration=66&EndTime=2024-09-26+14%3A06%3A23&Event=Hangup&From=917658035735900&HangupCause=NORMAL_CLEARING&HangupCauseCode=4000&HangupCauseName=Normal+Hangup&HangupSource=Callee&ParentAuthID=MAZJNLNJIYNWMZYZHIMM&RequestUUID=64d3290a-87a6-46b4-a6e2-20f5f4e07a02&STIRAttestation=Not+Applicable&STIRVerification=Not+Applicable&SessionStart=2024-09-26+08%3A35%3A10.910772&StartTime=2024-09-26+14%3A05%3A08&To=91773345553974342&TotalCost=0.01000';
const hangup = (url: string): Sent => ({ ...formOf({}, url), body: HANGUP });

describe('test vectors', () => {
  it.each<[id: string, sent: Sent, origin: string, key: typeof SDK, signature: string]>([
    ['V3a', formOf(ANSWER, `${PATH}/?a=b&c=d`), BIN, SDK, 'k7Pusd4OxCIjR5IfA9iedDNu/h/gbdYqdzG/MiYtd1c='],
    ['V3b', get(`${PATH}/?a=b&c=d`, ANSWER), BIN, SDK, 'UBq8jAtd32wR8EK9VgxbBn4n5rpI/l1H9iN4WfSEHFQ='],
    ['V3c', formOf(ANSWER, PATH), BIN, SDK, 'iAjE5QqI37mbkYe4w3jTMudqEzbDufdqi7sYwTu64e0='],
    ['V3d', get(PATH, ANSWER), BIN, SDK, 'i/MQsaQSAd6fiKhOh2qeeeLHZ9faldADSb3/7+Akfbc='],
    ['V3e', hangup('/plivo/hangup'), 'https://example.com', OWN, '+DnOloPscXRna++jABT9UkKDr/ISWsuCaT4Ax7Y3WdE='],
    [
      'V3f',
      hangup('/plivo/hangup?b=2&a=1'),
      'https://example.com',
      OWN,
      'eQI0uNujz5hr8Vz4ZQpb0+XhhMcsbFuiB0GTOdjpiLU=',
    ],
  ])('%s', (_, sent, origin, { token, nonce }, signature) => {
    const withHeaders = (headers: Sent['headers']): Sent => ({ ...sent, headers: { ...sent.headers, ...headers } });
    const signed = withHeaders(v3(signature, nonce));
    expect(verdict(signed, origin, [token])).toBe('valid');
    expect(verdict(withHeaders(v3(signature, nonce, 'x-plivo-signature-ma-v3')), origin, ['other', token])).toBe(
      'valid',
    );
    expect(verdict(withHeaders(v3(`AAAA, ${signature}`, nonce)), origin, [token])).toBe('valid');
    expect(verdict(signed, origin, ['another token'])).toBe('mismatch');
    expect(verdict(withHeaders(v3(signature, `${nonce}1`)), origin, [token])).toBe('mismatch');
    expect(verdict(withHeaders({ 'x-plivo-signature-v3': signature }), origin, [token])).toBe('mismatch');
    expect(verdict({ ...signed, url: `${sent.url}${sent.url.includes('?') ? '&' : '?'}z=1` }, origin, [token])).toBe(
      'mismatch',
    );
    expect(verdict({ ...signed, url: `/other${sent.url}` }, origin, [token])).toBe('mismatch');
    expect(verdict(sent, origin, [token])).toBe('missing');
  });

  // It covers no field, so it proves nothing of them.
  it('V2 is not enough, but tells that token and address are right', () => {
    const signature = 'ehV3IKhLysWBxC1sy8INm0qGoQYdYsHwuoKjsX7FsXc=';
    const v2 = { 'x-plivo-signature-v2': signature, 'x-plivo-signature-v2-nonce': '12345' };
    const only = formOf(ANSWER, '/', v2);
    expect(() => verdict(only, 'https://answer.url', ['my_auth_token'])).toThrow(
      expect.objectContaining({ code: 'signature_missing' }),
    );
    const both = messageOf(formOf(ANSWER, '/', { ...v2, ...v3('AAAA', '12345') }), 'https://answer.url');
    expect(definition.authenticate?.(both, ['my_auth_token'], {}, 0)).toBe('mismatch');
    expect(definition.diagnose?.(both, ['my_auth_token'])).toEqual([
      expect.objectContaining({ evidence: expect.stringContaining('Its V2 signature matches'), certain: true }),
    ]);
    expect(definition.diagnose?.(both, ['another token'])).toBeUndefined();
  });

  it.each([
    ['V1a', { CallUUID: '97ceeb52-58b6-11e1-86da-77300b68f8bb', Duration: '300' }, 'EJEt0ELanhr8hjMPIJnLNLex0dE='],
    ['V1b', { a: '1 2' }, 'n3Xfo4u+vRFyl3gsH8B0qDUIK5g='],
  ])('%s, which Plivo no longer recommends, is not read', (_, fields, signature) => {
    const sent = formOf(fields, '/answer/', { 'x-plivo-signature': signature });
    expect(verdict(sent, 'http://foo.com', ['MAXXXXXXXXXXXXXXXXXX'])).toBe('missing');
  });
});

const ORIGIN = 'https://hooks.example.com';
const sign = (text: string, token = 'token') => createHmac('sha256', token).update(text).digest('base64');
const ring = {
  CallStatus: 'ringing',
  CallUUID: '5ca11000-0000-4000-8000-000000000001',
  Event: 'Ring',
  From: '12025550143',
};
const RING = Object.entries(ring).flat().join('');

describe('the address', () => {
  const at = (came: string, signed: string) =>
    verdict(formOf(ring, came, v3(sign(`${signed}?${RING}.1`), '1')), ORIGIN, ['token']);

  it.each([
    ['with a port', '/plivo', `${ORIGIN}:443/plivo`],
    ['in another case', '/plivo', 'HTTPS://hooks.example.com/plivo'.replace('HTTPS', 'https')],
    ['without its only slash', '/', ORIGIN],
  ])('may be written %s', (_, came, signed) => {
    expect(at(came, signed)).toBe('valid');
  });

  it('is signed without the user and password that it has, as by the library for Node, or with them', () => {
    const headers = v3('+DnOloPscXRna++jABT9UkKDr/ISWsuCaT4Ax7Y3WdE=', OWN.nonce);
    const sent = { ...hangup('/plivo/hangup'), headers: { ...formOf({}).headers, ...headers } };
    const at = (publicUrl: string, message: Sent = sent, token: string = OWN.token) =>
      definition.authenticate?.(messageOf(message, ORIGIN, publicUrl), [token], {}, 0);
    expect(at('https://user:p@ss@example.com')).toBe('valid');
    expect(at('https://user@example.com:443')).toBe('valid');
    expect(at('https://example.com@other.example')).toBe('mismatch');
    const whole = formOf(ring, '/plivo', v3(sign(`https://user:pass@example.com/plivo?${RING}.1`), '1'));
    expect(at('https://user:pass@example.com', whole, 'token')).toBe('valid');
    expect(at('https://user:word@example.com', whole, 'token')).toBe('mismatch');
  });

  it('is not that of another path, host or scheme', () => {
    for (const signed of [`${ORIGIN}/plivo/`, 'https://other.example/plivo', 'http://hooks.example.com/plivo']) {
      expect(at('/plivo', signed)).toBe('mismatch');
    }
  });
});

describe('what is signed', () => {
  it('is each value of a repeated name, sorted', () => {
    const body = `${new URLSearchParams(ring).toString()}&SIP-H-X=b&SIP-H-X=a&SIP-H-X=a`;
    const text = `${ORIGIN}/?q=1&q=2.${RING}SIP-H-XaSIP-H-XaSIP-H-Xb.1`;
    expect(verdict({ ...formOf({}, '/?q=2&q=1', v3(sign(text), '1')), body }, ORIGIN, ['token'])).toBe('valid');
  });

  it('is no body but a form', () => {
    const text = sign(`${ORIGIN}/hooks.1`);
    expect(verdict(jsonOf(ring, '/hooks', v3(text, '1')), ORIGIN, ['token'])).toBe('mismatch');
    expect(verdict(formOf({}, '/hooks', v3(text, '1')), ORIGIN, ['token'])).toBe('valid');
  });

  it('can be what another parser read, unless it made objects of names', () => {
    const headers = { ...formOf({}).headers, ...v3(sign(`${ORIGIN}/hooks?${RING}.1`), '1') };
    const sent = { method: 'POST', url: '/hooks', headers, parsed: ring };
    expect(verdict(sent, ORIGIN, ['token'])).toBe('valid');
    expect(() => verdict({ ...sent, parsed: { ...ring, X: { y: '1' } } }, ORIGIN, ['token'])).toThrow(
      expect.objectContaining({ code: 'body_consumed' }),
    );
  });
});
