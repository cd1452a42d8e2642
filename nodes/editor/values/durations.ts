import { numberIn } from '../../../src/devices/things/codecs.js';

/** The units of a duration, with their seconds. */
export const UNIT_SECONDS = { s: 1, min: 60, h: 3600 } as const;

export type DurationUnit = keyof typeof UNIT_SECONDS;

export const DURATION_UNITS: readonly DurationUnit[] = ['s', 'min', 'h'];

/** A duration in a dialog. */
export interface Duration {
  /** The typed text. */
  amount: string;
  unit: DurationUnit;
}

/** Converts saved seconds to the largest unit that divides them. A text that is not a number is shown unchanged. */
export function durationOf(saved: unknown): Duration {
  const text = typeof saved === 'string' || typeof saved === 'number' ? String(saved) : '';
  const seconds = text.trim() === '' ? NaN : Number(text);
  const fits = (unit: DurationUnit): boolean => seconds !== 0 && Number.isInteger(seconds / UNIT_SECONDS[unit]);
  const unit = [...DURATION_UNITS].reverse().find(fits) ?? 's';
  return { amount: Number.isFinite(seconds) ? String(seconds / UNIT_SECONDS[unit]) : text, unit };
}

/** Converts a typed duration to seconds. A text that is not a number stays unchanged. */
export function secondsOf({ amount, unit }: Duration): number | string {
  const number = numberIn(amount);
  // Rounds to thousandths, because dividing by 60 leaves rounding errors.
  return number === undefined ? amount.trim() : Math.round(number * UNIT_SECONDS[unit] * 1000) / 1000;
}
