// Seconds of a page that pass only when a test says so.
import type { Page } from 'playwright-core';

/** The timers of a page that wait for one second. They wait for the test instead, until `release` is called. */
export class HeldSeconds {
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  static async of(page: Page): Promise<HeldSeconds> {
    await page.evaluate(HOLD);
    return new HeldSeconds(page);
  }

  /** Lets seconds pass. */
  async pass(seconds: number): Promise<void> {
    await this.#page.evaluate(`for (let second = 0; second < ${seconds}; second++) window.heldSeconds.pass()`);
  }

  async release(): Promise<void> {
    await this.#page.evaluate('window.heldSeconds.release()');
  }
}

const HOLD = `(() => {
  const real = window.setTimeout;
  const held = [];
  const pass = () => held.splice(0).forEach((run) => run());
  window.setTimeout = (run, ms, ...rest) => (ms === 1000 ? held.push(run) && 0 : real(run, ms, ...rest));
  window.heldSeconds = { pass, release: () => ((window.setTimeout = real), pass()) };
})()`;
