import { createHmac } from 'node:crypto';
import { WebhookResponse } from '@jambonz/sdk/webhook';
import fc from 'fast-check';
import { describe, it, onTestFinished, vi } from 'vitest';
import { type Disagreement, expectSameVerdicts } from '../../test/expect-same-verdicts.ts';
import { jsonOf, messageOf } from '../../test/message-of.ts';
import { jambonz } from './jambonz.ts';

const NOW = 1_700_000_000;

interface Case {
  readonly body: Buffer;
  readonly signature: string;
  readonly secret: string;
}

/** It takes the text of a body, which it otherwise makes of the parsed one. */
function sdkAccepts({ body, signature, secret }: Case): boolean {
  let refused: Error | undefined;
  const request = { headers: { 'jambonz-signature': signature }, body: body.toString() };
  WebhookResponse.verifySignature(secret)(request as never, {} as never, (error) => {
    refused = error;
  });
  return refused === undefined;
}

function weAccept({ body, signature, secret }: Case): boolean {
  const sent = { ...jsonOf('', '/hooks', { 'jambonz-signature': signature }), body };
  return jambonz.definition.authenticate?.(messageOf(sent), [secret], {}, NOW * 1000) === 'valid';
}

/** The last one, if there are several. */
const timeOf = (signature: string): string =>
  signature
    .split(',')
    .findLast((part) => part.startsWith('t='))
    ?.slice(2) ?? '';

/** Where the verdicts differ, and why ours is right. */
const DISAGREEMENTS: readonly Disagreement<Case>[] = [
  // The SDK verifies a text, which has U+FFFD where the body has bytes that are no UTF-8. It refuses what jambonz signed.
  ['the body is not UTF-8', ({ body }) => !Buffer.from(body.toString()).equals(body)],
  // The SDK reads the digits at its beginning, and a time without any never expires there. jambonz writes digits only.
  ['the time is not digits only', ({ signature }) => !/^\d+$/.test(timeOf(signature))],
];

const mostly = <T>(usual: T, ...others: readonly T[]) =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });

const request: fc.Arbitrary<Case> = fc
  .record({
    body: fc.oneof(
      { weight: 6, arbitrary: fc.jsonValue({ maxDepth: 2 }).map((call) => Buffer.from(JSON.stringify({ call }))) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
    ),
    secret: fc.oneof(fc.constantFrom('secret_1', 'secret_2'), fc.string({ minLength: 1 })),
    sentAt: fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: -300, max: 300 }) },
      fc.integer({ min: -310, max: 310 }),
    ),
    written: mostly<(seconds: number) => string>(
      String,
      (seconds) => `0${seconds}`,
      (seconds) => `${seconds}000`,
      (seconds) => `${seconds}.0`,
      (seconds) => ` ${seconds}`,
      () => 'now',
      () => '',
    ),
    signed: mostly<(bytes: Buffer, written: string) => string | Buffer>(
      (bytes, written) => Buffer.concat([Buffer.from(`${written}.`), bytes]),
      (bytes) => bytes,
      (bytes, written) => Buffer.concat([bytes, Buffer.from(`.${written}`)]),
      (bytes, written) => Buffer.concat([Buffer.from(`${written}|`), bytes]),
    ),
    digest: mostly<(hex: string) => string>(
      (hex) => hex,
      (hex) => hex.toUpperCase(),
      (hex) => hex.slice(2),
      (hex) => `${hex}00`,
      (hex) => (hex.startsWith('0') ? '1' : '0') + hex.slice(1),
      () => 'é'.repeat(32),
      () => '',
    ),
    header: mostly<(time: string, hex: string) => string>(
      (time, hex) => `t=${time},v1=${hex}`,
      (time, hex) => `v1=${hex},t=${time}`,
      (time, hex) => `t=${time},v1=${'0'.repeat(64)},v1=${hex}`,
      (time, hex) => `t=${time},v1=${hex},v2=abc`,
      (time, hex) => `t=${time},v1=${hex}=,`,
      (time, hex) => `t=1,t=${time},v1=${hex}`,
      (time, hex) => `t=${time},t=1,v1=${hex}`,
      (time, hex) => `t=${time}, v1=${hex}`,
      (time, hex) => `T=${time},V1=${hex}`,
      (_, hex) => `v1=${hex}`,
      (time) => `t=${time}`,
      (_, hex) => hex,
    ),
    otherSecret: mostly(false, true),
  })
  .map(({ body, secret, sentAt, written, signed, digest, header, otherSecret }) => {
    const time = written(NOW + sentAt);
    const hex = createHmac('sha256', secret).update(signed(body, time)).digest('hex');
    return { body, secret: otherSecret ? `${secret}x` : secret, signature: header(time, digest(hex)) };
  });

describe("jambonz's own SDK", () => {
  it('comes to the same verdict, but for what is named above', async () => {
    vi.useFakeTimers({ now: NOW * 1000, toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    await expectSameVerdicts(request, weAccept, sdkAccepts, DISAGREEMENTS);
  }, 60_000);
});
