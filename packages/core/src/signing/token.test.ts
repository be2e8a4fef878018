import { expect, it } from 'vitest';
import { tokenVerdict } from './token.ts';

it.each([
  ['the only token', 'abc', ['abc'], 'genuine'],
  ['the first of two', 'abc', ['abc', 'def'], 'genuine'],
  ['the last of two', 'def', ['abc', 'def'], 'genuine'],
  ['another token', 'abx', ['abc', 'def'], 'token_mismatch'],
  ['the beginning of a token', 'ab', ['abc'], 'token_mismatch'],
  ['a token and more', 'abcd', ['abc'], 'token_mismatch'],
  ['another case', 'ABC', ['abc'], 'token_mismatch'],
  ['no token that is right', 'abc', [], 'token_mismatch'],
  ['two tokens, one right', ['abc', 'x'], ['abc'], 'token_mismatch'],
  ['none', undefined, ['abc'], 'token_missing'],
  ['an empty one', '', ['abc'], 'token_missing'],
  ['an empty one, where an empty one would be right', '', [''], 'token_missing'],
])('finds %s', (_, given, tokens, verdict) => {
  expect(tokenVerdict(given, tokens)).toBe(verdict);
});

it('takes any number of tokens', () => {
  for (let token = 0; token < 250; token++) {
    expect(tokenVerdict(`token ${token}`, [`token ${token}`])).toBe('genuine');
    expect(tokenVerdict(`token ${token}`, ['token 0', 'token 1']) === 'genuine').toBe(token < 2);
  }
});
