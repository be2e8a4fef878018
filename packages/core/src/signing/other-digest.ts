import type { HmacAlgorithm } from './hmac.ts';

const NAMES: Readonly<Record<number, string>> = { 20: 'sha1', 32: 'sha256', 64: 'sha512' };

/** The digest that a signature was made with, by its length, if it is not the expected one: then no secret can match. */
export function otherDigest(signature: string, expected: HmacAlgorithm): string | undefined {
  const bare = signature.trim().replace(/^(?:sha\d+|v\d+)=/i, '');
  const encoding = /^[0-9a-f]{40,128}$/i.test(bare) ? 'hex' : 'base64';
  const found = NAMES[Buffer.from(bare, encoding).length];
  return found === expected ? undefined : found;
}
