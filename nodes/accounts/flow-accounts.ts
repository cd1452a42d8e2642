import type { NodeAPI } from 'node-red';
import { listen } from '../runtime/listen.js';
import { type RuntimeEvent, stateOf } from './runtime-state.js';

/** Who has an account that instances of a subflow have for themselves. */
export interface Claims {
  /** The node in the subflow: with it all of its instances' accounts go. */
  template: string;
  /** Its nodes in the instances, by their own ids. With none the account goes once it is known that none has it. */
  nodes: string[];
}

interface AccountInFlows {
  /** As the node names it. */
  store: string;
  claims?: Claims;
}

/** The accounts in the flows by storage id, disabled ones included. */
export type AccountsInFlows = ReadonlyMap<string, AccountInFlows>;

/** Told of the accounts in the flows whenever these may have changed, and which of them a Deploy has taken out. */
export type FlowAccountsListener = (present: AccountsInFlows, removed: readonly string[]) => void;

interface StartEvent {
  diff?: { removed?: string[] };
}

/** An account of the flows with its configuration as the flow file has it. */
export interface ConfiguredAccount {
  /** The storage id. */
  id: string;
  /** The id of the node in a subflow's template, if the account belongs to instances of the subflow. */
  template: string | undefined;
  name: string;
  cloudUrl: string;
  store: string;
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
 * An account that instances of a subflow have for themselves is gone when a Deploy has taken them out or has given them
 * others. Of an instance that has never run nobody knows which account it has: while there is one, none is gone.
 */
export class FlowAccounts {
  readonly close: () => void;
  readonly #red: NodeAPI;
  readonly #listener: FlowAccountsListener;
  /** Those that only a Deploy can have taken out when they are missing; none while that can't be told. */
  #before = new Map<string, AccountInFlows>();
  /** All ids that were ever those of accounts. */
  readonly #known = new Set<string>();
  /** The nodes of instances, by their own ids, and which account each has claimed last. */
  readonly #claims = new Map<string, string>();
  #isLoading = false;
  #isLookedAt = false;
  /** Flows were loaded, and Node-RED has not come to the end of that. */
  #isLoadAhead = false;
  #areRunning = false;
  #areStopped = false;
  #present: AccountsInFlows = new Map();

