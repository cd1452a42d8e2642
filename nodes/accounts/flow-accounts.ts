import type { NodeAPI } from 'node-red';

/** The accounts in the flows by storage id, disabled ones included, with the `store` that their nodes name. */
export type AccountsInFlows = ReadonlyMap<string, string>;

/** Told of the accounts in the flows whenever these may have changed, and which of them a Deploy has taken out. */
export type FlowAccountsListener = (present: AccountsInFlows, removed: readonly string[]) => void;

interface StartEvent {
  diff?: { removed?: string[] };
}

/** What Node-RED tells its editors. */
interface RuntimeEvent {
  id?: string;
  payload?: { state?: string };
}

/**
 * Follows which accounts are in the flows, and tells which of them a Deploy has taken out: also while the flows are
 * stopped, or can't start because a node type is missing.
 *
 * What a Deploy has removed is named only when flows start. Otherwise Node-RED just says that other flows are in force
 * (`runtime-deploy`), for Deploys and for loads (its start, a reload, another project) alike. So they are compared with
 * those before, unless these were replaced by a load: when that is about to happen, or has failed, Node-RED tells of
 * its state (`runtime-state`) without saying whether flows run.
 *
 * An account that instances of a subflow have for themselves is in no flows. It is gone when a Deploy has taken them out
 * or has given them others. Of an instance that has not run yet nobody knows which account it has: while there is one,
 * none is gone.
 */
export class FlowAccounts {
  readonly #red: NodeAPI;
  readonly #listener: FlowAccountsListener;
  readonly #handlers: [string, (event: unknown) => void][];
  /** Those that only a Deploy can have taken out when they are missing; none while that can't be told. */
  #before: AccountsInFlows = new Map();
  /** All ids that were ever those of accounts. */
  readonly #known = new Set<string>();
  /** The nodes of instances, by their own ids, and which account each has claimed last. */
  readonly #claims = new Map<string, string>();
  /** The accounts that instances have for themselves, each with its template. */
  readonly #instances = new Map<string, string>();
  #isLoading = false;
  #isLookedAt = false;
  /** Flows were loaded, and Node-RED has not come to the end of that. */
  #isLoadAhead = false;
  #areRunning = false;

  constructor(red: NodeAPI, listener: FlowAccountsListener) {
    this.#red = red;
    this.#listener = listener;
    this.#handlers = [
      ['flows:stopping', () => (this.#areRunning = false)],
      ['flows:started', (event) => this.#noteStart(event as StartEvent)],
      ['runtime-event', (event) => this.#noteRuntime(event as RuntimeEvent)],
    ];
    for (const [event, handler] of this.#handlers) red.events.on(event, handler);
    // The package may have come to flows that were loaded long ago.
    if (hasFlows(red)) this.#look();
  }

  close(): void {
    for (const [event, handler] of this.#handlers) this.#red.events.removeListener(event, handler);
  }

  /** A node claims this account; `template` where it is one that an instance of a subflow has for itself. */
  noteClaim(nodeId: string, id: string, template: string | undefined): void {
    if (nodeId !== id) this.#claims.set(nodeId, id);
    if (template !== undefined) this.#instances.set(id, template);
  }

  #noteStart({ diff }: StartEvent): void {
    this.#areRunning = true;
    // With a `diff` it is the end of a Deploy that came before.
    if (diff === undefined) this.#endLoad();
    this.#look(diff);
  }

  #noteRuntime({ id, payload }: RuntimeEvent): void {
    if (id === 'runtime-deploy') {
      if (!this.#areRunning) this.#endLoad();
      this.#look();
    } else if (id === 'runtime-state' && payload?.state === undefined) this.#noteLoad();
  }

  /** What no instance has now, no Deploy has taken out. */
  #endLoad(): void {
    if (!this.#isLoadAhead) return;
    this.#isLoadAhead = false;
    for (const [id, template] of this.#instances) {
      if (this.#claimedIn(template)?.includes(id) !== true) this.#instances.delete(id);
    }
  }

  /** Other flows come from storage in this very turn of the event loop, or never: what is missing then was not removed. */
  #noteLoad(): void {
    if (hasFlows(this.#red)) this.#look();
    this.#before = new Map();
    this.#isLoadAhead = true;
    this.#isLoading = true;
    this.#isLookedAt = false;
    setImmediate(() => {
      this.#isLoading = false;
      if (this.#isLookedAt) this.#look();
    });
  }

  #look(diff?: StartEvent['diff']): void {
    const { removed = [] } = diff ?? {};
    const present = accountsIn(this.#red);
    const lost = this.#isLoadAhead ? [] : this.#lostInstances();
    const gone = new Set([...removed.filter((id) => this.#known.has(id)), ...this.#before.keys(), ...lost]);
    for (const id of present.keys()) {
      gone.delete(id);
      this.#known.add(id);
    }
    for (const [id, template] of this.#instances) if (gone.has(id) || gone.has(template)) this.#instances.delete(id);
    if (!this.#isLoading) this.#before = present;
    this.#isLookedAt = true;
    this.#listener(present, [...gone]);
  }

  /** The accounts of instances that no node in the flows has any more. */
  #lostInstances(): string[] {
    const lost = [...this.#instances].filter(
      ([id, template]) => this.#claimedIn(template)?.every((one) => one !== undefined && one !== id) === true,
    );
    return lost.map(([id]) => id);
  }

  /** What each instance has claimed, `undefined` where it has not run yet; `undefined` for a node that is in no subflow. */
  #claimedIn(template: string): (string | undefined)[] | undefined {
    return nodesIn(this.#red, template)?.map((node) => this.#claims.get(node));
  }
}

/** Whether Node-RED has loaded its flows, before which it can't go through their nodes. */
export function hasFlows({ nodes }: NodeAPI): boolean {
  try {
    nodes.eachNode(() => undefined);
    return true;
  } catch {
    return false;
  }
}

function accountsIn({ nodes }: NodeAPI): Map<string, string> {
  const accounts = new Map<string, string>();
  nodes.eachNode((node) => {
    const { id, type, store } = node as typeof node & { store?: unknown };
    if (type === 'cozify-account') accounts.set(id, typeof store === 'string' ? store : '');
  });
  return accounts;
}

/**
 * The ids under which Node-RED creates a node of a subflow, one for each instance, switched off or not; `undefined` where
 * it is in none.
 */
function nodesIn({ nodes }: NodeAPI, template: string): string[] | undefined {
  const all: FlowNode[] = [];
  nodes.eachNode((node) => void all.push(node));
  const subflow = all.find(({ id }) => id === template)?.z ?? '';
  return subflow === '' ? undefined : instancesOf(all, subflow).map((instance) => `${instance}-${template}`);
}

/** The ids of a subflow's instances: in the instances of another subflow there is one in each. */
function instancesOf(all: readonly FlowNode[], subflow: string, within: readonly string[] = []): string[] {
  if (within.includes(subflow)) return [];
  const isSubflow = (z: string): boolean => all.some(({ id, type }) => id === z && type === 'subflow');
  return all
    .filter(({ type }) => type === `subflow:${subflow}`)
    .flatMap(({ id, z = '' }) =>
      isSubflow(z) ? instancesOf(all, z, [...within, subflow]).map((outer) => `${outer}-${id}`) : [id],
    );
}

/** A node as flows have it. */
interface FlowNode {
  id: string;
  type: string;
  z?: string;
}
