import crypto from 'node:crypto';

/** What comparing the token of a callback URL found. Anything but `valid` refuses the callback. */
export type TokenVerdict = 'valid' | 'missing' | 'mismatch';

/**
 * Compares the token that came with all that are right, in a time that does not depend on either.
 *
 * @param given The query parameter as it came. Several at once are a mismatch: only an attacker sends them.
 * @param tokens The right ones; without any, nothing is valid.
 */
export function tokenVerdict(given: string | readonly string[] | undefined, tokens: readonly string[]): TokenVerdict {
  if (given === undefined || given.length === 0) return 'missing';
  if (typeof given !== 'string') return 'mismatch';
  const digest = sha256(given);
  let found = false;
  for (const token of tokens) found = crypto.timingSafeEqual(digest, digestOf(token)) || found;
  return found ? 'valid' : 'mismatch';
}

/** Makes tokens of any length comparable in constant time. */
function sha256(token: string): Buffer {
  return crypto.hash('sha256', token, 'buffer');
}

/** More are not kept: with a function of the request there may be any number of tokens. */
const MOST_DIGESTS = 100;
const DIGESTS = new Map<string, Buffer>();

/** The digest of a right token, which is the same for each callback. */
function digestOf(token: string): Buffer {
  let digest = DIGESTS.get(token);
  if (digest === undefined) {
    digest = sha256(token);
    if (DIGESTS.size >= MOST_DIGESTS) DIGESTS.clear();
    DIGESTS.set(token, digest);
  }
  return digest;
}
