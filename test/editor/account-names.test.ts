import assert from 'node:assert/strict';
import { becomes } from '../support/becomes';
import { accountNode } from '../live/harness/flow';
import { Desk, type Editor, until } from './support';

describe('The name of an account', () => {
  const desk = Desk.forSuite({ hubs: [{ name: 'Mökki' }, { name: 'Koti' }] });

  it('is the name of the hub by default, or the address if two accounts have the same hub', async () => {
    await desk.nodeRed.deploy([{ id: 'tab', type: 'tab', label: 'Flow 1' }, ping('one'), ping('two')]);
    const editor = await desk.usedEditor();
    const names: string[] = [];
    for (const [node, email] of [
      ['one', 'aino@example.fi'],
      ['two', 'eino@example.fi'],
    ] as const) {
      await editor.openNode(node);
      // From the second node on, the dialog chooses the existing account.
      if (names.length > 0) await editor.page.locator('#node-input-account').selectOption('_ADD_');
      const dialog = await editor.addAccount();
      await dialog.advanced.click();
      await dialog.type(dialog.cloudUrl, desk.simulator.cloudUrl);
      await dialog.logInWith(email, desk.simulator);
      names.push(await dialog.name.inputValue());
      await dialog.keep();
      await editor.closeNode('ok');
    }
    const [first = '', second = ''] = names;
    assert.ok(['Koti', 'Mökki'].includes(first), first);
    assert.equal(second, `${first} (eino@example.fi)`);
    await editor.deploy();
    await editor.reload();
    await editor.openSidebar('c');
    await untilListed(editor, names);
    assert.equal(await labelOf(editor, 'one'), `ping ${first}`);
    assert.match(await labelOf(editor, 'two'), /^ping .*eino@example\.fi/);
  });

  it('stays as typed after a login; the address of the login stays visible after another address is deployed', async () => {
    const { email } = await desk.deployAccount({ name: '' });
    const other = 'someone-else@example.fi';
    const editor = await desk.usedEditor();
    const dialog = await editor.openAccountOf('ping');
    await dialog.type(dialog.name, 'Saunamökki');
    await dialog.logInWith(email, desk.simulator);
    await becomes(() => dialog.name.inputValue(), 'Saunamökki');
    await dialog.type(dialog.name, 'Vanhemmat');
    await dialog.type(dialog.email, other);
    await dialog.keep();
    await editor.closeNode('ok');
    await editor.deploy();
    assert.equal((await desk.deployedAccount())['name'], 'Vanhemmat');
    const again = await editor.openAccountOf('ping');
    await again.untilState('authenticated');
    await again.untilStateSays(new RegExp(`Logged in as ${email}\\s+Codes now go to ${other}`));
  });

  it('is the masked address after a reload if none is saved, or part of the id without an address', async () => {
    const { email } = await desk.deployLogin({ name: '' });
    const masked = `${email.slice(0, 1)}…@e….fi`;
    const { cloudUrl } = desk.simulator;
    const bare = ['1f2e3d', '9a8b7c'].map((id) => accountNode({ id, email: undefined, cloudUrl }));
    await desk.nodeRed.deploy([...(await desk.nodeRed.flows()), ...bare]);
    const editor = await desk.usedEditor();
    await editor.openSidebar('c');
    await untilListed(editor, [masked, 'Cozify 1f2e', 'Cozify 9a8b']);
    await until('the label of the node', async () => (await labelOf(editor, 'ping')) === `ping ${masked}`);
  });
});

/** Waits until the sidebar of configuration nodes lists accounts by these names, and no others. */
async function untilListed({ page }: Editor, names: string[]): Promise<void> {
  const labels = page.locator('.red-ui-sidebar-node-config-list .red-ui-palette-label').filter({ visible: true });
  await becomes(async () => (await labels.allInnerTexts()).sort(), [...names].sort());
}

function ping(id: string): { id: string; type: string } & Record<string, unknown> {
  const rest = { z: 'tab', account: '', name: '', autorefresh: true, expiry: '', wires: [[], []] };
  return { id, type: 'cozify-ping', ...rest, x: 320, y: id === 'one' ? 160 : 240 };
}

/** Returns the label that the canvas shows for a node. */
async function labelOf(editor: Editor, id: string): Promise<string> {
  return (await editor.node(id).locator('.red-ui-flow-node-label').first().textContent()) ?? '';
}
