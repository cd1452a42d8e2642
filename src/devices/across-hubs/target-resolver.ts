/** Resolves targets and filters: finds things at the hubs of an account, and loads the lists that this needs. */
import { type Clock, settlesWithin } from '../../async/clock.js';
import { type CozifyError, toCozifyError } from '../../errors.js';
import { isHubTrouble, isNoAnswer } from '../../hub/hub-client.js';
import { NAMES_MAX_AGE_MS } from '../home/home-cache.js';
import { isNoSuchList } from '../home/list-loader.js';
import type { LiveHome } from '../home/live-home.js';
import { type DeviceFilter, selectThings } from '../targets/device-filter.js';
import { expectRoom, findRooms, findTarget, kindsOf, type Target } from '../targets/target.js';
import type { Entry } from '../things/device.js';
import { type Kind, KINDS_SHOWN_WITH_DEVICES } from '../things/kinds.js';
import type { CachePolicy } from './cache-policy.js';

/** How long a search waits for one home before the next home is searched too, and for a list that it may not need. */
const TIMEOUT_MS = 1_000;

/** A thing and its home. */
export interface ListedThing {
  readonly entry: Entry;
  readonly live: LiveHome;
}

/** A target, the thing that it refers to, and the home of that thing. */
export interface FoundThing extends ListedThing {
  readonly target: Target;
}

/** Called with a home that does not have the target, while the search goes on in other homes. */
export type OnMiss = (live: LiveHome) => void;

/** Loads the list of one kind of a home, as part of a search. */
type Ensure = (live: LiveHome, kind: Kind) => Promise<void>;

/**
 * Finds a target in the given homes, which start with the most likely one. First searches lists that are at most 10
 * minutes old. If the target is in none of these lists, loads the lists again and searches once more. A back-off keeps
 * a series of messages from loading the lists each time. Throws as {@link findTarget} does, or the error of a list that
 * could not be loaded.
 */
export async function findThing(
  homes: readonly LiveHome[],
  target: Target,
  clock: Clock,
  policy: CachePolicy,
  onMiss: OnMiss = () => undefined,
): Promise<FoundThing> {
  const startedAt = clock.monotonic();
  const search = (lives: readonly LiveHome[], ensure: Ensure): Promise<FoundThing> =>
    searchHomes(lives, target, (live) => {
      // A text is looked up as a name or an id at the first hub, and only as an id at the other hubs.
      const asked = live === homes[0] ? target : { ...target, isText: false };
      const resolving = findInHome(live, asked, ensure).then((entry) => ({ entry, target, live }));
      resolving.catch(() => onMiss(live));
      return resolving;
    });
  const cached = homeWithId(homes, target);
  try {
    return await search(cached === undefined ? homes : [cached], (live, kind) =>
      policy.ensure(live, [kind], NAMES_MAX_AGE_MS),
    );
  } catch (error) {
    const key = JSON.stringify(target);
    const unsearched = homes.filter((live) => !live.searchBackoff.mustWait(key));
    if (!isNotFound(toCozifyError(error)) || unsearched.length === 0) throw error;
    try {
      return await search(unsearched, (live, kind) => policy.renew(live, [kind], clock.monotonic() - startedAt));
    } catch (again) {
      if (isNotFound(toCozifyError(again))) for (const live of unsearched) live.searchBackoff.noteFailure(key);
      throw again;
    }
  }
}

/**
 * Returns the first of several homes whose cached things include the id of a target. Returns `undefined` if no home has
 * the id. Also returns `undefined` if an earlier home is not offline but nothing of it is cached, because that home
 * might have the id too.
 */
export function homeWithId(homes: readonly LiveHome[], target: Target): LiveHome | undefined {
  if (target.id === '' || homes.length < 2) return undefined;
  const kinds = kindsOf(target);
  const isKnown = ({ cache, client }: LiveHome): boolean =>
    client.isReachable === false || kinds.some((kind) => cache.asOf(kind) !== null);
  const index = homes.findIndex(({ cache }) => cache.things.withId(kinds, target.id).length > 0);
  return homes.slice(0, index).every(isKnown) ? homes[index] : undefined;
}

/**
 * Searches the homes one after another. The next search begins when the previous one has failed, or after one second.
 */
