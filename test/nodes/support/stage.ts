import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hooks } from '@node-red/util';
import helper from 'node-red-node-test-helper';
import type { Register } from 'node-red-node-test-helper';
import type { AccountNode } from '../../../nodes/runtime/find-account';
import type { Account, ErrorCode, Snapshot } from '../../../src/index.js';
import { removeBusyFolder } from '../../live/harness/leftovers';
import { type SimulatedHub, Simulator, type SimulatorOptions } from '../../simulator';
import { ACCOUNT, EMAIL, type FlowNode } from './flow';
import { types } from './shipped';
import { sleep, until } from '../../support/wait';

export type Message = Record<string, unknown>;

/** The property `msg.cozify` of a node's output message. */
export interface Report extends Snapshot {
  operation: string;
  refreshed: boolean;
  error?: { code: ErrorCode; message: string; statusCode?: number; retryAfter?: number };
}

/** The results of one message that was sent to a node. */
export interface Outcome {
  /** The number of the output; `undefined` if the message comes from the Catch node. */
  output: 1 | 2 | undefined;
  /** The message that an output has sent, or that the Catch node has received. */
  msg: Message & { cozify: Report; error?: { message: string; code?: string } };
  /** The argument of each call of `done` by the node. */
  done: unknown[];
  /** The messages that the Complete node has received. */
  completed: Message[];
}

const load = createRequire(__filename);

/** All nodes of the package. */
const NODES = types.map((type) => (load(`../../../nodes/${type}`) as { default: Register }).default);
const HOOK = 'cozifyNodeTests';

type Seen = { kind: 'output-1' | 'output-2' | 'caught' | 'completed'; msg: Message };

/** The nodes of this package in the Node-RED of the test helper, with a user directory and a simulated cloud. */
export class Stage {
  /** The user directory, deleted on close. */
  userDir = '';
  #simulator: Simulator | undefined;
  #seen: Seen[] = [];
  #done: unknown[] = [];
  readonly #watched = new WeakSet<object>();
  #isLoaded = false;

  /** Opens a stage. It has no hubs unless `options` adds them, because logins are fast without hubs. */
  static async open(options: SimulatorOptions = {}): Promise<Stage> {
    const stage = new Stage();
    await stage.#open(options);
    return stage;
  }

