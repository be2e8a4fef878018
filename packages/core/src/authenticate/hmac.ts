import { createHmac } from 'node:crypto';

/** The digests that providers sign with. */
export type HmacAlgorithm = 'sha1' | 'sha256';

/**
 * The HMAC of the parts, one after the other; strings count as UTF-8.
 * As text, because that is what a header holds: see {@link equal}.
 */
export function hmac(
  algorithm: HmacAlgorithm,
  secret: string,
  encoding: 'base64' | 'hex',
  ...parts: readonly (string | Uint8Array)[]
): string {
  const mac = createHmac(algorithm, secret);
  for (const part of parts) mac.update(part);
  return mac.digest(encoding);
}
