import crypto from 'node:crypto';
import fc from 'fast-check';
import { TelnyxWebhook } from 'telnyx/lib/webhooks.js';
import { afterAll, beforeAll, describe, it, vi } from 'vitest';
import { type Disagreement, expectSameVerdicts } from '../../test/expect-same-verdicts.ts';
import { messageOf, type Sent } from '../../test/message-of.ts';
import { telnyx } from './telnyx.ts';

const NOW = 1_700_000_000_000;

beforeAll(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }));
afterAll(() => void vi.useRealTimers());

/** Pairs of keys: the public one as Telnyx shows it. */
const KEYS = [0, 1, 2].map(() => {
  const { publicKey, privateKey } = crypto.generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  return { publicKey: Buffer.from(x, 'base64url').toString('base64'), privateKey };
});
const THIRD = KEYS[2]?.publicKey as string;

interface Case {
  readonly sent: Sent & { readonly body: Buffer };
  readonly key: string;
}

/** Whether the SDK accepts it. */
async function sdkAccepts({ sent, key }: Case): Promise<boolean> {
  try {
    await new TelnyxWebhook(key).verify(sent.body.toString(), sent.headers);
    return true;
  } catch {
    return false;
  }
}

function weAccept({ sent, key }: Case): boolean {
  try {
    return telnyx.definition.authenticate?.(messageOf(sent), [key], {}, Date.now()) === 'valid';
  } catch {
    return false;
  }
}

/** Where the verdicts differ, and why ours is right. */
const DISAGREEMENTS: readonly Disagreement<Case>[] = [
  // Anyone can change these bits, so that one signature has four texts. The SDK ignores them.
  ['spare bits of the signature are set', ({ sent }) => hasSpareBits(sent.headers['telnyx-signature-ed25519'] ?? '')],
  ['spare bits of the key are set', ({ key }) => hasSpareBits(key)],
  // The SDK verifies a text, which has U+FFFD where the body has bytes that are no UTF-8. It refuses what Telnyx signed.
  ['the body is not UTF-8', ({ sent: { body } }) => !Buffer.from(body.toString()).equals(body)],
  // The SDK does not see the content type. As a form, the bytes of an event describe another call.
  ['the content type is not that of the body', ({ sent: { headers } }) => headers['content-type'] === 'text/plain'],
];

function hasSpareBits(text: string): boolean {
  return Buffer.from(text, 'base64').toString('base64') !== text;
}

const body = fc.oneof(
  { weight: 6, arbitrary: fc.jsonValue({ maxDepth: 2 }).map((data) => Buffer.from(JSON.stringify({ data }))) },
  {
    weight: 3,
    arbitrary: fc.dictionary(fc.string(), fc.string()).map((form) => Buffer.from(new URLSearchParams(form).toString())),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.concat([Buffer.from('{'), bytes])) },
);

const mostly = <T>(usual: T, ...others: readonly T[]) =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });

const request: fc.Arbitrary<Case> = fc
  .record({
    body,
    pair: fc.constantFrom(...KEYS.slice(0, 2)),
    seconds: fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: -300, max: 300 }) },
      fc.integer({ min: -310, max: 310 }),
    ),
    timestamp: mostly(
      (at: string) => at,
      (at) => `${at}.0`,
      (at) => `0${at}`,
      (at) => ` ${at}`,
      (at) => `${at}000`,
      () => '',
    ),
    signed: mostly<(at: string, bytes: Buffer) => Buffer>(
      (at, bytes) => Buffer.concat([Buffer.from(`${at}|`), bytes]),
      (_, bytes) => bytes,
      (at, bytes) => Buffer.concat([Buffer.from(`${at}.`), bytes]),
      (at, bytes) => Buffer.concat([Buffer.from(`${at}|`), bytes, Buffer.from(' ')]),
    ),
    signature: mostly(
      (text: string) => text,
      (text) => text.replace(/.==$/, (end) => `${String.fromCharCode(end.charCodeAt(0) + 1)}==`),
      (text) => text.replace(/=+$/, ''),
      (text) => Buffer.from(text, 'base64').toString('hex'),
      (text) => `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}`,
      () => crypto.createHash('sha512').update('').digest('base64'),
      () => '',
    ),
    key: mostly(
      (text: string) => text,
      () => THIRD,
      (text) => text.replace(/.=$/, (end) => `${String.fromCharCode(end.charCodeAt(0) + 1)}=`),
      (text) => text.slice(4),
      () => 'no key',
    ),
    type: mostly(true, false),
  })
  .map(({ body: bytes, pair, seconds, timestamp, signed, signature, key, type }) => {
    const at = timestamp(String(NOW / 1000 + seconds));
    const right = bytes[0] === '{'.charCodeAt(0) ? 'application/json' : 'application/x-www-form-urlencoded';
    const headers = {
      'content-type': type ? right : 'text/plain',
      'telnyx-timestamp': at,
      'telnyx-signature-ed25519': signature(crypto.sign(null, signed(at, bytes), pair.privateKey).toString('base64')),
    };
    return { sent: { method: 'POST', url: '/hooks', headers, body: bytes }, key: key(pair.publicKey) };
  });

describe("Telnyx's own SDK", () => {
  it('comes to the same verdict, but for what is named above', async () => {
    await expectSameVerdicts(request, weAccept, sdkAccepts, DISAGREEMENTS);
  }, 120_000);
});
