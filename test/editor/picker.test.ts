import assert from 'node:assert/strict';
import { becomes } from '../support/becomes';
import { sized } from '../support/size';
import { until } from '../support/wait';
import { Desk } from './support';
import { askWhichOne, byName, checkChoicesWithAxe, chooseByTags, resolveChoices, typeNames } from './support/choosing';
import { ACCOUNT, bedroomLamp, deployLamp, keepTargetsWhileOffline, savedTargets } from './support/lamp-flow';
import { Picker } from './support/picker';

/** The name of a lamp, which would run a script if it were added to the page as HTML. */
const MARKUP = '<img src=x onerror="window.cozifyWasHere=1"> & <b>valo</b>';

describe('The picker', () => {
  const desk = Desk.forSuite({ hubs: [{ name: 'Koti' }] });

  before(() => void desk.hub.home.addLike('Eteisen valo', MARKUP));

  it('keeps the chosen targets and saves a typed name while the hub is offline', () => keepTargetsWhileOffline(desk));

  it('chooses with letters, arrows and Enter, and closes the list with Escape', async () => {
    const hub = await deployLamp(desk);
    const lamp = bedroomLamp(hub);
    const editor = await desk.usedEditor();
    await editor.openNode('lamp');
    const picker = new Picker(editor.page);
    const { keyboard } = editor.page;
    await picker.search.focus();
    await until('the list', () => picker.list.isVisible());
    await becomes(() => picker.search.getAttribute('aria-expanded'), 'true');
    await keyboard.type('kattovalo bed');
    await becomes(async () => (await picker.rows()).at(-1), ' | Use the name “kattovalo bed” as it is | ');
    await becomes(() => picker.search.getAttribute('aria-activedescendant'), 'cozify-target-option-0');
    const [title, row, ...others] = await picker.rows();
    assert.deepEqual([title, others.length], ['Bedroom', 1]);
    assert.match(row ?? '', /^\* lightbulb-o \| Kattovalo \| (on|off)/);
    await keyboard.press('Enter');
    await until('the choice', async () => (await picker.ids()).join() === lamp.id);
    await becomes(() => picker.search.inputValue(), '');
    // Enter on a chosen row removes the choice.
    for (const expected of ['', lamp.id]) {
      await picker.searchFor('kattovalo bed');
      await until('what was typed for', async () => (await picker.options.count()) === 2);
      await becomes(() => picker.search.getAttribute('aria-activedescendant'), 'cozify-target-option-0');
      await keyboard.press('Enter');
      await becomes(async () => (await picker.ids()).join(), expected);
    }
    await keyboard.press('ArrowDown');
    await until('the list again', () => picker.list.isVisible());
    await keyboard.press('Escape');
    await picker.list.waitFor({ state: 'hidden' });
    await becomes(() => picker.line(), '~1 chosen');
    assert.equal(await picker.search.getAttribute('aria-expanded'), 'false');
    assert.equal(await picker.search.getAttribute('aria-activedescendant'), null);
    await becomes(() => editor.page.locator('#node-dialog-ok').isVisible(), true, 'the dialog is still open');
    await keyboard.insertText('hallway');
    await until('the matches', async () =>
      /Hallway.*Eteisen valo/s.test((await picker.options.allInnerTexts()).join()),
    );
    await until('no other device', async () => (await picker.options.count()) < 10);
    await keyboard.press('ArrowDown');
    await keyboard.press('ArrowDown');
    await keyboard.press('ArrowDown');
    await keyboard.press('ArrowUp');
    await keyboard.press('Enter');
    await until('both choices', async () => (await picker.ids()).length === 2);
    await keyboard.press('ArrowDown');
    await until('a list that scrolls', async () => (await picker.options.count()) > 20);
    await keyboard.press('End');
    const last = (await picker.options.count()) - 1;
    assert.equal(await picker.search.getAttribute('aria-activedescendant'), `cozify-target-option-${last}`);
    await becomes(() => editor.page.evaluate<boolean>(isInList(last)), true, 'it is scrolled to');
    await keyboard.press('Tab');
    const next = await editor.page.evaluate<string>('document.activeElement.id');
    assert.equal(next, 'cozify-do', 'Tab goes on to the next row');
    await editor.closeNode('ok');
    await editor.deploy();
    const saved = savedTargets(await desk.nodeRed.flows()) as { id: string; hub: string }[];
    assert.deepEqual([saved.length, saved[0]?.id, saved[0]?.hub], [2, lamp.id, hub.id]);
  });

  it('shows the current state of a chosen device, makes it blink, and removes it, each with a button', async () => {
    const hub = await deployLamp(desk);
    const lamp = bedroomLamp(hub);
    hub.home.change(lamp.id, { isOn: false });
    const editor = await desk.usedEditor();
    await editor.openNode('lamp');
    const picker = new Picker(editor.page);
    await picker.choose('bed', lamp.id);
    await until('its state', async () => /Bedroom · off/.test(await picker.chips.innerText()));
    hub.home.change(lamp.id, { isOn: true, brightness: 0.6 });
    await until('its new state', async () => /on 60 %/.test(await picker.chips.innerText()));
    assert.deepEqual(await picker.chipTexts(), [
      'Kattovalo Bedroom · on 60 % [On: Kattovalo] [Off: Kattovalo] [Blink: Kattovalo] [Remove Kattovalo]',
    ]);
    hub.log.clear();
    await picker.chips.locator('[data-do=blink]').click();
    await until('the command', () => hub.log.commands.length > 0);
    assert.deepEqual(
      hub.log.commands.map(({ id, type }) => [id, type]),
      [[lamp.id, 'CMD_IDENTIFY']],
    );
    await picker.chips.locator('[data-do=remove]').click();
    assert.deepEqual(await picker.ids(), []);
    assert.ok(await picker.hasFocus());
    await picker.type('onerror');
    const marked = picker.options.filter({ hasText: MARKUP });
    await marked.click();
    await until('the choice', async () => (await picker.names()).includes(MARKUP));
    assert.equal(await editor.page.evaluate(`window.cozifyWasHere`), undefined, 'markup in a name is text');
    await becomes(() => editor.page.locator('.cozify-picker img, .cozify-picker b').count(), 0);
    await editor.closeNode('cancel');
  });

  it('lists only targets that support the chosen command', async () => {
    await deployLamp(desk);
    const editor = await desk.usedEditor();
    await editor.openNode('lamp');
    const picker = new Picker(editor.page);
    await picker.searchFor('bedroom');
    await picker.list.locator('[data-kind=room]').click();
    await picker.list.locator('[data-kind=room][data-row=choose]').click();
    await becomes(() => picker.chipTexts(), /^Bedroom room, its lamps 2 lamps · (on|off) \[On: .*\[Remove Bedroom\]$/);
    await editor.page.keyboard.press('Backspace');
    await picker.type('sauna');
    await until('the stove of the sauna', async () => /kiuas/.test(await picker.list.innerText()));
    await picker.untilAnnounced(/found/);
    assert.doesNotMatch(await picker.list.innerText(), /lämpömittari/);
    await editor.page.locator('#cozify-do').selectOption('close');
    await picker.type('');
    await until('the alarms alone', async () => {
      const kinds = await picker.options.evaluateAll((all) => all.map((one) => one.getAttribute('data-kind')));
      return kinds.length > 0 && kinds.every((kind) => kind === 'alarm');
    });
    await editor.closeNode('cancel');
  });

  it('works in the dialogs of all device nodes, and lists only buttons for the button node', async () => {
    const hub = await deployLamp(desk);
    const chosen = {
      read: ['sau läm', hub.home.device('Saunan lämpömittari').id],
      wait: ['ovi', hub.home.device('Ulko-ovi').id],
    } as const;
    const editor = await desk.usedEditor();
    const picker = new Picker(editor.page);
    for (const [node, [text, id]] of Object.entries(chosen)) {
      await editor.openNode(node);
      await picker.choose(text, id);
      await editor.closeNode('ok');
    }
    await editor.deploy();
    const flows = await desk.nodeRed.flows();
    for (const [node, [, id]] of Object.entries(chosen)) {
      assert.deepEqual((savedTargets(flows, node) as { id: string }[])[0]?.id, id, node);
    }
    await editor.openNode('button');
    await picker.search.click();
    await picker.untilAnnounced(/found/);
    const names = await picker.options.locator('.cozify-target-name').allInnerTexts();
    assert.deepEqual(names, ['Bedroom', 'Hallway', 'Yöpöydän painike', 'Eteisen seinäkytkin']);
    await editor.closeNode('cancel');
  });

  it('keeps typed text: a single match is chosen, any other text becomes a name', () => typeNames(desk));

  it('asks which target is meant if several match the typed text or a saved name', () => askWhichOne(desk));

  it('resolves choices by name, and runs the command of a button immediately', () => resolveChoices(desk));

  it('filters by rooms and kinds of devices', () => chooseByTags(desk));

  it('has no accessibility violation according to axe', () => checkChoicesWithAxe(desk));

  it('updates the status after the account changes and after the hub comes back', async () => {
    const hub = await deployLamp(desk);
    await deployLamp(desk, { targets: [byName('Lukuvalo')] });
    const flows = await desk.nodeRed.flows();
    const other = { ...flows.find(({ id }) => id === ACCOUNT), id: 'stranger', name: 'Mökki', email: 'x@example.fi' };
    await desk.nodeRed.deploy([...flows, other as never]);
    const editor = await desk.usedEditor();
    await editor.openNode('lamp');
    const picker = new Picker(editor.page);
    await until('what it is', async () => (await picker.chips.getAttribute('data-is')) === 'found');
    await editor.page.locator('#node-input-account').selectOption('stranger');
    await picker.untilAnnounced(/log in/);
    await until('that nobody knows', async () => (await picker.chips.getAttribute('data-is')) === 'unknown');
    await editor.page.locator('#node-input-account').selectOption(ACCOUNT);
    await picker.untilAnnounced(/^1 chosen$/);
    await hub.goOffline();
    await picker.untilAnnounced(/can't be reached/);
    await hub.goOnline();
    await becomes(() => picker.line(), '~1 chosen');
    await editor.closeNode('cancel');
  });
});

describe('The picker with two hubs', () => {
  const desk = Desk.forSuite({ hubs: [{ name: 'Koti' }, { name: 'Mökki' }] });

  it('names the hub of each thing, and searches in one of them', async () => {
    await deployLamp(desk);
    const [, cabin] = desk.simulator.hubs;
    assert.ok(cabin);
    const stove = cabin.home.device('Saunan kiuas');
    await deployLamp(desk, {
      targets: [{ hub: cabin.id, kind: 'device', id: stove.id, name: 'Kiuas' }, byName('Lukuvalo')],
    });
    const editor = await desk.usedEditor();
    const { page } = editor;
    await editor.openNode('lamp');
    const picker = new Picker(page);
    const stoveText = 'Saunan kiuas Mökki · Sauna · off [On: Saunan kiuas] [Off: Saunan kiuas] [Remove Saunan kiuas]';
    const lampAt = (hubName: string): string =>
      `Lukuvalo by name ${hubName} · Bedroom · off [On: Lukuvalo] [Off: Lukuvalo] [Blink: Lukuvalo] [Remove Lukuvalo]`;
    await becomes(() => picker.chipTexts(), [stoveText, lampAt('Koti')]);
    await picker.search.click();
    await until('the hubs', async () => (await picker.rows()).includes('Hubs'));
    assert.deepEqual((await picker.rows()).slice(0, 3), ['Hubs', 'server | Koti | ›', 'server | Mökki | ›']);
    await picker.option(cabin.id).click();
    await until('the list of the hub', async () => (await picker.rows()).includes('angle-left | Back | '));
    assert.ok(await picker.hasFocus());
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.locator('#cozify-more').click();
    await page.locator('#node-input-hub').selectOption(cabin.id);
    await becomes(() => picker.chipTexts(), [stoveText, lampAt('Mökki')], 'the name is looked up at the chosen hub');
    await editor.closeNode('cancel');
  });
});

/** Number of devices in a large home. */
const DEVICES = sized(300, 10_000);

describe('The picker in a large home', () => {
  const desk = Desk.forSuite({ hubs: [{ name: 'Koti', home: { devices: DEVICES } }] });

  it('finds each of 120 choices, lists pages of 50, and turns them with the keyboard', async () => {
    await deployLamp(desk);
    const targets = desk.simulator.hubs.flatMap(({ id: hub, home }) =>
      home.devices.slice(0, 120).map(({ id, name }) => ({ hub, kind: 'device', id, name: String(name) })),
    );
    await deployLamp(desk, { targets });
    const editor = await desk.usedEditor();
    const picker = new Picker(editor.page);
    const { keyboard } = editor.page;
    await editor.openNode('lamp');
    await becomes(() => editor.page.locator('.cozify-target-chip[data-is=found]').count(), 120);
    await becomes(() => editor.page.locator('[data-is=gone]').count(), 0);
    await picker.search.click();
    await becomes(() => picker.options.count(), 50);
    const first = await picker.options.first().getAttribute('data-id');
    await picker.untilAnnounced(/· Page 1$/);
    await becomes(() => picker.turns(), ['Next 50']);
    await editor.page.locator('.cozify-target-turn [data-do=next]').click();
    await picker.untilAnnounced(/· Page 2$/);
    await becomes(() => picker.turns(), ['Back', 'Next 50']);
    assert.ok(await picker.hasFocus());
    await keyboard.press('PageUp');
    await picker.untilAnnounced(/· Page 1$/);
    await keyboard.press('PageDown');
    await picker.untilAnnounced(/· Page 2$/);
    await becomes(() => picker.options.count(), 50);
    assert.notEqual(await picker.options.first().getAttribute('data-id'), first);
    await keyboard.press('PageUp');
    await picker.untilAnnounced(/· Page 1$/);
    await becomes(() => picker.options.first().getAttribute('data-id'), first);
    await keyboard.press('Escape');
    await becomes(() => picker.turns(), []);
    await editor.closeNode('cancel');
  });
});

/** Returns code that checks whether a row is in the visible part of the list. */
function isInList(row: number): string {
  return `(() => {
    const ids = ['cozify-target-option-${row}', 'cozify-target-list'];
    const [inner, outer] = ids.map((id) => document.getElementById(id).getBoundingClientRect());
    return inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1;
  })()`;
}
