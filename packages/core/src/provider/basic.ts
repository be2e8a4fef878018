import type { CallbackRequest } from '../callback-request.ts';
import { equal } from '../signing/equal.ts';
import type { Signing, Verdict } from './definition.ts';
import type { IncomingCallback } from './incoming-callback.ts';

/**
 * The value of an `Authorization` header with a user name and a password.
 * @example basic('key', 'token') // 'Basic a2V5OnRva2Vu'
 */
export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** Its case means nothing (RFC 9110, section 11.1). */
const SCHEME = /^basic +/i;

/** The `authenticate` of providers that send a user name and a password; each secret is `user:password`. */
export function verifyBasic(callback: IncomingCallback, secrets: readonly string[]): Verdict {
  const given = callback.header('authorization')?.replace(SCHEME, 'Basic ');
  if (given === undefined) return 'missing';
  return secrets.some((secret) => !isHalf(secret) && equal(given, authorizationOf(secret))) ? 'valid' : 'mismatch';
}

/** Made of an environment variable that is not set. */
function isHalf(credentials: string): boolean {
  return credentials.startsWith(':') || credentials.endsWith(':');
}

/** The `sign` of the same providers. */
export function withBasic(request: CallbackRequest, { secret }: Signing): CallbackRequest {
  return { ...request, headers: { ...request.headers, authorization: authorizationOf(secret) } };
}

function authorizationOf(credentials: string): string {
  const [user, password] = userAndPassword(credentials);
  return basic(user, password);
}

/** The parts of `user:password`; only the password may contain colons. */
export function userAndPassword(credentials: string): readonly [user: string, password: string] {
  const [user = '', ...password] = credentials.split(':');
  return [user, password.join(':')];
}
