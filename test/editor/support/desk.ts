// The desk of an editor test: a simulated cloud, a Node-RED, and editors in a browser.
import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import type { CozifyReport } from '../../live/harness/ask';
import { accountNode, testFlow, type AccountProperties, type FlowNode } from '../../live/harness/flow';
import { NodeRed, type NodeRedOptions } from '../../live/harness/node-red';
import { EDITOR_VERSIONS, NODE_RED_4, type NodeRedVersion } from '../../live/harness/versions';
import { type SimulatedHub, Simulator, type SimulatorOptions } from '../../simulator';
import { leaveEditors } from './browser-window';
import { Editor, type EditorOptions } from './editor';
import { emptiedNodeRed, sharedBrowser } from './shared';

/** Number of accounts that the desks of this process have deployed. */
let accounts = 0;

/** Options of a suite's desk, besides the options of its simulated cloud. */
export interface SuiteOptions extends SimulatorOptions {
  /** The version of Node-RED. Defaults to the one in devDependencies. */
  version?: NodeRedVersion;
  /** Options of a Node-RED that only this suite uses, or a function that returns the options. */
  nodeRed?: NodeRedOptions | (() => Promise<NodeRedOptions>);
}

/** A simulated cloud, a Node-RED and a browser. */
export class Desk {
  simulator!: Simulator;
  nodeRed!: NodeRed;
  browser!: Browser;
  #options: NodeRedOptions = {};
  #logFrom = 0;
  readonly #editors = new Set<Editor>();

  /**
   * Opens a desk for the calling suite in a `before` hook, tidies it after each test, and closes it after the suite.
   * Without a version and options of Node-RED, it uses the shared Node-RED, without its flows.
   */
  static forSuite({ version = NODE_RED_4, nodeRed = {}, ...simulated }: SuiteOptions = {}): Desk {
    const desk = new Desk();
    before(async () => {
      const programs = version === NODE_RED_4 ? {} : await version.programs();
      const options = typeof nodeRed === 'function' ? await nodeRed() : nodeRed;
      await desk.#open({ ...programs, ...options }, simulated);
      assert.ok(desk.nodeRed.log.includes(`Node-RED version: v${version.name}.`));
    });
    afterEach(() => desk.tidy());
    after(() => desk.close());
    return desk;
  }

  /** Opens a desk outside a suite. The caller closes it. Without Node-RED options, it uses the shared Node-RED. */
  static async open(options: NodeRedOptions = {}, simulated: SimulatorOptions = {}): Promise<Desk> {
    const desk = new Desk();
    await desk.#open(options, simulated);
    return desk;
  }

