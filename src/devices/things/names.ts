import { normalized } from '../../text.js';

/** The languages that factory names have. */
export type Language = 'fi' | 'en';

/** Line breaks, control characters, and marks that turn the direction of what follows. */
const UNSEEN = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** Names that a hub comes with, as keys. */
const FACTORY_NAMES: Readonly<Record<string, Record<Language, string>>> = {
  LIVINGROOM: { fi: 'Olohuone', en: 'Living room' },
  BEDROOM: { fi: 'Makuuhuone', en: 'Bedroom' },
  KITCHEN: { fi: 'Keittiö', en: 'Kitchen' },
  HALLWAY: { fi: 'Eteinen', en: 'Hallway' },
  BATHROOM: { fi: 'Kylpyhuone', en: 'Bathroom' },
  HOME: { fi: 'Kotona', en: 'Home' },
  AWAY: { fi: 'Poissa', en: 'Away' },
};

/** Names longer than this are compared by their beginning. */
const MAX_COMPARED = 64;
/** Nothing shorter is like another, and a part of a name this long stands for the whole. */
const TELLING_LENGTH = 3;
/** More wrong letters than these make another name, however long it is. */
const MOST_ERRORS = 3;

/** Finnish where the first language that is set, such as `fi`, `fi-FI` or `fi_FI.UTF-8`, is Finnish; else English. */
export function languageOf(...settings: unknown[]): Language {
  const set = settings.find((setting) => typeof setting === 'string' && setting.trim() !== '') as string | undefined;
  return /^fi(?![a-z])/i.test(set?.trim() ?? '') ? 'fi' : 'en';
}

/** A name as a text without control characters, or `undefined` for what is none. It may look like HTML: it is text. */
export function cleanName(value: unknown): string | undefined {
  const name = typeof value === 'string' ? value.replace(UNSEEN, '') : '';
  return name.trim() === '' ? undefined : name;
}

/** The name of a room or scene. A factory key such as `$LIVINGROOM` is translated; an unknown one loses its `$`. */
export function cleanFactoryName(value: unknown, language: Language): string | undefined {
  const name = cleanName(value);
  if (name?.startsWith('$') !== true) return name;
  const key = name.slice(1).trim();
  return Object.hasOwn(FACTORY_NAMES, key) ? FACTORY_NAMES[key]?.[language] : cleanName(key);
}

/** Whether a name is the key of a name that a hub comes with, such as `$LIVINGROOM`. */
export function isFactoryName(name: string): boolean {
  return name.startsWith('$') && Object.hasOwn(FACTORY_NAMES, name.slice(1));
}

/** What names are compared by: case, outer spaces and how an ä is encoded don't matter. */
export function nameKey(name: string): string {
  return normalized(name, 'NFC').trim().toLowerCase();
}

/**
 * Those of the names that are spelled nearly like the one that was asked for, the nearest first, each once; never the
 * very same. What has other letters than those is not compared at all, so that ten thousand names cost milliseconds.
 */
export function nearestNames(names: Iterable<string>, asked: string, count = 4): string[] {
  const wanted = nameKey(asked).slice(0, MAX_COMPARED);
  const ranked: { name: string; distance: number }[] = [];
  for (const name of new Set(names)) {
    const distance = spellingDistance(nameKey(name).slice(0, MAX_COMPARED), wanted);
    if (distance !== undefined && distance > 0) ranked.push({ name, distance });
  }
  ranked.sort((one, other) => one.distance - other.distance || (one.name < other.name ? -1 : 1));
  return ranked.slice(0, count).map(({ name }) => name);
}

/** How far a name is from the one that was asked for, if it is near: of each four letters one may be another. */
function spellingDistance(key: string, wanted: string): number | undefined {
  if (key === wanted) return 0;
  const [shorter, longer] = key.length < wanted.length ? [key, wanted] : [wanted, key];
  if (shorter.length < TELLING_LENGTH) return undefined;
  if (longer.includes(shorter)) return 1;
  const most = Math.min(MOST_ERRORS, Math.max(1, Math.floor(wanted.length / 4)));
  return longer.length - shorter.length > most ? undefined : distanceWithin(key, wanted, most);
}

/** Three lines of distances, of which each is filled anew. */
type Lines = readonly [before: number[], above: number[], line: number[]];

/** How many letters have to be added, left out, replaced or swapped with their neighbour; nothing where it is more. */
function distanceWithin(one: string, other: string, most: number): number | undefined {
  let lines: Lines = [[], Array.from({ length: other.length + 1 }, (_, column) => column), []];
  for (let row = 1; row <= one.length; row++) {
    const [before, above, line] = lines;
    if (fillLine(lines, row, { one, other, most }) > most) return undefined;
    lines = [above, line, before];
  }
  const distance = lines[1][other.length] ?? Infinity;
  return distance <= most ? distance : undefined;
}

/** Fills the line of a row, of which nothing outside of a narrow band can be near. Gives the least in it. */
function fillLine(
  [before, above, line]: Lines,
  row: number,
  { one, other, most }: { one: string; other: string; most: number },
): number {
  const [from, to] = [Math.max(1, row - most), Math.min(other.length, row + most)];
  line[from - 1] = from === 1 ? row : Infinity;
  let least = Infinity;
  for (let column = from; column <= to; column++) {
    const isSame = one.charCodeAt(row - 1) === other.charCodeAt(column - 1);
    const added = (column < row + most ? (above[column] ?? Infinity) : Infinity) + 1;
    let steps = Math.min(added, (line[column - 1] ?? Infinity) + 1, (above[column - 1] ?? Infinity) + (isSame ? 0 : 1));
    const isSwapped =
      row > 1 &&
      column > 1 &&
      one.charCodeAt(row - 1) === other.charCodeAt(column - 2) &&
      one.charCodeAt(row - 2) === other.charCodeAt(column - 1);
    if (isSwapped) steps = Math.min(steps, (before[column - 2] ?? Infinity) + 1);
    line[column] = steps;
    least = Math.min(least, steps);
  }
  return least;
}
