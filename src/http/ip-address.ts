import { BlockList, isIP } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

const localNetworks = new BlockList();
localNetworks.addSubnet('10.0.0.0', 8);
localNetworks.addSubnet('172.16.0.0', 12);
localNetworks.addSubnet('192.168.0.0', 16);
localNetworks.addSubnet('169.254.0.0', 16);
localNetworks.addSubnet('127.0.0.0', 8);
localNetworks.addSubnet('fe80::', 10, 'ipv6');
localNetworks.addSubnet('fc00::', 7, 'ipv6');
localNetworks.addAddress('::1', 'ipv6');

function contains(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** Whether a URL's host is this machine itself: the only place where `http:` and no proxy are right for a cloud. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || contains(loopback, hostname.replace(/^\[|\]$/g, ''));
}

/** Whether a literal IP address is private, link-local, unique-local or loopback: one of this network. */
export function isLocalAddress(address: string): boolean {
  return contains(localNetworks, address);
}
