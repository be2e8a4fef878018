import fc from 'fast-check';
import { expect, it } from 'vitest';
import { equal } from './equal.ts';

it('takes the very same text', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => equal(text, text)));
});

it('takes no other text, and never throws', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.string(),
      (given, expected) => equal(given, expected) === (given === expected),
    ),
  );
});

it.each([
  ['another alphabet', 'RSOYDt4T1cUTdK1PDd93_VVr8B8='],
  ['no padding', 'RSOYDt4T1cUTdK1PDd93/VVr8B8'],
  ['bits behind the last byte', 'RSOYDt4T1cUTdK1PDd93/VVr8B9='],
  ['white space', ' RSOYDt4T1cUTdK1PDd93/VVr8B8='],
  ['more behind the padding', 'RSOYDt4T1cUTdK1PDd93/VVr8B8=A'],
  ['as many characters, but more bytes', 'RSOYDt4T1cUTdK1PDd93/VVr8B8é'],
  ['characters that are right in their low byte', '\u0152SOYDt4T1cUTdK1PDd93/VVr8B8='],
  ['nothing', ''],
])('refuses base64 with %s', (_, given) => {
  expect(equal(given, 'RSOYDt4T1cUTdK1PDd93/VVr8B8=')).toBe(false);
});

it('refuses hex in upper case', () => {
  expect(equal('C3C08C', 'c3c08c')).toBe(false);
});
