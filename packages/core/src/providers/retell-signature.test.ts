import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonOf, messageOf, ORIGIN, type Sent } from '../../test/message-of.ts';
import { retell } from './retell.ts';

const { definition } = retell;
const KEY = 'test-api-key';
const TIME = 1_700_000_000_000;

// The first is of the SDK's own tests; the second was made as the SDK does.
const VECTORS = {
  sdk: { body: '{"event":"call_ended"}', digest: '07024cabe7dd8f6d1c6e4a8324ca92c812e6ad4a7ee506c04f7e462e3321823e' },
  busy: {
    body: '{"event":"call_ended","call":{"call_type":"phone_call","from_number":"+12025550143","to_number":"+12025550178","direction":"outbound","call_id":"Jabr9TXYYJHfvl6Syypi88rdAHYHmcq6","agent_id":"oBeDLoLOeuAbiuaMFXRtDOLriTJ5tSxD","call_status":"not_connected","disconnection_reason":"dial_busy"}}',
    digest: '5a27993a528a5fecd9ee4fc286f915d02b81c4b77d97209bf8a5c5df8ca7bfbc',
  },
} as const;
const { body: BODY, digest: DIGEST } = VECTORS.busy;

const signed = (signature: string, body: string = BODY): Sent =>
  jsonOf(body, '/hooks', { 'x-retell-signature': signature });
const SENT = signed(`v=${TIME},d=${DIGEST}`);

function verdict(sent: Sent, keys: readonly string[] = [KEY], nowMs = TIME, toleranceSeconds?: number): unknown {
  try {
    return definition.authenticate?.(messageOf(sent), keys, { toleranceSeconds }, nowMs);
  } catch (error) {
    return (error as { readonly code?: string }).code;
  }
}

describe('the signature', () => {
  it.each(Object.entries(VECTORS))('of the vector %s is valid', (_, { body, digest }) => {
    expect(verdict(signed(`v=${TIME},d=${digest}`, body))).toBe('valid');
    expect(verdict(signed(`V=${TIME},D=${digest.toUpperCase()}`, body))).toBe('valid');
  });

  it('is valid with any of several keys, and with no other', () => {
    expect(verdict(SENT, ['old', KEY])).toBe('valid');
    expect(verdict(SENT, ['old'])).toBe('mismatch');
    expect(verdict(SENT, [])).toBe('mismatch');
  });

  it('is valid for 300 seconds, before and after', () => {
    const at = (ms: number) => verdict(SENT, [KEY], TIME + ms);
    expect([at(300_000), at(-300_000)]).toEqual(['valid', 'valid']);
    expect([at(300_001), at(-300_001), at(86_400_000)]).toEqual(['expired', 'expired', 'expired']);
    expect(verdict(SENT, [KEY], TIME + 61_000, 60)).toBe('expired');
  });

  it('is missing without its header, and needs the bytes', () => {
    expect(verdict(jsonOf(BODY))).toBe('missing');
    expect(verdict({ ...SENT, body: undefined as never, parsed: {} })).toBe('body_consumed');
  });

  it.each([
    '',
    `v=${TIME}`,
    `d=${DIGEST}`,
    `v=${TIME},d=${DIGEST.slice(2)}`,
    `v=${TIME},d=${DIGEST}00`,
    `v=-1,d=${DIGEST}`,
    `v=${TIME}, d=${DIGEST}`,
    `v=1e12,d=${DIGEST}`,
  ])('is a mismatch as %j', (signature) => expect(verdict(signed(signature))).toBe('mismatch'));

  it('covers every byte of the body, and the time', () => {
    const flipped = fc.tuple(fc.nat(BODY.length - 1), fc.integer({ min: 1, max: 127 })).map(([at, bits]) => {
      return BODY.slice(0, at) + String.fromCharCode(BODY.charCodeAt(at) ^ bits) + BODY.slice(at + 1);
    });
    fc.assert(fc.property(flipped, (body) => verdict({ ...SENT, body }) === 'mismatch'));
    expect(verdict(signed(`v=${TIME + 1},d=${DIGEST}`))).toBe('mismatch');
  });

  it('does not cover the content type, so that must be that of JSON', () => {
    for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data; boundary=a', 'text/plain', '']) {
      const sent = { ...SENT, headers: { ...SENT.headers, 'content-type': type } };
      expect(verdict(sent)).toBe('unsupported_media_type');
    }
  });
});

it('advises about a mismatch', () => {
  const advice = (signature: string) => definition.diagnose?.(messageOf(signed(signature)), [KEY])?.[0]?.evidence;
  expect(advice('v=1')).toBe('X-Retell-Signature has another form.');
  expect(advice(`v=${TIME},d=${DIGEST}`)).toContain('webhook badge');
});

it('signs a request as Retell does, even without a body', () => {
  const request = { method: 'POST', url: '/hooks', headers: {}, origin: ORIGIN };
  const headers = definition.sign?.({ ...request, body: Buffer.from(BODY) }, { secret: KEY, nowMs: TIME }).headers;
  expect(headers).toEqual({ 'x-retell-signature': `v=${TIME},d=${DIGEST}` });
  const empty = definition.sign?.(request, { secret: KEY, nowMs: TIME }).headers as Sent['headers'];
  expect(verdict({ ...SENT, headers: { ...SENT.headers, ...empty }, body: '' })).toBe('valid');
});