  async #open(options: NodeRedOptions, simulated: SimulatorOptions): Promise<void> {
    this.browser = await sharedBrowser();
    this.#options = options;
    this.simulator = await Simulator.start(simulated);
    try {
      this.nodeRed = await (isShared(options) ? emptiedNodeRed() : NodeRed.start(options));
    } catch (error) {
      // Stops the simulator, because the process would not end while it runs.
      await this.simulator.stop();
      throw error;
    }
    this.#logFrom = isShared(options) ? this.nodeRed.log.length : 0;
    // Sends admin requests as the user `owner`, whom all suites with users have.
    if (options.settings?.adminUsers !== undefined) this.nodeRed.adminHeaders = { Authorization: 'Bearer owner' };
  }

  /** Closes the desk. The shared Node-RED keeps running for the next desk. */
  async close(): Promise<void> {
    if (!isShared(this.#options)) {
      await leaveEditors(this.browser, this.nodeRed.url);
      await this.nodeRed.dispose();
    }
    await this.simulator.stop();
    assert.doesNotMatch(this.log, /Uncaught Exception|UnhandledPromise|MaxListenersExceeded/);
  }

  /** The first hub. */
  get hub(): SimulatedHub {
    const [hub] = this.simulator.hubs;
    assert.ok(hub);
    return hub;
  }

  /** The lines that Node-RED has printed since this desk was opened. */
  get log(): string {
    return this.nodeRed.log.slice(this.#logFrom);
  }

  /** Opens the editor in a window that no other editor uses. */
  async editor(options: EditorOptions = {}): Promise<Editor> {
    const editor = await Editor.open(
      this.browser,
      `${this.nodeRed.url}${this.#options.settings?.httpAdminRoot ?? ''}/`,
      options,
    );
    this.#editors.add(editor);
    return editor;
  }

  /**
   * Opens the flows in the window of an earlier test, without loading the page again. For tests that don't depend on
   * how the page is loaded.
   */
  usedEditor(options: EditorOptions = {}): Promise<Editor> {
    return this.editor({ ...options, isUsed: true });
  }

  /** Closes all windows after a test, fails if one had an error, and ends the faults of the cloud and the hubs. */
  async tidy(): Promise<void> {
    this.simulator.clearFaults();
    this.simulator.latencyMs = 0;
    await this.simulator.goOnline();
    for (const hub of this.simulator.hubs) if (!hub.connected) await hub.goOnline();
    const editors = [...this.#editors];
    this.#editors.clear();
    for (const editor of editors) await editor.close();
  }

  /**
   * Deploys the test flow with an account that has never logged in. Returns the id and the e-mail address of the
   * account, both of them new. The id of the ping node is `ping`. `more` returns additional nodes.
   */
  async deployAccount(
    properties: Partial<AccountProperties> = {},
    more: (account: string) => FlowNode[] = () => [],
  ): Promise<{ id: string; email: string }> {
    accounts += 1;
    const id = `account-${accounts}`;
    const email = `owner${accounts}@example.fi`;
    const all = { id, email, cloudUrl: this.simulator.cloudUrl, name: 'Koti', ...properties };
    await this.nodeRed.deploy([...testFlow(accountNode(all)), ...more(all.id)]);
    return { id: all.id, email: all.email ?? email };
  }

  /** Deploys an account and logs in with requests to the admin API. */
  async deployLogin(
    properties: Partial<AccountProperties> = {},
    more?: (account: string) => FlowNode[],
  ): Promise<{ id: string; email: string; token: string }> {
    const account = await this.deployAccount(properties, more);
    await this.logIn(account);
    return { ...account, token: this.token() };
  }

  /**
   * Logs in with a request to the admin API. Requests the code from the cloud itself, because the package sends only
   * three codes for an account in a quarter of an hour.
   */
  async logIn({ id, email }: { id: string; email: string }): Promise<void> {
    const query = new URLSearchParams({ email });
    await fetch(`${this.simulator.cloudUrl}/user/requestlogin?${query}`, { method: 'POST' });
    await this.post(id, 'authenticate', { email, otp: this.simulator.latestCode(email) });
  }

  async post(id: string, call: string, body: Record<string, unknown>): Promise<void> {
    const reply = await this.nodeRed.admin('POST', `/cozify/accounts/${id}/${call}`, body);
    assert.ok(reply.status < 300, `${call} failed with ${reply.status}: ${reply.text}`);
  }

  /** Returns the account's state from the admin API, for a deployed account or one with a pending login. */
  async snapshot(id: string): Promise<CozifyReport> {
    const reply = await this.nodeRed.admin('GET', `/cozify/accounts/${id}`);
    assert.equal(reply.status, 200, reply.text);
    return reply.body as CozifyReport;
  }

  /** Returns the token of the last request to the cloud. */
  token(): string {
    const token = this.simulator.requests.findLast((request) => request.token !== undefined)?.token;
    assert.ok(token, 'a request to the cloud had a token');
    return token;
  }

  /** Returns the node of the deployed account. */
  async deployedAccount(): Promise<FlowNode> {
    const account = (await this.nodeRed.flows()).find(({ type }) => type === 'cozify-account');
    assert.ok(account, 'an account is deployed');
    return account;
  }
}

/** Defines a suite for each version of Node-RED that the editor tests use, and passes a desk with that version. */
export function describeInEach(
  title: string,
  options: SuiteOptions,
  body: (desk: Desk, version: NodeRedVersion) => void,
): void {
  for (const version of EDITOR_VERSIONS) {
    describe(`${title} in Node-RED ${version.name}`, () => body(Desk.forSuite({ ...options, version }), version));
  }
}

function isShared(options: NodeRedOptions): boolean {
  return Object.keys(options).length === 0;
}
