import { badInput, CozifyError, toCozifyError } from '../../errors.js';
import { type DeviceFilter, isSelected, parseFilter, selectThings } from './device-filter.js';
import type { Entry } from '../things/device.js';
import { type Kind, KINDS } from '../things/kinds.js';
import { nameKey } from '../things/names.js';
import { findTarget, type KnownHubs, namedThings, parseHub, parseNodeTargets, type Target } from './targets.js';
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
  const { targets, kinds, rooms, capabilities, reachable } = properties;
  const hub = parseHub(properties['hub']);
  const named = parseNodeTargets(targets);
  const room = named.find(({ kind }) => kind === 'room');
  if (room !== undefined)
    throw badInput(
      `"${room.name || room.id}" is a room, which can only be commanded: choose its devices, or filter by it.`,
    );
  return { targets: named, filter: parseFilter({ kinds, rooms, capabilities, reachable }), hub };
}

/** Whether a hub of the account may have something of a selection. */
export function isConcerned({ targets, hub }: Selection, id: string, hubs: KnownHubs): boolean {
  if (hubs.ids.length <= 1) return true;
  if (targets.length === 0) return hub === '' || hub === id;
  return targets.some((target) => isAt(target, hub, id, hubs));
}

/** The kinds of which a home has to be known for a selection; of a target without a kind, all until it is found. */
export function listenedKinds({ targets, filter }: Selection, things: Things): readonly Kind[] {
  const kinds = targets.flatMap((target) => {
    const [found] = target.kind === '' ? candidates(target, things) : [];
    return target.kind === '' ? (found?.kind ?? LISTENED) : target.kind;
  });
  return [...new Set(targets.length === 0 ? filter.kinds : kinds)];
}

/**
 * Whether a thing is among those listened to (docs/rules.md, "What is heard has the names that a person sees"). Costs
 * nothing that grows with the home.
 */
export function isListenedTo(selection: Selection, things: Things, entry: Entry, hubs: KnownHubs): boolean {
  const { targets, filter, hub } = selection;
  if (targets.length === 0) return isSelected(things, entry, filter);
  return targets.some((target) => isAt(target, hub, things.hub, hubs) && isTarget(target, things, entry));
}

/** The things of a home that are listened to now. */
export function listenedThings(selection: Selection, things: Things, hubs: KnownHubs): Entry[] {
  const { targets, filter } = selection;
  if (targets.length === 0) return selectThings(things, filter);
  const found = new Set(targets.flatMap((target) => candidates(target, things)));
  return [...found].filter((entry) => isListenedTo(selection, things, entry, hubs));
}

/** What keeps targets from being heard that have to be at this hub: `COZIFY_NOT_FOUND`, or several of a name. */
export function listeningProblems({ targets, hub }: Selection, things: Things, hubs: KnownHubs): CozifyError[] {
  const isHere = (target: Target): boolean =>
    isAt(target, hub, things.hub, hubs) && (hubs.ids.length <= 1 || target.hub !== '' || target.id === '');
  return targets.filter(isHere).flatMap((target) => {
    try {
      findTarget(target, [things]);
      return [];
    } catch (error) {
      return toCozifyError(error);
    }
  });
}

/** Says that a thing has gone that a target names; `undefined` where all that the filter leaves is listened to. */
export function goneProblem({ targets }: Selection, { name }: Entry): CozifyError | undefined {
  if (targets.length === 0) return undefined;
  const message = `"${name}" is not at the hub any more: choose another, or take it out of the node.`;
  return new CozifyError('COZIFY_NOT_FOUND', message, { subject: name });
}

/** A room has no changes worth telling. */
const LISTENED = KINDS.filter((kind) => kind !== 'room');

/** Whether a target may be at a hub: at its own, an id at any, and a name at the node's, else at the default hub. */
function isAt({ id, hub, isText }: Target, nodeHub: string, at: string, hubs: KnownHubs): boolean {
  if (hubs.ids.length <= 1) return true;
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

/** The id counts; the name only where no id is known, and only while one thing alone has it. */
function isTarget(target: Target, things: Things, entry: Entry): boolean {
  const { id, name, kind, isText } = target;
  if ((kind !== '' && kind !== entry.kind) || entry.kind === 'room') return false;
  if (id !== '' && !isText) return entry.id === id;
  const [found, ...others] = candidates(target, things);
  if (found !== undefined) return others.length === 0 && found.id === entry.id && found.kind === entry.kind;
  // It may be one that has just been removed.
  return things.get(entry.kind, entry.id) === undefined && (entry.id === id || nameKey(entry.name) === nameKey(name));
}
