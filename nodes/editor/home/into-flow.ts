import type { SavedTarget } from '../picker/target.js';
import { hangAtMouse, hindrance, type NewNode, placeAt, placeInView } from './canvas.js';

/** The node type that a thing's button creates. */
export type NodeMaker = 'read' | 'command' | 'changes' | 'button';

export const NODE_MAKERS: readonly NodeMaker[] = ['command', 'changes', 'read', 'button'];

/** Returns a new node for a thing or a room, with the properties that differ from the defaults. */
export function nodeFor(maker: NodeMaker, target: SavedTarget, account: string): NewNode {
  const { kind, id } = target;
  const type = `cozify-${maker}`;
  if (maker === 'changes' && kind === 'room') return { type, properties: { account, targets: [], rooms: [id] } };
  const own: Record<NodeMaker, object> = {
    read: { kind },
    command: kind === 'scene' ? { command: 'on' } : kind === 'alarm' ? { command: 'close' } : {},
    changes: { kinds: [kind] },
    button: {},
  };
  return { type, properties: { account, targets: [target], ...own[maker] } };
}

/** Returns the node type for a row that is dragged as a whole. */
export function makerOfRow(makers: readonly string[]): NodeMaker | undefined {
  return (['command', 'button', 'changes'] as const).find((maker) => makers.includes(maker));
}

/** The destination of a node: attached to the mouse, the middle of the view, or a position on the page. */
export type Place = 'mouse' | 'view' | { pageX: number; pageY: number };

/** Puts a node into the open flow. Returns the reason if that is impossible. */
export function putIntoFlow(node: NewNode, place: Place): ReturnType<typeof hindrance> {
  const problem = hindrance(node.properties['account']);
  if (problem !== undefined) return problem;
  if (place === 'mouse') hangAtMouse(node);
  else if (place === 'view') placeInView(node);
  else placeAt(node, place);
  return undefined;
}
