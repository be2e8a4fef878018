import { describe, expect, it } from 'vitest';
import { formOf, messageOf, type Sent } from '../../test/message-of.ts';
import { normalize } from '../../test/normalized.ts';
import { builtInProviders } from '../options/built-in-providers.ts';
import { hmac } from '../signing/hmac.ts';
import { vobiz } from './vobiz.ts';

const { definition } = vobiz;
const FIELDS = { CallUUID: '5ca11000-0000-4000-8000-000000000001', CallStatus: 'completed', Event: 'Hangup' };
const NONCE = { 'x-vobiz-signature-v3-nonce': '12345678901234567890' };

describe('recognition', () => {
  it.each<[string, Record<string, string>, Record<string, string>, boolean]>([
    ['what Vobiz sends', FIELDS, NONCE, true],
    ['what it sends, in version 2', FIELDS, { 'x-vobiz-signature-v2-nonce': '1' }, true],
    ['no header of its own', FIELDS, {}, false],
    ['no call', { CallStatus: 'completed', Event: 'Hangup' }, NONCE, false],
    ['no status', { CallUUID: '1', Event: 'Hangup' }, NONCE, false],
    ['a request for XML', { ...FIELDS, Event: 'StartApp' }, NONCE, false],
  ])('of %s', (_, fields, headers, expected) => {
    const callback = messageOf(formOf(fields, '/', headers));
    const takers = builtInProviders.filter((provider) => provider.definition.recognizes(callback, false, {}));
    expect(takers).toEqual(expected ? [vobiz] : []);
  });

  it('of a GET where Vobiz is named', () => {
    const named = (url: string, headers: Sent['headers']) =>
      definition.recognizes(messageOf({ method: 'GET', url, headers }), true, {});
    expect(named('/?CallUUID=1&CallStatus=busy', {})).toBe(true);
    expect(named('/?CallUUID=1', NONCE)).toBe(true);
    expect(named('/?CallUUID=1', {})).toBe(true);
    expect(named('/?CallStatus=busy', {})).toBe(false);
  });

  it.each<[Record<string, string>, Record<string, string>, string | undefined]>([
    [{ ...FIELDS, CallStatus: '' }, {}, undefined],
    [{ CallUUID: '1', Event: 'Hangup' }, NONCE, 'CallStatus is missing: name the provider.'],
    [{ ...FIELDS, Event: 'StartApp' }, NONCE, 'Its Event is StartApp: it may wait for XML.'],
  ])('says why not: %j with %j', (fields, headers, reason) => {
    expect(definition.whyNot?.(messageOf(formOf(fields, '/', headers)), 'name the provider')).toBe(reason);
  });
});

// Computed after the documentation of Vobiz, with the inputs of another implementation's tests.
const TOKEN = 'vobiz-auth-token';
const PATH = '/api/v1/telephony/vobiz/hangup-callback/123';
const V3 = 'xGdTHRoqX4WVHmJJQo6qArotmWVIDqQqSUIq08+0MV8=';
const V2 = 'SWhL/1S9u6fk5K3cqN3Uu9j26vdxYYvQt8MzskJYF9Q=';

