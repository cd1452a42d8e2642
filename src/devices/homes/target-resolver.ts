import { type Clock, settlesWithin } from '../../async/clock.js';
import { CozifyError, toCozifyError } from '../../errors.js';
import { isHubTrouble, isSilence } from '../../hub/hub-client.js';
import { type Kind, KINDS } from '../things/kinds.js';
import { type DeviceFilter, selectThings } from '../targets/device-filter.js';
import { NAMES_MAX_AGE_MS } from '../home/home-cache.js';
import type { LiveHome } from '../home/live-home.js';
import { isNoSuchList } from '../home/list-loader.js';
import type { CachePolicy } from './cache-policy.js';
import type { Entry } from '../things/device.js';
import {
  expectRoom,
  type Found,
  findRooms,
  findTarget,
  hubsToSearch,
  type KnownHubs,
  type Target,
} from '../targets/target.js';

/** A hub that takes longer is not waited for before the next is looked at; nor a list where others may do. */
const PATIENCE_MS = 1_000;

/** A thing, with the home it is in. */
export interface ListedThing {
  readonly entry: Entry;
  readonly live: LiveHome;
}

/** A thing that was found, with the home it is in. */
export interface FoundThing extends Found, ListedThing {}

/** Where things are looked for. */
export interface SearchArea {
  readonly hubs: KnownHubs;
  readonly of: (hub: string) => LiveHome;
  readonly clock: Clock;
}

/** Called with a home that does not have what is looked for, while others are still looked through. */
export type NoteMiss = (live: LiveHome) => void;

/** By what a home is looked through: the loading of one of its lists. */
type Ensure = (live: LiveHome, kind: Kind) => Promise<void>;

/**
 * Finds a target, by lists that are at most 10 minutes old; what is not in them is looked for once in fresh ones, and not
 * again with each message. A list that fails is missed only by what needs it. Throws as {@link findTarget}, or what keeps
 * a hub from answering.
 */
export async function findThing(
  area: SearchArea,
  target: Target,
  nodeHub: string,
  { knowledge, noteMiss = () => undefined }: { knowledge: CachePolicy; noteMiss?: NoteMiss | undefined },
): Promise<FoundThing> {
  const { clock } = area;
  const startedAt = clock.monotonic();
  const homes = homesToSearch(area, target, nodeHub);
  const known = homeThatHas(homes, target);
  const search = (lives: readonly LiveHome[], ensure: Ensure, isAgain = false): Promise<FoundThing> =>
    walk(lives, target, clock, (live) => {
      const finding = findAt(live, target, { isFirst: live === homes[0], isAgain, ensure, clock });
      finding.catch(() => noteMiss(live));
      return finding;
    });
  try {
    return await search(known === undefined ? homes : [known], (live, kind) =>
      knowledge.ensure(live, [kind], NAMES_MAX_AGE_MS),
    );
  } catch (error) {
    const key = JSON.stringify(target);
    const unsearched = homes.filter((live) => !live.misses.has(key));
    if (toCozifyError(error).code !== 'COZIFY_NOT_FOUND' || unsearched.length === 0) throw error;
    try {
      const ensure: Ensure = (live, kind) => knowledge.renew(live, [kind], clock.monotonic() - startedAt);
      return await search(unsearched, ensure, true);
    } catch (again) {
      const isNowhere = toCozifyError(again).code === 'COZIFY_NOT_FOUND';
      if (isNowhere) for (const live of unsearched) live.misses.note(key);
      throw again;
    }
  }
}

/** The homes where a target may be, in the order in which they are looked through. Throws for a hub that nobody knows. */
export function homesToSearch({ hubs, of }: SearchArea, target: Target, nodeHub: string): LiveHome[] {
  return hubsToSearch(target, nodeHub, hubs).map(of);
}

/**
 * The home whose memory has a target's id, where that is no reason to look at others first: these are known not to have
 * it, or away.
 */
export function homeThatHas(homes: readonly LiveHome[], { id, kind }: Target): LiveHome | undefined {
  if (id === '' || homes.length < 2) return undefined;
  const kinds = kind === '' ? KINDS : [kind];
  const isKnown = ({ home, client }: LiveHome): boolean =>
    client.isReachable === false || kinds.some((one) => home.asOf(one) !== null);
  const index = homes.findIndex(({ home }) => home.things.withId(kinds, id).length > 0);
  return homes.slice(0, Math.max(0, index)).every(isKnown) ? homes[index] : undefined;
}

/**
 * Looks for a target in one home after another, a name in the first alone. One that takes long is not waited for before the
 * next is looked at.
 */
