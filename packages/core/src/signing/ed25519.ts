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
  return fromBase64(text, KEY_BYTES) !== undefined;
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

/** How many keys are cached: with a function of the request, there may be any number. */
const MOST_KEYS = 100;
const KEYS = new Map<string, KeyObject | undefined>();

function publicKeyFrom(text: string): KeyObject | undefined {
  if (KEYS.has(text)) return KEYS.get(text);
  const x = fromBase64(text, KEY_BYTES)?.toString('base64url');
  const key =
    x === undefined ? undefined : crypto.createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  if (KEYS.size >= MOST_KEYS) KEYS.clear();
  KEYS.set(text, key);
  return key;
}

/** What comes before the 32 bytes of a private key in PKCS #8. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

function privateKeyOf(secret: string): KeyObject {
  const seed = crypto.hash('sha256', secret, 'buffer');
  return crypto.createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
}
