/** The things that a node selects in one home, by targets or by a filter, and problems of the selection. */
import { CozifyError } from '../../errors.js';
import { type DeviceFilter, isSelected, parseFilter, roomIdsOf, selectThings } from './device-filter.js';
import type { Entry } from '../things/device.js';
import { type Kind, KINDS, thingKey } from '../things/kinds.js';
import {
  ambiguous,
  expectNoRoom,
  findRooms,
  type KnownHubs,
  namedThings,
  parseHub,
  parseNodeTargets,
  type Target,
  unknownHub,
} from './target.js';
import type { Things } from '../things/things.js';

/** The things that a subscription selects: its targets or, if there are none, everything that passes the filter. */
export interface Selection {
  readonly targets: readonly Target[];
  readonly filter: DeviceFilter;
  /** The node's hub. Empty means the default hub for names, and all hubs if there are no targets. */
  readonly hub: string;
}

/** Parses a selection from a node's properties. Throws `COZIFY_BAD_INPUT`. */
export function parseSelection(properties: Record<string, unknown>): Selection {
  const { targets, kinds, rooms, capabilities, capabilitiesMatch, reachable } = properties;
  const hub = parseHub(properties['hub']);
  const named = parseNodeTargets(targets);
  for (const { kind, name, id } of named) expectNoRoom({ kind, name: name || id });
  return { targets: named, filter: parseFilter({ kinds, rooms, capabilities, capabilitiesMatch, reachable }), hub };
}

/** Whether a hub of the account may have things of a selection. */
export function isConcerned({ targets, hub }: Selection, id: string, hubs: KnownHubs): boolean {
  if (targets.length === 0) return hub === '' || hub === id;
  return targets.some((target) => isAt(target, hub, id, hubs));
}

/**
 * Returns the kinds whose lists must be loaded to resolve a selection. A target of unknown kind needs the lists of all
 * kinds until it is found. A room that is given by its name needs the list of rooms.
 */
export function selectedKinds({ targets, filter }: Selection, things: Things): readonly Kind[] {
  const kinds = targets.flatMap((target) => {
    const [found] = target.kind === '' ? candidates(target, things) : [];
    return target.kind === '' ? (found?.kind ?? SUBSCRIBABLE) : target.kind;
  });
  const rooms = targets.length === 0 ? filter.rooms : targets.map(roomOf);
  const isByName = rooms.some((room) => room !== '' && things.get('room', room) === undefined);
  return [...new Set([...(targets.length === 0 ? filter.kinds : kinds), ...(isByName ? (['room'] as const) : [])])];
}

/** Returns the selected things of a home. */
export function selectedThings({ targets, filter, hub }: Selection, things: Things, hubs: KnownHubs): Entry[] {
  if (targets.length === 0) return hub === '' || hub === things.hub ? selectThings(things, filter) : [];
  const here = targets.filter((target) => isAt(target, hub, things.hub, hubs));
  const found = here.map((target) => candidates(target, things)).filter(({ length }) => length === 1);
  return [...new Set(found.flat())].filter(({ kind }) => kind !== 'room');
}

/**
 * Returns the kinds of things that are selected only by name. Their lists are loaded more often, because a name may
 * move to another thing.
 */
export function kindsByName(selection: Selection, things: Things, hubs: KnownHubs): readonly Kind[] {
  const targets = selection.targets.filter(({ id, isText }) => id === '' || isText);
  const found = targets.length === 0 ? [] : selectedThings({ ...selection, targets }, things, hubs);
  return [...new Set(found.map(({ kind }) => kind))];
}

/** Whether a thing is selected. */
export type IsSelected = (entry: Entry) => boolean;

/**
 * The things of one home that a node selects. Names are looked up again only after a thing was added, removed, moved or
 * renamed, not for each change.
 */
export class DeviceSelection {
  readonly #selection: Selection;
  readonly #things: Things;
  readonly #hubs: () => KnownHubs;
  #revision = '';
  #entries: readonly Entry[] | undefined;
  #targets: ReadonlySet<string> = new Set();
  #includes: IsSelected = () => false;

  constructor(selection: Selection, things: Things, hubs: () => KnownHubs) {
    this.#selection = selection;
    this.#things = things;
    this.#hubs = hubs;
    this.refresh();
  }

  /** Whether a thing is selected, as of the last {@link refresh}. */
  get includes(): IsSelected {
    return this.#includes;
  }