async function searchHomes(
  homes: readonly LiveHome[],
  target: Target,
  find: (live: LiveHome) => Promise<FoundThing>,
): Promise<FoundThing> {
  let ofFirst: CozifyError | undefined;
  const searches: Promise<FoundThing>[] = [];
  for (const live of homes) {
    const search = find(live);
    searches.push(search);
    if (!(await settlesWithin(live.clock, search, TIMEOUT_MS))) continue;
    const failure = await failureOf(search);
    if (failure === undefined) return search;
    if (failure.code === 'COZIFY_BAD_INPUT') throw failure;
    if (live === homes[0]) ofFirst = failure;
  }
  // In the other homes, a text is only searched as an id. If the first home does not have it, the text is probably a
  // wrong name, so slow homes are not awaited.
  if (target.isText && ofFirst !== undefined && isNotFound(ofFirst)) throw ofFirst;
  return Promise.any(searches).catch(async () => {
    const failures = (await Promise.all(searches.map(failureOf))).filter((failure) => failure !== undefined);
    // Prefers an error other than `COZIFY_NOT_FOUND`: that home could not be searched, so it may have the target.
    throw toCozifyError(failures.find((failure) => !isNotFound(failure)) ?? failures[0]);
  });
}

async function findInHome(live: LiveHome, target: Target, ensure: Ensure): Promise<Entry> {
  const { things } = live.cache;
  const cached = findCached(live, target);
  if (cached !== undefined) return cached;
  const failures = new Map<Kind, CozifyError>();
  const loads = Promise.all(
    kindsToLoad(target).map(async (kind) => {
      const failure = await loadFailure(live, kind, target, ensure);
      if (failure !== undefined) failures.set(kind, failure);
    }),
  );
  if (target.kind === '' && !(await settlesWithin(live.clock, loads, TIMEOUT_MS))) {
    try {
      return findTarget(target, things);
    } catch {
      // The target may be in a list that is still loading.
    }
  }
  await loads;
  try {
    return findTarget(target, things);
  } catch (error) {
    const problem = toCozifyError(error);
    if (problem.code !== 'COZIFY_BAD_INPUT') throw decisive(failures, target) ?? problem;
    // The error about an ambiguous name lists the rooms of the matches, so the names of the rooms are loaded.
    await settlesWithin(live.clock, ensure(live, 'room'), TIMEOUT_MS);
    return findTarget(target, things);
  }
}

/**
 * Returns the cached thing that a target refers to. Returns `undefined` if there is none, or if a list that could
 * contain a better match is missing or old.
 */
