// The stage of a live test: a simulated cloud, a real Node-RED, and the test flow.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { Simulator, type SimulatorOptions } from '../../simulator';
import { ask, recorded } from './ask';
import type { Answer, CozifyReport, Received, RecordedEvent, RecordedStatus } from './ask';
import { accountNode, testFlow, type AccountProperties, type Action, type FlowNode } from './flow';
import { NodeRed, type DeployType, type NodeRedOptions } from './node-red';
import { NODE_RED_4, type NodeRedVersion } from './versions';
import { until } from '../../support/wait';

export interface StageOptions {
  simulator?: Partial<SimulatorOptions>;
  nodeRed?: NodeRedOptions;
}

/** Files of core nodes that no test flow uses. Without them, Node-RED starts in half the time. */
const UNUSED_CORE_NODES = [
  ...['20-inject.js', '21-debug.js', '60-link.js', '10-switch.js', '15-change.js', '16-range.js', '80-template.js'],
  ...['89-delay.js', '89-trigger.js', '90-exec.js', 'rbe.js', '17-split.js', '18-sort.js', '19-batch.js'],
  ...['05-tls.js', '06-httpproxy.js', '10-mqtt.js', '21-httprequest.js', '22-websocket.js', '31-tcpin.js'],
  ...['32-udp.js', '70-CSV.js', '70-HTML.js', '70-JSON.js', '70-XML.js', '70-YAML.js', '10-file.js', '23-watch.js'],
];

/** Shared Node-RED processes by version. */
const sharedNodeReds = new Map<NodeRedVersion, Promise<NodeRed>>();

/** Number of accounts so far. Each has a new id and e-mail address, because the limits on sent codes apply to both. */
let accounts = 0;

/** Starts a Node-RED with these options, without the core nodes that no test flow uses. */
async function startNodeRed(version: NodeRedVersion, { settings, ...options }: NodeRedOptions): Promise<NodeRed> {
  const extra = { nodesExcludes: UNUSED_CORE_NODES, ...settings?.extra };
  const nodeRed = await NodeRed.start({ ...(await version.programs()), ...options, settings: { ...settings, extra } });
  assert.ok(nodeRed.log.includes(`Node-RED version: v${version.name}.`), `expected Node-RED ${version.name}`);
  return nodeRed;
}

/** Returns the Node-RED of all suites that share it. The first call starts it. */
function sharedNodeRed(version: NodeRedVersion): Promise<NodeRed> {
  const contextStorage = { default: { module: 'memory' }, disk: { module: 'localfilesystem' } };
  const extra = { runtimeState: { enabled: true, ui: false } };
  const nodeRed = sharedNodeReds.get(version) ?? startNodeRed(version, { settings: { contextStorage, extra } });
  sharedNodeReds.set(version, nodeRed);
  return nodeRed;
}

/** A simulated cloud and a Node-RED, which runs the test flow with one account after another. */
export class Stage {
  accountId = '';
  email = '';
  /** The deployed flows. */
  flows: FlowNode[] = [];
  readonly #version: NodeRedVersion;
  readonly #isNodeRedShared: boolean;
  #simulator: Simulator | undefined;
  #nodeRed: NodeRed | undefined;
  #logStart = 0;

  private constructor(version: NodeRedVersion, isNodeRedShared = false) {
    this.#version = version;
    this.#isNodeRedShared = isNodeRedShared;
  }

