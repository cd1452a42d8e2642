import type { NodeAPI } from 'node-red';

/** The accounts in the flows by storage id, disabled ones included, with the `store` that their nodes name. */
export type AccountsInFlows = ReadonlyMap<string, string>;

/**
 * Told of the accounts in the flows whenever these may have changed, and which of them a Deploy has taken out;
 * `isDeployed`: flows have started after a Deploy.
 */
export type FlowAccountsListener = (present: AccountsInFlows, removed: readonly string[], isDeployed: boolean) => void;

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
 */
export class FlowAccounts {
  readonly #red: NodeAPI;
  readonly #listener: FlowAccountsListener;
  readonly #handlers: [string, (event: unknown) => void][];
  /** Those that only a Deploy can have taken out when they are missing; none while that can't be told. */
  #before: AccountsInFlows = new Map();
  /** All ids that were ever those of accounts. */
  readonly #known = new Set<string>();
  #isLoading = false;
  #isLookedAt = false;

  constructor(red: NodeAPI, listener: FlowAccountsListener) {
    this.#red = red;
    this.#listener = listener;
    this.#handlers = [
      ['flows:started', (event) => this.#look((event as StartEvent).diff)],
      ['runtime-event', (event) => this.#noteRuntime(event as RuntimeEvent)],
    ];
    for (const [event, handler] of this.#handlers) red.events.on(event, handler);
    // The package may have come to flows that were loaded long ago.
    if (hasFlows(red)) this.#look();
  }

  close(): void {
    for (const [event, handler] of this.#handlers) this.#red.events.removeListener(event, handler);
  }

  #noteRuntime({ id, payload }: RuntimeEvent): void {
    if (id === 'runtime-deploy') this.#look();
    else if (id === 'runtime-state' && payload?.state === undefined) this.#noteLoad();
  }

  /** Other flows come from storage in this very turn of the event loop, or never: what is missing then was not removed. */
  #noteLoad(): void {
    if (hasFlows(this.#red)) this.#look();
    this.#before = new Map();
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
    const gone = new Set([...removed.filter((id) => this.#known.has(id)), ...this.#before.keys()]);
    for (const id of present.keys()) {
      gone.delete(id);
      this.#known.add(id);
    }
    if (!this.#isLoading) this.#before = present;
    this.#isLookedAt = true;
    this.#listener(present, [...gone], diff !== undefined);
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
 * Whether an instance of the subflow that a node is in may be there and switched off: by itself, with its flow, or in
 * another subflow, of which that can't be told.
 */
export function hasSwitchedOffInstances({ nodes }: NodeAPI, template: string): boolean {
  const all: FlowNode[] = [];
  nodes.eachNode((node) => void all.push(node));
  const subflow = all.find(({ id }) => id === template)?.z;
  if (subflow === undefined) return true;
  const off = new Set(all.filter(({ type, disabled, d }) => d === true || (type === 'tab' && disabled === true)));
  const running = new Set(all.filter((node) => node.type === 'tab' && !off.has(node)).map(({ id }) => id));
  const instances = all.filter(({ type }) => type === `subflow:${subflow}`);
  return instances.some((node) => off.has(node) || !running.has(node.z ?? ''));
}

/** A node as flows have it. */
interface FlowNode {
  id: string;
  type: string;
  z?: string;
  d?: boolean;
  disabled?: boolean;
}
