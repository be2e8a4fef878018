import { expect, it } from 'vitest';
import { tokenVerdict } from './token.ts';

it.each([
  ['the only token', 'abc', ['abc'], 'valid'],
  ['the first of two', 'abc', ['abc', 'def'], 'valid'],
  ['the last of two', 'def', ['abc', 'def'], 'valid'],
  ['another token', 'abx', ['abc', 'def'], 'mismatch'],
  ['the beginning of a token', 'ab', ['abc'], 'mismatch'],
  ['a token and more', 'abcd', ['abc'], 'mismatch'],
  ['another case', 'ABC', ['abc'], 'mismatch'],
  ['no token that is right', 'abc', [], 'mismatch'],
  ['two tokens, one right', ['abc', 'x'], ['abc'], 'mismatch'],
  ['none', undefined, ['abc'], 'missing'],
  ['an empty one', '', ['abc'], 'missing'],
  ['an empty one, where an empty one would be right', '', [''], 'missing'],
])('finds %s', (_, given, tokens, verdict) => {
  expect(tokenVerdict(given, tokens)).toBe(verdict);
});

it('takes any number of tokens', () => {
  for (let token = 0; token < 250; token++) {
    expect(tokenVerdict(`token ${token}`, [`token ${token}`])).toBe('valid');
    expect(tokenVerdict(`token ${token}`, ['token 0', 'token 1']) === 'valid').toBe(token < 2);
  }
});
