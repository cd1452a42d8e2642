import assert from 'node:assert/strict';
import { say } from '../support/size';
import { until } from '../support/wait';
import { Desk, type Editor } from './support';
import { chooseOf, countEffort, type Effort } from './support/effort';
import { logInByTyping } from './support/first-login';
import { bedroomLamp } from './support/lamp-flow';
import { Picker } from './support/picker';

describe('The first flows as the README tells them, from an empty editor', () => {
  let desk: Desk;
  let people = 0;

  before(async () => {
    desk = await Desk.open();
  });
  beforeEach(async () => {
    await desk.nodeRed.deploy([{ id: 'tab', type: 'tab', label: 'Flow 1' }]);
  });
  afterEach(() => desk.tidy());
  after(() => desk.close());

  it('a lamp is lit: nothing is deployed before the lamp is chosen', async () => {
    const { simulator, nodeRed } = desk;
    const [hub] = simulator.hubs;
    assert.ok(hub);
    const lamp = bedroomLamp(hub);
    hub.home.change(lamp.id, { isOn: false });
    const mails = simulator.mails.length;

    const editor = await desk.editor();
    const effort = await countEffort(editor.page);
    const inject = await editor.drag('inject', 120, 200);
    const command = await editor.drag('cozify-command', 340, 200);
    await editor.wire(inject, 0, command);
    await editor.openNode(command);
    await logIn(editor);
    await new Picker(editor.page).choose('bed', lamp.id);
    await chooseOf(editor.page, '#cozify-do', 'on');
    await editor.closeNode('ok');
    await editor.deploy();
    assertEffort(await effort(), { clicks: 10, drags: 3, keys: 30 });
    assert.deepEqual(editor.refusals, []);
    await nodeRed.inject(inject);
    await until('the lamp to be lit', () => lamp.isOn() === true);
    assert.equal(simulator.mails.length, mails + 1);
  });

  it('no motion for 5 minutes switches the hall off', async () => {
    const { page, editor, effort, from, to: command } = await wired('cozify-changes');
    await editor.openNode(from);
    await logIn(editor);
    await new Picker(page).choose('liike', idOf('Eteisen liiketunnistin'));
    await page.locator('#cozify-when-condition').click();
    await chooseOf(page, '#node-input-condition-field', 'motion');
    await chooseOf(page, '#node-input-condition-value', 'false');
    await page.locator('#cozify-for').click();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('5');
    await chooseOf(page, '#cozify-for-unit', 'min');
    await editor.closeNode('ok');
    await commandTo(editor, command, 'off');
    assertEffort(await effort(), { clicks: 22, drags: 3, keys: 49 });
    const saved = await desk.nodeRed.flows();
    const heard = saved.find(({ type }) => type === 'cozify-changes');
    assert.deepEqual([heard?.['condition'], heard?.['for']], [{ field: 'motion', op: 'is', value: false }, 300]);
    assert.equal(saved.find(({ type }) => type === 'cozify-command')?.['command'], 'off');
  });

  it('a wall switch toggles a lamp', async () => {
    const { page, editor, effort, from, to: command } = await wired('cozify-button');
    await editor.openNode(from);
    await logIn(editor);
    await new Picker(page).choose('seinä', idOf('Eteisen seinäkytkin'));
    await editor.closeNode('ok');
    await commandTo(editor, command, 'toggle');
    assertEffort(await effort(), { clicks: 14, drags: 3, keys: 45 });
    const home = desk.simulator.hubs[0]?.home;
    const isOn = (): unknown => home?.device('Eteisen valo').state['isOn'];
    const before = isOn();
    await until('the lamp to be toggled', async () => {
      home?.press('Eteisen seinäkytkin', 1);
      await page.waitForTimeout(2_000);
      return isOn() !== before;
    });
  });

  /** A node that hears, wired to a command. */
  async function wired(type: string) {
    const editor = await desk.editor();
    const effort = await countEffort(editor.page);
    const from = await editor.drag(type, 120, 200);
    const to = await editor.drag('cozify-command', 480, 200);
    await editor.wire(from, 0, to);
    return { page: editor.page, editor, effort, from, to };
  }

  /** Chooses the hall's lamp and what becomes of it, and deploys. */
  async function commandTo(editor: Editor, node: string, what: string): Promise<void> {
    await editor.openNode(node);
    await new Picker(editor.page).choose('eteisen valo', idOf('Eteisen valo'));
    await chooseOf(editor.page, '#cozify-do', what);
    await editor.closeNode('ok');
    await editor.deploy();
  }

  function idOf(name: string): string {
    return desk.simulator.hubs[0]?.home.device(name).id ?? '';
  }

  /** Adds an account in the open dialog of a node, and logs in as somebody new. */
  async function logIn(editor: Editor): Promise<void> {
    const { simulator } = desk;
    const email = `owner${++people}@example.fi`;
    const dialog = await editor.addAccount();
    // The practice home is no real cloud: nobody has to do that.
    await editor.page.evaluate(`$('#node-config-input-cloudUrl').val('${simulator.cloudUrl}').trigger('change')`);
    await logInByTyping(dialog, simulator, email);
    await dialog.untilFocused(dialog.ok);
    await dialog.keep();
  }
});

/** Not more than that: what is needless is noticed. */
function assertEffort(is: Effort, most: Effort): void {
  const isFine = is.clicks <= most.clicks && is.drags <= most.drags && is.keys <= most.keys;
  assert.ok(isFine, `${JSON.stringify(is)}, and at most ${JSON.stringify(most)}`);
  say(`  ${JSON.stringify(is)}`);
}
