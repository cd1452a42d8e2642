// The first part of a label: the names of things, kinds or rooms.
import { DEVICE_KINDS } from '../../../src/devices/things/device-kinds.js';
import type { SavedTarget } from '../picker/target.js';
import type { AccountKey } from '../shared/catalogue.js';
import type { LabelledNode, LabelWords, NamedPart } from './words.js';

/** A node with a filter by kind, room and capability. The filter applies only if the node has no targets. */
export interface FilteredNode extends LabelledNode {
  kinds?: readonly string[];
  rooms?: readonly string[];
  capabilities?: readonly string[];
}

/** Returns the names of the targets; without targets, returns `none`. */
export function chosenThings(node: LabelledNode, words: LabelWords, none: string): NamedPart {
  return targetsText(node, words) ?? { name: none, tail: '' };
}

/**
 * Returns the names of one or two targets. With more targets, returns the first name and the number of the others;
 * without targets, returns `undefined`.
 */
function targetsText(node: LabelledNode, words: LabelWords): NamedPart | undefined {
  const { targets = [] } = node;
  const named = targets.map((target) => ({ name: currentNameOf(target, node, words), tail: roomTail(target, words) }));
  const [first, ...others] = named;
  if (first === undefined) return undefined;
  if (others.length > 1) return { ...first, tail: `${first.tail} + ${others.length}` };
  return others.length === 0 ? first : { name: named.map(({ name, tail }) => name + tail).join(', '), tail: '' };
}

/**
 * Returns the names of the targets. Without targets, returns the kinds and rooms of the filter, or "everything" if the
 * filter is empty. `isFieldNamed`: whether the label also contains a field or a condition. In that case the kinds are
 * left out if there are rooms and more than two kinds and rooms in total.
 */
export function filteredThings(
  node: FilteredNode,
  words: LabelWords,
  isFieldNamed: boolean,
): NamedPart & { isOfMany: boolean } {
  const chosen = targetsText(node, words);
  if (chosen !== undefined) return { ...chosen, isOfMany: false };
  return { ...partsText(kindTextsOf(node, words), roomsOf(node, words), words, isFieldNamed), isOfMany: true };
}

function partsText(kinds: string[], rooms: string[], { t }: LabelWords, isFieldNamed: boolean): NamedPart {
  const all = [...kinds, ...rooms];
  if (all.length === 0) return { name: t('canvas.everything'), tail: '' };
  if (all.length <= 2) return { name: all.join(', '), tail: '' };
  const [kind, room] = [kinds[0], rooms[0]];
  if (isFieldNamed && room !== undefined) {
    return rooms.length <= 2 ? { name: rooms.join(', '), tail: '' } : { name: room, tail: ` + ${rooms.length - 1}` };
  }
  const named = [kind, room].filter((name) => name !== undefined);
  return { name: named.join(', '), tail: ` + ${all.length - named.length}` };
}

/**
 * Returns the names of the rooms in a node's filter. If some names are unknown, the last text is the number of those
 * rooms, such as "2 rooms".
 */
function roomsOf(node: FilteredNode, words: LabelWords): string[] {
  const names = (node.rooms ?? []).map((id) => roomName(id, node, words));
  const known = names.filter((name) => name !== undefined);
  const unknown = names.length - known.length;
  if (unknown === 0) return known;
  return [...known, words.t(unknown === 1 ? 'canvas.oneRoom' : 'canvas.rooms', { count: String(unknown) })];
}

/** Returns a target's current name if it is known, otherwise its saved name or its id. */
function currentNameOf(target: SavedTarget, { account = '' }: LabelledNode, { names }: LabelWords): string {
  const { hub = '', id = '', name = '' } = target;
  return names.of(account, { hub, id }) ?? (name || id);
}

function roomTail({ kind }: SavedTarget, { t }: LabelWords): string {
  return kind === 'room' ? ` (${t('canvas.lamps')})` : '';
}

/** Returns the name of a room that a node has saved by id or by name; `undefined` for an id whose room is unknown. */
function roomName(room: string, { account = '', hub = '' }: LabelledNode, { names }: LabelWords): string | undefined {
  return names.of(account, { hub, id: room }) ?? (looksLikeId(room) ? undefined : room);
}

/**
 * Whether a text looks like an id from Cozify: at least 16 characters, which either are only hexadecimal digits and
 * hyphens, or include a digit and no white space.
 */
function looksLikeId(text: string): boolean {
  return /^[\da-f-]{16,}$/i.test(text) || (/\d/.test(text) && !/\s/.test(text) && text.length >= 16);
}

/**
 * Returns texts for the kinds in a filter: the names of the kinds of devices that have one of its capabilities, the
 * capabilities that belong to no such kind, and the names of other kinds, such as "groups".
 */
function kindTextsOf({ kinds = ['device'], capabilities = [] }: FilteredNode, { t, language }: LabelWords): string[] {
  const isOf = (known: readonly string[]): boolean => known.some((one) => capabilities.includes(one));
  const devices = DEVICE_KINDS.filter(({ capabilities: known }) => isOf(known));
  const named = new Set(devices.flatMap((kind) => kind.capabilities));
  const others = capabilities.filter((capability) => !named.has(capability));
  const tags = [...devices.map(({ words }) => words[language]), ...others];
  const things = kinds.filter((kind) => kind !== 'device' || (kinds.length > 1 && tags.length === 0));
  return [...tags, ...things.map((kind) => t(`kind.${kind}` as AccountKey))];
}
