/** A value of a field, in the units of messages or in Cozify's units. */
export type Scalar = boolean | number | string;

/**
 * Converts a value between Cozify's units, for example radians, and the units of Node-RED messages, for example
 * degrees.
 */
export interface Codec {
  /** Whether Cozify's value has the type that this codec converts. A value of another type belongs to another field. */
  accepts(raw: unknown): boolean;
  /** Converts to the units of messages, rounded. Returns `undefined` for a value that means "no value". */
  read(raw: unknown): Scalar | undefined;
  /**
   * Converts to Cozify's units. Returns `undefined` for an enum value that has no number at the hub. A read-only field
   * has no such function.
   */
  write?(value: Scalar): Scalar | undefined;
}

/** The latest time, in milliseconds: the end of the year 9999. */
const MAX_TIME = 253_402_300_799_999;
/** The earliest time, in milliseconds: in 1973. Smaller numbers may be quantities. */
const MIN_TIME = 1e11;

/** A pressure above this is in pascals: in hectopascals, air pressure is far below 2000; in pascals, far above. */
const MAX_HPA = 2000;

/** A number with a decimal point or comma and an optional unit. */
const NUMBER = /^([-+\u2212])?(\d+(?:[.,]\d+)?)\s*(?:%|°\s?C)?$/i;

/** The longest text that is parsed as a number. */
const MAX_NUMBER_LENGTH = 32;

const TURN = 2 * Math.PI;

/** Rounds to a number of decimals. Returns `undefined` if the result is not finite, and 0 instead of -0. */
export function round(value: number, decimals = 0): number | undefined {
  const factor = 10 ** decimals;
  const rounded = Math.round(value * factor) / factor + 0;
  return Number.isFinite(rounded) ? rounded : undefined;
}

/** Boolean without conversion. */
export const flag: Codec = {
  accepts: (raw) => typeof raw === 'boolean',
  read: (raw) => raw as boolean,
  write: (value) => value,
};

/** A rounded number, which may be negative. */
export function decimal(decimals: number): Codec {
  return numeric((raw) => round(raw, decimals));
}

/** A rounded number, 0 or greater. A negative number such as -1 means "no value". */
export function amount(decimals: number): Codec {
  return numeric((raw) => (raw < 0 ? undefined : round(raw, decimals)), unchanged);
}

/** Percentage in whole numbers, 0 to 100. */
export const percent: Codec = numeric((raw) => (raw < 0 ? undefined : Math.min(100, Math.round(raw))), unchanged);

/** Fraction from 0 to 1 at the hub, whole percentage in messages. */
export const fraction: Codec = numeric(
  (raw) => (raw < 0 ? undefined : Math.min(100, Math.round(raw * 100))),
  (value) => value / 100,
);

/** Kelvins in whole numbers; 0 means "no value". */
export const kelvin: Codec = numeric((raw) => (raw <= 0 ? undefined : round(raw)), unchanged);

/** Radians at the hub, whole degrees from 0 to 360 in messages. */
export const angle: Codec = numeric(
  (raw) => {
    if (raw < 0) return undefined;
    const degrees = Math.round((raw * 360) / TURN);
    return degrees > 360 ? round(degrees % 360) : degrees;
  },
  (value) => (value * TURN) / 360,
);

/** Hectopascals in messages, hectopascals or pascals at the hub. */
export const pressure: Codec = numeric((raw) => (raw < 0 ? undefined : round(raw > MAX_HPA ? raw / 100 : raw, 1)));

/** Milliseconds since 1970 at the hub, ISO 8601 in messages; 0 and -1 mean "never". */
export const moment: Codec = { accepts: (raw) => typeof raw === 'number', read: toIsoMoment };

/**
 * Enum: the hub sends the index of a value in `known`. An unknown number passes through unchanged, and so does an
 * unknown text when it is read. When written, an unknown text gives `undefined`.
 */
export function words(known: readonly string[]): Codec {
  return {
    accepts: (raw) => Number.isFinite(raw) || typeof raw === 'string',
    read: (raw) => (typeof raw === 'number' ? (known[raw] ?? raw + 0) : (raw as string)),
    write: (value) => {
      const index = known.indexOf(String(value).trim().toLowerCase());
      if (index >= 0) return index;
      return typeof value === 'number' ? value : undefined;
    },
  };
}

/** Maps Cozify's enum values to those of messages. Unknown values pass through unchanged. */
export function renamed(names: Readonly<Record<string, string>>): Codec {
  return {
    accepts: (raw) => typeof raw === 'string',
    read: (raw) => (Object.hasOwn(names, raw as string) ? names[raw as string] : (raw as string)),
  };
}

/**
 * Parses a number from a text that was typed, or that MQTT or a form delivers: "60", "21,5", " 60 % ", "21.5 °C".
 * Returns `undefined` for any other text.
 */
export function numberIn(text: string): number | undefined {
  const trimmed = text.trim();
  const [, sign, digits = ''] = (trimmed.length <= MAX_NUMBER_LENGTH && NUMBER.exec(trimmed)) || [];
  if (digits === '') return undefined;
  const number = Number(digits.replace(',', '.'));
  return sign === undefined || sign === '+' ? number : 0 - number;
}

/** Formats a time in milliseconds as ISO 8601. Returns `undefined` for a number outside the range of times. */
export function toIsoMoment(raw: unknown): string | undefined {
  if (typeof raw !== 'number' || !(raw >= MIN_TIME && raw <= MAX_TIME)) return undefined;
  return new Date(raw).toISOString();
}

function unchanged(value: number): number {
  return value;
}

function numeric(read: (raw: number) => number | undefined, write?: (value: number) => number): Codec {
  return {
    accepts: (raw) => typeof raw === 'number',
    // Adding 0 turns the -0 of JSON into 0.
    read: (raw) => (Number.isFinite(raw) ? read((raw as number) + 0) : undefined),
    ...(write && { write: (value: Scalar) => (typeof value === 'number' ? write(value) : undefined) }),
  };
}
