import { expect, it } from 'vitest';
import { withToken } from './with-token.ts';

it.each([
  ['https://example.com/hook', 'https://example.com/hook?token=s%26cr%3Dt'],
  ['https://example.com/hook?', 'https://example.com/hook?token=s%26cr%3Dt'],
  ['https://example.com/hook?b=%41&a=+', 'https://example.com/hook?b=%41&a=+&token=s%26cr%3Dt'],
  ['https://example.com/hook?a=1&', 'https://example.com/hook?a=1&token=s%26cr%3Dt'],
  ['https://example.com/hook#rt=5000', 'https://example.com/hook?token=s%26cr%3Dt#rt=5000'],
  ['https://example.com/hook?a=1#rt=5000?&#x', 'https://example.com/hook?a=1&token=s%26cr%3Dt#rt=5000?&#x'],
  ['https://example.com/hook?token=old', 'https://example.com/hook?token=s%26cr%3Dt'],
  ['https://example.com/hook?token=a&token=b&x=1#y', 'https://example.com/hook?x=1&token=s%26cr%3Dt#y'],
  ['https://example.com/hook?a=1&token&mytoken=2', 'https://example.com/hook?a=1&mytoken=2&token=s%26cr%3Dt'],
  ['https://example.com/hook?a[token]=1', 'https://example.com/hook?a[token]=1&token=s%26cr%3Dt'],
])('puts it into the query of %s', (url, expected) => {
  expect(withToken(url, 's&cr=t')).toBe(expected);
});

it('leaves the URL alone without a token', () => {
  expect(withToken('https://example.com/hook?a=1#b', undefined)).toBe('https://example.com/hook?a=1#b');
});
