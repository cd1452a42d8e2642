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

/** What names are compared by: case, outer spaces and how an ä is encoded don't matter. */
export function nameKey(name: string): string {
  return name.normalize('NFC').trim().toLowerCase();
}

/** Those of the names that are spelled most like the one that was asked for, the nearest first, each once. */
export function nearestNames(names: Iterable<string>, asked: string, count = 10): string[] {
  const wanted = nameKey(asked).slice(0, MAX_COMPARED);
  const ranked = [...new Set(names)].map((name) => {
    const key = nameKey(name).slice(0, MAX_COMPARED);
    const isWithin = wanted !== '' && (key.includes(wanted) || (key !== '' && wanted.includes(key)));
    return { name, distance: isWithin && key !== wanted ? 1 : distanceOf(key, wanted) };
  });
  ranked.sort((one, other) => one.distance - other.distance || (one.name < other.name ? -1 : 1));
  return ranked.slice(0, count).map(({ name }) => name);
}

/** How many letters have to be added, left out, replaced or swapped with their neighbour. */
function distanceOf(one: string, other: string): number {
  let before: number[] = [];
  let above = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row++) {
    const line = [row];
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1];
      let least = Math.min(at(above, column) + 1, at(line, column - 1) + 1, at(above, column - 1) + (isSame ? 0 : 1));
      const isSwapped =
        row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      if (isSwapped) least = Math.min(least, at(before, column - 2) + 1);
      line.push(least);
    }
    before = above;
    above = line;
  }
  return at(above, other.length);
}

function at(line: readonly number[], column: number): number {
  return line[column] ?? Infinity;
}
