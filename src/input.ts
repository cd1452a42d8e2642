import { badInput } from './errors.js';
import { withoutEnd } from './text.js';

/** The base URL of Cozify's cloud. */
export const DEFAULT_CLOUD_URL = 'https://api.cozify.fi/ui/0.2';

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

const PLURAL_UNIT_MS = { seconds: UNIT_MS.s, minutes: UNIT_MS.m, hours: UNIT_MS.h, days: UNIT_MS.d } as const;

/** Longest URL in characters. Parsing a much longer host name takes long. */
const LONGEST_URL = 2048;

/** Default of `expiry`: one day, like python-cozify's `token_expiry`. */
export const DEFAULT_EXPIRY_MS = UNIT_MS.d;

/** Limit on the items of one list, such as the targets of a message or the rooms of a node. */
const MAX_ITEMS = 1000;

/** Throws `COZIFY_BAD_INPUT` if a list has more than `max` items, which is probably a mistake. */
export function expectFew(list: readonly unknown[], name: string, max = MAX_ITEMS): void {
  if (list.length <= max) return;
  throw badInput(`${name} should have at most ${max} items, but has ${list.length}: split the list.`);
}

/**
 * Returns a text without spaces at its ends, or an empty text if `value` is `undefined`. Throws `COZIFY_BAD_INPUT` for
 * a value of another type.
 */
export function parseText(value: unknown, name: string): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value.trim();
  throw badInput(`${name} should be a text, but was ${kindOf(value)}.`);
}

/**
 * Parses the `expiry` of a step: seconds as a number above 0, or `90s`, `15m`, `12h`, `20d`, `2w`. Returns
 * milliseconds, or `undefined` for an empty string, which means the account's `expiry`. Throws `COZIFY_BAD_INPUT` for
 * anything else.
 */
export function parseExpiry(expiry: unknown): number | undefined {
  if (expiry === undefined || expiry === '') return undefined;
  if (typeof expiry === 'number' && expiry > 0 && Number.isFinite(expiry * 1000)) return expiry * 1000;
  if (typeof expiry === 'string') {
    const [, amount, unit] = /^\s*(\d+(?:\.\d+)?)([smhdw])\s*$/.exec(expiry) ?? [];
    const ms = Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
    if (Number.isFinite(ms) && ms > 0) return ms;
  }
  throw badInput('expiry should be seconds as a number above 0, or a text such as "90s", "15m", "12h", "20d" or "2w".');
}

/** Parses the account's `expiry` and `expiryUnit`. Returns milliseconds, or `undefined` if they are invalid. */
export function parseAccountExpiry(amount: unknown, unit: unknown): number | undefined {
  const isAmount = typeof amount === 'number' || (typeof amount === 'string' && amount.trim() !== '');
  const unitMs = Object.hasOwn(PLURAL_UNIT_MS, String(unit))
    ? PLURAL_UNIT_MS[unit as keyof typeof PLURAL_UNIT_MS]
    : undefined;
  if (!isAmount || unitMs === undefined) return undefined;
  const ms = Number(amount) * unitMs;
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}

/**
 * Parses the base URL of the cloud. Returns the URL without a trailing slash, or the default if the value is empty.
 * Throws `COZIFY_BAD_INPUT` for a scheme other than `https:` (a loopback host may also have `http:`), and for a URL
 * with user info, a query or a fragment.
 */
export function parseCloudUrl(cloudUrl: unknown): string {
  if (cloudUrl === undefined || cloudUrl === '') return DEFAULT_CLOUD_URL;
  const text = typeof cloudUrl === 'string' ? cloudUrl.trim() : undefined;
  if (text === '') return DEFAULT_CLOUD_URL;
  const url = text === undefined || text.length > LONGEST_URL ? undefined : toUrl(text);
  const isAllowed =
    url !== undefined &&
    (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname))) &&
    url.username + url.password === '' &&
    !/^[^/]*\/\/[^/]*@|[?#\\\s]/.test(text ?? '');
  if (!isAllowed) {
    throw badInput(
      'cloudUrl should be an https address without user name, query and fragment (http only for this machine itself), ' +
        `such as ${DEFAULT_CLOUD_URL}.`,
    );
  }
  return `${url.origin}${withoutEnd(url.pathname, /\//)}`;
}

