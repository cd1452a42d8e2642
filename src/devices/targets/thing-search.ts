/** Searches the things of one home, for the picker. */
import { canBeSet, devicesOf } from '../things/abilities.js';
import { type Entry, isReachable, nameIn } from '../things/device.js';
import { DEVICE_KINDS, deviceKindsOf } from '../things/device-kinds.js';
import { type Kind, KINDS, thingKey } from '../things/kinds.js';
import { nameKey } from '../things/names.js';
import { isSwitch } from '../things/presses.js';
import type { Things } from '../things/things.js';
import { normalized } from '../../text.js';
import { type DeviceFilter, isCapable, roomIdsOf } from './device-filter.js';

/** A search among the things of a home. Empty properties do not filter. */
export interface ThingQuery extends Pick<DeviceFilter, 'kinds' | 'rooms' | 'capabilities' | 'match'> {
  /**
   * The words to search for. Each of them has to occur in the name, the room or the type of a thing, or begin a word
   * for its kind, such as "lamps".
   */
  readonly text: string;
  /** A required ability: a field to set, "any" field, "close" (an alarm), or "press" (a button). */
  readonly can: string;
  /** The filter that is chosen in the sidebar. */
  readonly filter?: ThingFilter | undefined;
}

/** Further conditions of a search. An empty or missing property does not filter. */
export interface ThingFilter {
  /** A kind of things, such as "scene", or the `key` of a kind of devices, such as "lamps". */
  readonly kind: string;
  readonly isUnreachable: boolean;
  readonly isBatteryLow: boolean;
  /** If present, only things with these keys pass. A key is the id of the hub, then the kind and id of the thing. */
  readonly only?: ReadonlySet<string> | undefined;
  /** Keys of things that do not pass. */
  readonly except?: ReadonlySet<string> | undefined;
}

/** The values of {@link ThingFilter.kind}. */
export const FILTER_KINDS: readonly string[] = [...KINDS, ...DEVICE_KINDS.map(({ key }) => key)];

/** A thing, and the texts that a search compares with the query. */
interface SearchRow {
  readonly kind: Kind;
  readonly id: string;
  readonly text: string;
  /** `text` without dots and accents. */
  readonly plain: string;
  /**
   * Words for the kind in English and Finnish. A space precedes each, because a search matches only the beginning of a
   * word.
   */
  readonly kindText: string;
  /** `kindText` without dots and accents. */
  readonly kindPlain: string;
}

/** Words for the kinds of things other than devices. */
const KIND_WORDS: Readonly<Record<Exclude<Kind, 'device'>, string>> = {
  room: 'rooms huoneet huone',
  group: 'groups ryhmät ryhmä',
  scene: 'scenes tilanteet tilanne tilat',
  rule: 'rules säännöt sääntö',
  alarm: 'alarms hälytykset hälytys',
};

/** The order of kinds in results. Rooms come first, because the row of a room leads to its devices. */
const LISTED_KINDS: readonly Kind[] = ['room', 'device', 'group', 'scene', 'rule', 'alarm'];

/**
 * Finds the things of one home while a person types. Results are in the order of the rooms in Cozify's app, and by name
 * within each room. The texts are prepared again only after things were added, removed, moved or renamed.
 */
export class ThingSearch {
  readonly #things: Things;
  #rows: readonly SearchRow[] = [];
  #revision: number | undefined;

  constructor(things: Things) {
    this.#things = things;
  }

