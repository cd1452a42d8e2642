import { BlockList, isIP } from 'node:net';

const localNetworks = new BlockList();
localNetworks.addSubnet('10.0.0.0', 8);
localNetworks.addSubnet('172.16.0.0', 12);
localNetworks.addSubnet('192.168.0.0', 16);
localNetworks.addSubnet('169.254.0.0', 16);
localNetworks.addSubnet('127.0.0.0', 8);
localNetworks.addSubnet('fe80::', 10, 'ipv6');
localNetworks.addSubnet('fc00::', 7, 'ipv6');
localNetworks.addAddress('::1', 'ipv6');

/** Whether a literal IP address is private, link-local, unique-local or loopback: one of this network. */
export function isLocalAddress(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && localNetworks.check(address, family === 6 ? 'ipv6' : 'ipv4');
}
