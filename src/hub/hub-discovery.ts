import { type HubAddress, MAX_ADDRESSES, parseHubAddress, parseHubAddresses } from './hub-address.js';
import type { HubKeys } from '../cloud/cloud-api.js';
import type { HubInfo } from './hub-api.js';
import type { HubRecord } from '../state/account-record.js';
import { decodeToken } from '../cloud/token.js';

/** Options of a discovery that a node requests. */
export interface DiscoveryOptions {
  /** Whether to discover only new hubs, and to leave the known hubs as they are. */
  isTrusting: boolean;
  /** Whether to reach the hubs only through the cloud, not on the LAN. */
  isRemote: boolean;
  /** Whether to use the cloud for a hub that is not found on the LAN. */
  isAutoremote: boolean;
}

/** The calls that a discovery makes. If one fails, the discovery continues. */
export interface DiscoveryCalls {
  lanAddresses(): Promise<unknown[]>;
  askLan(address: HubAddress): Promise<HubInfo>;
  askRemote(hubKey: string): Promise<HubInfo>;
}

/** The result of a discovery. `hasTrouble`: a call failed, so another discovery may find more. */
export interface DiscoveryResult {
  hubs: HubRecord[];
  hasTrouble: boolean;
  /** Ids of the hubs that were asked and did not answer. */
  silent: string[];
}

/** Limit of parallel calls, because a long list would otherwise open a hundred connections. */
const MAX_PARALLEL = 8;

/**
 * Discovers hubs on the LAN and, if allowed, through the cloud. An answer is matched to a hub by the id in the answer,
 * not by its position in the list. Without `options` each hub keeps its settings. `due`: the ids of the known hubs to
 * ask. Every other known hub keeps its address, unless it answers at another one. New hubs are always asked.
 */
export async function discoverHubs(
  calls: DiscoveryCalls,
  known: readonly HubRecord[],
  keys: HubKeys,
  options: DiscoveryOptions | undefined,
  due?: ReadonlySet<string>,
): Promise<DiscoveryResult> {
  const selected = selectHubs(known, keys, options);
  const knownIds = new Set(known.map(({ id }) => id));
  const isAsked = ({ id }: HubRecord): boolean => due === undefined || due.has(id) || !knownIds.has(id);
  const lan = await findOnLan(
    calls,
    selected.filter(({ isLanExcluded }) => !isLanExcluded),
    due === undefined ? undefined : isAsked,
  );
  let hasTrouble = lan.hasTrouble;
  const silent: string[] = [];
  const hubs = await inBatches(selected, async (hub) => {
    const onLan = hub.isLanExcluded ? undefined : lan.found.get(hub.id);
    if (onLan === undefined && !isAsked(hub)) return hub;
    const located = locate(hub, onLan, lan.found);
    if (onLan !== undefined) return located;
    if (located.isRemote && located.key !== null) {
      try {
        const info = await calls.askRemote(located.key);
        const version = info.version ?? located.version;
        return info.hubId === hub.id ? { ...located, name: hubNameOf(info, located), version } : located;
      } catch {
        hasTrouble = true;
      }
    }
    silent.push(hub.id);
    return located;
  });
  return { hubs, hasTrouble, silent };
}

function selectHubs(known: readonly HubRecord[], keys: HubKeys, options: DiscoveryOptions | undefined): HubRecord[] {
  const settings = {
    isRemote: options?.isRemote ?? false,
    isAutoremote: options?.isAutoremote ?? true,
    isLanExcluded: options?.isRemote ?? false,
  };
  const knownIds = new Set(known.map(({ id }) => id));
  const old = known.filter(() => options?.isTrusting !== true);
  const fresh = [...keys].filter(([id]) => !knownIds.has(id));
  return [
    ...old.map((hub) => (options === undefined ? hub : { ...hub, ...settings })),
    ...fresh.map(([id, key]) => {
      const name = (key === null ? undefined : decodeToken(key).hubName) ?? id;
      return { id, name, host: null, version: null, key, ...settings, missedLists: 0 };
    }),
  ];
}

/** A hub that answered on the LAN, and its address. */
type FoundHub = HubInfo & { host: string };

interface OnLan {
  found: Map<string, FoundHub>;
  hasTrouble: boolean;
}

/**
 * Finds hubs on the LAN: asks each saved address, and each address that the cloud lists, which hub is there. With
 * `isAsked`, first asks the saved addresses of the hubs for which `isAsked` is true, and requests the cloud's list only
 * if a hub is still missing.
 */
async function findOnLan(
  calls: DiscoveryCalls,
  hubs: readonly HubRecord[],
  isAsked?: (hub: HubRecord) => boolean,
): Promise<OnLan> {
  const found: OnLan['found'] = new Map();
  const asked = new Set<string>();
  let hasTrouble = false;
  const ask = async (entries: readonly unknown[]): Promise<void> => {
    const addresses = parseHubAddresses(entries).filter(({ origin }) => !asked.has(origin));
    for (const { origin } of addresses) asked.add(origin);
    await inBatches(addresses, async (address) => {
      try {
        const info = await calls.askLan(address);
        if (!found.has(info.hubId)) found.set(info.hubId, { ...info, host: address.host });
      } catch {
        hasTrouble = true;
      }
    });
  };
  if (isAsked !== undefined) await ask(hubs.filter(isAsked).map(({ host }) => host));
  if (hubs.every(({ id }) => found.has(id))) return { found, hasTrouble };
  const listed = await calls.lanAddresses().catch(() => {
    hasTrouble = true;
    return [];
  });
  const kept = isAsked === undefined ? [] : hubs.filter((hub) => !hub.isRemote && !isAsked(hub));
  for (const { host } of kept) asked.add(parseHubAddress(host)?.origin ?? '');
  const hosts = isAsked === undefined ? hubs.map(({ host }) => host) : [];
  await ask([...listed.slice(0, MAX_ADDRESSES), ...hosts]);
  return { found, hasTrouble };
}

/**
 * Returns the record of a hub after the LAN was searched. A hub that did not answer keeps its address, unless another
 * hub answered there.
 */
function locate(hub: HubRecord, onLan: FoundHub | undefined, found: OnLan['found']): HubRecord {
  if (onLan !== undefined) {
    const { host, version } = onLan;
    return { ...hub, host, version: version ?? hub.version, name: hubNameOf(onLan, hub), isRemote: false };
  }
  const isOccupied = [...found.values()].some(({ host }) => host === hub.host);
  const host = isOccupied ? null : hub.host;
  return { ...hub, host, isRemote: hub.isLanExcluded || hub.isAutoremote || hub.isRemote };
}

function hubNameOf(info: HubInfo, hub: HubRecord): string {
  return info.name === '' ? hub.name : info.name;
}

async function inBatches<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += MAX_PARALLEL) {
    results.push(...(await Promise.all(items.slice(start, start + MAX_PARALLEL).map(work))));
  }
  return results;
}
