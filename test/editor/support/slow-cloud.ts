import { becomes } from '../../support/becomes';
import { until } from '../../support/wait';
import type { AccountDialog } from './account-dialog';
import type { Desk } from './desk';
import { LOCALES, text, type Language } from './texts';

/** Asserts that the account dialog shows a spinner and a text after each button press while the cloud is slow. */
export async function waitForSlowCloud(desk: Desk, language: Language): Promise<void> {
  const { email } = await desk.deployAccount();
  const editor = await desk.usedEditor({ locale: LOCALES[language] });
  const dialog = await editor.openAccountOf('ping');
  await dialog.untilFocused(dialog.email);
  const sending = desk.simulator.hold('requestlogin');
  await dialog.sendCode.click();
  await untilBusy(dialog, text(language, 'work.sendCode'));
  sending.release();
  await dialog.untilFocused(dialog.code);
  await becomes(() => dialog.work.innerText(), '');

  const loggingIn = desk.simulator.hold('emaillogin');
  await dialog.typeAndEnter(desk.simulator.latestCode(email));
  await untilBusy(dialog, text(language, 'work.logIn'));
  loggingIn.release();
  await dialog.untilState('authenticated');
  await becomes(() => dialog.work.innerText(), '');

  const loggingOut = desk.simulator.hold('logout');
  await dialog.confirmLogOut();
  await untilBusy(dialog, text(language, 'work.logOut'));
  // The focus stays in a field that the user has chosen during the request.
  await dialog.name.focus();
  loggingOut.release();
  await dialog.untilState('otp-required');
  await dialog.untilFocused(dialog.name);
  await becomes(() => dialog.work.innerText(), '');
}

/** Waits until the dialog shows a spinner beside the text `words`. */
async function untilBusy(dialog: AccountDialog, words: string): Promise<void> {
  await until(`the text “${words}”`, async () => (await dialog.work.innerText()).trim() === words);
  await becomes(() => dialog.work.locator('.fa-spin').count(), 1);
  await becomes(() => dialog.work.getAttribute('role'), 'status');
}
