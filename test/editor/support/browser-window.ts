// Browser windows, which tests use one after another.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { TIMEOUT_MS } from '../../support/wait';
import { EditorMessages } from './node-reds-own';

/** Options of a window. They cannot change after the window has been opened. */
export interface WindowOptions {
  /** Language of the browser. Defaults to `en-US`. */
  locale?: string;
  colorScheme?: 'light' | 'dark';
  deviceScaleFactor?: number;
  viewport?: { width: number; height: number };
  /**
   * Whether to open a new window and close it after use. Necessary if the test changes the browser itself, such as its
   * clock.
   */
  isOwn?: boolean;
}

/**
 * A browser window with its own storage. Several editors use the same window one after another. Its cache then contains
 * the scripts of the editor, so a page load takes half the processor time of a load in a new window.
 */
export class BrowserWindow {
  readonly page: Page;
  readonly messages: EditorMessages;
  readonly #idle: BrowserWindow[] | undefined;
  /** The URL of the loaded editor. An idle window keeps the editor loaded. */
  #shown: string | undefined;

  private constructor(page: Page, messages: EditorMessages, idle: BrowserWindow[] | undefined) {
    this.page = page;
    this.messages = messages;
    this.#idle = idle;
  }

  /** Returns an idle window with these options, or opens one. */
  static async open(browser: Browser, { isOwn = false, ...options }: WindowOptions = {}): Promise<BrowserWindow> {
    const idle = isOwn ? undefined : idleWindows(browser, options);
    return idle?.pop() ?? new BrowserWindow(...(await newPage(browser, options)), idle);
  }

  /** Loads the editor at this URL. Holds its debug messages until they are passed on. */
  async load(url: string): Promise<void> {
    this.messages.hold();
    this.#shown = undefined;
    await this.page.goto(url);
    this.#shown = url;
  }

  /** Whether the window has loaded the editor at this URL, and shows no dialog and no notification. */
  async shows(url: string): Promise<boolean> {
    return this.#shown === url && (await this.page.locator('.red-ui-tray, .red-ui-notification').count()) === 0;
  }

  /**
   * Makes the window available to the next editor. Closes the window instead if the page had an error (`isSound` is
   * false), or if the window was opened with `isOwn`.
   */
  async close(isSound: boolean): Promise<void> {
    if (this.#idle === undefined || !isSound || this.page.isClosed()) {
      await this.page.context().close();
      return;
    }
    for (const event of ['pageerror', 'console', 'request', 'response'] as const) this.page.removeAllListeners(event);
    await this.page.unrouteAll({ behavior: 'ignoreErrors' });
    await this.#tidy();
    this.messages.drop();
    this.#idle.push(this);
  }

  /** Empties the storage, leaves the home tab, cancels open dialogs, and hides the notification about a Deploy. */
  async #tidy(): Promise<void> {
    await this.page.evaluate('localStorage.clear(); sessionStorage.clear();');
    // A window whose home tab is visible would keep polling.
    await this.page.evaluate(`window.RED?.sidebar?.show?.('info')`);
    for (const id of ['node-config-dialog-cancel', 'node-dialog-cancel']) {
      // A click by code of the page, because the dialog may be closing already and then has no button.
      await this.page.evaluate(`document.getElementById('${id}')?.click()`);
      await this.page.locator(`#${id}`).waitFor({ state: 'detached' });
    }
    await this.page.evaluate(
      `document.querySelectorAll('.red-ui-notification-success').forEach((one) => one.remove())`,
    );
  }

  /**
   * Leaves the editor by loading a blank page if the editor is the one of the Node-RED at this URL. Must be called before
   * that Node-RED stops.
   */
  async leave(url: string): Promise<void> {
    if (this.#shown?.startsWith(url) !== true) return;
    this.#shown = undefined;
    await this.page.goto('about:blank');
  }
}

/** Makes all idle windows of the browser leave the editor of the Node-RED at this URL. */
export async function leaveEditors(browser: Browser, url: string): Promise<void> {
  const idle = [...(windowsOf.get(browser)?.values() ?? [])].flat();
  await Promise.all(idle.map((window) => window.leave(url)));
}

const windowsOf = new WeakMap<Browser, Map<string, BrowserWindow[]>>();

function idleWindows(browser: Browser, options: WindowOptions): BrowserWindow[] {
  const windows = windowsOf.get(browser) ?? new Map<string, BrowserWindow[]>();
  windowsOf.set(browser, windows);
  const key = JSON.stringify(Object.entries(options).sort());
  const idle = windows.get(key) ?? [];
  windows.set(key, idle);
  return idle;
}

async function newPage(browser: Browser, options: WindowOptions): Promise<[Page, EditorMessages]> {
  const context: BrowserContext = await browser.newContext({
    ...{ locale: 'en-US', viewport: { width: 1400, height: 900 }, timezoneId: 'Europe/Helsinki' },
    ...options,
  });
  context.setDefaultTimeout(TIMEOUT_MS);
  // Node-RED 5 chooses its light theme unless this setting is `auto`. Older versions have no other theme.
  await context.addInitScript(`try { localStorage.setItem('view-dark-theme', 'auto') } catch {}`);
  const page = await context.newPage();
  const messages = new EditorMessages();
  await messages.follow(page);
  return [page, messages];
}
