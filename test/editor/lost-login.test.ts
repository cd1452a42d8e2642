import assert from 'node:assert/strict';
import { becomes } from '../support/becomes';
import { accountNode } from '../live/harness/flow';
import { AccountDialog, ask, Desk, text, until } from './support';
import { endLogin, logInAgainElsewhere, noticeButton, notices } from './support/lost-login';

describe('A login that the cloud has ended or that is missing', () => {
  const desk = Desk.forSuite();

  it('shows a notification in every open editor, in its language, until somebody logs in again', () =>
    logInAgainElsewhere(desk));

  it('shows a notification until the user closes it, also after a reload, and marks the account in the sidebar', async () => {
    const { token } = await desk.deployLogin();
    const editor = await desk.usedEditor();
    await editor.openSidebar('c');
    const inSidebar = editor.page.locator('.red-ui-sidebar-node-config-list .red-ui-palette-label');
    const untilListed = (name: string): Promise<unknown> =>
      until(`${name} in the sidebar`, async () => (await inSidebar.allInnerTexts()).includes(name));
    const reinstate = async (): Promise<void> => {
      desk.simulator.reinstate(token);
      assert.equal((await ask(desk.nodeRed, 'ping')).payload, true);
    };
    await untilListed('Koti');
    await endLogin(desk);
    await untilListed('⚠ Koti (login needed)');
    const ping = editor.node('ping').locator('.red-ui-flow-node-label');
    await becomes(() => ping.first().textContent(), 'ping Koti', 'labels of nodes are not marked');
    await notices(editor).waitFor();
    await noticeButton(editor, 'en-US', 'lost.close').click();
    await notices(editor).waitFor({ state: 'detached' });

    await editor.reload();
    await editor.openSidebar('c');
    await untilListed('⚠ Koti (login needed)');
    await becomes(() => notices(editor).count(), 0, 'it was closed');
    await reinstate();
    await untilListed('Koti');
    await endLogin(desk);
    await notices(editor).waitFor();
  });

  it('shows one notification in an editor that is opened later and reconnects, with markup in the name as text', async () => {
    await desk.deployLogin({ name: 'Koti <img src=x onerror=alert(1)> & co' });
    await endLogin(desk);
    const editor = await desk.usedEditor();
    await notices(editor).waitFor();
    await becomes(() => notices(editor).innerText(), /Koti <img src=x onerror=alert\(1\)> & co/);
    await becomes(() => notices(editor).locator('img').count(), 0);
    await editor.page.evaluate('RED.comms.connect()');
    await notices(editor).first().locator('p').click();
    await editor.page.waitForTimeout(1000);
    await becomes(() => notices(editor).count(), 1, 'only its buttons close it');
  });

  it('begins with the action “Log in to Cozify”, which asks which of several accounts to open, in Finnish', async () => {
    await desk.deployAccount();
    const other = accountNode({
      id: 'other',
      email: 'other@example.fi',
      cloudUrl: desk.simulator.cloudUrl,
      name: 'Mökki',
    });
    await desk.nodeRed.deploy([...(await desk.nodeRed.flows()), other]);
    const editor = await desk.usedEditor({ locale: 'fi-FI' });
    await editor.page.keyboard.press('Control+Shift+p');
    await editor.page.locator('.red-ui-search input').first().waitFor();
    const words = text('fi', 'open.action');
    await editor.page.keyboard.type(words);
    await editor.page.getByText(words, { exact: true }).first().waitFor();
    await editor.page.keyboard.press('Enter');
    const question = editor.page.locator('.red-ui-notification', { hasText: text('fi', 'open.which') });
    await question.waitFor();
    await becomes(() => question.getByRole('button').allInnerTexts(), ['Koti', 'Mökki', text('fi', 'button.cancel')]);
    const dialog = new AccountDialog(editor.page);
    await dialog.untilFocused(question.getByRole('button', { name: 'Koti' }));
    await becomes(() => editor.page.locator('#red-ui-full-shade').isVisible(), true);
    await question.locator('p').click();
    await question.getByRole('button', { name: 'Mökki' }).click();
    await question.waitFor({ state: 'detached' });
    await dialog.untilState('otp-required');
    await becomes(() => dialog.email.inputValue(), 'other@example.fi');
  });
});
