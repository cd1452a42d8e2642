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
  /ids?$|serial|key|code|pin|user|owner|session|token|secret|password|addr|mac|host|ip$|ur[il]|ssid|phone|mail|lat$|lon$|lng$|latitude|longitude|location|coord|media|message/i;
const MOST_BUTTONS = 999;
/** A word as a hub has them, such as STATE_LIGHT. */
const WORD = /^[A-Z]{2,}(_[A-Z0-9]{1,12})+$/;
const FIELD = /^[a-zA-Z][a-zA-Z_]{0,30}\d?[a-zA-Z_]{0,30}$/;
/** The name of a room or a scene that nobody has named. */
const FACTORY = /^\$[A-Z]+$/;
/** E-mail and network addresses, links, ids, tokens and numbers of a telephone, wherever they stand. */
const TELLING = /@|:\/\/|\d\.\d+\.\d+\.\d|([\da-f]{2}[:-]){3}|[\da-f]{8}-|eyJ|[\da-f]{12}|\d{7}|[\w+/-]{32}/i;

/** Takes out of what a hub tells whatever says whose home it is. The same thing is called the same throughout. */
export class Anonymiser {
  readonly #keepsNames: boolean;
  readonly #startedAt: number;
  readonly #aliases = new Map<string, string>();
  readonly #names = new Set<string>();
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
    for (const name of names)
      if (typeof name === 'string' && name.length > 2 && !FACTORY.test(name)) this.#names.add(name);
    if (this.#aliases.has(id)) return;
    const count = (this.#counts.get(listing) ?? 0) + 1;
    this.#counts.set(listing, count);
    this.#aliases.set(id, `${KINDS[listing]}-${count}`);
  }

  #thing(id: string, thing: Record<string, unknown> | null): [string, Record<string, unknown> | null] {
    const alias = this.#aliases.get(id) ?? ANY_TEXT;
    // What a phone is called by its maker is often what its owner calls it.
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
    if (typeof value === 'number') return isPrivate && !(field === 'id' && value <= MOST_BUTTONS) ? 0 : value;
    if (Array.isArray(value)) return value.map((item: unknown) => this.#value(item, field, alias));
    const object = asRecord(value);
    return isPrivate || object === undefined ? {} : this.#object(object, alias);
  }

  #text(text: string, field: string, alias: string): string {
    const known = this.#aliases.get(text);
    if (known !== undefined) return known;
    if (NAMES.includes(field)) return this.#name(text, field === 'label' ? 'button' : alias.replace('-', ' '));
    if (PRIVATE.test(field) || TELLING.test(text)) return ANY_TEXT;
    if (WORD.test(text)) return text;
    const isKept = PLAIN_FIELDS.includes(field) || MAKERS.includes(field);
    return isKept && !this.#isNamed(text) ? text : ANY_TEXT;
  }

  #name(name: string, other: string): string {
    if (FACTORY.test(name)) return name;
    return this.#keepsNames && !TELLING.test(name) ? name : other;
  }

  /** Whether somebody's name for a thing is in a text. */
  #isNamed(text: string): boolean {
    return [...this.#names].some((name) => text.includes(name));
  }
}

function entriesOf(list: RecordedThings[Listing] = {}): [string, Record<string, unknown> | null][] {
  return Object.entries(list);
}
