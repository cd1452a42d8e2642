import { badInput, CozifyError } from '../../errors.js';
import { expectFew, kindOf } from '../../input.js';
import type { Entry } from '../things/device.js';
import { type Kind, KINDS } from '../things/kinds.js';
import { nearestNames } from '../things/names.js';
import type { Things } from '../things/things.js';

/** A thing as a node or a message names it. */
export interface Target {
  /** Empty where only the name is known. */
  readonly id: string;
  readonly name: string;
  /** Empty for any kind. */
  readonly kind: Kind | '';
  /** The id or name of the room it should be in; empty for any. */
  readonly room: string;
  /** The id of its hub; empty where none was said. */
  readonly hub: string;
  /** What was given is one text, which may be an id or a name. */
  readonly isText: boolean;
}

/** A thing that was found. */
export interface Found {
  readonly target: Target;
  readonly entry: Entry;
}

/** The hubs of an account. */
export interface KnownHubs {
  readonly ids: readonly string[];
  readonly defaultId: string | null;
}

const EXPECTED =
  'target should be the name or id of a thing, an object such as {name: "Kattovalo", room: "Sauna"}, or an array of these';

/** More than this of equal names are not listed in a message. */
const MAX_NAMED = 10;

/**
 * Returns the targets chosen in a node. Throws `COZIFY_BAD_INPUT` for anything but a list of objects with an id or a name,
 * and for a list that is too long.
 */
export function parseNodeTargets(targets: unknown): Target[] {
  return safely('targets', targets, () => {
    if (targets === undefined) return [];
    if (!Array.isArray(targets)) throw badInput(`targets should be a list, but was ${kindOf(targets)}.`);
    expectFew(targets, 'targets');
    return targets.map(parseTarget);
  });
}

/**
 * Returns the targets of a message: an id or a name, `{id}`, `{name, kind?, room?, hub?}`, or an array of these. Throws
 * `COZIFY_BAD_INPUT` for anything else, and for an array that is too long. An empty array means that there is nothing to
 * do.
 */
export function parseMessageTargets(target: unknown): Target[] {
  return safely('target', target, () => {
    const all: unknown[] = Array.isArray(target) ? target : [target];
    expectFew(all, 'target');
    return all.map(parseTarget);
  });
}

/** The hub of a node or message, by its id; empty where none is said. Throws `COZIFY_BAD_INPUT` for what is no text. */
export function parseHub(hub: unknown): string {
  if (hub === undefined) return '';
  if (typeof hub === 'string') return hub.trim();
  throw badInput(`hub should be the id of a hub as a text, but was ${kindOf(hub)}.`);
}

/**
 * The hubs to look for a target in, in this order: an id in all of them, a name in the first. `nodeHub` is the node's
 * own, for names. Throws `COZIFY_NOT_FOUND` for a hub that nobody knows.
 */
export function hubsToSearch({ id, name, hub, isText }: Target, nodeHub: string, hubs: KnownHubs): string[] {
  const subject = name || id;
  if (hub !== '') return [knownHub(hub, hubs, subject)];
  const isNamed = id === '' || isText;
  const first = isNamed && nodeHub !== '' ? knownHub(nodeHub, hubs, subject) : defaultHub(hubs);
  return id === '' ? [first] : [first, ...hubs.ids.filter((other) => other !== first)];
}

/** The hubs that a node means which has no targets: its own, or all. Throws as {@link hubsToSearch}. */
export function hubsToListen(nodeHub: string, hubs: KnownHubs): string[] {
  return nodeHub === '' ? [...hubs.ids] : [knownHub(nodeHub, hubs, nodeHub)];
}

/**
 * Finds a target in the first of the homes that has its id, or by its name in the very first. Throws
 * `COZIFY_NOT_FOUND`, naming what is spelled nearly so, and `COZIFY_BAD_INPUT` for a name that several have.
 */
export function findTarget(target: Target, homes: readonly Things[]): Found {
  const [first] = homes;
  for (const things of homes) {
    const [entry] = target.id === '' ? [] : things.withId(kindsOf(target.kind), target.id);
    if (entry !== undefined) return { target, entry };
    if (things !== first || (target.id !== '' && !target.isText)) continue;
    if (target.room !== '') expectRoom(target.room, [things]);
    const named = namedThings(target, kindsOf(target.kind), things);
    if (named.length > 1) throw ambiguous(target, named, things);
    if (named[0] !== undefined) return { target, entry: named[0] };
  }
  throw notFound(target, first);
}

/** Refuses a room where things are read or waited for: it has lamps to command, but no state of its own. */
export function expectNoRoom({ entry }: Found): void {
  if (entry.kind !== 'room') return;
  throw badInput(
    `"${entry.name}" is a room, and rooms are for command nodes only: choose its devices, or filter by the room.`,
  );
}

/** Refuses a room that none of the homes has, naming those that are spelled nearly so: `COZIFY_NOT_FOUND`. */
export function expectRoom(room: string, homes: readonly Things[]): void {
  if (homes.some((things) => findRooms(room, things).length > 0)) return;
  const hint = (): string => near(homes, ['room'], room);
  throw new CozifyError('COZIFY_NOT_FOUND', `No room is called "${room}".`, { subject: room, hint });
}

