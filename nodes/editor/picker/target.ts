/** A thing as a node keeps it. */
export interface SavedTarget {
  hub: string;
  kind: string;
  /** Empty where the name is looked up when a message comes. */
  id: string;
  name: string;
}

/** What becomes of a choice when the node looks for it. */
export type ChoiceIs = 'found' | 'unreachable' | 'gone' | 'several' | 'env' | 'unknown';

/** Whether two choices mean one thing: by their ids, or by their names where neither has one. */
export function isSameTarget(one: SavedTarget, other: SavedTarget): boolean {
  const isSamePlace = isEither(one.hub, other.hub) && isEither(one.kind, other.kind);
  if (one.id !== '' || other.id !== '') return one.id === other.id && isSamePlace;
  return one.name === other.name && one.hub === other.hub && one.kind === other.kind;
}

/** The choices with one more, unless it is among them. Those that were there stay as they are. */
export function withTarget(targets: readonly SavedTarget[], added: SavedTarget): SavedTarget[] {
  return targets.some((target) => isSameTarget(target, added)) ? [...targets] : [...targets, added];
}

/** One line a target: its name, or the id where it has none. */
export function linesOf(targets: readonly SavedTarget[]): string {
  return targets.map(({ name, id }) => name || id).join('\n');
}

/** What is said of neither is the same. */
function isEither(one: string, other: string): boolean {
  return one === other || one === '' || other === '';
}
