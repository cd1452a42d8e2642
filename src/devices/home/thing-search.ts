import { abilitiesOf, type Ability, isAble, isAbleOther, isLamp } from '../things/abilities.js';
import { type Entry, nameIn } from '../things/device.js';
import { type Kind, KINDS } from '../things/kinds.js';
import { fieldOf } from '../things/fields.js';
import { nameKey } from '../things/names.js';
import type { Things } from '../things/things.js';

/** What somebody looks for in a home. What is empty asks for nothing. */
export interface ThingQuery {
  readonly kinds: readonly Kind[];
  /** Words, or beginnings of them, each of which is in the name, the room or the type. */
  readonly text: string;
  /** The id of a room. */
  readonly room: string;
  /** All of them. */
  readonly capabilities: readonly string[];
  /** What it has to be able to do: a field to set, "any" of them, "close" (an alarm), or "press" (a button). */
  readonly can: string;
}

/** Where a search goes on: the index of a thing among all. */
export interface SearchPage {
  readonly entries: readonly Entry[];
  /** `undefined` where nothing is left. */
  readonly next: number | undefined;
}

/** A thing by what it is searched for. */
interface Row {
  readonly kind: Kind;
  readonly id: string;
  readonly text: string;
  /** The same without dots and accents. */
  readonly plain: string;
}

/**
 * Finds the things of one home as a person types: in the order of the app's rooms, and by name within each. What is
 * searched is made ready when something came, went or moved, not for each letter.
 */
export class ThingSearch {
  readonly #things: Things;
  #rows: readonly Row[] = [];
  #revision: number | undefined;

  constructor(things: Things) {
    this.#things = things;
  }

  /** At most `limit` things from an index on. */
  find(query: ThingQuery, from: number, limit: number): SearchPage {
    const rows = this.#current();
    const wanted = wordsOf(query.text);
    const entries: Entry[] = [];
    for (let index = Math.max(0, from); index < rows.length; index += 1) {
      const row = rows[index] as Row;
      if (!wanted.every(({ word, isPlain }) => (isPlain ? row.plain : row.text).includes(word))) continue;
      const entry = this.#things.get(row.kind, row.id);
      if (entry === undefined || !isWanted(entry, query, this.#things)) continue;
      if (entries.length === limit) return { entries, next: index };
      entries.push(entry);
    }
    return { entries, next: undefined };
  }

  #current(): readonly Row[] {
    if (this.#revision === this.#things.revision) return this.#rows;
    this.#revision = this.#things.revision;
    return (this.#rows = rowsOf(this.#things));
  }
}

/** What can be set on a thing, with the ranges of each field; of a group or room what any of its devices can. */
export function abilitiesOfThing(entry: Entry, things: Things): Ability[] {
  switch (entry.kind) {
    case 'scene':
    case 'rule':
      return [{ field: 'on', type: 'boolean' }];
    case 'alarm':
      return [];
    case 'device':
    case 'group':
    case 'room':
      return abilitiesOf(devicesIn(entry, things));
  }
}

/** Whether a thing leaves nothing to be wished for but its name. */
function isWanted(entry: Entry, { kinds, room, capabilities, can }: ThingQuery, things: Things): boolean {
  if (kinds.length > 0 && !kinds.includes(entry.kind)) return false;
  if (room !== '' && entry.roomId !== room) return false;
  if (!capabilities.every((capability) => entry.capabilities.includes(capability))) return false;
  return can === '' || isAbleTo(entry, can, things);
}

function isAbleTo(entry: Entry, can: string, things: Things): boolean {
  const { kind, type, buttons, raw } = entry;
  if (can === 'close' || kind === 'alarm') return can === 'close' && kind === 'alarm';
  if (can === 'press') return type === 'REMOTE_CONTROL' || buttons.length > 0 || raw['button'] !== undefined;
  if (kind === 'scene' || kind === 'rule') return can === 'any' || can === 'on';
  return devicesIn(entry, things).some((device) => canBeSet(device, can));
}

function canBeSet(device: Entry, can: string): boolean {
  if (can === 'any' || can === 'color' || can === 'transition') {
    return abilitiesOf([device]).some(({ field }) => can === 'any' || field === can);
  }
  const field = fieldOf(can);
  return field === undefined ? isAbleOther(device, can) : isAble(device, field);
}

/** The devices that a command to a thing means, also where there are none. */
function devicesIn(entry: Entry, things: Things): readonly Entry[] {
  if (entry.kind === 'group') return things.membersOf(entry);
  return entry.kind === 'room' ? things.inRoom(entry.id).filter(isLamp) : [entry];
}

/** All things, in their order: devices by room, those in none after them, then the other kinds. */
function rowsOf(things: Things): Row[] {
  const collator = new Intl.Collator(things.language, { numeric: true, sensitivity: 'base' });
  const rooms = things.list('room').sort((one, other) => orderOf(one) - orderOf(other) || byName(one, other));
  const order = new Map(rooms.map(({ id }, index) => [id, index]));
  function byName(one: Entry, other: Entry): number {
    return collator.compare(one.name, other.name) || (one.id < other.id ? -1 : 1);
  }
  function roomIndex({ roomId }: Entry): number {
    return roomId === null ? rooms.length : (order.get(roomId) ?? rooms.length);
  }
  return KINDS.flatMap((kind) => {
    if (kind === 'room') return rooms.map((room) => rowOf(room, things));
    const sorted = things.list(kind).sort((one, other) => roomIndex(one) - roomIndex(other) || byName(one, other));
    return sorted.map((entry) => rowOf(entry, things));
  });
}

function orderOf({ state }: Entry): number {
  return typeof state['order'] === 'number' ? state['order'] : Infinity;
}

/** What it is called in each language counts: a person types what they see. */
function rowOf(entry: Entry, things: Things): Row {
  const { kind, id, type } = entry;
  const room = entry.roomId === null ? undefined : things.get('room', entry.roomId);
  const names = [entry, ...(room === undefined ? [] : [room])].flatMap((one) => [nameIn(one, 'fi'), nameIn(one, 'en')]);
  const words = [...new Set(names), ...(type === null ? [] : [type.replaceAll('_', ' ')])];
  const text = nameKey(words.join('\n'));
  const plain = plainOf(text);
  return { kind, id, text, plain: plain === text ? text : plain };
}

/** Each word, and whether it was typed without dots and accents, so that these don't matter. */
function wordsOf(text: string): { word: string; isPlain: boolean }[] {
  const words = nameKey(text).split(/\s+/).filter(Boolean);
  return words.map((word) => ({ word, isPlain: plainOf(word) === word }));
}

function plainOf(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '');
}
