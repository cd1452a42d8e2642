// The steps of "First lamp" in the README.
import assert from 'node:assert/strict';
import { say } from '../../support/size';
import { until } from '../../support/wait';
import type { Desk } from './desk';
import type { Editor } from './editor';
import { chooseOf, countEffort, type Effort } from './effort';
import { logInByTyping } from './first-login';
import { bedroomLamp } from './lamp-flow';
import { Picker } from './picker';

/**
 * Follows the steps of "First lamp" in the README from an empty editor. Nothing is deployed before the lamp is chosen.
 */
export async function lightFirstLamp(desk: Desk): Promise<void> {
  const { hub, simulator, nodeRed } = desk;
  const lamp = bedroomLamp(hub);
  hub.home.change(lamp.id, { isOn: false });
  const mails = simulator.mails.length;

  const editor = await openEmptyEditor(desk);
  const effort = await countEffort(editor.page);
  const inject = await editor.drag('inject', 120, 200);
  const command = await editor.drag('cozify-command', 340, 200);
  await editor.wire(inject, 0, command);
  await editor.openNode(command);
  await addLogin(desk, editor);
  await new Picker(editor.page).choose('bed', lamp.id);
  await chooseOf(editor.page, '#cozify-do', 'on');
  await editor.closeNode('ok');
  await editor.deploy();
  assertEffort(await effort(), { clicks: 10, drags: 3, keys: 30 });
  assert.deepEqual(editor.refusals, []);
  await nodeRed.inject(inject);
  await until('the lamp to be on', () => lamp.isOn() === true);
  assert.equal(simulator.mails.length, mails + 1);
}

/** Opens the editor with one empty flow. */
export async function openEmptyEditor(desk: Desk): Promise<Editor> {
  await desk.nodeRed.deploy([{ id: 'tab', type: 'tab', label: 'Flow 1' }]);
  return desk.usedEditor();
}

/** Adds an account in the open dialog of a node, and logs in with an address that has not been used before. */
export async function addLogin(desk: Desk, editor: Editor): Promise<void> {
  const { simulator } = desk;
  const dialog = await editor.addAccount();
  // Only tests need this cloud address, so a script enters it, and it does not count as effort.
  await editor.page.evaluate(`$('#node-config-input-cloudUrl').val('${simulator.cloudUrl}').trigger('change')`);
  await logInByTyping(dialog, simulator, `owner${simulator.mails.length + 1}@example.fi`);
  await dialog.untilFocused(dialog.ok);
  await dialog.keep();
}

/** Fails if the person needed more clicks, drags or keys than `most` allows. */
export function assertEffort(is: Effort, most: Effort): void {
  const isFine = is.clicks <= most.clicks && is.drags <= most.drags && is.keys <= most.keys;
  assert.ok(isFine, `${JSON.stringify(is)}, expected at most ${JSON.stringify(most)}`);
  say(`  ${JSON.stringify(is)}`);
}
