// Targets as nodes save them.

/** A target as a node saves it: a thing, or a name to look up. */
export interface SavedTarget {
  hub: string;
  kind: string;
  /** Empty if the name is looked up at run time. */
  id: string;
  name: string;
}

/** The result of resolving a target. */
export type TargetState = 'found' | 'unreachable' | 'gone' | 'several' | 'env' | 'unknown';

/** Returns the saved form of a thing. */
export function targetOf({ hub, kind, id, name }: SavedTarget): SavedTarget {
  return { hub, kind, id, name };
}

/** Returns the saved form of a name that is looked up at run time. */
export function byName(name: string): SavedTarget {
  return { hub: '', kind: '', id: '', name };
}

/** Whether two targets refer to the same thing: their ids are equal, or, without ids, their names. */
export function isSameTarget(one: SavedTarget, other: SavedTarget): boolean {
  const areKindAndHubSame = isEither(one.hub, other.hub) && isEither(one.kind, other.kind);
  if (one.id !== '' || other.id !== '') return one.id === other.id && areKindAndHubSame;
  return one.name === other.name && one.hub === other.hub && one.kind === other.kind;
}

/** Whether a target is among others. */
export function isAmong(targets: readonly SavedTarget[], target: SavedTarget): boolean {
  return targets.some((one) => isSameTarget(one, target));
}

/** Returns the targets and a further one, unless it is already among them. */
export function withTarget(targets: readonly SavedTarget[], added: SavedTarget): SavedTarget[] {
  return isAmong(targets, added) ? [...targets] : [...targets, added];
}

/** Returns the key of a thing, which is unique across all hubs. */
export function targetKey({ hub, kind, id }: SavedTarget): string {
  return JSON.stringify([hub, kind, id]);
}

/** Returns a line for each target: its name, or else its id. */
export function linesOf(targets: readonly SavedTarget[]): string {
  return targets.map(({ name, id }) => name || id).join('\n');
}

/** Whether two values are equal. An empty value matches any value. */
function isEither(one: string, other: string): boolean {
  return one === other || one === '' || other === '';
}