async function walk(
  homes: readonly LiveHome[],
  target: Target,
  clock: Clock,
  find: (live: LiveHome) => Promise<FoundThing>,
): Promise<FoundThing> {
  const [first, ...others] = homes;
  if (first !== undefined && others.length === 0) return find(first);
  const searches: Promise<FoundThing>[] = [];
  for (const live of homes) {
    const search = find(live);
    searches.push(search);
    if (!(await settlesWithin(clock, search, PATIENCE_MS))) continue;
    const end = await search.catch(toCozifyError);
    if (!(end instanceof CozifyError)) return end;
    if (end.code === 'COZIFY_BAD_INPUT') throw end;
  }
  const failureOf = (search: Promise<FoundThing>): Promise<CozifyError | undefined> =>
    search.then(() => undefined, toCozifyError);
  const [ofFirst] = searches;
  // What was given as a text is rather a name that the first home does not have than an id at one that is slow.
  const isSaid = target.isText && ofFirst !== undefined && (await settlesWithin(clock, ofFirst, 0));
  const said = isSaid ? await failureOf(ofFirst) : undefined;
  if (said?.code === 'COZIFY_NOT_FOUND') throw said;
  return Promise.any(searches).catch(async () => {
    const failures = await Promise.all(searches.map(failureOf));
    // Where not all have told, it may be there.
    throw failures.find((failure) => failure?.code !== 'COZIFY_NOT_FOUND') ?? failures[0] ?? noHub();
  });
}

async function findAt(
  live: LiveHome,
  target: Target,
  { isFirst, isAgain, ensure, clock }: { isFirst: boolean; isAgain: boolean; ensure: Ensure; clock: Clock },
): Promise<FoundThing> {
  const { things } = live.home;
  // What may be an id or a name is a name in the first hub only.
  const wanted = isFirst ? target : { ...target, isText: false };
  const find = (): FoundThing => ({ ...findTarget(wanted, [things]), target, live });
  const known = isAgain ? undefined : inMemory(live, target, find);
  if (known !== undefined) return known;
  const failures = new Map<Kind, CozifyError>();
  const loads = Promise.all(
    kindsToLoad(target).map(async (kind) => {
      const failure = await loadFailure(live, kind, target, ensure);
      if (failure !== undefined) failures.set(kind, failure);
    }),
  );
  if (target.kind === '' && !(await settlesWithin(clock, loads, PATIENCE_MS))) {
    try {
      return find();
    } catch {
      // It may be in the list that is on its way.
    }
  }
  await loads;
  try {
    return find();
  } catch (error) {
    const problem = toCozifyError(error);
    if (problem.code === 'COZIFY_BAD_INPUT') {
      // Several of the name are told apart by their rooms.
      await settlesWithin(clock, ensure(live, 'room'), PATIENCE_MS);
      return find();
    }
    throw decisive(failures, target) ?? problem;
  }
}

