import { CozifyError, toCozifyError } from '../../errors.js';
import { nameThings, whichTell } from '../homes/target-resolver.js';
import type { FoundThing, Homes } from '../homes/homes.js';
import type { LiveHome } from '../home/live-home.js';
import { isHubTrouble } from '../../hub/hub-client.js';
import type { CachePolicy } from '../homes/cache-policy.js';
import { expectNoRoom, findTarget, type Target } from '../targets/target.js';
import type { Kind } from '../things/kinds.js';

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
  readonly knowledge: CachePolicy;
  readonly maxAgeMs: () => number;
}

/** The targets that were found as they are now, and the lists that tell it. */
export interface FoundStates {
  readonly things: readonly FoundThing[];
  readonly lists: readonly StateList[];
  /** The homes that tell nothing of what was asked for, and what keeps the first of them from telling. */
  readonly missing: readonly LiveHome[];
  readonly failure: CozifyError | undefined;
}

/** The lists by which the state of a thing is known: a group's is worked out from its members. */
export function kindsOfState({ kind }: { readonly kind: Kind }): readonly Kind[] {
  return kind === 'group' ? ['group', 'device'] : [kind];
}

/**
 * Finds targets as they are now, with the lists that tell it; those at hubs that don't tell are left out where others do.
 * Throws as {@link Homes.find}, `COZIFY_BAD_INPUT` for a room, and what keeps hubs from telling where none tells anything.
 */
export async function findStates(reader: StateReader, targets: readonly Target[]): Promise<FoundStates> {
  const { found, silent, failure } = await findAll(reader, targets);
  for (const thing of found) expectNoRoom(thing);
  const lists = listsOf(found);
  const told = await ensureStates(reader, lists);
  const present = found.filter(({ live }) => told.present.includes(live));
  // It may have gone, or be another by now.
  const things = present.map(({ target, live }) => ({ ...findTarget(target, [live.home.things]), live }));
  await nameThings(told.present, reader.knowledge, reader.homes.clock);
  return {
    things,
    lists: lists.filter(({ live }) => told.present.includes(live)),
    missing: [...new Set([...silent, ...told.missing])],
    failure: failure ?? told.failure,
  };
}

/** Finds targets where hubs tell of them. `silent`: the homes that tell of none. */
async function findAll(
  { homes, hub, knowledge }: StateReader,
  targets: readonly Target[],
): Promise<{ found: FoundThing[]; silent: LiveHome[]; failure: CozifyError | undefined }> {
  const ends = await Promise.all(targets.map((target) => homes.find(target, hub, knowledge).catch(toCozifyError)));
  const found = ends.filter((end): end is FoundThing => !(end instanceof CozifyError));
  const failures = ends.filter((end) => end instanceof CozifyError);
  const unfound = targets.filter((_, index) => ends[index] instanceof CozifyError);
  const telling = new Set(found.map(({ live }) => live));
  const silent = unfound.flatMap((target) => homes.mayBeAt(target, hub)).filter((live) => !telling.has(live));
  const fatal = failures.find((failure) => !isHubTrouble(failure));
  const [failure] = failures;
  // Where a hub tells of others, it is a list of its that failed, and not the hub.
  if (failure !== undefined && (fatal !== undefined || found.length === 0 || silent.length === 0)) {
    throw fatal ?? failure;
  }
  return { found, silent, failure };
}

/** The lists by which the states of things are known. */
function listsOf(things: readonly FoundThing[]): StateList[] {
  return things.flatMap(({ entry, live }) => kindsOfState(entry).map((kind) => ({ live, kind })));
}

/** Makes sure of lists, those of each home together. Gives which of the homes tell. */
export function ensureStates(
  { knowledge, maxAgeMs }: StateReader,
  lists: readonly StateList[],
): ReturnType<typeof whichTell> {
  const homes = new Map<LiveHome, Set<Kind>>();
  for (const { live, kind } of lists) homes.set(live, (homes.get(live) ?? new Set()).add(kind));
  return whichTell([...homes.keys()], (live) => knowledge.ensure(live, [...(homes.get(live) ?? [])], maxAgeMs()));
}
