/** Which addresses a webhook may have: none of this machine or of a private network, where a request could do harm. */
import { BlockList, isIP } from 'node:net';

const IPV4 = [
  '0.0.0.0/8', // this network
  '10.0.0.0/8', // private (RFC 1918)
  '100.64.0.0/10', // shared by carriers (RFC 6598)
  '127.0.0.0/8', // loopback
  '169.254.0.0/16', // link-local: cloud metadata
  '172.16.0.0/12', // private
  '192.0.0.0/24', // IETF protocols
  '192.0.2.0/24', // documentation
  '192.168.0.0/16', // private
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
];
const IPV6 = [
  '::/96', // unspecified, loopback, and IPv4 in an old form
  '64:ff9b::/96', // IPv4 through NAT64
  '64:ff9b:1::/48', // the same, local
  '100::/64', // discarded
  '2001::/23', // IETF protocols: Teredo and others
  '2001:db8::/32', // documentation
  '2002::/16', // IPv4 through 6to4
  'fc00::/7', // unique local
  'fe80::/10', // link-local
  'fec0::/10', // site-local
  'ff00::/8', // multicast
];

const refused = new BlockList();
for (const [family, ranges] of [
  ['ipv4', IPV4],
  ['ipv6', IPV6],
] as const)
  for (const range of ranges) {
    const [network = '', bits] = range.split('/');
    refused.addSubnet(network, Number(bits), family);
  }

/** @param address IPv4 or IPv6; IPv4 within IPv6 (::ffff:10.0.0.1) counts as IPv4; anything else is refused */
export function isPublicAddress(address: string): boolean {
  const [plain = ''] = address.split('%', 1);
  const version = isIP(plain);
  return version !== 0 && !refused.check(plain, version === 4 ? 'ipv4' : 'ipv6');
}
