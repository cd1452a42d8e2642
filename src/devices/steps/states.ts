/** Finds targets in their current state, for the read and wait nodes. */
import { CozifyError, toCozifyError } from '../../errors.js';
import { isHubTrouble } from '../../hub/hub-client.js';
import type { LiveHome } from '../home/live-home.js';
import type { CachePolicy } from '../across-hubs/cache-policy.js';
import type { FoundThing, Homes, ListedThing } from '../across-hubs/homes.js';
import { type AskedHomes, askHomes, nameThings } from '../across-hubs/target-resolver.js';
import { expectNoRoom, findTarget, type Target } from '../targets/target.js';
import type { Kind } from '../things/kinds.js';

/** A list from which states are read, given by its home and its kind. */
export interface StateList {
  readonly live: LiveHome;
  readonly kind: Kind;
}

/** Options for reading the states of targets. */
export interface StateReader {
  readonly homes: Homes;
  /** The id of the hub at which names are looked up; empty for the default hub. */
  readonly hub: string;
  readonly policy: CachePolicy;
  /** The maximum age of cached states, in milliseconds. Older states are requested from the hub. */
  readonly maxAgeMs: () => number;
}

/** Targets in their current state. */
export interface FoundStates {
  readonly things: readonly ListedThing[];
  /** The lists from which the states were read. */
  readonly lists: readonly StateList[];
  /** The homes without an answer, and the first failure. */
  readonly missing: readonly LiveHome[];
  readonly failure: CozifyError | undefined;
}

/**
 * Returns the kinds whose lists are needed for the state of a thing. The state of a group is computed from its members.
 */
export function kindsOfState({ kind }: { readonly kind: Kind }): readonly Kind[] {
  return kind === 'group' ? ['group', 'device'] : [kind];
}

/**
 * Finds targets in their current state. A hub without an answer does not affect the targets at other hubs. Throws as
 * {@link Homes.find}, `COZIFY_BAD_INPUT` if a target is a room, and the first failure if no hub answers.
 */
export async function findStates(reader: StateReader, targets: readonly Target[]): Promise<FoundStates> {
  const { found, silent, failure } = await findAll(reader, targets);
  for (const { entry } of found) expectNoRoom(entry);
  const lists = found.flatMap(({ entry, live }) => kindsOfState(entry).map((kind) => ({ live, kind })));
  const { present, missing, failure: stateFailure } = await ensureStates(reader, lists);
  // Resolves the names again, because in the newly loaded lists other things may have these names.
  const things = found
    .filter(({ live }) => present.includes(live))
    .map(({ target, live }) => ({ entry: findTarget(target, live.cache.things), target, live }));
  await Promise.all(present.map((live) => nameThings(live, reader.policy)));
  return {
    things,
    lists: lists.filter(({ live }) => present.includes(live)),
    missing: [...new Set([...silent, ...missing])],
    failure: failure ?? stateFailure,
  };
}

/**
 * Finds the targets at the hubs that answer. `silent`: the homes where nothing was found, because they did not answer.
 */
async function findAll(
  { homes, hub, policy }: StateReader,
  targets: readonly Target[],
): Promise<{ found: FoundThing[]; silent: LiveHome[]; failure: CozifyError | undefined }> {
  const ends = await Promise.all(targets.map((target) => homes.find(target, hub, policy).catch(toCozifyError)));
  const found = ends.filter((end): end is FoundThing => !(end instanceof CozifyError));
  const failures = ends.filter((end) => end instanceof CozifyError);
  const unfound = targets.filter((_, index) => ends[index] instanceof CozifyError);
  const answering = new Set(found.map(({ live }) => live));
  const silent = unfound.flatMap((target) => homes.mayBeAt(target, hub)).filter((live) => !answering.has(live));
  const fatal = failures.find((failure) => !isHubTrouble(failure));
  const [failure] = failures;
  // If `silent` is empty, the hubs of the missing targets have answered for other targets. Then a list has failed, not
  // a hub, and the failure is thrown.
  if (failure !== undefined && (fatal !== undefined || found.length === 0 || silent.length === 0)) {
    throw fatal ?? failure;
  }
  return { found, silent, failure };
}

/** Loads the lists that are not fresh, with one call per home. */
function ensureStates({ policy, maxAgeMs }: StateReader, lists: readonly StateList[]): Promise<AskedHomes> {
  const kinds = (live: LiveHome): Kind[] => [
    ...new Set(lists.filter((list) => list.live === live).map(({ kind }) => kind)),
  ];
  const homes = [...new Set(lists.map(({ live }) => live))];
  return askHomes(homes, (live) => policy.ensure(live, kinds(live), maxAgeMs()));
}
