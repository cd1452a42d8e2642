// Accessibility checks of all dialogs.
import assert from 'node:assert/strict';
import { findViolations } from '../../support/axe';
import { ask } from '../../live/harness/ask';
import { at, type FlowNode, TAB } from '../../live/harness/flow';
import type { Desk } from './desk';
import type { EditorOptions } from './editor';

/** Selector of the form in the dialog of an account. */
const ACCOUNT_FORM = '#node-config-dialog-edit-form';
const NODE_FORM = '#dialog-form';
/** Selectors of hidden fields that Node-RED adds to keep browsers from filling in passwords. */
const NOT_OURS = ['[id^="red-ui-trap-"]'];
/**
 * Types of the nodes that use hubs. The test flow has none of them, so the test adds a node of each type. The id of
 * each node is its type.
 */
const HUB_NODES = ['command', 'changes', 'read', 'button', 'wait', 'request'].map((name) => `cozify-${name}`);

/** Checks all dialogs with axe. Checks the account dialog in each state, and with an error and a question. */
export async function assertNoViolations(desk: Desk, options: EditorOptions): Promise<void> {
  const { id: account, email } = await desk.deployAccount();
  await desk.nodeRed.deploy([
    ...(await desk.nodeRed.flows()),
    ...HUB_NODES.map((type, row) => nodeOf(type, account, row)),
  ]);
  const editor = await desk.editor(options);
  const found: string[] = [];
  const look = async (what: string, part = ACCOUNT_FORM): Promise<void> => {
    found.push(...(await findViolations(editor.page, part, NOT_OURS)).map((violation) => `${what}: ${violation}`));
  };
  await editor.openNode('ping');
  await look('the dialog of a ping node', NODE_FORM);
  const dialog = await editor.editAccount();
  await dialog.untilFocused(dialog.email);
  await dialog.advanced.click();
  await look('an account that never logged in, with advanced settings');

  await dialog.type(dialog.email, 'no address');
  await dialog.page.keyboard.press('Enter');
  await dialog.untilFocused(dialog.email);
  await look('an error');
  await dialog.type(dialog.email, email);
  // Holds the request in the browser, because Node-RED waits for the cloud for a shorter time than the check may take.
  let send = (): void => undefined;
  const isReleased = new Promise<void>((resolve) => (send = resolve));
  await editor.page.route('**/otp', (route) => isReleased.then(() => route.continue()), { times: 1 });
  await dialog.page.keyboard.press('Enter');
  await dialog.work.locator('.fa-spin').waitFor();
  await look('a request in progress');
  send();
  await dialog.untilFocused(dialog.code);
  await look('a sent code');
  await dialog.typeAndEnter(desk.simulator.latestCode(email));
  await dialog.untilState('authenticated');
  await look('a login');
  await dialog.logOut.click();
  await dialog.untilFocused(dialog.confirmYes);
  await look('a question');
  await dialog.page.locator('#node-config-input-autorefresh').click();
  await look('fields that have no effect');

  desk.simulator.revokeAll();
  await ask(desk.nodeRed, 'ping');
  await dialog.untilState('otp-required');
  await look('a login that was lost');
  await dialog.cancel();
  const notice = editor.page.locator('.red-ui-notification').first();
  await notice.waitFor();
  await look('the notification about the lost login', '#red-ui-notifications');
  await notice.getByRole('button').first().click();
  await editor.closeNode('cancel');
  for (const id of ['authenticate', 'refresh', 'set-token', 'set-email', 'reset', 'event', ...HUB_NODES]) {
    await editor.openNode(id);
    await look(`the dialog of ${id}`, NODE_FORM);
    await editor.closeNode('cancel');
  }
  assert.deepEqual(found, []);
}

/** Returns a node like those in older flows, with no settings except its account. */
function nodeOf(type: string, account: string, row: number): FlowNode {
  return { id: type, type, z: TAB, name: '', account, wires: [], ...at(0, 20 + row) };
}
