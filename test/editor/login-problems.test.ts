import assert from 'node:assert/strict';
import { becomes } from '../support/becomes';
import { type AccountDialog, Desk, text, until } from './support';

describe('An error beside the login fields', () => {
  const desk = Desk.forSuite();

  /** Deploys an account that has never logged in, and opens its dialog. */
  async function openDialog(locale = 'en-US'): Promise<{ dialog: AccountDialog; id: string; email: string }> {
    const account = await desk.deployAccount();
    const editor = await desk.usedEditor({ locale });
    const dialog = await editor.openAccountOf('ping');
    await dialog.untilFocused(dialog.email);
    return { dialog, ...account };
  }

  it('reports a wrong code, until the right code is typed over it or somebody logs in elsewhere', async () => {
    const { id, email, token } = await desk.deployLogin();
    const editor = await desk.usedEditor();
    const dialog = await editor.openAccountOf('ping');
    await dialog.untilState('authenticated');
    await dialog.sendCode.click();
    await dialog.untilFocused(dialog.code);
    await dialog.page.keyboard.type('wrong');
    await dialog.logIn.click();
    await dialog.untilError(text('en-US', 'error.COZIFY_OTP_REJECTED'), dialog.code);
    await dialog.untilFocused(dialog.code);
    await becomes(() => dialog.code.getAttribute('aria-invalid'), 'true');
    assert.equal((await desk.snapshot(id)).state, 'authenticated');
    assert.equal(desk.simulator.isValid(token), true);

    // Types the correct code. The refused code in the field is selected, so typing replaces it.
    await dialog.page.keyboard.type(desk.simulator.latestCode(email));
    await dialog.untilNoError();
    await becomes(() => dialog.code.getAttribute('aria-invalid'), null);
    await becomes(() => dialog.code.getAttribute('aria-describedby'), null);
    await dialog.page.keyboard.press('Enter');
    await until('the code field to go', async () => !(await dialog.code.isVisible()));
    await dialog.untilState('authenticated');

    await dialog.sendCode.click();
    await dialog.untilFocused(dialog.code);
    await dialog.typeAndEnter('wrong');
    await dialog.untilError(text('en-US', 'error.COZIFY_OTP_REJECTED'), dialog.code);
    await desk.post(id, 'authenticate', { otp: desk.simulator.latestCode(email) });
    await dialog.untilNoError();
    await becomes(() => dialog.code.isVisible(), false);
    assert.deepEqual(editor.refusals, ['POST authenticate 422', 'POST authenticate 422']);
  });

  it('disappears when a first login succeeds elsewhere, and reports a code that was refused five times', async () => {
    const { dialog, id, email } = await openDialog();
    await dialog.page.keyboard.press('Enter');
    await dialog.untilFocused(dialog.code);
    await dialog.typeAndEnter('wrong');
    await dialog.untilError(text('en-US', 'error.COZIFY_OTP_REJECTED'), dialog.code);
    await desk.post(id, 'authenticate', { otp: desk.simulator.latestCode(email) });
    await dialog.untilState('authenticated');
    await dialog.untilNoError();
    await becomes(() => dialog.code.isVisible(), false);
    await dialog.untilFocused(dialog.ok);

    await dialog.sendCode.click();
    await dialog.untilFocused(dialog.code);
    for (let wrong = 1; wrong <= 5; wrong += 1) {
      const answered = dialog.page.waitForResponse(/\/authenticate$/);
      await dialog.typeAndEnter(`wrong-${wrong}`);
      assert.equal((await answered).status(), 422);
      if (wrong < 5) await until('Log in to be on again', () => dialog.logIn.isEnabled());
    }
    await until('the code field to go', async () => !(await dialog.code.isVisible()));
    await dialog.untilFocused(dialog.sendCode);
    // Waits for the next poll of the login state, because the error must remain after it.
    await (await dialog.page.waitForResponse(/cozify\/accounts\/[^/]+$/)).finished();
    await dialog.page.waitForTimeout(200);
    await dialog.untilError(text('en-US', 'refused.code'), dialog.sendCode);
    await dialog.untilFocused(dialog.sendCode);
    await becomes(() => dialog.code.getAttribute('aria-describedby'), null, 'the error is not about the code');
    await dialog.page.keyboard.press('Space');
    await dialog.untilFocused(dialog.code);
    await becomes(() => dialog.code.inputValue(), '');
    await becomes(() => dialog.error.innerText(), '');
    await dialog.typeAndEnter(desk.simulator.latestCode(email));
    await until('the login', async () => !(await dialog.code.isVisible()));
    await dialog.untilState('authenticated');
  });

  it('does not appear for a code from elsewhere, without an address, in lower case and with spaces', async () => {
    const { id, email } = await desk.deployAccount({ email: undefined });
    await desk.post(id, 'otp', { email });
    const editor = await desk.usedEditor();
    const dialog = await editor.openAccountOf('ping');
    await dialog.untilState('otp-sent');
    const forKeyboards = { autocapitalize: 'characters', autocorrect: 'off', spellcheck: 'false' };
    for (const [attribute, value] of Object.entries({ ...forKeyboards, autocomplete: 'one-time-code' })) {
      await becomes(() => dialog.code.getAttribute(attribute), value, attribute);
    }
    const code = desk.simulator.latestCode(email).toLowerCase();
    await dialog.type(dialog.code, ` ${code.slice(0, 3)} ${code.slice(3)} `);
    await dialog.logIn.click();
    await dialog.untilState('authenticated');
    await becomes(() => dialog.email.getAttribute('placeholder'), email);
    assert.deepEqual(editor.refusals, []);
  });

  it('reports an invalid address, cloud or code without a request, and an address unknown to the cloud', async () => {
    const { dialog } = await openDialog();
    const requests = (): number => desk.simulator.count('requestlogin') + desk.simulator.count('emaillogin');
    let before = requests();
    await dialog.type(dialog.email, 'owner at example.fi');
    await dialog.page.keyboard.press('Enter');
    await dialog.untilError(text('en-US', 'invalid.email'), dialog.email);
    await dialog.type(dialog.email, 'x@example.fi');
    await dialog.untilNoError();
    await dialog.advanced.click();
    await dialog.cloudUrl.fill('http://example.fi');
    await dialog.advanced.click();
    await becomes(() => dialog.cloudUrl.isVisible(), false);
    await dialog.sendCode.click();
    await dialog.untilError(text('en-US', 'invalid.cloudUrl'), dialog.cloudUrl);
    await dialog.untilFocused(dialog.cloudUrl);
    assert.equal(requests(), before);

    await dialog.cloudUrl.fill(desk.simulator.cloudUrl);
    await dialog.untilNoError();
    desk.simulator.fault('requestlogin', { status: 404, times: 1 });
    await dialog.sendCode.click();
    await dialog.untilError(text('en-US', 'refused.emailOrCloud'), dialog.email);
    await dialog.untilFocused(dialog.email);

    await dialog.page.keyboard.press('Enter');
    await dialog.untilFocused(dialog.code);
    before = requests();
    await dialog.typeAndEnter('  ');
    await dialog.untilError(text('en-US', 'invalid.code'), dialog.code);
    await dialog.untilFocused(dialog.code);
    await dialog.type(dialog.email, 'owner at example.fi');
    await dialog.code.fill('ABC123');
    await dialog.logIn.click();
    await dialog.untilError(text('en-US', 'invalid.email'), dialog.email);
    await dialog.untilFocused(dialog.email);
    assert.equal(requests(), before);
  });

  it('reports an offline cloud until the cloud is back, and then the Retry-After of the cloud', async () => {
    const { dialog, email } = await openDialog();
    await desk.simulator.goOffline();
    await dialog.page.keyboard.press('Enter');
    await dialog.untilError(text('en-US', 'error.COZIFY_UNREACHABLE'), dialog.email);
    await dialog.untilStateSays(/did not answer last time/);
    await becomes(() => dialog.code.isVisible(), false);
    await desk.simulator.goOnline();
    await dialog.sendCode.click();
    await dialog.untilFocused(dialog.code);
    await becomes(() => dialog.error.innerText(), '');

    await desk.simulator.goOffline();
    await dialog.typeAndEnter(desk.simulator.latestCode(email));
    await dialog.untilError(text('en-US', 'error.COZIFY_UNREACHABLE'), dialog.code);
    await desk.simulator.goOnline();
    await dialog.logIn.click();
    await dialog.untilState('authenticated');

    desk.simulator.fault('requestlogin', { status: 429, headers: { 'Retry-After': '90' } });
    const from = Date.now();
    await dialog.sendCode.click();
    await dialog.untilError(/^Too many tries: wait \d+ seconds and try again\.$/, dialog.email);
    await assertWait(dialog, 90, (Date.now() - from) / 1000);
  });

  it('reports too many codes, with the waiting time', async () => {
    const account = await desk.deployAccount();
    const from = Date.now();
    for (let login = 0; login < 3; login += 1) {
      await desk.post(account.id, 'otp', { email: account.email });
      await desk.logIn(account);
    }
    const mails = desk.simulator.mails.length;
    const editor = await desk.usedEditor();
    const dialog = await editor.openAccountOf('ping');
    await dialog.untilState('authenticated');
    await dialog.sendCode.click();
    await dialog.untilError(/^Too many codes were sent: wait \d+ minutes and try again\.$/, dialog.email);
    await assertWait(dialog, 15, (Date.now() - from) / 60_000);
    assert.equal(desk.simulator.mails.length, mails);
    await dialog.untilState('authenticated');
  });

  it('does not appear while the cloud is slow or if a second code is requested within a minute, in Finnish', async () => {
    const { dialog, email } = await openDialog('fi-FI');
    const sending = desk.simulator.hold('requestlogin');
    await dialog.page.keyboard.press('Enter');
    await untilBusy(dialog, text('fi', 'work.sendCode'));
    await until('Send code to be off', () => dialog.sendCode.isDisabled());
    let requests = 0;
    dialog.page.on('request', (request) => {
      if (request.url().endsWith('/otp')) requests += 1;
    });
    await dialog.page.keyboard.press('Enter');
    sending.release();
    await dialog.untilFocused(dialog.code);
    assert.equal(requests, 0, 'Enter sends nothing during the request');
    await becomes(() => dialog.work.innerText(), '');

    const code = desk.simulator.latestCode(email);
    await dialog.page.keyboard.type(code.slice(0, 3));
    await dialog.sendCode.click();
    await becomes(
      () => dialog.work.innerText(),
      /^Koodi lähetettiin jo klo \d+\.\d\d: katso sähköpostisi\. Uuden voit pyytää klo \d+\.\d\d\.$/,
    );
    await becomes(() => dialog.error.innerText(), '');
    await becomes(() => dialog.code.inputValue(), code.slice(0, 3), 'what was typed is still there');
    assert.equal(desk.simulator.mails.filter(({ to }) => to === email).length, 1);
    await dialog.untilFocused(dialog.code);
    await dialog.page.keyboard.press('End');
    await dialog.page.keyboard.type(code.slice(3));
    await becomes(() => dialog.work.innerText(), '', 'the notice has gone');

    const loggingIn = desk.simulator.hold('emaillogin');
    await dialog.page.keyboard.press('Enter');
    await untilBusy(dialog, text('fi', 'work.logIn'));
    loggingIn.release();
    await dialog.untilState('authenticated');
    await becomes(() => dialog.work.innerText(), '');
    const loggingOut = desk.simulator.hold('logout');
    await dialog.confirmLogOut();
    await untilBusy(dialog, text('fi', 'work.logOut'));
    // The focus stays in a field that the user has chosen during the request.
    await dialog.name.focus();
    loggingOut.release();
    await dialog.untilState('otp-required');
    await dialog.untilFocused(dialog.name);
    await becomes(() => dialog.work.innerText(), '');
  });
});

/** Asserts that the error shows the waiting time `whole`, or less because of the time that has passed since. */
async function assertWait(dialog: AccountDialog, whole: number, passed: number): Promise<void> {
  const shown = Number(/\d+/.exec(await dialog.error.innerText())?.[0]);
  assert.ok(shown <= whole && shown >= Math.floor(whole - passed), `${shown} of ${whole}, ${passed} later`);
}

/** Waits until the dialog shows a spinner beside the text `words`. */
async function untilBusy(dialog: AccountDialog, words: string): Promise<void> {
  await becomes(async () => (await dialog.work.innerText()).trim(), words);
  await becomes(() => dialog.work.locator('.fa-spin').count(), 1);
  await becomes(() => dialog.work.getAttribute('role'), 'status');
}
