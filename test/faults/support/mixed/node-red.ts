// A Node-RED process of the mixed test, with the package’s real registry of accounts.
import type { NodeAPI } from 'node-red';
import { EventEmitter } from 'node:events';
import { AccountRegistry } from '../../../../nodes/accounts/account-registry.js';
import { ContextStore, type GlobalContext } from '../../../../nodes/store/context-store.js';
import type { Account } from '../../../../src/account/account.js';
import { type Clock, settlesWithin } from '../../../../src/async/clock.js';
import type { HttpClient } from '../../../../src/http/http-client.js';
import { StateDirectory } from '../../../../src/store/file-store.js';
import type { FakeClock } from '../../../src/support/fake-clock.js';
import { DAY } from '../../../src/support/fake-clock.js';
import { ownProcess } from '../../../src/support/own-process.js';
import type { Lines } from '../../../src/support/stage.js';
import type { MemoryDisk } from '../memory-fs.js';
import { globalContext, StoreBehaviours, type SharedContexts } from './store-behaviours.js';

/** An account's node in the flows. */
export interface AccountNode {
  id: string;
  store: string;
  email: string;
  cloudUrl: string;
  /** Whether the node, or its flow, is disabled. */
  d?: boolean;
  /** Names of the subflow instances, each with its own account. Absent if the node is not in a subflow. */
  instances?: readonly string[];
}

/** Returns the ids of a node's accounts: the id of the node, or an id for each subflow instance. */
export function accountsOf({ id, instances }: Pick<AccountNode, 'id' | 'instances'>): string[] {
  return instances === undefined ? [id] : instances.map((name) => `${id}-${name}`);
}

export type Flows = readonly AccountNode[];

export const DIRECTORY = '/user/cozify';
export const SECRET = 'a credential secret';

/** The id of a node that is in all flows. The global context is reached through this node. */
const OTHER_NODE = 'other';

/** Node-RED's timeout for a closing node. */
const CLOSING_MS = 15_000;

/** The parts of the simulated environment (world) that a process uses. */
export interface World {
  clock: FakeClock;
  disk: MemoryDisk;
  contexts: SharedContexts;
  log: Lines;
  /** Returns an HTTP client for the process. */
  open: (process: NodeRed) => HttpClient;
  /** Called as soon as the process dies, before its timers are cancelled. */
  onDeath: (process: NodeRed) => void;
}

/**
 * Derives the encryption key for context stores in real time, once before the tests, because the derivation does not
 * run on the fake clock.
 */
export async function makeKey(): Promise<void> {
  const settings = { contextStorage: { red: {} }, credentialSecret: SECRET };
  const nothing: GlobalContext = { get: (_key, _store, callback) => callback(undefined), set: () => undefined };
  await new ContextStore({ settings } as unknown as NodeAPI, 'red', 'one', () => nothing).load();
}

/** One Node-RED process with the accounts of its flows, from its start until it stops or is killed. */
export class NodeRed {
  readonly timers = new Set<unknown>();
  readonly behaviours: StoreBehaviours;
  registry: AccountRegistry;
  readonly running = new Map<string, { node: AccountNode; account: Account }>();
  flows: Flows = [];
  isDead = false;
  areFlowsStopped = false;
  /** Whether the process is stopping cleanly, in contrast to being killed. */
  isStopping = false;
  /** Number of store operations until the process dies. */
  stepsLeft = Infinity;
  /** Resolves after the last Deploy. Deploys run one after another. */
  deploys: Promise<void> = Promise.resolve();
  readonly #world: World;
  readonly #clock: Clock;
  readonly #global: GlobalContext;
  readonly #events = new EventEmitter();
  readonly #directory: StateDirectory;
  #isLoaded = false;

