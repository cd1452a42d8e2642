import { numberIn } from '../../../src/devices/things/codecs.js';
import { parseColor } from '../../../src/devices/things/color.js';
import { fieldOf } from '../../../src/devices/things/fields.js';
import type { Language } from '../../../src/devices/things/names.js';
import type { Translate } from '../shared/catalogue.js';
import { isFromEnv } from '../shared/checks.js';
import type { TypedValue } from './value-control.js';

/** Example values in error texts, by field. */
const EXAMPLES: Readonly<Record<string, number>> = { targetTemperature: 21.5, colorTemperature: 2700, hue: 30 };

/** Returns the error in a value to set; empty if the value is valid, or known only at run time. */
export function valueProblem(field: string, typed: TypedValue, t: Translate, language: Language): string {
  if (!['num', 'str', 'bool', 'json'].includes(typed.type) || isFromEnv(typed.value) || isFromEnv(field)) return '';
  const name = field.trim();
  if (name === '') return isObject(typed) ? '' : t('invalid.object');
  if (name === 'color') return isColor(typed) ? '' : t('invalid.color');
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

function numberOf({ value, type }: TypedValue): number | undefined {
  if (type === 'num') return value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : undefined;
  if (type === 'str') return numberIn(value);
  const parsed = type === 'json' ? parsedJson(value) : undefined;
  return typeof parsed === 'number' ? parsed : undefined;
}

function isColor({ value, type }: TypedValue): boolean {
  if (type === 'json') return parseColor(parsedJson(value)) !== undefined;
  return type === 'str' && parseColor(value) !== undefined;
}

function isObject({ value, type }: TypedValue): boolean {
  const parsed = type === 'json' ? parsedJson(value) : undefined;
  return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
