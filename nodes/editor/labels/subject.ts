import { DEVICE_KINDS } from '../../../src/devices/things/device-kinds.js';
import type { SavedTarget } from '../picker/target.js';
import type { AccountKey } from '../shared/catalogue.js';
import type { LabelledNode, LabelWords, Named } from './words.js';

/** What a node is about that chooses by rooms and kinds where nothing is named. */
export interface FilteredNode extends LabelledNode {
  kinds?: readonly string[];
  rooms?: readonly string[];
  capabilities?: readonly string[];
}

/** The things that were chosen: one or two by their names, more by the first and how many others; `none` without any. */
export function chosenThings(node: LabelledNode, words: LabelWords, none: string): Named {
  const { targets = [] } = node;
  const [first, ...others] = targets;
  if (first === undefined) return { name: none, tail: '' };
  if (others.length === 0) return { name: nameOf(first, node, words), tail: roomTail(first, words) };
  if (others.length > 1)
    return { name: nameOf(first, node, words), tail: `${roomTail(first, words)} + ${others.length}` };
  const names = targets.map((target) => nameOf(target, node, words) + roomTail(target, words));
  return { name: names.join(', '), tail: '' };
}

/** The things that were chosen or, where none is, their kinds and rooms, or everything. */
export function filteredThings(node: FilteredNode, words: LabelWords): Named & { isOfMany: boolean } {
  if ((node.targets ?? []).length > 0) return { ...chosenThings(node, words, ''), isOfMany: false };
  const rooms = node.rooms ?? [];
  const names = rooms.map((id) => roomName(id, node, words));
  const unknown = names.filter((name) => name === undefined).length;
  const parts = [...kindsOf(node, words), ...names.filter((name) => name !== undefined)];
  if (unknown > 0) {
    parts.push(words.t(unknown === 1 ? 'canvas.oneRoom' : 'canvas.rooms', { count: String(unknown) }));
  }
  if (parts.length === 0) parts.push(words.t('canvas.everything'));
  const [first = '', second, ...others] = parts;
  if (second === undefined) return { name: first, tail: '', isOfMany: true };
  if (others.length === 0) return { name: `${first}, ${second}`, tail: '', isOfMany: true };
  return { name: first, tail: ` + ${others.length + 1}`, isOfMany: true };
}

/** What a thing is called now, else what it was called when it was chosen. */
function nameOf(target: SavedTarget, { account = '' }: LabelledNode, { names }: LabelWords): string {
  const { hub = '', id = '', name = '' } = target;
  return (id === '' ? undefined : names.of(account, { hub, id })) ?? (name || id);
}

function roomTail({ kind }: SavedTarget, { t }: LabelWords): string {
  return kind === 'room' ? ` (${t('canvas.lamps')})` : '';
}

/** Rooms are kept by id, which tells nobody anything; or by name. */
function roomName(room: string, { account = '', hub = '' }: LabelledNode, { names }: LabelWords): string | undefined {
  return names.of(account, { hub, id: room }) ?? (looksLikeId(room) ? undefined : room);
}

/** Ids of Cozify are long and of no word. */
function looksLikeId(text: string): boolean {
  return /^[\da-f-]{16,}$/i.test(text) || (/\d/.test(text) && !/\s/.test(text) && text.length >= 16);
}

/** Kinds of devices by their capabilities, in the viewer's words; other kinds of things by theirs. */
function kindsOf({ kinds = ['device'], capabilities = [] }: FilteredNode, { t, language }: LabelWords): string[] {
  const isOf = (known: readonly string[]): boolean => known.some((one) => capabilities.includes(one));
  const devices = DEVICE_KINDS.filter(({ capabilities: known }) => isOf(known));
  const named = new Set(devices.flatMap((kind) => kind.capabilities));
  const others = capabilities.filter((capability) => !named.has(capability));
  const tags = [...devices.map(({ words }) => words[language]), ...others];
  const things = kinds.filter((kind) => kind !== 'device' || (kinds.length > 1 && tags.length === 0));
  return [...tags, ...things.map((kind) => t(`kind.${kind}` as AccountKey))];
}
