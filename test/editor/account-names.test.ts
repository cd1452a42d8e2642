import assert from 'node:assert/strict';
import { becomes } from '../support/becomes';
import { accountNode } from '../live/harness/flow';
import { Desk, until } from './support';
import { labelOf, logInHere, assertNamesDiffer, untilListed } from './support/account-names';

describe('The name of an account', () => {
  let desk: Desk;

  before(async () => {
    desk = await Desk.open({}, { hubs: [{ name: 'Mökki' }, { name: 'Koti' }] });
  });
  afterEach(() => desk.tidy());
  after(() => desk.close());

  it('is the name of the hub by default, or the address if two accounts have the same hub', () =>
    assertNamesDiffer(desk));

  it('stays as typed after a login, whose address stays visible after another address was deployed', async () => {
    const { email } = await desk.deployAccount({ name: '' });
    const other = 'someone-else@example.fi';
    const editor = await desk.usedEditor();
    const dialog = await editor.openAccountOf('ping');
    await dialog.type(dialog.name, 'Saunamökki');
    await logInHere(desk, dialog, email);
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
