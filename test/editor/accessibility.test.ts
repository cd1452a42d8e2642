import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { becomes } from '../support/becomes';
import { Desk, text, until, type AccountDialog, type Editor } from './support';

describe('The account dialog for keyboard and screen reader', () => {
  let desk: Desk;
  let editor: Editor;
  let dialog: AccountDialog;

  before(async () => {
    // Opens one dialog for all tests. Only the last test changes the dialog: that test logs out.
    desk = await Desk.open();
    await desk.deployLogin();
    editor = await desk.usedEditor();
    dialog = await editor.openAccountOf('ping');
    await dialog.untilState('authenticated');
    // The fields for a recording appear once the hubs are found, which may be after the login.
    await until('the hubs', async () => (await dialog.hubNames()).length === 2);
    // Sends a code and opens the advanced settings, so that every element of the dialog is visible.
    await dialog.sendCode.click();
    await dialog.untilFocused(dialog.code);
    await dialog.advanced.click();
  });
  after(async () => {
    await desk.tidy();
    await desk.close();
  });

  // Excludes the hidden fields of Node-RED that keep browsers from filling in passwords.
  const fields = (): Locator =>
    editor.page
      .locator('#node-config-dialog-edit-form')
      .locator('input, select, textarea')
      .and(editor.page.locator(':not([id^="red-ui-"])'));

  it('names every field by its label, and every button', async () => {
    const named: string[] = [];
    for (const field of await visible(fields())) {
      const id = (await field.getAttribute('id')) ?? '';
      const label = editor.page.locator(`label[for="${id}"]`);
      const words = (await label.count()) > 0 ? await label.innerText() : await field.getAttribute('aria-label');
      const name = words?.trim() ?? '';
      assert.notEqual(name, '', `#${id} has a label`);
      await becomes(() => editor.page.getByLabel(name, { exact: true }).and(field).count(), 1, `#${id} by its label`);
      named.push(name);
    }
    assert.deepEqual(
      named.sort(),
      [
        ...['email', 'code', 'name', 'background', 'renewAfter', 'unit'],
        ...['cloudUrl', 'store', 'language', 'pollLan', 'pollCloud'],
      ]
        .map((key) => text('en-US', `label.${key}`))
        .concat(text('en-US', 'label.hub'), text('en-US', 'record.time'), text('en-US', 'record.names'))
        .sort(),
    );
    const buttons = await visible(editor.page.locator('#node-config-dialog-edit-form button'));
    assert.notEqual(buttons.length, 0);
    for (const button of buttons) assert.notEqual((await button.innerText()).trim(), '');
  });

  it('announces the state, the errors and the hubs to a screen reader, and not again while nothing changes', async () => {
    await becomes(() => dialog.state.getAttribute('role'), 'status');
    await becomes(() => dialog.state.getAttribute('aria-live'), 'polite');
    await becomes(() => dialog.error.getAttribute('role'), 'alert');
    await becomes(() => dialog.hubs.getAttribute('aria-label'), text('en-US', 'label.hubs'));
    // Screen readers announce changes only in live regions that exist before the change.
    await dialog.type(dialog.code, 'wrong');
    await editor.page.keyboard.press('Enter');
    await dialog.untilError(text('en-US', 'error.COZIFY_OTP_REJECTED'), dialog.code);

    await editor.page.evaluate(COUNT_CHANGES);
    // Waits for the next poll of the login state.
    const asked = editor.page.waitForResponse(/cozify\/accounts\/[^/]+$/);
    await (await asked).finished();
    await editor.page.waitForTimeout(200);
    assert.equal(await editor.page.evaluate<number>('window.stateChanges'), 0);
  });

  it('moves the focus with Tab through all controls, in the order of the form', async () => {
    await dialog.email.focus();
    const reached: string[] = [];
    for (let presses = 0; presses < 20; presses += 1) {
      const focused = editor.page.locator(':focus');
      const id = (await focused.count()) === 1 ? await focused.getAttribute('id') : null;
      if (id !== null) reached.push(id);
      if (id === 'cozify-account-diagnostics') break;
      await editor.page.keyboard.press('Tab');
    }
    assert.deepEqual(reached, [
      'node-config-input-email',
      'cozify-account-send-code',
      'cozify-account-code',
      'cozify-account-log-in',
      'cozify-account-log-out',
      'node-config-input-name',
      'node-config-input-autorefresh',
      'node-config-input-expiry',
      'node-config-input-expiryUnit',
      'cozify-account-advanced',
      'node-config-input-cloudUrl',
      'node-config-input-store',
      'node-config-input-language',
      'node-config-input-pollLan',
      'node-config-input-pollCloud',
      'cozify-account-diagnostics',
    ]);
  });

  it('logs out and confirms with the keyboard', async () => {
    await dialog.logOut.focus();
    await editor.page.keyboard.press('Space');
    await dialog.untilFocused(dialog.confirmYes);
    await editor.page.keyboard.press('Space');
    await until('the login to end', async () => (await dialog.state.getAttribute('data-state')) !== 'authenticated');
  });
});

/** Code that counts the changes in the element that shows the login state. */
const COUNT_CHANGES = `
window.stateChanges = 0;
new MutationObserver((changes) => { window.stateChanges += changes.length; }).observe(
  document.querySelector('#cozify-account-state'),
  { childList: true, subtree: true, characterData: true },
);`;

async function visible(locator: Locator): Promise<Locator[]> {
  const found: Locator[] = [];
  for (const element of await locator.all()) if (await element.isVisible()) found.push(element);
  return found;
}
