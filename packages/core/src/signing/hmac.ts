import crypto from 'node:crypto';

/** The digests that providers use. */
export type HmacAlgorithm = 'sha1' | 'sha256';

/**
 * The HMAC (RFC 2104) of the concatenated parts; strings are encoded as UTF-8. Returned as text, as a header contains it: see {@link
 * equal}. For other digests, use `createHmac` of `node:crypto`.
 * @example hmac('sha256', 'key', 'hex', 'mess', 'age') // '6e9ef29b75fffc5b7abae527d58fdadb2fe42e7219011976917343065f58ed4a'
 */
export function hmac(
  algorithm: HmacAlgorithm,
  secret: string,
  encoding: 'base64' | 'base64url' | 'hex',
  ...parts: readonly (string | Uint8Array)[]
): string {
  // By two hashes: the stream that createHmac makes has to be finalized, which costs 6 % of a callback (`pnpm run bench micro`).
  const { inner, outer } = padsOf(algorithm, secret);
  const message = roomFor(parts);
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

/** Bytes per block, for both digests. */
const BLOCK = 64;
const DIGEST: Readonly<Record<HmacAlgorithm, number>> = { sha1: 20, sha256: 32 };

/** A secret as the two hashes begin with it; the outer one with room for a digest. */
interface Pads {
  readonly inner: Buffer;
  readonly outer: Buffer;
}

/** How many secrets are cached: with a function of the request, there may be any number. */
const MOST_SECRETS = 100;
const PADS: Readonly<Record<HmacAlgorithm, Map<string, Pads>>> = { sha1: new Map(), sha256: new Map() };

function padsOf(algorithm: HmacAlgorithm, secret: string): Pads {
  const known = PADS[algorithm];
  let pads = known.get(secret);
  if (pads === undefined) {
    const bytes = Buffer.from(secret);
    const key = bytes.length > BLOCK ? crypto.hash(algorithm, bytes, 'buffer') : bytes;
    const padded = (pad: number): Buffer => Buffer.from(Array.from({ length: BLOCK }, (_, at) => (key[at] ?? 0) ^ pad));
    pads = { inner: padded(0x36), outer: Buffer.concat([padded(0x5c), Buffer.alloc(DIGEST[algorithm])]) };
    if (known.size >= MOST_SECRETS) known.clear();
    known.set(secret, pads);
  }
  return pads;
}

/** One for all messages that are not huge, since nothing waits before they are hashed. */
const ROOM = Buffer.alloc(16_384);
const MOST_BYTES_PER_UNIT = 3;

function roomFor(parts: readonly (string | Uint8Array)[]): Buffer {
  const most = parts.reduce((sum, { length }) => sum + MOST_BYTES_PER_UNIT * length, BLOCK);
  return most <= ROOM.length ? ROOM : Buffer.allocUnsafe(most);
}
