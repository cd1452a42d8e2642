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
 * Whether a text contains an environment variable, such as `${HOME}`. Node-RED replaces it at a Deploy, so the editor
 * does not know its value.
 */
export function isFromEnv(text: unknown): boolean {
  if (typeof text !== 'string') return false;
  // The parts of the text that end before a closing brace.
  const pieces = text.split('}').slice(0, -1);
  return pieces.some((piece) => piece.includes('${') && piece.indexOf('${') < piece.length - 2);
}

export function isEmail(text: string): boolean {
  return isAccepted(() => parseEmail(text));
}

/** Whether the address of a Cozify cloud is valid. An empty address means the default one. */
export function isCloudUrl(text: string): boolean {
  return isAccepted(() => parseCloudUrl(text));
}

/**
 * Returns the address of a Cozify cloud in its canonical form, so that two addresses can be compared. From an invalid
 * address, removes only the slashes at the end.
 */
export function cloudOf(cloudUrl: string | undefined): string {
  const text = (cloudUrl ?? '').trim() || DEFAULT_CLOUD_URL;
  return isCloudUrl(text) ? parseCloudUrl(text) : withoutEnd(text, /\//);
}

/**
 * Whether a number is a valid expiry of an account: the age at which its login is renewed. The same numbers are valid
 * in every unit.
 */
export function isAccountExpiry(amount: unknown): boolean {
  return parseAccountExpiry(amount, 'days') !== undefined;
}

/** Whether the typed expiry of a node is valid, such as "15m". A number without a unit means seconds. */
export function isStepExpiry(typed: unknown): boolean {
  return isAccepted(() => parseExpiry(isBareNumber(typed) ? Number(typed) : typed));
}

/** Returns the saved form of a typed expiry: with the unit `s` if only a number was typed. */
export function withUnit(typed: string): string {
  return isBareNumber(typed) ? `${typed.trim()}s` : typed;
}

function isBareNumber(typed: unknown): boolean {
  return typeof typed === 'string' && typedNumber(typed) !== undefined;
}

/** Whether a parser accepts a value: whether it throws no error. */
export function isAccepted(parse: () => unknown): boolean {
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

/** Returns a check for a node property in seconds. The check returns true, or the error text. */
export function secondsCheck(range: SecondsRange, problem: AccountKey, options: { mayBeEmpty?: boolean } = {}) {
  // Node-RED shows the returned error text only if the function has two parameters.
  return (typed: unknown, _options: object): true | string =>
    isFromEnv(typed) || isSeconds(typed, range, options) || translate(problem);
}
