import type { Browser, BrowserContext, Page } from 'playwright-core';
import { PATIENCE_MS } from '../../support/wait';
import { DebugMessages } from './node-reds-own';

/** Options of a window, which stay as they are while the window exists. */
export interface WindowOptions {
  /** Language of the browser; default `en-US`. */
  locale?: string;
  colorScheme?: 'light' | 'dark';
  deviceScaleFactor?: number;
  viewport?: { width: number; height: number };
  /** Whether the window is new and closed after use, because the test changes the browser itself, such as its clock. */
  isOwn?: boolean;
}

/**
 * A browser window with storage of its own. One editor after another uses the same window, because its cache has the
 * scripts of the editor: a page load costs half the processor time of one in a new window.
 */
export class BrowserWindow {
  readonly page: Page;
  readonly debugMessages: DebugMessages;
  readonly #idle: BrowserWindow[] | undefined;

  private constructor(page: Page, debugMessages: DebugMessages, idle: BrowserWindow[] | undefined) {
    this.page = page;
    this.debugMessages = debugMessages;
    this.#idle = idle;
  }

  /** Returns an idle window with these options, or opens one. */
  static async open(browser: Browser, { isOwn = false, ...options }: WindowOptions = {}): Promise<BrowserWindow> {
    const idle = isOwn ? undefined : idleWindows(browser, options);
    return idle?.pop() ?? new BrowserWindow(...(await newPage(browser, options)), idle);
  }

  /** Leaves the page and makes the window available to the next editor. Ends the window if it is not to be used again. */
  async close(isSound: boolean): Promise<void> {
    if (this.#idle === undefined || !isSound || this.page.isClosed()) {
      await this.page.context().close();
      return;
    }
    for (const event of ['pageerror', 'console', 'request', 'response'] as const) this.page.removeAllListeners(event);
    await this.page.unrouteAll({ behavior: 'ignoreErrors' });
    await this.page.evaluate('localStorage.clear(); sessionStorage.clear();');
    this.debugMessages.hold();
    await this.page.goto('about:blank');
    this.#idle.push(this);
  }
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

async function newPage(browser: Browser, options: WindowOptions): Promise<[Page, DebugMessages]> {
  const context: BrowserContext = await browser.newContext({
    ...{ locale: 'en-US', viewport: { width: 1400, height: 900 }, timezoneId: 'Europe/Helsinki' },
    ...options,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  // Node-RED 5 chooses its light theme unless this says otherwise; older versions have no other theme.
  await context.addInitScript(`try { localStorage.setItem('view-dark-theme', 'auto') } catch {}`);
  const page = await context.newPage();
  const debugMessages = new DebugMessages();
  await debugMessages.follow(page);
  return [page, debugMessages];
}
