import { badInput, CozifyError, toCozifyError } from '../../errors.js';
import { type DeviceFilter, parseFilter, selectThings } from './device-filter.js';
import type { Entry } from '../things/device.js';
import { type Kind, KINDS } from '../things/kinds.js';
import {
  findRooms,
  findTarget,
  type KnownHubs,
  namedThings,
  parseHub,
  parseNodeTargets,
  type Target,
} from './targets.js';
import type { Things } from '../things/things.js';

/** What somebody listens to: these targets or, where there are none, all that the filter leaves. */
export interface Selection {
  readonly targets: readonly Target[];
  readonly filter: DeviceFilter;
  /** Of the node. Empty for the default hub where a target is named, and for all hubs where there are no targets. */
  readonly hub: string;
}

/** A selection as a node's properties have it; what is absent asks for nothing. Throws `COZIFY_BAD_INPUT`. */
export function parseSelection(properties: Record<string, unknown>): Selection {
  const { targets, kinds, rooms, capabilities, capabilitiesMatch, reachable } = properties;
  const hub = parseHub(properties['hub']);
  const named = parseNodeTargets(targets);
  const room = named.find(({ kind }) => kind === 'room');
  if (room !== undefined)
    throw badInput(
      `"${room.name || room.id}" is a room, and rooms are for command nodes only: choose its devices, or filter by it.`,
    );
  return { targets: named, filter: parseFilter({ kinds, rooms, capabilities, capabilitiesMatch, reachable }), hub };
}

/** Whether a hub of the account may have something of a selection. */
export function isConcerned({ targets, hub }: Selection, id: string, hubs: KnownHubs): boolean {
  if (targets.length === 0) return hub === '' || hub === id;
  return targets.some((target) => isAt(target, hub, id, hubs));
}

/**
 * The kinds of which a home has to be known for a selection: of a target without a kind, all until it is found; and the
 * rooms where something is chosen by one that is named.
 */
export function selectedKinds({ targets, filter }: Selection, things: Things): readonly Kind[] {
  const kinds = targets.flatMap((target) => {
    const [found] = target.kind === '' ? candidates(target, things) : [];
    return target.kind === '' ? (found?.kind ?? LISTENED) : target.kind;
  });
  const rooms = targets.length === 0 ? filter.rooms : targets.map(roomOf);
  const isByName = rooms.some((room) => room !== '' && things.get('room', room) === undefined);
  return [...new Set([...(targets.length === 0 ? filter.kinds : kinds), ...(isByName ? (['room'] as const) : [])])];
}

/** The things of a home that are listened to now. */
export function selectedThings({ targets, filter, hub }: Selection, things: Things, hubs: KnownHubs): Entry[] {
  if (targets.length === 0) return hub === '' || hub === things.hub ? selectThings(things, filter) : [];
  const here = targets.filter((target) => isAt(target, hub, things.hub, hubs));
  const found = here.map((target) => candidates(target, things)).filter(({ length }) => length === 1);
  return [...new Set(found.flat())].filter(({ kind }) => kind !== 'room');
}

/** The kinds of what is found in a home by its name alone, which it may lose, or another may get. */
export function kindsByName(selection: Selection, things: Things, hubs: KnownHubs): readonly Kind[] {
  const targets = selection.targets.filter(({ id, isText }) => id === '' || isText);
  const found = targets.length === 0 ? [] : selectedThings({ ...selection, targets }, things, hubs);
  return [...new Set(found.map(({ kind }) => kind))];
}

/** A home that is known, as far as its lists could be read. */
export interface KnownHome {
  readonly things: Things;
  /** Whether what it has of a kind is known. */
  readonly knows: (kind: Kind) => boolean;
  /** Whether the hub has no list of a kind. */
  readonly lacks: (kind: Kind) => boolean;
}

/**
 * What keeps a selection from being heard: a hub or room that nobody knows, a target that is not there, or whose name
 * several have. Nothing of what may be in a home that is not known yet. Each says in `subject` what it is about, by the
 * name that was known last of an id (`names`).
 */
