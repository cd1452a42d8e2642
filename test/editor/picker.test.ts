import assert from 'node:assert/strict';
import { becomes } from '../support/becomes';
import { until } from '../support/wait';
import { Desk } from './support';
import { byName } from './support/choosing';
import { bedroomLamp, deployLamp, takeOffline, keepTargetsWhileOffline, savedTargets } from './support/lamp-flow';
import { Picker } from './support/picker';

describe('The picker', () => {
  let desk: Desk;

  before(async () => {
    desk = await Desk.open({}, { hubs: [{ name: 'Koti' }] });
  });
  afterEach(async () => {
    for (const hub of desk.simulator.hubs) await hub.goOnline();
    await desk.tidy();
  });
  after(() => desk?.close());

  it('keeps the chosen targets while the hub is offline', () => keepTargetsWhileOffline(desk));

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
    await until('what was typed for', async () => (await picker.options.count()) === 2);
    await becomes(() => picker.search.getAttribute('aria-activedescendant'), 'cozify-target-option-0');
    const [title, row, typed] = await picker.rows();
    assert.deepEqual([title, typed], ['Bedroom', ' | Use the name “kattovalo bed” as it is | ']);
    assert.match(row ?? '', /^\* lightbulb-o \| Kattovalo \| (on|off)/);
    await keyboard.press('Enter');
    await until('the choice', async () => (await picker.ids()).join() === lamp.id);
    await becomes(() => picker.search.inputValue(), '');
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
    await keyboard.press('Tab');
    const next = await editor.page.evaluate<string>('document.activeElement.id');
    assert.equal(next, 'cozify-do', 'Tab goes on to the next row');
    await editor.closeNode('ok');
    await editor.deploy();
    const saved = savedTargets(await desk.nodeRed.flows()) as { id: string; hub: string }[];
    assert.deepEqual([saved.length, saved[0]?.id, saved[0]?.hub], [2, lamp.id, hub.id]);
  });

  it('shows the current state of a chosen device, and removes the device with its button', async () => {
    const hub = await deployLamp(desk);
    const lamp = bedroomLamp(hub);
    hub.home.change(lamp.id, { isOn: false });
    const editor = await desk.usedEditor({ locale: 'fi-FI' });
    await editor.openNode('lamp');
    const picker = new Picker(editor.page);
    await picker.choose('mak', lamp.id);
    await until('its state', async () => /Makuuhuone · pois/.test(await picker.chips.innerText()));
    hub.home.change(lamp.id, { isOn: true, brightness: 0.6 });
    await until('its new state', async () => /päällä 60 %/.test(await picker.chips.innerText()));
    assert.deepEqual(await picker.chipTexts(), [
      'Kattovalo Makuuhuone · päällä 60 % ' +
        '[Päälle: Kattovalo] [Pois: Kattovalo] [Vilkuta: Kattovalo] [Poista valinta: Kattovalo]',
    ]);
    await picker.chips.locator('[data-do=remove]').click();
    assert.deepEqual(await picker.ids(), []);
    assert.ok(await picker.hasFocus());
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

  it('makes a lamp blink', async () => {
    const hub = await deployLamp(desk);
    const lamp = bedroomLamp(hub);
    const editor = await desk.usedEditor();
    await editor.openNode('lamp');
    const picker = new Picker(editor.page);
    await picker.choose('kattovalo', lamp.id);
    hub.log.clear();
    await picker.chips.locator('[data-do=blink]').click();
    await picker.untilAnnounced(/Kattovalo blinks/);
    assert.deepEqual(
      hub.log.commands.map(({ id, type }) => [id, type]),
      [[lamp.id, 'CMD_IDENTIFY']],
    );
    await editor.closeNode('cancel');
  });

  it('works in the dialogs of all device nodes, and lists only buttons for the button node', async () => {
    const hub = await deployLamp(desk);
    const idOf = (name: string): string => hub.home.devices.find((device) => device.name === name)?.id ?? name;
    const chosen = {
      read: ['sau läm', idOf('Saunan lämpömittari')],
      changes: ['ulko', idOf('Ulkolämpötila')],
      wait: ['ovi', idOf('Ulko-ovi')],
      button: ['', idOf('Eteisen seinäkytkin')],
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

  it('offers the rooms and capabilities of the home if nothing is chosen', async () => {
    const hub = await deployLamp(desk);
    const bedroom = hub.home.all('rooms').find(({ name }) => name === '$BEDROOM');
    const editor = await desk.usedEditor();
    const { page } = editor;
    await editor.openNode('read');
    await page.locator('#cozify-filter').click();
    await page.getByRole('button', { name: 'Bedroom' }).click();
    await page.getByRole('button', { name: 'lamps' }).click();
    await becomes(() => page.locator('#cozify-filter-rows [aria-pressed=true]').allInnerTexts(), ['Bedroom', 'lamps']);
    await editor.closeNode('ok');
    await editor.deploy();
    const saved = (await desk.nodeRed.flows()).find(({ id }) => id === 'read');
    assert.deepEqual([saved?.['rooms'], saved?.['capabilities']], [[bedroom?.id], ['CONTROL_LIGHT']]);
    assert.equal(saved?.['capabilitiesMatch'], 'any', 'what the dialog does not show is kept');
    await editor.openNode('read');
    await page.locator('#cozify-filter').click();
    await page.locator('#cozify-rooms button').nth(5).waitFor();
    await becomes(() => page.locator('#cozify-rooms [aria-pressed=true]').innerText(), 'Bedroom');
    await editor.closeNode('ok');
  });

  it('shows markup in a name as text', async () => {
    const hub = await deployLamp(desk);
    const lamp = bedroomLamp(hub);
    const name = '<img src=x onerror="window.cozifyWasHere=1"> & <b>valo</b>';
    hub.home.rename('devices', lamp.id, name);
    const editor = await desk.usedEditor();
    await editor.openNode('lamp');
    const picker = new Picker(editor.page);
    await picker.type('onerror');
    // The list shows the matches of the earlier search until the answer arrives.
    await until('the name', async () => (await picker.options.allInnerTexts()).some((text) => text.includes(name)));
    await picker.option(lamp.id).click();
    await until('the choice', async () => (await picker.names()).includes(name));
    assert.equal(await editor.page.evaluate(`window.cozifyWasHere`), undefined);
    await becomes(() => editor.page.locator('.cozify-picker img, .cozify-picker b').count(), 0);
    await editor.closeNode('cancel');
    hub.home.rename('devices', lamp.id, 'Kattovalo');
  });

  it('saves a typed name with Done while the hub is offline', async () => {
    const hub = await deployLamp(desk);
    const lamp = bedroomLamp(hub);
    const chosen = { hub: hub.id, kind: 'device', id: lamp.id, name: 'Kattovalo' };
    await deployLamp(desk, { targets: [chosen] });
    const editor = await desk.usedEditor();
    await takeOffline(desk, editor, hub);
    await editor.openNode('lamp');
    const picker = new Picker(editor.page);
    await picker.type('Uusi valo');
    await picker.untilAnnounced(/from \d/);
    await until('the offer', async () => /as it is/.test(await picker.list.innerText()));
    await editor.closeNode('ok');
    await hub.goOnline();
    await editor.deploy();
    assert.deepEqual(savedTargets(await desk.nodeRed.flows()), [
      chosen,
      { hub: '', kind: '', id: '', name: 'Uusi valo' },
    ]);
  });

  it('keeps a choice that the hub no longer has, marked “not found”, until another takes its place', async () => {
    const hub = await deployLamp(desk);
    const lamp = bedroomLamp(hub);
    const gone = { hub: hub.id, kind: 'device', id: 'gone', name: 'Vanha valo' };
    const reading = hub.home.devices.find(({ name }) => name === 'Lukuvalo');
    assert.ok(reading);
    await deployLamp(desk, { targets: [gone, { ...gone, id: reading.id, name: 'Lukuvalo' }] });
    const editor = await desk.usedEditor();
    await editor.openNode('lamp');
    const picker = new Picker(editor.page);
    await becomes(() => picker.line(), '!2 chosen, 1 needs a look');
    assert.equal(
      (await picker.chipTexts())[0],
      'Vanha valo not found: it was removed or renamed. Choose another [Choose another: Vanha valo] [Remove Vanha valo]',
    );
    await editor.closeNode('ok');
    assert.equal(await editor.isDeployLit(), false);
    await editor.openNode('lamp');
    await picker.chips.locator('[data-do=choose]').click();
    assert.ok(await picker.hasFocus());
    await picker.choose('kattovalo bed', lamp.id);
    await becomes(() => picker.ids(), [lamp.id, reading.id]);
    await becomes(() => picker.line(), '~2 chosen');
    await editor.page.keyboard.press('Backspace');
    await becomes(() => picker.search.inputValue(), 'Lukuvalo');
    await becomes(() => picker.ids(), [lamp.id], 'only the last is edited');
    await editor.closeNode('cancel');
  });
});

describe('The picker with two hubs', () => {
  let desk: Desk;

  before(async () => {
    desk = await Desk.open({}, { hubs: [{ name: 'Koti' }, { name: 'Mökki' }] });
  });
  afterEach(() => desk.tidy());
  after(() => desk?.close());

  it('names the hub of each thing, and searches in one of them', async () => {
    await deployLamp(desk);
    const [, cabin] = desk.simulator.hubs;
    assert.ok(cabin);
    const stove = cabin.home.devices.find(({ name }) => name === 'Saunan kiuas');
    assert.ok(stove);
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

describe('The picker with 10 000 devices', () => {
  let desk: Desk;

  before(async () => {
    desk = await Desk.open({}, { hubs: [{ name: 'Koti', home: { devices: 10_000 } }] });
  });
  afterEach(() => desk.tidy());
  after(() => desk?.close());

  it('lists pages of 50, turns them with the keyboard, searches, and prints the times', async () => {
    await deployLamp(desk);
    const editor = await desk.usedEditor();
    const picker = new Picker(editor.page);
    const { keyboard } = editor.page;
    await editor.openNode('lamp');
    const times: Record<string, number> = {};
    const timed = async (what: string, work: () => Promise<unknown>): Promise<void> => {
      const from = performance.now();
      await work();
      times[what] = Math.round(performance.now() - from);
    };
    await timed('to open', async () => {
      await picker.search.click();
      await picker.options.first().waitFor();
    });
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
    await keyboard.press('ArrowUp');
    await timed('for a letter', async () => {
      await keyboard.type('k');
      await until('another list', async () => (await picker.options.first().getAttribute('data-id')) !== first);
    });
    assert.ok((await picker.options.count()) <= 51, 'with the name as it is typed');
    console.log(`      ${JSON.stringify(times)} ms`);
    await keyboard.press('Escape');
    await becomes(() => picker.turns(), []);
    await editor.closeNode('cancel');
  });

  it('finds each of 120 choices, and marks none of them as gone', async () => {
    const [hub] = desk.simulator.hubs;
    assert.ok(hub);
    const targets = hub.home.devices
      .slice(0, 120)
      .map(({ id, name }) => ({ hub: hub.id, kind: 'device', id, name: String(name) }));
    await deployLamp(desk, { targets });
    const editor = await desk.usedEditor();
    await editor.openNode('lamp');
    const picker = new Picker(editor.page);
    const last = picker.chips.nth(119);
    await until('the last to be known', async () => (await last.getAttribute('data-is')) === 'found');
    await becomes(() => picker.chips.count(), 120);
    await becomes(() => editor.page.locator('[data-is=gone]').count(), 0);
    await editor.closeNode('cancel');
  });
});
