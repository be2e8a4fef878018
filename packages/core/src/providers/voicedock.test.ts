import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonOf, messageOf, type Sent } from '../../test/message-of.ts';
import { voicedock } from './voicedock.ts';

const { definition } = voicedock;
const SECRET = 'whsec_test_secret';
const NOW = Date.parse('2025-12-13T12:00:00Z');

function verdict(sent: Sent, secrets: readonly string[] = [SECRET], options = {}, now = NOW): unknown {
  return definition.authenticate?.(messageOf(sent), secrets, options, now);
}

const BODY =
  '{"message":{"type":"status-update","timestamp":"2025-12-13T12:00:00.000Z","call":{"id":"5c4d030f-43e3-4e65-899e-8148521e660f",' +
  '"type":"inbound_phone_call","status":"in-progress"},"phone_number":{"number":"+12025550143","name":"Example Front Desk"},' +
  '"customer":{"number":"+12025550178"}}}';
// Made by another program: printf '%s' "1765627200.$BODY" | openssl dgst -sha256 -hmac whsec_test_secret
const HEX = '7c4a3c07b40a6e15d94885c9fd09c0381ce2184e05a5ea3cdb97ca3e031c9d20';
const HEADERS = { 'x-webhook-timestamp': '1765627200', 'x-webhook-signature': `sha256=${HEX}` };
const SENT = jsonOf(BODY, '/hooks', HEADERS);

/** Signed at another time, or with an invalid timestamp. */
function signedAt(timestamp: string): Sent {
  const signature = createHmac('sha256', SECRET).update(`${timestamp}.${BODY}`).digest('hex');
  return jsonOf(BODY, '/hooks', { 'x-webhook-timestamp': timestamp, 'x-webhook-signature': signature });
}

it('test vector', () => {
  expect(BODY).toHaveLength(285);
  expect(verdict(SENT)).toBe('valid');
  expect(verdict(SENT, ['other'])).toBe('mismatch');
  expect(verdict(SENT, [])).toBe('mismatch');
  expect(verdict(SENT, ['old', SECRET])).toBe('valid');
});

describe('a signature', () => {
  it.each(Object.keys(HEADERS))('is missing without %s', (name) => {
    const headers = Object.fromEntries(Object.entries(HEADERS).filter(([other]) => other !== name));
    expect(verdict(jsonOf(BODY, '/hooks', headers))).toBe('missing');
  });

  it.each([
    ['empty', ''],
    ['only a prefix', 'sha256='],
    ['truncated', `sha256=${HEX.slice(0, -2)}`],
    ['longer', `sha256=${HEX}00`],
    ['in upper case', `sha256=${HEX.toUpperCase()}`],
    ['twice prefixed', `sha256=sha256=${HEX}`],
    ['garbage', 'é'.repeat(64)],
  ])('is refused when it is %s', (_, signature) => {
    expect(verdict(jsonOf(BODY, '/hooks', { ...HEADERS, 'x-webhook-signature': signature }))).toBe('mismatch');
  });

  it('does not cover the content type, so that must be that of JSON', () => {
    const forgery = '&message[type]=status-update&message[call][id]=victim&message[call][status]=ended&';
    const body = JSON.stringify({ message: { customer: { number: forgery } } });
    const signature = createHmac('sha256', SECRET).update(`1765627200.${body}`).digest('hex');
    const headers = { ...HEADERS, 'x-webhook-signature': signature };
    expect(verdict(jsonOf(body, '/hooks', headers))).toBe('valid');
    const asForm = { ...headers, 'content-type': 'application/x-www-form-urlencoded' };
    expect(() => verdict({ ...jsonOf(body, '/hooks', headers), headers: asForm })).toThrow(
      expect.objectContaining({ code: 'unsupported_media_type' }),
    );
  });

  it('needs the bytes', () => {
    const { body: _, ...sent } = SENT;
    expect(() => verdict({ ...sent, parsed: JSON.parse(BODY) })).toThrow(
      expect.objectContaining({ code: 'body_consumed' }),
    );
  });

  it('holds for no other body, time or signature', () => {
    const flip = (original: string) =>
      fc.tuple(fc.nat(original.length - 1), fc.integer({ min: 1, max: 127 })).map(([at, bits]) => {
        return original.slice(0, at) + String.fromCharCode(original.charCodeAt(at) ^ bits) + original.slice(at + 1);
      });
    fc.assert(fc.property(flip(BODY), (body) => verdict({ ...SENT, body }) !== 'valid'));
    fc.assert(
      fc.property(flip(HEADERS['x-webhook-timestamp']), (timestamp) => {
        return verdict({ ...SENT, headers: { ...SENT.headers, 'x-webhook-timestamp': timestamp } }) !== 'valid';
      }),
    );
    fc.assert(
      fc.property(flip(HEX), (hex) => {
        return verdict({ ...SENT, headers: { ...SENT.headers, 'x-webhook-signature': `sha256=${hex}` } }) !== 'valid';
      }),
    );
  });
});

