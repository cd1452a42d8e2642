import { type Clock, settlesWithin } from '../../async/clock.js';
import { badInput, CozifyError, toCozifyError } from '../../errors.js';
import { isSilence } from '../../hub/hub-client.js';
import { type Ability, isLamp } from '../things/abilities.js';
import { type Button, type Entry, isReachable, type Thing } from '../things/device.js';
import { type Kind, KINDS } from '../things/kinds.js';
import type { Homes, ListedThing } from '../homes/homes.js';
import { NAMES_MAX_AGE_MS } from '../home/home-cache.js';
import type { LastPress, LiveHome } from '../home/live-home.js';
import type { Language } from '../things/names.js';
import { kindsOfState } from './states.js';
import { asOffline } from '../homes/cache-policy.js';
import { abilitiesOfThing, devicesIn, isAbleTo, type ThingQuery } from '../targets/thing-search.js';
import type { Things } from '../things/things.js';
import type { State } from '../things/units.js';

/** What somebody who chooses things wants to see. */
export interface ListQuery extends ThingQuery {
  /** The id of a hub; empty for all. */
  readonly hub: string;
  /** These alone, in this order, where there is a text those that it finds; `undefined` for all that the wishes leave. */
  readonly ids: readonly string[] | undefined;
  /** Where an earlier page ended; empty for the first. */
  readonly after: string;
  /** For factory names; by default that of the home. */
  readonly language: Language | undefined;
  /** Whether the page also says what the devices of these hubs can do. */
  readonly withCapabilities: boolean;
}

/** What can be made of a thing: a node that reads it, one that commands it, a lamp blink, a node that hears its buttons. */
export type Does = 'read' | 'command' | 'blink' | 'buttons';

/** The devices of a group or room. */
export interface Members {
  devices: number;
  lamps: number;
  /** Whether any lamp that can be reached is on; `null` if that is unknown of all lamps. */
  on: boolean | null;
  /** False if none of the devices can be reached; of a room only the lamps count, because a command goes to these. */
  reachable: boolean;
}

/** A thing as the picker shows it. */
export interface ListedState extends Thing {
  roomId: string | null;
  does: Does[];
  state: State;
  /** Of a group or room. */
  members?: Members;
  /** Where it was asked for by its id: what can be set on it. */
  abilities?: Ability[];
  /** Those of a remote control, where it was asked for by its id. */
  buttons?: readonly Button[];
  /** Of a remote control of which a press was heard: the last. */
  lastPress?: LastPress;
}

/** A page of things. */
export interface ThingPage {
  things: ListedState[];
  /** How many there are on all pages. */
  total: number;
  /** For `after`; `null` on the last page. */
  next: string | null;
  /** The moment of which the oldest of it tells, ISO 8601 UTC; `null` where nothing is known. */
  asOf: string | null;
  /** A hub can't be reached: what is known of it is how things were. */
  away: boolean;
  /** Where it was asked for: what the devices of these hubs can do, by Cozify's names. */
  capabilities?: string[];
}

/** So many things are listed at once. */
export const PAGE_SIZE = 50;

/** A person does not wait longer for news where something is known. */
const NEWS_PATIENCE_MS = 1_000;
/** What a poll that has just begun may tell in so short a time is worth waiting for. */
const POLL_PATIENCE_MS = 250;

/**
 * Lists things for somebody who chooses among them, a page at a time, and keeps the homes polled until 10 s after the
 * last call. Where a hub is away, what was known last; throws `COZIFY_HUB_OFFLINE` where nothing is known of any, and
 * `COZIFY_BAD_INPUT` for an `after` that is none.
 */
export async function listThings(homes: Homes, given: ListQuery, clock: Clock): Promise<ThingPage> {
  const start = parseAfter(given.after);
  const kinds = given.kinds.length > 0 ? given.kinds : KINDS;
  const wishes = { ...given, kinds };
  const views = await Promise.all(homes.listened(wishes.hub).map((live) => look(live, kinds, clock)));
  const known = views.filter(({ isKnown }) => isKnown).map(({ live }) => live);
  if (known.length === 0) {
    const { failure } = views.find((view) => view.failure !== undefined) ?? {};
    throw (
      failure ?? new CozifyError('COZIFY_HUB_OFFLINE', 'Nothing is known about the hub yet, and it does not answer.')
    );
  }
  const { found, next, total } = wishes.ids === undefined ? search(known, wishes, start) : pick(known, wishes, start);
  return {
    things: found.map((one) => showListed(one, wishes.language, wishes.ids !== undefined)),
    total,
    next,
    asOf: oldest(found, known, kinds),
    away: views.some(({ isAway }) => isAway),
    ...(wishes.withCapabilities ? { capabilities: capabilitiesAt(known) } : {}),
  };
}

/** A thing as the picker shows it; `isWhole`: with what can be set on it, and its buttons. */
export function showListed(
  { entry, live }: ListedThing,
  language: Language | undefined,
  isWhole: boolean,
): ListedState {
  const { things } = live.home;
  const members = membersOf(entry, things);
  const lastPress = entry.kind === 'device' ? live.lastPress(entry.id) : undefined;
  return {
    ...things.show(entry, language),
    roomId: entry.roomId,
    does: doesOf(entry, things),
    state: entry.state,
    ...(members === undefined ? {} : { members }),
    ...(lastPress === undefined ? {} : { lastPress }),
    ...(isWhole ? { abilities: abilitiesOfThing(entry, things) } : {}),
    ...(isWhole && entry.buttons.length > 0 ? { buttons: entry.buttons } : {}),
  };
}