  /** The selected things in their current state. */
  get entries(): Entry[] {
    return selectedThings(this.#selection, this.#things, this.#hubs());
  }

  /** How many things are selected, as of the last {@link refresh}. */
  get count(): number {
    this.#entries ??= this.entries;
    return this.#entries.length;
  }

  /** Updates the selection if things or hubs have changed since the last call. */
  refresh(): void {
    const { ids, defaultId } = this.#hubs();
    const revision = JSON.stringify([this.#things.revision, defaultId, ids]);
    if (revision === this.#revision) return;
    this.#revision = revision;
    this.#entries = undefined;
    this.#includes = this.#selection.targets.length === 0 ? this.#byFilter() : this.#byTargets();
  }

  #byFilter(): IsSelected {
    const { filter, hub } = this.#selection;
    const things = this.#things;
    if (hub !== '' && hub !== things.hub) return () => false;
    const rooms = roomIdsOf(filter.rooms, things);
    return (entry) => isSelected(things, entry, filter, rooms);
  }

  #byTargets(): IsSelected {
    const before = this.#targets;
    this.#entries = this.entries;
    const now = (this.#targets = new Set(this.#entries.map(thingKey)));
    // A removed target still counts as selected, so that its removal is reported.
    const isGone = ({ kind, id }: Entry): boolean => this.#things.get(kind, id) === undefined;
    return (entry) => now.has(thingKey(entry)) || (before.has(thingKey(entry)) && isGone(entry));
  }
}

/** The properties of a home that are needed to check a selection. */
export interface KnownHome {
  readonly cache: { readonly things: Things; asOf(kind: Kind): number | null };
  readonly lists: { lacks(kind: Kind): boolean };
}

/**
 * Returns the errors in a selection: an unknown hub or room, a missing target, an ambiguous name. Ignores homes whose
 * lists are not known yet. `names`: the last known names of targets by id, for the `subject` of errors.
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
      const isKnown = (home: KnownHome): boolean =>
        knows(home, target.kind || 'device') && (roomOf(target) === '' || knows(home, 'room'));
      const there = homes.filter((home) => ids.includes(home.cache.things.hub) && isKnown(home));
      return there.length < ids.length ? undefined : targetProblem(target, there);
    })
    .filter((problem) => problem !== undefined);
}

/** The kinds whose changes can be subscribed to: all but rooms. */
const SUBSCRIBABLE = KINDS.filter((kind) => kind !== 'room');

/**
 * Returns an error if a target is missing or ambiguous. Suggests no similar names, because many nodes may lose their
 * targets at the same moment.
 */
function targetProblem(target: Target, homes: readonly KnownHome[]): CozifyError | undefined {
  const found = homes.map(({ cache }) => candidates(target, cache.things));
  const name = target.name || target.id;
  const several = homes.find((_home, index) => (found[index]?.length ?? 0) > 1);
  if (several !== undefined) {
    const { things } = several.cache;
    const { code, message } = ambiguous(target, candidates(target, things), things);
    return new CozifyError(code, message, { subject: target.name });
  }
  const isThere = found.some(({ length }) => length === 1);
  return isThere || !isFullyListed(target, homes) ? undefined : gone(`"${name}" is not at the hub`, name);
}

/**
 * Whether every list that could contain the target has been received, or does not exist at the hub. Always true for a
 * target with a kind, because the caller has checked the list of that kind.
 */
function isFullyListed({ kind }: Target, homes: readonly KnownHome[]): boolean {
  if (kind !== '') return true;
  return homes.every((home) => SUBSCRIBABLE.every((one) => knows(home, one) || home.lists.lacks(one)));
}

/** Whether the list of a kind has been received. */
function knows({ cache }: KnownHome, kind: Kind): boolean {
  return cache.asOf(kind) !== null;
}

/** Returns an error for each room of the filter that none of the homes has. */
function roomProblems({ filter, hub }: Selection, homes: readonly KnownHome[], hubs: KnownHubs): CozifyError[] {
  const ids = hubs.ids.filter((id) => hub === '' || hub === id);
  const there = homes.filter((home) => ids.includes(home.cache.things.hub) && knows(home, 'room'));
  if (there.length < ids.length) return [];
  const isThere = (room: string): boolean => there.some(({ cache }) => findRooms(room, cache.things).length > 0);
  return filter.rooms
    .filter((room) => !isThere(room))
    .map((room) => gone(`The room "${room}" is not at the hub`, room));
}

function gone(what: string, subject: string): CozifyError {
  return new CozifyError('COZIFY_NOT_FOUND', `${what}: choose another, or take it out of the node.`, { subject });
}

/** Returns the room that distinguishes a target from other things of the same name; empty for a target with an id. */
function roomOf({ id, room }: Target): string {
  return id === '' ? room : '';
}

/**
 * Whether a target may be at a hub. A target with a hub id is only at that hub. A target with an id may be at any hub.
 * A target that is given by name is at the hub of the node, or at the default hub.
 */
function isAt({ id, hub, isText }: Target, nodeHub: string, at: string, hubs: KnownHubs): boolean {
  if (hub !== '') return hub === at;
  if (id !== '' && !isText) return true;
  return at === (nodeHub || (hubs.defaultId ?? hubs.ids[0]));
}

/**
 * Returns the thing with the id of a target. If the target has no id, or its text is not a known id, returns the things
 * with its name: all of the first kind that has such things.
 */
function candidates(target: Target, things: Things): Entry[] {
  const { id, kind, isText } = target;
  const kinds = kind === '' ? SUBSCRIBABLE : [kind];
  const byId = things.withId(kinds, id);
  if (byId.length > 0 || (id !== '' && !isText)) return byId.slice(0, 1);
  return namedThings(target, kinds, things);
}
