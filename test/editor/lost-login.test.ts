import assert from 'node:assert/strict';
import { becomes } from '../support/becomes';
import { accountNode } from '../live/harness/flow';
import { AccountDialog, ask, Desk, text, until, type Editor } from './support';
import { endLogin, logInAgainElsewhere, noticeButton, notices } from './support/lost-login';

describe('A login that the cloud has ended', () => {
  let desk: Desk;

  before(async () => {
    desk = await Desk.open();
  });
  afterEach(() => desk.tidy());
  after(() => desk.close());

  /** Deploys an account, logs in, and then makes the cloud revoke the login. */
  async function loseLogin(properties = {}): Promise<{ id: string; email: string; token: string }> {
    const account = await desk.deployLogin(properties);
    await endLogin(desk);
    return account;
  }

  it('shows a notification in every open editor, in its language, until somebody logs in again', () =>
    logInAgainElsewhere(desk));

  it('shows a notification in an editor that is opened later, until the user closes it', async () => {
    const { token } = await loseLogin();
    const editor = await desk.editor();
    await notices(editor).waitFor();
    await noticeButton(editor, 'en-US', 'lost.close').click();
    await notices(editor).waitFor({ state: 'detached' });

    await editor.reload();
    await untilReported(editor);
    await becomes(() => notices(editor).count(), 0, 'it was closed');

    desk.simulator.reinstate(token);
    assert.equal((await ask(desk.nodeRed, 'ping')).payload, true);
    await endLogin(desk);
    await notices(editor).waitFor();
  });

  it('shows a single notification after the editor reconnects', async () => {
    await loseLogin();
    const editor = await desk.usedEditor();
    await notices(editor).waitFor();
    await editor.page.evaluate('RED.comms.connect()');
    await editor.page.waitForTimeout(1000);
    await becomes(() => notices(editor).count(), 1);
  });

  it('is marked in the sidebar of configuration nodes, but not in the labels of nodes', async () => {
    const { token } = await desk.deployLogin();
    const editor = await desk.usedEditor();
    await editor.openSidebar('c');
    const inSidebar = editor.page.locator('.red-ui-sidebar-node-config-list .red-ui-palette-label');
    const untilListed = (name: string): Promise<unknown> =>
      until(`${name} in the sidebar`, async () => (await inSidebar.allInnerTexts()).includes(name));
    await untilListed('Koti');
    await endLogin(desk);
    await untilListed('⚠ Koti (login needed)');
    const ping = editor.node('ping').locator('.red-ui-flow-node-label');
    await becomes(() => ping.first().textContent(), 'ping Koti');
    desk.simulator.reinstate(token);
    await ask(desk.nodeRed, 'ping');
    await untilListed('Koti');
  });

  it('shows markup in the name of the account as text', async () => {
    await loseLogin({ name: 'Koti <img src=x onerror=alert(1)> & co' });
    const editor = await desk.usedEditor();
    await notices(editor).waitFor();
    await becomes(() => notices(editor).innerText(), /Koti <img src=x onerror=alert\(1\)> & co/);
    await becomes(() => notices(editor).locator('img').count(), 0);
    await notices(editor).locator('p').click();
    await editor.page.waitForTimeout(500);
    await becomes(() => notices(editor).count(), 1, 'only its buttons close it');
  });
});

describe('The action “Log in to Cozify”', () => {
  let desk: Desk;

  before(async () => {
    desk = await Desk.open();
  });
  afterEach(() => desk.tidy());
  after(() => desk.close());

  async function invoke(editor: Editor, words = 'Log in to Cozify'): Promise<void> {
    await editor.page.keyboard.press('Control+Shift+p');
    await editor.page
      .locator('#red-ui-actionList-search, .red-ui-actionList input, .red-ui-search input')
      .first()
      .waitFor();
    await editor.page.keyboard.type(words);
    await editor.page.getByText(words, { exact: true }).first().waitFor();
    await editor.page.keyboard.press('Enter');
  }

  it('opens the only account', async () => {
    const { email } = await desk.deployAccount();
    const editor = await desk.editor();
    await invoke(editor);
    const dialog = new AccountDialog(editor.page);
    await dialog.untilFocused(dialog.email);
    await becomes(() => dialog.email.inputValue(), email);
  });

  it('asks which of several accounts to open, in Finnish', async () => {
    await desk.deployAccount();
    const other = accountNode({
      id: 'other',
      email: 'other@example.fi',
      cloudUrl: desk.simulator.cloudUrl,
      name: 'Mökki',
    });
    await desk.nodeRed.deploy([...(await desk.nodeRed.flows()), other]);
    const editor = await desk.editor({ locale: 'fi-FI' });
    await invoke(editor, text('fi', 'open.action'));
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

  it('adds an account if there is none', async () => {
    await desk.nodeRed.deploy([{ id: 'tab', type: 'tab', label: 'Flow 1' }]);
    const editor = await desk.editor();
    await invoke(editor);
    const dialog = new AccountDialog(editor.page);
    await dialog.untilFocused(dialog.email);
    await becomes(() => dialog.email.inputValue(), '');
    await dialog.ok.click();
    await until('Deploy to be lit', () => editor.isDeployLit());
  });
});

/** Waits until the editor has received the login state of the account. */
async function untilReported(editor: Editor): Promise<void> {
  await editor.openSidebar('c');
  const label = editor.page.locator('.red-ui-palette-label', { hasText: '⚠ Koti (login needed)' });
  await label.waitFor();
}
