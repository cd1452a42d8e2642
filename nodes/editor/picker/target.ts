// Targets as nodes save them.

/** A target in the form in which a node saves it: a thing, or only a name to look up. */
export interface SavedTarget {
  hub: string;
  kind: string;
  /** Id of the thing; empty if the thing is looked up by name when the node runs. */
  id: string;
  name: string;
}

/**
 * The state of a target after it was resolved. "env": it is an environment variable, which the editor can't resolve.
 */
export type TargetState = 'found' | 'unreachable' | 'gone' | 'several' | 'env' | 'unknown';

/** Returns the target for a thing. */
export function targetOf({ hub, kind, id, name }: SavedTarget): SavedTarget {
  return { hub, kind, id, name };
}

/** Returns the target for a name that is looked up when the node runs. */
export function byName(name: string): SavedTarget {
  return { hub: '', kind: '', id: '', name };
}

/**
 * Whether two targets refer to the same thing. If one of them has an id, the ids must be equal, and an empty hub or
 * kind matches any. If neither has an id, the names, hubs and kinds must be equal.
 */
export function isSameTarget(one: SavedTarget, other: SavedTarget): boolean {
  const areKindAndHubSame = isEither(one.hub, other.hub) && isEither(one.kind, other.kind);
  if (one.id !== '' || other.id !== '') return one.id === other.id && areKindAndHubSame;
  return one.name === other.name && one.hub === other.hub && one.kind === other.kind;
}

/** Whether a target is among others. */
export function isAmong(targets: readonly SavedTarget[], target: SavedTarget): boolean {
  return targets.some((one) => isSameTarget(one, target));
}

/** Returns the targets, with `added` at the end unless it is already among them. */
export function withTarget(targets: readonly SavedTarget[], added: SavedTarget): SavedTarget[] {
  return isAmong(targets, added) ? [...targets] : [...targets, added];
}

/** Returns the key of a thing, which is unique across all hubs. */
export function targetKey({ hub, kind, id }: SavedTarget): string {
  return JSON.stringify([hub, kind, id]);
}

/** Returns the targets as text, one per line: the name or, if it is empty, the id. */
export function linesOf(targets: readonly SavedTarget[]): string {
  return targets.map(({ name, id }) => name || id).join('\n');
}

/** Whether two values are equal. An empty value matches any value. */
function isEither(one: string, other: string): boolean {
  return one === other || one === '' || other === '';
}