/** What is found in memory, where no list that is missing or old could say otherwise. */
function inMemory(live: LiveHome, target: Target, find: () => FoundThing): FoundThing | undefined {
  const kinds = target.kind === '' ? KINDS : [target.kind];
  const isFresh = (kind: Kind): boolean => live.home.isFresh(kind, NAMES_MAX_AGE_MS);
  if (!kinds.some(isFresh) || (isInRoom(target) && !isFresh('room'))) return undefined;
  try {
    const found = find();
    const { kind, id } = found.entry;
    // A name counts in the first kind that has it.
    const before = id === target.id ? [kind] : kinds.slice(0, kinds.indexOf(kind) + 1);
    return before.every(isFresh) ? found : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a target is looked for by its name in a room. */
function isInRoom({ room, id, isText }: Target): boolean {
  return room !== '' && (id === '' || isText);
}

/** The lists by which a target is found: of any kind all; of a room that it is to be in the rooms. */
function kindsToLoad(target: Target): Kind[] {
  const kinds = target.kind === '' ? KINDS : [target.kind];
  return isInRoom(target) && !kinds.includes('room') ? [...kinds, 'room'] : [...kinds];
}

/**
 * What keeps a list from being there, if anything does. One that has just failed is not asked for again with each target
 * that may as well be in another.
 */
async function loadFailure(
  live: LiveHome,
  kind: Kind,
  target: Target,
  ensure: Ensure,
): Promise<CozifyError | undefined> {
  const { lists, home } = live;
  const isNeeded = kind === 'device' || target.kind !== '' || (kind === 'room' && isInRoom(target));
  if (isNeeded || !lists.hasFailed(kind)) return ensure(live, kind).then(() => undefined, toCozifyError);
  return home.isFresh(kind, NAMES_MAX_AGE_MS) ? undefined : lists.errorOf(kind);
}

/**
 * What a target that was not found was missed by: of its own kind, or of any if a hub is silent, has no list of devices, or
 * does not say what is in another. A list of another kind that a hub does not have has nothing.
 */
function decisive(failures: ReadonlyMap<Kind, CozifyError>, { kind, room }: Target): CozifyError | undefined {
  if (kind !== '') return failures.get(kind) ?? failures.get('room');
  const all = [...failures.values()];
  const silence = all.find((error) => isSilence(error) && error.code !== 'COZIFY_API');
  const needed = failures.get('device') ?? (room === '' ? undefined : failures.get('room'));
  return silence ?? needed ?? all.find((error) => !isNoSuchList(error));
}

/** What is to be selected, by lists of which kinds, by default those that the filter is about, and how old. */
export interface SelectOptions {
  readonly filter: DeviceFilter;
  readonly kinds?: readonly Kind[];
  readonly maxAgeMs: () => number;
  readonly clock: Clock;
}

/** What a filter leaves, and the homes of which nothing can be said. */
export interface Selected {
  readonly things: readonly ListedThing[];
  readonly missing: readonly LiveHome[];
}

/**
 * The things that a filter leaves at some homes, by lists that are not too old: what one hub can't tell takes nothing
 * out of what the others tell. Throws what keeps all of them from telling, and `COZIFY_NOT_FOUND` for a room that no home
 * has.
 */
export async function selectFrom(
  homes: readonly LiveHome[],
  { filter, kinds = filter.kinds, maxAgeMs, clock }: SelectOptions,
  knowledge: CachePolicy,
): Promise<Selected> {
  const { present, missing, failure } = await whichTell(homes, async (live) => {
    await knowledge.ensure(live, kinds, maxAgeMs());
    const naming = nameThings([live], knowledge, clock);
    await (filter.rooms.length > 0 ? knowledge.ensure(live, ['room'], NAMES_MAX_AGE_MS) : undefined);
    await naming;
  });
  const known = present.map((live) => live.home.things);
  const isKnown = (room: string): boolean => known.some((things) => findRooms(room, things).length > 0);
  const unknown = filter.rooms.filter((room) => !isKnown(room));
  const looks = await Promise.all(present.map((live) => lookForRooms(live, unknown, knowledge)));
  const untold = failure ?? looks.find((look) => look !== undefined);
  if (untold !== undefined && !filter.rooms.every(isKnown)) throw untold;
  for (const room of filter.rooms) expectRoom(room, known);
  const things = present.flatMap((live) => selectThings(live.home.things, filter).map((entry) => ({ entry, live })));
  return { things, missing };
}

/** The lists by which things are shown with their rooms and groups. */
const NAMING: readonly Kind[] = ['room', 'group'];

/** Has things shown with their rooms and groups, as far as these are listed, and without where that takes long. Never rejects. */
export async function nameThings(homes: readonly LiveHome[], knowledge: CachePolicy, clock: Clock): Promise<void> {
  const lists = homes.flatMap((live) => NAMING.map((kind) => ({ live, kind })));
  const name = async ({ live, kind }: { live: LiveHome; kind: Kind }): Promise<void> => {
    if (!live.lists.hasFailed(kind)) await knowledge.ensure(live, [kind], NAMES_MAX_AGE_MS);
  };
  await settlesWithin(clock, Promise.allSettled(lists.map(name)), PATIENCE_MS);
}

/** Looks for rooms once more, in a fresh list, and not again with each message. Gives what keeps the hub from telling. */
async function lookForRooms(
  live: LiveHome,
  rooms: readonly string[],
  knowledge: CachePolicy,
): Promise<CozifyError | undefined> {
  const unsearched = rooms.filter((room) => !live.misses.has(`room ${room}`));
  if (unsearched.length === 0) return undefined;
  const failure = await knowledge.renew(live, ['room'], 0).then(() => undefined, toCozifyError);
  if (failure === undefined) for (const room of unsearched) live.misses.note(`room ${room}`);
  return failure;
}

/** Which of some homes tell what they are asked for. Throws where none does, and what is no trouble of a hub. */
export async function whichTell(
  homes: readonly LiveHome[],
  ask: (live: LiveHome) => Promise<void>,
): Promise<{ present: LiveHome[]; missing: LiveHome[]; failure: CozifyError | undefined }> {
  const failures = await Promise.all(homes.map((live) => ask(live).then(() => undefined, toCozifyError)));
  const present = homes.filter((_, index) => failures[index] === undefined);
  const missing = homes.filter((_, index) => failures[index] !== undefined);
  const failure = failures.find((one) => one !== undefined);
  const fatal = failures.find((one) => one !== undefined && !isHubTrouble(one));
  if (fatal !== undefined) throw fatal;
  if (failure !== undefined && present.length === 0) throw failure;
  return { present, missing, failure };
}

function noHub(): CozifyError {
  return new CozifyError('COZIFY_NOT_FOUND', 'The account has no hub yet: log in, or add a hub to it.');
}
