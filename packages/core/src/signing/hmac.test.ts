import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hmac } from './hmac.ts';

it('signs the parts as if they were one', () => {
  const whole = createHmac('sha256', 'key').update('https://example.com/ä.{"a":1}').digest('hex');
  expect(hmac('sha256', 'key', 'hex', 'https://example.com/ä', '.', Buffer.from('{"a":1}'))).toBe(whole);
});

it('signs with SHA-1 in base64 as in the second case of RFC 2202', () => {
  const expected = Buffer.from('effcdf6ae5eb2fa2d27416d5f184df9c259a7c79', 'hex').toString('base64');
  expect(hmac('sha1', 'Jefe', 'base64', 'what do ya want for nothing?')).toBe(expected);
});

it.each([
  ['1', '\x0b'.repeat(20), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
  ['2', 'Jefe', 'what do ya want for nothing?', '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'],
  [
    '4',
    String.fromCharCode(...Array.from({ length: 25 }, (_, at) => at + 1)),
    new Uint8Array(50).fill(0xcd),
    '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b',
  ],
])('signs with SHA-256 as in case %s of RFC 4231', (_, secret, message, expected) => {
  expect(hmac('sha256', secret, 'hex', message)).toBe(expected);
});

it('agrees with the platform for any key and any message', () => {
  const part = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200, size: 'max' }),
    fc.uint8Array({ maxLength: 200, size: 'max' }),
  );
  fc.assert(
    fc.property(
      fc.constantFrom('sha1', 'sha256'),
      fc.constantFrom('base64', 'hex'),
      fc.string({ unit: 'binary', maxLength: 150, size: 'max' }),
      fc.array(part, { maxLength: 4 }),
      (algorithm, encoding, key, parts) => {
        const whole = createHmac(algorithm, key);
        for (const each of parts) whole.update(each);
        expect(hmac(algorithm, key, encoding, ...parts)).toBe(whole.digest(encoding));
      },
    ),
    { numRuns: 2000 },
  );
});

it.each([0, 63, 64, 65, 200])('takes a key of %i bytes', (length) => {
  const key = 'k'.repeat(length);
  expect(hmac('sha256', key, 'hex', 'text')).toBe(createHmac('sha256', key).update('text').digest('hex'));
});

it.each([16_000, 100_000])('signs a message of %i bytes', (length) => {
  const message = 'ä'.repeat(length / 2);
  const expected = createHmac('sha1', 'key').update(message).digest('hex');
  expect(hmac('sha1', 'key', 'hex', message)).toBe(expected);
  expect(hmac('sha1', 'key', 'hex', Buffer.from(message))).toBe(expected);
});

it('takes any number of keys', () => {
  for (const round of [1, 2]) {
    for (let key = 0; key < 250; key++) {
      const expected = createHmac('sha1', `key ${key}`).update(`round ${round}`).digest('hex');
      expect(hmac('sha1', `key ${key}`, 'hex', `round ${round}`)).toBe(expected);
    }
  }
});
