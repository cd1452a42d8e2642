import { type DeviceFilter, isSelected, selectThings } from './device-filter.js';
import type { Entry } from './device.js';
import { nameKey } from './names.js';
import { findRooms, type Target } from './targets.js';
import type { Things } from './things.js';

/** What somebody listens to: these targets or, where there are none, all that the filter leaves. */
export interface Selection {
  readonly targets: readonly Target[];
  readonly filter: DeviceFilter;
}

/** Whether a thing is among those listened to. Costs nothing that grows with the home. */
export function isListenedTo({ targets, filter }: Selection, things: Things, entry: Entry): boolean {
  if (targets.length === 0) return isSelected(things, entry, filter);
  return targets.some((target) => isTarget(target, things, entry));
}

/** The things of a home that are listened to now. */
export function listenedThings({ targets, filter }: Selection, things: Things): Entry[] {
  if (targets.length === 0) return selectThings(things, filter);
  const found = targets.flatMap((target) => candidates(target, things));
  return [...new Set(found)].filter((entry) => targets.some((target) => isTarget(target, things, entry)));
}

function candidates({ id, name, kind }: Target, things: Things): Entry[] {
  const kinds = kind === '' ? (['device', 'group', 'scene', 'rule', 'alarm'] as const) : [kind];
  return kinds.flatMap((of) => {
    const byId = id === '' ? undefined : things.get(of, id);
    return byId === undefined ? things.named(of, name) : [byId];
  });
}

/** The id counts; the name only where no id is known. */
function isTarget({ id, name, kind, room, hub }: Target, things: Things, entry: Entry): boolean {
  if ((kind !== '' && kind !== entry.kind) || (hub !== '' && hub !== things.hub)) return false;
  if (id !== '') return entry.id === id;
  if (nameKey(entry.name) !== nameKey(name)) return false;
  return room === '' || (entry.roomId !== null && findRooms(room, things).includes(entry.roomId));
}
