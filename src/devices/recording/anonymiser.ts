/** Removes personal data from recordings. */
import { isDefaultNameKey } from '../things/names.js';
import { asRecord, EMPTY, type RawRecord, TIME_RANGE } from '../things/raw.js';
import { KNOWN_FIELDS, KNOWN_WORDS, NAMES, REFERENCES } from './known.js';
import { BEGINNING, LISTINGS, type Listing, type RecordedThings, withTimes } from './recording.js';

/** Replacement of an unknown text. */
const ANY_TEXT = 'text';
/** The highest number of a button. A higher one may be the id of a device. */
const MAX_BUTTON = 999;
/** Whole numbers of at least this size are replaced, because they may be telephone or serial numbers. */
const IDENTIFYING_WHOLE = 1_000_000;
/** Decimal numbers of at least this size are replaced, because they may be times in seconds. */
const IDENTIFYING_DECIMAL = 1_000_000_000;
/** A number is not taken as a time if it is more than this after the start of the recording. */
const TEN_YEARS_MS = 315_360_000_000;
/**
 * Patterns of e-mail and network addresses, links, ids, tokens, telephone numbers and streets. A name that matches one
 * of them is replaced.
 */
const IDENTIFYING = [
  /@|:\/\/|\d\.\d+\.\d+\.\d|([\da-f]{2}[:-]){3}|[\da-f]{8}-|eyJ|[\da-f]{12}|[\w+/-]{32}/i,
  /[\da-f]:[\da-f]{0,4}:|::[\da-f]|\.(?:local|lan|home|internal)(?![\w-])/i,
  /(?:\d[ ()/-]{0,3}){7}/,
  /(?:katu|tie|kuja|polku|gatan|vägen|street|road) \d/i,
];

/**
 * Removes private data from the things of a home. Keeps known fields and known values (see `known.ts`). Replaces
 * every other value by one of the same type, and the name of every other field by a numbered one. Each id has the
 * same alias everywhere.
 */
export class Anonymiser {
  readonly #keepsNames: boolean;
  readonly #startedAt: number;
  readonly #aliases = new Map<string, string>();
  readonly #counts = new Map<Listing, number>();
  /** Replacements of unknown field names. */
  readonly #fields = new Map<string, string>();

  /** `startedAt` is the time at which the recording begins, by the hub's clock. */
  constructor({ keepsNames, startedAt }: { keepsNames: boolean; startedAt: number }) {
    this.#keepsNames = keepsNames;
    this.#startedAt = startedAt;
  }

  /** Returns the things without private values, and gives an alias to each id that it sees for the first time. */
  clean(things: RecordedThings): RecordedThings {
    for (const listing of LISTINGS) for (const [id] of entriesOf(things[listing])) this.#assignAlias(listing, id);
    const cleaned: RecordedThings = {};
    for (const listing of LISTINGS) {
      const entries = entriesOf(things[listing]);
      if (entries.length > 0)
        cleaned[listing] = Object.fromEntries(entries.map(([id, thing]) => this.#thing(id, thing)));
    }
    return withTimes(cleaned, (time) => time - this.#startedAt + BEGINNING) as RecordedThings;
  }

  #assignAlias(listing: Listing, id: string): void {
    if (this.#aliases.has(id)) return;
    const count = (this.#counts.get(listing) ?? 0) + 1;
    this.#counts.set(listing, count);
    this.#aliases.set(id, `${listing.slice(0, -1)}-${count}`);
  }

  #thing(id: string, thing: Record<string, unknown> | null): [string, Record<string, unknown> | null] {
    const alias = this.#aliases.get(id) ?? ANY_TEXT;
    return [alias, thing && this.#object(thing, alias)];
  }

  /** Removes private data from an object. `alias` replaces the name of the thing or button. */
  #object(object: RawRecord, alias: string): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(object).map(([key, value]): [string, unknown] => {
        if (NAMES.has(key)) return [key, typeof value === 'string' ? this.#name(value, alias) : blank(value)];
        if (REFERENCES.has(key)) return [key, this.#reference(value)];
        return KNOWN_FIELDS.has(key) ? [key, this.#known(value, key, alias)] : [this.#field(key), blank(value)];
      }),
    );
  }

  #known(value: unknown, field: string, alias: string): unknown {
    if (value === null || typeof value === 'boolean') return value;
    if (typeof value === 'string') return KNOWN_WORDS.has(value) ? value : ANY_TEXT;
    if (typeof value === 'number') return this.#number(value);
    if (Array.isArray(value)) return value.map((item: unknown) => this.#known(item, field, alias));
    const object = asRecord(value) ?? EMPTY;
    return this.#object(object, field === 'buttons' ? aliasOfButton(object) : alias);
  }

  #number(value: number): number {
    const isTime = value > TIME_RANGE.min && value < this.#startedAt + TEN_YEARS_MS;
    const isSmall = Math.abs(value) < (Number.isInteger(value) ? IDENTIFYING_WHOLE : IDENTIFYING_DECIMAL);
    return isSmall || isTime ? value : 0;
  }

  #reference(value: unknown): unknown {
    if (typeof value === 'string') return this.#aliases.get(value) ?? ANY_TEXT;
    // The buttons of a remote control have small numbers as their ids.
    if (typeof value === 'number') return value <= MAX_BUTTON ? this.#number(value) : 0;
    if (Array.isArray(value)) return value.map((item: unknown) => this.#reference(item));
    const object = asRecord(value);
    if (object === undefined) return value;
    const entries = Object.entries(object).map(([key, item]): [string, unknown] => {
      if (key === 'values') return [key, this.#reference(item)];
      if (key === 'type') return [key, this.#known(item, key, ANY_TEXT)];
      return [this.#aliases.get(key) ?? this.#field(key), blank(item)];
    });
    return Object.fromEntries(entries);
  }

  #name(name: string, alias: string): string {
    if (isDefaultNameKey(name)) return name;
    return this.#keepsNames && !IDENTIFYING.some((pattern) => pattern.test(name)) ? name : alias.replace('-', ' ');
  }

  /** Returns the replacement of an unknown field name. The same name always gets the same replacement. */
  #field(key: string): string {
    const known = this.#fields.get(key);
    if (known !== undefined) return known;
    const field = `field-${this.#fields.size + 1}`;
    this.#fields.set(key, field);
    return field;
  }
}

/** Returns an empty value of the same type as `value`. */
function blank(value: unknown): unknown {
  if (typeof value === 'string') return ANY_TEXT;
  if (typeof value === 'number') return 0;
  if (Array.isArray(value)) return [];
  return asRecord(value) === undefined ? value : {};
}

/** Returns the alias of a button of a remote control, by its number. */
function aliasOfButton({ id }: RawRecord): string {
  return typeof id === 'number' && id >= 0 && id <= MAX_BUTTON ? `button-${id}` : 'button';
}

function entriesOf(list: RecordedThings[Listing] = {}): [string, Record<string, unknown> | null][] {
  return Object.entries(list);
}
