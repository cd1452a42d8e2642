import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { neededNodes } from '../examples/support/files';
import { packageRoot } from '../live/harness/packed';
import type { FlowNode } from '../live/harness/flow';
import { describeInEach, Desk, until, type Editor } from './support';

const FOLDER = join(packageRoot, 'examples');
const NAMES = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -'.json'.length));
/**
 * Prefixes of all node types that the examples need from other packages. The check of each example accepts all of them,
 * because the editor's warning also lists the missing types of examples that were imported before.
 */
const NEEDED = NAMES.map(neededNodes).filter((prefix) => prefix !== undefined);
/** Whether an example needs nodes of another package. */
const needsMore = (name: string): boolean => neededNodes(name) !== undefined;

describe('The examples, imported from the menu', () => {
  let desk: Desk;
  let editor: Editor;

  before(async () => {
    desk = await Desk.open();
    editor = await desk.usedEditor();
  });
  after(async () => {
    await desk.tidy();
    await desk.close();
  });

  it('all appear in the menu', async () => {
    assert.notEqual(NAMES.length, 0);
    const listed = await openMenu(editor);
    assert.deepEqual((await listed.allInnerTexts()).filter((name) => NAMES.includes(name)).sort(), [...NAMES].sort());
    await editor.page.keyboard.press('Escape');
  });

  it('are imported without missing nodes, and deploy with all their nodes and one account', async () => {
    for (const name of NAMES.filter((name) => !needsMore(name))) {
      await importDirectly(editor, name);
      assert.deepEqual(await complaints(editor), [], name);
    }
    await editor.deploy();
    const deployed = await desk.nodeRed.flows();
    const types = new Set(deployed.map(({ type }) => type));
    const exampleNodes = NAMES.filter((name) => !needsMore(name)).flatMap(read);
    assert.deepEqual(
      exampleNodes.map(({ type }) => type).filter((type) => !types.has(type)),
      [],
    );
    assert.equal(deployed.filter(({ type }) => type === 'cozify-account').length, 1);
    assert.doesNotMatch(desk.log, /\[error\]|missing types/);
  });

  it('lack only nodes of other packages', async () => {
    for (const name of NAMES.filter(needsMore)) await importDirectly(editor, name);
    const missing = await until('Node-RED to say what is missing', async () => {
      const lines = (await complaints(editor)).join('\n').split('\n');
      return lines.length > 1 && lines.filter((line) => line !== '' && !line.endsWith(':'));
    });
    assert.deepEqual(
      missing.filter((type) => !NEEDED.some((prefix) => type.startsWith(prefix))),
      [],
    );
  });

  it('have labels that fit into their tabs, however many tabs there are', async () => {
    const labels = editor.page.locator('#red-ui-workspace-tabs .red-ui-tab-label');
    const widths = await labels.evaluateAll((all) =>
      (all as unknown as Label[]).map((label) => [label.textContent, label.scrollWidth - label.clientWidth]),
    );
    assert.ok(widths.length >= NAMES.length);
    assert.deepEqual(
      widths.filter(([, hidden]) => hidden !== 0),
      [],
    );
  });
});

describeInEach('An example, imported where there is an account,', {}, (desk) => {
  it('uses that account, also after a dashboard example or the second time, and can be undone and redone', async () => {
    const { id } = await desk.deployAccount();
    const editor = await desk.usedEditor();
    assert.equal(await importExample(editor, 'Ping'), 'imported');
    const accounts = async (): Promise<unknown> =>
      JSON.parse(
        await editor.page.evaluate<string>(`JSON.stringify((() => {
          const accounts = [], users = [];
          RED.nodes.eachConfig((node) => { if (node.type === 'cozify-account') accounts.push(node.id); return true; });
          RED.nodes.eachNode((node) => { if (node.type === 'cozify-ping') users.push(node.account); return true; });
          return { accounts, users };
        })())`),
      );
    const isTaken = JSON.stringify({ accounts: [id], users: [id, id] });
    const isTakenAgain = JSON.stringify({ accounts: [id], users: [id, id, id] });
    await until('the account to be taken', async () => JSON.stringify(await accounts()) === isTaken);
    await editor.page.evaluate('RED.history.pop()');
    assert.deepEqual(await accounts(), { accounts: [id], users: [id] });
    await editor.page.evaluate('RED.history.redo()');
    assert.deepEqual(await accounts(), { accounts: [id], users: [id, id] });
    await editor.deploy();
    const deployed = (await desk.nodeRed.flows()).filter(({ type }) => type === 'cozify-account');
    assert.deepEqual(
      deployed.map((account) => account.id),
      [id],
    );
    const dashboard = NAMES.find((name) => neededNodes(name) === 'ui-') ?? assert.fail();
    assert.equal(await importExample(editor, dashboard), 'imported');
    assert.equal(await importExample(editor, 'Ping'), 'copied');
    await until('the account to be taken again', async () => JSON.stringify(await accounts()) === isTakenAgain);
  });
});

function read(name: string): FlowNode[] {
  return JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as FlowNode[];
}

function labelOf(name: string): string {
  const tab = read(name).find(({ type }) => type === 'tab');
  assert.ok(tab, `${name} brings a tab of its own`);
  return String(tab['label']);
}

/** Opens the import dialog at the examples of this package, and returns the entries of its tree. */
async function openMenu(editor: Editor): Promise<ReturnType<Editor['page']['locator']>> {
  await editor.page.keyboard.press('Control+i');
  const dialog = editor.page.locator('#red-ui-clipboard-dialog-import-tabs-content');
  await editor.page.getByRole('link', { name: 'Examples' }).click();
  const entries = dialog.locator('#red-ui-clipboard-dialog-import-tab-examples .red-ui-treeList-label');
  await editor.untilStill();
  await entries.filter({ hasText: '@cozify-community/node-red-cozify' }).click();
  await entries.filter({ hasText: /^Ping$/ }).waitFor();
  return entries;
}

/** Imports an example. If Node-RED asks because its nodes already exist, imports a copy. */
async function importExample(editor: Editor, name: string): Promise<'imported' | 'copied'> {
  const tabs = editor.page.getByRole('link', { name: labelOf(name), exact: true });
  const copy = editor.page.getByRole('button', { name: 'Import copy', exact: true });
  const before = await tabs.count();
  const entries = await openMenu(editor);
  await editor.untilStill();
  await entries.getByText(name, { exact: true }).click();
  await editor.page.locator('#red-ui-clipboard-dialog-ok').click();
  const isImported = async (): Promise<boolean> => (await tabs.count()) > before;
  await until('the import, or the question about it', async () => (await isImported()) || (await copy.count()) > 0);
  const isAsked = (await copy.count()) > 0;
  if (isAsked) await copy.click();
  await until('the tab', isImported);
  return isAsked ? 'copied' : 'imported';
}

/** Imports an example with the function that the import dialog calls, because the dialog itself is slow. */
async function importDirectly(editor: Editor, name: string): Promise<void> {
  const nodes = JSON.stringify(read(name));
  await editor.page.evaluate(`RED.view.importNodes(${nodes}, { touchImport: true, generateIds: false })`);
  await editor.page.getByRole('link', { name: labelOf(name), exact: true }).waitFor({ state: 'attached' });
}

/** Properties of a DOM element that the tests read. */
interface Label {
  textContent: string;
  scrollWidth: number;
  clientWidth: number;
}

/** Returns the warnings and errors that the editor shows. */
function complaints(editor: Editor): Promise<string[]> {
  return editor.page.locator('.red-ui-notification-error, .red-ui-notification-warning').allInnerTexts();
}
