import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import type { Simulator } from '../../simulator';
import { becomes } from '../../support/becomes';
import { trayWith, untilSettled } from './tray';

/** The open dialog of an account: its elements, and methods for what a person does in it. */
export class AccountDialog {
  readonly page: Page;
  readonly email: Locator;
  readonly sendCode: Locator;
  readonly code: Locator;
  readonly logIn: Locator;
  readonly logOut: Locator;
  readonly confirmYes: Locator;
  readonly state: Locator;
  readonly error: Locator;
  readonly hubs: Locator;
  readonly advanced: Locator;
  readonly cloudUrl: Locator;
  readonly store: Locator;
  readonly note: Locator;
  /** The element that shows the progress or the result of the last request. */
  readonly work: Locator;
  readonly name: Locator;
  readonly ok: Locator;

  constructor(page: Page) {
    const byId = (id: string): Locator => page.locator(`#${id}`);
    this.page = page;
    this.email = byId('node-config-input-email');
    this.sendCode = byId('cozify-account-send-code');
    this.code = byId('cozify-account-code');
    this.logIn = byId('cozify-account-log-in');
    this.logOut = byId('cozify-account-log-out');
    this.confirmYes = byId('cozify-account-confirm-yes');
    this.state = byId('cozify-account-state');
    this.error = byId('cozify-account-error');
    this.hubs = byId('cozify-account-hubs');
    this.advanced = byId('cozify-account-advanced');
    this.cloudUrl = byId('node-config-input-cloudUrl');
    this.store = byId('node-config-input-store');
    this.note = byId('cozify-account-note');
    this.work = byId('cozify-account-work');
    this.name = byId('node-config-input-name');
    this.ok = byId('node-config-dialog-ok');
  }

  /** Replaces the text of a field with real key presses. */
  async type(field: Locator, text: string): Promise<void> {
    await field.click({ clickCount: 3 });
    await this.page.keyboard.press('Control+a');
    await this.page.keyboard.type(text);
  }

  /** Types into the focused field and presses Enter. */
  async typeAndEnter(text: string): Promise<void> {
    await this.page.keyboard.type(text);
    await this.page.keyboard.press('Enter');
  }

  /** Types an address, asks for the code, and logs in with the e-mailed code, as a person does. */
  async logInWith(email: string, cloud: Simulator): Promise<void> {
    await this.type(this.email, email);
    await this.page.keyboard.press('Enter');
    await this.untilFocused(this.code);
    await this.typeAndEnter(cloud.latestCode(email));
    await this.untilState('authenticated');
  }

  async untilState(state: string): Promise<void> {
    await becomes(() => this.state.getAttribute('data-state'), state);
  }

  async untilFocused(element: Locator): Promise<void> {
    const focused = element.and(this.page.locator(':focus'));
    await becomes(() => focused.count(), 1, `the focus on ${String(element)}`);
  }

  /** Waits until the text of the login state matches the pattern. */
  async untilStateSays(words: RegExp): Promise<void> {
    await becomes(() => this.state.innerText(), words);
  }

  /** Waits for the error message, and asserts that it is directly below the field. */
  async untilError(message: string | RegExp, beside: Locator): Promise<void> {
    await becomes(() => this.error.innerText(), message);
    // Measures again if the distance is wrong, because a poll may have moved the form between the two measurements.
    await becomes(async () => {
      const [field, text] = await Promise.all([beside.boundingBox(), this.error.boundingBox()]);
      assert.ok(field && text, 'the field and the error are visible');
      const gap = text.y - (field.y + field.height);
      return gap > -4 && gap < 30 ? 'below its field' : `${gap} pixels below its field`;
    }, 'below its field');
    await becomes(() => beside.getAttribute('aria-describedby'), 'cozify-account-error');
  }

  /** Waits until no error is shown. */
  async untilNoError(): Promise<void> {
    await becomes(() => this.error.innerText(), '');
  }

  /** Returns the question with this text below the login fields. */
  question(words: string): Locator {
    return this.page.getByRole('group', { name: words });
  }

  /** Presses Log out and confirms it. */
  async confirmLogOut(): Promise<void> {
    await this.logOut.click();
    await this.untilFocused(this.confirmYes);
    await this.confirmYes.click();
  }

  hubNames(): Promise<string[]> {
    return this.hubs.locator('b').allInnerTexts();
  }

  /** Presses Add or Update, and waits until the dialog is closed. */
  async keep(): Promise<void> {
    await this.ok.click();
    await this.#untilGone();
  }

  async cancel(): Promise<void> {
    await this.page.locator('#node-config-dialog-cancel').click();
    await this.#untilGone();
  }

  /** Waits until the dialog of the node is visible again. */
  async #untilGone(): Promise<void> {
    await this.email.waitFor({ state: 'detached' });
    await untilSettled(trayWith(this.page, '#dialog-form'));
  }
}
