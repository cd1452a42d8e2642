import { type HubAddress, MAX_ADDRESSES, parseHubAddress, parseHubAddresses } from './hub-address.js';
import type { HubKeys } from '../cloud/cloud-api.js';
import type { HubInfo } from './hub-api.js';
import type { HubRecord } from '../state/account-record.js';
import { decodeToken } from '../cloud/token.js';

/** How a step wants hubs to be looked up. */
export interface HubWishes {
  /** Look up only hubs that are new. */
  isTrusting: boolean;
  /** Leave the LAN alone. */
  isRemote: boolean;
  /** May switch to the cloud when the hub is not found on the LAN. */
  isAutoremote: boolean;
}

/** Ways to ask; each may fail without failing the look-up. */
export interface HubReach {
  lanAddresses(): Promise<unknown[]>;
  askLan(address: HubAddress): Promise<HubInfo>;
  askRemote(hubKey: string): Promise<HubInfo>;
}

/** What was found. `hasTrouble`: something could not be asked, so that it is worth trying again. */
export interface LookUp {
  hubs: HubRecord[];
  hasTrouble: boolean;
  /** The ids of those that were asked and did not answer. */
  silent: string[];
}

/** Looked up at a time, so that a long list does not open a hundred connections. */
const AT_A_TIME = 8;

/**
 * Looks hubs up: on the LAN, matched by the id they say themselves and never by position, and where allowed through
 * the cloud. `wishes` are a step's; without them each hub is looked up the way it was before. With `due` only these hubs
 * and new ones are asked; the others are where they were, unless one of them says that it is elsewhere.
 */
export async function lookUpHubs(
  reach: HubReach,
  known: readonly HubRecord[],
  keys: HubKeys,
  wishes: HubWishes | undefined,
  due?: ReadonlySet<string>,
): Promise<LookUp> {
  const wanted = wantedHubs(known, keys, wishes);
  const knownIds = new Set(known.map(({ id }) => id));
  const isAsked = ({ id }: HubRecord): boolean => due === undefined || due.has(id) || !knownIds.has(id);
  const lan = await findOnLan(
    reach,
    wanted.filter(({ isLanExcluded }) => !isLanExcluded),
    due === undefined ? undefined : isAsked,
  );
  let hasTrouble = lan.hasTrouble;
  const silent: string[] = [];
  const hubs = await inBatches(wanted, async (hub) => {
    const onLan = hub.isLanExcluded ? undefined : lan.found.get(hub.id);
    if (onLan === undefined && !isAsked(hub)) return hub;
    const located = locate(hub, onLan, lan.found);
    if (onLan !== undefined) return located;
    if (located.isRemote && located.key !== null) {
      try {
        const info = await reach.askRemote(located.key);
        const version = info.version ?? located.version;
        return info.hubId === hub.id ? { ...located, name: nameOf(info, located), version } : located;
      } catch {
        hasTrouble = true;
      }
    }
    silent.push(hub.id);
    return located;
  });
  return { hubs, hasTrouble, silent };
}

function wantedHubs(known: readonly HubRecord[], keys: HubKeys, wishes: HubWishes | undefined): HubRecord[] {
  const settings = {
    isRemote: wishes?.isRemote ?? false,
    isAutoremote: wishes?.isAutoremote ?? true,
    isLanExcluded: wishes?.isRemote ?? false,
  };
  const knownIds = new Set(known.map(({ id }) => id));
  const old = known.filter(() => wishes?.isTrusting !== true);
  const fresh = [...keys].filter(([id]) => !knownIds.has(id));
  return [
    ...old.map((hub) => (wishes === undefined ? hub : { ...hub, ...settings })),
    ...fresh.map(([id, key]) => {
      const name = (key === null ? undefined : decodeToken(key).hubName) ?? id;
      return { id, name, host: null, version: null, key, ...settings, missedLists: 0 };
    }),
  ];
}

/** A hub that answered on the LAN, and where. */
type FoundHub = HubInfo & { host: string };

interface OnLan {
  found: Map<string, FoundHub>;
  hasTrouble: boolean;
}

/**
 * Asks every address the cloud and our memory know who is there. With `isAsked` first those of the hubs that are to be
 * asked; the cloud, and addresses that are nobody's, only where that does not find each hub.
 */
async function findOnLan(
  reach: HubReach,
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
        const info = await reach.askLan(address);
        if (!found.has(info.hubId)) found.set(info.hubId, { ...info, host: address.host });
      } catch {
        hasTrouble = true;
      }
    });
  };
  if (isAsked !== undefined) await ask(hubs.filter(isAsked).map(({ host }) => host));
  if (hubs.every(({ id }) => found.has(id))) return { found, hasTrouble };
  const listed = await reach.lanAddresses().catch(() => {
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
 * Where a hub is, given who answered on the LAN. A look that did not find it does not forget where it was, unless
 * another hub is there now.
 */
function locate(hub: HubRecord, onLan: FoundHub | undefined, found: OnLan['found']): HubRecord {
  if (onLan !== undefined) {
    const { host, version } = onLan;
    return { ...hub, host, version: version ?? hub.version, name: nameOf(onLan, hub), isRemote: false };
  }
  const isTaken = [...found.values()].some(({ host }) => host === hub.host);
  const host = isTaken ? null : hub.host;
  return { ...hub, host, isRemote: hub.isLanExcluded || hub.isAutoremote || hub.isRemote };
}

function nameOf(info: HubInfo, hub: HubRecord): string {
  return info.name === '' ? hub.name : info.name;
}

async function inBatches<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += AT_A_TIME) {
    results.push(...(await Promise.all(items.slice(start, start + AT_A_TIME).map(work))));
  }
  return results;
}
