import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { Simulator } from '../simulator';
import { Desk, until, type AccountDialog, type Editor } from './support';

describe('What waits for a Deploy', function () {
  this.timeout(120_000);
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
    earlier = waiting();
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

  /** A ping node without an account, and the dialog of a new one that is to use the simulated cloud. */
  async function addAccount(): Promise<{ editor: Editor; dialog: AccountDialog }> {
    await desk.nodeRed.deploy([{ id: 'tab', type: 'tab', label: 'Flow 1' }, PING]);
    const editor = await desk.editor();
    await editor.openNode('ping');
    const dialog = await editor.addAccount();
    await dialog.advanced.click();
    await dialog.type(dialog.cloudUrl, desk.simulator.cloudUrl);
    return { editor, dialog };
  }

  /** The accounts for which a login waits since the test began, going by the files. */
  function waiting(): Set<string> {
    const folder = desk.nodeRed.stateFile('');
    const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.includes('+waiting')) : [];
    const ids = names.map((name) => name.slice(0, name.indexOf('+')));
    return new Set(ids.filter((id) => !earlier.has(id)));
  }

  it('a login in a new account is dropped by Cancel', async () => {
    const { editor, dialog } = await addAccount();
    await logIn(dialog, desk.simulator, 'dropped@example.fi');
    assert.match(await dialog.note.innerText(), /Deploy keeps this login/);
    assert.equal(waiting().size, 1);
    await dialog.cancel();
    await until('the login to be dropped', () => waiting().size === 0);
    await editor.closeNode('cancel');
    assert.equal(await editor.isDeployLit(), false);
  });

  it('a code for a new account is dropped by Cancel too', async () => {
    const { dialog } = await addAccount();
    await dialog.type(dialog.email, 'never@example.fi');
    await dialog.page.keyboard.press('Enter');
    await dialog.untilState('otp-sent');
    await dialog.cancel();
    await until('the code to be dropped', () => waiting().size === 0);
  });

  it('a login in a new account survives closing and opening its dialog before Deploy', async () => {
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
    await until('nothing to wait', () => waiting().size === 0);
  });

  it('a login at a changed cloud address waits, and the deployed one stays in force until then', async () => {
    const { id, email } = await desk.deployLogin();
    const editor = await desk.editor();
    const dialog = await editor.openAccountOf('ping');
    await dialog.untilState('authenticated');
    await dialog.advanced.click();
    await dialog.type(dialog.cloudUrl, other.cloudUrl);
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

  it('a login at a changed cloud address is dropped by Cancel', async () => {
    const { id, email } = await desk.deployLogin();
    const editor = await desk.editor();
    const dialog = await editor.openAccountOf('ping');
    await dialog.untilState('authenticated');
    await dialog.advanced.click();
    await dialog.type(dialog.cloudUrl, other.cloudUrl);
    await logIn(dialog, other, email);
    assert.equal(waiting().size, 1);
    await dialog.cancel();
    await until('the login to be dropped', () => waiting().size === 0);
    assert.equal((await desk.snapshot(id)).state, 'authenticated');
    await editor.closeNode('cancel');
    assert.equal(await editor.isDeployLit(), false);
  });

  it('the advanced settings are folded away and list the context stores that exist', async () => {
    const { id } = await desk.deployAccount();
    const editor = await desk.editor();
    const dialog = await editor.openAccountOf('ping');
    assert.equal(await dialog.cloudUrl.isVisible(), false);
    assert.equal(await dialog.store.isVisible(), false);
    assert.equal(await dialog.advanced.getAttribute('aria-expanded'), 'false');
    await dialog.advanced.focus();
    await dialog.page.keyboard.press('Enter');
    assert.equal(await dialog.cloudUrl.isVisible(), true);
    assert.equal(await dialog.advanced.getAttribute('aria-expanded'), 'true');
    assert.deepEqual(await dialog.store.locator('option').allInnerTexts(), [
      'Files in the user directory',
      'Context store default',
      'Context store disk',
    ]);
    await dialog.store.selectOption({ label: 'Context store disk' });
    await dialog.keep();
    await editor.closeNode('ok');
    await editor.deploy();
    assert.equal((await desk.deployedAccount())['store'], 'disk');
    await desk.logIn({ id, email: 'disk@example.fi' });
    assert.equal((await desk.snapshot(id)).saved, true);
  });

  it('a store that does not exist is marked, and stays chosen', async () => {
    await desk.deployAccount({ store: 'attic' });
    const editor = await desk.editor();
    const dialog = await editor.openAccountOf('ping');
    await dialog.advanced.click();
    assert.equal(await dialog.store.inputValue(), 'attic');
    assert.deepEqual(await dialog.store.locator('option:checked').allInnerTexts(), ['Context store attic (missing)']);
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
