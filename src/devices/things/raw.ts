import { CozifyError } from '../../errors.js';

/** A JSON object from a hub, not validated: any property may be missing or have another type. */
export type RawRecord = Readonly<Record<string, unknown>>;

/** An empty object, used in place of a missing one. */
export const EMPTY: RawRecord = Object.freeze({});

/** The longest id of a thing. */
const MAX_ID_LENGTH = 128;

/** The maximum number of things of one kind. */
const MAX_THINGS = 10_000;

/** Range of numbers that may be times (ms since 1970), from 2001 to 2286. No quantity in a home is as large. */
export const TIME_RANGE = { min: 1e12, max: 1e13 };

/** The deepest nesting that is copied. Deeper JSON could overflow the stack. */
const MAX_DEPTH = 16;

/** Returns the value if it is an object; `undefined` for any other value, including an array. */
export function asRecord(value: unknown): RawRecord | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as RawRecord) : undefined;
}

/** Returns the value if it is a text; `undefined` for an empty text and for any other value. */
export function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * Returns a finite number; `undefined` for any other value. Turns -0 into 0. JSON can contain infinite numbers
 * (`1e999`).
 */
export function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value + 0 : undefined;
}

/** Returns a valid id, otherwise `undefined`. Rejects `__proto__`, because ids become keys of objects. */
function asId(value: unknown): string | undefined {
  const text = asText(value);
  return text !== undefined && text.length <= MAX_ID_LENGTH && text !== '__proto__' ? text : undefined;
}

/** Returns a list of texts from any form that hubs send: a list, a set `{type, values}`, or a single text. */
export function asTexts(value: unknown): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  const list: unknown = Array.isArray(value) ? value : asRecord(value)?.['values'];
  return Array.isArray(list) ? list.filter((item): item is string => asText(item) !== undefined) : [];
}

/** Whether a value is an object with any key besides `id` and `timestamp`. */
export function isThing(value: unknown): value is RawRecord {
  return Object.keys(asRecord(value) ?? EMPTY).some((key) => key !== 'id' && key !== 'timestamp');
}

/** Throws `COZIFY_BAD_ANSWER` if there are more things of a kind than in any home. */
export function expectFewThings(count: number): void {
  if (count > MAX_THINGS) throw unusual(`more than ${MAX_THINGS} things of one kind`);
}

/** Creates an error for an answer that is too large. Processing such an answer would block Node-RED for seconds. */
export function unusual(what: string): CozifyError {
  return new CozifyError('COZIFY_BAD_ANSWER', `The hub sent ${what}, which no home has.`);
}

/**
 * Returns the things in an answer of a hub as pairs of id and thing; the value of a removed thing is `null`. Accepts
 * a map `{id: thing}` or a list of things with ids. Returns `undefined` for any other value, and if entries exist but
 * none has a valid id. Throws as {@link expectFewThings}.
 */
export function asThingPairs(value: unknown): [string, unknown][] | undefined {
  expectFewThings(Array.isArray(value) ? value.length : Object.keys(asRecord(value) ?? EMPTY).length);
  const pairs: [unknown, unknown][] | undefined = Array.isArray(value)
    ? value.map((item: unknown) => [asRecord(item)?.['id'], item])
    : asRecord(value) && Object.entries(value as RawRecord);
  const valid = pairs?.filter((pair): pair is [string, unknown] => asId(pair[0]) !== undefined);
  return valid?.length === 0 && pairs?.length !== 0 ? undefined : valid;
}

/**
 * Returns the things of a complete list, as pairs of id and thing, without removed ones. Returns `undefined` if there
 * are entries but none is a thing, for example in an error message.
 */
export function presentThings(pairs: readonly [string, unknown][] | undefined): [string, unknown][] | undefined {
  const things = pairs?.filter(([, value]) => value !== null);
  return things?.length === 0 || things?.some(([, value]) => isThing(value)) === true ? things : undefined;
}

/** Copies JSON without the values that JSON cannot represent, such as infinity, and without very deep nesting. */
export function cleanJson(value: unknown, depth = 0): unknown {
  if (typeof value === 'number') return asNumber(value);
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value !== 'object') return undefined;
  if (depth >= MAX_DEPTH) return undefined;
  if (Array.isArray(value)) return value.map((item) => cleanJson(item, depth + 1) ?? null);
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const cleaned = cleanJson(item, depth + 1);
    if (cleaned !== undefined && key !== '__proto__') copy[key] = cleaned;
  }
  return copy;
}

/**
 * Whether a value contains at most `most` values. Repeated references count each time, so a cyclic value is too large.
 * Visits at most `most` values.
 */
export function isWithinSize(value: unknown, most: number): boolean {
  const pending = [value];
  for (let next: unknown, count = 0; (next = pending.pop()) !== undefined; count += 1) {
    if (count >= most || ArrayBuffer.isView(next)) return false;
    if (typeof next !== 'object' || next === null) continue;
    const keys = Object.keys(next);
    if (keys.length > most) return false;
    for (const key of keys) pending.push((next as RawRecord)[key] ?? null);
  }
  return true;
}

/** Deep copy of JSON. Much faster than `structuredClone`, which supports more than JSON. */
export function copyJson<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => copyJson(item)) as T;
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) copy[key] = copyJson(item);
  return copy as T;
}

/** Whether two JSON values are deeply equal. Ignores the order of keys. */
export function isSameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every(
    (key) => Object.hasOwn(other, key) && isSameJson((one as RawRecord)[key], (other as RawRecord)[key]),
  );
}
