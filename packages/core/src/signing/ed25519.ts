import crypto, { type KeyObject } from 'node:crypto';

/**
 * Whether a signature is that of one of the public keys. Key and signature are strict base64, so that no two texts are the same signature.
 *
 * @param publicKeys the 32 bytes of each in base64; what is not a key verifies nothing
 */
export function isSignedByOne(publicKeys: readonly string[], signature: string, message: Uint8Array): boolean {
  const bytes = fromBase64(signature, SIGNATURE_BYTES);
  if (bytes === undefined) return false;
  return publicKeys.some((text) => {
    const key = publicKeyFrom(text);
    return key !== undefined && crypto.verify(null, message, key, bytes);
  });
}

/** Whether a text is a public key as `isSignedByOne` needs it. */
export function isPublicKey(text: string): boolean {
  return keyBytesOf(text) !== undefined;
}

/** The signature, in base64, with the private key that is derived from a secret. */
export function signedWith(secret: string, message: Uint8Array): string {
  return crypto.sign(null, message, privateKeyOf(secret)).toString('base64');
}

/** The public key, in base64, of the private key that is derived from a secret. */
export function publicKeyOf(secret: string): string {
  const { x = '' } = crypto.createPublicKey(privateKeyOf(secret)).export({ format: 'jwk' });
  return Buffer.from(x, 'base64url').toString('base64');
}

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

function fromBase64(text: string, length: number): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === length && bytes.toString('base64') === text ? bytes : undefined;
}

function keyBytesOf(text: string): Buffer | undefined {
  const bytes = fromBase64(text, KEY_BYTES);
  return bytes === undefined || isOfLowOrder(bytes) ? undefined : bytes;
}

/**
 * Points of low order, without the bit of their sign: anyone can make signatures that such a key verifies. A key of
 * zeros is one of them.
 *
 * Source: the curve edwards25519 of RFC 8032, whose cofactor is 8; also in encodings that are not reduced.
 */
const LOW_ORDER: ReadonlySet<string> = new Set([
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  ...['ec', 'ed', 'ee'].map((first) => `${first}${'ff'.repeat(30)}7f`),
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
]);

function isOfLowOrder(bytes: Buffer): boolean {
  const hex = bytes.toString('hex');
  const last = (Number.parseInt(hex.slice(-2), 16) & 0x7f).toString(16).padStart(2, '0');
  return LOW_ORDER.has(hex.slice(0, -2) + last);
}

/** How many keys are cached: with a function of the request, there may be any number. */
const MOST_KEYS = 100;
const KEYS = new Map<string, KeyObject | undefined>();

function publicKeyFrom(text: string): KeyObject | undefined {
  if (KEYS.has(text)) return KEYS.get(text);
  const x = keyBytesOf(text)?.toString('base64url');
  const key =
    x === undefined ? undefined : crypto.createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  if (KEYS.size >= MOST_KEYS) KEYS.clear();
  KEYS.set(text, key);
  return key;
}

/** What comes before the 32 bytes of a private key in PKCS #8. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The one that was derived last: tools sign many requests with one secret. */
let derived: { readonly secret: string; readonly key: KeyObject } | undefined;

function privateKeyOf(secret: string): KeyObject {
  if (derived?.secret === secret) return derived.key;
  const seed = crypto.hash('sha256', secret, 'buffer');
  const key = crypto.createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  derived = { secret, key };
  return key;
}
