import { wordsOf } from '../../../src/devices/things/field-words.js';
import { fieldOf, FIELDS } from '../../../src/devices/things/fields.js';
import { byTelling } from '../../../src/devices/things/live-value.js';
import { settableValues, shownFields } from '../picker/suggestions.js';
import type { Thing } from '../picker/things-api.js';

/** The type of a field's values: yes or no, one of several words, a number, or anything. */
export type Holding = 'flag' | 'words' | 'number' | 'text';

/** Fields about the device rather than the home, which are never chosen first. */
const BACKGROUND: ReadonlySet<string> = new Set([
  ...['reachable', 'lastSeen', 'rssi', 'motionAt', 'colorMode', 'colorTemperatureRange'],
]);

/**
 * Returns the fields to choose from: the things' fields, the most telling ones first; all known fields while the things
 * are unknown.
 */
export function fieldsToChoose(things: readonly Thing[]): string[] {
  const shown = shownFields(things);
  const fields = byTelling(shown.length > 0 ? shown : FIELDS.map(({ name }) => name));
  const rank = (field: string): number => (BACKGROUND.has(field) ? 2 : fieldOf(field) === undefined ? 1 : 0);
  return fields.sort((one, other) => rank(one) - rank(other));
}

/** The most tags; a longer list is no help. */
const MOST_TICKED = 12;

/** Returns the fields to choose from without technical ones; if there are many, the most frequent ones. */
export function fieldsToTick(things: readonly Thing[]): string[] {
  const fields = fieldsToChoose(things).filter((field) => fieldOf(field) !== undefined && !BACKGROUND.has(field));
  const countOf = (field: string): number => things.filter(({ state }) => state[field] !== undefined).length;
  const most = [...fields].sort((one, other) => countOf(other) - countOf(one)).slice(0, MOST_TICKED);
  return fields.filter((field) => most.includes(field));
}

/** Returns the type of a field's values, judged by the things, or else by the known fields. */
export function holdingOf(field: string, things: readonly Thing[]): Holding {
  const values = things.map(({ state }) => state[field]).filter((value) => value !== undefined);
  if (values.some((value) => typeof value === 'boolean')) return 'flag';
  if (values.some((value) => typeof value === 'number')) return 'number';
  const { unit, says, setting } = fieldOf(field) ?? {};
  if (setting?.words !== undefined || wordsOf(field).length > 0) return 'words';
  if (values.length > 0) return 'text';
  return says !== undefined ? 'flag' : unit !== undefined ? 'number' : 'text';
}

/** Returns the values that a field can have, if they can be listed: the settable ones, and the present ones. */
export function valuesToChoose(field: string, things: readonly Thing[]): string[] {
  if (holdingOf(field, things) === 'flag') return ['true', 'false'];
  const now = things.map(({ state }) => state[field]).filter((value) => typeof value === 'string');
  return [...new Set([...settableValues(things, field), ...wordsOf(field), ...now])];
}
