import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formOf, jsonOf, messageOf, type Sent } from '../../test/message-of.ts';
import { publicKeyOf } from '../signing/ed25519.ts';
import { telnyx } from './telnyx.ts';

const { definition } = telnyx;

// Of RFC 8032, section 7.1, test 1. The SDK has no signatures in its tests; it accepts these.
const KEY = '11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=';
const TIMESTAMP = '1700000000';
const NOW = Number(TIMESTAMP) * 1000;

const CALL_CONTROL =
  '{"data":{"record_type":"event","event_type":"call.hangup","id":"0ccc7b54-4df3-4bca-a65a-3da1ecc777f0","occurred_at":"2023-11-14T22:13:20.000000Z","payload":{"call_control_id":"v3:abc","call_leg_id":"428c31b6-7af4-4bcb-b7f5-5013ef9657c1","call_session_id":"428c31b6-abf3-3bc1-b7f4-5013ef9657c1","connection_id":"7267xxxxxxxxxxxxxx","client_state":null,"from":"+12025550143","to":"+12025550178","direction":"outgoing","state":"hangup","start_time":"2023-11-14T22:13:00.000000Z","end_time":"2023-11-14T22:13:20.000000Z","hangup_cause":"user_busy","hangup_source":"callee","sip_hangup_cause":"486"}},"meta":{"attempt":1,"delivered_to":"https://example.com/webhooks"}}';
const TEXML =
  'AccountSid=cb6cfbbc-eb00-41af-a3f3-0d7b32009e4b&CallDuration=2&CallSid=v2%3A7V3r4VFCGLTzKLOveE0-7vM9dX17-NRQgU1byo-uuOIX9JcDadLLKw&CallStatus=completed&CallbackSource=call-progress-events&From=%2B12025550143&HangupSource=callee&SequenceNumber=0&Timestamp=2021-04-28+21%3A51%3A18.731479Z&To=%2B12025550178';
const SIGNATURES = {
  CALL_CONTROL: 'sZ0tUcXlQ0qT2fleT+HFfX4+r7S51XPybBHc/ZNYhoW5bmLxTl6FU8nK1/TaDFugTr5y/SqcSrMnX40TrioBAQ==',
  TEXML: '9SBKTuHszNMKILT3/O+6UzedXu12Veimt6AqE1GBQIMCZTuAZbp2rP1FoqVDdpp+Cux1xLniR2Lt8NA4myvyCA==',
};

const headersOf = (signature: string, timestamp = TIMESTAMP) => ({
  'telnyx-signature-ed25519': signature,
  'telnyx-timestamp': timestamp,
});
const EVENT = jsonOf(CALL_CONTROL, '/hooks', headersOf(SIGNATURES.CALL_CONTROL));
const FORM: Sent = { ...formOf({}, '/hooks', headersOf(SIGNATURES.TEXML)), body: TEXML };

function verdict(sent: Sent, keys: readonly string[] = [KEY], nowMs = NOW, toleranceSeconds?: number): unknown {
  try {
    return definition.authenticate?.(messageOf(sent), keys, { toleranceSeconds }, nowMs);
  } catch (error) {
    return (error as { readonly code?: string }).code;
  }
}

const changed = (sent: Sent, headers: Sent['headers']): Sent => ({ ...sent, headers: { ...sent.headers, ...headers } });

describe.each([
  ['an event of Call Control', EVENT],
  ['a form of TeXML', FORM],
])('the signature of %s', (_, sent) => {
  it('is valid, with any of several keys', () => {
    expect(verdict(sent)).toBe('valid');
    expect(verdict(sent, [publicKeyOf('another'), KEY])).toBe('valid');
  });

  it('is valid for 300 seconds, before and after', () => {
    const at = (seconds: number) => verdict(sent, [KEY], NOW + seconds * 1000);
    expect([at(300), at(300.999), at(-300)]).toEqual(['valid', 'valid', 'valid']);
    expect([at(301), at(-301), at(86_400)]).toEqual(['expired', 'expired', 'expired']);
    expect(verdict(sent, [KEY], NOW + 61_000, 60)).toBe('expired');
  });

  it('is missing without either header, and needs the bytes', () => {
    for (const name of Object.keys(headersOf(''))) {
      expect(verdict(changed(sent, { [name]: undefined as never }))).toBe('missing');
    }
    expect(verdict({ ...sent, body: undefined as never, parsed: {} })).toBe('body_consumed');
  });

  it('covers every byte of the body and of the timestamp', () => {
    const flip = (original: string) =>
      fc.tuple(fc.nat(original.length - 1), fc.integer({ min: 1, max: 127 })).map(([at, bits]) => {
        return original.slice(0, at) + String.fromCharCode(original.charCodeAt(at) ^ bits) + original.slice(at + 1);
      });
    fc.assert(fc.property(flip(String(sent.body)), (body) => verdict({ ...sent, body }) === 'mismatch'));
    fc.assert(fc.property(flip(TIMESTAMP), (at) => verdict(changed(sent, { 'telnyx-timestamp': at })) === 'mismatch'));
  });

  it('is that of one content type', () => {
    const as = (type: string) => verdict(changed(sent, { 'content-type': type }));
    const own = sent === EVENT ? 'application/json' : 'application/x-www-form-urlencoded';
    expect(as(`${own}; charset=utf-8`)).toBe('valid');
    for (const other of [
      'application/json',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=a',
      '',
    ]) {
      if (other !== own) expect(as(other)).toBe('unsupported_media_type');
    }
  });
});

