import type { NodeAPI } from 'node-red';
import { subscribe, type RuntimeEvent, stateOf } from '../runtime/runtime-events.js';

/** The nodes that claim (use) an account, if the account belongs to instances of a subflow. */
export interface Claims {
  /**
   * The id of the account node in the subflow's template. Removing this node from the flows also removes the accounts
   * of all instances.
   */
  template: string;
  /**
   * The ids of the account's nodes in the instances; empty if no instance is known to use the account. Such an account
   * is removed as soon as the accounts of all instances are known.
   */
  nodes: string[];
}

interface AccountInFlows {
  /** The name of the store in the node's configuration. */
  store: string;
  claims?: Claims;
}

/** The accounts in the flows, including disabled ones, by storage id. */
export type AccountsInFlows = ReadonlyMap<string, AccountInFlows>;

/**
 * Called after each event that may have changed the accounts. Receives the accounts in the flows and the ids of
 * accounts that a Deploy has removed.
 */
export type FlowAccountsCallback = (present: AccountsInFlows, removed: readonly string[]) => void;

interface StartEvent {
  diff?: { removed?: string[] };
}

/** An account in the flows, with the properties from the flow file. */
export interface ConfiguredAccount {
  /** The id under which the account's state is stored. */
  id: string;
  /** The id of the node in a subflow's template, if the account belongs to instances of the subflow. */
  template: string | undefined;
  name: string;
  cloudUrl: string;
  store: string;
}

/**
 * Follows the accounts in the flows and reports accounts that a Deploy has removed, even if the flows are stopped or
 * can't start because a node type is missing.
 *
 * Node-RED lists removed nodes only when flows start. Otherwise it emits `runtime-deploy` both for Deploys and for
 * loads (its start, a reload, another project). Therefore the accounts are compared with the previous ones, except
 * after a load. Before a load, or after a failed load, Node-RED emits `runtime-state` without a state.
 *
 * An account of subflow instances is removed when a Deploy has removed all its instances or given them other accounts.
 * The account of an instance that has never run is unknown. While there is such an instance, no account is removed.
 */
export class FlowAccounts {
  readonly close: () => void;
  readonly #red: NodeAPI;
  readonly #onCompared: FlowAccountsCallback;
  /**
   * The accounts at the last comparison. An account that is missing at the next comparison counts as removed by a
   * Deploy. Emptied when Node-RED starts to load flows, because the new flows may not contain the account.
   */
  #before = new Map<string, AccountInFlows>();
  /** The ids of all accounts that have been in the flows so far. */
  readonly #known = new Set<string>();
  /** The account that each node of an instance has claimed last, by node id. */
  readonly #claims = new Map<string, string>();
  /**
   * Whether Node-RED has begun to load flows in the current turn of the event loop. A comparison in this turn may still
   * see the old flows, so its result is not kept.
   */
  #isInLoadTurn = false;
  /**
   * Whether the accounts were compared in the turn in which a load began. They are then compared again after the turn.
   */
  #hasComparedInTurn = false;
  /** Whether Node-RED has begun to load flows, and has neither started them nor reported the load as done. */
  #isLoadUnfinished = false;
  /** Whether the flows have started and are not stopping. */
  #areRunning = false;
  #areStopped = false;
  #present: AccountsInFlows = new Map();

