/** A value of a field: what a person reads, or what Cozify sends for it. */
export type Scalar = boolean | number | string;

/** One conversion between Cozify's units and a person's, both ways. */
export interface Codec {
  /** Whether Cozify's value is of the type this converts; one of another type means something else. */
  accepts(raw: unknown): boolean;
  /** In a person's units, rounded; `undefined` where it says that there is no value now. */
  read(raw: unknown): Scalar | undefined;
  /** In Cozify's units; `undefined` for a word that Cozify has no number for. Absent for what can only be read. */
  write?(value: Scalar): Scalar | undefined;
}

/** The end of the year 9999, and the smallest number (in 1973) that is a moment in milliseconds and nothing else. */
const MAX_TIME = 253_402_300_799_999;
const MIN_TIME = 1e11;

/** Above this a pressure is in pascals: no weather has 2000 hPa, and none has 20. */
const MAX_HPA = 2000;

/** A number with a decimal point or comma, and with a unit perhaps. */
const NUMBER = /^([-+\u2212])?(\d+(?:[.,]\d+)?)\s*(?:%|°\s?C)?$/i;

/** No number of a home is longer as a text. */
const MAX_NUMBER_LENGTH = 32;

const TURN = 2 * Math.PI;

/** Rounded to so many decimals; `undefined` for what is too large to be a number. Never the number -0. */
export function round(value: number, decimals = 0): number | undefined {
  const factor = 10 ** decimals;
  const rounded = Math.round(value * factor) / factor + 0;
  return Number.isFinite(rounded) ? rounded : undefined;
}

/** Kept as it is. */
export const flag: Codec = {
  accepts: (raw) => typeof raw === 'boolean',
  read: (raw) => raw as boolean,
  write: (value) => value,
};

/** A number that can be anything, rounded. */
export function decimal(decimals: number): Codec {
  return numeric((raw) => round(raw, decimals));
}

/** A number that can't be below 0, rounded: -1 stands for no value. */
export function amount(decimals: number): Codec {
  return numeric(
    (raw) => (raw < 0 ? undefined : round(raw, decimals)),
    (value) => value,
  );
}

/** 0 to 100, whole. */
export const percent: Codec = numeric(
  (raw) => (raw < 0 ? undefined : Math.min(100, Math.round(raw))),
  (value) => value,
);

/** 0 to 1 at the hub, 0 to 100 for people, whole. */
export const fraction: Codec = numeric(
  (raw) => (raw < 0 ? undefined : Math.min(100, Math.round(raw * 100))),
  (value) => value / 100,
);

/** Kelvin, whole; 0 is none. */
export const kelvin: Codec = numeric(
  (raw) => (raw <= 0 ? undefined : round(raw)),
  (value) => value,
);

/** Radians at the hub, 0 to 360 whole degrees for people. */
export const angle: Codec = numeric(
  (raw) => {
    if (raw < 0) return undefined;
    const degrees = Math.round((raw * 360) / TURN);
    return degrees > 360 ? round(degrees % 360) : degrees;
  },
  (value) => (value * TURN) / 360,
);

/** Hectopascals, whichever of hPa and Pa the hub gives. */
export const pressure: Codec = numeric((raw) => (raw < 0 ? undefined : round(raw > MAX_HPA ? raw / 100 : raw, 1)));

/** Milliseconds at the hub, ISO 8601 for people; 0 and -1 are never. */
export const moment: Codec = {
  accepts: (raw) => typeof raw === 'number',
  read: toIsoMoment,
};

/** Numbers that stand for words, in their order. An unknown number stays a number, a word of the hub's own a word. */
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

/** Cozify's words for ours; an unknown one stays as it is. */
export function renamed(names: Readonly<Record<string, string>>): Codec {
  return {
    accepts: (raw) => typeof raw === 'string',
    read: (raw) => (Object.hasOwn(names, raw as string) ? names[raw as string] : (raw as string)),
  };
}

/**
 * The number that a person's text says, or MQTT or a form delivers: "60", "21,5", " 60 % ", "21.5 °C". `undefined` for any
 * other text.
 */
export function numberIn(text: string): number | undefined {
  const said = text.trim();
  const [, sign, digits = ''] = (said.length <= MAX_NUMBER_LENGTH && NUMBER.exec(said)) || [];
  if (digits === '') return undefined;
  const number = Number(digits.replace(',', '.'));
  return sign === undefined || sign === '+' ? number : 0 - number;
}

/** A time in milliseconds as ISO 8601; `undefined` for a number that is no time of a home's. */
export function toIsoMoment(raw: unknown): string | undefined {
  if (typeof raw !== 'number' || !(raw >= MIN_TIME && raw <= MAX_TIME)) return undefined;
  return new Date(raw).toISOString();
}

function numeric(read: (raw: number) => number | undefined, write?: (value: number) => number): Codec {
  return {
    accepts: (raw) => typeof raw === 'number',
    // JSON has a -0, too.
    read: (raw) => (Number.isFinite(raw) ? read((raw as number) + 0) : undefined),
    ...(write && { write: (value: Scalar) => (typeof value === 'number' ? write(value) : undefined) }),
  };
}
