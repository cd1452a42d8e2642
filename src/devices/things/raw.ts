import { CozifyError } from '../../errors.js';

/** A JSON object of a hub, of which nothing is certain. */
export type RawRecord = Readonly<Record<string, unknown>>;

/** An object that has nothing, in place of one that is missing. */
export const NOTHING: RawRecord = Object.freeze({});

/** Longer ids and lists of the hub's are not its own. */
const MAX_ID_LENGTH = 128;

/** The most things of one kind. */
const MOST_THINGS = 10_000;

/** JSON may be nested deeper than the stack reaches; nothing of a hub's is. */
const MAX_DEPTH = 16;

/** An object, or `undefined` for what is none; an array is none. */
export function asRecord(value: unknown): RawRecord | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as RawRecord) : undefined;
}

/** A text that is not empty. */
export function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A finite number, 0 for -0. JSON can give infinite ones (`1e999`). */
export function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value + 0 : undefined;
}

/** The id of a thing, or `undefined` for what can't be one. `__proto__` would poison an object with ids as keys. */
function asId(value: unknown): string | undefined {
  const text = asText(value);
  return text !== undefined && text.length <= MAX_ID_LENGTH && text !== '__proto__' ? text : undefined;
}

/** Ids or words in any of the ways hubs give them: a list, a set `{type, values}`, or a single text. */
export function asTexts(value: unknown): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  const list: unknown = Array.isArray(value) ? value : asRecord(value)?.['values'];
  return Array.isArray(list) ? list.filter((item): item is string => asText(item) !== undefined) : [];
}

/** Whether a value says more of a thing than that it is there, which alone makes none. */
export function isThing(value: unknown): value is RawRecord {
  return Object.keys(asRecord(value) ?? NOTHING).some((key) => key !== 'id' && key !== 'timestamp');
}

/** Throws `COZIFY_BAD_ANSWER` if there are more things of a kind than in any home. */
export function expectFewThings(count: number): void {
  if (count > MOST_THINGS) throw unusual(`more than ${MOST_THINGS} things of one kind`);
}

/** An error for an answer with more than any home has. To build it would hold Node-RED for seconds. */
export function unusual(what: string): CozifyError {
  return new CozifyError('COZIFY_BAD_ANSWER', `The hub sent ${what}, which no home has.`);
}

/**
 * The things in an answer of a hub, by id, `null` for those that are gone: a map `{id: thing}`, or a list of things with
 * their ids. `undefined` for anything else, and for a map or list that is not empty and in which nothing has an id.
 * Throws as {@link expectFewThings}.
 */
export function asListing(value: unknown): [string, unknown][] | undefined {
  expectFewThings(Array.isArray(value) ? value.length : Object.keys(asRecord(value) ?? NOTHING).length);
  const pairs: [unknown, unknown][] | undefined = Array.isArray(value)
    ? value.map((item: unknown) => [asRecord(item)?.['id'], item])
    : asRecord(value) && Object.entries(value as RawRecord);
  const listing = pairs?.filter((pair): pair is [string, unknown] => asId(pair[0]) !== undefined);
  return listing?.length === 0 && pairs?.length !== 0 ? undefined : listing;
}

/** What there is, of a listing of all; `undefined` for none, and where nothing in it is a thing, but an error, say. */
export function thingsIn(listing: readonly [string, unknown][] | undefined): [string, unknown][] | undefined {
  const things = listing?.filter(([, value]) => value !== null);
  return things?.length === 0 || things?.some(([, value]) => isThing(value)) === true ? things : undefined;
}

/** A copy of JSON without what JSON can't hold again, such as infinite numbers, and without what lies absurdly deep. */
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
 * Whether a value holds at most so many values, however they hang together: one that holds itself, or another again and
 * again, has no end. No more than these are looked at.
 */
export function isWithinSize(value: unknown, most: number): boolean {
  const waiting = [value];
  for (let next: unknown, count = 0; (next = waiting.pop()) !== undefined; count += 1) {
    if (count >= most || ArrayBuffer.isView(next)) return false;
    if (typeof next !== 'object' || next === null) continue;
    const keys = Object.keys(next);
    if (keys.length > most) return false;
    for (const key of keys) waiting.push((next as RawRecord)[key] ?? null);
  }
  return true;
}

/** A copy of JSON that shares nothing with it: a fraction of the work of `structuredClone`, which knows more than JSON. */
export function copyJson<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => copyJson(item)) as T;
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) copy[key] = copyJson(item);
  return copy as T;
}

/** Whether two values of JSON are the same, however deep. The order of keys doesn't matter. */
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
