// The desk of an editor test: a simulated cloud, a Node-RED, and editors in a browser.
import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import type { CozifyReport } from '../../live/harness/ask';
import { accountNode, testFlow, type AccountProperties, type FlowNode } from '../../live/harness/flow';
import { NodeRed, type NodeRedOptions } from '../../live/harness/node-red';
import { NODE_RED_4, type NodeRedVersion } from '../../live/harness/versions';
import { Simulator, type SimulatorOptions } from '../../simulator';
import { leaveEditors } from './browser-window';
import { Editor, type EditorOptions } from './editor';
import { emptiedNodeRed, sharedBrowser } from './shared';

/** Number of accounts that the desks of this process have deployed. */
let accounts = 0;

/** A simulated cloud, a Node-RED and a browser. Call `tidy` after each test and `close` after the last one. */
export class Desk {
  readonly simulator: Simulator;
  readonly nodeRed: NodeRed;
  readonly browser: Browser;
  readonly #options: NodeRedOptions;
  readonly #logFrom: number;
  readonly #editors = new Set<Editor>();

  private constructor(simulator: Simulator, nodeRed: NodeRed, browser: Browser, options: NodeRedOptions) {
    this.simulator = simulator;
    this.nodeRed = nodeRed;
    this.browser = browser;
    this.#options = options;
    this.#logFrom = isShared(options) ? nodeRed.log.length : 0;
  }

  /** Opens a desk. Without Node-RED options, it uses the shared Node-RED, without its flows. */
  static async open(options: NodeRedOptions = {}, simulated: SimulatorOptions = {}): Promise<Desk> {
    const browser = await sharedBrowser();
    const simulator = await Simulator.start(simulated);
    try {
      const nodeRed = await (isShared(options) ? emptiedNodeRed() : NodeRed.start(options));
      return new Desk(simulator, nodeRed, browser, options);
    } catch (error) {
      // Stops the simulator, because the process would not end while it runs.
      await simulator.stop();
      throw error;
    }
  }

  /** Opens a desk with another version of Node-RED. */
  static async openOn(version: NodeRedVersion, simulated: SimulatorOptions = {}): Promise<Desk> {
    const desk = await Desk.open(version === NODE_RED_4 ? {} : await version.programs(), simulated);
    assert.ok(desk.nodeRed.log.includes(`Node-RED version: v${version.name}.`));
    return desk;
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

  /** Closes all windows after a test, fails if one had an error, and clears the faults of the cloud. */
  async tidy(): Promise<void> {
    this.simulator.clearFaults();
    this.simulator.latencyMs = 0;
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

function isShared(options: NodeRedOptions): boolean {
  return Object.keys(options).length === 0;
}
