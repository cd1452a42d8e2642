// Accessibility checks of the account dialog.
import assert from 'node:assert/strict';
import { findViolations } from '../../support/axe';
import { ask } from '../../live/harness/ask';
import type { Desk } from './desk';
import type { EditorOptions } from './editor';
import { intercept } from './intercept';

/** Selector of the form in the dialog of an account. */
const ACCOUNT_FORM = '#node-config-dialog-edit-form';
/** Selectors of hidden fields that Node-RED adds to keep browsers from filling in passwords. */
const NOT_OURS = ['[id^="red-ui-trap-"]'];

/**
 * Checks the account dialog with axe in each state, and with an error and a question. `openEveryDialog` checks the
 * dialogs of the nodes.
 */
export async function assertNoViolations(desk: Desk, options: EditorOptions): Promise<void> {
  const { email } = await desk.deployAccount();
  const editor = await desk.usedEditor(options);
  const found: string[] = [];
  const look = async (what: string, part = ACCOUNT_FORM): Promise<void> => {
    found.push(...(await findViolations(editor.page, part, NOT_OURS)).map((violation) => `${what}: ${violation}`));
  };
  const dialog = await editor.openAccountOf('ping');
  await dialog.untilFocused(dialog.email);
  await dialog.advanced.click();
  await dialog.type(dialog.email, 'no address');
  await dialog.page.keyboard.press('Enter');
  await dialog.untilFocused(dialog.email);
  await look('an error, with advanced settings');
  await dialog.type(dialog.email, email);
  // Holds the request in the browser, because Node-RED waits for the cloud for a shorter time than the check may take.
  let send = (): void => undefined;
  const isReleased = new Promise<void>((resolve) => (send = resolve));
  await intercept(editor.page, '**/otp', (route) => isReleased.then(() => route.continue()), { times: 1 });
  await dialog.page.keyboard.press('Enter');
  await dialog.work.locator('.fa-spin').waitFor();
  await look('a request in progress');
  send();
  await dialog.untilFocused(dialog.code);
  await look('a sent code');
  await dialog.typeAndEnter(desk.simulator.latestCode(email));
  await dialog.untilState('authenticated');
  await look('a login');
  await dialog.logOut.click();
  await dialog.untilFocused(dialog.confirmYes);
  await dialog.page.locator('#node-config-input-autorefresh').click();
  await look('a question, with fields that have no effect');

  desk.simulator.revokeAll();
  await ask(desk.nodeRed, 'ping');
  await dialog.untilState('otp-required');
  await look('a login that was lost');
  await dialog.cancel();
  const notice = editor.page.locator('.red-ui-notification').first();
  await notice.waitFor();
  await look('the notification about the lost login', '#red-ui-notifications');
  await notice.getByRole('button').first().click();
  await editor.closeNode('cancel');
  assert.deepEqual(found, []);
}
