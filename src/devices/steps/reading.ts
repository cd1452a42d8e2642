/** The logic of the read node, without Node-RED: reads the states of things and builds the payload. */
import type { Clock } from '../../async/clock.js';
import { STATES_MAX_AGE_MS } from '../things/kinds.js';
import { OfflinePolicy } from '../across-hubs/cache-policy.js';
import { distinct, type Homes, type ListedThing } from '../across-hubs/homes.js';
import { selectFrom } from '../across-hubs/target-resolver.js';
import type { DeviceFilter } from '../targets/device-filter.js';
import type { Target } from '../targets/target.js';
import { type Condition, meets } from '../things/condition.js';
import type { Thing } from '../things/device.js';
import { findStates, type FoundStates, kindsOfState, type StateList, type StateReader } from './states.js';

/** How long to wait for a hub that does not answer, if the things to read may be at other hubs too. */
const TIMEOUT_MS = 5_000;

/** Options of a read. */
export interface ReadQuery {
  /** The targets to read; `undefined` for all things that pass the filter. An empty list reads nothing. */
  readonly targets: readonly Target[] | undefined;
  readonly filter: DeviceFilter;
  /** The id of the node's hub. An empty id means all hubs if `targets` is `undefined`, otherwise the default hub. */
  readonly hub: string;
  /** Whether to ask the hub even if the cache is fresh. */
  readonly fresh: boolean;
  /** The form of the payload. "auto": the state of a single target, otherwise an array. */
  readonly output: 'auto' | 'array' | 'map';
  /** The field to read; empty for the whole state. */
  readonly field: string;
  /** Only things that meet the condition are in the payload. */
  readonly condition: Condition | null;
}

/** The result of a read. The payload is a copy, which the caller may change. */
export interface Reading {
  /** `undefined` if nothing meets the condition. */
  readonly payload: unknown;
  /** Whether anything meets the condition. Also true if there is no condition, or the list of targets is empty. */
  readonly isMet: boolean;
  /** The thing, if there is exactly one target. */
  readonly device: Thing | undefined;
  /** The time of the oldest state, ISO 8601 UTC; `null` if nothing was read. */
  readonly asOf: string | null;
  /** Whether a hub is offline, so that its states are outdated: over 3 s old, or from before the last command. */
  readonly stale: boolean;
  /** The ids of the hubs whose things are missing, because the hubs are offline. */
  readonly away: readonly string[];
  /** The things in the payload. A single target is included even if it does not meet the condition. */
  readonly things: readonly ListedThing[];
}

/**
 * Reads things: from the cache if it is fresh, otherwise from the hub. For an offline hub, uses older cached states;
 * without those, leaves the hub out if another hub answers. Throws `COZIFY_HUB_OFFLINE` if nothing is cached or the
 * read must be fresh, `COZIFY_BAD_INPUT` if a target is a room, and the errors of {@link Homes.find} and
 * {@link selectFrom}.
 */
export async function readThings(homes: Homes, query: ReadQuery, clock: Clock): Promise<Reading> {
  const { targets, field, condition, hub, fresh } = query;
  const startedAt = clock.monotonic();
  const timeoutMs = isAtSeveral(homes, query) ? TIMEOUT_MS : undefined;
  const policy = new OfflinePolicy({ isFresh: fresh, timeoutMs });
  const maxAgeMs = (): number => (fresh ? clock.monotonic() - startedAt : STATES_MAX_AGE_MS);
  const reader: StateReader = { homes, hub, policy, maxAgeMs };
  const found = await (targets === undefined ? select(reader, query.filter) : findStates(reader, targets));
  const isMeeting = ({ entry }: ListedThing): boolean => condition === null || meets(entry.state, condition);
  // Without targets, things that lack the field are left out. A target that lacks the field gets the value null.
  const hasField = ({ entry }: ListedThing): boolean =>
    targets !== undefined || field === '' || Object.hasOwn(entry.state, field);
  const things = found.things.filter((thing) => isMeeting(thing) && hasField(thing));
  const isMet = condition === null || targets?.length === 0 || things.length > 0;
  const one = targets?.length === 1 ? found.things[0] : undefined;
  return {
    payload: isMet ? structuredClone(toPayload(things, query, one)) : undefined,
    isMet,
    device: one && showThing(one),
    ...ageOf(found.lists, policy),
    away: [...new Set(found.missing.map(({ cache }) => cache.hub))],
    things: isMet || one === undefined ? things : [one],
  };
}

