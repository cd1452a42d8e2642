import assert from 'node:assert/strict';
import type { Route } from 'playwright-core';
import { becomes } from '../support/becomes';
import { ask, Desk, intercept, text, until } from './support';

describe('The dialog of a deployed account', () => {
  const desk = Desk.forSuite();

  it('logs in without a Deploy, and leaves the focus in a field chosen while the login state was loading', async () => {
    const { id, email } = await desk.deployAccount();
    const editor = await desk.usedEditor();
    let letThrough = (): void => undefined;
    const isKnown = new Promise<void>((resolve) => (letThrough = resolve));
    await intercept(editor.page, `**/cozify/accounts/${id}`, (route) => isKnown.then(() => route.continue()));
    const dialog = await editor.openAccountOf('ping');
    await dialog.name.focus();
    letThrough();
    await dialog.untilState('otp-required');
    await dialog.page.waitForTimeout(500);
    await dialog.untilFocused(dialog.name);
    await editor.page.unroute(`**/cozify/accounts/${id}`);
    await becomes(() => dialog.email.inputValue(), email);
    await dialog.advanced.click();
    await dialog.store.waitFor();
    const recording = editor.page.locator('#cozify-account-record-row');
    await becomes(() => recording.isVisible(), false, 'a recording needs a login');

    await dialog.sendCode.click();
    await dialog.untilFocused(dialog.code);
    await dialog.untilStateSays(new RegExp(`A code was e-mailed to ${email}`));
    await dialog.page.keyboard.type(desk.simulator.latestCode(email));
    await dialog.logIn.click();
    await dialog.untilState('authenticated');
    await recording.waitFor();
    await becomes(() => dialog.code.isVisible(), false, 'the code field has gone');
    await becomes(() => dialog.code.inputValue(), '', 'the code is not there the next time');
    assert.equal((await desk.snapshot(id)).state, 'authenticated');
    assert.equal((await ask(desk.nodeRed, 'ping')).payload, true);
    await dialog.keep();
    await editor.closeNode('ok');
    assert.equal(await editor.isDeployLit(), false);
    assert.deepEqual(editor.refusals, []);
  });

  it('hides Log out and the code field until the login state is loaded, and ignores that state after Send code', async () => {
    const { id } = await desk.deployAccount();
    const editor = await desk.usedEditor();
    let letThrough = (): void => undefined;
    const isKnown = new Promise<void>((resolve) => (letThrough = resolve));
    // The answer shows the state before the code, but arrives after it.
    const hold = async (route: Route): Promise<void> => {
      const response = await route.fetch();
      await isKnown;
      await route.fulfill({ response });
    };
    await intercept(editor.page, `**/cozify/accounts/${id}`, hold, { times: 1 });
    const dialog = await editor.openAccountOf('ping');
    await dialog.untilStateSays(new RegExp(text('en-US', 'state.loading')));
    await becomes(() => dialog.state.locator('.fa-spin').count(), 1);
    for (const typed of ['a', 'ab', 'abc']) {
      await dialog.type(dialog.email, `${typed}@example.fi`);
      await becomes(() => dialog.logOut.isVisible(), false);
      await becomes(() => dialog.code.isVisible(), false);
    }
    await dialog.sendCode.click();
    await dialog.untilFocused(dialog.code);
    await dialog.untilState('otp-sent');
    await becomes(() => dialog.state.locator('.fa-spin').count(), 0);
    letThrough();
    await dialog.page.waitForTimeout(200);
    assert.equal(await dialog.code.isVisible(), true);
    await becomes(() => dialog.state.getAttribute('data-state'), 'otp-sent');
    await becomes(() => dialog.logOut.isVisible(), false);
  });

  it('shows that the login ended and is valid again, and replaces it with one of the address being typed', async () => {
    const { id, token } = await desk.deployLogin();
    const other = 'someone-new@example.fi';
    const editor = await desk.usedEditor();
    const dialog = await editor.openAccountOf('ping');
    await dialog.untilState('authenticated');
    await dialog.logOut.click();
    await dialog.untilFocused(dialog.confirmYes);
    const endLogin = async (): Promise<void> => {
      desk.simulator.revokeAll();
      assert.equal((await ask(desk.nodeRed, 'ping')).payload, false);
      await dialog.untilState('otp-required');
    };
    const reinstate = async (): Promise<void> => {
      desk.simulator.reinstate(token);
      assert.equal((await ask(desk.nodeRed, 'ping')).payload, true);
      await dialog.untilState('authenticated');
    };

    await endLogin();
    await dialog.untilStateSays(/The cloud ended this login at \d+:\d\d\s[AP]M\./);
    await until('Log out to go', async () => !(await dialog.logOut.isVisible()));
    await becomes(() => dialog.confirmYes.isVisible(), false, 'its question has gone as well');
    assert.deepEqual(await dialog.hubNames(), []);
    await reinstate();
    await dialog.type(dialog.email, other.slice(0, -6));
    await endLogin();
    await dialog.page.keyboard.type(other.slice(-6));
    await becomes(() => dialog.email.inputValue(), other);
    await dialog.untilFocused(dialog.email);

    await reinstate();
    await dialog.page.keyboard.press('Enter');
    await dialog.untilFocused(dialog.code);
    assert.equal((await desk.snapshot(id)).state, 'authenticated', 'the old login stays until the new one is there');
    await dialog.typeAndEnter(desk.simulator.latestCode(other));
    await dialog.untilStateSays(new RegExp(`Logged in as ${other}`));
    await dialog.keep();
    await editor.closeNode('ok');
    assert.equal(await editor.isDeployLit(), true, 'the address in the flow is another now');
    await editor.deploy();
    await until('the account to be deployed', async () => (await desk.snapshot(id)).state === 'authenticated');
    assert.equal((await desk.snapshot(id)).email, other);
    assert.equal((await ask(desk.nodeRed, 'ping')).payload, true);
  });

  it('logs out at the cloud after a confirmation, or forgets the login if the cloud is offline', async () => {
    const { id, email, token } = await desk.deployLogin();
    const editor = await desk.usedEditor();
    const dialog = await editor.openAccountOf('ping');
    await dialog.untilState('authenticated');
    await dialog.logOut.click();
    const question = dialog.question(text('en-US', 'confirm.logOut'));
    await question.waitFor();
    await dialog.untilFocused(dialog.confirmYes);
    await becomes(() => dialog.confirmYes.innerText(), text('en-US', 'button.logOut'));
    await question.getByRole('button', { name: 'Cancel' }).click();
    await question.waitFor({ state: 'hidden' });
    await dialog.untilFocused(dialog.logOut);
    assert.equal(desk.simulator.isValid(token), true, 'the token is still valid');

    // With each of these statuses, the cloud did not log out. An offline cloud is a 504.
    for (const status of [429, 502]) {
      await intercept(editor.page, '**/reset', (route) =>
        route.fulfill({ status, json: { code: 'COZIFY_UNREACHABLE' } }),
      );
      await dialog.confirmLogOut();
      await dialog.question(text('en-US', 'confirm.forget')).waitFor();
      await editor.page.unroute('**/reset');
    }
    // Forgetting the login would not solve this error.
    await intercept(editor.page, '**/reset', (route) => route.fulfill({ status: 503, json: { code: 'COZIFY_STORE' } }));
    await dialog.confirmYes.click();
    await dialog.confirmYes.waitFor({ state: 'hidden' });
    await becomes(() => dialog.error.innerText(), text('en-US', 'error.COZIFY_STORE'));
    await dialog.untilFocused(dialog.logOut);
    await editor.page.unroute('**/reset');

    await dialog.logOut.click();
    await question.waitFor();
    await becomes(() => dialog.error.innerText(), '');
    await dialog.confirmYes.click();
    await dialog.untilState('otp-required');
    await dialog.untilStateSays(/Not logged in/);
    assert.equal(desk.simulator.isValid(token), false, 'the cloud has ended the login');
    assert.equal((await desk.snapshot(id)).state, 'otp-required');
    await becomes(() => dialog.logOut.isVisible(), false);
    await question.waitFor({ state: 'hidden' });
    assert.deepEqual(await dialog.hubNames(), []);
    await dialog.untilFocused(dialog.email);

    await desk.logIn({ id, email });
    const newToken = desk.token();
    await dialog.untilState('authenticated');
    await desk.simulator.goOffline();
    await dialog.confirmLogOut();
    const forget = dialog.question(text('en-US', 'confirm.forget'));
    await forget.waitFor();
    await becomes(() => dialog.error.innerText(), text('en-US', 'error.COZIFY_UNREACHABLE'));
    await forget.getByRole('button', { name: 'Cancel' }).click();
    await dialog.untilFocused(dialog.logOut);
    await dialog.untilNoError();
    assert.equal((await desk.snapshot(id)).state, 'authenticated', 'Cancel leaves the login');
    await dialog.confirmLogOut();
    await forget.getByRole('button', { name: 'Forget it here' }).click();
    await dialog.untilState('otp-required');
    await forget.waitFor({ state: 'hidden' });
    assert.equal((await desk.snapshot(id)).state, 'otp-required');
    await desk.simulator.goOnline();
    assert.equal(desk.simulator.isValid(newToken), true, 'the token stays valid at the cloud, as the dialog has said');
  });

  it('copies the diagnostics without the token', async () => {
    const { token } = await desk.deployLogin();
    const editor = await desk.usedEditor();
    await editor.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const dialog = await editor.openAccountOf('ping');
    await dialog.untilState('authenticated');
    await dialog.advanced.click();
    const copy = editor.page.getByRole('button', { name: text('en-US', 'button.diagnostics') });
    let letThrough = (): void => undefined;
    const isAsked = new Promise<void>((resolve) => (letThrough = resolve));
    const fail = (route: Route): Promise<void> => isAsked.then(() => route.fulfill({ status: 500, body: '' }));
    await intercept(editor.page, '**/diagnostics', fail);
    await copy.click();
    await becomes(async () => (await dialog.work.innerText()).trim(), text('en-US', 'work.diagnostics'));
    letThrough();
    await dialog.untilError(text('en-US', 'http.other').replace('__status__', '500'), copy);
    await becomes(() => dialog.work.innerText(), '');
    await editor.page.unroute('**/diagnostics');
    await copy.click();
    await dialog.untilNoError();
    await editor.page.getByText(text('en-US', 'note.copied')).waitFor();
    // The clipboard may still contain what another test has copied.
    const read = (): Promise<string> => editor.page.evaluate<string>('navigator.clipboard.readText()');
    await becomes(read, /"authenticated"/);
    const copied = await read();
    await becomes(() => dialog.work.innerText(), '');
    assert.equal(copied, JSON.stringify(JSON.parse(copied), null, 2), 'it is easy to read');
    for (const part of token.split('.')) assert.equal(copied.includes(part), false);
  });
});
