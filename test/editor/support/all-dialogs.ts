import assert from 'node:assert/strict';
import { becomes } from '../../support/becomes';
import { at, type FlowNode, TAB } from '../../live/harness/flow';
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

const HUB_NODES = {
  'cozify-command': 'command',
  'cozify-read': 'read',
  'cozify-changes': 'changes',
  'cozify-button': 'button',
  'cozify-wait': 'wait',
  'cozify-request': 'request',
};

/** Nodes of the hub with typical settings. */
function hubNodes(account: string): FlowNode[] {
  const target = { hub: '', kind: '', id: '', name: 'Ulko-ovi' };
  // A string that looks like a boolean stays a string.
  const condition = { field: 'open', op: 'is', value: 'false' };
  const listen = { targets: [target], rooms: [], capabilities: [], fields: ['open'], condition, for: 0 };
  const nodes: Record<string, object> = {
    command: { targets: [target], command: 'set', field: 'on', value: 'true', valueType: 'bool', confirm: 3 },
    read: { targets: [], kind: 'device', rooms: ['Sauna'], capabilities: [], reachable: 'yes', condition, outputs: 2 },
    changes: { kinds: ['device'], ...listen, payload: 'open', events: ['changed', 'removed'] },
    button: {
      targets: [],
      presses: [
        { button: '1', press: 'long' },
        { button: 'Alas', press: '' },
      ],
      outputs: 2,
    },
    wait: { targets: [target], condition: { field: 'open', op: 'changes', value: null }, match: 'all', timeout: 5 },
    request: { method: 'GET', path: 'devices', pathType: 'str', body: 'payload', bodyType: 'msg', timeout: 15 },
  };
  const defaults: Record<string, object> = {
    command: { transition: '' },
    read: { fresh: false, output: 'map', field: '', capabilitiesMatch: 'any' },
    changes: { own: true, initial: false, capabilitiesMatch: 'any' },
    button: { repeats: true },
    wait: { checkNow: false },
    request: {},
  };
  return Object.entries(nodes).map(([name, properties], place) => ({
    ...defaults[name],
    ...properties,
    ...at(7, place),
    id: name,
    type: `cozify-${name}`,
    z: TAB,
    account,
    hub: '',
    name: '',
    wires: [],
  }));
}

/** Opens and closes the dialog of every type with its help, and checks all visible texts. */
export async function openEveryDialog(desk: Desk, language: Language): Promise<void> {
  await desk.deployLogin({}, hubNodes);
  const editor = await desk.editor({ locale: LOCALES[language] });
  await editor.openSidebar('h');
  const helps = new Set<string>();
  for (const [type, id] of Object.entries({ ...NODES, ...HUB_NODES })) {
    const dialog = await editor.openNode(id);
    await becomes(() => dialog.innerText(), new RegExp(text(language, 'label.account')), type);
    helps.add(await nextHelp(editor, type, language, helps));
    await assertWords(editor, `the dialog of ${type}`);
    await editor.closeNode(type in HUB_NODES || helps.size % 2 === 0 ? 'ok' : 'cancel');
  }
  const account = await editor.openAccountOf('ping');
  await account.untilState('authenticated');
  await account.advanced.click();
  helps.add(await nextHelp(editor, 'cozify-account', language, helps));
  await assertWords(editor, 'the dialog of cozify-account');
  await account.cancel();
  await editor.closeNode('cancel');
  assert.equal(helps.size, 14, 'each has a help of its own');
  assert.equal(await editor.isDeployLit(), false, 'looking changes nothing');
  assert.deepEqual(editor.refusals, []);
}

/** Opens the dialogs of nodes that have only a type and an account, and presses Done. */
export async function openBareDialogs(desk: Desk): Promise<void> {
  const types = Object.keys({ ...NODES, ...HUB_NODES });
  const bare = (account: string): FlowNode[] =>
    types.map((type, place) => ({ ...at(9, place), id: `bare-${place}`, type, z: TAB, account, wires: [] }));
  await desk.deployAccount({}, bare);
  const editor = await desk.editor();
  for (const [place, type] of types.entries()) {
    await editor.openNode(`bare-${place}`);
    await editor.closeNode('ok');
    const added = await editor.page.evaluate<string[]>(`(${ADDED})(RED.nodes.node('bare-${place}'))`);
    assert.deepEqual(added, [], `a look at a ${type} adds nothing to what the flow says`);
  }
}

/** Names of the settings of a node, except its account and its outputs. */
const ADDED = `(node) => Object.keys(node._def.defaults).filter(
  (name) => name !== 'account' && name !== 'outputs' && node[name] !== undefined
)`;

const HEADINGS: Record<Language, RegExp> = { 'en-US': /Details|Outputs/, fi: /Yksityiskohdat|Lähdöt/ };

async function nextHelp(editor: Editor, type: string, language: Language, seen: Set<string>): Promise<string> {
  return until(`the help of ${type}`, async () => {
    const shown = await editor.help.innerText();
    return !seen.has(shown) && HEADINGS[language].test(shown) && shown;
  });
}

/** Checks all texts and labels of the page. */
async function assertWords(editor: Editor, where: string): Promise<void> {
  const shown = [await editor.page.locator('body').innerText()];
  for (const attribute of ['title', 'placeholder', 'aria-label']) {
    const all = `[...document.querySelectorAll('.red-ui-tray [${attribute}]')]`;
    shown.push(...(await editor.page.evaluate<string[]>(`${all}.map((it) => it.getAttribute('${attribute}'))`)));
  }
  assert.deepEqual(shown.flatMap(rawKeys), [], where);
  // Node-RED leaves an element empty if its catalogue key is missing.
  assert.deepEqual(await editor.page.evaluate(EMPTY_TEXTS), [], where);
}

const EMPTY_TEXTS = `[...document.querySelectorAll('.red-ui-tray [data-i18n]')]
  .filter((it) => !it.dataset.i18n.startsWith('[') && it.textContent.trim() === '')
  .map((it) => it.dataset.i18n)`;
