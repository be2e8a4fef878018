import { createHash, createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { type Disagreement, expectSameVerdicts } from '../../test/expect-same-verdicts.ts';
import { messageOf, type Sent } from '../../test/message-of.ts';
import { sinch } from './sinch.ts';

const require = createRequire(import.meta.url);
const SDK = path.dirname(require.resolve('@sinch/sdk-client'));
/** By itself: as a whole, the SDK needs packages that it does not name, for the calls that it makes. */
const { validateAuthenticationHeader } = require(path.join(SDK, 'utils/authorization.helper.js')) as {
  validateAuthenticationHeader(
    key: string,
    secret: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    path: string,
    method: string,
  ): boolean;
};

const NOW = Date.parse('2023-12-29T15:07:22Z');

interface Case {
  readonly sent: Sent & { readonly headers: Readonly<Record<string, string>>; readonly body: Buffer };
  readonly key: string;
  readonly secret: string;
}

/** It takes the text of a body, and the path of its URL. */
function sdkAccepts({ sent: { headers, body, url }, key, secret }: Case): boolean {
  return validateAuthenticationHeader(key, secret, headers, body.toString(), url.replace(/\?.*/, ''), 'POST');
}

function weAccept({ sent, key, secret }: Case): boolean {
  try {
    return sinch.definition.authenticate?.(messageOf(sent), [`${key}:${secret}`], {}, NOW) === 'valid';
  } catch {
    return false;
  }
}

/** Where the verdicts differ, and why ours is right. */
const DISAGREEMENTS: readonly Disagreement<Case>[] = [
  // The SDK verifies a text, which has U+FFFD where the body has bytes that are no UTF-8. It refuses what Sinch signed.
  ['the body is not UTF-8', ({ sent: { body } }) => !Buffer.from(body.toString()).equals(body)],
  // The SDK leaves the hash of an empty body out. Sinch sends no such callback.
  ['the body is empty', ({ sent: { body } }) => body.length === 0],
  // Without a limit, a callback that someone has recorded is valid for ever.
  [
    'it is old, or of the future',
    ({ sent: { headers } }) => !(Math.abs(NOW - Date.parse(headers['x-timestamp'] ?? '')) <= 300_000),
  ],
  // Credentials prove no body, and the SDK compares them as they are, without the base64 of HTTP.
  ['the scheme is Basic', ({ sent: { headers } }) => /^basic /i.test(headers['authorization'] ?? '')],
  // A callback is JSON. The type is signed, but only as it is written.
  ['the body is not JSON', ({ sent: { headers } }) => headers['content-type'] === 'text/plain'],
  // It is not documented whether Sinch signs a query, which the SDK leaves out.
  ['the query is signed', ({ sent: { url } }) => url.includes('?')],
];

const mostly = <T>(usual: T, ...others: readonly T[]) =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });

const request: fc.Arbitrary<Case> = fc
  .record({
    body: fc.oneof(
      { weight: 8, arbitrary: fc.jsonValue({ maxDepth: 2 }).map((custom) => Buffer.from(JSON.stringify({ custom }))) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)) },
      { weight: 1, arbitrary: fc.constant(Buffer.from('')) },
    ),
    key: fc.constantFrom('669E367E-6BBA-48AB-AF15-266871C28135', 'key', '7'),
    secret: fc.oneof(fc.constantFrom('BeIukql3pTKJ8RGL5zo0DA==', '9876543210'), fc.base64String({ minLength: 4 })),
    given: mostly(
      (secret: string) => secret,
      (secret) => secret.replace(/=+$/, ''),
      () => 'b3RoZXI=',
      (secret) => `${secret}:`,
    ),
    seconds: mostly(0, 300, -300, 301, -301, Number.NaN),
    type: mostly(
      'application/json',
      'application/json; charset=utf-8',
      'application/json; charset=UTF-8',
      'text/plain',
    ),
    typeLater: mostly(
      (type: string) => type,
      (type) => type.toUpperCase(),
      (type) => `${type};`,
    ),
    url: mostly('/hooks/sinch', '/hooks/sinch?token=t', '/', '/hooks/%C3%A9'),
    signed: mostly(
      (url: string) => url.replace(/\?.*/, ''),
      (url) => url,
      (url) => `${url}/`,
    ),
    verb: mostly('POST', 'GET', 'post'),
    stamp: mostly(
      (time: string) => `x-timestamp:${time}`,
      (time) => time,
      (time) => `x-timestamp: ${time}`,
    ),
    signature: mostly(
      (text: string) => text,
      (text) => text.slice(0, -1),
      (text) => text.toLowerCase(),
      () => '',
    ),
    header: mostly<(key: string, signature: string, secret: string) => string>(
      (key, signature) => `Application ${key}:${signature}`,
      (key, signature) => `application ${key}:${signature}`,
      (key, signature) => `Application  ${key}:${signature}`,
      (key, signature) => `Application ${key}:${signature}:`,
      (_, signature) => `Application other:${signature}`,
      (key, _, secret) => `Basic ${key}:${secret}`,
      (key, signature) => `${key}:${signature}`,
    ),
  })
  .map(({ body, key, secret, given, seconds, type, typeLater, url, signed, verb, stamp, signature, header }) => {
    const time = Number.isNaN(seconds) ? 'now' : new Date(NOW + seconds * 1000).toISOString();
    const hash = createHash('md5').update(body).digest('base64');
    const text = [verb, hash, type, stamp(time), signed(url)].join('\n');
    const made = createHmac('sha256', Buffer.from(secret, 'base64')).update(text).digest('base64');
    const authorization = header(key, signature(made), given(secret));
    const headers = { 'content-type': typeLater(type), 'x-timestamp': time, authorization };
    return { sent: { method: 'POST', url, headers, body }, key, secret: given(secret) };
  });

describe("Sinch's own SDK", () => {
  it('comes to the same verdict, but for what is named above', async () => {
    await expectSameVerdicts(request, weAccept, sdkAccepts, DISAGREEMENTS);
  }, 60_000);
});
