import crypto from 'node:crypto';
import type { CallbackRequest } from '../../callback-request.ts';
import { CallStatusError } from '../../errors.ts';
import { equal } from '../../signing/equal.ts';
import { claimsOf, tokenOf } from '../../signing/jwt.ts';
import { TOKEN_PARAMETER } from '../../signing/with-token.ts';
import type { Clue } from '../clue.ts';
import { createCallback } from '../create-callback.ts';
import type { Signing, Verdict } from '../definition.ts';
import type { IncomingCallback } from '../incoming-callback.ts';

const BEARER = /^bearer +(\S+)$/i;

/** Verifies the token with any of the secrets, and that it is for this body or query. */
export function authenticateVonage(
  callback: IncomingCallback,
  secrets: readonly string[],
  { toleranceSeconds = 300 }: { readonly toleranceSeconds?: number | undefined },
  nowMs: number,
): Verdict {
  const token = tokenIn(callback);
  if (token === undefined) return 'missing';
  const hashes = hashesOf(callback);
  const { iss, iat, exp, nbf, payload_hash: hash } = claimsOf(token, secrets) ?? {};
  const isValid = iss === 'Vonage' && typeof hash === 'string' && hashes.some((each) => equal(hash, each));
  if (!isValid || typeof iat !== 'number') return 'mismatch';
  // The content type is not signed.
  if (callback.request.method !== 'GET' && callback.contentType.kind !== 'json') {
    throw new CallStatusError('unsupported_media_type');
  }
  const now = Math.floor(nowMs / 1000);
  // Vonage sends neither of the two, and every other reader of tokens enforces them.
  const isOver = exp !== undefined && !(typeof exp === 'number' && now < exp);
  const isEarly = nbf !== undefined && !(typeof nbf === 'number' && now >= nbf);
  return Math.abs(now - iat) <= toleranceSeconds && !isOver && !isEarly ? 'valid' : 'expired';
}

function tokenIn(callback: IncomingCallback): string | undefined {
  return BEARER.exec(callback.header('authorization') ?? '')?.[1];
}

/** Whether it claims to be signed. */
export function hasToken(callback: IncomingCallback): boolean {
  return tokenIn(callback) !== undefined;
}

/**
 * The hashes that a token may have: of the bytes of the body, or of the query as JSON. Whether that includes our token, which Vonage does not
 * know of, is not documented.
 */
function hashesOf(callback: IncomingCallback): readonly string[] {
  if (callback.request.method !== 'GET') return [sha256(callback.bytes)];
  const { [TOKEN_PARAMETER]: _, ...own } = callback.query;
  return [callback.query, own].map((query) => sha256(JSON.stringify(query)));
}

function sha256(content: string | Uint8Array): string {
  return crypto.hash('sha256', content, 'hex');
}

/** Adds the token. */
export function signVonage(request: CallbackRequest, { secret, nowMs }: Signing): CallbackRequest {
  const { url, headers, method, body } = request;
  const [hash = ''] = hashesOf(createCallback({ method, url, ...(body && { body }) }));
  // Vonage chooses a UUID; for tests, the same request has the same token.
  const claims = { iat: Math.floor(nowMs / 1000), jti: hash.slice(0, 32), iss: 'Vonage', payload_hash: hash };
  return { ...request, headers: { ...headers, authorization: `Bearer ${tokenOf(claims, secret)}` } };
}

/** What the token says, if it is signed with one of the secrets. */
export function diagnoseVonage(callback: IncomingCallback, secrets: readonly string[]): readonly Clue[] | undefined {
  const claims = claimsOf(tokenIn(callback) ?? '', secrets);
  if (claims === undefined) return undefined;
  const isVonages = claims['iss'] === 'Vonage' && typeof claims['payload_hash'] === 'string';
  return [isVonages ? CHANGED : OF_SOMETHING_ELSE];
}

const CHANGED: Clue = {
  rule: 'body_reserialized',
  evidence: 'The token is signed with this secret, but for another body or query.',
  fix: 'Find what changes body or query on the way, and make it keep the bytes.',
  certain: true,
};
const OF_SOMETHING_ELSE: Clue = {
  rule: 'signature_format',
  evidence: 'The token is signed with this secret, but is not one of a webhook.',
  fix: 'Check what sends this request.',
  certain: true,
};
