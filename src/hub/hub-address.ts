import { isIP } from 'node:net';
import { isLocalAddress } from '../http/ip-address.js';

/** The port a hub listens on when its address names none. */
const HUB_PORT = 8893;

/** Where a hub is on the LAN. */
export interface HubAddress {
  /** As shown to people: the literal address, with `:port` where it is not 8893. */
  host: string;
  /** `http://address:port`. */
  origin: string;
}

/** More addresses than any home has hubs are not tried. */
export const MAX_ADDRESSES = 32;

/** The addresses among what the cloud or memory has for some, each once; see {@link parseHubAddress}. */
export function parseHubAddresses(entries: readonly unknown[]): HubAddress[] {
  const addresses = entries.map(parseHubAddress).filter((address) => address !== undefined);
  return [...new Map(addresses.map((address) => [address.origin, address])).values()];
}

/**
 * Reads one entry of `lan_ip`, or a host once remembered: a bare address or an `http:` URL. Gives `undefined` for
 * names, public addresses and everything else that is no literal address of this network (docs/dev/rules.md, "Hubs are known by their id").
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
  // "2130706433" and "127.1" become 127.0.0.1 in a URL: only what was written as that very address counts. An IPv6
  // address has many forms, and nothing else becomes one.
  const isWrittenOut = isIP(address) === 6 || text.includes(address);
  if (hasExtras || address.startsWith('::ffff:') || !isLocalAddress(address) || !isWrittenOut) return undefined;
  const port = url.port === '' ? (/:80\/?$/.test(text) && isIP(text) !== 6 ? 80 : HUB_PORT) : Number(url.port);
  if (port === 0) return undefined;
  const shown = port === HUB_PORT ? address : `${url.hostname}:${port}`;
  return { host: shown, origin: `http://${url.hostname}:${port}` };
}
