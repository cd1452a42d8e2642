/** What lists of keys and look-ups make of the hubs that are known. Pure: nobody is asked. */
import type { HubKeys } from '../cloud/cloud-api.js';
import type { CloudRecord, HubRecord } from '../state/account-record.js';

/** Hubs missing from this many good lists in a row are gone. */
const MISSES_TO_GO = 2;

/**
 * Takes changed keys over, and drops hubs that two good lists in a row did not name; gives the same record where there is
 * nothing to do. New hubs are left to a look-up.
 */
export function withKeys(cloud: CloudRecord, keys: HubKeys): CloudRecord {
  const hubs = cloud.hubs.map((hub) => withKey(hub, keys)).filter(({ missedLists }) => missedLists < MISSES_TO_GO);
  const isSame = hubs.length === cloud.hubs.length && hubs.every((hub, index) => hub === cloud.hubs[index]);
  return withDefault(isSame ? cloud : { ...cloud, hubs });
}

function withKey(hub: HubRecord, keys: HubKeys): HubRecord {
  const listed = keys.get(hub.id);
  if (listed === undefined) return { ...hub, missedLists: hub.missedLists + 1 };
  const key = listed ?? hub.key;
  return key === hub.key && hub.missedLists === 0 ? hub : { ...hub, key, missedLists: 0 };
}

/** Whether the list names a hub that is not known yet. */
export function hasNewHub(cloud: CloudRecord, keys: HubKeys): boolean {
  for (const id of keys.keys()) if (!cloud.hubs.some((hub) => hub.id === id)) return true;
  return false;
}

/**
 * Puts the hubs a look-up gave in place of those known; hubs that came or went meanwhile keep their say, and so does where
 * another process has found one of which the look-up knew nothing. `before`: those known when it began.
 */
export function withLookedUp(
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

/** The default hub stays so while it is listed; else it is the first by id (docs/dev/rules.md, "Hubs are known by their id"). */
function withDefault(cloud: CloudRecord): CloudRecord {
  const ids = cloud.hubs.map(({ id }) => id);
  const isListed = cloud.defaultHub !== null && ids.includes(cloud.defaultHub);
  const defaultHub = isListed ? cloud.defaultHub : ([...ids].sort()[0] ?? null);
  return defaultHub === cloud.defaultHub ? cloud : { ...cloud, defaultHub };
}
