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

/** Port of a hub whose address has no port. */
const HUB_PORT = 8893;

/** Address of a hub on the LAN. */
export interface HubAddress {
  /** The address as shown to people: a literal IP address, with `:port` if the port is not 8893. */
  host: string;
  /** `http://address:port`. */
  origin: string;
}

/** At most this many addresses of one list are tried. No home has so many hubs. */
export const MAX_ADDRESSES = 32;

/** Parses a list of addresses and removes invalid entries and duplicates; see {@link parseHubAddress}. */
export function parseHubAddresses(entries: readonly unknown[]): HubAddress[] {
  const addresses = entries.map(parseHubAddress).filter((address) => address !== undefined);
  return [...new Map(addresses.map((address) => [address.origin, address])).values()];
}

/**
 * Parses an entry of `lan_ip` or a saved host: a bare address or an `http:` URL. Returns `undefined` for names, public
 * addresses and everything else that is not a literal address of the local network (docs/dev/rules.md, "Hubs are
 * matched by id").
 */
export function parseHubAddress(entry: unknown): HubAddress | undefined {
  if (typeof entry !== 'string' || entry.length > 100) return undefined;
  const text = entry.trim();
  const isUrl = /^http:\/\//i.test(text);
  if (!isUrl && !/^[\da-f.:[\]]+$/i.test(text)) return undefined;
  const candidate = isUrl ? text : `http://${isIP(text) === 6 ? `[${text}]` : text}`;
  if (!URL.canParse(candidate)) return undefined;
  const url = new URL(candidate);
  const hasExtras =
    url.username !== '' || url.password !== '' || url.pathname !== '/' || url.search !== '' || url.hash !== '';
  const address = url.hostname.replace(/^\[|\]$/g, '');
  // URL parsing turns "2130706433" and "127.1" into 127.0.0.1, so an IPv4 address has to occur literally in `text`.
  // IPv6 addresses have many forms, but no other text turns into one.
  const isWrittenOut = isIP(address) === 6 || text.includes(address);
  if (hasExtras || address.startsWith('::ffff:') || !isLocalAddress(address) || !isWrittenOut) return undefined;
  const port = url.port === '' ? (/:80\/?$/.test(text) && isIP(text) !== 6 ? 80 : HUB_PORT) : Number(url.port);
  if (port === 0) return undefined;
  const shown = port === HUB_PORT ? address : `${url.hostname}:${port}`;
  return { host: shown, origin: `http://${url.hostname}:${port}` };
}

/** Whether a literal IP address belongs to the local network: private, link-local, unique-local or loopback. */
function isLocalAddress(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && localNetworks.check(address, family === 6 ? 'ipv6' : 'ipv4');
}
