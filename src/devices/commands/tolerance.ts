import type { Fields } from './parse-command.js';
import { fieldOf } from '../things/fields.js';
import { asRecord, isSameJson } from '../things/raw.js';
import type { State } from '../things/state.js';

const HUE_DEGREES = 2;

/** Below this saturation, in percent, the hue is not visible. */
const MIN_SATURATION = 5;

/** Tolerance of color temperatures: 1 mired, plus the error from rounding to whole kelvins. */
const MIREDS = 1.1;

/**
 * Whether a state has the commanded values, within the tolerances. A missing field does not match. Of a lamp that was
 * switched off, the brightness and colour are not compared, because not every lamp reports them while it is off.
 */
export function isMet(asked: Fields, state: State): boolean {
  const isCompared = (name: string): boolean => asked['on'] !== false || fieldOf(name)?.setting?.isLighting !== true;
  return Object.keys(asked).every((name) => !isCompared(name) || isFieldMet(name, asked, state));
}

/** Whether one field of a state has the commanded value, within the tolerance. */
export function isFieldMet(name: string, asked: Fields, state: State): boolean {
  const expected = asked[name];
  const value = Object.hasOwn(state, name) ? state[name] : undefined;
  if (name === 'hue' && isColorless(asked, state)) return true;
  if (typeof expected !== 'number' || typeof value !== 'number') return hasParts(expected, value);
  if (name === 'hue') return Math.abs(turnBetween(expected, value)) <= HUE_DEGREES;
  if (name === 'colorTemperature') return Math.abs(1e6 / expected - 1e6 / value) <= MIREDS;
  return Math.abs(expected - value) <= (fieldOf(name)?.setting?.tolerance ?? 0) + 1e-9;
}

/** Whether a value is between the previous and the commanded value, as during a transition. */
export function isBetween(name: string, { from, to, value }: { from: unknown; to: unknown; value: unknown }): boolean {
  // A lamp that was off may have reported no brightness.
  const start = from === undefined && name === 'brightness' ? 0 : from;
  if (typeof start !== 'number' || typeof to !== 'number' || typeof value !== 'number') return false;
  const whole = name === 'hue' ? turnBetween(start, to) : to - start;
  const done = name === 'hue' ? turnBetween(start, value) : value - start;
  // A value on the way has the done part and the rest of the way in the same direction.
  return done * (whole - done) >= 0;
}

function isColorless(asked: Fields, state: State): boolean {
  const saturation = asked['saturation'] ?? state['saturation'];
  return typeof saturation === 'number' && saturation < MIN_SATURATION;
}

/** Whether a value equals the expected one. An object may have additional properties, because devices report more. */
function hasParts(expected: unknown, value: unknown): boolean {
  const parts = asRecord(expected);
  if (parts === undefined) return isSameJson(expected, value);
  return Object.entries(parts).every(([key, part]) => isSameJson(part, asRecord(value)?.[key]));
}

/**
 * Returns the shorter turn from one hue to another, in degrees: positive if the hue increases,
 * negative if it decreases.
 */
function turnBetween(from: number, to: number): number {
  return ((((to - from) % 360) + 540) % 360) - 180;
}
