// Checks of the editor after the cloud has ended a login.
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { becomes } from '../../support/becomes';
import { ask } from '../../live/harness/ask';
import { AccountDialog } from './account-dialog';
import type { Desk } from './desk';
import type { Editor } from './editor';
import { text, type Language } from './texts';

/** The notifications that name the account of the test flow. */
export const notices = ({ page }: Editor): Locator => page.locator('.red-ui-notification').filter({ hasText: 'Koti' });

/** A button in the account's notifications. `key` is the key of its label in the message catalogue. */
export const noticeButton = (editor: Editor, language: Language, key: string): Locator =>
  notices(editor).getByRole('button', { name: text(language, key), exact: true });

/** Ends the login at the cloud, and pings so that Node-RED notices that the login is lost. */
export async function endLogin(desk: Desk): Promise<void> {
  desk.simulator.revokeAll();
  assert.equal((await ask(desk.nodeRed, 'ping')).payload, false);
}

/** Ends a login, asserts that two editors show the notification, and logs in again in one of them. */
export async function logInAgainElsewhere(desk: Desk): Promise<void> {
  const { email } = await desk.deployLogin();
  await desk.nodeRed.deploy([...(await desk.nodeRed.flows()), { id: 'elsewhere', type: 'tab', label: 'Elsewhere' }]);
  const english = await desk.usedEditor();
  const finnish = await desk.usedEditor({ locale: 'fi-FI' });
  // Shows a flow without nodes of the account.
  await english.page.locator('#red-ui-tab-elsewhere').click();
  await english.node('ping').waitFor({ state: 'detached' });
  await becomes(() => notices(english).count(), 0);

  await endLogin(desk);
  await notices(english).waitFor();
  await becomes(() => notices(english).innerText(), /^The Cozify cloud ended the login of Koti at \d+:\d\d\s[AP]M\./);
  await notices(finnish).waitFor();
  await becomes(() => notices(finnish).innerText(), /^Tilin Koti kirjautuminen Cozifyyn päättyi klo \d+\.\d\d\./);

  await noticeButton(english, 'en-US', 'lost.logIn').click();
  const dialog = new AccountDialog(english.page);
  await dialog.untilState('otp-required');
  await dialog.untilStateSays(/The cloud ended this login at \d+:\d\d\s[AP]M\.\s+Node-RED checks again at /);
  await notices(english).waitFor({ state: 'detached' });
  await becomes(() => notices(finnish).isVisible(), true, 'the other editor still shows the notification');

  // Cancelling the dialog without a login brings the notification back.
  await dialog.page.locator('#node-config-dialog-cancel').click();
  await notices(english).waitFor();
  await noticeButton(english, 'en-US', 'lost.logIn').click();

  await dialog.untilFocused(dialog.email);
  await dialog.page.keyboard.press('Enter');
  await dialog.untilFocused(dialog.code);
  await dialog.typeAndEnter(desk.simulator.latestCode(email));
  await dialog.untilState('authenticated');
  await notices(finnish).waitFor({ state: 'detached' });
  await notices(english).waitFor({ state: 'detached' });
  await dialog.ok.click();
  assert.equal(await english.isDeployLit(), false);
}
