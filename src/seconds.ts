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
