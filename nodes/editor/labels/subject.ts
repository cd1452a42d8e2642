// The part of a label that names things, kinds or rooms.
import { DEVICE_KINDS } from '../../../src/devices/things/device-kinds.js';
import type { SavedTarget } from '../picker/target.js';
import type { AccountKey } from '../shared/catalogue.js';
import type { LabelledNode, LabelWords, Named } from './words.js';

/** A node whose filter by rooms and kinds applies while it has no targets. */
export interface FilteredNode extends LabelledNode {
  kinds?: readonly string[];
  rooms?: readonly string[];
  capabilities?: readonly string[];
}

/**
 * Returns the names of one or two targets; of more, the first and the number of the others. Returns `none` without any.
 */
export function chosenThings(node: LabelledNode, words: LabelWords, none: string): Named {
  const { targets = [] } = node;
  const named = targets.map((target) => ({ name: nameOf(target, node, words), tail: roomTail(target, words) }));
  const [first, ...others] = named;
  if (first === undefined) return { name: none, tail: '' };
  if (others.length > 1) return { ...first, tail: `${first.tail} + ${others.length}` };
  return others.length === 0 ? first : { name: named.map(({ name, tail }) => name + tail).join(', '), tail: '' };
}

/**
 * Returns the targets; without any, the device kinds and rooms, or "everything". `isFieldNamed`: the label also names a
 * field or condition, so that rooms are more useful than kinds if only one fits.
 */
export function filteredThings(
  node: FilteredNode,
  words: LabelWords,
  isFieldNamed: boolean,
): Named & { isOfMany: boolean } {
  if ((node.targets ?? []).length > 0) return { ...chosenThings(node, words, ''), isOfMany: false };
  return { ...partsText(kindsOf(node, words), roomsOf(node, words), words, isFieldNamed), isOfMany: true };
}

function partsText(kinds: string[], rooms: string[], { t }: LabelWords, isFieldNamed: boolean): Named {
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

/** Returns the names of a node's rooms, and the number of rooms with unknown names at the end. */
function roomsOf(node: FilteredNode, words: LabelWords): string[] {
  const names = (node.rooms ?? []).map((id) => roomName(id, node, words));
  const known = names.filter((name) => name !== undefined);
  const unknown = names.length - known.length;
  if (unknown === 0) return known;
  return [...known, words.t(unknown === 1 ? 'canvas.oneRoom' : 'canvas.rooms', { count: String(unknown) })];
}

/** Returns the current name of a thing, or else the saved one. */
function nameOf(target: SavedTarget, { account = '' }: LabelledNode, { names }: LabelWords): string {
  const { hub = '', id = '', name = '' } = target;
  return (id === '' ? undefined : names.of(account, { hub, id })) ?? (name || id);
}

function roomTail({ kind }: SavedTarget, { t }: LabelWords): string {
  return kind === 'room' ? ` (${t('canvas.lamps')})` : '';
}

/** Returns a room's name. Rooms are saved by id, which is not readable, or by name. */
function roomName(room: string, { account = '', hub = '' }: LabelledNode, { names }: LabelWords): string | undefined {
  return names.of(account, { hub, id: room }) ?? (looksLikeId(room) ? undefined : room);
}

/** Cozify's ids are long and contain no word. */
function looksLikeId(text: string): boolean {
  return /^[\da-f-]{16,}$/i.test(text) || (/\d/.test(text) && !/\s/.test(text) && text.length >= 16);
}

/** Returns device kinds by their capabilities, and other kinds, in the viewer's language. */
function kindsOf({ kinds = ['device'], capabilities = [] }: FilteredNode, { t, language }: LabelWords): string[] {
  const isOf = (known: readonly string[]): boolean => known.some((one) => capabilities.includes(one));
  const devices = DEVICE_KINDS.filter(({ capabilities: known }) => isOf(known));
  const named = new Set(devices.flatMap((kind) => kind.capabilities));
  const others = capabilities.filter((capability) => !named.has(capability));
  const tags = [...devices.map(({ words }) => words[language]), ...others];
  const things = kinds.filter((kind) => kind !== 'device' || (kinds.length > 1 && tags.length === 0));
  return [...tags, ...things.map((kind) => t(`kind.${kind}` as AccountKey))];
}
