import type { Kind } from '../things/kinds.js';
import type { FoundThing, Homes } from '../home/homes.js';
import type { LiveHome } from '../home/live-home.js';
import type { Ensure } from '../home/recall.js';
import { expectNoRoom, findTarget, type Target } from '../home/targets.js';

/** A list of a home's by which the state of things is known. */
export interface StateList {
  readonly live: LiveHome;
  readonly kind: Kind;
}

/** Where to look, and how old what is seen there may be. */
export interface StateReader {
  readonly homes: Homes;
  /** Of the node; empty for the default one. */
  readonly hub: string;
  readonly ensure: Ensure;
  readonly maxAgeMs: () => number;
}

/** The lists by which the state of a thing is known: a group's is worked out from its members. */
export function kindsOfState({ kind }: { readonly kind: Kind }): readonly Kind[] {
  return kind === 'group' ? ['group', 'device'] : [kind];
}

/**
 * Finds targets as they are now, with the lists that tell it. Throws as {@link Homes.find}, `COZIFY_BAD_INPUT` for a
 * room, and what keeps a hub from telling.
 */
export async function findStates(
  reader: StateReader,
  targets: readonly Target[],
): Promise<{ things: readonly FoundThing[]; lists: readonly StateList[] }> {
  const { homes, hub, ensure } = reader;
  const found = await Promise.all(targets.map((target) => homes.find(target, hub, ensure)));
  for (const thing of found) expectNoRoom(thing);
  const lists = found.flatMap(({ entry, live }) => kindsOfState(entry).map((kind) => ({ live, kind })));
  await ensureStates(reader, lists);
  // It may have gone, or be another by now.
  const things = found.map(({ target, live }) => ({ ...findTarget(target, [live.home.things]), live }));
  return { things, lists };
}

/** Makes sure of lists, those of each home together. */
export async function ensureStates({ ensure, maxAgeMs }: StateReader, lists: readonly StateList[]): Promise<void> {
  const homes = new Map<LiveHome, Set<Kind>>();
  for (const { live, kind } of lists) homes.set(live, (homes.get(live) ?? new Set()).add(kind));
  await Promise.all([...homes].map(([live, kinds]) => ensure(live, [...kinds], maxAgeMs())));
}
