import type { Clock } from '../../async/clock.js';
import { type Condition, meets } from '../things/condition.js';
import type { DeviceFilter } from '../home/device-filter.js';
import type { Thing } from '../things/device.js';
import { distinct, type Homes, type ListedThing } from '../home/homes.js';
import { NAMES_MAX_AGE_MS, STATES_MAX_AGE_MS } from '../home/home.js';
import { createRecall } from '../home/recall.js';
import { ensureStates, findStates, kindsOfState, type StateList, type StateReader } from './states.js';
import type { Target } from '../home/targets.js';

/** What is to be read, and as what. */
export interface ReadWishes {
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
  /** The hub is away: this is how things were, more than 3 s ago. */
  readonly stale: boolean;
  /** Those that are in the payload; where none is, the one that was named. */
  readonly things: readonly ListedThing[];
}

/**
 * Reads things of an account's hubs: from memory where that is fresh enough, else from the hub, and from memory again
 * where the hub is away. Throws `COZIFY_HUB_OFFLINE` where that has nothing or the reading is to be fresh, and as
 * {@link Homes.find} and {@link Homes.select}; `COZIFY_BAD_INPUT` for a room.
 */
export async function readThings(homes: Homes, wishes: ReadWishes, clock: Pick<Clock, 'monotonic'>): Promise<Reading> {
  const { targets, field, condition, hub, fresh } = wishes;
  const startedAt = clock.monotonic();
  const reader: StateReader = {
    homes,
    hub,
    ensure: createRecall({ isFresh: fresh }),
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
    ...ageOf(found.lists),
    things: isMet || one === undefined ? things : [one],
  };
}

/** The thing as messages show it. */
export function showThing({ entry, live }: ListedThing): Thing {
  return live.home.things.show(entry);
}

interface AllFound {
  readonly things: readonly ListedThing[];
  readonly lists: readonly StateList[];
}

async function select(reader: StateReader, filter: DeviceFilter): Promise<AllFound> {
  const { homes, hub, ensure } = reader;
  const kinds = new Set(filter.kinds.flatMap((kind) => kindsOfState({ kind })));
  const lists = homes.listened(hub).flatMap((live) => [...kinds].map((kind) => ({ live, kind })));
  await ensureStates(reader, lists);
  return { things: await homes.select(filter, hub, NAMES_MAX_AGE_MS, ensure), lists };
}

function toPayload(
  things: readonly ListedThing[],
  { output, field, targets }: ReadWishes,
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

/** Names that tell things apart: by the room where several are called the same, and by the id where that is not enough. */
function distinctNames(things: readonly ListedThing[]): string[] {
  let names = things.map(({ entry }) => entry.name);
  for (const more of [nameInRoom, nameWithId]) {
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

/** Of when the oldest of what was read tells, and whether that is too long ago. */
function ageOf(lists: readonly StateList[]): Pick<Reading, 'asOf' | 'stale'> {
  const moments = lists.map(({ live, kind }) => live.home.asOf(kind) ?? 0);
  return {
    asOf: moments.length === 0 ? null : new Date(Math.min(...moments)).toISOString(),
    stale: lists.some(({ live, kind }) => live.home.isStale(kind)),
  };
}
