import { normalized } from '../../text.js';

/**
 * A language of displayed texts, and of default names of rooms and scenes, such as "Living room".
 */
export type Language = 'fi' | 'en';

/** Line breaks, control characters, and marks that change the text direction. */
const CONTROL_CHARACTERS = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** Cozify's default names of rooms and scenes. The hub sends `$` and the key, such as `$LIVINGROOM`. */
const DEFAULT_NAMES: Readonly<Record<string, Record<Language, string>>> = {
  LIVINGROOM: { fi: 'Olohuone', en: 'Living room' },
  BEDROOM: { fi: 'Makuuhuone', en: 'Bedroom' },
  KITCHEN: { fi: 'Keittiö', en: 'Kitchen' },
  HALLWAY: { fi: 'Eteinen', en: 'Hallway' },
  BATHROOM: { fi: 'Kylpyhuone', en: 'Bathroom' },
  HOME: { fi: 'Kotona', en: 'Home' },
  AWAY: { fi: 'Poissa', en: 'Away' },
};

/** Maximum length of a name. Longer names are cut. */
const MAX_NAME_LENGTH = 1000;

/** Number of compared characters: only the beginning of a longer name is compared. */
const MAX_COMPARED = 64;
/** The minimum length of a name that is compared, and of a part of a name that counts as similar to the whole name. */
const MIN_COMPARED = 3;
/** The maximum number of wrong letters in a similar name, however long the name is. */
const MAX_ERRORS = 3;

/**
 * Returns Finnish if the first setting that is not empty is Finnish (`fi`, `fi-FI`, `fi_FI.UTF-8`), otherwise English.
 */
export function languageOf(...settings: unknown[]): Language {
  const set = settings.find((setting) => typeof setting === 'string' && setting.trim() !== '') as string | undefined;
  return /^fi(?![a-z])/i.test(set?.trim() ?? '') ? 'fi' : 'en';
}

/**
 * Removes control characters from a name, and what exceeds `maxLength`, because searches and lists would take seconds
 * for a very long name. Returns `undefined` for a blank name. Does not escape HTML.
 */
export function cleanName(value: unknown, maxLength = MAX_NAME_LENGTH): string | undefined {
  const name = typeof value === 'string' ? value.slice(0, maxLength).replace(CONTROL_CHARACTERS, '') : '';
  return name.trim() === '' ? undefined : name;
}

/** Cleans the name of a room or scene. Translates a key such as `$LIVINGROOM`; an unknown key loses its `$`. */
export function translateName(value: unknown, language: Language): string | undefined {
  const name = cleanName(value);
  const key = /^\$\s*([\p{L}\p{N}_]*)\s*$/u.exec(name ?? '')?.[1];
  if (key === undefined) return name;
  return Object.hasOwn(DEFAULT_NAMES, key) ? DEFAULT_NAMES[key]?.[language] : cleanName(key);
}

/** Whether a name is `$` and the key of a default name, such as `$LIVINGROOM` for "Living room". */
export function isDefaultNameKey(name: string): boolean {
  return name.startsWith('$') && Object.hasOwn(DEFAULT_NAMES, name.slice(1));
}

/** Normalises a name for comparison: ignores case, outer spaces and the Unicode form of letters such as ä. */
export function nameKey(name: string): string {
  return normalized(name, 'NFC').trim().toLowerCase();
}

/**
 * Returns the distinct names with a spelling similar to `asked`, the most similar first, without exact matches. Skips
 * names of very different length, so that ten thousand names take only milliseconds.
 */
export function nearestNames(names: Iterable<string>, asked: string, count = 4): string[] {
  const target = nameKey(asked).slice(0, MAX_COMPARED);
  const ranked: { name: string; distance: number }[] = [];
  for (const name of new Set(names)) {
    const distance = spellingDistance(nameKey(name).slice(0, MAX_COMPARED), target);
    if (distance !== undefined && distance > 0) ranked.push({ name, distance });
  }
  ranked.sort((one, other) => one.distance - other.distance || (one.name < other.name ? -1 : 1));
  return ranked.slice(0, count).map(({ name }) => name);
}

/**
 * Returns the spelling distance of two names: 1 if one contains the other. Returns `undefined` if a name is very short,
 * or if more than about one letter in four differs.
 */
function spellingDistance(key: string, target: string): number | undefined {
  if (key === target) return 0;
  const [shorter, longer] = key.length < target.length ? [key, target] : [target, key];
  if (shorter.length < MIN_COMPARED) return undefined;
  if (longer.includes(shorter)) return 1;
  const most = Math.min(MAX_ERRORS, Math.max(1, Math.floor(target.length / 4)));
  return longer.length - shorter.length > most ? undefined : distanceWithin(key, target, most);
}

/** Counts added, missing, replaced and swapped letters (Damerau-Levenshtein). Returns `undefined` above `most`. */
function distanceWithin(one: string, other: string, most: number): number | undefined {
  let before: number[] = [];
  let above = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      const swapped = isSwapped ? (before[column - 2] ?? Infinity) + 1 : Infinity;
      const replaced = (above[column - 1] ?? Infinity) + (isSame ? 0 : 1);
      line.push(Math.min((above[column] ?? Infinity) + 1, (line[column - 1] ?? Infinity) + 1, replaced, swapped));
    }
    if (Math.min(...line) > most) return undefined;
    [before, above] = [above, line];
  }
  const distance = above[other.length] ?? Infinity;
  return distance <= most ? distance : undefined;
}
