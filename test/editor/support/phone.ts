// Checks of dialogs on a narrow screen.
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { Desk } from './desk';
import type { Editor } from './editor';
import { deployLamp } from './lamp-flow';
import { LOCALES } from './texts';
import { trayWith, untilSettled } from './tray';

/** Opens the dialog of a node in an editor that is as narrow as a phone. */
export async function openOnPhone(desk: Desk, id: string): Promise<Editor> {
  const editor = await desk.usedEditor({ locale: LOCALES.fi, viewport: { width: 390, height: 844 } });
  // Hides the palette and the sidebar, because a phone is too narrow for them.
  for (const side of ['sidebar', 'palette']) {
    const isVisible = await editor.page.locator(`#red-ui-${side}`).isVisible();
    if (isVisible) await editor.page.evaluate(`RED.actions.invoke('core:toggle-${side}')`);
  }
  await openDialog(editor, id);
  return editor;
}

/** Opens the dialog of each node type that chooses devices, and asserts that nothing is cut off. */
export async function checkDialogsOnPhone(desk: Desk): Promise<void> {
  await deployLamp(desk);
  const editor = await openOnPhone(desk, 'lamp');
  await assertNothingCut(editor.page, 'lamp');
  for (const id of ['read', 'changes', 'wait', 'button']) {
    await editor.closeNode('cancel');
    await openDialog(editor, id);
    await assertNothingCut(editor.page, id);
  }
  await editor.closeNode('cancel');
}

export async function assertNothingCut(page: Page, what: string): Promise<void> {
  assert.deepEqual(await page.evaluate<string[]>(OUTSIDE), [], what);
}

async function openDialog(editor: Editor, id: string): Promise<void> {
  await editor.page.evaluate(`RED.editor.edit(RED.nodes.node('${id}'))`);
  await untilSettled(trayWith(editor.page, '#dialog-form'));
}

/** Code that returns the HTML of all elements that overflow the right edge of the dialog. */
const OUTSIDE = `(() => {
  const { right } = document.querySelector('.cozify-dialog').getBoundingClientRect();
  return [...document.querySelectorAll('.cozify-dialog *')]
    .filter((it) => it.getBoundingClientRect().width > 0 && it.getBoundingClientRect().right > right + 1)
    .map((it) => it.outerHTML.slice(0, 100));
})()`;
