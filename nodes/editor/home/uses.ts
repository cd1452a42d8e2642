import type { Resolved } from '../../../src/devices/steps/resolving.js';
import type { SavedTarget } from '../picker/target.js';
import { type CanvasNode, canvasNodes } from './canvas.js';

/** A thing that nodes refer to. */
export interface Used {
  /** Equal for nodes that refer to the same thing with the same words. */
  readonly key: string;
  readonly target: SavedTarget;
  /** The node's hub, in which a name is looked up. */
  readonly nodeHub: string;
  readonly nodes: CanvasNode[];
}

/** The server's answer about a thing. */
export type Verdict = Pick<Resolved, 'is' | 'thing'>;

export function thingKey({ hub, kind, id }: { hub: string; kind: string; id: string }): string {
  return `${hub} ${kind} ${id}`;
}

/** Returns everything that an account's nodes refer to: targets, rooms and hubs. */
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

/** Fills in the properties that a hand-written target lacks. */
function whole(target: Partial<SavedTarget>): SavedTarget {
  return { hub: '', kind: '', id: '', name: '', ...target };
}

/** Stands in place of a hub for a room in a node's filter, which is stored by id or name. */
export const ROOM_FILTER = 'room';
