import assert from 'node:assert/strict';
import type { CozifyReport } from '../../live/harness/ask';
import type { FlowNode } from '../../live/harness/flow';
import { NodeRed, type NodeRedOptions } from '../../live/harness/node-red';
import { sleep, until } from '../../support/wait';
import { Simulator, type SimulatedHub } from '../../simulator';
import { read } from './files';

/** The output of a debug node. */
export interface Shown {
  /** The name of the debug node. */
  node: string;
  text: string;
}

/** A message property in an inject node: its name, its value, and the type of the value. */
export interface Injected {
  p: string;
  v: string;
  vt: 'str' | 'env' | 'json';
}

/**
 * Makes several examples share one dashboard and one theme, as the dashboard does when a person imports the examples.
 */
function withOneDashboard(nodes: FlowNode[]): FlowNode[] {
  const firsts = new Map<string, FlowNode>();
  let text = JSON.stringify(nodes);
  for (const node of nodes.filter(({ type }) => type === 'ui-base' || type === 'ui-theme')) {
    const first = firsts.get(node.type) ?? node;
    firsts.set(node.type, first);
    text = text.replaceAll(JSON.stringify(node.id), JSON.stringify(first.id));
  }
  const ids = new Set<string>();
  return (JSON.parse(text) as FlowNode[]).filter(({ id }) => !ids.has(id) && ids.add(id));
}

/** A simulated cloud and a real Node-RED, in which the tests run examples one after another. */
export class Bench {
  readonly simulator: Simulator;
  readonly nodeRed: NodeRed;
  accountId = '';
  email = '';
  /** The deployed flows. */
  flows: FlowNode[] = [];
  #accounts = 0;
  #logStart = 0;
  /** The number of debug outputs read so far. */
  #read = 0;

  private constructor(simulator: Simulator, nodeRed: NodeRed) {
    this.simulator = simulator;
    this.nodeRed = nodeRed;
  }

  static async open(options: NodeRedOptions = {}, simulator?: Simulator): Promise<Bench> {
    const [cloud, nodeRed] = await Promise.all([simulator ?? Simulator.start(), NodeRed.start(options)]);
    return new Bench(cloud, nodeRed);
  }

  /**
   * Stops Node-RED and the simulator. Fails if the log of Node-RED has an uncaught error or an error in a function
   * node.
   */
  async close(): Promise<void> {
    await this.nodeRed.dispose();
    await this.simulator.stop();
    const wrong = /Uncaught Exception|UnhandledPromise|MaxListenersExceeded|\[function:/;
    assert.deepEqual(
      this.nodeRed.log.split('\n').filter((line) => wrong.test(line)),
      [],
    );
  }

  /**
   * Deploys examples with one new account. The account has an unused id and e-mail address, because the number of codes
   * is limited for both. Debug nodes also write into the log. `change` edits a node as a user does. It may return
   * several nodes: the changed node and added ones.
   */
  async deploy(
    names: string[],
    email?: string,
    change: (node: FlowNode) => FlowNode | FlowNode[] = (node) => node,
  ): Promise<void> {
    this.simulator.clearFaults();
    this.#accounts += 1;
    this.accountId = `account-${this.#accounts}`;
    this.email = email ?? `owner${this.#accounts}@example.fi`;
    const isAccount = ({ type }: FlowNode): boolean => type === 'cozify-account';
    const nodes = withOneDashboard(names.flatMap(read));
    const account = nodes.find(isAccount);
    assert.ok(account, `${names.join(', ')}: an account`);
    this.flows = [
      {
        ...account,
        id: this.accountId,
        cloudUrl: this.simulator.cloudUrl,
        credentials: { email: this.email },
      },
      ...nodes
        .filter((node) => !isAccount(node))
        .flatMap(change)
        .map((node) => this.#setUp(node)),
    ];
    this.#logStart = this.nodeRed.log.length;
    this.#read = 0;
    await this.nodeRed.deploy(this.flows);
  }

  #setUp(node: FlowNode): FlowNode {
    if (node.type === 'debug') return { ...node, console: true };
    return 'account' in node ? { ...node, account: this.accountId } : node;
  }

  /** The first hub of the home. */
  get hub(): SimulatedHub {
    return this.simulator.hubs[0] ?? assert.fail('There is no hub.');
  }

  /** Logs in through the account's endpoints, as the dialog does. */
  async logIn(): Promise<void> {
    await this.#post('otp', {});
    await this.logInWithCode();
  }

  /** Completes a login with the code that was sent. */
  async logInWithCode(): Promise<void> {
    await this.#post('authenticate', { otp: this.code() });
  }

  async reset(): Promise<void> {
    await this.#post('reset', {});
  }

  async logOut(): Promise<void> {
    await this.#post('reset', { logout: true });
  }

  async #post(call: string, body: Record<string, unknown>): Promise<void> {
    const reply = await this.nodeRed.admin('POST', `/cozify/accounts/${this.accountId}/${call}`, body);
    assert.ok(reply.status < 300, `${call} was answered ${reply.status}: ${reply.text}`);
  }