  /** Opens a stage for the calling suite, and closes it after the suite. */
  static forSuite(options: SimulatorOptions = {}): Stage {
    const stage = new Stage();
    before(() => stage.#open(options));
    after(() => stage.close());
    return stage;
  }

  get simulator(): Simulator {
    assert.ok(this.#simulator, 'the stage is not open');
    return this.#simulator;
  }

  /** The first hub. */
  get hub(): SimulatedHub {
    const [hub] = this.simulator.hubs;
    assert.ok(hub);
    return hub;
  }

  /** The home of the first hub. */
  get home(): SimulatedHub['home'] {
    return this.hub.home;
  }

  /** Starts flows. If `credentials` is omitted, the account has the e-mail address of the tests. */
  async load(
    flows: FlowNode[],
    { settings = {}, credentials, others = [], isKept = false }: LoadOptions = {},
  ): Promise<void> {
    await this.unload();
    if (!isKept) await removeBusyFolder(this.userDir);
    helper.init(require.resolve('node-red'));
    helper.settings({ userDir: this.userDir, logging: { console: { level: 'off' } }, ...withGet(settings) });
    const given = this.#complete(flows);
    this.#isLoaded = true;
    // Passes a copy, because Node-RED keeps and changes its arguments.
    await helper.load([...NODES, ...others], given, structuredClone(credentials ?? { [ACCOUNT]: { email: EMAIL } }));
    hooks.add(`onComplete.${HOOK}`, ({ error, node }: { error?: unknown; node: { node: { type: string } } }) => {
      if (node.node.type.startsWith('cozify-')) this.#done.push(error);
    });
    this.#watch();
  }

  async deploy(
    flows: FlowNode[],
    type: 'full' | 'flows' | 'nodes' = 'full',
    credentials: Record<string, object> = { [ACCOUNT]: { email: EMAIL } },
  ): Promise<void> {
    const started = once(helper._events, 'flows:started');
    await helper.setFlows(this.#complete(flows), type, structuredClone(credentials)).catch((error: unknown) => {
      // Ignores the helper's timeout, because the helper waits at most a third of a second for the start.
      if (!String(error).includes('timeout waiting event')) throw error;
    });
    await started;
    this.#watch();
  }

  async unload(): Promise<void> {
    if (!this.#isLoaded) return;
    this.#isLoaded = false;
    hooks.remove(`*.${HOOK}`);
    await helper.unload();
  }

  async close(): Promise<void> {
    await this.unload();
    await this.#simulator?.stop();
    if (this.userDir !== '') await removeBusyFolder(this.userDir);
  }

  async #open(options: SimulatorOptions): Promise<void> {
    this.userDir = mkdtempSync(join(tmpdir(), 'cozify-nodes-'));
    this.#simulator = await Simulator.start({ hubs: [], ...options });
  }

  node(id: string): NonNullable<ReturnType<typeof helper.getNode>> {
    const node = helper.getNode(id);
    assert.ok(node, `There is no node ${id}.`);
    return node;
  }

  /** All statuses that a node has set, the last one at the end. */
  statuses(id: string): { fill?: string; shape?: string; text?: string }[] {
    const { status } = this.node(id) as unknown as { status: { args: object[][]; thisValues: unknown[] } };
    return status.args.flatMap(([shown], index) => (status.thisValues[index] === this.node(id) ? [shown ?? {}] : []));
  }

  accountNode(id = ACCOUNT): AccountNode {
    return this.node(id) as AccountNode;
  }

  account(id = ACCOUNT): Account {
    const { account } = this.accountNode(id);
    assert.ok(account, `The node ${id} has no account.`);
    return account;
  }

  /** Logs in with a code, without an action node. */
  async logIn(id = ACCOUNT): Promise<Account> {
    const account = this.account(id);
    await account.requestOtp();
    const address = account.snapshot().email ?? '';
    await account.authenticate({ otp: this.simulator.latestCode(address) });
    return account;
  }

  /** Sends a message to a node and waits for its results. */
  async ask(id: string, msg: unknown = {}): Promise<Outcome> {
    this.give(id, msg);
    return this.answer(id);
  }

  /** Sends a message to a node. */
  give(id: string, msg: unknown): void {
    this.#seen = [];
    this.#done = [];
    this.node(id).receive(msg as never);
  }

  /** Waits for the results of the last message. */
  async answer(id: string): Promise<Outcome> {
    await until(`an answer of ${id}`, () => this.#seen.some(({ kind }) => kind !== 'completed'));
    // Waits briefly, because unexpected further messages would arrive now.
    await sleep(2);
    const [first, ...more] = this.#seen.filter(({ kind }) => kind !== 'completed');
    assert.ok(first);
    assert.deepEqual(more, [], 'one message');
    const output = first.kind === 'output-1' ? 1 : first.kind === 'output-2' ? 2 : undefined;
    const completed = this.#seen.filter(({ kind }) => kind === 'completed').map(({ msg }) => msg);
    return { output, msg: first.msg as Outcome['msg'], done: this.#done, completed };
  }

  /** The arguments of `done` since the last message. */
  get doneCalls(): unknown[] {
    return this.#done;
  }

  /** Adds the simulated cloud to accounts without a cloudUrl. */
  #complete(flows: FlowNode[]): FlowNode[] {
    const { cloudUrl } = this.simulator;
    return flows.map((node) => (node.type === 'cozify-account' ? { cloudUrl, ...node } : node));
  }

  #watch(): void {
    for (const kind of ['output-1', 'output-2', 'caught', 'completed'] as const) {
      const node = helper.getNode(kind);
      if (node === null || this.#watched.has(node)) continue;
      this.#watched.add(node);
      node.on('input', (msg) => void this.#seen.push({ kind, msg: msg }));
    }
  }
}

interface LoadOptions {
  settings?: Record<string, unknown>;
  credentials?: Record<string, object>;
  /** Functions that register node types of the test, in addition to the node types of the package. */
  others?: Register[];
  /** Whether to keep the state of an earlier load, as a restart does. */
  isKept?: boolean;
}

/** Adds the method `get`, because real settings have it for stored values. */
function withGet(settings: Record<string, unknown>): Record<string, unknown> {
  return { get: (key: string) => settings[key], ...settings };
}

/** Asserts that a message failed with this code, and that the failure has the usual form. */
export function assertFailure({ output, msg, done }: Outcome, code: ErrorCode): void {
  assert.equal(output, undefined, `expected ${code}, but output ${output} gave ${String(msg['payload'])}`);
  const { error } = msg.cozify;
  assert.equal(error?.code, code, error?.message);
  assert.equal(msg.error?.code, code, 'error.code as Catch nodes see it');
  assert.equal(msg.cozify.refreshed === true, false);
  assert.equal(done.length, 1, 'done is called once');
  assert.equal((done[0] as { code?: string }).code, code);
}
