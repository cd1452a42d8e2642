// Rules for the value of a command: the control for each field, the initial value, and the check.
import { numberIn } from '../../../src/devices/things/codecs.js';
import { type HueSaturation, parseColor } from '../../../src/devices/things/color.js';
import { fieldOf } from '../../../src/devices/things/fields.js';
import type { Language } from '../../../src/devices/things/names.js';
import { abilitiesOf, settableValues } from '../picker/suggestions.js';
import type { Thing } from '../picker/things-api.js';
import type { Translate } from '../shared/catalogue.js';
import { isFromEnv } from '../shared/checks.js';

/** The kind of input that sets a value, for example a slider for the brightness or a select for words. */
export type Control =
  | { as: 'slider' | 'white'; type: 'num'; min: number; max: number; unit: string }
  | { as: 'number'; type: 'num'; unit: string }
  | { as: 'color'; type: 'str' }
  | { as: 'words'; type: 'str' | 'bool'; words: readonly string[] };

/** The saved form of a value: a text and its type. */
export interface TypedValue {
  value: string;
  type: string;
}

/** The usual range of the colour temperature of white lamps, in kelvin. */
const USUAL_WHITES = { min: 2200, max: 6500 };

/** Initial value of a control, by field, for things without a current value. */
const INITIAL_VALUES: Readonly<Record<string, string>> = {
  brightness: '100',
  position: '100',
  tilt: '50',
  volume: '30',
  saturation: '100',
  colorTemperature: '2700',
  targetTemperature: '21',
  hue: '30',
  color: '#ff8800',
};

/** Returns the control for setting a field of the things; `undefined` if only the typed input is suitable. */
export function controlOf(field: string, things: readonly Thing[]): Control | undefined {
  if (isFromEnv(field)) return undefined;
  if (field === 'color') return { as: 'color', type: 'str' };
  const { setting, unit = '' } = fieldOf(field) ?? {};
  if (setting?.range !== undefined) {
    const { min, max } = setting.range;
    if (field === 'colorTemperature')
      return { as: 'white', type: 'num', ...(rangeOf(field, things) ?? USUAL_WHITES), unit };
    return unit === '%' ? { as: 'slider', type: 'num', min, max, unit } : { as: 'number', type: 'num', unit };
  }
  if (setting?.words !== undefined) return wordsControl(field, things);
  if (setting !== undefined) return { as: 'words', type: 'bool', words: ['true', 'false'] };
  return controlOfOther(field, things);
}

/** Whether a control can show a value. The value may be outside the allowed range. */
export function fits(control: Control, { value, type }: TypedValue): boolean {
  if (type !== control.type || isFromEnv(value)) return false;
  if (control.as === 'color') return parseColor(value) !== undefined;
  return control.as !== 'words' || (type === 'bool' ? ['true', 'false'].includes(value) : value !== '');
}

/** Returns the initial value of a control: the current value of the first thing that has one, or else a usual value. */
export function firstValue(control: Control, field: string, things: readonly Thing[]): string {
  const [present] = things.map(({ state }) => presentValue(field, state)).filter((value) => value !== undefined);
  if (present !== undefined && fits(control, { value: present, type: control.type })) return present;
  return control.as === 'words' ? (control.words[0] ?? '') : (INITIAL_VALUES[field] ?? '0');
}

/** Returns the control for a field that the package does not know how to set. The type of its current value decides. */
function controlOfOther(field: string, things: readonly Thing[]): Control | undefined {
  const value = things.map(({ state }) => state[field]).find((one) => one !== undefined);
  if (typeof value === 'number') return { as: 'number', type: 'num', unit: '' };
  return typeof value === 'boolean' ? { as: 'words', type: 'bool', words: ['true', 'false'] } : undefined;
}

/** Returns a control that offers the words (enum values) that the things accept; `undefined` if no words are known. */
function wordsControl(field: string, things: readonly Thing[]): Control | undefined {
  const words = settableValues(things, field);
  return words.length === 0 ? undefined : { as: 'words', type: 'str', words };
}

