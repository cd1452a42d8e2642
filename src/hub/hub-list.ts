/** Pure functions that update the saved hubs from the cloud's list of hub keys or from a discovery. */
import type { HubKeys } from '../cloud/cloud-api.js';
import type { CloudRecord, HubRecord } from '../state/account-record.js';

/** A hub that is missing from this many of the cloud's key lists in a row is removed. */
const MAX_MISSED_LISTS = 2;

/**
 * Updates the hubs' keys from the cloud's list of hub keys, and removes hubs that were missing from two lists in a row.
 * Returns the same record if nothing changes. New hubs are added by {@link withDiscovered}.
 */
export function withKeys(cloud: CloudRecord, keys: HubKeys): CloudRecord {
  const hubs = cloud.hubs.map((hub) => withKey(hub, keys)).filter(({ missedLists }) => missedLists < MAX_MISSED_LISTS);
  const isSame = hubs.length === cloud.hubs.length && hubs.every((hub, index) => hub === cloud.hubs[index]);
  return withDefault(isSame ? cloud : { ...cloud, hubs });
}

function withKey(hub: HubRecord, keys: HubKeys): HubRecord {
  const listed = keys.get(hub.id);
  if (listed === undefined) return { ...hub, missedLists: hub.missedLists + 1 };
  const key = listed ?? hub.key;
  return key === hub.key && hub.missedLists === 0 ? hub : { ...hub, key, missedLists: 0 };
}

/** Whether the cloud's list of hub keys contains a hub that is not saved yet. */
export function hasNewHub(cloud: CloudRecord, keys: HubKeys): boolean {
  for (const id of keys.keys()) if (!cloud.hubs.some((hub) => hub.id === id)) return true;
  return false;
}

/**
 * Updates the saved hubs with the result of a discovery. Hubs that were added or removed during the discovery stay
 * added or removed. If another process added a hub during the discovery, an address that only that process found is
 * kept. `before`: the saved hubs at the start of the discovery.
 */
export function withDiscovered(
  cloud: CloudRecord,
  found: HubRecord[],
  keys: HubKeys,
  before: readonly HubRecord[] = cloud.hubs,
): CloudRecord {
  const isNew = (id: string): boolean => !before.some((hub) => hub.id === id);
  const byId = new Map(found.map((hub) => [hub.id, hub]));
  const known = cloud.hubs.map((hub) => {
    const { key, missedLists, host } = hub;
    const seen = { ...hub, ...byId.get(hub.id), key, missedLists };
    return isNew(hub.id) ? { ...seen, host: seen.host ?? host } : seen;
  });
  const knownIds = new Set(known.map(({ id }) => id));
  const added = found.filter(({ id }) => !knownIds.has(id) && keys.has(id));
  return withDefault({ ...cloud, hubs: [...known, ...added] });
}

/**
 * Sets the default hub: the current one if it is listed, otherwise the first by id (docs/dev/rules.md, "Hubs are
 * matched by id").
 */
function withDefault(cloud: CloudRecord): CloudRecord {
  const ids = cloud.hubs.map(({ id }) => id);
  const isListed = cloud.defaultHub !== null && ids.includes(cloud.defaultHub);
  const defaultHub = isListed ? cloud.defaultHub : ([...ids].sort()[0] ?? null);
  return defaultHub === cloud.defaultHub ? cloud : { ...cloud, defaultHub };
}
