import { BlockList, isIP } from 'node:net';

/**
 * `local` is what may be somebody's own network; `metadata` is where clouds keep the credentials of their machines, with
 * all that is link-local; `reserved` is nobody's.
 */
export type AddressKind = 'public' | 'local' | 'metadata' | 'reserved';

type Range = readonly [address: string, prefix: number];

// IANA's special-purpose address registries, for IPv4 and IPv6.
const LOCAL: readonly Range[] = [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['::1', 128],
  ['fc00::', 7],
];
// Addresses in local ranges at which AWS, Alibaba, Oracle and Azure answer are named one by one.
const METADATA: readonly Range[] = [
  ['169.254.0.0', 16],
  ['100.100.100.200', 32],
  ['192.0.0.192', 32],
  ['168.63.129.16', 32],
  ['fe80::', 10],
  ['fd00:ec2::', 32],
  ['fd20:ce::', 32],
];
const RESERVED: readonly Range[] = [
  ['0.0.0.0', 8],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fec0::', 10],
  ['ff00::', 8],
];

const lists = { metadata: blockList(METADATA), local: blockList(LOCAL), reserved: blockList(RESERVED) };
const translated = blockList([['64:ff9b::', 96]]);

/**
 * What kind of address it is. IPv4 addresses inside IPv6 ones (mapped, or translated by NAT64) count as what they stand for.
 * @param address as `isIP` accepts it
 */
export function kindOfAddress(address: string): AddressKind {
  const bare = address.split('%', 1)[0] ?? address;
  const family = isIP(bare) === 6 ? 'ipv6' : 'ipv4';
  if (family === 'ipv6' && translated.check(bare, 'ipv6')) return kindOfAddress(lastIPv4(bare));
  // The order matters: metadata lies in local ranges, ::1 in a reserved one.
  for (const kind of ['metadata', 'local', 'reserved'] as const) {
    if (lists[kind].check(bare, family)) return kind;
  }
  return 'public';
}

function blockList(ranges: readonly Range[]): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of ranges) {
    list.addSubnet(address, prefix, address.includes(':') ? 'ipv6' : 'ipv4');
  }
  return list;
}

/** The last 32 bits of an IPv6 address, dotted. */
function lastIPv4(address: string): string {
  // The parser of URLs writes every IPv6 address in groups of hexadecimal digits.
  const groups = new URL(`http://[${address}]/`).hostname.slice(1, -1).split(':');
  const [high = 0, low = 0] = groups.slice(-2).map((group) => Number.parseInt(group || '0', 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