  constructor(world: World, behaviours?: (clock: Clock) => StoreBehaviours) {
    this.#world = world;
    this.#clock = this.#ownClock(world.clock);
    this.behaviours = behaviours?.(this.#clock) ?? new StoreBehaviours(this.#clock);
    this.#global = globalContext(world.contexts, this.behaviours, () => this.#step());
    const fs = world.disk.mount(async () => {
      this.#step();
      await this.behaviours.passDisk();
      if (this.isDead) throw dead();
    });
    const host = { ...ownProcess(), clock: this.#clock, pause: (ms: number) => this.#pause(ms) };
    this.#directory = new StateDirectory(DIRECTORY, world.log, fs, host);
    this.registry = this.#install();
  }

  /** Starts these flows, and emits the same events as Node-RED. */
  start(flows: Flows): void {
    this.#load(flows);
    this.#emit('runtime-event', { id: 'runtime-deploy', payload: {} });
    this.#emit('flows:starting');
    this.#create(flows);
    this.#emit('flows:started', {});
  }

  /** Replaces the flows by a full Deploy, by a Deploy of changed nodes, or by a load as for another project. */
  deploy(kind: 'full' | 'nodes' | 'load', flows: Flows): void {
    this.deploys = this.deploys.then(() => this.#deploy(kind, flows));
  }

  stopFlows(): void {
    this.deploys = this.deploys
      .then(() => this.#stopNodes([...this.running.keys()]))
      .then(() => {
        this.areFlowsStopped = true;
      });
  }

  startFlows(): void {
    this.deploys = this.deploys.then(() => {
      if (!this.areFlowsStopped || this.isDead) return;
      this.areFlowsStopped = false;
      this.#emit('flows:starting');
      this.#create(this.flows);
      this.#emit('flows:started', {});
    });
  }

  /** Uninstalls the package with its nodes, and installs it again. */
  reinstall(): void {
    this.deploys = this.deploys.then(async () => {
      if (this.isDead) return;
      await this.#stopNodes([...this.running.keys()]);
      if (this.isDead) return;
      this.registry = this.#install();
      if (this.areFlowsStopped) return;
      this.#emit('flows:starting');
      this.#create(this.flows);
      this.#emit('flows:started', {});
    });
  }

  /** Stops the process cleanly: stops all nodes, and then ends the process. */
  async stop(): Promise<void> {
    await this.deploys;
    this.isStopping = true;
    await this.#stopNodes([...this.running.keys()]);
    this.die();
  }

  /**
   * Stops all nodes and the registry, but does not end the process. A test can then check that no timers are left in
   * {@link timers}.
   */
  async end(): Promise<void> {
    await this.deploys;
    await this.#stopNodes([...this.running.keys()]);
    void this.registry.close();
  }

  /** Ends the process without clean-up. */
  die(): void {
    if (this.isDead) return;
    this.#world.onDeath(this);
    this.isDead = true;
    for (const timer of this.timers) this.#world.clock.clearTimeout(timer as number);
    this.timers.clear();
  }

  /** Creates a new registry of accounts. The previous registry then stops. */
  #install(): AccountRegistry {
    const { log, open } = this.#world;
    return new AccountRegistry(this.#red(), log, {
      clock: this.#clock,
      http: { open: () => open(this) },
      directory: this.#directory,
    });
  }

  async #deploy(kind: 'full' | 'nodes' | 'load', flows: Flows): Promise<void> {
    if (this.isDead) return;
    const before = this.flows;
    if (kind === 'load') this.#load(flows);
    else this.flows = flows;
    const isSame = (id: string): boolean =>
      JSON.stringify(before.find((node) => node.id === id)) === JSON.stringify(flows.find((node) => node.id === id));
    const deployed = (): void => this.#emit('runtime-event', { id: 'runtime-deploy', payload: {} });
    if (this.areFlowsStopped) return deployed();
    const changed = [...this.running].filter(([, { node }]) => kind !== 'nodes' || !isSame(node.id));
    await this.#stopNodes(changed.map(([id]) => id));
    if (this.isDead) return;
    this.#emit('flows:starting');
    this.#create(flows);
    const gone = before.filter(({ id }) => flows.every((node) => node.id !== id || node.d === true));
    this.#emit('flows:started', kind === 'load' ? {} : { diff: { removed: gone.map(({ id }) => id) } });
    deployed();
  }

  #load(flows: Flows): void {
    this.#emit('runtime-event', { id: 'runtime-state', retain: true });
    this.flows = flows;
    this.#isLoaded = true;
  }

