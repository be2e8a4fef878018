import { expect, it } from 'vitest';
import { networkOf } from './network-of.ts';

it.each([
  ['203.0.113.77', '203.0.113.0/24'],
  ['::ffff:203.0.113.77', '203.0.113.0/24'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
  ['2001:db8:1::5', '2001:db8:1::/48'],
  ['2001::1:2:3:4:5:6', '2001:0:1::/48'],
  ['fe80::1%eth0', 'fe80:0:0::/48'],
  ['::1', '0:0:0::/48'],
  ['::', '0:0:0::/48'],
  ['localhost', undefined],
  ['', undefined],
])('%s is in %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
