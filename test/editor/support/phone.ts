import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { Desk } from './desk';
import type { Editor } from './editor';
import { deployLamp } from './lamp-flow';
import { LOCALES } from './texts';
import { trayWith, untilAtRest } from './tray';

/** Opens an editor as narrow as a phone, with a node's dialog over all of it. */
export async function openOnPhone(desk: Desk, id: string): Promise<Editor> {
  const editor = await desk.usedEditor({ locale: LOCALES.fi, viewport: { width: 390, height: 844 } });
  // A phone has no room for what lies beside the flows.
  for (const side of ['sidebar', 'palette']) await editor.page.evaluate(`RED.actions.invoke('core:toggle-${side}')`);
  await openDialog(editor, id);
  return editor;
}

/** Opens the dialog of each node that knows the home, and sees that it is cut nowhere. */
export async function seeDialogsOnPhone(desk: Desk): Promise<void> {
  await deployLamp(desk);
  const editor = await openOnPhone(desk, 'lamp');
  await assertCutNowhere(editor.page, 'lamp');
  for (const id of ['read', 'changes', 'wait', 'button']) {
    await editor.closeNode('cancel');
    await openDialog(editor, id);
    await assertCutNowhere(editor.page, id);
  }
  await editor.closeNode('cancel');
}

export async function assertCutNowhere(page: Page, what: string): Promise<void> {
  assert.deepEqual(await page.evaluate<string[]>(OUTSIDE), [], what);
}

async function openDialog(editor: Editor, id: string): Promise<void> {
  await editor.page.evaluate(`RED.editor.edit(RED.nodes.node('${id}'))`);
  await untilAtRest(trayWith(editor.page, '#dialog-form'));
}

/** What stands out of the dialog on its right. */
const OUTSIDE = `(() => {
  const { right } = document.querySelector('.cozify-dialog').getBoundingClientRect();
  return [...document.querySelectorAll('.cozify-dialog *')]
    .filter((it) => it.getBoundingClientRect().width > 0 && it.getBoundingClientRect().right > right + 1)
    .map((it) => it.outerHTML.slice(0, 100));
})()`;
