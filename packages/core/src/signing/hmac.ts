import crypto from 'node:crypto';

/** The digests that providers sign with. */
export type HmacAlgorithm = 'sha1' | 'sha256';

/**
 * The HMAC (RFC 2104) of the parts, one after the other; strings count as UTF-8.
 * As text, because that is what a header holds: see {@link equal}. For other digests take `createHmac` of `node:crypto`.
 *
 * Made of two hashes. Node's `createHmac` makes a stream each time, which the garbage collector has to finalize: under load that
 * costs more than the hashes.
 *
 * @example hmac('sha256', 'key', 'hex', 'mess', 'age') // '6e9ef29b75fffc5b7abae527d58fdadb2fe42e7219011976917343065f58ed4a'
 */
export function hmac(
  algorithm: HmacAlgorithm,
  secret: string,
  encoding: 'base64' | 'hex',
  ...parts: readonly (string | Uint8Array)[]
): string {
  const { inner, outer } = keyOf(algorithm, secret);
  const message = bufferFor(parts);
  let end = inner.copy(message);
  for (const part of parts) {
    if (typeof part === 'string') end += message.write(part, end);
    else {
      message.set(part, end);
      end += part.length;
    }
  }
  outer.write(crypto.hash(algorithm, message.subarray(0, end), 'binary'), BLOCK, 'latin1');
  return crypto.hash(algorithm, outer, encoding);
}

/** Bytes of a block, of both digests. */
const BLOCK = 64;
const DIGEST: Readonly<Record<HmacAlgorithm, number>> = { sha1: 20, sha256: 32 };
const INNER = 0x36;
const OUTER = 0x5c;

/** A secret as the two hashes begin with it. */
interface HmacKey {
  readonly inner: Buffer;
  /** With room for the digest. */
  readonly outer: Buffer;
}

/** More secrets are not kept: with a function of the request there may be any number. */
const MOST_KEYS = 100;
const KEYS: Readonly<Record<HmacAlgorithm, Map<string, HmacKey>>> = { sha1: new Map(), sha256: new Map() };

function keyOf(algorithm: HmacAlgorithm, secret: string): HmacKey {
  const keys = KEYS[algorithm];
  let key = keys.get(secret);
  if (key === undefined) {
    const bytes = Buffer.from(secret);
    const short = bytes.length > BLOCK ? crypto.hash(algorithm, bytes, 'buffer') : bytes;
    key = { inner: padded(short, INNER, BLOCK), outer: padded(short, OUTER, BLOCK + DIGEST[algorithm]) };
    if (keys.size >= MOST_KEYS) keys.clear();
    keys.set(secret, key);
  }
  return key;
}

function padded(key: Uint8Array, pad: number, length: number): Buffer {
  const block = Buffer.alloc(length);
  for (let at = 0; at < BLOCK; at++) block[at] = (key[at] ?? 0) ^ pad;
  return block;
}

/** Used again for each message that fits, which is every honest one: nothing here waits, so no two use it at once. */
const SHARED = Buffer.alloc(16_384);
const MOST_BYTES_PER_UNIT = 3;

function bufferFor(parts: readonly (string | Uint8Array)[]): Buffer {
  let most = BLOCK;
  for (const part of parts) most += typeof part === 'string' ? part.length * MOST_BYTES_PER_UNIT : part.length;
  return most <= SHARED.length ? SHARED : Buffer.allocUnsafe(most);
}
