/** Pages of things for the pickers and the sidebar of the editor. */
import { type Clock, settlesWithin } from '../../async/clock.js';
import { badInput, CozifyError, toCozifyError } from '../../errors.js';
import { isNoAnswer } from '../../hub/hub-client.js';
import { abilitiesOfThing, type Ability, devicesOf, isLamp } from '../things/abilities.js';
import { type Button, type Entry, isReachable, type Thing } from '../things/device.js';
import { type Kind, KINDS } from '../things/kinds.js';
import { type Homes, keyAcrossHubs, type ListedThing } from '../across-hubs/homes.js';
import { NAMES_MAX_AGE_MS } from '../home/home-cache.js';
import type { LastPress, LiveHome } from '../home/live-home.js';
import { type Language, nameKey } from '../things/names.js';
import { toIsoMoment } from '../things/codecs.js';
import { kindsOfState } from './states.js';
import { asOffline, isCached } from '../across-hubs/cache-policy.js';
import { isAbleTo, type ThingQuery } from '../targets/thing-search.js';
import type { Things } from '../things/things.js';
import type { State } from '../things/state.js';

/** The query of a picker or of the sidebar. */
export interface ListQuery extends ThingQuery {
  /** The id of a hub; empty for all. */
  readonly hub: string;
  /** Only things with these ids, in this order; `undefined` for all things that match the query. */
  readonly ids: readonly string[] | undefined;
  /** `next` of the previous page; empty for the first page. */
  readonly after: string;
  /** The language of default names, such as "Living room"; `undefined` for the language of the account. */
  readonly language: Language | undefined;
  /** Whether the page also lists all capabilities of the devices. */
  readonly withCapabilities: boolean;
  /**
   * Whether the page includes the abilities and buttons of things. Things queried by id always include both.
   */
  readonly withAbilities?: boolean;
}

/** A use of a thing: read it, command it, make it blink (a lamp), or receive presses of its buttons. */
export type ThingUse = 'read' | 'command' | 'blink' | 'buttons';

/** A summary of the devices of a group or room. */
export interface Members {
  devices: number;
  /** The number of lamps that can be reached. */
  lamps: number;
  /** How many of these lamps are on. */
  on: number;
  /**
   * False if none of the devices can be reached. In a room only the lamps are considered, because a command to the room
   * goes to its lamps.
   */
  reachable: boolean;
}

/** A thing as a picker of the editor shows it. */
export interface ListedState extends Thing {
  roomId: string | null;
  does: ThingUse[];
  state: State;
  /** The devices of a group or room. */
  members?: Members;
  /** The fields that can be set, if the query has ids or asks for them. */
  abilities?: Ability[];
  /** The buttons of a remote control, if the query has ids or asks for them. */
  buttons?: readonly Button[];
  /** The last press of a remote control, if any was received. */
  lastPress?: LastPress;
  /** Time of the last change by the hub's clock, ISO 8601 UTC, if the hub reports it and the query has ids. */
  changedAt?: string;
}

/** A page of things. */
export interface ThingPage {
  things: ListedState[];
  /** The number of things on all pages. */
  total: number;
  /** The number of things that match the query but not its filter; absent if there is no filter. */
  hidden?: number;
  /** The value of `after` for the next page; `null` on the last page. */
  next: string | null;
  /** The time of the oldest state, ISO 8601 UTC; `null` if nothing is known. */
  asOf: string | null;
  /** Whether a hub is offline, so that its states are old. */
  away: boolean;
  /** All capabilities of the devices, if the query asks for them. */
  capabilities?: string[];
}

/** The maximum number of things on a page. */
export const PAGE_SIZE = 50;

/** The time limit for loading lists if some are cached. Short, because a person waits for the page. */
const LISTS_TIMEOUT_MS = 1_000;
/** The time limit for the first poll, if states are cached. */
const POLL_TIMEOUT_MS = 250;