  /** Returns all matching things. */
  find(query: ThingQuery): Entry[] {
    const { kinds, text } = query;
    const tests = testsOf(text);
    const rooms = roomIdsOf(query.rooms, this.#things);
    return this.#current()
      .filter((row) => (kinds.length === 0 || kinds.includes(row.kind)) && tests.every((test) => test(row)))
      .map(({ kind, id }) => this.#things.get(kind, id))
      .filter((entry) => entry !== undefined)
      .filter((entry) => isMatch(entry, query, rooms, this.#things));
  }

  #current(): readonly SearchRow[] {
    if (this.#revision === this.#things.revision) return this.#rows;
    this.#revision = this.#things.revision;
    return (this.#rows = rowsOf(this.#things));
  }
}

/** Whether a thing matches a query, apart from the search text. */
function isMatch(entry: Entry, query: ThingQuery, rooms: ReadonlySet<string>, things: Things): boolean {
  if (query.rooms.length > 0 && (entry.roomId === null || !rooms.has(entry.roomId))) return false;
  if (!isCapable(entry.capabilities, query)) return false;
  if (query.filter !== undefined && !passes(entry, query.filter, things.hub)) return false;
  return query.can === '' || isAbleTo(entry, query.can, things);
}

function passes(entry: Entry, { kind, isUnreachable, isBatteryLow, only, except }: ThingFilter, hub: string): boolean {
  if (isUnreachable && isReachable(entry)) return false;
  if (isBatteryLow && entry.state['batteryLow'] !== true) return false;
  const key = `${hub} ${thingKey(entry)}`;
  if (only?.has(key) === false || except?.has(key) === true) return false;
  return kind === '' || entry.kind === kind || deviceKindsOf(entry.capabilities).some((one) => one.key === kind);
}

/**
 * Whether a thing has an ability: a field to set, "any" field, "close" (an alarm), or "press" (a button). A room has
 * the abilities of its devices, because people look for devices by room.
 */
export function isAbleTo(entry: Entry, can: string, things: Things): boolean {
  const { kind } = entry;
  if (kind === 'room') return things.inRoom(entry.id).some((device) => isAbleTo(device, can, things));
  if (can === 'close' || kind === 'alarm') return can === 'close' && kind === 'alarm';
  if (can === 'press') return isSwitch(entry);
  if (kind === 'scene' || kind === 'rule') return can === 'any' || can === 'on';
  return devicesOf(entry, things).some((device) => canBeSet(device, can));
}

/** Returns the rows of all things: rooms, devices by room, devices without a room, then the other kinds. */
function rowsOf(things: Things): SearchRow[] {
  const collator = new Intl.Collator(things.language, { numeric: true, sensitivity: 'base' });
  const rooms = things.list('room').sort((one, other) => orderOf(one) - orderOf(other) || byName(one, other));
  const order = new Map(rooms.map(({ id }, index) => [id, index]));
  function byName(one: Entry, other: Entry): number {
    return collator.compare(one.name, other.name) || (one.id < other.id ? -1 : 1);
  }
  function roomIndex({ roomId }: Entry): number {
    return roomId === null ? rooms.length : (order.get(roomId) ?? rooms.length);
  }
  const kindTexts: KindTexts = new Map();
  const byRoom = (one: Entry, other: Entry): number => roomIndex(one) - roomIndex(other) || byName(one, other);
  const sorted = LISTED_KINDS.flatMap((kind) => (kind === 'room' ? rooms : things.list(kind).sort(byRoom)));
  return sorted.map((entry) => rowOf(entry, things, kindTexts));
}

function orderOf({ state }: Entry): number {
  return typeof state['order'] === 'number' ? state['order'] : Infinity;
}

/** Returns the row of a thing, with its names in each language. */
function rowOf(entry: Entry, things: Things, kindTexts: KindTexts): SearchRow {
  const { kind, id, type } = entry;
  const room = entry.roomId === null ? undefined : things.get('room', entry.roomId);
  const names = [entry, ...(room === undefined ? [] : [room])].flatMap((one) => [nameIn(one, 'fi'), nameIn(one, 'en')]);
  const words = [...new Set(names), ...(type === null ? [] : [type.replaceAll('_', ' ')])];
  const text = nameKey(words.join('\n'));
  const plain = plainOf(text);
  return { kind, id, text, plain: plain === text ? text : plain, ...kindTextOf(entry, kindTexts) };
}

/** Returns the words for the kind of a thing. All things of a kind share one text, to save memory. */
function kindTextOf({ kind, capabilities }: Entry, texts: KindTexts): KindText {
  const key = kind === 'device' ? capabilities : kind;
  const known = texts.get(key);
  if (known !== undefined) return known;
  const ofDevices = deviceKindsOf(capabilities).map(({ words, also }) => `${words.en} ${words.fi} ${also}`);
  const words = kind === 'device' ? ofDevices.join(' ') : KIND_WORDS[kind];
  const kindText = ` ${nameKey(words.replaceAll('(', ''))}`;
  const text = { kindText, kindPlain: plainOf(kindText) };
  texts.set(key, text);
  return text;
}

type KindText = Pick<SearchRow, 'kindText' | 'kindPlain'>;
type KindTexts = Map<Kind | readonly string[], KindText>;

/** Returns a test for each word of a text. A word without dots and accents also matches words that have them. */
function testsOf(text: string): ((row: SearchRow) => boolean)[] {
  const words = nameKey(text).split(/\s+/).filter(Boolean);
  return words.map((word) => {
    const isPlain = plainOf(word) === word;
    const isIn = (row: SearchRow): boolean => (isPlain ? row.plain : row.text).includes(word);
    return (row) => isIn(row) || (isPlain ? row.kindPlain : row.kindText).includes(` ${word}`);
  });
}

function plainOf(text: string): string {
  return normalized(text, 'NFD').replace(/\p{M}/gu, '');
}
