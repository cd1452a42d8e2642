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

/** Whether Node-RED fills a text in from the environment at Deploy, so that nobody knows here what it will be. */
export function isFromEnv(text: unknown): boolean {
  if (typeof text !== 'string') return false;
  // Piece by piece, each of which ended in a bracket.
  const pieces = text.split('}').slice(0, -1);
  return pieces.some((piece) => piece.includes('${') && piece.indexOf('${') < piece.length - 2);
}

/** Whether an e-mail address is one. */
export function isEmail(text: string): boolean {
  return isTaken(() => parseEmail(text));
}

/** Whether an address of the cloud is allowed; empty means the default. */
export function isCloudUrl(text: string): boolean {
  return isTaken(() => parseCloudUrl(text));
}

/** One form for cloud addresses that mean the same. What is none stays as it is. */
export function cloudOf(cloudUrl: string | undefined): string {
  const text = (cloudUrl ?? '').trim() || DEFAULT_CLOUD_URL;
  return isCloudUrl(text) ? parseCloudUrl(text) : withoutEnd(text, /\//);
}

/** Whether the account's own expiry, in any unit, is one. */
export function isAccountExpiry(amount: unknown): boolean {
  return parseAccountExpiry(amount, 'days') !== undefined;
}

/** Whether a step's expiry is one, as a person types it: bare digits are seconds. */
export function isStepExpiry(typed: unknown): boolean {
  return isTaken(() => parseExpiry(isBareNumber(typed) ? Number(typed) : typed));
}

/** A step's expiry as it is kept: what was typed without a unit gets that of seconds. */
export function withUnit(typed: string): string {
  return isBareNumber(typed) ? `${typed.trim()}s` : typed;
}

function isBareNumber(typed: unknown): boolean {
  return typeof typed === 'string' && typedNumber(typed) !== undefined;
}

/** Whether the library takes a value, by its own rule. */
function isTaken(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
}

/** Whether a time in seconds is one, as it is typed or as a flow has it. None at all is left to the node. */
export function isSeconds(typed: unknown, range: SecondsRange, { mayBeEmpty = false } = {}): boolean {
  if (typed === undefined) return true;
  if (typeof typed !== 'string') return isWithin(typed, range);
  return typed.trim() === '' ? mayBeEmpty : isWithin(typedNumber(typed), range);
}
