import { expect, it } from 'vitest';
import { hasHiddenSecrets, putTokenBack } from './replaced-secrets.ts';

it.each([
  ['/voice?token={token}', '/voice?token=a%26%24%26'],
  ['/voice?a=1&token=%7Btoken%7D', '/voice?a=1&token=a%26%24%26'],
  ['/voice?token=x', '/voice?token=x'],
])('puts the token back into %s', (kept, url) => {
  expect(putTokenBack(kept, 'a&$&')).toBe(url);
});

it.each([
  ['password={length:12}', true],
  ['password=%7Blength%3A12%7D', true],
  ['{length}', false],
  ['', false],
])('knows whether a secret of %j was replaced', (text, isHidden) => {
  expect(hasHiddenSecrets(text)).toBe(isHidden);
});
