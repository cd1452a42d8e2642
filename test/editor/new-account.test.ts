import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { becomes } from '../support/becomes';
import { unseal } from '../../src/store/envelope';
import { Simulator } from '../simulator';
import { type AccountDialog, Desk, type Editor, intercept, text, until } from './support';

describe('An account before a Deploy', () => {
  const contextStorage = { default: { module: 'memory' }, disk: { module: 'localfilesystem' } };
  const desk = Desk.forSuite({ nodeRed: { settings: { contextStorage } } });
  let other: Simulator;
  let earlier: Set<string>;

  before(async () => {
    other = await Simulator.start({ hubs: [{ name: 'Saari' }] });
  });
  beforeEach(() => {
    earlier = new Set();
    earlier = pendingLogins();
  });
  after(() => other.stop());

  /**
   * Deploys a ping node without an account, opens the dialog of a new account, and enters the address of the simulated
   * cloud in it.
   */
  async function addAccount(): Promise<{ editor: Editor; dialog: AccountDialog }> {
    await desk.nodeRed.deploy([{ id: 'tab', type: 'tab', label: 'Flow 1' }, PING]);
    const editor = await desk.usedEditor();
    await editor.openNode('ping');
    const dialog = await editor.addAccount();
    await dialog.advanced.click();
    await dialog.type(dialog.cloudUrl, desk.simulator.cloudUrl);
    return { editor, dialog };
  }

  /** Deploys an account, logs in, opens its dialog, and types the address of a second simulated cloud. */
  async function openAtOtherCloud(): Promise<{ id: string; email: string; editor: Editor; dialog: AccountDialog }> {
    const { id, email } = await desk.deployLogin();
    const editor = await desk.usedEditor();
    const dialog = await editor.openAccountOf('ping');
    await dialog.untilState('authenticated');
    await dialog.advanced.click();
    await dialog.type(dialog.cloudUrl, other.cloudUrl);
    return { id, email, editor, dialog };
  }

  /**
   * Reads the file of pending logins, which belong to accounts that are not deployed. Returns the ids of the accounts
   * whose login became pending during the test.
   */
  function pendingLogins(): Set<string> {
    const name = '+pending.json';
    const [file, keyFile] = [desk.nodeRed.stateFile(name), desk.nodeRed.stateFile('key')];
    if (!existsSync(file)) return new Set();
    const opened = unseal(readFileSync(file, 'utf8'), Buffer.from(readFileSync(keyFile, 'utf8'), 'base64'), name);
    assert.ok(opened.is === 'good', opened.is);
    const { logins } = opened.content as { logins: { id: string }[] };
    return new Set(logins.map(({ id }) => id).filter((id) => !earlier.has(id)));
  }

  it('has the language of the browser if it is new, and needs an e-mail address for a code', async () => {
    await desk.nodeRed.deploy([{ id: 'tab', type: 'tab', label: 'Flow 1' }, PING]);
    const editor = await desk.usedEditor();
    const { page } = editor;
    await editor.openNode('ping');
    for (const [locale, language] of Object.entries({ 'fi-FI': 'fi', 'de-DE': '' })) {
      await page.evaluate(`Object.defineProperty(navigator, 'language', { value: '${locale}', configurable: true })`);
      const dialog = await editor.addAccount();
      assert.equal(await page.locator('#node-config-input-language').inputValue(), language);
      await dialog.cancel();
    }
    await page.evaluate('delete navigator.language');
    const dialog = await editor.addAccount();
    assert.equal(await page.locator('#node-config-input-language').inputValue(), 'en');
    await becomes(() => dialog.email.getAttribute('placeholder'), text('en-US', 'placeholder.email'));
    await dialog.sendCode.click();
    await dialog.untilError(text('en-US', 'error.COZIFY_NO_EMAIL'), dialog.email);
    await dialog.untilFocused(dialog.email);
    assert.deepEqual(editor.refusals, []);
  });

  it('discards its first login and a code that is being sent at Cancel, and says how to keep the login', async () => {
    const { editor, dialog: first } = await addAccount();
    await first.type(first.email, 'never@example.fi');
    const held = desk.simulator.hold('requestlogin');
    const answered = first.page.waitForResponse(/\/otp$/);
    await first.page.keyboard.press('Enter');
    await until('the request to the cloud', () => held.isAsked);
    await first.cancel();
    held.release();
    assert.equal((await answered).status(), 202);
    await until('the code to be dropped', () => pendingLogins().size === 0);

    const dialog = await editor.addAccount();
    await dialog.advanced.click();
    await dialog.type(dialog.cloudUrl, desk.simulator.cloudUrl);
    await dialog.logInWith('mine@example.fi', desk.simulator);
    await becomes(() => dialog.note.innerText(), /^Press Deploy to keep this login/);
    // The note does not wait for an answer of Node-RED.
    let letThrough = (): void => undefined;
    const isAnswered = new Promise<void>((resolve) => (letThrough = resolve));
    await intercept(dialog.page, '**/cozify/accounts/**', (route) => isAnswered.then(() => route.continue()));
    await dialog.type(dialog.email, 'yours@example.fi');
    await becomes(() => dialog.note.innerText(), /only if the e-mail address is mine@example\.fi/);
    await dialog.type(dialog.cloudUrl, other.cloudUrl);
    await becomes(() => dialog.note.innerText(), /at another cloud address/);
    letThrough();
    await dialog.page.unroute('**/cozify/accounts/**');
    await dialog.untilState('otp-required');
    await becomes(() => dialog.note.innerText(), /at another cloud address/);
    await dialog.type(dialog.cloudUrl, desk.simulator.cloudUrl);
    await dialog.untilState('authenticated');
    assert.equal(pendingLogins().size, 1);
    await dialog.cancel();
    await until('the login to be dropped', () => pendingLogins().size === 0);
    await editor.closeNode('cancel');
    assert.equal(await editor.isDeployLit(), false);
  });

  it('keeps its first code and login while its dialog is closed, and is logged in after Deploy', async () => {
    const email = 'kept@example.fi';
    const { editor, dialog } = await addAccount();
    await dialog.type(dialog.email, email);
    await dialog.page.keyboard.press('Enter');
    await dialog.untilState('otp-sent');
    await dialog.keep();
    let again = await editor.editAccount();
    await again.untilFocused(again.code);
    const answered = again.page.waitForResponse(/\/otp$/);
    await again.sendCode.click();
    assert.equal((await answered).status(), 202);
    await again.cancel();
    again = await editor.editAccount();
    await again.untilFocused(again.code);
    await again.typeAndEnter(desk.simulator.latestCode(email));
    await again.untilState('authenticated');
    await again.keep();

    again = await editor.editAccount();
    await again.untilStateSays(/kept@example\.fi/);
    await again.advanced.click();
    await again.type(again.cloudUrl, other.cloudUrl);
    await again.untilState('otp-required');
    await again.logInWith(email, other);
    await again.cancel();
    await editor.closeNode('ok');
    await editor.deploy();
    const { id } = await desk.deployedAccount();
    await until('the login to be adopted', async () => (await desk.snapshot(id)).state === 'authenticated');
    await becomes(async () => (await desk.snapshot(id)).hubs.map(({ name }) => name).sort(), ['Koti', 'Mökki 100 %']);
    await until('no pending login', () => pendingLogins().size === 0);
  });

  it('keeps its deployed login until Deploy, and then has the one at another cloud', async () => {
    const { id, email, editor, dialog } = await openAtOtherCloud();
    await becomes(() => dialog.note.innerText(), /takes effect at Deploy/);
    await dialog.untilState('otp-required');
    await dialog.sendCode.click();
    await dialog.untilFocused(dialog.code);
    await dialog.keep();
    let again = await editor.editAccount();
    await again.untilState('otp-sent');
    await again.untilFocused(again.code);
    await again.cancel();
    again = await editor.editAccount();
    await again.untilFocused(again.code);
    await again.typeAndEnter(other.latestCode(email));
    await again.untilState('authenticated');
    await becomes(() => again.hubNames(), ['Saari']);
    const names = async (): Promise<string[]> => (await desk.snapshot(id)).hubs.map(({ name }) => name).sort();
    assert.deepEqual(await names(), ['Koti', 'Mökki 100 %'], 'the deployed account is as it was');
    await again.keep();

    again = await editor.editAccount();
    await becomes(() => again.hubNames(), ['Saari']);
    await becomes(() => again.note.innerText(), /This login takes effect at Deploy/);
    assert.doesNotMatch(await again.note.innerText(), /Cancel/, 'Cancel discards only what began in this dialog');
    await again.sendCode.click();
    await again.untilFocused(again.code);
    await again.cancel();
    await editor.closeNode('ok');
    assert.deepEqual([...pendingLogins()], [id]);
    const asked = other.count('requestlogin');
    await editor.deploy();
    await until('the login at the other cloud', async () => (await names()).join() === 'Saari');
    assert.equal((await desk.snapshot(id)).state, 'authenticated');
    assert.equal(other.count('requestlogin'), asked, 'Deploy requests no code');
  });

  it('drops a login at another cloud at Log out and at Cancel, and shows one made elsewhere', async () => {
    const { id, email, editor, dialog } = await openAtOtherCloud();
    await dialog.untilState('otp-required');
    await dialog.sendCode.click();
    await dialog.untilFocused(dialog.code);
    const { cloudUrl } = other;
    await desk.post(id, 'authenticate', { cloudUrl, email, otp: other.latestCode(email) });
    await dialog.untilState('authenticated');
    await becomes(() => dialog.hubNames(), ['Saari']);
    let letThrough = (): void => undefined;
    const isAnswered = new Promise<void>((resolve) => (letThrough = resolve));
    await intercept(dialog.page, /cozify\/accounts\/[^/]+\?cloudUrl=/, (route) =>
      isAnswered.then(() => route.continue()),
    );
    const waited = other.requests.findLast(({ token }) => token !== undefined)?.token ?? '';

    await dialog.confirmLogOut();
    await dialog.untilStateSays(new RegExp(text('en-US', 'state.loading')));
    letThrough();
    await dialog.untilState('otp-required');
    await dialog.page.unroute(/cozify\/accounts\/[^/]+\?cloudUrl=/);
    assert.equal(other.isValid(waited), false, 'that login has ended');
    assert.equal((await desk.snapshot(id)).state, 'authenticated', 'the deployed one has not');
    await dialog.type(dialog.cloudUrl, desk.simulator.cloudUrl);
    await dialog.untilState('authenticated');
    await becomes(async () => (await dialog.hubNames()).sort(), ['Koti', 'Mökki 100 %']);

    await dialog.type(dialog.cloudUrl, other.cloudUrl);
    await dialog.untilState('otp-required');
    await dialog.logInWith(email, other);
    await becomes(() => dialog.note.innerText(), /This login takes effect at Deploy.*Cancel discards it/);
    await dialog.type(dialog.email, 'someone-else@example.fi');
    await until('the note', async () =>
      (await dialog.note.innerText()).includes(`only if the e-mail address is ${email}`),
    );
    assert.equal(pendingLogins().size, 1);
    await dialog.cancel();
    await until('the login to be dropped', () => pendingLogins().size === 0);
    assert.equal((await desk.snapshot(id)).state, 'authenticated');
    await editor.closeNode('cancel');
    assert.equal(await editor.isDeployLit(), false);
  });

  it('can be saved in a context store, and marks a missing store, which stays chosen', async () => {
    const { id } = await desk.deployAccount({ store: 'attic' });
    const editor = await desk.usedEditor();
    let dialog = await editor.openAccountOf('ping');
    await becomes(() => dialog.store.isVisible(), true, 'the advanced settings are unfolded');
    await becomes(() => dialog.store.inputValue(), 'attic');
    await dialog.keep();
    await editor.closeNode('ok');
    assert.equal(await editor.isDeployLit(), false);

    dialog = await editor.openAccountOf('ping');
    for (const isOpen of [false, true]) {
      await dialog.advanced.focus();
      await dialog.page.keyboard.press('Enter');
      await becomes(() => dialog.cloudUrl.isVisible(), isOpen);
      await becomes(() => dialog.store.isVisible(), isOpen);
      await becomes(() => dialog.advanced.getAttribute('aria-expanded'), String(isOpen));
      const icon = isOpen ? 'fa fa-angle-down' : 'fa fa-angle-right';
      await becomes(() => dialog.advanced.locator('.fa').getAttribute('class'), icon);
    }
    await becomes(() => dialog.cloudUrl.getAttribute('placeholder'), 'https://api.cozify.fi/ui/0.2');
    const stores = ['Context store default', 'Context store disk', 'Context store attic (missing)'];
    await becomes(() => dialog.store.locator('option').allInnerTexts(), ['Files in the user directory', ...stores]);
    await dialog.store.selectOption({ label: 'Context store disk' });
    await dialog.keep();
    await editor.closeNode('ok');
    await editor.deploy();
    assert.equal((await desk.deployedAccount())['store'], 'disk');
    await desk.logIn({ id, email: 'disk@example.fi' });
    assert.equal((await desk.snapshot(id)).saved, true);
  });
});

const PING = {
  ...{ id: 'ping', type: 'cozify-ping', z: 'tab', account: '', name: '', autorefresh: true, expiry: '' },
  ...{ wires: [[], []], x: 320, y: 160 },
};
