import assert from 'node:assert/strict';
import { Desk, type Editor, LOCALES, text, until } from './support';
import { becomes } from '../support/becomes';
import { sized } from '../support/size';
import { types } from '../nodes/support/shipped';
import { Picker } from './support/picker';

describe('The palette', () => {
  const desk = Desk.forSuite();

  /**
   * Returns the labels of the package's nodes in the order of the palette. Removes white space, because Node-RED
   * changes it in labels.
   */
  const labels = async ({ page }: Editor): Promise<string[]> => {
    const shown = await page.locator('#red-ui-palette-cozify .red-ui-palette-label').allTextContents();
    return shown.map((label) => label.replace(/\s+/g, ''));
  };

  it('lists the home nodes before the login nodes, all by different names, in Finnish', async () => {
    const shown = await labels(await desk.editor({ locale: LOCALES.fi }));
    const home = ['ohjaa', 'lue', 'muutokset', 'painike', 'odota', 'pyyntö'];
    const login = ['kirjaudu', 'tarkista', 'pidennäkirjautumista', 'pilviavain', 'sähköposti', 'nollaa'];
    const places = (names: readonly string[]): number[] => names.map((name) => shown.indexOf(name));
    const all = [...home, ...login, 'tilintapahtumat'];
    assert.ok(!places(all).includes(-1), `it has ${shown.join(', ')}`);
    assert.ok(Math.max(...places(home)) < Math.min(...places(all.slice(home.length))), shown.join(', '));
  });
});

const SET = '/nodes/@cozify-community/node-red-cozify/';

describe('The package with a node disabled in the palette', () => {
  const desk = Desk.forSuite();

  afterEach(async () => {
    for (const type of types) await enable(type, true);
  });

  /** Enables or disables a node type with the same request as the palette manager. */
  async function enable(type: string, enabled: boolean): Promise<void> {
    const reply = await desk.nodeRed.admin('PUT', SET + type, { enabled });
    assert.equal(reply.status, 200, reply.text);
  }

  const inPalette = ({ page }: Editor, type: string): Promise<number> =>
    page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`).count();

  it('shows the other nodes, and the disabled one in the open editor once it is enabled', async () => {
    const visible = types.filter((type) => type !== 'cozify-account');
    // `npm run test:long` tests all types.
    for (const type of sized(['cozify-read'], visible)) {
      await enable(type, false);
      const editor = await desk.editor({ locale: LOCALES.fi });
      for (const other of visible) assert.equal(await inPalette(editor, other), other === type ? 0 : 1, other);
      await enable(type, true);
      await until(`${type} in the editor`, () => editor.page.evaluate<boolean>(`!!RED.nodes.getType('${type}')`));
      await desk.tidy();
    }
  });

  it('opens dialogs without the account type, with an explanation, and with all rows once it is enabled', async () => {
    await enable('cozify-account', false);
    const editor = await desk.editor({ locale: LOCALES.fi });
    const { page } = editor;
    const noAccount = text('fi', 'open.disabled');
    // Tests one dialog with targets and one without. `npm run test:long` tests all dialogs.
    const others = types.filter((type) => type !== 'cozify-account');
    for (const type of others) assert.equal(await inPalette(editor, type), 1, type);
    for (const [index, type] of sized(['cozify-command', 'cozify-ping'], others).entries()) {
      const id = await editor.drag(type, 300 + 250 * (index % 3), 60 + 60 * Math.floor(index / 3));
      const label = await editor.node(id).locator('.red-ui-flow-node-label').innerHTML();
      assert.notEqual(label.replace(/<[^>]*>/g, '').trim(), '', `${type} has a label`);
      const dialog = await editor.openNode(id);
      await dialog.getByText(noAccount).waitFor();
      await editor.closeNode('ok');
    }
    await enable('cozify-account', true);
    await until('the account', () => page.evaluate<boolean>(`!!RED.nodes.getType('cozify-account')`));
    const id = await editor.drag('cozify-command', 300, 460);
    const dialog = await editor.openNode(id);
    await becomes(() => new Picker(page).search.isVisible(), true);
    await becomes(() => dialog.getByText(noAccount).count(), 0);
    await editor.closeNode('cancel');

    // The type is disabled again in this editor, which has loaded it.
    await enable('cozify-account', false);
    await until('the account to go', () =>
      page.evaluate<boolean>(`!RED.nodes.registry.getNodeSetForType('cozify-account').enabled`),
    );
    const hasAction = `RED.actions.list().some(({ id }) => id === 'cozify:log-in-to-cozify')`;
    await becomes(() => page.evaluate<boolean>(hasAction), false);
    await editor.openNode(id);
    await becomes(() => new Picker(page).search.isVisible(), true);
    await editor.closeNode('ok');
  });

  it('is served in the order of package.json', async () => {
    const reply = await desk.nodeRed.admin('GET', '/nodes', undefined, { accept: 'text/html' });
    const sets = [...reply.text.matchAll(/\[red-module:@cozify-community\/node-red-cozify\/([\w-]+)\]/g)];
    assert.deepEqual(
      sets.map(([, type]) => type),
      types,
    );
  });
});