  constructor(red: NodeAPI, onCompared: FlowAccountsCallback) {
    this.#red = red;
    this.#onCompared = onCompared;
    this.close = subscribe(red.events, {
      'flows:stopping': () => (this.#areRunning = false),
      'flows:started': (event) => this.#handleStart(event as StartEvent),
      'runtime-event': (event) => this.#handleRuntimeEvent(event as RuntimeEvent),
    });
    // Compare at once, because the flows may have been loaded before the package was installed.
    this.#compare();
  }

  /**
   * Whether Node-RED reports the flows as stopped or in safe mode. Also true for a moment during a Deploy, between two
   * of its steps.
   */
  get areStopped(): boolean {
    return this.#areStopped;
  }

  /**
   * Returns the account with this storage id. If the id is that of a node in a subflow's template, returns the account
   * of one of the subflow's instances.
   */
  configured(id: string): ConfiguredAccount | undefined {
    const instance = [...this.#present].find(([, { claims }]) => claims?.template === id);
    const [storageId, account] = instance ?? [id, this.#present.get(id)];
    const template = account?.claims?.template;
    const node = nodesOf(this.#red)?.find((one) => one.id === (template ?? storageId));
    if (account === undefined || node === undefined) return undefined;
    return {
      id: storageId,
      template,
      name: textWithVariables(node.name),
      cloudUrl: textWithVariables(node.cloudUrl),
      store: account.store,
    };
  }

  /** Registers the account that a node claims. */
  noteClaim(nodeId: string, id: string): void {
    if (nodeId !== id) this.#claims.set(nodeId, id);
  }

  /** Restores the claims that an earlier process has saved, for instances that have not run in this process. */
  restoreClaims(earlier: readonly (Claims & { id: string })[]): void {
    const all = earlier.flatMap(({ nodes }) => nodes);
    for (const { id, template, nodes } of earlier) {
      // After different flows were loaded, a node may be listed with two accounts. Ignore such claims, because they are
      // uncertain.
      const certain = nodes.filter((node) => all.indexOf(node) === all.lastIndexOf(node));
      for (const node of certain) if (!this.#claims.has(node)) this.#claims.set(node, id);
      if (nodes.length === 0) this.#before.set(id, { store: '', claims: { template, nodes } });
    }
    this.#compare();
  }

  #handleStart({ diff }: StartEvent): void {
    this.#areRunning = true;
    this.#areStopped = false;
    // A start event with a `diff` belongs to an earlier Deploy, not to a load.
    if (diff === undefined) this.#isLoadUnfinished = false;
    this.#compare(diff?.removed);
  }

  #handleRuntimeEvent(event: RuntimeEvent): void {
    const { id, payload } = event;
    const state = stateOf(event);
    if (state !== undefined) this.#areStopped = state === 'stopped';
    if (id === 'runtime-deploy') {
      if (!this.#areRunning) this.#isLoadUnfinished = false;
      this.#compare();
    } else if (id === 'runtime-state' && payload?.state === undefined) this.#handleLoad();
  }

  /**
   * Handles the start of a load: Node-RED starts, reloads its flows, or opens another project. An account that the new
   * flows lack was not removed by a Deploy. Node-RED replaces the flows in the same turn of the event loop, or not at
   * all.
   */
  #handleLoad(): void {
    this.#compare();
    this.#before = new Map();
    this.#isLoadUnfinished = true;
    this.#isInLoadTurn = true;
    this.#hasComparedInTurn = false;
    setImmediate(() => {
      this.#isInLoadTurn = false;
      if (this.#hasComparedInTurn) this.#compare();
    });
  }

  #compare(removed: readonly string[] = []): void {
    const all = nodesOf(this.#red);
    if (all === undefined) return;
    const present = this.#accountsIn(all);
    // Leave out accounts of subflow instances if their template is missing too, because they are removed together with
    // the template.
    const missing = [...this.#before].filter(([, { claims }]) => claims === undefined || present.has(claims.template));
    const gone = new Set([...removed.filter((id) => this.#known.has(id)), ...missing.map(([id]) => id)]);
    for (const id of present.keys()) {
      gone.delete(id);
      this.#known.add(id);
    }
    if (!this.#isInLoadTurn) this.#before = present;
    this.#hasComparedInTurn = true;
    this.#present = present;
    this.#onCompared(present, [...gone]);
  }

  #accountsIn(all: readonly FlowNode[]): Map<string, AccountInFlows> {
    const accounts = all.filter(({ type }) => type === 'cozify-account');
    const present = new Map<string, AccountInFlows>();
    for (const { id, store } of accounts) present.set(id, { store: typeof store === 'string' ? store : '' });
    for (const { id, z = '' } of accounts) {
      const instances = z === '' || this.#isLoadUnfinished ? undefined : instancesOf(all, z);
      // In Node-RED, the id of a node in an instance is the instance's id, a hyphen and the node's id in the template.
      const nodes = instances?.map((instance) => `${instance}-${id}`);
      this.#addInstances(present, id, nodes);
    }
    return present;
  }

  /**
   * Adds the accounts that the nodes of the instances have claimed. If any of these nodes has never run, also keeps the
   * template's earlier accounts, because one of them may be the account of that node.
   */
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

/** Returns all nodes of the flows; `undefined` while Node-RED has loaded none. */
export function nodesOf({ nodes }: NodeAPI): FlowNode[] | undefined {
  const all: FlowNode[] = [];
  try {
    nodes.eachNode((node) => void all.push(node));
    return all;
  } catch {
    return undefined;
  }
}

/** Returns the ids of a subflow's instances, including instances inside other subflows. */
function instancesOf(all: readonly FlowNode[], subflow: string, within: readonly string[] = []): string[] {
  if (within.includes(subflow)) return [];
  const isSubflow = (z: string): boolean => all.some(({ id, type }) => id === z && type === 'subflow');
  return all
    .filter(({ type }) => type === `subflow:${subflow}`)
    .flatMap(({ id, z = '' }) =>
      isSubflow(z) ? instancesOf(all, z, [...within, subflow]).map((outer) => `${outer}-${id}`) : [id],
    );
}

/** A node in the flow file. */
interface FlowNode {
  id: string;
  type: string;
  z?: string;
  name?: unknown;
  cloudUrl?: unknown;
  store?: unknown;
}

/** Returns a property of a node as text, with environment variables replaced by their values. */
function textWithVariables(property: unknown): string {
  if (typeof property !== 'string') return '';
  return property.replace(/\$\{([^{}]*)\}/g, (_all, name: string) => process.env[name] ?? '');
}
