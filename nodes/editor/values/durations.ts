import { numberIn } from '../../../src/devices/things/codecs.js';

/** The units in which people say how long something takes, by how many seconds each has. */
export const UNIT_SECONDS = { s: 1, min: 60, h: 3600 } as const;

export type DurationUnit = keyof typeof UNIT_SECONDS;

/** The units, the smallest first. */
export const DURATION_UNITS: readonly DurationUnit[] = ['s', 'min', 'h'];

/** A time as it stands in a dialog. */
export interface Duration {
  /** As it is typed. */
  amount: string;
  unit: DurationUnit;
}

/** Seconds as a node has them, in the largest unit without a rest. What is no number is shown as it is. */
export function durationOf(saved: unknown): Duration {
  const text = typeof saved === 'string' || typeof saved === 'number' ? String(saved) : '';
  const seconds = text.trim() === '' ? NaN : Number(text);
  const fits = (unit: DurationUnit): boolean => seconds !== 0 && Number.isInteger(seconds / UNIT_SECONDS[unit]);
  const unit = [...DURATION_UNITS].reverse().find(fits) ?? 's';
  return { amount: Number.isFinite(seconds) ? String(seconds / UNIT_SECONDS[unit]) : text, unit };
}

/** The seconds of what was typed; what is no number stays as it is. */
export function secondsOf({ amount, unit }: Duration): number | string {
  const number = numberIn(amount);
  // Thousandths of a second are as far as a computer's sixtieths are right.
  return number === undefined ? amount.trim() : Math.round(number * UNIT_SECONDS[unit] * 1000) / 1000;
}
