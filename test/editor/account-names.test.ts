import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { accountNode } from '../live/harness/flow';
import { type AccountDialog, Desk, text, until, type Editor } from './support';

describe('Accounts are told apart', () => {
  let desk: Desk;

  before(async () => {
    desk = await Desk.open({}, { hubs: [{ name: 'Mökki' }, { name: 'Koti' }] });
  });
  afterEach(() => desk.tidy());
  after(() => desk.close());

  const listed = ({ page }: Editor): Locator =>
    page.locator('.red-ui-sidebar-node-config-list .red-ui-palette-label').filter({ visible: true });

  async function untilListed(editor: Editor, names: string[]): Promise<void> {
    await until(`${names.join(', ')} in the sidebar`, async () => {
      const shown = await listed(editor).allInnerTexts();
      return JSON.stringify(shown.sort()) === JSON.stringify([...names].sort());
    });
  }

  async function logIn(dialog: AccountDialog, email: string): Promise<void> {
    await dialog.type(dialog.email, email);
    await dialog.page.keyboard.press('Enter');
    await dialog.untilFocused(dialog.code);
    await dialog.typeAndEnter(desk.simulator.latestCode(email));
    await dialog.untilState('authenticated');
  }

  it('when two were added and nobody typed a name: by the hub, and by the address where that is the same', async () => {
    await desk.nodeRed.deploy([{ id: 'tab', type: 'tab', label: 'Flow 1' }, ping('one'), ping('two')]);
    const editor = await desk.editor();
    const names: string[] = [];
    for (const [node, email] of [
      ['one', 'aino@example.fi'],
      ['two', 'eino@example.fi'],
    ] as const) {
      await editor.openNode(node);
      // The second node offers the account of the first.
      const add = editor.page.locator('#node-input-lookup-account, #node-input-account');
      if (names.length > 0) await add.first().selectOption('_ADD_');
      const dialog = await editor.addAccount();
      await dialog.advanced.click();
      await dialog.type(dialog.cloudUrl, desk.simulator.cloudUrl);
      await logIn(dialog, email);
      names.push(await dialog.name.inputValue());
      await dialog.keep();
      await editor.closeNode('ok');
    }
    const [first = '', second = ''] = names;
    assert.ok(['Koti', 'Mökki'].includes(first), first);
    assert.equal(second, `${first} (eino@example.fi)`);
    await editor.deploy();
    await editor.page.reload();
    await editor.untilLoaded();
    await editor.openSidebar('c');
    await untilListed(editor, names);
    assert.equal(await labelOf(editor, 'one'), `ping ${first}`);
    assert.match(await labelOf(editor, 'two'), /^ping .*eino@example\.fi/);
  });

  it('by a name that the person types, which no login changes', async () => {
    const { email } = await desk.deployAccount({ name: '' });
    const editor = await desk.editor();
    const dialog = await editor.openAccountOf('ping');
    await dialog.type(dialog.name, 'Saunamökki');
    await logIn(dialog, email);
    assert.equal(await dialog.name.inputValue(), 'Saunamökki');
    await dialog.type(dialog.name, 'Vanhemmat');
    await dialog.keep();
    await editor.closeNode('ok');
    await editor.deploy();
    assert.equal((await desk.deployedAccount())['name'], 'Vanhemmat');
  });

  it('by the address where no hub has been found', async () => {
    const { email } = await desk.deployAccount({ name: '' });
    desk.simulator.fault('hubkeys', { status: 500, times: Infinity });
    const editor = await desk.editor();
    const dialog = await editor.openAccountOf('ping');
    await logIn(dialog, email);
    assert.equal(await dialog.name.inputValue(), email);
  });

  it('without a name too, after a reload: by their addresses, and by their ids for want of those', async () => {
    const { email } = await desk.deployLogin({ name: '' });
    const { cloudUrl } = desk.simulator;
    const bare = ['1f2e3d', '9a8b7c'].map((id) => accountNode({ id, email: undefined, cloudUrl }));
    await desk.nodeRed.deploy([...(await desk.nodeRed.flows()), ...bare]);
    const editor = await desk.editor();
    await editor.openSidebar('c');
    await untilListed(editor, [email, 'Cozify 1f2e', 'Cozify 9a8b']);
    await until('the label of the node', async () => (await labelOf(editor, 'ping')) === `ping ${email}`);
  });

  it('whose login it is, where another address was typed and deployed since', async () => {
    const { email } = await desk.deployLogin();
    const other = 'someone-else@example.fi';
    const editor = await desk.editor();
    const dialog = await editor.openAccountOf('ping');
    await dialog.untilStateSays(new RegExp(`Logged in as ${email}`));
    await dialog.type(dialog.email, other);
    await dialog.keep();
    await editor.closeNode('ok');
    await editor.deploy();
    const again = await editor.openAccountOf('ping');
    await again.untilState('authenticated');
    await again.untilStateSays(new RegExp(`Logged in as ${email}\\s+Codes now go to ${other}`));
    await again.untilStateSays(new RegExp(text('en-US', 'state.codes-to').replace('__email__', other)));
  });
});

function ping(id: string): { id: string; type: string } & Record<string, unknown> {
  const rest = { z: 'tab', account: '', name: '', autorefresh: true, expiry: '', wires: [[], []] };
  return { id, type: 'cozify-ping', ...rest, x: 320, y: id === 'one' ? 160 : 240 };
}

async function labelOf(editor: Editor, id: string): Promise<string> {
  return (await editor.node(id).locator('.red-ui-flow-node-label').first().textContent()) ?? '';
}