export function selectionProblems(
  selection: Selection,
  homes: readonly KnownHome[],
  hubs: KnownHubs,
  names: ReadonlyMap<string, string> = new Map(),
): CozifyError[] {
  const { targets, hub } = selection;
  if (hubs.ids.length === 0) return [];
  const isUnknown = (id: string): boolean => id !== '' && !hubs.ids.includes(id);
  if (targets.length === 0) return isUnknown(hub) ? [unknownHub(hub, hub)] : roomProblems(selection, homes, hubs);
  return targets
    .map((given) => {
      const target = { ...given, name: names.get(given.id) ?? given.name };
      const own = target.hub || (target.id === '' ? hub : '');
      if (isUnknown(own)) return unknownHub(own, target.name || target.id);
      const ids = hubs.ids.filter((id) => isAt(target, hub, id, hubs));
      const isKnown = ({ knows }: KnownHome): boolean =>
        knows(target.kind || 'device') && (roomOf(target) === '' || knows('room'));
      const there = homes.filter((home) => ids.includes(home.things.hub) && isKnown(home));
      return there.length < ids.length ? undefined : targetProblem(target, there);
    })
    .filter((problem) => problem !== undefined);
}

/** A room has no changes worth telling. */
const LISTENED = KINDS.filter((kind) => kind !== 'room');

/** Names that are spelled nearly so are not searched for here: many nodes may miss many at the same moment. */
function targetProblem(target: Target, homes: readonly KnownHome[]): CozifyError | undefined {
  const found = homes.map(({ things }) => candidates(target, things));
  const name = target.name || target.id;
  const several = homes.find((_home, place) => (found[place]?.length ?? 0) > 1);
  if (several !== undefined) return ambiguity(target, several.things);
  const isThere = found.some(({ length }) => length === 1);
  return isThere || !isAllTold(target, homes) ? undefined : gone(`"${name}" is not at the hub`, name);
}

/** Whether homes have told all in which a target may be: one of any kind may be in a list that did not come. */
function isAllTold({ kind }: Target, homes: readonly KnownHome[]): boolean {
  if (kind !== '') return true;
  return homes.every(({ knows, lacks }) => LISTENED.every((one) => knows(one) || lacks(one)));
}

function ambiguity(target: Target, things: Things): CozifyError | undefined {
  try {
    findTarget(target, [things]);
    return undefined;
  } catch (error) {
    const { code, message } = toCozifyError(error);
    return new CozifyError(code, message, { subject: target.name });
  }
}

/** The rooms by which everything is chosen, each of which one of the homes has to have. */
function roomProblems({ filter, hub }: Selection, homes: readonly KnownHome[], hubs: KnownHubs): CozifyError[] {
  const ids = hubs.ids.filter((id) => hub === '' || hub === id);
  const there = homes.filter(({ things, knows }) => ids.includes(things.hub) && knows('room'));
  if (there.length < ids.length) return [];
  const isThere = (room: string): boolean => there.some(({ things }) => findRooms(room, things).length > 0);
  return filter.rooms
    .filter((room) => !isThere(room))
    .map((room) => gone(`The room "${room}" is not at the hub`, room));
}

function gone(what: string, subject: string): CozifyError {
  return new CozifyError('COZIFY_NOT_FOUND', `${what}: choose another, or take it out of the node.`, { subject });
}

function unknownHub(hub: string, subject: string): CozifyError {
  return new CozifyError('COZIFY_NOT_FOUND', `The account has no hub with the id "${hub}": choose the hub again.`, {
    subject,
  });
}

/** The room by which a target is told from others of its name; an id needs none. */
function roomOf({ id, room }: Target): string {
  return id === '' ? room : '';
}

/** Whether a target may be at a hub: at its own, an id at any, and a name at the node's, else at the default hub. */
function isAt({ id, hub, isText }: Target, nodeHub: string, at: string, hubs: KnownHubs): boolean {
  if (hub !== '') return hub === at;
  if (id !== '' && !isText) return true;
  return at === (nodeHub || (hubs.defaultId ?? hubs.ids[0]));
}

/** The things that a target means: the one of its id, or those of its name in the first kind that has it. */
function candidates(target: Target, things: Things): Entry[] {
  const { id, kind, isText } = target;
  const kinds = kind === '' ? LISTENED : [kind];
  const byId = id === '' ? [] : things.withId(kinds, id);
  if (byId.length > 0 || (id !== '' && !isText)) return byId.slice(0, 1);
  return namedThings(target, kinds, things);
}
