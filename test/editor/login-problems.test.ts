import assert from 'node:assert/strict';
import { becomes } from '../support/becomes';
import { type AccountDialog, Desk, type Editor, type Language, LANGUAGES, LOCALES, text, until } from './support';
import { waitForSlowCloud } from './support/slow-cloud';

describe('An error beside the login fields', () => {
  let desk: Desk;

  before(async () => {
    desk = await Desk.open();
  });
  afterEach(async () => {
    await desk.simulator.goOnline().catch(() => undefined);
    desk.simulator.codeLifeMs = 600_000;
    await desk.tidy();
  });
  after(() => desk.close());

  /** Deploys an account that has never logged in, and opens its dialog. */
  async function openDialog(locale = 'en-US'): Promise<{ dialog: AccountDialog; id: string; email: string }> {
    const account = await desk.deployAccount();
    const editor = await desk.usedEditor({ locale });
    const dialog = await editor.openAccountOf('ping');
    await dialog.untilFocused(dialog.email);
    return { dialog, ...account };
  }

  it('reports a wrong code, and the current login stays valid', async () => {
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
    assert.deepEqual(editor.refusals, ['POST authenticate 422']);
  });

  it('does not appear if a code that was requested elsewhere is entered without an address', async () => {
    const { id, email } = await desk.deployAccount({ email: undefined });
    await desk.post(id, 'otp', { email });
    const editor = await desk.usedEditor();
    const dialog = await editor.openAccountOf('ping');
    await dialog.untilState('otp-sent');
    await dialog.type(dialog.code, desk.simulator.latestCode(email));
    await dialog.logIn.click();
    await dialog.untilState('authenticated');
    await becomes(() => dialog.email.getAttribute('placeholder'), email);
    assert.deepEqual(editor.refusals, []);
  });

  it('disappears when a first login succeeds elsewhere', async () => {
    const { dialog, id, email } = await openDialog();
    await dialog.page.keyboard.press('Enter');
    await dialog.untilFocused(dialog.code);
    await dialog.typeAndEnter('wrong');
    await dialog.untilError(text('en-US', 'error.COZIFY_OTP_REJECTED'), dialog.code);
    await desk.post(id, 'authenticate', { otp: desk.simulator.latestCode(email) });
    await dialog.untilState('authenticated');
    await becomes(() => dialog.error.innerText(), '');
    await becomes(() => dialog.code.isVisible(), false);
    await dialog.untilFocused(dialog.ok);
  });

  it('disappears when a login elsewhere replaces the current one', async () => {
    const { id, email } = await desk.deployLogin();
    const editor = await desk.usedEditor();
    const dialog = await editor.openAccountOf('ping');
    await dialog.untilState('authenticated');
    await dialog.sendCode.click();
    await dialog.untilFocused(dialog.code);
    await dialog.typeAndEnter('wrong');
    await dialog.untilError(text('en-US', 'error.COZIFY_OTP_REJECTED'), dialog.code);
    await desk.post(id, 'authenticate', { otp: desk.simulator.latestCode(email) });
    await dialog.untilNoError();
    await becomes(() => dialog.code.isVisible(), false);
  });

  for (const isIn of [false, true]) {
    it(`reports a code that was refused five times, ${isIn ? 'with a current login' : 'without a login'}`, async () => {
      const { email } = await (isIn ? desk.deployLogin() : desk.deployAccount());
      const editor = await desk.usedEditor();
      const dialog = await editor.openAccountOf('ping');
      await dialog.untilState(isIn ? 'authenticated' : 'otp-required');
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
      await dialog.untilError(text('en-US', 'refused.code'), dialog.sendCode);
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
  }

  it('reports an empty code and an invalid address for a code without a request', async () => {
    const { dialog } = await openDialog();
    await dialog.page.keyboard.press('Enter');
    await dialog.untilFocused(dialog.code);
    const before = desk.simulator.count('emaillogin');
    await dialog.typeAndEnter('  ');
    await dialog.untilError(text('en-US', 'invalid.code'), dialog.code);
    await dialog.untilFocused(dialog.code);
    await dialog.type(dialog.email, 'owner at example.fi');
    await dialog.code.fill('ABC123');
    await dialog.logIn.click();
    await dialog.untilError(text('en-US', 'invalid.email'), dialog.email);
    await dialog.untilFocused(dialog.email);
    assert.equal(desk.simulator.count('emaillogin'), before);
  });

  it('reports an offline cloud for Send code and for Log in, until the cloud is back', async () => {
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

  it('reports the Retry-After of the cloud in seconds, in Finnish', async () => {
    desk.simulator.fault('requestlogin', { status: 429, headers: { 'Retry-After': '90' } });
    const { dialog } = await openDialog('fi-FI');
    const from = Date.now();
    await dialog.page.keyboard.press('Enter');
    await dialog.untilError(/^Liian monta yritystä: odota \d+ sekuntia ja yritä sitten uudelleen\.$/, dialog.email);
    await assertWait(dialog, 90, (Date.now() - from) / 1000);
  });

  it('reports an invalid address or cloud without a request, and an address that the cloud does not know', async () => {
    const { dialog } = await openDialog();
    const before = desk.simulator.count('requestlogin');
    await dialog.type(dialog.email, 'owner at example.fi');
    await dialog.page.keyboard.press('Enter');
    await dialog.untilError(text('en-US', 'invalid.email'), dialog.email);
    await dialog.type(dialog.email, 'x@example.fi');
    await dialog.untilNoError();
    await dialog.advanced.click();
    await dialog.cloudUrl.fill('http://example.fi');
    await dialog.advanced.click();
    await becomes(() => dialog.cloudUrl.isVisible(), false);
    await becomes(() => dialog.advanced.locator('.fa').getAttribute('class'), 'fa fa-angle-right');
    await dialog.sendCode.click();
    await dialog.untilError(text('en-US', 'invalid.cloudUrl'), dialog.cloudUrl);
    await dialog.untilFocused(dialog.cloudUrl);
    assert.equal(desk.simulator.count('requestlogin'), before);

    await dialog.cloudUrl.fill(desk.simulator.cloudUrl);
    await dialog.untilNoError();
    desk.simulator.fault('requestlogin', { status: 404 });
    await dialog.sendCode.click();
    await dialog.untilError(text('en-US', 'refused.emailOrCloud'), dialog.email);
    await dialog.untilFocused(dialog.email);
  });

  it('does not appear when Enter is pressed twice, because Send code is disabled during the request', async () => {
    const { dialog, email } = await openDialog();
    const held = desk.simulator.hold('requestlogin');
    await dialog.page.keyboard.press('Enter');
    await until('Send code to be off', () => dialog.sendCode.isDisabled());
    let requests = 0;
    dialog.page.on('request', (request) => {
      if (request.url().endsWith('/otp')) requests += 1;
    });
    await dialog.page.keyboard.press('Enter');
    held.release();
    await dialog.untilFocused(dialog.code);
    assert.equal(requests, 0);
    await becomes(() => dialog.sendCode.isEnabled(), true);
    assert.equal(desk.simulator.mails.filter(({ to }) => to === email).length, 1);
  });
});

/** Asserts that the error shows the waiting time `whole`, or less because of the time that has passed since. */
async function assertWait(dialog: AccountDialog, whole: number, passed: number): Promise<void> {
  const shown = Number(/\d+/.exec(await dialog.error.innerText())?.[0]);
  assert.ok(shown <= whole && shown >= Math.floor(whole - passed), `${shown} of ${whole}, ${passed} later`);
}

describe('A dialog with a slow cloud', () => {
  let desk: Desk;

  before(async () => {
    desk = await Desk.open();
  });
  afterEach(() => desk.tidy());
  after(() => desk.close());

  for (const language of LANGUAGES) {
    it(`shows a spinner and a text after each press, in ${language}`, () => waitForSlowCloud(desk, language));

    it(`requests no second code within a minute, explains that in ${language}, and accepts the first code`, async () => {
      const { email } = await desk.deployAccount();
      const editor = await desk.usedEditor({ locale: LOCALES[language] });
      const dialog = await openDialog(editor);
      await dialog.sendCode.click();
      await dialog.untilFocused(dialog.code);
      const code = desk.simulator.latestCode(email);
      await dialog.page.keyboard.type(code.slice(0, 3));
      await dialog.sendCode.click();
      await until('the notice', async () => ALREADY[language].test(await dialog.work.innerText()));
      await becomes(() => dialog.error.innerText(), '');
      await becomes(() => dialog.code.inputValue(), code.slice(0, 3), 'what was typed is still there');
      assert.equal(desk.simulator.mails.filter(({ to }) => to === email).length, 1);

      await dialog.untilFocused(dialog.code);
      await dialog.page.keyboard.press('End');
      await dialog.page.keyboard.type(code.slice(3));
      await becomes(() => dialog.work.innerText(), '', 'the notice has gone');
      await dialog.page.keyboard.press('Enter');
      await dialog.untilState('authenticated');
    });
  }

  it('shows a spinner and a text while the account loads', async () => {
    await desk.deployLogin();
    const editor = await desk.usedEditor();
    let letThrough = (): void => undefined;
    const isKnown = new Promise<void>((resolve) => (letThrough = resolve));
    await editor.page.route('**/cozify/accounts/**', (route) => isKnown.then(() => route.continue()));
    const dialog = await editor.openAccountOf('ping');
    await dialog.untilStateSays(new RegExp(text('en-US', 'state.loading')));
    await becomes(() => dialog.state.locator('.fa-spin').count(), 1);
    letThrough();
    await dialog.untilState('authenticated');
    await becomes(() => dialog.state.locator('.fa-spin').count(), 0);
    await editor.page.unroute('**/cozify/accounts/**');
  });

  it('accepts a code in lower case with spaces, and asks keyboards for capitals', async () => {
    const { email } = await desk.deployAccount();
    const editor = await desk.usedEditor();
    const dialog = await openDialog(editor);
    await dialog.sendCode.click();
    await dialog.untilFocused(dialog.code);
    for (const [attribute, value] of Object.entries({
      autocapitalize: 'characters',
      autocomplete: 'one-time-code',
      autocorrect: 'off',
      spellcheck: 'false',
    })) {
      await becomes(() => dialog.code.getAttribute(attribute), value, attribute);
    }
    const code = desk.simulator.latestCode(email).toLowerCase();
    await dialog.typeAndEnter(` ${code.slice(0, 3)} ${code.slice(3)} `);
    await dialog.untilState('authenticated');
  });

  async function openDialog(editor: Editor): Promise<AccountDialog> {
    const dialog = await editor.openAccountOf('ping');
    await dialog.untilFocused(dialog.email);
    return dialog;
  }
});

const ALREADY: Record<Language, RegExp> = {
  'en-US': /^A code was already sent at \d+:\d\d\s[AP]M: check your mail\. You can get a new one at \d+:\d\d\s[AP]M\.$/,
  fi: /^Koodi lähetettiin jo klo \d+\.\d\d: katso sähköpostisi\. Uuden voit pyytää klo \d+\.\d\d\.$/,
};