/** The things of a target's name, in its room where it says one: those of the first of these kinds that has any. */
export function namedThings({ name, room }: Target, kinds: readonly Kind[], things: Things): Entry[] {
  const rooms = room === '' ? undefined : findRooms(room, things);
  const isThere = ({ roomId }: Entry): boolean => rooms === undefined || (roomId !== null && rooms.includes(roomId));
  for (const kind of kinds) {
    const named = things.named(kind, name).filter(isThere);
    if (named.length > 0) return named;
  }
  return [];
}

/** The things of a target's name in a home, where it may be one of several. */
export function namedLike(target: Target, things: Things): Entry[] {
  return namedThings(target, kindsOf(target.kind), things);
}

/** The ids of the rooms that a text means, an id or a name; several may have one name. */
export function findRooms(room: string, things: Things): string[] {
  const byId = things.get('room', room);
  return byId === undefined ? things.named('room', room).map(({ id }) => id) : [byId.id];
}

function parseTarget(value: unknown): Target {
  if (typeof value === 'string') {
    const text = value.trim();
    if (text === '') throw badInput('target should be a name or an id, but was an empty text.');
    return { id: text, name: text, kind: '', room: '', hub: '', isText: true };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badInput(`${EXPECTED}, but was ${kindOf(value)}.`);
  const given = value as Record<string, unknown>;
  const [id, name, room, hub] = ['id', 'name', 'room', 'hub'].map((key) => parseText(given[key], key)) as [
    string,
    string,
    string,
    string,
  ];
  if (id === '' && name === '')
    throw badInput('A target should have an id or a name, but has neither: choose it again.');
  return { id, name, kind: parseKind(given['kind']), room, hub, isText: false };
}

function parseText(value: unknown, key: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value.trim();
  throw badInput(`${key} of a target should be a text, but was ${kindOf(value)}.`);
}

function parseKind(value: unknown): Kind | '' {
  const kind = parseText(value, 'kind');
  if (kind === '' || (KINDS as readonly string[]).includes(kind)) return kind as Kind | '';
  throw badInput(`kind of a target should be one of ${KINDS.join(', ')}, but was another text.`);
}

/** Messages can carry objects that throw when they are looked at. */
function safely<T>(name: string, value: unknown, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof CozifyError) throw error;
    throw badInput(`${name} should be readable, but was ${kindOf(value)} that can't be read.`);
  }
}

function defaultHub({ ids, defaultId }: KnownHubs): string {
  const hub = defaultId ?? ids[0];
  if (hub === undefined)
    throw new CozifyError('COZIFY_NOT_FOUND', 'The account has no hub yet: log in, or add a hub to it.');
  return hub;
}

/** `subject`: what is gone with the hub, by its name. */
function knownHub(hub: string, hubs: KnownHubs, subject: string): string {
  if (hubs.ids.includes(hub)) return hub;
  throw new CozifyError('COZIFY_NOT_FOUND', `The account has no hub with the id "${hub}": choose the hub again.`, {
    subject,
  });
}

function kindsOf(kind: Kind | ''): readonly Kind[] {
  return kind === '' ? KINDS : [kind];
}

function ambiguous({ name, room }: Target, entries: readonly Entry[], things: Things): CozifyError {
  const rooms = entries.slice(0, MAX_NAMED).map((entry) => `${things.roomOf(entry) ?? 'no room'} (${entry.id})`);
  const more = entries.length > MAX_NAMED ? ' and more' : '';
  const kind = entries[0]?.kind ?? 'thing';
  const advice = room === '' ? 'Give the room, or the id.' : 'Give the id.';
  return badInput(`${entries.length} ${kind}s are called "${name}": ${rooms.join(', ')}${more}. ${advice}`);
}

function notFound(target: Target, things: Things | undefined): CozifyError {
  const { id, name, kind, room, isText } = target;
  const what = kind === '' ? 'Nothing' : `No ${kind}`;
  const asked = name === '' ? id : name;
  const said =
    isText || id === ''
      ? `is called "${asked}"`
      : name === ''
        ? `has the id "${id}"`
        : `has the id of "${name}" any more`;
  const where = room === '' || id !== '' ? '' : ` in "${room}"`;
  const hint = (): string => near(things === undefined ? [] : [things], kindsOf(kind), asked);
  return new CozifyError('COZIFY_NOT_FOUND', `${what} ${said}${where}.`, { subject: asked, hint });
}

function near(homes: readonly Things[], kinds: readonly Kind[], asked: string): string {
  const names = homes.flatMap((things) => kinds.flatMap((kind) => things.list(kind).map(({ name }) => name)));
  if (names.length === 0) return ' The hub has none.';
  const nearest = nearestNames(names, asked);
  return nearest.length === 0 ? '' : ` Similar names: ${nearest.map((name) => `"${name}"`).join(', ')}.`;
}