/**
 * Parses a URL. Removes a dot at the end of the host name, because otherwise the same cloud would count as another one.
 */
function toUrl(text: string): URL | undefined {
  try {
    // `URL.canParse` is not used, because this code also runs in the editor, and some browsers lack that function.
    const url = new URL(text);
    url.hostname = withoutEnd(url.hostname, /\./);
    return url;
  } catch {
    return undefined;
  }
}

/**
 * Parses an e-mail address. Trims it and keeps its case. Throws `COZIFY_BAD_INPUT` unless it has exactly one `@` with
 * something on both sides, no white space, control characters or lone surrogates, and at most 254 characters.
 */
export function parseEmail(email: unknown): string {
  if (typeof email === 'string') {
    const trimmed = email.trim();
    if (trimmed.length <= 254 && /^[^@\s\p{Cc}\p{Cs}]+@[^@\s\p{Cc}\p{Cs}]+$/u.test(trimmed)) return trimmed;
  }
  const received = typeof email === 'string' ? 'another text' : kindOf(email);
  throw badInput(`email should be an address such as name@example.com, but was ${received}.`);
}

/**
 * Parses a login code. Removes white space and invisible characters and keeps the case. Throws `COZIFY_BAD_INPUT` for a
 * number, which may have lost leading zeros, and for an empty text, so that an empty form field does not request a new
 * code.
 */
export function parseOtp(otp: unknown): string {
  const code = typeof otp === 'string' ? otp.replace(/[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]+/gu, '') : '';
  if (code !== '' && code.length <= 256) return code;
  const received = typeof otp !== 'string' ? kindOf(otp) : code === '' ? 'empty' : 'far too long';
  throw badInput(`otp should be the code from the e-mail as a text, but was ${received}.`);
}

/** Names the type of a value, for error messages that must not show the value. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  try {
    if (Array.isArray(value)) return 'an array';
    if (Buffer.isBuffer(value)) return 'a buffer';
    return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
  } catch {
    return 'an object';
  }
}

/**
 * Whether the host of a URL is a loopback host. `hostname` comes from a `URL`, which has normalized the address.
 */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

/** A range of seconds, with the keywords of JSON schema. */
export interface SecondsRange {
  minimum?: number;
  /** Replaces `minimum` if the value has to be greater than the limit. */
  exclusiveMinimum?: number;
  maximum: number;
}

/** The allowed range of each setting in seconds, for steps and dialogs. */
export const SECONDS = {
  /** How long a command waits for its confirmation. */
  confirm: { minimum: 0, maximum: 60 },
  /** How long a value has to hold before a changes node sends it. */
  for: { minimum: 0, maximum: 7 * 86_400 },
  /** Time between two polls of a hub, in seconds. */
  poll: { minimum: 1, maximum: 300 },
  /** Time limit of a request node, in seconds. */
  request: { exclusiveMinimum: 0, maximum: 300 },
  /** Fade time of a lamp, in seconds. */
  transition: { minimum: 0, maximum: 3600 },
  /** Timeout of a wait node. */
  wait: { minimum: 0, maximum: 86_400 },
} as const satisfies Record<string, SecondsRange>;

/** Default poll intervals in seconds, on the LAN and through the cloud. */
export const DEFAULT_POLL_S = { lan: 1, cloud: 10 } as const;

/** Whether a value is a number within a range. */
export function isWithin(value: unknown, { minimum, exclusiveMinimum, maximum }: SecondsRange): value is number {
  if (typeof value !== 'number' || !(value <= maximum)) return false;
  return exclusiveMinimum === undefined ? value >= (minimum ?? 0) : value > exclusiveMinimum;
}

/** Describes a range for error messages. */
export function rangeInWords({ minimum = 0, exclusiveMinimum, maximum }: SecondsRange): string {
  return exclusiveMinimum === undefined
    ? `seconds from ${minimum} to ${maximum}`
    : `seconds above ${exclusiveMinimum}, at most ${maximum}`;
}

/** Parses a decimal number that a person has typed. Returns `undefined` for any other text. */
export function typedNumber(text: string): number | undefined {
  return /^\s*-?\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}