/**
 * Returns the range from the smallest minimum to the largest maximum of the things; `undefined` if none of them has a
 * range.
 */
function rangeOf(field: string, things: readonly Thing[]): { min: number; max: number } | undefined {
  const ranges = abilitiesOf(things, field).flatMap(({ min, max }) =>
    min === undefined || max === undefined ? [] : [{ min, max }],
  );
  if (ranges.length === 0) return undefined;
  return { min: Math.min(...ranges.map(({ min }) => min)), max: Math.max(...ranges.map(({ max }) => max)) };
}

function presentValue(field: string, state: Readonly<Record<string, unknown>>): string | undefined {
  if (field === 'color') {
    const { hue, saturation } = state;
    return typeof hue === 'number' && typeof saturation === 'number' ? hexOf({ hue, saturation }) : undefined;
  }
  const value = state[field];
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/** Example values in error texts, by field. */
const EXAMPLES: Readonly<Record<string, number>> = { targetTemperature: 21.5, colorTemperature: 2700, hue: 30 };

/** Returns the error text for a value to set; empty if the value is valid, or is known only when the node runs. */
export function valueProblem(field: string, typed: TypedValue, t: Translate, language: Language): string {
  if (!(typed.type in LITERALS) || isFromEnv(typed.value) || isFromEnv(field)) return '';
  const name = field.trim();
  if (name === '') return isObject(literalOf(typed)) ? '' : t('invalid.object');
  if (name === 'color') return parseColor(literalOf(typed)) === undefined ? t('invalid.color') : '';
  const { setting, unit } = fieldOf(name) ?? {};
  const number = numberOf(typed);
  if (setting?.range !== undefined) {
    const { min, max } = setting.range;
    if (number !== undefined && number >= min && number <= max) return '';
    const inWords = (value: number): string => (language === 'fi' ? String(value).replace('.', ',') : String(value));
    const most = unit === undefined ? inWords(max) : `${inWords(max)} ${unit}`;
    return t('invalid.range', { min: inWords(min), max: most, example: inWords(EXAMPLES[name] ?? 60) });
  }
  if (typed.type === 'num') return number === undefined ? t('invalid.number') : '';
  if (typed.type === 'json' || setting === undefined) return '';
  if (setting.words !== undefined) return typed.type === 'str' && typed.value.trim() !== '' ? '' : t('invalid.word');
  return typed.type === 'bool' ? '' : t('invalid.yesNo');
}

function numberOf(typed: TypedValue): number | undefined {
  const { value, type } = typed;
  const number = type === 'str' ? numberIn(value) : literalOf(typed);
  return typeof number === 'number' && Number.isFinite(number) && value.trim() !== '' ? number : undefined;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Parsers of values that are written in the dialog, by type. Values of other types come from a message, a variable or
 * an expression.
 */
const LITERALS: Readonly<Record<string, (text: string) => unknown>> = {
  num: Number,
  bool: (text) => text === 'true',
  str: (text) => text,
  json: parsedJson,
};

/**
 * Returns the value that was typed in the dialog; `undefined` if it comes from elsewhere, for example from a message,
 * or is invalid JSON.
 */
export function literalOf({ value, type }: TypedValue): unknown {
  return LITERALS[type]?.(value);
}

/** Parses a text; `undefined` if it is not valid JSON. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Returns a colour at full brightness in hex, such as "#ff8800". */
export function hexOf({ hue, saturation }: HueSaturation): string {
  const part = (shift: number): string => {
    const place = (shift + hue / 60) % 6;
    const dark = Math.max(0, Math.min(place, 4 - place, 1));
    return Math.round(255 * (1 - (saturation / 100) * dark))
      .toString(16)
      .padStart(2, '0');
  };
  return `#${part(5)}${part(3)}${part(1)}`;
}
