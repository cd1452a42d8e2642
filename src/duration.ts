import { CozifyError } from './errors.js';

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

const PLURAL_UNIT_MS = { seconds: UNIT_MS.s, minutes: UNIT_MS.m, hours: UNIT_MS.h, days: UNIT_MS.d } as const;

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
  throw new CozifyError(
    'COZIFY_BAD_INPUT',
    'expiry should be seconds as a number above 0, or a text such as "90s", "15m", "12h", "20d" or "2w".',
  );
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
