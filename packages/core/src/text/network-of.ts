import { isIP } from 'node:net';

/** The network of an IP address, without the part that identifies a host: `203.0.113.0/24`, `2001:db8:1::/48`. */
export function networkOf(address: string): string | undefined {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  switch (isIP(plain)) {
    case 4:
      return plain.replace(/\d+$/, '0/24');
    case 6:
      return `${groupsOf(plain).slice(0, 3).join(':')}::/48`;
    default:
      return undefined;
  }
}

/** The groups of an IPv6 address, with those that `::` stands for. */
function groupsOf(address: string): string[] {
  const [before = [], after] = address.split('::').map((part) => part.split(':').filter((group) => group !== ''));
  if (after === undefined) return before;
  return [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
}
