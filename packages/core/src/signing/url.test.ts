import { describe, expect, it } from 'vitest';
import { addressForms, otherForms } from './url.ts';

describe('otherForms', () => {
  it.each([
    ['https://example.com/hook', ['https://example.com:443/hook']],
    ['https://example.com:443/hook', ['https://example.com/hook']],
    ['http://example.com/hook', ['http://example.com:80/hook']],
    ['http://example.com:80/hook', ['http://example.com/hook']],
    ['https://example.com', ['https://example.com:443']],
    ['https://example.com?a=1', ['https://example.com:443?a=1']],
    ['https://example.com:443?a=b:443/', ['https://example.com?a=b:443/']],
    ['https://user:pa:443@example.com:443/hook', ['https://user:pa:443@example.com/hook']],
    ['https://[2001:db8::1]/hook', ['https://[2001:db8::1]:443/hook']],
    ['https://example.com/a%2fb?b=%41&a=+&&=', ['https://example.com:443/a%2fb?b=%41&a=+&&=']],
    // Another port is left out too: so do the provider's servers now and then.
    ['https://example.com:8443/hook', ['https://example.com:443/hook', 'https://example.com/hook']],
    ['http://example.com:443/hook', ['http://example.com:80/hook', 'http://example.com/hook']],
    [
      'HTTPS://Me@Example.com/Hook',
      ['HTTPS://Me@Example.com:443/Hook', 'https://Me@example.com/Hook', 'https://Me@example.com:443/Hook'],
    ],
    ['ftp://example.com/', []],
    ['', []],
  ])('of %s', (url, forms) => {
    expect(otherForms(url)).toEqual(forms);
  });

  it('has and has not the fragment of the callback URL', () => {
    expect(otherForms('http://h:1/a?b', '#rt=5000')).toEqual(
      expect.arrayContaining(['http://h:1/a?b#rt=5000', 'http://h/a?b#rt=5000', 'http://h/a?b']),
    );
    expect(otherForms('http://h/a?b#rt=5000')).toContain('http://h/a?b');
  });
});

it.each([
  ['http://h/a', ['http://h/a', 'http://h:80/a']],
  [
    'http://user:p@ss@h/a@b',
    ['http://user:p@ss@h/a@b', 'http://user:p@ss@h:80/a@b', 'http://h/a@b', 'http://h:80/a@b'],
  ],
])('addressForms of %s are with and without its user', (address, forms) => {
  expect(addressForms(address)).toEqual(forms);
});
