import assert from 'node:assert/strict';
import { until } from '../../support/wait';
import type { Desk } from './desk';
import type { Editor } from './editor';
import { LOCALES, rawKeys, text, type Language } from './texts';

/** A node of each type in the test flow, by its id. */
const NODES = {
  'cozify-authenticate': 'authenticate',
  'cozify-ping': 'ping',
  'cozify-refresh': 'refresh',
  'cozify-token': 'set-token',
  'cozify-email': 'set-email',
  'cozify-reset': 'reset',
  'cozify-events': 'event',
};

/** Opens and closes the dialog of every type, with its help beside it, reading all that is shown. */
export async function openEveryDialog(desk: Desk, language: Language): Promise<void> {
  await desk.deployLogin();
  const editor = await desk.editor({ locale: LOCALES[language] });
  await editor.openSidebar('h');
  const helps = new Set<string>();
  for (const [type, id] of Object.entries(NODES)) {
    const dialog = await editor.openNode(id);
    assert.match(await dialog.innerText(), new RegExp(text(language, 'label.account')), type);
    helps.add(await nextHelp(editor, type, language, helps));
    await assertWords(editor, `the dialog of ${type}`);
    await editor.closeNode(helps.size % 2 === 0 ? 'ok' : 'cancel');
  }
  const account = await editor.openAccountOf('ping');
  await account.untilState('authenticated');
  await account.advanced.click();
  helps.add(await nextHelp(editor, 'cozify-account', language, helps));
  await assertWords(editor, 'the dialog of cozify-account');
  await account.cancel();
  await editor.closeNode('cancel');
  assert.equal(helps.size, 8, 'each has a help of its own');
  assert.equal(await editor.isDeployLit(), false, 'looking changes nothing');
  assert.deepEqual(editor.refusals, []);
}

const HEADINGS: Record<Language, RegExp> = { 'en-US': /Details|Outputs/, fi: /Yksityiskohdat|Lähdöt/ };

async function nextHelp(editor: Editor, type: string, language: Language, seen: Set<string>): Promise<string> {
  return until(`the help of ${type}`, async () => {
    const shown = await editor.help.innerText();
    return !seen.has(shown) && HEADINGS[language].test(shown) && shown;
  });
}

/** Everything that a person can read, or have read to them, on the page. */
async function assertWords(editor: Editor, where: string): Promise<void> {
  const shown = [await editor.page.locator('body').innerText()];
  for (const attribute of ['title', 'placeholder', 'aria-label']) {
    const all = `[...document.querySelectorAll('.red-ui-tray [${attribute}]')]`;
    shown.push(...(await editor.page.evaluate<string[]>(`${all}.map((it) => it.getAttribute('${attribute}'))`)));
  }
  assert.deepEqual(shown.flatMap(rawKeys), [], where);
  // What has no text in any catalogue is left empty by Node-RED.
  assert.deepEqual(await editor.page.evaluate(EMPTY_TEXTS), [], where);
}

const EMPTY_TEXTS = `[...document.querySelectorAll('.red-ui-tray [data-i18n]')]
  .filter((it) => !it.dataset.i18n.startsWith('[') && it.textContent.trim() === '')
  .map((it) => it.dataset.i18n)`;
