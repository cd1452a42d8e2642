import type { Fields } from './orders.js';
import { fieldOf } from '../things/fields.js';
import { asRecord, isSameJson } from '../things/raw.js';
import type { State } from '../things/units.js';

const HUE_DEGREES = 2;

/** Below this much color nobody sees which one it is. */
const LEAST_SATURATION = 5;

/** One mired, and as much as a whole kelvin is off at most. */
const MIREDS = 1.1;

/** Whether a state is what was asked for, within the tolerances. A field that is missing is not. */
export function isMet(asked: Fields, state: State): boolean {
  return Object.keys(asked).every((name) => isFieldMet(name, asked, state));
}

/** Whether one field of a state is what was asked for. */
export function isFieldMet(name: string, asked: Fields, state: State): boolean {
  const wanted = asked[name];
  const value = Object.hasOwn(state, name) ? state[name] : undefined;
  if (name === 'hue' && isColorless(asked, state)) return true;
  if (typeof wanted !== 'number' || typeof value !== 'number') return isWithin(wanted, value);
  if (name === 'hue') return Math.abs(turnBetween(wanted, value)) <= HUE_DEGREES;
  if (name === 'colorTemperature') return Math.abs(1e6 / wanted - 1e6 / value) <= MIREDS;
  return Math.abs(wanted - value) <= (fieldOf(name)?.setting?.tolerance ?? 0) + 1e-9;
}

/** Whether a value lies between where it was and where it was asked to go, as in a transition. */
export function isOnTheWay(name: string, { from, to, value }: { from: unknown; to: unknown; value: unknown }): boolean {
  // A lamp that was off may have had no brightness.
  const start = from === undefined && name === 'brightness' ? 0 : from;
  if (typeof start !== 'number' || typeof to !== 'number' || typeof value !== 'number') return false;
  const whole = name === 'hue' ? turnBetween(start, to) : to - start;
  const done = name === 'hue' ? turnBetween(start, value) : value - start;
  return whole >= 0 ? done >= 0 && done <= whole : done <= 0 && done >= whole;
}

function isColorless(asked: Fields, state: State): boolean {
  const saturation = asked['saturation'] ?? state['saturation'];
  return typeof saturation === 'number' && saturation < LEAST_SATURATION;
}

/** The same, or for an object all that was asked for: the device shows more of it. */
function isWithin(wanted: unknown, value: unknown): boolean {
  const parts = asRecord(wanted);
  if (parts === undefined) return isSameJson(wanted, value);
  return Object.entries(parts).every(([key, part]) => isSameJson(part, asRecord(value)?.[key]));
}

/** The shorter way around the circle, in degrees: above 0 to the right. */
function turnBetween(from: number, to: number): number {
  return ((((to - from) % 360) + 540) % 360) - 180;
}
