import { equal } from './equal.ts';
import { hmac } from './hmac.ts';

/** What a token claims. */
export type Claims = Readonly<Record<string, unknown>>;

/** Three parts in base64url: header, claims and signature. */
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * The claims of a JSON Web Token that is signed with one of the secrets; `undefined` if it is not. Its algorithm is always HS256, whatever
 * the token says, so that no public key is taken for a secret.
 */
export function claimsOf(token: string, secrets: readonly string[]): Claims | undefined {
  if (!TOKEN.test(token)) return undefined;
  const { signed, signature } = partsOf(token);
  if (!secrets.some((secret) => equal(signature, hmac('sha256', secret, 'base64url', signed)))) return undefined;
  const [header, claims] = signed.split('.').map(decoded);
  return header?.['alg'] === 'HS256' ? claims : undefined;
}

/** What is signed, and its signature. */
export function partsOf(token: string): { readonly signed: string; readonly signature: string } {
  const end = token.lastIndexOf('.');
  return { signed: token.slice(0, end), signature: token.slice(end + 1) };
}

/** A token with these claims, signed with HS256. */
export function tokenOf(claims: Claims, secret: string): string {
  const signed = [{ alg: 'HS256', typ: 'JWT' }, claims].map(encoded).join('.');
  return `${signed}.${hmac('sha256', secret, 'base64url', signed)}`;
}

function encoded(part: Claims): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function decoded(part: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? (value as Claims) : undefined;
  } catch {
    return undefined;
  }
}