  async #stopNodes(ids: readonly string[]): Promise<void> {
    this.#emit('flows:stopping');
    const closing = ids.map(async (id) => {
      const running = this.running.get(id);
      this.running.delete(id);
      if (running !== undefined) await this.registry.release(running.account, nodeIdOf(id, running.node));
    });
    await settlesWithin(this.#clock, Promise.allSettled(closing), CLOSING_MS);
    this.#emit('flows:stopped');
  }

  #create(flows: Flows): void {
    for (const node of flows) {
      if (node.d === true) continue;
      for (const id of accountsOf(node)) if (!this.running.has(id)) this.#claim(id, node);
    }
  }

  #claim(id: string, node: AccountNode): void {
    const { store, cloudUrl, instances } = node;
    const settings = {
      ...{ id, store, cloudUrl, name: '', isAutorefresh: true, expiryMs: DAY, language: 'en' as const },
      email: instances === undefined ? node.email : `${id}.0@example.fi`,
      template: instances === undefined ? undefined : node.id,
      nodeId: nodeIdOf(id, node),
    };
    this.running.set(id, { node, account: this.registry.claim(settings, this.#global, this.#world.log) });
  }

  #emit(event: string, what: object = {}): void {
    if (!this.isDead) this.#events.emit(event, what);
  }

  #red(): NodeAPI {
    const settings = {
      contextStorage: { red: { module: 'memory' }, blue: { module: 'memory' } },
      credentialSecret: SECRET,
      get: () => undefined,
    };
    const eachNode = (each: (node: object) => void): void => {
      if (!this.#isLoaded) throw new TypeError('no flows yet');
      for (const node of this.flows) for (const one of asInFlows(node)) each(one);
      each({ id: OTHER_NODE, type: 'inject' });
    };
    const getNode = (id: string): unknown =>
      id === OTHER_NODE || this.running.has(id) ? { context: () => ({ global: this.#global }) } : null;
    const comms = { publish: () => undefined };
    return {
      events: this.#events,
      settings,
      nodes: { eachNode, getNode },
      comms,
      log: this.#world.log,
    } as unknown as NodeAPI;
  }

  /** Counts an operation of a store. Throws if the process is dead. */
  #step(): void {
    if (!this.isDead && this.stepsLeft-- <= 0) this.die();
    if (this.isDead) throw dead();
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#clock.setTimeout(resolve, ms));
  }

  #ownClock(clock: FakeClock): Clock {
    return {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      random: () => clock.random(),
      setTimeout: (callback, delayMs) => {
        const timer: number = clock.setTimeout(() => {
          this.timers.delete(timer);
          if (!this.isDead) callback();
        }, delayMs);
        if (this.isDead) clock.clearTimeout(timer);
        else this.timers.add(timer);
        return timer;
      },
      clearTimeout: (timer) => {
        this.timers.delete(timer);
        clock.clearTimeout(timer);
      },
    };
  }
}

/**
 * Returns the nodes that Node-RED's `eachNode` visits for an account: the account's node, and for an account in a
 * subflow also the subflow and its instances.
 */
function asInFlows({ instances, d = false, ...node }: AccountNode): object[] {
  const account = { ...node, type: 'cozify-account' };
  if (instances === undefined) return [{ ...account, d }];
  const tab = { id: 'tab', type: 'tab', disabled: d };
  const subflow = { id: `${node.id} subflow`, type: 'subflow' };
  const own = accountsOf({ id: node.id, instances }).map((id) => ({
    id: instanceId(node.id, id),
    type: `subflow:${subflow.id}`,
    z: tab.id,
  }));
  return [tab, subflow, ...own, { ...account, z: subflow.id }];
}

/** Returns the id of the subflow instance with this account. */
function instanceId(node: string, account: string): string {
  return `${node} ${account.slice(node.length + 1)}`;
}

function dead(): Error {
  return Object.assign(new Error('the process is dead'), { code: 'EDEAD' });
}

/** Returns the id of an account's running node. In a subflow, Node-RED puts the id of the instance before it. */
function nodeIdOf(id: string, { id: template, instances }: AccountNode): string {
  return instances === undefined ? id : `${instanceId(template, id)}-${template}`;
}
