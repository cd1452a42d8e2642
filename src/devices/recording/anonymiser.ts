import { asRecord, type RawRecord } from '../things/raw.js';
import { BEGINNING, LISTINGS, type Listing, type RecordedThings, withTimes } from './recording.js';

const KINDS: Readonly<Record<Listing, string>> = {
  devices: 'device',
  groups: 'group',
  scenes: 'scene',
  rules: 'rule',
  rooms: 'room',
  alarms: 'alarm',
};
/** What stands in the place of a text that nobody needs. */
const ANY_TEXT = 'text';
/** Fields with words of the hub's own, and with what the maker of a device calls it. */
const PLAIN_FIELDS = ['type', 'colorMode', 'level', 'category', 'icon', 'state', 'modifiers', 'values', 'capabilities'];
const MAKERS = ['manufacturer', 'model'];
const NAMES = ['name', 'title', 'label'];
/** Fields that may say who or where somebody is: of these only the numbers of buttons are kept. */
const PRIVATE =
  /ids?$|serial|imei|gps|geo|key|code|pin|user|owner|session|token|secret|password|addr|mac|host|ip$|ur[il]|ssid|phone|mail|lat$|lon$|lng$|latitude|longitude|location|coord|media|message/i;
const MOST_BUTTONS = 999;
/** A word as a hub has them, such as STATE_LIGHT. */
const WORD = /^[A-Z]{2,}(_[A-Z0-9]{1,12})+$/;
/** The same where only the hub writes: LIGHT there is no name, even if somebody calls a lamp "Light". */
const HUB_WORD = /^[A-Z][A-Z0-9_]*$/;
/** A shorter name is one only as a word of its own. */
const SHORT_NAME = 2;
/** Numbers from here on, 7 digits, may be those of a telephone or a device; with decimals, a moment in seconds. */
const TELLING_WHOLE = 1_000_000;
const TELLING_DECIMAL = 1_000_000_000;
/** What the hub's clock may show while a home is recorded, and no number of a telephone: 2001 to ten years from then. */
const FIRST_TIME = 1e12;
const TEN_YEARS_MS = 315_360_000_000;
const FIELD = /^[a-zA-Z][a-zA-Z_]{0,30}\d?[a-zA-Z_]{0,30}$/;
/** The name of a room or a scene that nobody has named. */
const FACTORY = /^\$[A-Z]+$/;
/** E-mail and network addresses, links, ids, tokens, numbers of a telephone and streets, wherever they stand. */
const TELLING = [
  /@|:\/\/|\d\.\d+\.\d+\.\d|([\da-f]{2}[:-]){3}|[\da-f]{8}-|eyJ|[\da-f]{12}|[\w+/-]{32}/i,
  /[\da-f]:[\da-f]{0,4}:|::[\da-f]|\.(?:local|lan|home|internal)(?![\w-])/i,
  /(?:\d[ ()/-]{0,3}){7}/,
  /(?:katu|tie|kuja|polku|gatan|vägen|street|road) \d/i,
];
/** What the maker of somebody's phone calls it is often what its owner calls it. */
const PHONE = /phone|ipad|tablet|galaxy|pixel|puhelin/i;

/** Takes out of what a hub tells whatever says whose home it is. The same thing is called the same throughout. */
export class Anonymiser {
  readonly #keepsNames: boolean;
  readonly #startedAt: number;
  readonly #aliases = new Map<string, string>();
  /** As they were given; no field is called so. */
  readonly #names = new Set<string>();
  /** All of them, as {@link folded}. */
  readonly #folded = new Set<string>();
  readonly #counts = new Map<Listing, number>();

  /** `startedAt` is when the recording begins, by the hub's clock. */
  constructor({ keepsNames, startedAt }: { keepsNames: boolean; startedAt: number }) {
    this.#keepsNames = keepsNames;
    this.#startedAt = startedAt;
  }

