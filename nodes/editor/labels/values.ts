// The last part of a label: texts for a value, a condition, fields or a duration.
import { parseColor } from '../../../src/devices/things/color.js';
import { fieldName, shortFieldName, wordText } from '../../../src/devices/things/field-words.js';
import { fieldOf } from '../../../src/devices/things/fields.js';
import { valueText } from '../../../src/devices/things/live-value.js';
import { colorText, whiteText } from '../../../src/devices/things/shades.js';
import type { SavedCondition } from '../values/condition.js';
import type { LabelWords } from './words.js';

/** The properties in which a command node saves the field that it sets, and the value. */
export interface SavedSetting {
  field?: string;
  value?: unknown;
  valueType?: string;
}

/**
 * Fields whose names are left out of labels, because their values are clear without the name: they are words, or have a
 * typical unit, such as "70 °C".
 */
const PLAIN = ['on', 'brightness', 'colorTemperature', 'color', 'temperature', 'power', 'illuminance', 'pressure'];
const PLAIN_TO_SET = new Set([...PLAIN, 'targetTemperature', 'position', 'mode', 'preset']);
const PLAIN_TO_MEET = new Set([...PLAIN, 'mode', 'preset', 'closed']);

const SIGNS: Readonly<Record<string, string>> = { is: '=', not: '≠', above: '>', below: '<' };

/**
 * Returns alternative texts for a command's value, the longest first. Examples: "60 %", "warm white", "saturation 60
 * %", "brightness: msg.payload".
 */
export function settingTexts({ field = '', value, valueType = 'msg' }: SavedSetting, words: LabelWords): string[] {
  const name = field.trim();
  const reference = referenceText(typeof value === 'string' ? value : '', valueType, words);
  if (reference !== undefined) {
    return name === '' ? [reference] : [`${fieldName(name, words.language)}: ${reference}`, reference];
  }
  const fixed = fixedValue(name, value, valueType);
  if (typeof fixed === 'object' && fixed !== null) {
    const count = Object.keys(fixed).length;
    return [words.t(count === 1 ? 'canvas.oneValue' : 'canvas.values', { count })];
  }
  if (name === '') return [String(fixed)];
  const text = valueInWords(name, fixed, words);
  const isPlain = PLAIN_TO_SET.has(name) || hasWords(name, fixed);
  return isPlain ? [text] : [`${fieldName(name, words.language)} ${text}`, text];
}

/**
 * Returns alternative texts for a condition, the longest first; empty if there is no condition. Examples: "humidity >
 * 70 %", "> 70 °C", "closed", "≠ 60 %", "not open".
 */
export function conditionTexts(condition: SavedCondition | null | undefined, words: LabelWords): string[] {
  if (condition === null || condition === undefined) return [];
  const { field, op, value } = condition;
  const { t, language } = words;
  const name = fieldName(field, language);
  const isPlain = PLAIN_TO_MEET.has(field) || hasWords(field, value) || (op === 'changes' && hasWords(field, true));
  if (op === 'changes') return isPlain ? [t('canvas.changing')] : [t('canvas.changes', { what: name })];
  const text = valueInWords(field, value, words);
  const isWord = typeof value !== 'number';
  const negated = typeof value === 'boolean' && op === 'not' ? t('canvas.not', { what: text }) : text;
  const compared = (isWord && op === 'is') || typeof value === 'boolean' ? negated : `${SIGNS[op] ?? op} ${text}`;
  return isPlain ? [compared] : [`${name} ${compared}`, compared];
}

/**
 * Returns the full name of a single field, or the short names of two fields. For more fields, returns the first short
 * name and the number of the others.
 */
export function fieldsText(fields: readonly string[], { language }: LabelWords): string {
  const [first, second, ...others] = fields;
  if (first === undefined) return '';
  if (second === undefined) return fieldName(first, language);
  const name = shortFieldName(first, language);
  return others.length === 0 ? `${name}, ${shortFieldName(second, language)}` : `${name} + ${others.length + 1}`;
}

/**
 * Formats seconds in the largest unit that divides them evenly, such as "5 min". A text that is not a number is
 * returned unchanged.
 */
export function durationText(seconds: unknown): string {
  // An absent time becomes 0 or no number.
  const number = Number(seconds);
  if (!Number.isFinite(number)) return typeof seconds === 'string' ? seconds : '';
  if (number <= 0) return '';
  if (number % 3600 === 0) return `${number / 3600} h`;
  return number % 60 === 0 ? `${number / 60} min` : `${number} s`;
}

/** Returns where the node gets a value from when it runs, such as "msg.payload"; `undefined` for a fixed value. */
function referenceText(value: string, type: string, { t }: LabelWords): string | undefined {
  if (type === 'msg' || type === 'flow' || type === 'global') return `${type}.${value}`;
  if (type === 'jsonata') return t('canvas.expression');
  if (type === 'env') return value.includes('${') ? value : `\${${value}}`;
  return undefined;
}

function fixedValue(field: string, value: unknown, type: string): unknown {
  if (type === 'bool') return value === true || value === 'true';
  if (type === 'json') return parsed(value);
  const isNumber = type === 'num' || fieldOf(field)?.setting?.range !== undefined;
  const number = typeof value === 'string' ? Number(value.trim().replace(',', '.')) : Number.NaN;
  return isNumber && value !== '' && Number.isFinite(number) ? number : value;
}

function parsed(json: unknown): unknown {
  try {
    return typeof json === 'string' ? JSON.parse(json) : json;
  } catch {
    return json;
  }
}

/** Returns a value as a user would say it, such as "warm white" or "60 % open". */
function valueInWords(field: string, value: unknown, { t, language }: LabelWords): string {
  if (field === 'on' && typeof value === 'boolean') return valueText('on', value, language);
  if (field === 'colorTemperature' && typeof value === 'number') return whiteText(value, language);
  const color = field === 'color' ? parseColor(value) : undefined;
  if (color !== undefined) return colorText(color.hue, color.saturation, language);
  if (field === 'position' && typeof value === 'number') {
    return t('canvas.open', { value: valueText(field, value, language) });
  }
  if (typeof value === 'string') return wordText(field, value, language);
  return valueText(field, value, language) || String(value);
}

/** Whether the value is a boolean for which the field has its own words, such as "open" and "closed". */
function hasWords(field: string, value: unknown): boolean {
  return typeof value === 'boolean' && (field === 'closed' || fieldOf(field)?.says !== undefined);
}