function findCached({ cache }: LiveHome, target: Target): Entry | undefined {
  const kinds = kindsOf(target);
  const isFresh = (kind: Kind): boolean => cache.isFresh(kind, NAMES_MAX_AGE_MS);
  if (!kinds.some(isFresh) || (isInRoom(target) && !isFresh('room'))) return undefined;
  try {
    const entry = findTarget(target, cache.things);
    // A name belongs to the first kind that has it, so the lists of all earlier kinds have to be fresh too.
    const decided = entry.id === target.id ? [entry.kind] : kinds.slice(0, kinds.indexOf(entry.kind) + 1);
    return decided.every(isFresh) ? entry : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a target is given by its name and room. */
function isInRoom({ room, id, isText }: Target): boolean {
  return room !== '' && (id === '' || isText);
}

/** Returns the kinds of lists that the search for a target needs. */
function kindsToLoad(target: Target): Kind[] {
  const kinds = kindsOf(target);
  return isInRoom(target) && !kinds.includes('room') ? [...kinds, 'room'] : [...kinds];
}

/**
 * Loads a list. Returns the error if loading fails, otherwise `undefined`. A list that failed a moment ago is requested
 * again only if the target needs it: the devices, the kind of the target, or the rooms if the target has a room. For any
 * other list, returns the earlier error, or `undefined` if the cached list is fresh.
 */
async function loadFailure(
  live: LiveHome,
  kind: Kind,
  target: Target,
  ensure: Ensure,
): Promise<CozifyError | undefined> {
  const { lists, cache } = live;
  const isNeeded = kind === 'device' || target.kind !== '' || (kind === 'room' && isInRoom(target));
  if (isNeeded || !lists.hasFailed(kind)) return failureOf(ensure(live, kind));
  return cache.isFresh(kind, NAMES_MAX_AGE_MS) ? undefined : lists.errorOf(kind);
}

/**
 * Returns the error that explains why a target was not found. If the target has no kind, the first of these errors: of
 * a hub that did not answer, of the list of devices, of the list of rooms (if the target has a room), of any other list
 * that the hub has.
 */
function decisive(failures: ReadonlyMap<Kind, CozifyError>, { kind, room }: Target): CozifyError | undefined {
  if (kind !== '') return failures.get(kind) ?? failures.get('room');
  const all = [...failures.values()];
  const noAnswer = all.find((error) => isNoAnswer(error) && error.code !== 'COZIFY_API');
  const needed = failures.get('device') ?? (room === '' ? undefined : failures.get('room'));
  return noAnswer ?? needed ?? all.find((error) => !isNoSuchList(error));
}

/** Options of {@link selectFrom}. */
export interface SelectOptions {
  readonly filter: DeviceFilter;
  /** The kinds of lists to load. Defaults to the kinds of the filter. */
  readonly kinds?: readonly Kind[];
  /** The maximum age of these lists, in milliseconds. */
  readonly maxAgeMs: () => number;
}

/** The things that pass a filter, and which homes answered. */
export interface Selected extends AskedHomes {
  readonly things: readonly ListedThing[];
}

/**
 * Returns the things that pass a filter, from all homes that answer. Throws the first failure if no home answers, and
 * `COZIFY_NOT_FOUND` for a room that no home has.
 */
export async function selectFrom(
  homes: readonly LiveHome[],
  { filter, kinds = filter.kinds, maxAgeMs }: SelectOptions,
  policy: CachePolicy,
): Promise<Selected> {
  const asked = await askHomes(homes, async (live) => {
    await policy.ensure(live, kinds, maxAgeMs());
    const naming = nameThings(live, policy);
    await (filter.rooms.length > 0 ? policy.ensure(live, ['room'], NAMES_MAX_AGE_MS) : undefined);
    await naming;
  });
  const { present, failure } = asked;
  const known = present.map((live) => live.cache.things);
  const isKnown = (room: string): boolean => known.some((things) => findRooms(room, things).length > 0);
  const unknown = filter.rooms.filter((room) => !isKnown(room));
  const failures = await Promise.all(present.map((live) => searchRooms(live, unknown, policy)));
  const roomFailure = failure ?? failures.find((one) => one !== undefined);
  // A home that did not answer may have the room.
  if (roomFailure !== undefined && !filter.rooms.every(isKnown)) throw roomFailure;
  for (const room of filter.rooms) expectRoom(room, known);
  const things = present.flatMap((live) => selectThings(live.cache.things, filter).map((entry) => ({ entry, live })));
  return { ...asked, things };
}

/** Loads the names of rooms and groups, which are shown with things, for at most a second. Never rejects. */
export async function nameThings(live: LiveHome, policy: CachePolicy): Promise<void> {
  const kinds = KINDS_SHOWN_WITH_DEVICES.filter((kind) => !live.lists.hasFailed(kind));
  const loads = kinds.map((kind) => policy.ensure(live, [kind], NAMES_MAX_AGE_MS));
  await settlesWithin(live.clock, Promise.allSettled(loads), TIMEOUT_MS);
}

/**
 * Loads the rooms again and searches them for rooms that were not found. A back-off keeps a series of messages from
 * loading the list each time. Returns the error if the list cannot be loaded, otherwise `undefined`.
 */
async function searchRooms(
  live: LiveHome,
  rooms: readonly string[],
  policy: CachePolicy,
): Promise<CozifyError | undefined> {
  const unsearched = rooms.filter((room) => !live.searchBackoff.mustWait(`room ${room}`));
  if (unsearched.length === 0) return undefined;
  const failure = await failureOf(policy.renew(live, ['room'], 0));
  if (failure === undefined) for (const room of unsearched) live.searchBackoff.noteFailure(`room ${room}`);
  return failure;
}

/** Homes that have answered, homes that have not, and the first failure. */
export interface AskedHomes {
  readonly present: LiveHome[];
  readonly missing: LiveHome[];
  readonly failure: CozifyError | undefined;
}

/**
 * Asks several homes at once. Throws any error that does not come from a hub. Throws the first
 * failure if no home answers.
 */
export async function askHomes(
  homes: readonly LiveHome[],
  ask: (live: LiveHome) => Promise<void>,
): Promise<AskedHomes> {
  const failures = await Promise.all(homes.map((live) => failureOf(ask(live))));
  const present = homes.filter((_, index) => failures[index] === undefined);
  const missing = homes.filter((_, index) => failures[index] !== undefined);
  const failure = failures.find((one) => one !== undefined);
  const fatal = failures.find((one) => one !== undefined && !isHubTrouble(one));
  if (fatal !== undefined) throw fatal;
  if (failure !== undefined && present.length === 0) throw failure;
  return { present, missing, failure };
}

function failureOf(work: Promise<unknown>): Promise<CozifyError | undefined> {
  return work.then(() => undefined, toCozifyError);
}

function isNotFound({ code }: CozifyError): boolean {
  return code === 'COZIFY_NOT_FOUND';
}
