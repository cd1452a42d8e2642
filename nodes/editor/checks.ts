import { DEFAULT_CLOUD_URL, parseAccountExpiry, parseCloudUrl, parseEmail, parseExpiry } from '../../src/input.js';

/** Whether Node-RED fills a text in from the environment at Deploy, so that nobody knows here what it will be. */
export function isFromEnv(text: unknown): boolean {
  return typeof text === 'string' && /\$\{[^}]+\}/.test(text);
}

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
  return isCloudUrl(text) ? parseCloudUrl(text) : text.replace(/\/+$/, '');
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
  return typeof typed === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(typed);
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

/** Whether a number of seconds between two polls of a hub is one; an account from before has none, which is the default. */
export function isPollInterval(typed: unknown): boolean {
  if (typed === undefined || typed === '') return true;
  const seconds = typeof typed === 'string' && typed.trim() !== '' ? Number(typed) : typed;
  return typeof seconds === 'number' && seconds >= 1 && seconds <= 300;
}

/** Whether a number of seconds, from none to a week. */
export function isSeconds(typed: unknown): boolean {
  if (typed === undefined || typed === '') return true;
  const seconds = typeof typed === 'string' && typed.trim() !== '' ? Number(typed) : typed;
  return typeof seconds === 'number' && seconds >= 0 && seconds <= 604_800;
}

/** Whether a number of seconds that a change may take is one; at most an hour. */
export function isTransition(typed: unknown): boolean {
  return isSeconds(typed) && Number(typed) <= 3600;
}

/** Whether a number of seconds that a request may take is one. */
export function isRequestTimeout(typed: unknown): boolean {
  return typed !== '' && isSeconds(typed) && Number(typed) > 0 && Number(typed) <= 300;
}
