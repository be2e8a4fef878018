import crypto from 'node:crypto';

/** The result of comparing the token of a callback URL. Anything but `valid` rejects the callback. */
export type TokenVerdict = 'valid' | 'missing' | 'mismatch';

/**
 * Compares the received token with all valid ones, in a time that does not depend on either.
 *
 * @param given The query parameter as it came. Several at once are a mismatch: only an attacker sends them.
 * @param tokens The valid tokens; if empty, nothing is valid.
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

/** How many tokens are cached: with a function of the request, there may be any number. */
const MOST_DIGESTS = 100;
const DIGESTS = new Map<string, Buffer>();

/** The cached digest of a valid token. */
function digestOf(token: string): Buffer {
  let digest = DIGESTS.get(token);
  if (digest === undefined) {
    digest = sha256(token);
    if (DIGESTS.size >= MOST_DIGESTS) DIGESTS.clear();
    DIGESTS.set(token, digest);
  }
  return digest;
}
