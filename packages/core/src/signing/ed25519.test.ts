import crypto from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isPublicKey, isSignedByOne, publicKeyOf, signedWith } from './ed25519.ts';

const MESSAGE = Buffer.from('message');

describe('a public key', () => {
  it('verifies what its private key signed', () => {
    expect(isSignedByOne([publicKeyOf('one'), publicKeyOf('two')], signedWith('two', MESSAGE), MESSAGE)).toBe(true);
    expect(isSignedByOne([publicKeyOf('one')], signedWith('two', MESSAGE), MESSAGE)).toBe(false);
  });

  const LOW_ORDER = [
    '00'.repeat(32),
    `01${'00'.repeat(31)}`,
    `ec${'ff'.repeat(30)}7f`,
    `ed${'ff'.repeat(30)}7f`,
    `ee${'ff'.repeat(30)}7f`,
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  ].flatMap((hex) => {
    const bytes = Buffer.from(hex, 'hex');
    const negative = Buffer.from(bytes);
    negative[31] = (negative[31] as number) | 0x80;
    return [bytes, negative];
  });

  // The sum of a signature of zeros and any multiple of such a point is again one of these points.
  const forged = Array.from({ length: 200 }, (_, at) => Buffer.from(`message ${at}`)).flatMap((message) =>
    LOW_ORDER.map((point) => ({ message, signature: Buffer.concat([point, Buffer.alloc(32)]) })),
  );

  it.each(LOW_ORDER.map((bytes) => [bytes.toString('hex'), bytes] as const))(
    'is not %s, whose signatures anyone can make',
    (_, bytes) => {
      const key = crypto.createPublicKey({
        key: { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') },
        format: 'jwk',
      });
      // OpenSSL of newer versions of Node refuses them itself.
      const accepted = forged.filter((one) => crypto.verify(null, one.message, key, one.signature));
      if (process.versions.openssl.startsWith('3.0.')) expect(accepted.length).toBeGreaterThan(0);
      const text = bytes.toString('base64');
      expect(isPublicKey(text)).toBe(false);
      for (const { message, signature } of [...accepted, ...forged.slice(0, 20)]) {
        expect(isSignedByOne([text], signature.toString('base64'), message)).toBe(false);
      }
    },
  );
});
