import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { symmetric } from 'retell-sdk/lib/webhook_auth.js';
import { describe, it } from 'vitest';
import { type Disagreement, expectSameVerdicts } from '../../test/expect-same-verdicts.ts';
import { jsonOf, messageOf } from '../../test/message-of.ts';
import { retell } from './retell.ts';

const NOW = 1_700_000_000_000;

interface Case {
  readonly body: Buffer;
  readonly signature: string;
  readonly key: string;
}

const sdkAccepts = ({ body, signature, key }: Case): Promise<boolean> =>
  symmetric.verify(body.toString(), key, signature, { timestamp: NOW });

function weAccept({ body, signature, key }: Case): boolean {
  const sent = { ...jsonOf('', '/hooks', { 'x-retell-signature': signature }), body };
  return retell.definition.authenticate?.(messageOf(sent), [key], {}, NOW) === 'valid';
}

/** Where the verdicts differ, and why ours is right. */
const DISAGREEMENTS: readonly Disagreement<Case>[] = [
  // The SDK verifies a text, which has U+FFFD where the body has bytes that are no UTF-8. It refuses what Retell signed.
  ['the body is not UTF-8', ({ body }) => !Buffer.from(body.toString()).equals(body)],
];

const mostly = <T>(usual: T, ...others: readonly T[]) =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });

const request: fc.Arbitrary<Case> = fc
  .record({
    body: fc.oneof(
      { weight: 6, arbitrary: fc.jsonValue({ maxDepth: 2 }).map((call) => Buffer.from(JSON.stringify({ call }))) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
    ),
    key: fc.oneof(fc.constantFrom('key_1', 'key_2'), fc.string({ minLength: 1 })),
    sentAt: fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: -300_000, max: 300_000 }) },
      fc.integer({ min: -310_000, max: 310_000 }),
    ),
    written: mostly<(ms: number) => string>(
      String,
      (ms) => `0${ms}`,
      (ms) => String(Math.floor(ms / 1000)),
      (ms) => `${ms}.0`,
      () => '',
    ),
    signed: mostly<(bytes: Buffer, ms: number) => string | Buffer>(
      (bytes, ms) => Buffer.concat([bytes, Buffer.from(String(ms))]),
      (bytes) => bytes,
      (bytes, ms) => Buffer.concat([Buffer.from(`${ms}.`), bytes]),
      (bytes, ms) => Buffer.concat([bytes, Buffer.from(` ${ms}`)]),
    ),
    digest: mostly<(hex: string) => string>(
      (hex) => hex,
      (hex) => hex.toUpperCase(),
      (hex) => hex.slice(2),
      (hex) => `${hex}00`,
      (hex) => (hex.startsWith('0') ? '1' : '0') + hex.slice(1),
      () => 'g'.repeat(64),
      () => '',
    ),
    header: mostly<(ms: string, hex: string) => string>(
      (ms, hex) => `v=${ms},d=${hex}`,
      (ms, hex) => `V=${ms},D=${hex}`,
      (ms, hex) => `d=${hex},v=${ms}`,
      (ms, hex) => `v=${ms},d=${hex},`,
      (_, hex) => hex,
    ),
    otherKey: mostly(false, true),
  })
  .map(({ body, key, sentAt, written, signed, digest, header, otherKey }) => {
    const ms = NOW + sentAt;
    const hex = createHmac('sha256', key).update(signed(body, ms)).digest('hex');
    return { body, key: otherKey ? `${key}x` : key, signature: header(written(ms), digest(hex)) };
  });

describe("Retell's own SDK", () => {
  it('comes to the same verdict, but for what is named above', async () => {
    await expectSameVerdicts(request, weAccept, sdkAccepts, DISAGREEMENTS);
  }, 60_000);
});
