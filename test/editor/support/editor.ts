// The Node-RED editor in a browser.
import assert from 'node:assert/strict';
import type { Browser, Locator, Page, Request, Response } from 'playwright-core';
import { until } from '../../support/wait';
import { AccountDialog } from './account-dialog';
import { BrowserWindow, type WindowOptions } from './browser-window';
import { isNodeRedsOwn } from './node-reds-own';
import { type Box, boxOf, trayWith, untilSettled } from './tray';

export interface EditorOptions extends WindowOptions {
  /** The name of a user in `adminUsers` to log in as. Any password is accepted. */
  user?: string;
  /**
   * Whether to reuse the page of an earlier test. The page then loads the new flows, but is not loaded again itself.
   */
  isUsed?: boolean;
}

/**
 * Selector of the only button beside the account list in Node-RED 3. The button opens the chosen account, or adds an
 * account.
 */
const EDIT_OR_ADD = '#node-input-lookup-account';

/** A Node-RED editor in its own browser window, with methods for what a person does in it. */
export class Editor {
  readonly page: Page;
  /** Errors of the page and the browser console. */
  readonly problems: string[] = [];
  /** Errors of Node-RED itself. Their stacks contain no code of this package. */
  readonly nodeRedsProblems: string[] = [];
  readonly #window: BrowserWindow;
  /**
   * Failed requests to the admin API of accounts since this editor was opened, such as `POST otp 504`. Responses to
   * requests that an earlier editor made in the same window do not count.
   */
  readonly refusals: string[] = [];

  private constructor(window: BrowserWindow) {
    this.#window = window;
    this.page = window.page;
  }

  static async open(browser: Browser, url: string, options: EditorOptions = {}): Promise<Editor> {
    const { user, isUsed = false, ...windowOptions } = options;
    const window = await BrowserWindow.open(browser, windowOptions);
    const editor = new Editor(window);
    editor.#watch(new URL(url).host);
    if (isUsed && (await window.shows(url))) {
      await editor.page.evaluate(LOAD_FLOWS);
      window.messages.passOn();
      window.messages.resubscribe();
      return editor;
    }
    await window.load(url);
    if (user !== undefined) await editor.#logIn(user);
    await editor.#prepare();
    return editor;
  }

  /** Reloads the page, and holds debug messages until the flows are loaded. */
  async reload(): Promise<void> {
    this.#window.messages.hold();
    await this.page.reload();
    await this.#prepare();
  }