/**
 * Returns a page of things, and polls their homes until 10 s after the last call. For a hub that is offline, returns
 * its cached things. Throws `COZIFY_HUB_OFFLINE` if nothing is known about any hub, and `COZIFY_BAD_INPUT` for an
 * invalid `after`.
 */
export async function listThings(homes: Homes, given: ListQuery, clock: Clock): Promise<ThingPage> {
  const start = parseAfter(given.after);
  const kinds = given.kinds.length > 0 ? given.kinds : KINDS;
  const query = { ...given, kinds };
  const loaded = await Promise.all(homes.covered(query.hub).map((live) => loadHome(live, kinds, clock)));
  const known = loaded.map(({ live }) => live).filter((live) => isCached(live, kinds));
  if (known.length === 0) {
    const { failure } = loaded.find((home) => home.failure !== undefined) ?? {};
    throw (
      failure ?? new CozifyError('COZIFY_HUB_OFFLINE', 'Nothing is known about the hub yet, and it does not answer.')
    );
  }
  const all = query.ids === undefined ? search(known, query) : pick(known, query, query.ids);
  const end = start + PAGE_SIZE;
  const found = all.slice(start, end);
  return {
    things: found.map((one) =>
      showListed(one, query.language, query.ids !== undefined || query.withAbilities === true),
    ),
    total: all.length,
    next: end < all.length ? String(end) : null,
    asOf: oldest(found, known, kinds),
    away: loaded.some(({ isAway }) => isAway),
    ...(query.filter === undefined
      ? {}
      : { hidden: search(known, { ...query, filter: undefined }).length - all.length }),
    ...(query.withCapabilities ? { capabilities: capabilitiesAt(known) } : {}),
  };
}

/**
 * Returns a thing as a picker of the editor shows it. `isWhole`: also with the fields that can be set, its buttons, and
 * the time of its last change.
 */
export function showListed(
  { entry, live }: ListedThing,
  language: Language | undefined,
  isWhole: boolean,
): ListedState {
  const { things } = live.cache;
  const members = membersOf(entry, things);
  const lastPress = entry.kind === 'device' ? live.lastPress(entry.id) : undefined;
  const changedAt = isWhole ? toIsoMoment(entry.timestamp) : undefined;
  return {
    ...things.show(entry, language),
    roomId: entry.roomId,
    does: doesOf(entry, things),
    state: entry.state,
    ...(members === undefined ? {} : { members }),
    ...(lastPress === undefined ? {} : { lastPress }),
    ...(isWhole ? { abilities: abilitiesOfThing(entry, things) } : {}),
    ...(isWhole && entry.buttons.length > 0 ? { buttons: entry.buttons } : {}),
    ...(changedAt === undefined ? {} : { changedAt }),
  };
}

/** Returns the possible uses of a thing. A room has no state to read. A command to a room goes to its lamps. */
function doesOf(entry: Entry, things: Things): ThingUse[] {
  const { kind } = entry;
  const isSet = kind === 'room' ? devicesOf(entry, things).length > 0 : isAbleTo(entry, 'any', things);
  const does: [ThingUse, boolean][] = [
    ['read', kind !== 'room'],
    ['command', isSet || kind === 'alarm'],
    ['blink', kind === 'device' && isLamp(entry)],
    ['buttons', kind === 'device' && isAbleTo(entry, 'press', things)],
  ];
  return does.filter(([, isAble]) => isAble).map(([name]) => name);
}

function membersOf(entry: Entry, things: Things): Members | undefined {
  if (entry.kind !== 'group' && entry.kind !== 'room') return undefined;
  const devices = entry.kind === 'room' ? things.inRoom(entry.id) : things.membersOf(entry);
  const lamps = devices.filter((device) => isLamp(device) && isReachable(device));
  const meant = devicesOf(entry, things);
  return {
    devices: devices.length,
    lamps: lamps.length,
    on: lamps.filter(({ state }) => state['on'] === true).length,
    reachable: meant.length === 0 || meant.some(isReachable),
  };
}

