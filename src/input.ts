import { badInput } from './errors.js';
import { withoutEnd } from './text.js';

/** The cloud of Cozify, where no other is named. */
export const DEFAULT_CLOUD_URL = 'https://api.cozify.fi/ui/0.2';

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

const PLURAL_UNIT_MS = { seconds: UNIT_MS.s, minutes: UNIT_MS.m, hours: UNIT_MS.h, days: UNIT_MS.d } as const;

/** No address is longer; names of hosts far longer than this take long to be read. */
const LONGEST_URL = 2048;

/** How old a token may get when nobody says otherwise: python-cozify's `token_expiry` of one day. */
export const DEFAULT_EXPIRY_MS = UNIT_MS.d;

/**
 * The `expiry` of a step in milliseconds: seconds as a number above 0, or `90s`, `15m`, `12h`, `20d`, `2w`.
 * An empty string is "the account's" and gives `undefined`. Anything else throws `COZIFY_BAD_INPUT`.
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

/** The account's `expiry` and `expiryUnit` in milliseconds; `undefined` when they make no sense together. */
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
 * The base URL of the cloud without a trailing slash; empty means the default. Throws `COZIFY_BAD_INPUT` for anything
 * but `https:`, or `http:` on this machine, and for user info, query and fragment: tokens go where this points.
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

/** A host with a dot at its end is the same one: it must not count as another cloud. */
function toUrl(text: string): URL | undefined {
  try {
    // Not by URL.canParse: the editor goes by the same rule, in browsers that lack it.
    const url = new URL(text);
    url.hostname = withoutEnd(url.hostname, /\./);
    return url;
  } catch {
    return undefined;
  }
}

/**
 * An e-mail address, trimmed, its case kept. Throws `COZIFY_BAD_INPUT` unless it has one `@` with something on both
 * sides, no white space, control characters or halves of characters, and at most 254 characters.
 */
export function parseEmail(email: unknown): string {
  if (typeof email === 'string') {
    const trimmed = email.trim();
    if (trimmed.length <= 254 && /^[^@\s\p{Cc}\p{Cs}]+@[^@\s\p{Cc}\p{Cs}]+$/u.test(trimmed)) return trimmed;
  }
  const came = typeof email === 'string' ? 'another text' : kindOf(email);
  throw badInput(`email should be an address such as name@example.com, but was ${came}.`);
}

/**
 * A one-time code without the white space, seen or not, that people type or paste around and into it, its case kept. Throws
 * `COZIFY_BAD_INPUT` for a number, which would have lost leading zeros, and for an empty text, so that an empty form
 * field does not send an e-mail.
 */
export function parseOtp(otp: unknown): string {
  const code = typeof otp === 'string' ? otp.replace(/[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]+/gu, '') : '';
  if (code !== '' && code.length <= 256) return code;
  const came = typeof otp !== 'string' ? kindOf(otp) : code === '' ? 'empty' : 'far too long';
  throw badInput(`otp should be the code from the e-mail as a text, but was ${came}.`);
}

/** The type of a value in words, for messages that must not show the value. */
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
 * Whether a URL's host is this machine itself: the only place where `http:` and no proxy are right for a cloud.
 * `hostname` is as a URL gives it, which has written every address out.
 */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

/** How many seconds something may be, in the words of JSON schema. */
export interface SecondsRange {
  minimum?: number;
  /** In place of `minimum` where it has to be more than that. */
  exclusiveMinimum?: number;
  maximum: number;
}

/** The limits of what people say in seconds, for the steps that keep to them and the dialogs that check them. */
export const SECONDS = {
  /** How long to wait for a hub to show what it was told. */
  confirm: { minimum: 0, maximum: 60 },
  /** How long a value has to stand before it is told: no value of a home has to for longer than a week. */
  for: { minimum: 0, maximum: 7 * 86_400 },
  /** How often a hub is asked for changes. */
  poll: { minimum: 1, maximum: 300 },
  /** How long a request to a hub may take. */
  request: { exclusiveMinimum: 0, maximum: 300 },
  /** How long a lamp may take to get there. */
  transition: { minimum: 0, maximum: 3600 },
  /** How long a message may wait for things to be as they should. */
  wait: { minimum: 0, maximum: 86_400 },
} as const satisfies Record<string, SecondsRange>;

/** How often hubs are asked for changes where nobody says otherwise, in seconds: at home, and through the cloud. */
export const DEFAULT_POLL_S = { lan: 1, cloud: 10 } as const;

/** Whether something is a number within a range. */
export function isWithin(value: unknown, { minimum, exclusiveMinimum, maximum }: SecondsRange): value is number {
  if (typeof value !== 'number' || !(value <= maximum)) return false;
  return exclusiveMinimum === undefined ? value >= (minimum ?? 0) : value > exclusiveMinimum;
}

/** A range for errors that say what was expected. */
export function rangeInWords({ minimum = 0, exclusiveMinimum, maximum }: SecondsRange): string {
  return exclusiveMinimum === undefined
    ? `seconds from ${minimum} to ${maximum}`
    : `seconds above ${exclusiveMinimum}, at most ${maximum}`;
}

/** The number that a person has typed, with decimals or without; `undefined` for any other text. */
export function typedNumber(text: string): number | undefined {
  return /^\s*-?\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}
