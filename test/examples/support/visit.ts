import assert from 'node:assert/strict';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { TIMEOUT_MS, until } from '../../support/wait';

/** A page in its own browser window. */
export class Visit {
  readonly page: Page;
  /** Errors in the console of the browser. */
  readonly problems: string[] = [];

  private constructor(page: Page) {
    this.page = page;
  }

  /** Opens an address in a new window. `prepare` runs before the address is loaded. */
  static async open(
    browser: Browser,
    url: string,
    options: BrowserContextOptions = {},
    prepare: (page: Page) => Promise<unknown> = () => Promise.resolve(),
  ): Promise<Visit> {
    const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 900, height: 600 }, ...options });
    context.setDefaultTimeout(TIMEOUT_MS);
    const visit = new Visit(await context.newPage());
    await visit.#watch(new URL(url).host);
    await prepare(visit.page);
    await visit.page.goto(url);
    return visit;
  }

  /** Records errors on the page. Blocks requests to other hosts, and records them as problems too. */
  async #watch(host: string): Promise<void> {
    this.page.on('pageerror', (error) => this.problems.push(`page error: ${error.stack ?? error.message}`));
    this.page.on('console', (message) => {
      if (message.type() === 'error') this.problems.push(`console: ${message.text()} (${message.location().url})`);
    });
    await this.page.route(
      (asked) => asked.protocol.startsWith('http') && asked.host !== host,
      async (route) => {
        this.problems.push(`The page asked for ${route.request().url()}`);
        await route.abort();
      },
    );
  }

  get main(): Locator {
    return this.page.locator('main');
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  /** Waits until the page shows a matching text. */
  async untilText(words: RegExp): Promise<void> {
    let text = '';
    await until(`the page to say ${String(words)}`, async () => {
      text = await this.main.innerText();
      return words.test(text);
    }).catch((error: unknown) => {
      throw new Error(`${String(error)} It says: ${text}`);
    });
  }

  /** Closes the window. Fails if the page had problems. */
  async close(): Promise<void> {
    await this.page.context().close();
    assert.deepEqual(this.problems, []);
  }
}