  async #prepare(): Promise<void> {
    await this.untilLoaded();
    this.#window.messages.passOn();
    // Opens dialogs without animation, which saves a quarter of a second per dialog.
    await this.page.addStyleTag({ content: '.red-ui-tray { transition: none !important; }' });
  }

  #watch(host: string): void {
    const made = new WeakSet<Request>();
    this.page.on('request', (request) => {
      made.add(request);
      const asked = new URL(request.url());
      if (asked.protocol.startsWith('http') && asked.host !== host) {
        this.problems.push(`The editor requested ${asked.href}`);
      }
    });
    this.page.on('pageerror', (error) => {
      const list = isNodeRedsOwn(error.stack) ? this.nodeRedsProblems : this.problems;
      list.push(`page error: ${error.stack ?? error.message}`);
    });
    this.page.on('console', (message) => {
      const from = message.location().url;
      // Skips failed requests to the account endpoints. They are in `refusals`, because some tests expect them.
      if (message.type() === 'error' && !from.includes('/cozify/accounts/'))
        this.problems.push(`console error: ${message.text()} (${from})`);
    });
    this.page.on('response', (response) => {
      const [, rest] = new URL(response.url()).pathname.split('/cozify/accounts/');
      if (rest === undefined || response.ok() || !made.has(response.request())) return;
      const call = rest.split('/')[1] ?? '';
      this.refusals.push([response.request().method(), call, response.status()].filter(Boolean).join(' '));
    });
  }

  async #logIn(user: string): Promise<void> {
    await this.page.locator('#node-dialog-login-username').fill(user);
    // Drops the errors that Node-RED logs while nobody is logged in to the editor.
    this.problems.length = 0;
    await this.page.locator('#node-dialog-login-password').fill('anything');
    await this.page.keyboard.press('Enter');
  }

  async untilLoaded(): Promise<void> {
    await this.page.locator('#red-ui-header-button-deploy').waitFor();
    await this.page.locator('#red-ui-loading-progress').waitFor({ state: 'hidden' });
    await this.page.locator('#red-ui-workspace-chart svg').first().waitFor();
  }

  /**
   * Pauses the installed clock of the page, so that no timer fires. Tries again if the time at which to pause has passed
   * before the page was asked to pause, because a busy machine is slow.
   */
  async pauseClock(): Promise<void> {
    await until('the paused clock', async () => {
      const now = await this.page.evaluate<number>('Date.now()');
      return this.page.clock.pauseAt(now + 1000).then(
        () => true,
        () => false,
      );
    });
  }

  /** Waits for the end of animations, because a click may miss a moving element. */
  async untilStill(): Promise<void> {
    await until('the end of all animations', () => this.page.evaluate<boolean>(`$(':animated').length === 0`));
  }

  /** Closes the window. Fails if the page had an error. */
  async close(): Promise<void> {
    const problems = [...this.problems];
    await this.#window.close(problems.length === 0);
    assert.deepEqual(problems, []);
  }

  /** Returns a node on the canvas. */
  node(id: string): Locator {
    return this.page.locator(`[id="${id}"].red-ui-flow-node-group`);
  }

  /** Drags a node from the palette and returns its id. */
  async drag(type: string, x: number, y: number): Promise<string> {
    const before = await this.nodeIds();
    const inPalette = this.page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`);
    await inPalette.scrollIntoViewIfNeeded();
    const canvas = await boxOf(this.page.locator('#red-ui-workspace-chart'));
    await this.dragMouse(centreOf(await boxOf(inPalette)), { x: canvas.x + x, y: canvas.y + y });
    return until(`a ${type} on the canvas`, async () => (await this.nodeIds()).find((id) => !before.includes(id)));
  }

  /** Draws a wire from an output to an input. Outputs are numbered from 0. */
  async wire(from: string, output: number, to: string): Promise<void> {
    const start = this.node(from).locator('.red-ui-flow-port-output .red-ui-flow-port').nth(output);
    const end = this.node(to).locator('.red-ui-flow-port-input .red-ui-flow-port');
    await this.dragMouse(centreOf(await boxOf(start)), centreOf(await boxOf(end)));
  }

  async dragMouse(from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
    const { mouse } = this.page;
    await mouse.move(from.x, from.y);
    await mouse.down();
    await mouse.move(to.x, to.y, { steps: 8 });
    await mouse.up();
  }

  async nodeIds(): Promise<string[]> {
    return this.page.evaluate<string[]>(
      `[...document.querySelectorAll('.red-ui-flow-node-group')].map(({ id }) => id)`,
    );
  }

  /**
   * Opens a node's dialog with a click and Enter, and waits until it has slid in. Node-RED treats two clicks as a
   * double click only if both are handled within 0.65 s, which a busy machine does not guarantee.
   */
  async openNode(id: string): Promise<Locator> {
    await this.node(id).locator('.red-ui-flow-node').click();
    await this.node(id).and(this.page.locator('.red-ui-flow-node-selected')).waitFor();
    await this.page.keyboard.press('Enter');
    return this.#slidIn('#dialog-form');
  }

  /** Opens the chosen account from the open dialog of a node that uses it. */
  async editAccount(): Promise<AccountDialog> {
    await this.page.locator(`#node-input-btn-account-edit, ${EDIT_OR_ADD}`).click();
    await this.#slidIn('#node-config-dialog-edit-form');
    return new AccountDialog(this.page);
  }

  /** Clicks the button that adds an account in the open dialog of a node. Returns the dialog of the new account. */
  async addAccount(): Promise<AccountDialog> {
    await this.page.locator(`#node-input-btn-account-add, ${EDIT_OR_ADD}`).click();
    await this.#slidIn('#node-config-dialog-edit-form');
    return new AccountDialog(this.page);
  }

  /** Opens the account that a node uses. */
  async openAccountOf(id: string): Promise<AccountDialog> {
    await this.openNode(id);
    return this.editAccount();
  }

  async #slidIn(form: string): Promise<Locator> {
    const tray = trayWith(this.page, form);
    await untilSettled(tray);
    // Node-RED sets the focus a moment after the dialog opens.
    await until('the dialog to get the focus', async () => (await tray.locator(':focus').count()) > 0);
    return tray;
  }

  /** Closes a node's dialog with Done (`ok`) or Cancel (`cancel`). */
  async closeNode(how: 'ok' | 'cancel'): Promise<void> {
    await this.page.locator(`#node-dialog-${how}`).click();
    await this.page.locator('.red-ui-tray').waitFor({ state: 'detached' });
  }

  /** Presses Deploy and waits for the response of Node-RED. */
  async deploy(): Promise<void> {
    await until('an active Deploy button', () => this.isDeployLit());
    const isDeploy = (response: Response): boolean =>
      response.request().method() === 'POST' && /\/flows$/.test(response.url());
    const [answer] = await Promise.all([
      this.page.waitForResponse(isDeploy),
      this.page.locator('#red-ui-header-button-deploy').click(),
    ]).catch(async (error: unknown) => {
      const shown = await this.page.locator('.red-ui-notification').allInnerTexts();
      throw new Error(`The Deploy got no response. Node-RED says: ${shown.join(' / ')}`, { cause: error });
    });
    assert.ok(answer.ok(), `Deploy failed with ${answer.status()}`);
    await until('an inactive Deploy button', async () => !(await this.isDeployLit()));
    // Node-RED covers the page for 0.3 s after a Deploy, so that it can't be clicked.
    await this.page.locator('#red-ui-palette-shade').waitFor({ state: 'hidden' });
  }

  async isDeployLit(): Promise<boolean> {
    const classes = await this.page.locator('#red-ui-header-button-deploy').getAttribute('class');
    return !/\bdisabled\b/.test(classes ?? '');
  }

  /** Returns the displayed status of a node: its colour and shape, as Node-RED names them, and its text. */
  async statusOf(id: string): Promise<{ dot: string; text: string }> {
    const node = this.node(id);
    const dot = node.locator('.red-ui-flow-node-status').first();
    const classes = (await dot.getAttribute('class')) ?? '';
    return {
      dot: /red-ui-flow-node-status-((?:dot|ring)-\w+)/.exec(classes)?.[1] ?? '',
      text: (await node.locator('.red-ui-flow-node-status-label').first().textContent()) ?? '',
    };
  }

  /** Opens a sidebar tab with its shortcut: `c` for configuration nodes, `d` for debug messages, `h` for help. */
  async openSidebar(key: 'c' | 'd' | 'h'): Promise<void> {
    await this.page.keyboard.press('Control+g');
    await this.page.keyboard.press(key);
  }

  /** The help that the sidebar shows for the chosen node. */
  get help(): Locator {
    return this.page.locator('.red-ui-sidebar-help-stack > .red-ui-panel').last();
  }
}

const centreOf = ({ x, y, width, height }: Box): { x: number; y: number } => ({ x: x + width / 2, y: y + height / 2 });

/**
 * Code that replaces the flows in the editor with the deployed ones, as when the user opens another project. Also
 * removes and adds the account's node type, as the palette manager does. The home tab is then in the same state as
 * after a page load.
 */
const LOAD_FLOWS = `(async () => {
  const account = RED.nodes.getType('cozify-account');
  account?.onpaletteremove();
  RED.nodes.clear();
  RED.history.clear();
  RED.view.redraw(true);
  const { rev, flows } = await $.ajax({ url: 'flows', headers: { Accept: 'application/json' }, cache: false });
  RED.nodes.version(rev);
  RED.nodes.import(flows);
  RED.nodes.dirty(false);
  RED.view.redraw(true);
  RED.workspaces.show(RED.nodes.getWorkspaceOrder()[0]);
  account?.onpaletteadd();
  RED.events.emit('flows:loaded');
})()`;
