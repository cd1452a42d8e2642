import { parseColor } from '../../../src/devices/things/color.js';
import { fieldOf } from '../../../src/devices/things/fields.js';
import type { Ability } from '../../../src/devices/things/abilities.js';
import type { Thing } from '../picker/things-api.js';
import { isFromEnv } from '../shared/checks.js';
import { hexOf } from './hex-color.js';

/** The control for a value. */
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

/** The usual range of white lamps, in kelvin. */
const USUAL_WHITES = { min: 2200, max: 6500 };

/** First value of a control, by field, for things without a present value. */
const BEGINNINGS: Readonly<Record<string, string>> = {
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

/** Returns the control for a field of things; `undefined` if only the typed input fits. */
export function controlOf(field: string, things: readonly Thing[]): Control | undefined {
  if (field === '' || isFromEnv(field)) return undefined;
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

/** Whether a control can show a value, be it valid or not. */
export function fits(control: Control, { value, type }: TypedValue): boolean {
  if (type !== control.type || isFromEnv(value)) return false;
  if (control.as === 'color') return parseColor(value) !== undefined;
  return control.as !== 'words' || (type === 'bool' ? ['true', 'false'].includes(value) : value !== '');
}

/** Returns the first value of a control: the present value of the first thing that has one, or else a usual value. */
export function firstValue(control: Control, field: string, things: readonly Thing[]): string {
  const [present] = things.map(({ state }) => presentValue(field, state)).filter((value) => value !== undefined);
  if (present !== undefined && fits(control, { value: present, type: control.type })) return present;
  return control.as === 'words' ? (control.words[0] ?? '') : (BEGINNINGS[field] ?? '0');
}

/** Returns the control for a field that only Cozify defines, judged by the first present value. */
function controlOfOther(field: string, things: readonly Thing[]): Control | undefined {
  const value = things.map(({ state }) => state[field]).find((one) => one !== undefined);
  if (typeof value === 'number') return { as: 'number', type: 'num', unit: '' };
  return typeof value === 'boolean' ? { as: 'words', type: 'bool', words: ['true', 'false'] } : undefined;
}

/** Returns no control without words, because the list would be empty. */
function wordsControl(field: string, things: readonly Thing[]): Control | undefined {
  const words = [...new Set(abilitiesOf(field, things).flatMap((ability) => ability.words ?? []))];
  return words.length === 0 ? undefined : { as: 'words', type: 'str', words };
}

/** Returns the widest range that the things support; `undefined` if unknown. */
function rangeOf(field: string, things: readonly Thing[]): { min: number; max: number } | undefined {
  const ranges = abilitiesOf(field, things).flatMap(({ min, max }) =>
    min === undefined || max === undefined ? [] : [{ min, max }],
  );
  if (ranges.length === 0) return undefined;
  return { min: Math.min(...ranges.map(({ min }) => min)), max: Math.max(...ranges.map(({ max }) => max)) };
}

function abilitiesOf(field: string, things: readonly Thing[]): Ability[] {
  return things.flatMap(({ abilities = [] }) => abilities).filter((ability) => ability.field === field);
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