describe('the signature', () => {
  const verdict = (headers: Record<string, string>, url = PATH, token = TOKEN) =>
    definition.authenticate?.(messageOf(formOf(FIELDS, url, headers), 'https://example.test'), ['other', token], {}, 0);
  const v3 = { 'x-vobiz-signature-v3': V3, ...NONCE };
  const v2 = { 'x-vobiz-signature-v2': V2, 'x-vobiz-signature-v2-nonce': '12345678901234567890' };

  it.each([
    ['V3', v3],
    ['V2', v2],
    ['V3 of the main account', { 'x-vobiz-signature-v3': 'x', 'x-vobiz-signature-ma-v3': V3, ...NONCE }],
    ['V2 beside another V3', { ...v3, 'x-vobiz-signature-v3': 'x', ...v2 }],
  ])('%s is accepted at its address, with any query', (_, headers) => {
    expect(verdict(headers)).toBe('valid');
    expect(verdict(headers, `${PATH}?a=1`)).toBe('valid');
    expect(verdict(headers, `${PATH}4`)).toBe('mismatch');
    expect(verdict(headers, PATH, 'another')).toBe('mismatch');
  });

  it.each([
    ['another nonce', { ...v3, 'x-vobiz-signature-v3-nonce': '12345678901234567891' }, PATH],
    ['no nonce', { 'x-vobiz-signature-v3': V3 }, PATH],
    ['a nonce that continues the address', { ...v2, 'x-vobiz-signature-v2-nonce': '2345678901234567890' }, `${PATH}1`],
  ])('with %s is refused', (_, headers, url) => {
    expect(verdict(headers, url)).toBe('mismatch');
  });

  it('covers the address without its user and password, or with them, which is not documented', () => {
    const at = (publicUrl: string, headers: Sent['headers']) =>
      definition.authenticate?.(messageOf(formOf(FIELDS, PATH, headers), 'http://h', publicUrl), [TOKEN], {}, 0);
    expect(at('https://user:pass@example.test', v3)).toBe('valid');
    expect(at('https://user:pass@example.test', v2)).toBe('valid');
    expect(at('https://example.test@other.example', v3)).toBe('mismatch');
    const whole = hmac('sha256', TOKEN, 'base64', `https://user:pass@example.test${PATH}.`, '12345678901234567890');
    expect(at('https://user:pass@example.test', { ...v3, 'x-vobiz-signature-v3': whole })).toBe('valid');
  });

  it('may have a nonce of any form in version 3, up to the length of the known ones', () => {
    const signed = (address: string, nonce: string, border = '.') => ({
      'x-vobiz-signature-v3': hmac('sha256', TOKEN, 'base64', `https://example.test${address}${border}`, nonce),
      'x-vobiz-signature-v3-nonce': nonce,
    });
    for (const nonce of ['1', '1234567890123456789', 'a_b-c']) expect(verdict(signed(PATH, nonce))).toBe('valid');
    for (const nonce of ['', '1.2', '123456789012345678901']) expect(verdict(signed(PATH, nonce))).toBe('mismatch');
    // What version 2 signs at another address: https://example.test/v1.2 and a nonce of 20 digits.
    const other = { ...signed('/v1', '212345678901234567890'), 'x-vobiz-signature-v2-nonce': '12345678901234567890' };
    expect(verdict({ ...other, 'x-vobiz-signature-v2': other['x-vobiz-signature-v3'] }, '/v1.2')).toBe('valid');
    expect(verdict(other, '/v1')).toBe('mismatch');
  });

  it('is missing if there is none, or only the first version', () => {
    expect(verdict({})).toBe('missing');
    expect(verdict({ 'x-vobiz-signature': 'x', ...NONCE })).toBe('missing');
  });
});

it.each([
  ['cancel', 'canceled', true],
  ['in-progress', 'in-progress', false],
])('knows %s, as Plivo sends it', (CallStatus, status, terminal) => {
  const sent = { ...FIELDS, CallStatus, HangupCause: 'ORIGINATOR_CANCEL' };
  expect(normalize(vobiz(), sent, 'none', 0)).toMatchObject({ status, rawStatus: CallStatus, terminal });
});

it('has times only with the zone of the account', () => {
  const sent = { ...FIELDS, StartTime: '2026-01-26 14:05:08', EndTime: '2026-01-26 14:06:23' };
  expect(normalize(vobiz(), sent, 'none', 0)).not.toHaveProperty('startedAt');
  expect(normalize(vobiz({ utcOffset: '+05:30' }), sent, 'none', 0)).toMatchObject({
    startedAt: '2026-01-26T08:35:08.000Z',
    occurredAt: '2026-01-26T08:36:23.000Z',
  });
});

it('makes the parameters of a call', () => {
  const url = 'https://hooks.example.com/vobiz';
  expect(vobiz.callbackParams({ url })).toEqual({ hangup_url: url, hangup_method: 'POST' });
  expect(vobiz.callbackParams({ url, method: 'GET' })).toEqual({ hangup_url: url, hangup_method: 'GET' });
});
