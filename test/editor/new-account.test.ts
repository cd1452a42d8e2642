import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { becomes } from '../support/becomes';
import { unseal } from '../../src/store/envelope';
import { Simulator } from '../simulator';
import { Desk, text, until, type AccountDialog, type Editor } from './support';

describe('A new account', () => {
  let desk: Desk;

  before(async () => (desk = await Desk.open()));
  afterEach(() => desk.tidy());
  after(() => desk?.close());

  for (const [locale, language] of [
    ['fi-FI', 'fi'],
    ['en-GB', 'en'],
    ['de-DE', ''],
  ] as const) {
    it(`has the language "${language}" if the browser has ${locale}`, async () => {
      await desk.nodeRed.deploy([{ id: 'tab', type: 'tab', label: 'Flow 1' }, PING]);
      const editor = await desk.usedEditor({ locale });
      await editor.openNode('ping');
      await editor.addAccount();
      assert.equal(await editor.page.locator('#node-config-input-language').inputValue(), language);
    });
  }

  it('shows an example of an e-mail address, and needs an address for a code', async () => {
    await desk.nodeRed.deploy([{ id: 'tab', type: 'tab', label: 'Flow 1' }, PING]);
    const editor = await desk.usedEditor();
    await editor.openNode('ping');
    const dialog = await editor.addAccount();
    await becomes(() => dialog.email.getAttribute('placeholder'), text('en-US', 'placeholder.email'));
    await dialog.sendCode.click();
    await dialog.untilError(text('en-US', 'error.COZIFY_NO_EMAIL'), dialog.email);
    await dialog.untilFocused(dialog.email);
    assert.deepEqual(editor.refusals, []);
  });
});