it('of one callback is not that of another', () => {
  expect(verdict(changed(EVENT, headersOf(SIGNATURES.TEXML)))).toBe('mismatch');
  expect(verdict(EVENT, [publicKeyOf('another')])).toBe('mismatch');
  expect(verdict(EVENT, [])).toBe('mismatch');
});

it('cannot make a form of an event whose caller chose a name like one', () => {
  const event = JSON.stringify({
    data: { event_type: 'x', payload: { caller_id_name: '&CallSid=v3:b&CallStatus=completed&' } },
  });
  const sent = formOf({}, '/hooks');
  const request = { ...sent, origin: 'https://example.com', body: Buffer.from(event) };
  const signed = definition.sign?.(request, { secret: 'a', nowMs: NOW }) as typeof request;
  expect(messageOf(signed).fields['CallSid']).toBe('v3:b');
  expect(verdict(signed, [publicKeyOf('a')])).toBe('unsupported_media_type');
});

it('is refused in another alphabet', () => {
  const other = SIGNATURES.TEXML.replaceAll('+', '-').replaceAll('/', '_');
  expect(other).not.toBe(SIGNATURES.TEXML);
  expect(verdict(changed(FORM, headersOf(other)))).toBe('mismatch');
});

it.each([
  ['hexadecimal', Buffer.from(SIGNATURES.CALL_CONTROL, 'base64').toString('hex')],
  ['no padding', SIGNATURES.CALL_CONTROL.replace('==', '')],
  ['white space', `${SIGNATURES.CALL_CONTROL} `],
  ['spare bits', SIGNATURES.CALL_CONTROL.replace('Q==', 'R==')],
  ['nothing', ''],
  ['two', `${SIGNATURES.CALL_CONTROL}, ${SIGNATURES.CALL_CONTROL}`],
])('is refused as %s', (_, signature) => {
  expect(verdict(changed(EVENT, headersOf(signature)))).toBe('mismatch');
});

it.each(['1700000000.0', ' 1700000000', '-1700000000', '0x6553f100', '', 'now', '9'.repeat(13)])(
  'has no time in %j',
  (timestamp) => {
    const request = { ...EVENT, origin: 'https://example.com', body: Buffer.from(CALL_CONTROL) };
    const signed = definition.sign?.(request, { secret: 'a', nowMs: NOW }) as typeof request;
    expect(verdict(signed, [publicKeyOf('a')])).toBe('valid');
    expect(verdict(changed(signed, { 'telnyx-timestamp': timestamp }), [publicKeyOf('a')])).toBe('mismatch');
  },
);

describe('the hint of a signature that does not match', () => {
  const hint = (sent: Sent, keys: readonly string[]) =>
    definition.diagnose?.(messageOf(sent), keys)?.map(({ evidence }) => evidence);

  it.each([KEY.slice(1), KEY.replace('=', ''), Buffer.from(KEY, 'base64').toString('hex'), 'KEY019A', ''])(
    'names what is not a key: %j',
    (key) => {
      expect(verdict(EVENT, [key])).toBe('mismatch');
      expect(hint(EVENT, [KEY, key])).toEqual(['publicKey is not 32 bytes in base64.']);
    },
  );

  it('names what is not a timestamp', () => {
    expect(hint(changed(EVENT, { 'telnyx-timestamp': '1700000000000' }), [KEY])).toEqual([
      'Telnyx-Timestamp is not a number of seconds.',
    ]);
  });

  it('is that of the kit otherwise', () => {
    expect(hint(EVENT, [publicKeyOf('another')])).toBeUndefined();
  });
});

it('keeps a hundred keys, and verifies with more', () => {
  const keys = Array.from({ length: 150 }, (_, at) => publicKeyOf(String(at)));
  expect(verdict(EVENT, [...keys, KEY])).toBe('valid');
  expect(verdict(EVENT, [KEY])).toBe('valid');
});

it('signs a request without a body as one with an empty body', () => {
  const bare = { method: 'POST', url: '/hooks', origin: 'https://example.com', headers: { 'content-type': '' } };
  const sign = (request: typeof bare) => definition.sign?.(request, { secret: 'a', nowMs: NOW }).headers;
  expect(sign(bare)).toEqual(sign({ ...bare, body: Buffer.alloc(0) } as typeof bare));
});
