/** Targets of nodes and messages: parses them, and finds them among the cached things of a home. */
import { badInput, CozifyError } from '../../errors.js';
import { expectFew, kindOf, parseText } from '../../input.js';
import type { Entry } from '../things/device.js';
import { type Kind, KINDS } from '../things/kinds.js';
import { nearestNames } from '../things/names.js';
import type { Things } from '../things/things.js';

/** A thing as a node or message refers to it. */
export interface Target {
  /** The id of the thing; empty if only its name is known. */
  readonly id: string;
  readonly name: string;
  /** The kind of the thing; empty for any kind. */
  readonly kind: Kind | '';
  /** The id or name of the room of the thing; empty for any room. */
  readonly room: string;
  /** The id of the hub; empty if the target has none. */
  readonly hub: string;
  /** Whether the target was given as a text, which may be an id or a name. */
  readonly isText: boolean;
}

/** The hubs of an account. */
export interface KnownHubs {
  readonly ids: readonly string[];
  readonly defaultId: string | null;
}

const EXPECTED =
  'target should be the name or id of a thing, an object such as {name: "Kattovalo", room: "Sauna"}, or an array of these';

/** The maximum number of things that an error about an ambiguous name lists. */
const MAX_LISTED = 10;

/**
 * Returns the targets chosen in a node. Throws `COZIFY_BAD_INPUT` unless `targets` is a list of objects with an id or a
 * name, and for a list that is too long.
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
 * `COZIFY_BAD_INPUT` for anything else, and for an array that is too long. An empty array means that there is nothing
 * to do.
 */
export function parseMessageTargets(target: unknown): Target[] {
  return safely('target', target, () => {
    const all: unknown[] = Array.isArray(target) ? target : [target];
    expectFew(all, 'target');
    return all.map(parseTarget);
  });
}

/** Returns the hub id of a node or message; empty if there is none. Throws `COZIFY_BAD_INPUT` if it is not a text. */
export function parseHub(hub: unknown): string {
  return parseText(hub, 'hub');
}

/**
 * Returns the ids of the hubs to search for a target, the most likely hub first. For a target without a hub id, an id
 * is searched at all hubs, and a name only at `nodeHub` (the hub of the node), or at the default hub if `nodeHub` is
 * empty. Throws `COZIFY_NOT_FOUND` for an unknown hub.
 */
export function hubsToSearch({ id, name, hub, isText }: Target, nodeHub: string, hubs: KnownHubs): string[] {
  const subject = name || id;
  if (hub !== '') return [expectHub(hub, hubs, subject)];
  const isNamed = id === '' || isText;
  const first = isNamed && nodeHub !== '' ? expectHub(nodeHub, hubs, subject) : expectDefault(hubs);
  return id === '' ? [first] : [first, ...hubs.ids.filter((other) => other !== first)];
}

/**
 * Returns the ids of the hubs of a node without targets: `nodeHub`, or all hubs if it is empty. Throws
 * `COZIFY_NOT_FOUND` for an unknown hub.
 */
export function hubsWithoutTargets(nodeHub: string, hubs: KnownHubs): string[] {
  return nodeHub === '' ? [...hubs.ids] : [expectHub(nodeHub, hubs, nodeHub)];
}

/**
 * Finds a target in a home: by its id, otherwise by its name. Throws `COZIFY_NOT_FOUND` with similar names, and
 * `COZIFY_BAD_INPUT` for a name that several things have.
 */
export function findTarget(target: Target, things: Things): Entry {
  const kinds = kindsOf(target);
  const [byId] = things.withId(kinds, target.id);
  if (byId !== undefined) return byId;
  if (target.id === '' || target.isText) {
    if (target.room !== '') expectRoom(target.room, [things]);
    const named = namedThings(target, kinds, things);
    if (named.length > 1) throw ambiguous(target, named, things);
    if (named[0] !== undefined) return named[0];
  }
  throw notFound(target, things);
}

/** Throws `COZIFY_BAD_INPUT` for a room: a room can be commanded, but has no state to read or to wait for. */
export function expectNoRoom({ kind, name }: { readonly kind: Kind | ''; readonly name: string }): void {
  if (kind !== 'room') return;
  throw badInput(
    `"${name}" is a room, and rooms are for command nodes only: choose its devices, or filter by the room.`,
  );
}

/** Throws `COZIFY_NOT_FOUND` with similar names if none of the homes has a room. */
export function expectRoom(room: string, homes: readonly Things[]): void {
  if (homes.some((things) => findRooms(room, things).length > 0)) return;
  const hint = (): string => near(homes, ['room'], room);
  throw new CozifyError('COZIFY_NOT_FOUND', `No room is called "${room}".`, { subject: room, hint });
}

