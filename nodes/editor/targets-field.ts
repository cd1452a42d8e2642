/** A thing as a node keeps it. */
export interface SavedTarget {
  hub: string;
  kind: string;
  id: string;
  name: string;
}

/** One line a target: its name, or the id where it has none. */
export function linesOf(targets: readonly SavedTarget[]): string {
  return targets.map(({ name, id }) => name || id).join('\n');
}

/** The targets of the lines. One that says what it said before stays what it was, with its id; others are names. */
export function targetsOf(lines: string, before: readonly SavedTarget[]): SavedTarget[] {
  const left = [...before];
  const names = lines.split('\n').map((line) => line.trim());
  return names
    .filter((name) => name !== '')
    .map((name) => {
      const place = left.findIndex((target) => (target.name || target.id) === name);
      const [kept] = place < 0 ? [] : left.splice(place, 1);
      return kept ?? { hub: '', kind: '', id: '', name };
    });
}

/** Texts of a list, one a line. */
export function textsOf(lines: string): string[] {
  return lines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
