import { parseColor } from '../../../src/devices/things/color.js';
import { fieldOf } from '../../../src/devices/things/fields.js';
import type { Ability } from '../../../src/devices/things/abilities.js';
import type { Thing } from '../picker/things-api.js';
import { isFromEnv } from '../shared/checks.js';
import { hexOf } from './hex-color.js';

/** By what a value is set. */
export type Control =
  | { as: 'slider' | 'white'; type: 'num'; min: number; max: number; unit: string }
  | { as: 'number'; type: 'num'; unit: string }
  | { as: 'color'; type: 'str' }
  | { as: 'words'; type: 'str' | 'bool'; words: readonly string[] };

/** A value as a node keeps it: a text, and of which type it is. */
export interface TypedValue {
  value: string;
  type: string;
}

/** What white lamps usually can, in kelvin. */
const USUAL_WHITES = { min: 2200, max: 6500 };

/** What a person begins with where a thing has no value yet. */
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

/** The control of a field on things; `undefined` where only the typed input can say the value. */
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

/** Whether a control can show a value, whether or not that makes sense. */
export function fits(control: Control, { value, type }: TypedValue): boolean {
  if (type !== control.type || isFromEnv(value)) return false;
  if (control.as === 'color') return parseColor(value) !== undefined;
  return control.as !== 'words' || (type === 'bool' ? ['true', 'false'].includes(value) : value !== '');
}

/** What a control shows first: the value that a thing has by now, the first that has one; else where people begin. */
export function firstValue(control: Control, field: string, things: readonly Thing[]): string {
  const [present] = things.map(({ state }) => presentValue(field, state)).filter((value) => value !== undefined);
  if (present !== undefined && fits(control, { value: present, type: control.type })) return present;
  return control.as === 'words' ? (control.words[0] ?? '') : (BEGINNINGS[field] ?? '0');
}

/** Fields that Cozify names itself: by the value that the first thing has. */
function controlOfOther(field: string, things: readonly Thing[]): Control | undefined {
  const value = things.map(({ state }) => state[field]).find((one) => one !== undefined);
  if (typeof value === 'number') return { as: 'number', type: 'num', unit: '' };
  return typeof value === 'boolean' ? { as: 'words', type: 'bool', words: ['true', 'false'] } : undefined;
}

/** Without a word there is nothing to choose. */
function wordsControl(field: string, things: readonly Thing[]): Control | undefined {
  const words = [...new Set(abilitiesOf(field, things).flatMap((ability) => ability.words ?? []))];
  return words.length === 0 ? undefined : { as: 'words', type: 'str', words };
}

/** The widest range of what things can; `undefined` where nothing is known of them. */
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