/** Returns the description of a thing for `msg.device`: its name, room, type and so on. */
export function showThing({ entry, live }: ListedThing): Thing {
  return live.cache.things.show(entry);
}

/** Returns the things that pass a filter, in their current state. */
async function select({ homes, hub, policy, maxAgeMs }: StateReader, filter: DeviceFilter): Promise<FoundStates> {
  const kinds = [...new Set(filter.kinds.flatMap((kind) => kindsOfState({ kind })))];
  const selected = await selectFrom(homes.covered(hub), { filter, kinds, maxAgeMs }, policy);
  return { ...selected, lists: selected.present.flatMap((live) => kinds.map((kind) => ({ live, kind }))) };
}

/** Whether more than one hub may have the things to read. */
function isAtSeveral(homes: Homes, { targets, hub }: ReadQuery): boolean {
  const lives = targets === undefined ? homes.covered(hub) : targets.flatMap((target) => homes.mayBeAt(target, hub));
  return new Set(lives).size > 1;
}

function toPayload(
  things: readonly ListedThing[],
  { output, field, targets }: ReadQuery,
  one: ListedThing | undefined,
): unknown {
  const valueOf = ({ entry }: ListedThing): unknown => (field === '' ? entry.state : (entry.state[field] ?? null));
  if (output === 'auto' && one !== undefined) return valueOf(one);
  const shown = (thing: ListedThing): object => {
    const { id, name, type, room } = showThing(thing);
    const identity = { id, name, type, room };
    // The first `identity` puts its fields first. The second one replaces fields of the state with the same names.
    return field === '' ? { ...identity, ...thing.entry.state, ...identity } : { id, name, value: valueOf(thing) };
  };
  if (output !== 'map' || targets?.length === 0) return things.map(shown);
  const once = distinct(things);
  const names = distinctNames(once);
  return Object.fromEntries(once.map((thing, index) => [names[index] ?? '', valueOf(thing)]));
}

/**
 * Returns a unique name for each thing. Adds the room to names that several things have. Adds the id too if names are
 * still equal, then the hub.
 */
function distinctNames(things: readonly ListedThing[]): string[] {
  let names = things.map(({ entry }) => entry.name);
  for (const parts of [['room'], ['room', 'id'], ['room', 'id', 'hub']] as const) {
    const counts = new Map<string, number>();
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
    names = things.map((thing, index) => {
      const name = names[index] ?? '';
      return counts.get(name) === 1 ? name : nameWith(thing, parts);
    });
  }
  return names;
}

function nameWith({ entry, live }: ListedThing, parts: readonly ('room' | 'id' | 'hub')[]): string {
  const values = { room: live.cache.things.roomOf(entry), id: entry.id, hub: live.cache.hub };
  const details = parts.map((part) => values[part]).filter((value) => value !== null);
  return details.length === 0 ? entry.name : `${entry.name} (${details.join(', ')})`;
}

/** Returns the time of the oldest state, and whether any state is outdated because its hub is offline. */
function ageOf(lists: readonly StateList[], policy: OfflinePolicy): Pick<Reading, 'asOf' | 'stale'> {
  const times = lists.map(({ live, kind }) => live.cache.asOf(kind) ?? 0);
  return {
    asOf: times.length === 0 ? null : new Date(Math.min(...times)).toISOString(),
    stale: lists.some(({ live, kind }) => policy.isAway(live, kind) && live.cache.isOld(kind)),
  };
}
