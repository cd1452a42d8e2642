// Checks of typed values: addresses, durations and environment variables.
import { withoutEnd } from '../../../src/text.js';
import {
  DEFAULT_CLOUD_URL,
  isWithin,
  parseAccountExpiry,
  parseCloudUrl,
  parseEmail,
  parseExpiry,
  type SecondsRange,
  typedNumber,
} from '../../../src/input.js';
import { type AccountKey, translate } from './catalogue.js';

/**
 * Whether Node-RED will replace a part of the text with an environment variable at a Deploy. The editor does not know
 * the value.
 */
export function isFromEnv(text: unknown): boolean {
  if (typeof text !== 'string') return false;
  // The parts of the text that end before a closing brace.
  const pieces = text.split('}').slice(0, -1);
  return pieces.some((piece) => piece.includes('${') && piece.indexOf('${') < piece.length - 2);
}

export function isEmail(text: string): boolean {
  return isTaken(() => parseEmail(text));
}

/** Whether a cloud address is valid. An empty address means the default address. */
export function isCloudUrl(text: string): boolean {
  return isTaken(() => parseCloudUrl(text));
}

/** Returns the canonical form of a cloud address. From an invalid address, removes only the slashes at the end. */
export function cloudOf(cloudUrl: string | undefined): string {
  const text = (cloudUrl ?? '').trim() || DEFAULT_CLOUD_URL;
  return isCloudUrl(text) ? parseCloudUrl(text) : withoutEnd(text, /\//);
}

/** Whether a number is a valid expiry of an account. Every unit has the same valid numbers. */
export function isAccountExpiry(amount: unknown): boolean {
  return parseAccountExpiry(amount, 'days') !== undefined;
}

/** Whether a typed expiry of a node is valid. A number without a unit means seconds. */
export function isStepExpiry(typed: unknown): boolean {
  return isTaken(() => parseExpiry(isBareNumber(typed) ? Number(typed) : typed));
}

/** Returns a typed expiry in the form to save. Adds the unit `s` to a number without a unit. */
export function withUnit(typed: string): string {
  return isBareNumber(typed) ? `${typed.trim()}s` : typed;
}

function isBareNumber(typed: unknown): boolean {
  return typeof typed === 'string' && typedNumber(typed) !== undefined;
}

/** Whether a parser accepts a value: whether it throws no error. */
export function isTaken(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
}

/** Whether a time in seconds, typed or from a flow, is valid. An absent time means the node's default. */
export function isSeconds(typed: unknown, range: SecondsRange, { mayBeEmpty = false } = {}): boolean {
  if (typed === undefined) return true;
  if (typeof typed !== 'string') return isWithin(typed, range);
  return typed.trim() === '' ? mayBeEmpty : isWithin(typedNumber(typed), range);
}

/** Returns a check for a property in seconds. The check returns true, or the error text. */
export function secondsCheck(range: SecondsRange, problem: AccountKey, options: { mayBeEmpty?: boolean } = {}) {
  // Node-RED shows an error text only if the check has two parameters.
  return (typed: unknown, _options: object): true | string =>
    isFromEnv(typed) || isSeconds(typed, range, options) || translate(problem);
}
