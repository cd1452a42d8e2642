import type { Words } from './fields.js';
import type { Language } from './names.js';

/** A colour that people have a word for. */
export interface NamedColor extends Words {
  /** In degrees, at full saturation. */
  readonly hue: number;
}

/** The colours that people have words for, around the circle. */
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

/** What white is called up to so many kelvin. */
const WHITES: readonly (readonly [upTo: number, called: Words])[] = [
  [2500, { en: 'very warm', fi: 'hyvin lämmin' }],
  [3200, { en: 'warm white', fi: 'lämmin valkoinen' }],
  [4500, { en: 'neutral white', fi: 'neutraali valkoinen' }],
  [5500, { en: 'cool white', fi: 'viileä valkoinen' }],
  [Infinity, { en: 'cold', fi: 'kylmä' }],
];

const WHITE: Words = { en: 'white', fi: 'valkoinen' };

/** Below this saturation, in percent, any hue looks white. */
const LEAST_SATURATION = 10;

/** What a colour temperature in kelvin looks like: "warm white". */
export function whiteText(kelvin: number, language: Language): string {
  const [, called] = WHITES.find(([upTo]) => kelvin <= upTo) ?? [0, WHITE];
  return called[language];
}

/** What a colour looks like, by its hue in degrees and its saturation in percent: the nearest that has a word, or white. */
export function colorText(hue: number, saturation: number, language: Language): string {
  if (saturation < LEAST_SATURATION) return WHITE[language];
  const [nearest = WHITE] = [...COLORS].sort((one, other) => apart(one.hue, hue) - apart(other.hue, hue));
  return nearest[language];
}

/** Degrees between two hues, the short way around. */
function apart(one: number, other: number): number {
  const degrees = Math.abs(one - other) % 360;
  return Math.min(degrees, 360 - degrees);
}
