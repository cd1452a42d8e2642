import type { Clock } from '../../async/clock.js';
import { type Condition, meets } from '../things/condition.js';
import type { DeviceFilter } from '../targets/device-filter.js';
import type { Thing } from '../things/device.js';
import { distinct, type Homes, type ListedThing } from '../homes/homes.js';
import { STATES_MAX_AGE_MS } from '../home/home-cache.js';
import { selectFrom } from '../homes/target-resolver.js';
import type { LiveHome } from '../home/live-home.js';
import { OfflinePolicy } from '../homes/cache-policy.js';
import { findStates, kindsOfState, type StateList, type StateReader } from './states.js';
import type { Target } from '../targets/target.js';

/** So long a hub that does not answer is waited for where others may. */
const PATIENCE_MS = 5_000;

/** What is to be read, and as what. */
export interface ReadQuery {
  /** `undefined` for all that the filter leaves; none for nothing. */
  readonly targets: readonly Target[] | undefined;
  readonly filter: DeviceFilter;
  /** Of the node; empty for the default hub where a target is named, and for all hubs where none is. */
  readonly hub: string;
  /** The hub is asked, whatever memory says. */
  readonly fresh: boolean;
  /** "auto": one target gives its state, everything else an array. */
  readonly output: 'auto' | 'array' | 'map';
  /** The one that is wanted of each thing; empty for the whole state. */
  readonly field: string;
  /** What doesn't meet it is left out. */
  readonly condition: Condition | null;
}

/** What was read. All of it is the caller's own. */
export interface Reading {
  /** `undefined` where nothing meets the condition. */
  readonly payload: unknown;
  /** Whether anything meets the condition; true without one, and where nothing was to be read. */
  readonly isMet: boolean;
  /** The thing itself, where one was named. */
  readonly device: Thing | undefined;
  /** The moment of which the oldest of it tells, ISO 8601 UTC; `null` where nothing was to be read. */
  readonly asOf: string | null;
  /** A hub is away: this is how things were, more than 3 s ago. */
  readonly stale: boolean;
  /** The ids of the hubs of which nothing is in it, because they are away. */
  readonly away: readonly string[];
  /** Those that are in the payload; where none is, the one that was named. */
  readonly things: readonly ListedThing[];
}

/**
 * Reads things of an account's hubs: from memory where that is fresh enough, else from the hub, and from memory again
 * where the hub is away. Of several hubs, one that is away takes nothing out of what the others tell. Throws
 * `COZIFY_HUB_OFFLINE` where memory has nothing or the reading is to be fresh, and as {@link Homes.find} and
 * {@link Homes.select}; `COZIFY_BAD_INPUT` for a room.
 */
export async function readThings(homes: Homes, wishes: ReadQuery, clock: Clock): Promise<Reading> {
  const { targets, field, condition, hub, fresh } = wishes;
  const startedAt = clock.monotonic();
  // Where another hub may tell something, one that hangs is not waited for until the end.
  const patience = isAtSeveral(homes, wishes) ? { patienceMs: PATIENCE_MS, patienceForNothingMs: PATIENCE_MS } : {};
  const knowledge = new OfflinePolicy({ clock, isFresh: fresh, ...patience });
  const reader: StateReader = {
    homes,
    hub,
    knowledge,
    maxAgeMs: () => (fresh ? clock.monotonic() - startedAt : STATES_MAX_AGE_MS),
  };
  const found = await (targets === undefined ? select(reader, wishes.filter) : findStates(reader, targets));
  const all = found.things;
  const isMeeting = ({ entry }: ListedThing): boolean => condition === null || meets(entry.state, condition);
  // What was not named, but found, is left out where it has nothing to say.
  const isSaying = ({ entry }: ListedThing): boolean =>
    targets !== undefined || field === '' || Object.hasOwn(entry.state, field);
  const things = all.filter((thing) => isMeeting(thing) && isSaying(thing));
  const isMet = condition === null || targets?.length === 0 || things.length > 0;
  const one = targets?.length === 1 ? all[0] : undefined;
  return {
    payload: isMet ? structuredClone(toPayload(things, wishes, one)) : undefined,
    isMet,
    device: one && showThing(one),
    ...ageOf(found.lists, knowledge),
    away: [...new Set(found.missing.map(({ home }) => home.hub))],
    things: isMet || one === undefined ? things : [one],
  };
}

/** The thing as messages show it. */
export function showThing({ entry, live }: ListedThing): Thing {
  return live.home.things.show(entry);
}

/** What was found, the lists that tell of it, and the homes that tell nothing. */
interface AllFound {
  readonly things: readonly ListedThing[];
  readonly lists: readonly StateList[];
  readonly missing: readonly LiveHome[];
}

async function select({ homes, hub, knowledge, maxAgeMs }: StateReader, filter: DeviceFilter): Promise<AllFound> {
  const kinds = [...new Set(filter.kinds.flatMap((kind) => kindsOfState({ kind })))];
  const all = homes.listened(hub);
  const { things, missing } = await selectFrom(all, { filter, kinds, maxAgeMs, clock: homes.clock }, knowledge);
  const present = all.filter((live) => !missing.includes(live));
  return { things, lists: present.flatMap((live) => kinds.map((kind) => ({ live, kind }))), missing };
}

/** Whether what is read may be at more than one hub. */
function isAtSeveral(homes: Homes, { targets, hub }: ReadQuery): boolean {
  const lives = targets === undefined ? homes.listened(hub) : targets.flatMap((target) => homes.mayBeAt(target, hub));
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
    // A hub may have values by such names, too.
    return field === '' ? { ...identity, ...thing.entry.state, ...identity } : { id, name, value: valueOf(thing) };
  };
  if (output !== 'map' || targets?.length === 0) return things.map(shown);
  const once = distinct(things);
  const names = distinctNames(once);
  return Object.fromEntries(
    once.map((thing, index) => [names[index] ?? '', field === '' ? shown(thing) : valueOf(thing)]),
  );
}

/**
 * Names that tell things apart: by the room where several are called the same, by the id where that is not enough, and
 * by the hub where two have the same id, too.
 */
function distinctNames(things: readonly ListedThing[]): string[] {
  let names = things.map(({ entry }) => entry.name);
  for (const more of [nameInRoom, nameWithId, nameWithHub]) {
    const counts = new Map<string, number>();
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
    names = things.map((thing, index) => {
      const name = names[index] ?? '';
      return counts.get(name) === 1 ? name : more(thing);
    });
  }
  return names;
}

function nameInRoom({ entry, live }: ListedThing): string {
  const room = live.home.things.roomOf(entry);
  return room === null ? entry.name : `${entry.name} (${room})`;
}

function nameWithId({ entry, live }: ListedThing): string {
  const room = live.home.things.roomOf(entry);
  return `${entry.name} (${room === null ? '' : `${room}, `}${entry.id})`;
}

function nameWithHub(thing: ListedThing): string {
  return `${nameWithId(thing).slice(0, -1)}, ${thing.live.home.hub})`;
}

/** Of when the oldest of what was read tells, and whether a hub is away so that this is too long ago. */
function ageOf(lists: readonly StateList[], knowledge: OfflinePolicy): Pick<Reading, 'asOf' | 'stale'> {
  const moments = lists.map(({ live, kind }) => live.home.asOf(kind) ?? 0);
  return {
    asOf: moments.length === 0 ? null : new Date(Math.min(...moments)).toISOString(),
    stale: lists.some(({ live, kind }) => knowledge.isAway(live, kind) && live.home.isOld(kind)),
  };
}
