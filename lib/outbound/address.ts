import { BlockList, isIP } from 'node:net';

/** IPv4 networks that are not the public internet. https://www.iana.org/assignments/iana-ipv4-special-registry */
const CLOSED_V4: readonly [network: string, prefix: number, what: string][] = [
  ['0.0.0.0', 8, 'an unspecified address'],
  ['10.0.0.0', 8, 'a private address'],
  ['100.64.0.0', 10, 'an address behind a carrier’s translation'],
  ['127.0.0.0', 8, 'a loopback address'],
  ['169.254.0.0', 16, 'a link-local address'],
  ['172.16.0.0', 12, 'a private address'],
  ['192.0.0.0', 24, 'a reserved address'],
  ['192.0.2.0', 24, 'a reserved address'],
  ['192.88.99.0', 24, 'a reserved address'],
  ['192.168.0.0', 16, 'a private address'],
  ['198.18.0.0', 15, 'a reserved address'],
  ['198.51.100.0', 24, 'a reserved address'],
  ['203.0.113.0', 24, 'a reserved address'],
  ['224.0.0.0', 4, 'a multicast address'],
  ['240.0.0.0', 4, 'a reserved address'],
  // A public address in form, but one cloud's metadata service for its machines.
  ['168.63.129.16', 32, 'a metadata address'],
];

/** Non-public IPv6 networks. All addresses outside of 2000::/3 are non-public too. */
const CLOSED_V6: readonly [network: string, prefix: number, what: string][] = [
  ['::1', 128, 'a loopback address'],
  ['::', 128, 'an unspecified address'],
  ['::ffff:0:0', 96, 'an IPv4 address in IPv6 form'],
  ['64:ff9b::', 96, 'an IPv4 address in IPv6 form'],
  ['64:ff9b:1::', 48, 'an IPv4 address in IPv6 form'],
  ['2001::', 23, 'a reserved address'],
  ['2001:db8::', 32, 'a reserved address'],
  ['2002::', 16, 'an IPv4 address in IPv6 form'],
  ['3fff::', 20, 'a reserved address'],
  ['fc00::', 7, 'a private address'],
  ['fe80::', 10, 'a link-local address'],
  ['fec0::', 10, 'a private address'],
  ['ff00::', 8, 'a multicast address'],
];

const lists = [
  ...CLOSED_V4.map(([network, prefix, what]) => listed(network, prefix, 'ipv4', what)),
  ...CLOSED_V6.map(([network, prefix, what]) => listed(network, prefix, 'ipv6', what)),
];
const publicV6 = listed('2000::', 3, 'ipv6', '').list;

function listed(network: string, prefix: number, family: 'ipv4' | 'ipv6', what: string) {
  const list = new BlockList();
  list.addSubnet(network, prefix, family);
  return { list, family, what };
}

/**
 * Returns why an address is not public, such as `a private address`; undefined if it is public. An unreadable address
 * is rejected too.
 */
export function closedAddress(address: string): string | undefined {
  const version = isIP(address);
  if (version === 0 || address.includes('%')) return 'a link-local address';
  const family = version === 4 ? 'ipv4' : 'ipv6';
  // An IPv4 list also matches IPv4-mapped IPv6 addresses, so only the lists of the same family are checked.
  const hit = lists.find((entry) => entry.family === family && entry.list.check(address, family));
  if (hit) return hit.what;
  return version === 6 && !publicV6.check(address, 'ipv6') ? 'a reserved address' : undefined;
}
