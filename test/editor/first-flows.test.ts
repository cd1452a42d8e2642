import assert from 'node:assert/strict';
import { until } from '../support/wait';
import { Desk, type Editor } from './support';
import { chooseOf, countEffort } from './support/effort';
import { addLogin, assertEffort, openEmptyEditor } from './support/first-lamp';
import { Picker } from './support/picker';

describe('The first flows after the lamp, from an empty editor', () => {
  const desk = Desk.forSuite();

  it('switch the light of the hall off after 5 minutes without motion, and toggle it with a wall switch', async () => {
    const editor = await openEmptyEditor(desk);
    const { page } = editor;
    let effort = await countEffort(page);
    const changes = await editor.drag('cozify-changes', 120, 200);
    const off = await addCommand(editor, changes, 200);
    await editor.openNode(changes);
    await addLogin(desk, editor);
    await new Picker(page).choose('liike', idOf('Eteisen liiketunnistin'));
    await page.locator('#cozify-when-condition').click();
    await chooseOf(page, '#node-input-condition-field', 'motion');
    await chooseOf(page, '#node-input-condition-value', 'false');
    await page.locator('#cozify-for').click();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('5');
    await chooseOf(page, '#cozify-for-unit', 'min');
    await editor.closeNode('ok');
    await commandTo(editor, off, 'off');
    assertEffort(await effort(), { clicks: 22, drags: 3, keys: 49 });
    const saved = await desk.nodeRed.flows();
    const motion = saved.find(({ type }) => type === 'cozify-changes');
    assert.deepEqual([motion?.['condition'], motion?.['for']], [{ field: 'motion', op: 'is', value: false }, 300]);
    assert.equal(saved.find(({ type }) => type === 'cozify-command')?.['command'], 'off');

    effort = await countEffort(page);
    const button = await editor.drag('cozify-button', 120, 320);
    const toggle = await addCommand(editor, button, 320);
    await editor.openNode(button);
    await new Picker(page).choose('seinä', idOf('Eteisen seinäkytkin'));
    await editor.closeNode('ok');
    await commandTo(editor, toggle, 'toggle');
    assertEffort(await effort(), { clicks: 11, drags: 3, keys: 20 });
    const { home } = desk.hub;
    const isOn = (): unknown => home.device('Eteisen valo').state['isOn'];
    const before = isOn();
    await until('the lamp to be toggled', async () => {
      home.press('Eteisen seinäkytkin', 1);
      await page.waitForTimeout(2_000);
      return isOn() !== before;
    });
  });

  /** Adds a command node, and wires it to another node. */
  async function addCommand(editor: Editor, from: string, y: number): Promise<string> {
    const to = await editor.drag('cozify-command', 480, y);
    await editor.wire(from, 0, to);
    return to;
  }

  /** Chooses the hall lamp and a command for it, and deploys. */
  async function commandTo(editor: Editor, node: string, what: string): Promise<void> {
    await editor.openNode(node);
    await new Picker(editor.page).choose('eteisen valo', idOf('Eteisen valo'));
    await chooseOf(editor.page, '#cozify-do', what);
    await editor.closeNode('ok');
    await editor.deploy();
  }

  function idOf(name: string): string {
    return desk.hub.home.device(name).id;
  }
});
