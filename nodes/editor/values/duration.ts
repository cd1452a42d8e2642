// The inputs for a duration and its unit.
import { numberIn } from '../../../src/devices/things/codecs.js';
import { translate } from '../shared/catalogue.js';
import { isFromEnv } from '../shared/checks.js';
import { announce, fill } from '../shared/draw.js';

/** A check of a duration in seconds. Returns true, or the error text. */
export type DurationCheck = (seconds: unknown, options: object) => true | string;

/**
 * The two inputs of a duration: the amount and the unit. A hidden input holds the duration in seconds, which Node-RED
 * saves.
 */
export class DurationField {
  readonly #$amount: JQuery;
  readonly #$unit: JQuery;
  readonly #$hidden: JQuery;
  readonly #$problem: JQuery;
  readonly #check: DurationCheck;
  #isUsed = true;

  /** `name`: the name of the node's property. The ids of the inputs contain it. */
  constructor(name: string, saved: unknown, check: DurationCheck) {
    this.#$amount = $(`#cozify-${name}`);
    this.#$unit = $(`#cozify-${name}-unit`);
    this.#$hidden = $(`#node-input-${name}`);
    this.#$problem = $(`#cozify-${name}-problem`);
    this.#check = check;
    const { amount, unit } = durationOf(saved);
    this.#$amount.val(amount);
    const units = DURATION_UNITS.map((value) => ({ value, text: translate(`duration.${value}`) }));
    fill(this.#$unit, units, unit);
    this.#show();
    this.#$amount.add(this.#$unit).on('input change', () => this.#take());
  }

  /** The value to save: seconds, or the typed text if it is not a number. */
  get value(): number | string {
    const held = String(this.#$hidden.val() ?? '').trim();
    const seconds = held === '' ? NaN : Number(held);
    return Number.isFinite(seconds) ? seconds : held;
  }

  /** Sets whether the node uses the duration. If not, 0 is saved, but the typed text stays in the input. */
  use(isUsed: boolean): void {
    if (this.#isUsed === isUsed) return;
    this.#isUsed = isUsed;
    this.#take();
  }

  get #typed(): Duration {
    const amount = String(this.#$amount.val() ?? '');
    return { amount, unit: isFromEnv(amount) ? 's' : (String(this.#$unit.val()) as DurationUnit) };
  }

  #take(): void {
    this.#$hidden.val(this.#isUsed ? secondsOf(this.#typed) : 0).trigger('change');
    this.#show();
  }

  /**
   * Disables the unit for an environment variable, whose value is in seconds. Marks an invalid value red and shows the
   * error.
   */
  #show(): void {
    const typed = this.#typed;
    this.#$unit.prop('disabled', isFromEnv(typed.amount));
    const checked = this.#check(secondsOf(typed), {});
    const problem = checked === true ? '' : checked;
    this.#$amount.toggleClass('input-error', problem !== '').attr('aria-invalid', String(problem !== ''));
    announce(this.#$problem, problem);
  }
}

/** The units of a duration, in seconds. */
const UNIT_SECONDS = { s: 1, min: 60, h: 3600 } as const;

type DurationUnit = keyof typeof UNIT_SECONDS;

const DURATION_UNITS: readonly DurationUnit[] = ['s', 'min', 'h'];

/** A duration as the dialog shows it. */
export interface Duration {
  /** The typed text, which should be a number or an environment variable. */
  amount: string;
  unit: DurationUnit;
}

/**
 * Converts a saved number of seconds to the largest unit in which it is a whole number, for example 120 to 2 min. A
 * text that is not a number stays unchanged.
 */
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
  // Rounds to thousandths of a second, because a typed fraction of a minute or an hour would leave a rounding error.
  return number === undefined ? amount.trim() : Math.round(number * UNIT_SECONDS[unit] * 1000) / 1000;
}
