import { timingSafeEqual } from 'node:crypto';

/**
 * Whether the text that came is exactly the text that was computed, in a time that tells nothing of the latter but its length.
 * Texts are compared, not what they decode to: a decoder would also take other alphabets, cases, padding and trailing junk.
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
