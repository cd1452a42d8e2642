// References of nodes to things at home.
import type { Resolved } from '../../../src/devices/steps/resolving.js';
import type { Failure } from '../account/api.js';
import type { SavedTarget } from '../picker/target.js';
import { type CanvasNode, canvasNodes } from './flow.js';

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
function usedBy(account: string): Used[] {
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

/** Asks the server about used things, while they are wanted. Stores the verdicts by key; returns a failure. */
type Resolve = (
  used: readonly Used[],
  verdicts: Map<string, Verdict>,
  isWanted: () => boolean,
) => Promise<Failure | undefined>;

/** The uses of things by an account's nodes, with the server's verdict on each thing. */
export class UseIndex {
  readonly #account: string;
  readonly #resolve: Resolve;
  readonly #isSeen: () => boolean;
  /** Counts requests about all things. */
  #fullRequests = 0;
  /** All things that nodes refer to. */
  used: readonly Used[] = [];
  /** The server's verdicts, by key. */
  verdicts: ReadonlyMap<string, Verdict> = new Map();
  #nodesOf = new Map<string, CanvasNode[]>();

  /** `isSeen`: whether the tab is visible; otherwise nothing is requested. */
  constructor(account: string, resolve: Resolve, isSeen: () => boolean) {
    this.#account = account;
    this.#resolve = resolve;
    this.#isSeen = isSeen;
  }

  /**
   * Counts the uses. Asks the server about things without a verdict, or with `isComplete` about all. Returns the failure if
   * a request failed; the earlier verdicts remain then.
   */
  async count(isComplete: boolean): Promise<Failure | undefined> {
    this.used = usedBy(this.#account);
    const asked = this.used.filter(({ key }) => isComplete || !this.verdicts.has(key));
    if (isComplete) this.#fullRequests += 1;
    const fullRequests = this.#fullRequests;
    const verdicts = new Map<string, Verdict>();
    const failure = await this.#resolve(asked, verdicts, this.#isSeen);
    // The answer of a superseded request may be older.
    const all = fullRequests === this.#fullRequests ? [...this.verdicts, ...verdicts] : [...verdicts, ...this.verdicts];
    const keys = new Set(this.used.map(({ key }) => key));
    this.verdicts = new Map(all.filter(([key]) => keys.has(key)));
    const nodesOf = new Map<string, CanvasNode[]>();
    for (const { key, nodes } of this.used) {
      const thing = this.verdicts.get(key)?.thing;
      if (!thing) continue;
      const known = nodesOf.get(thingKey(thing)) ?? [];
      nodesOf.set(thingKey(thing), [...new Set([...known, ...nodes])]);
    }
    this.#nodesOf = nodesOf;
    return failure;
  }

  /** The keys of all things that nodes refer to. */
  get keys(): string[] {
    return [...this.#nodesOf.keys()];
  }

  nodesOf(key: string): readonly CanvasNode[] {
    return this.#nodesOf.get(key) ?? [];
  }

  /** Returns the references with these keys in the editor's current nodes. */
  now(keys: readonly string[]): Used[] {
    return usedBy(this.#account).filter(({ key }) => keys.includes(key));
  }

  /** Returns the references to a thing. */
  usesOf(key: string): Used[] {
    return this.used.filter((one) => {
      const found = this.verdicts.get(one.key)?.thing;
      return found !== null && found !== undefined && thingKey(found) === key;
    });
  }
}