describe('the time of a signature', () => {
  it.each([
    [300, 'valid'],
    [-300, 'valid'],
    [301, 'expired'],
    [-301, 'expired'],
  ])('%i seconds from now', (seconds, expected) => {
    expect(verdict(SENT, [SECRET], {}, NOW + seconds * 1000)).toBe(expected);
  });

  it('may differ by the configured tolerance', () => {
    expect(verdict(SENT, [SECRET], { toleranceSeconds: 60 }, NOW + 61_000)).toBe('expired');
    expect(verdict(SENT, [SECRET], { toleranceSeconds: 3600 }, NOW + 3_600_000)).toBe('valid');
  });

  it('is never valid with a tolerance that is not a number', () => {
    expect(verdict(SENT, [SECRET], { toleranceSeconds: Number.NaN })).toBe('expired');
  });

  it.each([
    '1765627200.0',
    '1765627200000',
    ' 1765627200',
    '-1765627200',
    '0x693d5600',
    '',
    'now',
    '1765627200, 1765627200',
  ])('is refused as %j', (timestamp) => {
    expect(verdict(signedAt(timestamp))).toBe('mismatch');
  });

  it('is reported as expired only where the signature itself is right', () => {
    expect(verdict(SENT, ['other'], {}, NOW + 9e9)).toBe('mismatch');
  });
});

describe('recognition', () => {
  const message = { type: 'status-update', call: { id: 'a', status: 'ended' } };

  it.each([
    ['only the message', { message }, {}, true],
    ['the message under its header', { message }, { 'x-webhook-event': 'status-update' }, true],
    ['the message under another header', { message }, { 'x-webhook-event': 'tool-calls' }, false],
    ['another message', { message: { ...message, type: 'tool-calls' } }, {}, false],
    [
      'another message under the header',
      { message: { ...message, type: 'x' } },
      { 'x-webhook-event': 'status-update' },
      false,
    ],
    ['a message without a call', { message: { type: 'status-update' } }, {}, false],
    ['a call without an id', { message: { ...message, call: { status: 'ended' } } }, {}, false],
    ['a call without a status', { message: { ...message, call: { id: 'a' } } }, {}, false],
    ['no message', { message: null }, {}, false],
  ])('of %s', (_, body, headers, expected) => {
    expect(definition.recognizes(messageOf(jsonOf(body, '/', headers)))).toBe(expected);
  });
});

it('is not misled by a call type that every object has', () => {
  const fields = { message: { call: { id: 'a', status: 'ended', type: 'constructor' } } };
  expect(definition.normalize(fields, {})).toMatchObject({ direction: undefined, from: undefined, to: undefined });
});

it('keys events by status and time', () => {
  const keys = ['ended', 'in-progress'].flatMap((status) =>
    ['2025-12-13T12:05:00.000Z', '2025-12-13T12:05:01.000Z'].map((timestamp) => {
      const fields = { message: { call: { id: 'a', status }, timestamp } };
      return definition.eventKey(fields, definition.normalize(fields, {}));
    }),
  );
  expect(new Set(keys).size).toBe(4);
  expect(keys[0]).toMatch(/^ended\|\|[\w-]{16}$/);
});

describe('callbackParams', () => {
  it('asks only for status updates', () => {
    expect(voicedock.callbackParams({ url: 'https://example.com/hook', token: 't', secret: 's' })).toEqual({
      webhook_url: 'https://example.com/hook?token=t',
      webhook_secret: 's',
      webhook_events: ['status-update'],
    });
  });

  it('leaves out a secret that is not given', () => {
    expect(voicedock.callbackParams({ url: 'https://example.com/hook' })).toStrictEqual({
      webhook_url: 'https://example.com/hook',
      webhook_events: ['status-update'],
    });
  });
});
