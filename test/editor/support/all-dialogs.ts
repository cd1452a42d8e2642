// Checks that open the dialogs of all node types.
import assert from 'node:assert/strict';
import { becomes } from '../../support/becomes';
import { at, type FlowNode, TAB } from '../../live/harness/flow';
import { defaultsOf, types, typesWithAccount } from '../../nodes/support/shipped';
import { findViolations } from '../../support/axe';
import { until } from '../../support/wait';
import type { Desk } from './desk';
import type { Editor } from './editor';
import { LOCALES, rawKeys, text, type Language } from './texts';

const TARGET = { hub: '', kind: '', id: '', name: 'Ulko-ovi' };
// The value is the string `'false'`, which must not become a boolean.
const IS_CLOSED = { field: 'open', op: 'is', value: 'false' };

/** Typical settings by node type. Types that are not listed have their default settings. */
const SETTINGS: Record<string, object> = {
  'cozify-token': { mode: 'set' },
  'cozify-email': { mode: 'set' },
  'cozify-command': { targets: [TARGET], command: 'set', field: 'on', value: 'true', valueType: 'bool', confirm: 3 },
  'cozify-read': {
    rooms: ['Sauna'],
    capabilitiesMatch: 'any',
    reachable: 'yes',
    output: 'map',
    condition: IS_CLOSED,
    outputs: 2,
  },
  'cozify-changes': {
    targets: [TARGET],
    fields: ['open'],
    condition: IS_CLOSED,
    payload: 'open',
    events: ['changed', 'removed'],
  },
  'cozify-button': {
    presses: [
      { button: '1', press: 'long' },
      { button: 'Alas', press: '' },
    ],
    outputs: 2,
  },
  'cozify-wait': {
    targets: [TARGET],
    condition: { field: 'open', op: 'changes', value: null },
    match: 'all',
    checkNow: false,
    timeout: 5,
  },
  'cozify-request': { path: 'devices' },
};

/** Returns a node of each type, with its type as its id. */
function nodeOfEachType(account: string): FlowNode[] {
  return typesWithAccount.map((type, index) => ({
    ...defaultsOf(type),
    ...SETTINGS[type],
    ...at(7 + Math.floor(index / 8), index % 8),
    id: type,
    type,
    z: TAB,
    account,
    name: '',
    wires: [],
  }));
}

/** Opens and closes the dialog and the help of every node type, and checks all visible texts, and each dialog with axe. */
export async function openEveryDialog(desk: Desk, language: Language): Promise<void> {
  await desk.deployLogin({}, nodeOfEachType);
  const editor = await desk.editor({ locale: LOCALES[language] });
  await editor.openSidebar('h');
  const helps = new Set<string>();
  for (const type of typesWithAccount) {
    const dialog = await editor.openNode(type);
    await becomes(() => dialog.innerText(), new RegExp(text(language, 'label.account')), type);
    helps.add(await nextHelp(editor, type, language, helps));
    await assertWords(editor, `the dialog of ${type}`);
    assert.deepEqual(await findViolations(editor.page, '#dialog-form', ['[id^="red-ui-trap-"]']), [], type);
    await editor.closeNode('ok');
  }
  const account = await editor.openAccountOf('ping');
  await account.untilState('authenticated');
  await account.advanced.click();
  helps.add(await nextHelp(editor, 'cozify-account', language, helps));
  await assertWords(editor, 'the dialog of cozify-account');
  await account.cancel();
  await editor.closeNode('cancel');
  assert.equal(helps.size, types.length, 'each type has its own help');
  assert.equal(await editor.isDeployLit(), false, 'an open and close changes nothing');
  assert.deepEqual(editor.refusals, []);
}

const HEADINGS: Record<Language, RegExp> = { 'en-US': /Details|Outputs/, fi: /Yksityiskohdat|Lähdöt/ };

async function nextHelp(editor: Editor, type: string, language: Language, seen: Set<string>): Promise<string> {
  return until(`the help of ${type}`, async () => {
    const shown = await editor.help.innerText();
    return !seen.has(shown) && HEADINGS[language].test(shown) && shown;
  });
}

/** Asserts that the page shows no key of the message catalogue in place of a text, and no empty text. */
async function assertWords(editor: Editor, where: string): Promise<void> {
  const shown = [await editor.page.locator('body').innerText()];
  for (const attribute of ['title', 'placeholder', 'aria-label']) {
    const all = `[...document.querySelectorAll('.red-ui-tray [${attribute}]')]`;
    shown.push(...(await editor.page.evaluate<string[]>(`${all}.map((it) => it.getAttribute('${attribute}'))`)));
  }
  assert.deepEqual(shown.flatMap(rawKeys), [], where);
  // Node-RED leaves an element empty if the key of its text is not in the message catalogue.
  assert.deepEqual(await editor.page.evaluate(EMPTY_TEXTS), [], where);
}

const EMPTY_TEXTS = `[...document.querySelectorAll('.red-ui-tray [data-i18n]')]
  .filter((it) => !it.dataset.i18n.startsWith('[') && it.textContent.trim() === '')
  .map((it) => it.dataset.i18n)`;