  /** The things without what is private. Learns of those that it sees for the first time. */
  clean(things: RecordedThings): RecordedThings {
    for (const listing of LISTINGS)
      for (const [id, thing] of entriesOf(things[listing])) this.#learn(listing, id, thing);
    const cleaned: RecordedThings = {};
    for (const listing of LISTINGS) {
      const entries = entriesOf(things[listing]);
      if (entries.length > 0)
        cleaned[listing] = Object.fromEntries(entries.map(([id, thing]) => this.#thing(id, thing)));
    }
    return withTimes(cleaned, (time) => time - this.#startedAt + BEGINNING) as RecordedThings;
  }

  #learn(listing: Listing, id: string, thing: Record<string, unknown> | null): void {
    const names = [thing?.['name'], asRecord(thing?.['config'])?.['name']];
    for (const name of names) {
      if (typeof name !== 'string' || name.trim() === '' || FACTORY.test(name)) continue;
      this.#folded.add(folded(name.trim()));
      if (name.length > SHORT_NAME) this.#names.add(name);
    }
    if (this.#aliases.has(id)) return;
    const count = (this.#counts.get(listing) ?? 0) + 1;
    this.#counts.set(listing, count);
    this.#aliases.set(id, `${KINDS[listing]}-${count}`);
  }

  #thing(id: string, thing: Record<string, unknown> | null): [string, Record<string, unknown> | null] {
    const alias = this.#aliases.get(id) ?? ANY_TEXT;
    const isPhone = thing?.['type'] === 'UI_DEVICE';
    const shown = isPhone ? { ...thing, manufacturer: ANY_TEXT, model: ANY_TEXT } : thing;
    return [alias, shown && (this.#object(shown, alias) as Record<string, unknown>)];
  }

  #object(object: RawRecord, alias: string): unknown {
    const entries = Object.entries(object).flatMap(([key, value]): [string, unknown][] => {
      const known = this.#aliases.get(key);
      if (known === undefined && (!FIELD.test(key) || this.#names.has(key))) return [];
      return [[known ?? key, this.#value(value, key, alias)]];
    });
    return Object.fromEntries(entries);
  }

  #value(value: unknown, field: string, alias: string): unknown {
    if (value === null || typeof value === 'boolean') return value;
    if (typeof value === 'string') return this.#text(value, field, alias);
    const isPrivate = PRIVATE.test(field);
    if (typeof value === 'number') return this.#number(value, isPrivate && !(field === 'id' && value <= MOST_BUTTONS));
    if (Array.isArray(value)) {
      return isPlace(value) ? value.map(() => 0) : value.map((item: unknown) => this.#value(item, field, alias));
    }
    const object = asRecord(value);
    if (isPrivate || object === undefined) return {};
    return this.#object(object, field === 'buttons' ? aliasOfButton(object) : alias);
  }

  #number(value: number, isPrivate: boolean): number {
    if (isPrivate) return 0;
    const isTime = value > FIRST_TIME && value < this.#startedAt + TEN_YEARS_MS;
    const isSmall = Math.abs(value) < (Number.isInteger(value) ? TELLING_WHOLE : TELLING_DECIMAL);
    return isSmall || isTime ? value : 0;
  }

  #text(text: string, field: string, alias: string): string {
    const known = this.#aliases.get(text);
    if (known !== undefined) return known;
    if (NAMES.includes(field)) return this.#name(text, alias.replace('-', ' '));
    if (PRIVATE.test(field) || isTelling(text)) return ANY_TEXT;
    const isPlain = PLAIN_FIELDS.includes(field);
    if (isPlain && HUB_WORD.test(text)) return text;
    const isMaker = MAKERS.includes(field) && !PHONE.test(text);
    return (isPlain || isMaker || WORD.test(text)) && !this.#isNamed(text) ? text : ANY_TEXT;
  }

  #name(name: string, other: string): string {
    if (FACTORY.test(name)) return name;
    return this.#keepsNames && !isTelling(name) ? name : other;
  }

  /** Whether somebody's name for a thing is in a text, in whatever case. */
  #isNamed(text: string): boolean {
    const all = folded(text);
    const words = new Set(all.split(/[^\p{L}\p{N}]+/u));
    return [...this.#folded].some((name) => (name.length > SHORT_NAME ? all.includes(name) : words.has(name)));
  }
}

/** The buttons of a remote are told apart by their numbers. */
function aliasOfButton({ id }: RawRecord): string {
  return typeof id === 'number' && id <= MOST_BUTTONS ? `button-${id}` : 'button';
}

function isTelling(text: string): boolean {
  return TELLING.some((pattern) => pattern.test(text));
}

/** The same for a text however it is written: in capitals or not, its ä as one sign or as two. */
function folded(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/** Whether a list may be where somebody is: degrees with decimals. The coordinates of a colour are below 1. */
function isPlace(list: readonly unknown[]): boolean {
  const [latitude, longitude] = list;
  const isDegrees = (value: unknown): boolean =>
    typeof value === 'number' && !Number.isInteger(value) && Math.abs(value) > 1;
  return list.length <= 3 && isDegrees(latitude) && isDegrees(longitude);
}

function entriesOf(list: RecordedThings[Listing] = {}): [string, Record<string, unknown> | null][] {
  return Object.entries(list);
}