  /** Opens a stage for the calling suite, and closes it after the suite. */
  static forSuite({ simulator, nodeRed = {} }: StageOptions = {}): Stage {
    const stage = new Stage(NODE_RED_4);
    before(() => stage.#open(simulator, startNodeRed(NODE_RED_4, nodeRed)));
    after(() => stage.close());
    return stage;
  }

  /**
   * Opens a stage for the calling suite, and closes it after the suite. The stage has its own cloud, and shares one
   * Node-RED with the other stages of this test process.
   */
  static forSuiteOnSharedNodeRed(version: NodeRedVersion, simulator?: SimulatorOptions): Stage {
    const stage = new Stage(version, true);
    before(() => stage.#open(simulator, sharedNodeRed(version)));
    after(() => stage.close());
    return stage;
  }

  /** Stops the shared Node-RED processes after the last suite. */
  static async closeShared(): Promise<void> {
    const running = await Promise.all(sharedNodeReds.values());
    sharedNodeReds.clear();
    await Promise.all(running.map((nodeRed) => nodeRed.dispose()));
  }

  static async open({ simulator, nodeRed = {} }: StageOptions = {}): Promise<Stage> {
    const stage = new Stage(NODE_RED_4);
    await stage.#open(simulator, startNodeRed(NODE_RED_4, nodeRed));
    return stage;
  }

  async #open(simulator: SimulatorOptions | undefined, nodeRed: Promise<NodeRed>): Promise<void> {
    [this.#simulator, this.#nodeRed] = await Promise.all([Simulator.start(simulator), nodeRed]);
    this.#logStart = this.#nodeRed.log.length;
  }

  get simulator(): Simulator {
    assert.ok(this.#simulator, 'the stage is not open');
    return this.#simulator;
  }

  get nodeRed(): NodeRed {
    assert.ok(this.#nodeRed, 'the stage is not open');
    return this.#nodeRed;
  }

  /** Stops the cloud, and Node-RED unless it is shared. Fails if Node-RED logged an uncaught error or a leak. */
  async close(): Promise<void> {
    if (this.#isNodeRedShared) await this.nodeRed.deploy([]);
    else await this.nodeRed.dispose();
    await this.simulator.stop();
    assert.doesNotMatch(this.nodeRed.log, /Uncaught Exception|UnhandledPromise|MaxListenersExceeded|Error stopping/);
  }

  /** Deploys the test flow with an account that has a new id and e-mail address, because codes are limited for both. */
  async newAccount(
    properties: Partial<AccountProperties> = {},
    actions: Record<string, Action> = {},
    feeds: Record<string, Action> = {},
  ): Promise<void> {
    this.simulator.clearFaults();
    accounts += 1;
    this.accountId = properties.id ?? `account-${accounts}`;
    this.email = properties.email ?? `owner${accounts}@example.fi`;
    const account = accountNode({
      id: this.accountId,
      email: this.email,
      cloudUrl: this.simulator.cloudUrl,
      ...properties,
    });
    this.#logStart = this.nodeRed.log.length;
    await this.deploy(testFlow(account, actions, {}, feeds));
  }

  async deploy(flows: FlowNode[], type: DeployType = 'full'): Promise<void> {
    this.flows = flows;
    await this.nodeRed.deploy(flows, type);
  }

  ask(action: string, msg: Record<string, unknown> = {}): Promise<Answer> {
    return ask(this.nodeRed, action, msg);
  }

  /** Returns the last code that was mailed to an address. */
  code(email = this.email): string {
    return this.simulator.latestCode(email);
  }

  /** Requests a code and logs in with it, both through messages. Returns the answer to the login. */
  async logIn(): Promise<Answer> {
    const asked = await this.ask('authenticate');
    assert.equal(asked.output, 2, `the request for a code: ${JSON.stringify(asked)}`);
    const answer = await this.ask('authenticate', { otp: this.code() });
    assert.equal(answer.output, 1, `the login: ${JSON.stringify(answer)}`);
    return answer;
  }

  /** Makes a new account and logs in. Returns the answer to the login. */
  async newLogin(
    properties: Partial<AccountProperties> = {},
    actions: Record<string, Action> = {},
    feeds: Record<string, Action> = {},
  ): Promise<Answer> {
    await this.newAccount(properties, actions, feeds);
    return this.logIn();
  }

  /** Returns the account's snapshot from the admin endpoint. */
  async snapshot(id = this.accountId): Promise<CozifyReport> {
    const reply = await this.nodeRed.admin('GET', `/cozify/accounts/${id}`);
    assert.equal(reply.status, 200, reply.text);
    return reply.body as CozifyReport;
  }

  /** Returns the events of the account since the call of `newAccount`. */
  events(): RecordedEvent[] {
    return recorded(this.nodeRed, 'event', this.#logStart).filter(({ payload }) => payload.id === this.accountId);
  }

  topics(): string[] {
    return this.events().map(({ topic }) => topic);
  }

  /** Waits for at least `times` events of a topic. */
  async untilTopic(topic: string, times = 1): Promise<void> {
    await until(
      `${times} event(s) ${topic}`,
      () => this.topics().filter((seen) => seen === topic).length >= times,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)} Seen: ${this.topics().join(', ')}`);
    });
  }

  /** Returns the statuses of all nodes since the call of `newAccount`. */
  statuses(): RecordedStatus[] {
    return recorded(this.nodeRed, 'status', this.#logStart);
  }

  /** Returns the messages that a node without input has sent since the call of `newAccount`. */
  received(by: string): Received[] {
    return recorded(this.nodeRed, 'received', this.#logStart).filter((one) => one.by === by);
  }

  /** Returns the names of the files with the account's state. */
  stateFiles(): string[] {
    return readdirSync(this.nodeRed.stateFile('')).filter((name) => new RegExp(`^${this.accountId}\\b`).test(name));
  }

  /** Returns the lines in the log since the call of `newAccount`. */
  log(): string {
    return this.nodeRed.log.slice(this.#logStart);
  }

  /** Calls {@link assertFailure} for this version of Node-RED. */
  assertFailure(answer: Answer, code: string): void {
    assertFailure(answer, code, this.#version);
  }
}

/** Asserts that an answer is a failure with this code, both in the Catch node's error and in `msg.cozify`. */
export function assertFailure(answer: Answer, code: string, { catchesCode } = NODE_RED_4): void {
  assert.ok(answer.error, `expected ${code}, got ${JSON.stringify(answer)}`);
  assert.equal(answer.cozify.error?.code, code, JSON.stringify(answer.cozify));
  if (catchesCode) assert.equal(answer.error.code, code, 'error.code in the Catch node');
  // Node-RED puts the error's name before its message.
  assert.ok(answer.error.message.endsWith(answer.cozify.error.message), answer.error.message);
  assert.equal(answer.output, undefined);
}