describe('A pending login or code before a Deploy', () => {
  let desk: Desk;
  let other: Simulator;
  let earlier: Set<string>;

  before(async () => {
    desk = await Desk.open({
      settings: { contextStorage: { default: { module: 'memory' }, disk: { module: 'localfilesystem' } } },
    });
    other = await Simulator.start({ hubs: [{ name: 'Saari' }] });
  });
  beforeEach(() => {
    earlier = new Set();
    earlier = pendingLogins();
  });
  afterEach(() => desk.tidy());
  after(async () => {
    await other.stop();
    await desk.close();
  });

  /** Types an address, asks for the code and logs in with it, as a person does. */
  async function logIn(dialog: AccountDialog, cloud: Simulator, email: string): Promise<void> {
    await dialog.type(dialog.email, email);
    await dialog.page.keyboard.press('Enter');
    await dialog.untilFocused(dialog.code);
    await dialog.typeAndEnter(cloud.latestCode(email));
    await dialog.untilState('authenticated');
  }

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

  it('is dropped by Cancel in a new account', async () => {
    const { editor, dialog } = await addAccount();
    await logIn(dialog, desk.simulator, 'dropped@example.fi');
    await becomes(() => dialog.note.innerText(), /Press Deploy to keep this login/);
    assert.equal(pendingLogins().size, 1);
    await dialog.cancel();
    await until('the login to be dropped', () => pendingLogins().size === 0);
    await editor.closeNode('cancel');
    assert.equal(await editor.isDeployLit(), false);
  });

  it('is dropped by Cancel in a new account while its code is being sent', async () => {
    const { dialog } = await addAccount();
    await dialog.type(dialog.email, 'never@example.fi');
    const held = desk.simulator.hold('requestlogin');
    const answered = dialog.page.waitForResponse(/\/otp$/);
    await dialog.page.keyboard.press('Enter');
    await until('the request to the cloud', () => held.isAsked);
    await dialog.cancel();
    held.release();
    assert.equal((await answered).status(), 202);
    await until('the code to be dropped', () => pendingLogins().size === 0);
  });

  it('is adopted by Deploy after the dialog of a new account was closed and opened', async () => {
    const { editor, dialog } = await addAccount();
    await logIn(dialog, desk.simulator, 'kept@example.fi');
    await dialog.keep();
    const again = await editor.editAccount();
    await again.untilState('authenticated');
    await again.untilStateSays(/kept@example\.fi/);
    await again.cancel();
    await editor.closeNode('ok');
    await editor.deploy();
    const { id } = await desk.deployedAccount();
    await until('the login to be taken up', async () => (await desk.snapshot(id)).state === 'authenticated');
    await until('no pending login', () => pendingLogins().size === 0);
  });

  it('leaves the deployed login current until Deploy, if the cloud address was changed', async () => {
    const { id, email, editor, dialog } = await openAtOtherCloud();
    await until('the note', async () => /takes effect at Deploy/.test(await dialog.note.innerText()));
    await logIn(dialog, other, email);
    await until('the note', async () => /This login takes effect at Deploy/.test(await dialog.note.innerText()));
    assert.deepEqual(await until('the hub', async () => hubsOf(dialog)), ['Saari']);
    const names = async (): Promise<string[]> => (await desk.snapshot(id)).hubs.map(({ name }) => name).sort();
    assert.deepEqual(await names(), ['Koti', 'Mökki 100 %'], 'the deployed account is as it was');
    await dialog.keep();
    await editor.closeNode('ok');
    const asked = other.count('requestlogin');
    await editor.deploy();
    await until('the login at the other cloud', async () => (await names()).includes('Saari'));
    assert.equal((await desk.snapshot(id)).state, 'authenticated');
    assert.equal(other.count('requestlogin'), asked, 'no second code');
  });

  it('is dropped by Cancel at a changed cloud address', async () => {
    const { id, email, editor, dialog } = await openAtOtherCloud();
    await logIn(dialog, other, email);
    assert.equal(pendingLogins().size, 1);
    await dialog.cancel();
    await until('the login to be dropped', () => pendingLogins().size === 0);
    assert.equal((await desk.snapshot(id)).state, 'authenticated');
    await editor.closeNode('cancel');
    assert.equal(await editor.isDeployLit(), false);
  });

  it('brings back the code field when the dialog is opened again at a changed cloud address', async () => {
    const { id, email, editor, dialog } = await openAtOtherCloud();
    await dialog.untilState('otp-required');
    await dialog.sendCode.click();
    await dialog.untilFocused(dialog.code);
    await dialog.keep();

    let again = await editor.editAccount();
    await again.untilState('otp-sent');
    await again.untilFocused(again.code);
    await becomes(() => again.note.innerText(), /takes effect at Deploy/);
    await again.cancel();
    again = await editor.editAccount();
    await again.untilFocused(again.code);
    await again.typeAndEnter(other.latestCode(email));
    await again.untilState('authenticated');
    assert.deepEqual(await until('the hub', async () => hubsOf(again)), ['Saari']);
    await again.keep();
    await editor.closeNode('ok');
    await editor.deploy();
    await until('the login at the other cloud', async () => (await desk.snapshot(id)).hubs[0]?.name === 'Saari');
  });

  it('survives opening and cancelling the dialog at a changed cloud address', async () => {
    const { id, email, editor, dialog } = await openAtOtherCloud();
    await logIn(dialog, other, email);
    await becomes(() => dialog.note.innerText(), /Cancel discards it/);
    await dialog.keep();

    const again = await editor.editAccount();
    assert.deepEqual(await until('the hub', async () => hubsOf(again)), ['Saari']);
    await becomes(() => again.note.innerText(), /This login takes effect at Deploy/);
    assert.doesNotMatch(await again.note.innerText(), /Cancel/, 'Cancel discards what was begun in the dialog only');
    await again.sendCode.click();
    await again.untilFocused(again.code);
    await again.cancel();
    await editor.closeNode('ok');
    assert.deepEqual([...pendingLogins()], [id]);
    await editor.deploy();
    await until('the login at the other cloud', async () => (await desk.snapshot(id)).hubs[0]?.name === 'Saari');
  });

  it('survives a cancelled login at another cloud', async () => {
    const { editor, dialog } = await addAccount();
    await logIn(dialog, desk.simulator, 'first@example.fi');
    await dialog.keep();
    const again = await editor.editAccount();
    await again.untilState('authenticated');
    await again.advanced.click();
    await again.type(again.cloudUrl, other.cloudUrl);
    await again.untilState('otp-required');
    await logIn(again, other, 'first@example.fi');
    await again.cancel();
    await editor.closeNode('ok');
    await editor.deploy();
    const { id } = await desk.deployedAccount();
    await until('the login to be taken up', async () => (await desk.snapshot(id)).state === 'authenticated');
    await becomes(async () => (await desk.snapshot(id)).hubs.map(({ name }) => name).sort(), ['Koti', 'Mökki 100 %']);
    await until('no pending login', () => pendingLogins().size === 0);
  });

  it('survives a cancelled request for another code', async () => {
    const { editor, dialog } = await addAccount();
    await dialog.type(dialog.email, 'code-kept@example.fi');
    await dialog.page.keyboard.press('Enter');
    await dialog.untilState('otp-sent');
    await dialog.keep();
    const again = await editor.editAccount();
    await again.untilFocused(again.code);
    const answered = again.page.waitForResponse(/\/otp$/);
    await again.sendCode.click();
    assert.equal((await answered).status(), 202);
    await again.cancel();
    const last = await editor.editAccount();
    await last.untilFocused(last.code);
    await last.typeAndEnter(desk.simulator.latestCode('code-kept@example.fi'));
    await last.untilState('authenticated');
    await last.cancel();
    await until('the pending login of that dialog to be dropped', () => pendingLogins().size === 0);
  });

  it('is shown if it was made elsewhere at the changed cloud address, and ended by Log out', async () => {
    const { id, email, dialog } = await openAtOtherCloud();
    await dialog.untilState('otp-required');
    await dialog.sendCode.click();
    await dialog.untilFocused(dialog.code);
    const { cloudUrl } = other;
    await desk.post(id, 'authenticate', { cloudUrl, email, otp: other.latestCode(email) });
    await dialog.untilState('authenticated');
    assert.deepEqual(await until('the hub', async () => hubsOf(dialog)), ['Saari']);
    let letThrough = (): void => undefined;
    const isAnswered = new Promise<void>((resolve) => (letThrough = resolve));
    await dialog.page.route(/cozify\/accounts\/[^/]+\?cloudUrl=/, (route) => isAnswered.then(() => route.continue()));
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
  });

  it('has a note that Deploy keeps it only with the same address and cloud', async () => {
    const { editor, dialog } = await addAccount();
    await logIn(dialog, desk.simulator, 'mine@example.fi');
    const untilNote = (words: RegExp): Promise<unknown> =>
      until(`the note ${String(words)}`, async () => words.test(await dialog.note.innerText()));
    await untilNote(/^Press Deploy to keep this login/);
    // The note does not wait for an answer of Node-RED.
    let letThrough = (): void => undefined;
    const isAnswered = new Promise<void>((resolve) => (letThrough = resolve));
    await dialog.page.route('**/cozify/accounts/**', (route) => isAnswered.then(() => route.continue()));
    await dialog.type(dialog.email, 'yours@example.fi');
    await untilNote(/only if the e-mail address is mine@example\.fi/);
    await dialog.type(dialog.email, 'mine@example.fi');
    await untilNote(/^Press Deploy to keep this login/);
    await dialog.type(dialog.cloudUrl, other.cloudUrl);
    await untilNote(/at another cloud address/);
    letThrough();
    await dialog.page.unroute('**/cozify/accounts/**');
    await dialog.untilState('otp-required');
    await untilNote(/at another cloud address/);
    await dialog.type(dialog.cloudUrl, desk.simulator.cloudUrl);
    await dialog.untilState('authenticated');
    await untilNote(/^Press Deploy to keep this login/);
    await dialog.keep();
    await editor.closeNode('ok');
    await editor.deploy();
    const { id } = await desk.deployedAccount();
    await until('the login to be taken up', async () => (await desk.snapshot(id)).state === 'authenticated');
  });

  it('has a note at a changed cloud address that Deploy keeps it only with the same address', async () => {
    const { email, dialog } = await openAtOtherCloud();
    await logIn(dialog, other, email);
    await dialog.type(dialog.email, 'someone-else@example.fi');
    await until('the note', async () =>
      (await dialog.note.innerText()).includes(`only if the e-mail address is ${email}`),
    );
  });

  it('leaves the deployed login after Cancel if the cloud address is in a variable', async () => {
    const { id, email } = await desk.deployAccount({ cloudUrl: '${CLOUD}' });
    const env = [{ name: 'CLOUD', value: desk.simulator.cloudUrl, type: 'str' }];
    await desk.nodeRed.deploy([...(await desk.nodeRed.flows()), { id: 'variables', type: 'global-config', env }]);
    await desk.logIn({ id, email });
    const editor = await desk.usedEditor();
    const dialog = await editor.openAccountOf('ping');
    await dialog.untilState('authenticated');
    await dialog.advanced.click();
    // Types the address itself. The saved setting is a variable whose value is the same address.
    await dialog.type(dialog.cloudUrl, desk.simulator.cloudUrl);
    await dialog.sendCode.click();
    await dialog.untilFocused(dialog.code);
    await dialog.typeAndEnter(desk.simulator.latestCode(email));
    await until('the code field to go', async () => !(await dialog.code.isVisible()));
    await dialog.cancel();
    await editor.closeNode('cancel');
    await editor.page.waitForTimeout(500);
    assert.equal((await desk.snapshot(id)).state, 'authenticated');
  });

  it('can be saved in a context store that the advanced settings list', async () => {
    const { id } = await desk.deployAccount();
    const editor = await desk.usedEditor();
    const dialog = await editor.openAccountOf('ping');
    await becomes(() => dialog.cloudUrl.isVisible(), false);
    await becomes(() => dialog.store.isVisible(), false);
    await becomes(() => dialog.advanced.getAttribute('aria-expanded'), 'false');
    await dialog.advanced.focus();
    await dialog.page.keyboard.press('Enter');
    await becomes(() => dialog.cloudUrl.isVisible(), true);
    await becomes(() => dialog.advanced.getAttribute('aria-expanded'), 'true');
    await becomes(() => dialog.advanced.locator('.fa').getAttribute('class'), 'fa fa-angle-down');
    await becomes(() => dialog.cloudUrl.getAttribute('placeholder'), 'https://api.cozify.fi/ui/0.2');
    await becomes(
      () => dialog.store.locator('option').allInnerTexts(),
      ['Files in the user directory', 'Context store default', 'Context store disk'],
    );
    await dialog.store.selectOption({ label: 'Context store disk' });
    await dialog.keep();
    await editor.closeNode('ok');
    await editor.deploy();
    assert.equal((await desk.deployedAccount())['store'], 'disk');
    await desk.logIn({ id, email: 'disk@example.fi' });
    assert.equal((await desk.snapshot(id)).saved, true);
  });

  it('marks a missing context store, which stays chosen', async () => {
    await desk.deployAccount({ store: 'attic' });
    const editor = await desk.usedEditor();
    const dialog = await editor.openAccountOf('ping');
    await becomes(() => dialog.store.isVisible(), true, 'the advanced settings are unfolded');
    await becomes(() => dialog.store.inputValue(), 'attic');
    await becomes(() => dialog.store.locator('option:checked').allInnerTexts(), ['Context store attic (missing)']);
    await dialog.keep();
    await editor.closeNode('ok');
    assert.equal(await editor.isDeployLit(), false);
  });
});

async function hubsOf(dialog: AccountDialog): Promise<string[] | false> {
  const names = await dialog.hubNames();
  return names.length > 0 && names;
}

const PING = {
  id: 'ping',
  type: 'cozify-ping',
  z: 'tab',
  account: '',
  name: '',
  autorefresh: true,
  expiry: '',
  wires: [[], []],
  x: 320,
  y: 160,
};
