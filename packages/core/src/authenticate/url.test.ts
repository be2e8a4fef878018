import fc from 'fast-check';
import { expect, it } from 'vitest';
import { withOtherPort } from './url.ts';

it.each([
  ['https://example.com/hook', 'https://example.com:443/hook'],
  ['https://example.com:443/hook', 'https://example.com/hook'],
  ['http://example.com/hook', 'http://example.com:80/hook'],
  ['http://example.com:80/hook', 'http://example.com/hook'],
  ['https://example.com', 'https://example.com:443'],
  ['https://example.com?a=1', 'https://example.com:443?a=1'],
  ['https://example.com:443?a=b:443/', 'https://example.com?a=b:443/'],
  ['HTTPS://Example.com/Hook', 'HTTPS://Example.com:443/Hook'],
  ['https://user:123@example.com/hook', 'https://user:123@example.com:443/hook'],
  ['https://user:pa:443@example.com:443/hook', 'https://user:pa:443@example.com/hook'],
  ['https://[2001:db8::1]/hook', 'https://[2001:db8::1]:443/hook'],
  ['https://[2001:db8::1]:443/hook', 'https://[2001:db8::1]/hook'],
  ['https://example.com/a%2fb?b=%41&a=+&&=', 'https://example.com:443/a%2fb?b=%41&a=+&&='],
])('of %s is %s', (url, other) => {
  expect(withOtherPort(url)).toBe(other);
});

it.each([
  'https://example.com:8443/hook',
  'https://example.com:80/hook',
  'http://example.com:443/hook',
  'ftp://example.com/',
  '',
])('of %j is none', (url) => {
  expect(withOtherPort(url)).toBeUndefined();
});

it('changes nothing but the port', () => {
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true }), (url) => {
      expect(withOtherPort(url)?.replace(/:(443|80)(?=\/|\?|$)/, '')).toBe(url);
    }),
  );
});