/**
 * Returns the things that have the name of a target and, if the target has a room, are in that room. Stops at the first
 * kind that has such a thing.
 */
export function namedThings(target: Target, kinds: readonly Kind[], things: Things): Entry[] {
  const { name, room } = target;
  const rooms = room === '' ? undefined : findRooms(room, things);
  const isThere = ({ roomId }: Entry): boolean => rooms === undefined || (roomId !== null && rooms.includes(roomId));
  for (const kind of kinds) {
    const named = things.named(kind, name).filter(isThere);
    if (named.length > 0) return named;
  }
  return [];
}

/** Returns the ids of the rooms that `room` means: the room with this id, otherwise all rooms with this name. */
export function findRooms(room: string, things: Things): string[] {
  const byId = things.get('room', room);
  return byId === undefined ? things.named('room', room).map(({ id }) => id) : [byId.id];
}

/** Returns the kinds that a target may have, in the order in which names are resolved. */
export function kindsOf({ kind }: Target): readonly Kind[] {
  return kind === '' ? KINDS : [kind];
}

/** Creates the error for a hub that the account does not have. `subject`: the name of the target, for the status. */
export function unknownHub(hub: string, subject: string): CozifyError {
  return new CozifyError('COZIFY_NOT_FOUND', `The account has no hub with the id "${hub}": choose the hub again.`, {
    subject,
  });
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
  const textOf = (key: 'id' | 'name' | 'room' | 'hub'): string => parseText(given[key] ?? '', `${key} of a target`);
  const target = { id: textOf('id'), name: textOf('name'), room: textOf('room'), hub: textOf('hub') };
  if (target.id === '' && target.name === '')
    throw badInput('A target should have an id or a name, but has neither: choose it again.');
  return { ...target, kind: parseKind(given['kind']), isText: false };
}

function parseKind(value: unknown): Kind | '' {
  const kind = parseText(value ?? '', 'kind of a target');
  if (kind === '' || (KINDS as readonly string[]).includes(kind)) return kind as Kind | '';
  throw badInput(`kind of a target should be one of ${KINDS.join(', ')}, but was another text.`);
}

/**
 * Runs a parser. Objects in messages may throw when their properties are read, which is reported as `COZIFY_BAD_INPUT`.
 */
function safely<T>(name: string, value: unknown, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof CozifyError) throw error;
    throw badInput(`${name} should be readable, but was ${kindOf(value)} that can't be read.`);
  }
}

function expectDefault({ ids, defaultId }: KnownHubs): string {
  const hub = defaultId ?? ids[0];
  if (hub !== undefined) return hub;
  throw new CozifyError('COZIFY_NOT_FOUND', 'The account has no hub yet: log in, or add a hub to it.');
}

function expectHub(hub: string, { ids }: KnownHubs, subject: string): string {
  if (ids.includes(hub)) return hub;
  throw unknownHub(hub, subject);
}

/** Creates the error for a name that several things have. Lists their rooms and ids. */
export function ambiguous({ name, room }: Target, entries: readonly Entry[], things: Things): CozifyError {
  const rooms = entries.slice(0, MAX_LISTED).map((entry) => `${things.roomOf(entry) ?? 'no room'} (${entry.id})`);
  const more = entries.length > MAX_LISTED ? ' and more' : '';
  const kind = entries[0]?.kind ?? 'thing';
  const advice = room === '' ? 'Give the room, or the id.' : 'Give the id.';
  return badInput(`${entries.length} ${kind}s are called "${name}": ${rooms.join(', ')}${more}. ${advice}`);
}

function notFound(target: Target, things: Things): CozifyError {
  const { id, name, kind, room, isText } = target;
  const what = kind === '' ? 'Nothing' : `No ${kind}`;
  const subject = name || id;
  const hint = (): string => near([things], kindsOf(target), subject);
  const error = (message: string): CozifyError => new CozifyError('COZIFY_NOT_FOUND', message, { subject, hint });
  if (isText || id === '') return error(`${what} is called "${subject}"${room === '' ? '' : ` in "${room}"`}.`);
  return error(name === '' ? `${what} has the id "${id}".` : `${what} has the id of "${name}" any more.`);
}

/** Returns a sentence for an error message: the names that are similar to `asked`, or that the hub has none. */
function near(homes: readonly Things[], kinds: readonly Kind[], asked: string): string {
  const names = homes.flatMap((things) => kinds.flatMap((kind) => things.list(kind).map(({ name }) => name)));
  if (names.length === 0) return ' The hub has none.';
  const nearest = nearestNames(names, asked);
  return nearest.length === 0 ? '' : ` Similar names: ${nearest.map((name) => `"${name}"`).join(', ')}.`;
}
