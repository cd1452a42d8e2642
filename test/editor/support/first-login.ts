// The first login in an empty editor.
import assert from 'node:assert/strict';
import { becomes } from '../../support/becomes';
import type { Simulator } from '../../simulator';
import type { AccountDialog } from './account-dialog';
import type { Desk } from './desk';
import { until } from '../../support/wait';

/** Types the address and the e-mailed code in the dialog of a new account, and waits for the hubs. */
export async function logInByTyping(dialog: AccountDialog, simulator: Simulator, email: string): Promise<void> {
  await dialog.email.click();
  await dialog.typeAndEnter(email);
  await dialog.untilFocused(dialog.code);
  await dialog.untilState('otp-sent');
  await dialog.typeAndEnter(simulator.latestCode(email));
  await dialog.untilState('authenticated');
  await until('the hubs by name', async () => (await dialog.hubNames()).length === 2);
}

const EMAIL = 'owner@example.fi';

/**
 * Logs in with mouse and keyboard, starting from an empty editor: ping node, new account, code, Deploy, ping. Returns
 * the ids of both nodes.
 */
export async function logInFromNothing(desk: Desk): Promise<{ account: string; ping: string }> {
  const { simulator, nodeRed } = desk;
  const editor = await desk.editor();
  const inject = await editor.drag('inject', 120, 200);
  const ping = await editor.drag('cozify-ping', 340, 200);
  const debug = await editor.drag('debug', 620, 180);
  await editor.wire(inject, 0, ping);
  await editor.wire(ping, 0, debug);

  await editor.openNode(ping);
  const dialog = await editor.addAccount();
  await dialog.untilFocused(dialog.email);
  await becomes(() => dialog.code.isVisible(), false, 'no code field before an e-mail');
  await dialog.advanced.click();
  await dialog.type(dialog.cloudUrl, simulator.cloudUrl);
  await logInByTyping(dialog, simulator, EMAIL);
  await dialog.untilStateSays(/Logged in as owner@example\.fi/);
  assert.deepEqual((await dialog.hubNames()).sort(), ['Koti', 'Mökki 100 %']);
  await dialog.untilFocused(dialog.ok);
  await dialog.keep();
  await editor.closeNode('ok');
  await editor.deploy();
  assert.deepEqual(editor.refusals, []);

  const { id } = await desk.deployedAccount();
  const account = (await nodeRed.flows()).find((node) => node.id === id);
  assert.equal(account?.['language'], 'en', 'the language of the browser');
  await until('the adopted login', async () => (await desk.snapshot(id)).state === 'authenticated');
  await until('the green date', async () => /^valid until \d{1,2} \w{3}/.test((await editor.statusOf(ping)).text));
  await editor.node(inject).locator('.red-ui-flow-node-button-button').click();
  await editor.openSidebar('d');
  await editor.page.locator('.red-ui-debug-msg').filter({ hasText: 'true' }).first().waitFor();
  return { account: id, ping };
}

/** Restarts Node-RED after {@link logInFromNothing}, and checks that the account is logged in without a new code. */
export async function restartLoggedIn(desk: Desk, { account, ping }: { account: string; ping: string }): Promise<void> {
  await desk.tidy();
  await desk.nodeRed.restart();
  const after = await until('the login after the restart', async () => {
    const snapshot = await desk.snapshot(account);
    return snapshot.state === 'authenticated' && snapshot;
  });
  assert.equal(after.email, EMAIL);
  assert.equal(desk.simulator.mails.length, 1, 'one code was enough');

  const later = await desk.editor();
  const dialog = await later.openAccountOf(ping);
  await dialog.untilState('authenticated');
  await dialog.cancel();
  await later.closeNode('cancel');
  assert.equal(await later.isDeployLit(), false);
}
