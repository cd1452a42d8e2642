import type { Resolved } from '../../../src/devices/steps/resolving.js';
import type { SavedTarget } from '../picker/target.js';
import { type CanvasNode, canvasNodes } from './canvas.js';

/** Something that nodes are about, as they have it. */
export interface Used {
  /** The same for nodes that mean the same by the same words. */
  readonly key: string;
  readonly target: SavedTarget;
  /** The hub of the node, where a name is looked for. */
  readonly nodeHub: string;
  readonly nodes: CanvasNode[];
}

/** What the server said of it. */
export type Verdict = Pick<Resolved, 'is' | 'thing'>;

/** What tells a thing from all others. */
export function thingKey({ hub, kind, id }: { hub: string; kind: string; id: string }): string {
  return `${hub} ${kind} ${id}`;
}

/** All that the nodes of an account are about: targets, rooms and hubs. */
export function usedBy(account: string): Used[] {
  const all = new Map<string, Used>();
  const note = (node: CanvasNode, target: SavedTarget, nodeHub: string): void => {
    const key = JSON.stringify([target.hub, target.kind, target.id, target.id === '' ? target.name : '', nodeHub]);
    const used = all.get(key) ?? { key, target, nodeHub, nodes: [] };
    if (!used.nodes.includes(node)) used.nodes.push(node);
    all.set(key, used);
  };
  for (const node of canvasNodes()) {
    if (node.account !== account || !node.type.startsWith('cozify-')) continue;
    const { targets, rooms, hub = '' } = node;
    if (Array.isArray(targets)) {
      for (const target of targets) {
        const byName = !target.id && !target.hub;
        note(node, whole(target), byName ? hub : '');
      }
    }
    const hasTargets = Array.isArray(targets) && targets.length > 0;
    if (Array.isArray(rooms) && !hasTargets) {
      for (const room of rooms) note(node, { hub, kind: 'room', id: '', name: room }, ROOM_FILTER);
    }
    if (hub !== '') note(node, { hub, kind: 'hub', id: hub, name: hub }, '');
  }
  return [...all.values()];
}

/** With all that may be missing in what somebody wrote by hand. */
function whole(target: Partial<SavedTarget>): SavedTarget {
  return { hub: '', kind: '', id: '', name: '', ...target };
}

/** Instead of a hub: a room by which a node chooses, by its id or name. */
export const ROOM_FILTER = 'room';
