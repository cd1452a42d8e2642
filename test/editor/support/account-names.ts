// Names of accounts in the sidebar and on the canvas.
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { until } from '../../support/wait';
import type { AccountDialog } from './account-dialog';
import type { Desk } from './desk';
import type { Editor } from './editor';

const listed = ({ page }: Editor): Locator =>
  page.locator('.red-ui-sidebar-node-config-list .red-ui-palette-label').filter({ visible: true });

/** Waits until the sidebar of configuration nodes lists accounts by these names, and no others. */
export async function untilListed(editor: Editor, names: string[]): Promise<void> {
  await until(`${names.join(', ')} in the sidebar`, async () => {
    const shown = await listed(editor).allInnerTexts();
    return JSON.stringify(shown.sort()) === JSON.stringify([...names].sort());
  });
}

/** Logs in through the open dialog, as a person does. */
export async function logInHere(desk: Desk, dialog: AccountDialog, email: string): Promise<void> {
  await dialog.type(dialog.email, email);
  await dialog.page.keyboard.press('Enter');
  await dialog.untilFocused(dialog.code);
  await dialog.typeAndEnter(desk.simulator.latestCode(email));
  await dialog.untilState('authenticated');
}

/** Adds two accounts without a name, logs in, and asserts that their names differ after a reload. */
export async function assertNamesDiffer(desk: Desk): Promise<void> {
  await desk.nodeRed.deploy([{ id: 'tab', type: 'tab', label: 'Flow 1' }, ping('one'), ping('two')]);
  const editor = await desk.usedEditor();
  const names: string[] = [];
  for (const [node, email] of [
    ['one', 'aino@example.fi'],
    ['two', 'eino@example.fi'],
  ] as const) {
    await editor.openNode(node);
    // From the second node on, the list offers the existing account, so the test must choose to add another account.
    const add = editor.page.locator('#node-input-lookup-account, #node-input-account');
    if (names.length > 0) await add.first().selectOption('_ADD_');
    const dialog = await editor.addAccount();
    await dialog.advanced.click();
    await dialog.type(dialog.cloudUrl, desk.simulator.cloudUrl);
    await logInHere(desk, dialog, email);
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
}

function ping(id: string): { id: string; type: string } & Record<string, unknown> {
  const rest = { z: 'tab', account: '', name: '', autorefresh: true, expiry: '', wires: [[], []] };
  return { id, type: 'cozify-ping', ...rest, x: 320, y: id === 'one' ? 160 : 240 };
}

/** Returns the label that the canvas shows for a node. */
export async function labelOf(editor: Editor, id: string): Promise<string> {
  return (await editor.node(id).locator('.red-ui-flow-node-label').first().textContent()) ?? '';
}
