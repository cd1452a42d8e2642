// The targets of a node: the things that it reads or commands.
import { nameForNode } from '../../../src/text.js';

/** A target as a node saves it: a thing with its id, or only a name to look up. */
export interface SavedTarget {
  hub: string;
  kind: string;
  /** Id of the thing; empty if the thing is looked up by name when the node runs. */
  id: string;
  name: string;
}

/**
 * The result of looking up a target: one thing ("found", or "unreachable" if it does not answer), no thing ("gone"),
 * several things with the name ("several"), an environment variable ("env"), or no answer yet ("unknown").
 */
export type TargetState = 'found' | 'unreachable' | 'gone' | 'several' | 'env' | 'unknown';

/** Returns the target for a thing: only the properties that a node saves. */
export function targetOf({ hub, kind, id, name }: SavedTarget): SavedTarget {
  return { hub, kind, id, name: nameForNode(name) };
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

/** Whether one of the targets refers to the same thing as `target`. */
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

/** Whether two hubs or kinds are equal. An empty one matches any. */
function isEither(one: string, other: string): boolean {
  return one === other || one === '' || other === '';
}
