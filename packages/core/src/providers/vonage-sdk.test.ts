import { createHash, createHmac } from 'node:crypto';
import { verifySignature } from '@vonage/jwt';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, it, vi } from 'vitest';
import { type Disagreement, expectSameVerdicts } from '../../test/expect-same-verdicts.ts';
import { jsonOf, messageOf, type Sent } from '../../test/message-of.ts';
import { vonage } from './vonage.ts';

const NOW = 1_767_268_800_000;
const SECRETS = ['ZYtdTtGV3BCFN7tWmOWr1md66XsquMggr4W2cTtXtcPgfnI0Xw', 'qwertyuiopasdfghjklzxcvbnm123456'] as const;

beforeAll(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }));
afterAll(() => void vi.useRealTimers());

interface Case {
  readonly sent: Sent;
  readonly token: string;
  readonly secret: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly isOfBody: boolean;
}

/** The SDK verifies the token, and nothing of the request. */
function sdkAccepts({ token, secret }: Case): boolean {
  return verifySignature(token, secret);
}

function weAccept({ sent, secret }: Case): boolean {
  try {
    return vonage.definition.authenticate?.(messageOf(sent), [secret], {}, Date.now()) === 'valid';
  } catch {
    return false;
  }
}

/** Where the SDK accepts what is refused here, and why that is right. */
const DISAGREEMENTS: readonly Disagreement<Case>[] = [
  // Vonage documents how to compare it. Without that, any token proves any body.
  ['the hash is of another body or query, or there is none', ({ isOfBody }) => !isOfBody, false],
  // Every token of Vonage has these claims. The same secret may sign others.
  ['Vonage did not issue it', ({ claims }) => claims['iss'] !== 'Vonage', false],
  ['it has no time', ({ claims }) => typeof claims['iat'] !== 'number', false],
  // A token does not expire, so the time at which it was made has to be near.
  ['it is old, or of the future', ({ claims }) => Math.abs(NOW / 1000 - Number(claims['iat'])) > 300, false],
  // The content type is not signed, and read as a form, the bytes could describe another call.
  [
    'the body is not JSON',
    ({ sent: { headers } }) => headers['content-type'] === 'application/x-www-form-urlencoded',
    false,
  ],
];

const mostly = <T>(usual: T, ...others: readonly T[]) =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });

const encoded = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const request: fc.Arbitrary<Case> = fc
  .record({
    fields: fc.dictionary(fc.constantFrom('uuid', 'status', 'from', 'to', 'é', ''), fc.string(), { maxKeys: 5 }),
    isGet: fc.boolean(),
    secret: fc.constantFrom(...SECRETS),
    given: mostly(
      (secret: string) => secret,
      () => SECRETS[0],
      (secret) => `${secret} `,
    ),
    header: mostly<object>(
      { alg: 'HS256', typ: 'JWT' },
      { typ: 'JWT', alg: 'HS256' },
      { alg: 'HS512', typ: 'JWT' },
      { alg: 'none' },
      {},
    ),
    iat: mostly<unknown>(0, 300, -300, 301, -301, 86_400, undefined),
    iss: mostly<unknown>('Vonage', 'Online JWT Builder', undefined),
    exp: mostly<number | undefined>(undefined, 1, 0, -1),
    nbf: mostly<number | undefined>(undefined, -1, 0, 1),
    hash: mostly<(text: string) => unknown>(
      sha256,
      (text) => sha256(`${text} `),
      (text) => sha256(text).toUpperCase(),
      () => undefined,
    ),
    token: mostly(
      (text: string) => text,
      (text) => text.slice(0, -1),
      (text) => text.replace(/\.[\w-]+$/, '.'),
      (text) => `${text}=`,
      (text) => text.replace(/\..$/, '.A'),
      () => 'a.b.c',
    ),
    type: mostly('application/json', 'application/x-www-form-urlencoded'),
  })
  .map(({ fields, isGet, secret, given, header, iat, iss, exp, nbf, hash, token, type }) => {
    const text = JSON.stringify(fields);
    const second = NOW / 1000;
    const later = (seconds: unknown) => (typeof seconds === 'number' ? second + seconds : undefined);
    const claims = { iat: later(iat), jti: 'j', iss, payload_hash: hash(text), exp: later(exp), nbf: later(nbf) };
    const signed = `${encoded(header)}.${encoded(claims)}`;
    const made = token(`${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`);
    const headers = { authorization: `Bearer ${made}` };
    const sent: Sent = isGet
      ? { method: 'GET', url: `/hooks?${new URLSearchParams(fields).toString()}`, headers }
      : jsonOf(text, '/hooks', { ...headers, 'content-type': type });
    return { sent, token: made, secret: given(secret), claims, isOfBody: claims.payload_hash === sha256(text) };
  });

describe("Vonage's own SDK", () => {
  it('comes to the same verdict, but for what is named above', async () => {
    await expectSameVerdicts(request, weAccept, sdkAccepts, DISAGREEMENTS);
  }, 120_000);
});
