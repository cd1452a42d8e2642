import type { Words } from './fields.js';
import type { Language } from './names.js';

/** A colour with a common name. */
export interface NamedColor extends Words {
  /** The hue in degrees, at full saturation. */
  readonly hue: number;
}

/** Named colours in the order of their hues. */
export const COLORS: readonly NamedColor[] = [
  { hue: 0, en: 'red', fi: 'punainen' },
  { hue: 30, en: 'orange', fi: 'oranssi' },
  { hue: 60, en: 'yellow', fi: 'keltainen' },
  { hue: 120, en: 'green', fi: 'vihreä' },
  { hue: 180, en: 'turquoise', fi: 'turkoosi' },
  { hue: 240, en: 'blue', fi: 'sininen' },
  { hue: 275, en: 'violet', fi: 'violetti' },
  { hue: 320, en: 'pink', fi: 'pinkki' },
];

/** Names of whites, each up to a colour temperature in kelvins. */
const WHITES: readonly (readonly [upTo: number, name: Words])[] = [
  [2500, { en: 'very warm', fi: 'hyvin lämmin' }],
  [3200, { en: 'warm white', fi: 'lämmin valkoinen' }],
  [4500, { en: 'neutral white', fi: 'neutraali valkoinen' }],
  [5500, { en: 'cool white', fi: 'viileä valkoinen' }],
  [Infinity, { en: 'cold', fi: 'kylmä' }],
];

const WHITE: Words = { en: 'white', fi: 'valkoinen' };

/** Below this saturation, in percent, any hue looks white. */
const MIN_SATURATION = 10;

/** Returns the name of a colour temperature in kelvins: "warm white". */
export function whiteText(kelvin: number, language: Language): string {
  const [, name] = WHITES.find(([upTo]) => kelvin <= upTo) ?? [0, WHITE];
  return name[language];
}

/** Returns the name of the nearest named colour, or white. `hue` is in degrees, `saturation` in percent. */
export function colorText(hue: number, saturation: number, language: Language): string {
  if (saturation < MIN_SATURATION) return WHITE[language];
  const [nearest = WHITE] = [...COLORS].sort((one, other) => apart(one.hue, hue) - apart(other.hue, hue));
  return nearest[language];
}

/** Returns the smaller angle between two hues, in degrees. */
function apart(one: number, other: number): number {
  const degrees = Math.abs(one - other) % 360;
  return Math.min(degrees, 360 - degrees);
}
