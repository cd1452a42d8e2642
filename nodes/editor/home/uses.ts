// The references of nodes to things, rooms and hubs: which nodes use which thing.
import type { Resolved } from '../../../src/devices/steps/resolving.js';
import type { Failure } from '../account/api.js';
import type { SavedTarget } from '../picker/target.js';
import { cozifyNodes } from '../shared/flows.js';
import { type HomeApi, keyAcrossHubs } from './api.js';
import type { CanvasNode } from './flow.js';

/** A reference to a thing, room or hub, with the nodes that contain it. */
export interface Used {
  /**
   * The key of the reference. Nodes that refer to the same thing in the same way, for example by its id, share one
   * reference.
   */
  readonly key: string;
  readonly target: SavedTarget;
  /**
   * The id of the node's hub if the target has only a name, which is looked up at that hub; otherwise empty. For a room
   * in the filter of a node: {@link ROOM_FILTER}.
   */
  readonly nodeHub: string;
  readonly nodes: CanvasNode[];
}

/**
 * Value of {@link Used.nodeHub} for a room in the filter of a node. The name of such a target is the id or the name of
 * the room.
 */
const ROOM_FILTER = 'room';

/** The maximum number of references in one request. */
const MAX_RESOLVED = 1000;

export function isRoomFilter({ nodeHub }: Used): boolean {
  return nodeHub === ROOM_FILTER;
}

export function isHub({ target }: Used): boolean {
  return target.kind === 'hub';
}

/** Returns the nodes of several references, without duplicates. */
export function nodesOf(uses: readonly Used[]): CanvasNode[] {
  return [...new Set(uses.flatMap(({ nodes }) => nodes))];
}

/** Returns all references of an account's nodes: to targets, rooms and hubs. */
function usedBy(account: string): Used[] {
  const all = new Map<string, Used>();
  for (const node of cozifyNodes<CanvasNode>()) {
    if (node.account !== account) continue;
    for (const { target, nodeHub } of referencesOf(node)) {
      const key = JSON.stringify([target.hub, target.kind, target.id, target.id === '' && target.name, nodeHub]);
      const used = all.get(key) ?? { key, target, nodeHub, nodes: [] };
      if (!used.nodes.includes(node)) used.nodes.push(node);
      all.set(key, used);
    }
  }
  return [...all.values()];
}

/** Returns a node's references: to its targets or, without targets, to the rooms of its filter; and to its hub. */
function referencesOf({ targets, rooms, hub = '' }: CanvasNode): Pick<Used, 'target' | 'nodeHub'>[] {
  const saved = Array.isArray(targets) ? targets : [];
  const filter = Array.isArray(rooms) && saved.length === 0 ? rooms : [];
  return [
    ...saved.map((target: Partial<SavedTarget>) => ({
      // A hand-written target may lack properties.
      target: { hub: '', kind: '', id: '', name: '', ...target },
      nodeHub: !target.id && !target.hub ? hub : '',
    })),
    ...filter.map((name) => ({ target: { hub, kind: 'room', id: '', name }, nodeHub: ROOM_FILTER })),
    ...(hub === '' ? [] : [{ target: { hub, kind: 'hub', id: hub, name: hub }, nodeHub: '' }]),
  ];
}

/** The references of an account's nodes to things, and the server's result for each reference. */
export class UseIndex {
  readonly #account: string;
  readonly #api: HomeApi;
  readonly #isSeen: () => boolean;
  /**
   * Identifies the newest call that looked up all references. If it has changed while a call was waiting, the results of
   * that call may be old.
   */
  #fullRequest = Symbol();
  /** All references of the account's nodes. */
  used: readonly Used[] = [];
  /** The results of looking up the references on the server, by the key of the reference. */
  verdicts: ReadonlyMap<string, Resolved> = new Map();
  /** The references to each existing thing, by the key of the thing. */
  #usesOf = new Map<string, Used[]>();

  /** `isSeen`: returns whether the tab is visible. Nothing is requested while the tab is hidden. */
  constructor(account: string, api: HomeApi, isSeen: () => boolean) {
    this.#account = account;
    this.#api = api;
    this.#isSeen = isSeen;
  }

  /**
   * Collects the references of the nodes, and looks up on the server to which things they refer: for new references
   * only or, with `isComplete`, for all. If a request fails, returns the failure and keeps the earlier results.
   */
  async count(isComplete: boolean): Promise<Failure | undefined> {
    this.used = usedBy(this.#account);
    const asked = this.used.filter(({ key }) => isComplete || !this.verdicts.has(key));
    if (isComplete) this.#fullRequest = Symbol();
    const fullRequest = this.#fullRequest;
    const verdicts = new Map<string, Resolved>();
    const failure = await this.#resolve(asked, verdicts);
    // Results of a call that was overtaken by a call for all references may be older than the stored ones.
    const all = fullRequest === this.#fullRequest ? [...this.verdicts, ...verdicts] : [...verdicts, ...this.verdicts];
    const keys = new Set(this.used.map(({ key }) => key));
    this.verdicts = new Map(all.filter(([key]) => keys.has(key)));
    this.#usesOf = new Map();
    for (const one of this.used) {
      const thing = this.verdicts.get(one.key)?.thing;
      if (thing) this.#usesOf.set(keyAcrossHubs(thing), [...this.usesOf(keyAcrossHubs(thing)), one]);
    }
    return failure;
  }

  /** The keys of all existing things that nodes refer to. */
  get keys(): string[] {
    return [...this.#usesOf.keys()];
  }

  /** Returns the references to the thing with this key. */
  usesOf(key: string): readonly Used[] {
    return this.#usesOf.get(key) ?? [];
  }

  /** Returns the references with these keys, read again from the nodes in the editor. */
  now(keys: readonly string[]): Used[] {
    return usedBy(this.#account).filter(({ key }) => keys.includes(key));
  }

  /**
   * Looks up on the server to which things the references refer, and adds the results to `verdicts`, by the key of the
   * reference. Stops when the tab is hidden. Returns the failure if a request failed.
   */
  async #resolve(used: readonly Used[], verdicts: Map<string, Resolved>): Promise<Failure | undefined> {
    const hubOf = (one: Used): string => (isRoomFilter(one) ? one.target.hub : one.nodeHub);
    for (const hub of new Set(used.map(hubOf))) {
      const all = used.filter((one) => hubOf(one) === hub);
      for (let start = 0; start < all.length && this.#isSeen(); start += MAX_RESOLVED) {
        const some = all.slice(start, start + MAX_RESOLVED);
        const [rooms, hubs] = [some.filter(isRoomFilter), some.filter(isHub)];
        const targets = some.filter((one) => !isRoomFilter(one) && !isHub(one));
        const reply = await this.#api.resolve({
          targets: targets.map(({ target }) => target),
          rooms: rooms.map(({ target }) => target.name),
          hubs: hubs.map(({ target }) => target.id),
          hub,
        });
        if (!reply.isOk) return reply.failure;
        const answers = [...reply.answer.targets, ...reply.answer.rooms, ...reply.answer.hubs];
        for (const [index, { key }] of [...targets, ...rooms, ...hubs].entries()) {
          const answer = answers[index];
          if (answer !== undefined) verdicts.set(key, answer);
        }
      }
    }
    return undefined;
  }
}
