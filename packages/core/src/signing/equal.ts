import { timingSafeEqual } from 'node:crypto';

/**
 * Whether the received text equals the computed text, in a time that reveals only the latter's length. The texts themselves are compared,
 * since a decoder would also accept other alphabets, cases, padding and trailing junk.
 *
 * @example
 * ```ts
 * import { equal, hmac } from '@call-status/core/provider';
 *
 * export function isSigned(bytes: Uint8Array, signature: string, secrets: readonly string[]): boolean {
 *   return secrets.some((secret) => equal(signature, hmac('sha256', secret, 'hex', bytes)));
 * }
 * ```
 */
export function equal(given: string, expected: string): boolean {
  const bytes = Buffer.from(given);
  const expectedBytes = Buffer.from(expected);
  return bytes.length === expectedBytes.length && timingSafeEqual(bytes, expectedBytes);
}
