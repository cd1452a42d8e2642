import { isIP, BlockList } from 'node:net';
import { CozifyError } from '../errors.js';

export const DEFAULT_CLOUD_URL = 'https://api.cozify.fi/ui/0.2';

/** The port a hub listens on when its address names none. */
export const HUB_PORT = 8893;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

const local = new BlockList();
local.addSubnet('10.0.0.0', 8);
local.addSubnet('172.16.0.0', 12);
local.addSubnet('192.168.0.0', 16);
local.addSubnet('169.254.0.0', 16);
local.addSubnet('127.0.0.0', 8);
local.addSubnet('fe80::', 10, 'ipv6');
local.addSubnet('fc00::', 7, 'ipv6');
local.addAddress('::1', 'ipv6');

function contains(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** Whether a URL's host is this machine itself: the only place where `http:` and no proxy are right for a cloud. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || contains(loopback, hostname.replace(/^\[|\]$/g, ''));
}

/**
 * The base URL of the cloud without a trailing slash; empty means the default. Throws `COZIFY_BAD_INPUT` for anything
 * but `https:`, or `http:` on this machine, and for user info, query and fragment: tokens go where this points.
 */
export function parseCloudUrl(cloudUrl: unknown): string {
  if (cloudUrl === undefined || cloudUrl === '') return DEFAULT_CLOUD_URL;
  const text = typeof cloudUrl === 'string' ? cloudUrl.trim() : undefined;
  if (text === '') return DEFAULT_CLOUD_URL;
  const url = text === undefined || !URL.canParse(text) ? undefined : new URL(text);
  const isAllowed =
    url !== undefined &&
    (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname))) &&
    !/^[^/]*\/\/[^/]*@|[?#\\\s]/.test(text ?? '');
  if (!isAllowed) {
    throw new CozifyError(
      'COZIFY_BAD_INPUT',
      'cloudUrl should be an https address without user name, query and fragment (http only for this machine itself), ' +
        `such as ${DEFAULT_CLOUD_URL}.`,
    );
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** Where a hub is on the LAN. */
export interface HubAddress {
  /** As shown to people: the literal address, with `:port` where it is not 8893. */
  host: string;
  /** `http://address:port`. */
  origin: string;
}

/**
 * Reads one entry of `lan_ip`, or a host once remembered: a bare address or an `http:` URL. Gives `undefined` for
 * names, public addresses and everything else that is no literal address of this network (docs/rules.md, 8).
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
  if (hasExtras || address.startsWith('::ffff:') || !contains(local, address) || !isWrittenOut) return undefined;
  const port = url.port === '' ? (/:80\/?$/.test(text) && isIP(text) !== 6 ? 80 : HUB_PORT) : Number(url.port);
  if (port === 0) return undefined;
  const shown = port === HUB_PORT ? address : `${url.hostname}:${port}`;
  return { host: shown, origin: `http://${url.hostname}:${port}` };
}