/** What can be done with it by what it is, however it is now. A room is commanded by its lamps, and has no state. */
function doesOf(entry: Entry, things: Things): Does[] {
  const { kind } = entry;
  const isSet = kind === 'room' ? devicesIn(entry, things).length > 0 : isAbleTo(entry, 'any', things);
  const does: [Does, boolean][] = [
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
  const lamps = devices.filter(isLamp);
  const meant = entry.kind === 'room' ? lamps : devices;
  const known = lamps
    .filter(isReachable)
    .map(({ state }) => state['on'])
    .filter((on) => typeof on === 'boolean');
  return {
    devices: devices.length,
    lamps: lamps.length,
    on: known.length === 0 ? null : known.includes(true),
    reachable: meant.length === 0 || meant.some(isReachable),
  };
}

function capabilitiesAt(homes: readonly LiveHome[]): string[] {
  return [...new Set(homes.flatMap((live) => [...live.home.things.capabilities]))].sort();
}

interface Found {
  readonly found: readonly ListedThing[];
  readonly total: number;
  readonly next: string | null;
}

/** What is known of a home after somebody wanted to look at it. */
interface View {
  readonly live: LiveHome;
  readonly isKnown: boolean;
  readonly isAway: boolean;
  readonly failure: CozifyError | undefined;
}

/** Has a home polled, and its lists loaded where they are missing or old. */
async function look(live: LiveHome, kinds: readonly Kind[], clock: Clock): Promise<View> {
  const { home, loop, client } = live;
  const isKnown = (): boolean => kinds.some((kind) => home.asOf(kind) !== null);
  const wasPolled = loop.isRunning;
  const wasKnown = isKnown();
  live.attend();
  const isLost = wasKnown && client.isReachable === false;
  const failures: CozifyError[] = [];
  // Rooms are told with what is in them.
  const needed = new Set<Kind>([...kinds, 'room', 'group', ...(kinds.includes('room') ? ['device' as const] : [])]);
  const loads = Promise.all(
    (isLost ? [] : [...needed]).map((kind) =>
      live.ensure([kind], NAMES_MAX_AGE_MS).catch((error: unknown) => failures.push(toCozifyError(error))),
    ),
  );
  if (wasKnown) await settlesWithin(clock, loads, NEWS_PATIENCE_MS);
  else await loads;
  if (wasKnown && !wasPolled) await waitForNews(live, clock);
  const silence = [loop.error, ...failures].find((failure) => failure !== undefined && isSilence(failure));
  const isAway = silence !== undefined || client.isReachable === false;
  const failure = silence === undefined ? failures[0] : asOffline(silence);
  return { live, isKnown: isKnown(), isAway, failure };
}

async function waitForNews(live: LiveHome, clock: Clock): Promise<void> {
  let stop: () => void = () => undefined;
  const heard = new Promise<void>((resolve) => {
    stop = live.observe(({ source, isSure }) => (source === 'poll' && isSure ? resolve() : undefined));
  });
  await settlesWithin(clock, heard, POLL_PATIENCE_MS);
  stop();
}

function search(homes: readonly LiveHome[], query: ListQuery, start: Start): Found {
  const found: ListedThing[] = [];
  const total = homes.reduce((sum, live) => sum + live.search.count(query), 0);
  for (const [index, live] of homes.entries()) {
    if (index < start.home) continue;
    const from = index === start.home ? start.index : 0;
    const page = live.search.find(query, from, PAGE_SIZE - found.length);
    found.push(...page.entries.map((entry) => ({ entry, live })));
    if (page.next !== undefined) return { found, total, next: `${index}.${page.next}` };
  }
  return { found, total, next: null };
}

function pick(homes: readonly LiveHome[], query: ListQuery, { index }: Start): Found {
  const { ids = [], kinds, text } = query;
  const all = [...new Set(ids)]
    .flatMap((id) => homes.flatMap((live) => live.home.things.withId(kinds, id).map((entry) => ({ entry, live }))))
    .filter(({ entry, live }) => text === '' || live.search.isFound(entry, query));
  const end = index + PAGE_SIZE;
  return { found: all.slice(index, end), total: all.length, next: all.length > end ? `0.${end}` : null };
}

function oldest(found: readonly ListedThing[], homes: readonly LiveHome[], kinds: readonly Kind[]): string | null {
  const lists = found.flatMap(({ entry, live }) => kindsOfState(entry).map((kind) => live.home.asOf(kind)));
  const all = homes.flatMap((live) => kinds.map((kind) => live.home.asOf(kind)));
  const moments = (lists.length > 0 ? lists : all).filter((moment) => moment !== null);
  return moments.length === 0 ? null : new Date(Math.min(...moments)).toISOString();
}

/** Where a page begins: at which index of which home. */
interface Start {
  readonly home: number;
  readonly index: number;
}

function parseAfter(after: string): Start {
  if (after === '') return { home: 0, index: 0 };
  const [, home, index] = /^(\d{1,6})\.(\d{1,9})$/.exec(after) ?? [];
  if (home === undefined) throw badInput('after should be the value of next from the page before.');
  return { home: Number(home), index: Number(index) };
}