  async snapshot(): Promise<CozifyReport> {
    const reply = await this.nodeRed.admin('GET', `/cozify/accounts/${this.accountId}`);
    assert.equal(reply.status, 200, reply.text);
    return reply.body as CozifyReport;
  }

  /** Returns the last code that was mailed to the account's address. */
  code(): string {
    return this.simulator.latestCode(this.email);
  }

  /** Number of codes that were mailed to the account's address. */
  get mails(): number {
    return this.simulator.mails.filter(({ to }) => to === this.email).length;
  }

  /**
   * Presses the button of an inject node. If `properties` are given, sends them in the message, as *inject now* in the
   * node's dialog does.
   */
  async inject(name: string, properties?: Injected[]): Promise<void> {
    const node = this.flows.find((found) => found.type === 'inject' && found['name'] === name);
    assert.ok(node, `an inject node ${name}`);
    const body = properties === undefined ? {} : { __user_inject_props__: properties };
    await this.nodeRed.inject(node.id, body);
  }

  /**
   * Presses the button of an inject node, and returns the next debug output. Fails if an earlier output was not read.
   */
  async press(name: string, properties?: Injected[]): Promise<Shown> {
    assert.deepEqual(this.shown().slice(this.#read), [], 'nothing is shown that nobody asked for');
    await this.inject(name, properties);
    const shown = await until(`something to be shown after ${name}`, () => this.shown()[this.#read]);
    this.#read += 1;
    return shown;
  }

  /** Returns all debug outputs since `deploy`. */
  shown(): Shown[] {
    const entries = this.log().split(/^(?=\d{1,2} \w{3} \d\d:\d\d:\d\d - \[)/m);
    return entries.flatMap((entry) => {
      const [, node, text] = /^.{14,15} - \[info\] \[debug:(.+?)\](.*)/s.exec(entry) ?? [];
      return node === undefined || text === undefined ? [] : { node, text: text.trim() };
    });
  }

  /** Waits until a debug node shows a text that matches. Skips the first `from` outputs. */
  async untilShown(node: string, text = /^/, from = 0): Promise<void> {
    const since = (): Shown[] => this.shown().slice(from);
    await until(`${node} to show ${String(text)}`, () =>
      since().some((shown) => shown.node === node && text.test(shown.text)),
    ).catch((error: unknown) => {
      throw new Error(`${String(error)} Shown: ${JSON.stringify(since())}`);
    });
  }

  /** Waits for more polls of the first hub. After two, the subscribed nodes have received the latest change. */
  async untilPolled(times = 2): Promise<void> {
    const polls = (): number => this.hub.log.count({ path: '/hub/poll' });
    const from = polls();
    await until(`${times} more polls`, () => polls() >= from + times);
  }

  /** Waits until `seen` has returned the same value for this long. */
  async untilQuiet(seen: () => string, ms = 3_000): Promise<void> {
    // Counts pauses and does not read a clock, because messages wait too while the machine stops.
    let [last, quietMs] = [seen(), 0];
    await until('silence', async () => {
      await sleep(100);
      quietMs += 100;
      if (seen() !== last) [last, quietMs] = [seen(), 0];
      return quietMs >= ms;
    });
  }

  /** Returns the log since `deploy`. */
  log(): string {
    return this.nodeRed.log.slice(this.#logStart);
  }
}