function capabilitiesAt(homes: readonly LiveHome[]): string[] {
  return [...new Set(homes.flatMap((live) => [...live.cache.things.capabilities]))].sort();
}

/** The result of {@link loadHome}: a home, whether its hub is offline, and the failure, if any. */
interface LoadedHome {
  readonly live: LiveHome;
  readonly isAway: boolean;
  readonly failure: CozifyError | undefined;
}

/** Polls a home, and loads the lists that are missing or old. */
async function loadHome(live: LiveHome, kinds: readonly Kind[], clock: Clock): Promise<LoadedHome> {
  const { loop, client } = live;
  const wasPolled = loop.isRunning;
  const wasKnown = isCached(live, kinds);
  live.attend();
  const isLost = wasKnown && client.isReachable === false;
  const failures: CozifyError[] = [];
  // A thing is shown with its room and groups, and a room with its devices.
  const needed = new Set<Kind>([...kinds, 'room', 'group', ...(kinds.includes('room') ? ['device' as const] : [])]);
  const loads = Promise.all(
    (isLost ? [] : [...needed]).map((kind) =>
      live.ensure([kind], NAMES_MAX_AGE_MS).catch((error: unknown) => failures.push(toCozifyError(error))),
    ),
  );
  if (wasKnown) await settlesWithin(clock, loads, LISTS_TIMEOUT_MS);
  else await loads;
  if (wasKnown && !wasPolled) await settlesWithin(clock, live.loop.next(), POLL_TIMEOUT_MS);
  const noAnswer = [loop.error, ...failures].find((failure) => failure !== undefined && isNoAnswer(failure));
  const isAway = noAnswer !== undefined || client.isReachable === false;
  const failure = noAnswer ?? failures[0];
  return { live, isAway, failure: failure && asOffline(failure, live) };
}

function search(homes: readonly LiveHome[], query: ListQuery): ListedThing[] {
  return homes.flatMap((live) => live.search.find(queryAt(live, query, homes)).map((entry) => ({ entry, live })));
}

/**
 * Returns the query for one hub. If there are several hubs, removes search words that are the beginning of a word in
 * this hub's name, because such words match all things of the hub.
 */
function queryAt({ client }: LiveHome, query: ListQuery, homes: readonly LiveHome[]): ListQuery {
  if (homes.length === 1) return query;
  const name = ` ${nameKey(client.name)}`;
  const words = query.text.split(/\s+/).filter((word) => !name.includes(` ${nameKey(word)}`));
  return { ...query, text: words.join(' ') };
}

function pick(homes: readonly LiveHome[], query: ListQuery, ids: readonly string[]): ListedThing[] {
  const { kinds, text } = query;
  const found = text === '' ? undefined : new Set(search(homes, query).map(keyAcrossHubs));
  return [...new Set(ids)]
    .flatMap((id) => homes.flatMap((live) => live.cache.things.withId(kinds, id).map((entry) => ({ entry, live }))))
    .filter((one) => found === undefined || found.has(keyAcrossHubs(one)));
}

function oldest(found: readonly ListedThing[], homes: readonly LiveHome[], kinds: readonly Kind[]): string | null {
  const lists = found.flatMap(({ entry, live }) => kindsOfState(entry).map((kind) => live.cache.asOf(kind)));
  const all = homes.flatMap((live) => kinds.map((kind) => live.cache.asOf(kind)));
  const moments = (lists.length > 0 ? lists : all).filter((moment) => moment !== null);
  return moments.length === 0 ? null : new Date(Math.min(...moments)).toISOString();
}

/** Returns the index of the first thing of a page. */
function parseAfter(after: string): number {
  if (/^\d{0,9}$/.test(after)) return Number(after);
  throw badInput('after should be the value of next from the page before.');
}
