import assert from 'node:assert/strict';
import { Simulator, type SimulatorOptions } from '../../simulator';
import { ask, askMany, recorded, type Answer, type CozifyReport, type RecordedEvent } from './ask';
import { accountNode, testFlow, type AccountProperties, type Action, type FlowNode } from './flow';
import { NodeRed, type DeployType, type NodeRedOptions } from './node-red';
import { until } from './wait';

export interface StageOptions {
  simulator?: Partial<SimulatorOptions>;
  nodeRed?: NodeRedOptions;
}

/** One simulated cloud and one Node-RED, with one account after the other, so that a test file needs only one of each. */
export class Stage {
  readonly simulator: Simulator;
  readonly nodeRed: NodeRed;
  accountId = '';
  email = '';
  /** What is deployed. */
  flows: FlowNode[] = [];
  #accounts = 0;
  #logStart = 0;

  private constructor(simulator: Simulator, nodeRed: NodeRed) {
    this.simulator = simulator;
    this.nodeRed = nodeRed;
  }

  static async open(options: StageOptions = {}): Promise<Stage> {
    const [simulator, nodeRed] = await Promise.all([
      Simulator.start(options.simulator ?? {}),
      NodeRed.start(options.nodeRed),
    ]);
    return new Stage(simulator, nodeRed);
  }

  /** Ends both. Fails when Node-RED's log tells of an error that nobody caught or of a leak. */
  async close(): Promise<void> {
    await this.nodeRed.dispose();
    await this.simulator.stop();
    assert.doesNotMatch(this.nodeRed.log, /Uncaught Exception|UnhandledPromise|MaxListenersExceeded|Error stopping/);
  }

  /**
   * Deploys the test flow with an account that has never logged in, under an id and an address not used before:
   * codes are rationed by both.
   */
  async newAccount(properties: Partial<AccountProperties> = {}, actions: Record<string, Action> = {}): Promise<void> {
    this.simulator.clearFaults();
    this.#accounts += 1;
    this.accountId = properties.id ?? `account-${this.#accounts}`;
    this.email = properties.email ?? `owner${this.#accounts}@example.fi`;
    const account = accountNode({
      id: this.accountId,
      email: this.email,
      cloudUrl: this.simulator.cloudUrl,
      ...properties,
    });
    this.#logStart = this.nodeRed.log.length;
    await this.deploy(testFlow(account, actions));
  }

  async deploy(flows: FlowNode[], type: DeployType = 'full'): Promise<void> {
    this.flows = flows;
    await this.nodeRed.deploy(flows, type);
  }

  ask(action: string, msg: Record<string, unknown> = {}): Promise<Answer> {
    return ask(this.nodeRed, action, msg);
  }

  askMany(action: string, times: number, msg: Record<string, unknown> = {}): Promise<Answer[]> {
    return askMany(this.nodeRed, action, times, msg);
  }

  /** The last code that was mailed to the account's address. */
  code(email = this.email): string {
    return this.simulator.latestCode(email);
  }

  /** Asks for a code and logs in with it, as messages of a flow do; gives the answer of the login. */
  async logIn(): Promise<Answer> {
    const asked = await this.ask('authenticate');
    assert.equal(asked.output, 2, `asking for a code: ${JSON.stringify(asked)}`);
    const answer = await this.ask('authenticate', { otp: this.code() });
    assert.equal(answer.output, 1, `logging in: ${JSON.stringify(answer)}`);
    return answer;
  }

  /** A new account that has logged in; gives the answer of the login. */
  async newLogin(properties: Partial<AccountProperties> = {}, actions: Record<string, Action> = {}): Promise<Answer> {
    await this.newAccount(properties, actions);
    return this.logIn();
  }

  /** The account's snapshot, by the admin endpoint. */
  async snapshot(id = this.accountId): Promise<CozifyReport> {
    const reply = await this.nodeRed.admin('GET', `/cozify/accounts/${id}`);
    assert.equal(reply.status, 200, reply.text);
    return reply.body as CozifyReport;
  }

  /** What happened to the account since `newAccount`. */
  events(): RecordedEvent[] {
    return recorded(this.nodeRed, 'event', this.#logStart).filter(({ payload }) => payload.id === this.accountId);
  }

  topics(): string[] {
    return this.events().map(({ topic }) => topic);
  }

  /** Waits until an event of that topic has been seen at least `times` times. */
  async untilTopic(topic: string, times = 1, timeoutMs = 10_000): Promise<void> {
    await until(
      `${times} event(s) ${topic}`,
      () => this.topics().filter((seen) => seen === topic).length >= times,
      timeoutMs,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)} Seen: ${this.topics().join(', ')}`);
    });
  }

  /** The log since `newAccount`. */
  log(): string {
    return this.nodeRed.log.slice(this.#logStart);
  }
}

/** Asserts that an answer is a failure with that code, both as Catch nodes see it and in `msg.cozify`. */
export function assertFailure(answer: Answer, code: string): void {
  assert.ok(answer.error, `expected ${code}, got ${JSON.stringify(answer)}`);
  assert.equal(answer.cozify.error?.code, code, JSON.stringify(answer.cozify));
  assert.equal(answer.error.code, code, 'error.code as the Catch node has it');
  // Node-RED puts the error's name before its message.
  assert.ok(answer.error.message.endsWith(answer.cozify.error.message), answer.error.message);
  assert.equal(answer.output, undefined);
}