  constructor(red: NodeAPI, listener: FlowAccountsListener) {
    this.#red = red;
    this.#listener = listener;
    this.close = listen(red.events, {
      'flows:stopping': () => (this.#areRunning = false),
      'flows:started': (event) => this.#noteStart(event as StartEvent),
      'runtime-event': (event) => this.#noteRuntime(event as RuntimeEvent),
    });
    // The package may have come to flows that were loaded long ago.
    this.#look();
  }

  /** Whether Node-RED says that the flows are stopped or in safe mode. Between two steps of a Deploy it says so, too. */
  get areStopped(): boolean {
    return this.#areStopped;
  }

  /** The account with this storage id, or that of an instance of the subflow in whose template this node is. */
  configured(id: string): ConfiguredAccount | undefined {
    const instance = [...this.#present].find(([, { claims }]) => claims?.template === id);
    const [storageId, account] = instance ?? [id, this.#present.get(id)];
    const template = account?.claims?.template;
    const node = nodesOf(this.#red)?.find((one) => one.id === (template ?? storageId));
    if (account === undefined || node === undefined) return undefined;
    return { id: storageId, template, name: textOf(node.name), cloudUrl: textOf(node.cloudUrl), store: account.store };
  }

  /** A node claims this account. */
  noteClaim(nodeId: string, id: string): void {
    if (nodeId !== id) this.#claims.set(nodeId, id);
  }

  /** Takes over what an earlier process knew of instances, where they have not run in this one. */
  remember(earlier: readonly (Claims & { id: string })[]): void {
    const all = earlier.flatMap(({ nodes }) => nodes);
    for (const { id, template, nodes } of earlier) {
      // A node that loads gave one after the other may have either.
      const certain = nodes.filter((node) => all.indexOf(node) === all.lastIndexOf(node));
      for (const node of certain) if (!this.#claims.has(node)) this.#claims.set(node, id);
      if (nodes.length === 0) this.#before.set(id, { store: '', claims: { template, nodes } });
    }
    this.#look();
  }

  #noteStart({ diff }: StartEvent): void {
    this.#areRunning = true;
    this.#areStopped = false;
    // With a `diff` it is the end of a Deploy that came before.
    if (diff === undefined) this.#isLoadAhead = false;
    this.#look(diff?.removed);
  }

  #noteRuntime(event: RuntimeEvent): void {
    const { id, payload } = event;
    const state = stateOf(event);
    if (state !== undefined) this.#areStopped = state === 'stopped';
    if (id === 'runtime-deploy') {
      if (!this.#areRunning) this.#isLoadAhead = false;
      this.#look();
    } else if (id === 'runtime-state' && payload?.state === undefined) this.#noteLoad();
  }

  /** Other flows come from storage in this very turn of the event loop, or never: what is missing then was not removed. */
  #noteLoad(): void {
    this.#look();
    this.#before = new Map();
    this.#isLoadAhead = true;
    this.#isLoading = true;
    this.#isLookedAt = false;
    setImmediate(() => {
      this.#isLoading = false;
      if (this.#isLookedAt) this.#look();
    });
  }

  #look(removed: readonly string[] = []): void {
    const all = nodesOf(this.#red);
    if (all === undefined) return;
    const present = this.#accountsIn(all);
    // The accounts of instances go with their template.
    const missing = [...this.#before].filter(([, { claims }]) => claims === undefined || present.has(claims.template));
    const gone = new Set([...removed.filter((id) => this.#known.has(id)), ...missing.map(([id]) => id)]);
    for (const id of present.keys()) {
      gone.delete(id);
      this.#known.add(id);
    }
    if (!this.#isLoading) this.#before = present;
    this.#isLookedAt = true;
    this.#present = present;
    this.#listener(present, [...gone]);
  }

  #accountsIn(all: readonly FlowNode[]): Map<string, AccountInFlows> {
    const accounts = all.filter(({ type }) => type === 'cozify-account');
    const present = new Map<string, AccountInFlows>();
    for (const { id, store } of accounts) present.set(id, { store: typeof store === 'string' ? store : '' });
    for (const { id, z = '' } of accounts) {
      const instances = z === '' || this.#isLoadAhead ? undefined : instancesOf(all, z);
      this.#addInstances(
        present,
        id,
        instances?.map((instance) => `${instance}-${id}`),
      ); // as Node-RED names them
    }
    return present;
  }

  /** Adds what the instances' nodes have claimed, and what one of them may have that has never run. */
  #addInstances(present: Map<string, AccountInFlows>, template: string, nodes: readonly string[] | undefined): void {
    const store = present.get(template)?.store ?? '';
    const add = (id: string, ids: string[]): unknown => present.set(id, { store, claims: { template, nodes: ids } });
    for (const node of nodes ?? []) {
      const id = this.#claims.get(node) ?? template;
      if (id !== template) add(id, [...(present.get(id)?.claims?.nodes ?? []), node].sort());
    }
    if (nodes?.every((node) => this.#claims.has(node)) === true) return;
    for (const [id, { claims }] of this.#before) if (claims?.template === template && !present.has(id)) add(id, []);
  }
}

/** All nodes of the flows; `undefined` while Node-RED has loaded none. */
export function nodesOf({ nodes }: NodeAPI): FlowNode[] | undefined {
  const all: FlowNode[] = [];
  try {
    nodes.eachNode((node) => void all.push(node));
    return all;
  } catch {
    return undefined;
  }
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
  name?: unknown;
  cloudUrl?: unknown;
  store?: unknown;
}

/** A property of a node as a text, in which variables of the environment have their values. */
function textOf(property: unknown): string {
  if (typeof property !== 'string') return '';
  return property.replace(/\$\{([^{}]*)\}/g, (_all, name: string) => process.env[name] ?? '');
}
