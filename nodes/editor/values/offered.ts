import { wordsOf } from '../../../src/devices/things/field-words.js';
import { fieldOf, FIELDS } from '../../../src/devices/things/fields.js';
import { byTelling } from '../../../src/devices/things/live-value.js';
import { settableValues, shownFields } from '../picker/suggestions.js';
import type { Thing } from '../picker/things-api.js';

/** What a field holds: yes or no, one of some words, a number, or anything. */
export type Holding = 'flag' | 'words' | 'number' | 'text';

/** What tells of the device rather than of the home; nobody waits for it first. */
const BACKGROUND: ReadonlySet<string> = new Set([
  ...['reachable', 'lastSeen', 'rssi', 'motionAt', 'colorMode', 'colorTemperatureRange'],
]);

/** The fields to choose from: those that the things have, those that say most first; all there are while nobody knows. */
export function fieldsToChoose(things: readonly Thing[]): string[] {
  const shown = shownFields(things);
  const fields = byTelling(shown.length > 0 ? shown : FIELDS.map(({ name }) => name));
  const rank = (field: string): number => (BACKGROUND.has(field) ? 2 : fieldOf(field) === undefined ? 1 : 0);
  return fields.sort((one, other) => rank(one) - rank(other));
}

/** More tags than these are no help. */
const MOST_TICKED = 12;

/** The same without those that few people look for: of many the ones that most things have. */
export function fieldsToTick(things: readonly Thing[]): string[] {
  const fields = fieldsToChoose(things).filter((field) => fieldOf(field) !== undefined && !BACKGROUND.has(field));
  const countOf = (field: string): number => things.filter(({ state }) => state[field] !== undefined).length;
  const most = [...fields].sort((one, other) => countOf(other) - countOf(one)).slice(0, MOST_TICKED);
  return fields.filter((field) => most.includes(field));
}

/** What a field holds: by what it is in the things, else by what is known of such a field. */
export function holdingOf(field: string, things: readonly Thing[]): Holding {
  const values = things.map(({ state }) => state[field]).filter((value) => value !== undefined);
  if (values.some((value) => typeof value === 'boolean')) return 'flag';
  if (values.some((value) => typeof value === 'number')) return 'number';
  const { unit, says, setting } = fieldOf(field) ?? {};
  if (setting?.words !== undefined || wordsOf(field).length > 0) return 'words';
  if (values.length > 0) return 'text';
  return says !== undefined ? 'flag' : unit !== undefined ? 'number' : 'text';
}

/** What a field may be, as far as that can be listed: what it can be set to, and what it is now. */
export function valuesToChoose(field: string, things: readonly Thing[]): string[] {
  if (holdingOf(field, things) === 'flag') return ['true', 'false'];
  const now = things.map(({ state }) => state[field]).filter((value) => typeof value === 'string');
  return [...new Set([...settableValues(things, field), ...wordsOf(field), ...now])];
}
