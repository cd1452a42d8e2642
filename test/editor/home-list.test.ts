import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { becomes } from '../support/becomes';
import { sleep, until } from '../support/wait';
import { describeInEach, intercept, LANGUAGES, LOCALES } from './support';
import { HomeTab } from './support/home';
import { ACCOUNT, bedroomLamp, deployLamp } from './support/lamp-flow';
import { findViolations } from '../support/axe';
import { rawKeys } from './support/texts';
import type { SimulatedHub } from '../../packages/cozify-practice/src/hub';
import { commandNode, deployHome, nodeSet, targetOf } from './support/home-flows';
import { accountNode, type FlowNode } from '../live/harness/flow';
import { boxOf } from './support/tray';

describeInEach('The home in the sidebar', {}, (desk) => {
  it('shows whether a node, the editor or somebody else caused a change', async () => {
    const before = await deployLamp(desk);
    const lamp = bedroomLamp(before);
    const targets = [{ hub: before.id, kind: 'device', id: lamp.id, name: 'Kattovalo' }];
    const hub = await deployLamp(desk, { targets, name: 'Ilta' });
    hub.home.change(lamp.id, { isOn: false });
    const editor = await desk.usedEditor();
    const home = await HomeTab.open(editor);
    const row = home.row('device', lamp.id);
    await until('off', async () => (await home.valueOf(row)) === 'off');
    const last = home.events.locator(`[data-id="${lamp.id}"][data-event="changed"] .cozify-home-who`).first();
    await desk.nodeRed.inject('go');
    await home.turnTo('events');
    await until('the node', async () => (await last.count()) > 0 && (await last.innerText()) === 'Ilta');
    assert.equal(await last.getAttribute('data-node'), 'lamp');
    await home.turnTo('things');
    await home.choose(row);
    await home.action(row, 'off').click();
    await home.untilAnnounced(/Kattovalo/);
    await home.turnTo('events');
    await until('the editor', async () => (await last.innerText()) === 'the editor');
    hub.home.change(lamp.id, { isOn: true });
    await until('somebody else', async () => (await last.innerText()) === 'somebody else');
  });

  it('shows the last press in the row of a wall switch', async () => {
    const hub = await deployLamp(desk);
    const home = await HomeTab.open(await desk.usedEditor());
    await home.untilFollowing(true);
    await home.search.fill('seinäkytkin');
    const row = home.row('device', hub.home.device('Eteisen seinäkytkin').id);
    await until('the switches alone', async () => (await home.row('device').count()) < 10);
    hub.home.press('Eteisen seinäkytkin', 2, ['longpress']);
    await becomes(() => home.valueOf(row), /^Vasen alas long \d/);
  });

  it('creates no dashboard without the package of its nodes, and names the package to install', async () => {
    await deployHome(desk);
    const home = await HomeTab.open(await desk.usedEditor());
    const before = await nodeSet(home);
    await home.page.locator('#cozify-home-dashboard').click();
    await home.untilAnnounced(
      /package @flowfuse\/node-red-dashboard\. Install it first: menu, Manage palette, Install\.$/,
    );
    assert.equal(await nodeSet(home), before);
  });

  for (const language of LANGUAGES) {
    it(`shows everything about a device in its opened row, and sets its values, in ${language}`, async () => {
      const hub = await deployLamp(desk);
      const id = (name: string): string => targetOf(hub, name).id;
      const lamp = id('Lukuvalo');
      hub.home.change(lamp, { isOn: true, brightness: 0.3 });
      const editor = await desk.usedEditor({ locale: LOCALES[language] });
      // Imitates a page at a LAN address without HTTPS, where browsers have no `navigator.clipboard`.
      await editor.page.evaluate(`Object.defineProperty(navigator, 'clipboard', { value: undefined })`);
      await editor.page.evaluate(
        `document.addEventListener('copy', () => { window.copied = String(document.activeElement.value); })`,
      );
      const home = await HomeTab.open(editor);
      await home.untilFollowing(true);
      const { keyboard } = editor.page;
      const open = async (name: string): Promise<Locator> => {
        const row = home.row('device', id(name));
        await home.choose(row);
        const button = home.action(row, 'details');
        await button.click();
        await row.locator('.cozify-home-details').waitFor();
        await becomes(() => button.getAttribute('aria-expanded'), 'true');
        return row;
      };
      const inWords = (en: string, fi: string): string => (language === 'fi' ? fi : en);

      const row = await open('Lukuvalo');
      const details = row.locator('.cozify-home-details');
      const { manufacturer, model } = hub.home.device(lamp) as unknown as Record<string, string>;
      for (const text of [manufacturer, model, lamp, '30 %', inWords('Last change', 'Viimeksi muuttunut')]) {
        await until(text ?? '', async () => (await details.innerText()).includes(text ?? ''));
      }
      await row.locator('.cozify-home-copy').click();
      await home.untilAnnounced(new RegExp(inWords('clipboard', 'leikepöydällä')));
      assert.equal(await editor.page.evaluate('window.copied'), lamp);
      hub.home.change(lamp, { isOn: true, brightness: 0.4 });
      await becomes(() => details.locator('dl').innerText(), /40 %/);
      await details.locator(`.cozify-home-event[data-id="${lamp}"]`).first().waitFor();

      const form = (field: string): Locator => home.list.locator(`.cozify-home-set[data-field=${field}]`);
      await form('brightness').locator('[type=text]').click();
      assert.equal(await form('brightness').locator('[type=text]:focus').inputValue(), '40');
      const control = (field: string, type: 'text' | 'range'): Locator => form(field).locator(`[type=${type}]`);
      const valuesOf = (field: string): Promise<string[]> =>
        form(field)
          .locator('input')
          .evaluateAll((all) => (all as HTMLInputElement[]).map(({ type, value }) => `${type} ${value}`));
      assert.deepEqual(await valuesOf('brightness'), ['range 40', 'text 40']);
      const [label, set] = [inWords('brightness, %', 'kirkkaus, %'), inWords('Set', 'Aseta')];
      assert.equal(
        await form('brightness').ariaSnapshot(),
        [
          `- text: ${label}`,
          `- slider "${label}": "40"`,
          `- textbox "${label}": "40"`,
          `- 'button "${set}: ${label}"': ${set}`,
        ].join('\n'),
      );
      const copy = inWords('Copy', 'Kopioi');
      assert.equal(
        await details.locator('.cozify-home-id').ariaSnapshot(),
        `- text: ${inWords('Id', 'Tunniste')} ${lamp}\n- 'button "${copy}: ${lamp}"': ${copy}`,
      );
      await details.getByRole('group', { name: inWords('Events', 'Tapahtumat') }).waitFor();
      const events = await details
        .locator('.cozify-home-own time')
        .evaluateAll((all) => all.map((one) => one.getAttribute('datetime')));
      assert.deepEqual(events, [...events].sort().reverse(), 'the newest first');
      await control('brightness', 'text').fill('x');
      assert.deepEqual(await valuesOf('brightness'), ['range 40', 'text x']);
      await control('brightness', 'range').fill('60');
      assert.deepEqual(await valuesOf('brightness'), ['range 60', 'text 60']);
      // A change that arrives while a person sets a number leaves that number alone.
      hub.home.change(lamp, { isOn: true, brightness: 0.2 });
      await becomes(() => details.locator('dl').innerText(), /20 %/);
      assert.deepEqual(await valuesOf('brightness'), ['range 60', 'text 60']);
      await form('brightness').locator('button').click();
      await home.untilAnnounced(/Lukuvalo .*60 %/);
      assert.equal(Math.round(Number(hub.home.device(lamp).state['brightness']) * 100), 60);

      // The next steps use only the keyboard.
      await home.action(row, 'details').focus();
      await keyboard.press('Enter');
      await until('the row to close', async () => (await details.count()) === 0);
      const heating = home.row('device', id('Eteisen lattialämmitys'));
      hub.home.change('Eteisen lattialämmitys', { targetTemp: 21.5 });
      await becomes(() => home.valueOf(heating), new RegExp(inWords('21.5', '21,5')));
      await heating.focus();
      await keyboard.press('ArrowRight');
      while ((await heating.locator('[data-view=details]:focus').count()) === 0) await keyboard.press('ArrowRight');
      await keyboard.press('Enter');
      await form('targetTemperature').waitFor();
      await keyboard.press('Tab');
      const target = form('targetTemperature').locator('[type=text]');
      await until('the focus', async () => (await target.and(editor.page.locator(':focus')).count()) === 1);
      assert.deepEqual(await valuesOf('targetTemperature'), [`text ${inWords('21.5', '21,5')}`]);
      await keyboard.press('Control+A');
      await keyboard.type('150');
      await keyboard.press('Enter');
      await home.untilAnnounced(
        new RegExp(inWords('target temperature.*: Between 0 and 100', 'tavoitelämpötila.*: 0–100')),
      );
      assert.equal(await target.getAttribute('aria-invalid'), 'true');
      await keyboard.press('Control+A');
      await keyboard.type(inWords('22.5', '22,5'));
      await keyboard.press('Enter');
      await home.untilAnnounced(new RegExp(`Eteisen lattialämmitys .*${inWords('22.5', '22,5')} °C`));
      assert.equal(await target.getAttribute('aria-invalid'), 'false');
      await keyboard.press('Escape');
      await until('the row', async () => (await heating.and(editor.page.locator(':focus')).count()) === 1);

      const ofOne = /\/things\?.*\bids=/;
      await intercept(editor.page, ofOne, (route) => route.fulfill({ status: 502, body: '' }), { times: 1 });
      await home.choose(row);
      await home.action(row, 'details').click();
      await home.untilAnnounced(/502|proxy/i);
      assert.equal(await details.count(), 0);
      // The answer about a row arrives only after another row was opened.
      let release = (): void => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      await intercept(editor.page, ofOne, (route) => released.then(() => route.continue()), { times: 1 });
      const late = editor.page.waitForResponse(ofOne);
      await home.action(row, 'details').click();
      const blind = await open('Rullaverho');
      release();
      await (await late).finished();
      await becomes(() => home.list.locator('.cozify-home-details').count(), 1, 'one row is open');
      assert.ok((await blind.locator('.cozify-home-id').innerText()).includes(id('Rullaverho')));
      await form('position').locator('[type=range]').focus();
      await keyboard.press('Home');
      await keyboard.press('Enter');
      await home.untilAnnounced(/Rullaverho .*0 %/);
      hub.home.setReachable('Rullaverho', false);
      await form('position').locator('[type=range]').fill('50');
      await form('position').locator('button').click();
      await home.untilAnnounced(new RegExp(inWords("can't be reached", 'ei saada yhteyttä')));
      hub.home.setReachable('Rullaverho', true);
    });
  }
});

describeInEach('The layout of the home sidebar', {}, (desk, version) => {
  for (const language of LANGUAGES) {
    for (const isDark of version.name === '5.0' ? [false, true] : [false]) {
      it(`has no accessibility violation according to axe, in ${language}${isDark ? ', in the dark' : ''}`, async () => {
        const before = await deployLamp(desk);
        const lamp = bedroomLamp(before);
        const gone = { hub: before.id, kind: 'device', id: 'gone', name: 'Vanha <img onerror=alert(1)> valo' };
        const known = { hub: before.id, kind: 'device', id: lamp.id, name: 'Kattovalo' };
        await deployLamp(desk, { targets: [known, gone] });
        const editor = await desk.usedEditor({ locale: LOCALES[language] });
        if (isDark) await editor.page.evaluate(`document.documentElement.classList.add('nr-theme-dark')`);
        const home = await HomeTab.open(editor);
        const row = home.row('device', lamp.id);
        await home.choose(row);
        await row.locator('.cozify-home-uses').click();
        await home.action(row, 'details').click();
        await row.locator('.cozify-home-details').waitFor();
        await row.locator('.cozify-home-name').click({ modifiers: ['Control'] });
        before.home.change(lamp.id, { isOn: lamp.isOn() !== true });
        const found: string[] = [];
        for (const panel of ['things', 'gone', 'events'] as const) {
          await home.turnTo(panel);
          await until('something in it', async () => (await home.root.innerText()).includes('attovalo'), 30_000).catch(
            () => undefined,
          );
          found.push(...(await findViolations(editor.page, '#cozify-home')));
          assert.deepEqual(rawKeys(await home.root.innerText()), []);
        }
        assert.deepEqual(found, []);
        assert.equal(await home.root.locator('img').count(), 0, 'names are text');
      });
    }
  }

  it('has three tabs, which the arrow keys switch, follows the home while it is shown, and fits into 180 x 260 pixels', async () => {
    const lamp = bedroomLamp(await deployLamp(desk));
    const editor = await desk.usedEditor();
    const home = await HomeTab.open(editor);
    const tabs = home.page.locator('#cozify-home-tabs [role=tab]');
    const state = async (): Promise<string[]> => [
      ...(await tabs.evaluateAll((all) =>
        all
          .filter((one) => one.getAttribute('aria-selected') === 'true' || one.matches(':focus, [tabindex="0"]'))
          .map((one) => one.textContent ?? ''),
      )),
      ...(await home.root
        .locator('[role=tabpanel]:visible')
        .evaluateAll((all) => all.map((one) => one.getAttribute('aria-labelledby') ?? ''))),
    ];
    await tabs.first().focus();
    for (const [key, name] of [
      ['ArrowLeft', 'Events'],
      ['ArrowLeft', 'Gone'],
      ['ArrowRight', 'Events'],
      ['ArrowRight', 'Things'],
      ['ArrowDown', 'Things'],
      ['ArrowRight', 'Gone'],
    ] as const) {
      await home.page.keyboard.press(key);
      assert.deepEqual(await state(), [name, `cozify-home-tab-${name.toLowerCase()}`], key);
    }
    await until('the long poll alone', () => home.page.evaluate<boolean>('$.active === 1'));
    const left = await home.page.evaluate<unknown[]>(`(() => {
      const type = RED.nodes.getType('cozify-account');
      type.onpaletteremove();
      type.onpaletteremove();
      const has = RED.actions.list().some(({ id }) => id === 'cozify:show-home');
      const tabs = document.querySelectorAll('#cozify-home').length;
      const left = [RED.sidebar.containsTab('cozify-home'), tabs, has, $.active];
      type.onpaletteadd();
      type.onpaletteadd();
      return left;
    })()`);
    assert.deepEqual(left, [false, 0, false, 0], 'no tab, no action, no request');
    await HomeTab.open(editor);
    assert.equal(await home.root.count(), 1);
    await home.untilFollowing(true);
    await home.page.evaluate(`RED.actions.invoke('core:toggle-sidebar')`);
    await home.untilFollowing(false);
    await home.page.evaluate(`RED.actions.invoke('core:toggle-sidebar')`);
    await home.untilFollowing(true);
    await home.root.evaluate((element) => {
      Object.assign((element as unknown as { style: object }).style, { width: '180px', height: '260px' });
    });
    const row = home.row('device', lamp.id);
    await home.search.fill('kattovalo');
    await until('what was searched for', async () => (await home.row('room').count()) < 4);
    await home.choose(row);
    for (const name of ['command', 'on', 'blink']) {
      await home.action(row, name).evaluate((element) => element.scrollIntoView({ block: 'nearest' }));
      assert.ok(await home.action(row, name).isVisible(), name);
    }
    const wide = await home.root.evaluate((element) => element.scrollWidth - element.clientWidth);
    assert.equal(wide, 0, 'nothing is cut');
    const list = await home.list.boundingBox();
    assert.ok((list?.height ?? 0) > 90, `the list is ${list?.height} px high`);
  });
});

describeInEach(
  'Finding things in the home sidebar',
  { hubs: [{ name: 'Koti' }, { name: 'Kesämökki', home: { plan: 'cottage' } }] },
  (desk) => {
    const cottage = (): SimulatedHub => desk.simulator.hubs[1] as SimulatedHub;
    const idsIn = (home: HomeTab, kind = 'device'): Promise<(string | null)[]> =>
      home
        .row(kind)
        .and(home.page.locator(':visible'))
        .evaluateAll((all) => all.map((one) => one.getAttribute('data-id')));

    it('filters by state, use and kind together with the search, and shows how many it hides', async () => {
      await deployHome(desk);
      const used = targetOf(desk.hub, 'Lukuvalo');
      const weak = targetOf(desk.hub, 'Saunan lämpömittari');
      const heater = targetOf(desk.hub, 'Saunan kiuas');
      await deployHome(desk, commandNode('one', [used]));
      const home = await HomeTab.open(await desk.usedEditor());
      await home.untilFollowing(true);
      const clear = home.page.locator('#cozify-home-panel-things .cozify-home-clear');
      await home.filterButton.click();
      await becomes(() => home.filters.locator('option').count(), /^[1-9]\d+$/);
      assert.equal((await home.filters.ariaSnapshot()).replace(/\n +- option(?! "Kind: all").*/g, ''), FILTERS);
      assert.equal(await clear.isVisible(), false);
      await home.filters.getByLabel('used in flows', { exact: true }).check();
      await becomes(() => idsIn(home), [used.id]);
      assert.equal(await clear.isVisible(), true);
      await home.untilAnnounced(/^Things: 1 of 1 · \d+ hidden by filters$/);
      await home.filters.getByLabel('used in flows', { exact: true }).uncheck();
      await home.filters.getByLabel('not used in flows').check();
      await home.filters.locator('[name=kind]').selectOption({ label: 'thermometers' });
      await home.search.fill('sauna');
      await until('the thermometer, without the lamp and the heater', async () => {
        const ids = await idsIn(home);
        return ids.includes(weak.id) && !ids.includes(used.id) && !ids.includes(heater.id);
      });
      await home.filters.getByLabel('battery low').check();
      await home.untilAnnounced(new RegExp(`^Nothing found · `));
      desk.hub.home.change(weak.id, { batteryLow: true });
      await becomes(() => idsIn(home), [weak.id]);
      desk.hub.home.change(weak.id, { batteryLow: false });
      await becomes(() => idsIn(home), []);
      await home.page.getByRole('button', { name: 'Clear filters' }).click();
      await until('the heater, which the search finds', async () => (await idsIn(home)).includes(heater.id));
      assert.doesNotMatch(await home.state.innerText(), /hidden/);
      assert.equal(await home.filters.locator('[name=kind]').inputValue(), '');
      assert.deepEqual(
        [await home.filters.locator(':checked:not(option)').count(), await clear.isVisible()],
        [0, false],
      );
      await home.search.fill('');
      await home.filters.getByLabel("can't be reached").check();
      desk.hub.home.setReachable(used.id, false);
      await until('the unreachable lamp, without the thermometer', async () => {
        const ids = await idsIn(home);
        return ids.includes(used.id) && !ids.includes(weak.id);
      });
      desk.hub.home.setReachable(used.id, true);
      await until('the lamp to be gone', async () => !(await idsIn(home)).includes(used.id));
    });

    it('is filtered and cleared with the keyboard alone, in Finnish, without an accessibility violation according to axe', async () => {
      await deployHome(desk);
      const home = await HomeTab.open(await desk.usedEditor({ locale: LOCALES.fi }));
      await home.untilFollowing(true);
      const { keyboard } = home.page;
      await home.filterButton.focus();
      await keyboard.press('Enter');
      await becomes(() => home.filterButton.getAttribute('aria-expanded'), 'true');
      await home.filters.getByLabel('ei yhteyttä').focus();
      await keyboard.press('Space');
      await home.untilAnnounced(/ · suodattimet piilottavat \d+$/);
      await typeOption(home.filters.getByLabel('Tyyppi'), 'lamput');
      assert.equal(await home.filters.getByLabel('Tyyppi').inputValue(), 'lamps');
      assert.deepEqual(await findViolations(home.page, '#cozify-home'), []);
      await home.page.getByRole('button', { name: 'Poista suodattimet' }).focus();
      await keyboard.press('Enter');
      await home.untilAnnounced(/^Kohteita: \d+\/\d+$/);
      assert.equal(await home.filterButton.evaluate((one) => one === one.ownerDocument.activeElement), true);
    });

    it('is walked through with the keys, with one stop of the Tab key', async () => {
      await deployHome(desk);
      const lamp = targetOf(desk.hub, 'Lukuvalo');
      await deployHome(desk, commandNode('one', [lamp]));
      const home = await HomeTab.open(await desk.usedEditor());
      const { keyboard, mouse } = home.page;
      await home.untilFollowing(true);
      const places = await home.list.locator('.cozify-home-name').allInnerTexts();
      assert.deepEqual(await tabStops(home), ['Koti'], 'the first row');
      await home.search.fill('lukuvalo');
      const names = (): Promise<string[]> => home.list.locator('.cozify-home-name:visible').allInnerTexts();
      await becomes(async () => (await names()).length, 3);
      const [, room = ''] = await names();
      assert.deepEqual(await names(), ['Koti', room, 'Lukuvalo']);
      assert.deepEqual(await tabStops(home), ['Koti']);
      const uses = home.row('device').locator('.cozify-home-uses');
      await becomes(() => uses.allInnerTexts(), ['1 node']);
      const values = home.list.locator('.cozify-home-value');
      assert.deepEqual((await values.allInnerTexts()).slice(0, 2), ['', ''], 'headings have no value');
      await home.page.evaluate(`window.passed = []; document.addEventListener('keydown', window.note = (event) =>
      window.passed.push(event.key + (event.defaultPrevented ? ' used' : '')))`);
      await home.row('hub').focus();
      for (const [key, focus] of [
        ...[['ArrowUp', 'Koti'] as const, ['End', 'Lukuvalo'] as const, ['ArrowDown', 'Lukuvalo'] as const],
        ...[['Home', 'Koti'] as const, ['ArrowDown', room] as const, ['ArrowUp', 'Koti'] as const],
        ...[['Shift', 'Koti'] as const, ['Enter', 'Koti'] as const],
        // A heading without actions is followed by the next row.
        ...[['ArrowRight', room] as const, ['ArrowRight', `${room}: Command`] as const],
        ...[['ArrowDown', 'Lukuvalo'] as const, ['ArrowRight', 'Lukuvalo: Command'] as const],
        ...[['ArrowRight', 'Lukuvalo: Changes'] as const, ['ArrowLeft', 'Lukuvalo: Command'] as const],
        ...[['ArrowLeft', 'Lukuvalo: 1 node'] as const, ['ArrowLeft', 'Lukuvalo'] as const],
        ...[['ArrowLeft', room] as const, ['Enter', `${room}: Command`] as const, ['Escape', room] as const],
        ...[['ArrowLeft', room] as const, ['ArrowLeft', 'Koti'] as const],
        ...[['ArrowLeft', 'Koti'] as const, ['ArrowLeft', 'Koti'] as const],
      ] as const) {
        await keyboard.press(key);
        assert.equal(await focusIn(home), focus, key);
      }
      assert.deepEqual([await names(), await tabStops(home)], [['Koti'], ['Koti']]);
      await keyboard.press('ArrowRight');
      assert.deepEqual([await names(), await focusIn(home)], [['Koti', room], 'Koti']);
      for (const key of ['ArrowRight', 'ArrowRight', 'End', 'Enter']) await keyboard.press(key);
      assert.equal(await focusIn(home), 'Lukuvalo: Command');
      const buttons = home.list.locator('.cozify-home-actions button');
      const count = await buttons.count();
      for (let index = 0; index < count; index += 1) await keyboard.press('ArrowRight');
      assert.equal(await focusIn(home), 'Lukuvalo: Details', 'stays at the last button');
      assert.equal(await home.row('device').locator('.cozify-home-actions button').count(), count, 'of one row only');
      assert.deepEqual(
        await home.page.evaluate(`document.removeEventListener('keydown', window.note); window.passed`),
        ['Shift', 'Escape used'],
        'the shortcuts of Node-RED get no key that moves the focus',
      );

      await uses.focus();
      const node = home.row('device').locator('[data-node]');
      await keyboard.press('Enter');
      assert.deepEqual([await node.count(), await node.getAttribute('tabindex')], [1, '-1']);
      assert.equal(await uses.getAttribute('aria-expanded'), 'true');
      await keyboard.press('Enter');
      assert.deepEqual([await node.count(), await uses.getAttribute('aria-expanded')], [0, 'false']);
      await home.page.evaluate(`RED.nodes.remove('one')`);
      await becomes(() => uses.count(), 0);
      assert.equal(await focusIn(home), 'Lukuvalo', 'in place of the button that has gone');

      // The row shows its buttons when the mouse button is released, so that nothing moves under the mouse before.
      const box = await boxOf(home.row('room').locator('.cozify-home-name'));
      await mouse.move(box.x + 5, box.y + 5);
      await mouse.down();
      assert.equal(await home.row('room').locator('.cozify-home-actions button').count(), 0);
      await mouse.up();
      assert.deepEqual([await focusIn(home), await tabStops(home)], [room, [room]]);
      await home.row('device').focus();
      await home.row('room').locator('.cozify-home-fold').dblclick();
      assert.deepEqual([await names(), await focusIn(home)], [['Koti', room], room], 'collapsed once');
      await home.row('room').locator('.cozify-home-fold').click();

      await home.choose(home.row('device'));
      await home.search.fill('no such thing');
      await becomes(names, []);
      await home.search.fill('lukuvalo');
      await becomes(async () => (await names()).length, 3);
      assert.deepEqual([await buttons.count(), await tabStops(home)], [0, ['Koti']], 'nothing is chosen');
      await home.search.fill('');
      await becomes(async () => (await names()).slice(0, places.length), places, 'in the same order');
    });

    it('selects things one by one and in ranges, with the mouse and the keys', async () => {
      await deployHome(desk);
      const home = await HomeTab.open(await desk.usedEditor());
      await home.untilFollowing(true);
      const { keyboard } = home.page;
      const devices = home.row('device');
      const selected = (): Promise<number[]> =>
        devices.evaluateAll((all) =>
          all.flatMap((one, index) => (one.getAttribute('aria-selected') === 'true' ? [index] : [])),
        );
      const click = async (index: number, ...modifiers: ('Control' | 'Meta' | 'Shift')[]): Promise<number[]> => {
        await devices.nth(index).locator('.cozify-home-name').click({ modifiers });
        return selected();
      };
      const press = async (...keys: string[]): Promise<number[]> => {
        for (const key of keys) await keyboard.press(key);
        return selected();
      };
      assert.deepEqual(await click(2, 'Shift'), [2], 'the start of a range');
      assert.deepEqual(await click(4, 'Shift'), [2, 3, 4]);
      assert.deepEqual(await click(0, 'Shift'), [0, 1, 2, 3, 4]);
      assert.deepEqual(await click(1, 'Meta'), [0, 2, 3, 4]);
      assert.match(await home.state.innerText(), /^Selected: 4\./);
      assert.deepEqual(await click(1, 'Control'), [0, 1, 2, 3, 4]);
      assert.deepEqual(await click(2), [0, 1, 2, 3, 4], 'a selected row, to use its buttons');
      assert.deepEqual(await press('Space'), [0, 1, 3, 4]);
      await devices.nth(0).focus();
      assert.deepEqual(await press('Shift+Space'), [0, 1, 2, 3, 4]);
      assert.deepEqual(await press('ArrowRight', 'Escape'), [0, 1, 2, 3, 4], 'back to the row');
      assert.deepEqual(await press('Escape'), []);
      assert.match(await home.state.innerText(), /^Things: /);
      assert.deepEqual(await click(0, 'Control'), [0]);
      assert.deepEqual(await click(1), []);
      const room = home.row('room').first();
      await room.locator('.cozify-home-name').click({ modifiers: ['Control'] });
      assert.deepEqual([await selected(), await room.getAttribute('aria-selected')], [[], null]);
    });

    it('collapses rooms by mouse and keys, remembers them but no filter at a reload, and shows matches in them', async () => {
      await deployHome(desk);
      const editor = await desk.usedEditor();
      const home = await HomeTab.open(editor);
      await home.untilFollowing(true);
      const [first, second] = await idsIn(home, 'room');
      const room = home.row('room', first ?? '');
      const device = home.row('device').first();
      const isExpanded = (row = room): Promise<string | null> => row.getAttribute('aria-expanded');
      const isFocused = async (row: Locator): Promise<boolean> =>
        row.evaluate((one) => one === one.ownerDocument.activeElement);
      assert.equal(await isExpanded(), 'true');
      await room.locator('.cozify-home-fold').click();
      assert.deepEqual([await isExpanded(), await device.isVisible()], ['false', false]);
      await room.focus();
      const { keyboard } = home.page;
      await keyboard.press('ArrowDown');
      assert.ok(await isFocused(home.row('room', second ?? '')), 'the next row that is shown');
      await keyboard.press('ArrowUp');
      await keyboard.press('ArrowRight');
      assert.deepEqual([await isExpanded(), await device.isVisible()], ['true', true]);
      await keyboard.press('ArrowRight');
      assert.ok(await isFocused(home.action(room, 'command')));
      await keyboard.press('Escape');
      assert.ok(await isFocused(room));
      await keyboard.press('ArrowLeft');
      assert.equal(await isExpanded(), 'false');
      await keyboard.press('ArrowLeft');
      const top = home.row('hub', desk.hub.id);
      assert.ok(await isFocused(top));
      await keyboard.press('ArrowLeft');
      await becomes(() => idsIn(home, 'room').then((all) => all.includes(first ?? '')), false);
      await home.untilAnnounced(/^Things: (\d+) of \1$/);
      await keyboard.press('ArrowRight');
      await home.page.evaluate(`Storage.prototype.setItem = () => { throw new Error('The storage is full.'); }`);
      await home
        .row('room', second ?? '')
        .locator('.cozify-home-fold')
        .click();
      assert.equal(await isExpanded(home.row('room', second ?? '')), 'false');
      await home.filterButton.click();
      await home.filters.getByLabel("can't be reached").check();

      await editor.reload();
      await home.page.evaluate(`RED.actions.invoke('cozify:show-home')`);
      await home.untilAnnounced(/^Things: \d+ of \d+$/);
      assert.deepEqual([await isExpanded(), await device.isVisible()], ['false', false]);
      const name = await device.locator('.cozify-home-name').textContent();
      await home.search.fill(name ?? '');
      await device.waitFor();
      assert.equal(await isExpanded(), 'true');
      await device.focus();
      // Empties the search without moving the focus, as when a person has left the field just before the search.
      await home.page.evaluate(`$('#cozify-home-search').val('').trigger('input')`);
      await becomes(() => isExpanded(), 'false');
      assert.deepEqual([await device.isVisible(), await isFocused(room)], [false, true]);
      assert.equal((await tabStops(home)).length, 1);
    });

    it('lists the things and events of a hub by its name, and filters events by room, device and kind', async () => {
      await deployHome(desk);
      const home = await HomeTab.open(await desk.usedEditor());
      await home.untilFollowing(true);
      const [lamp, meter] = [targetOf(desk.hub, 'Lukuvalo'), targetOf(desk.hub, 'Saunan lämpömittari')];
      const other = cottage().home.devices.find(({ type }) => type === 'LIGHT');
      assert.ok(other);
      await home.search.fill('kesämökki');
      await becomes(() => idsIn(home, 'hub'), [cottage().id]);
      await becomes(async () => (await idsIn(home)).length, cottage().home.devices.length);
      for (const [at, { id }] of [
        [desk.hub, lamp],
        [cottage(), other],
      ] as const) {
        at.home.change(id, { isOn: at.home.device(id).state['isOn'] !== true });
      }
      desk.hub.home.setReachable(meter.id, false);
      await home.turnTo('events');
      const events = async (): Promise<(string | null)[]> => [
        ...new Set(
          await home.events.locator('[data-id]').evaluateAll((all) => all.map((one) => one.getAttribute('data-id'))),
        ),
      ];
      await until('the event of the cottage alone', async () => {
        const shown = await events();
        return shown.includes(other.id) && !shown.includes(lamp.id);
      });
      await home.search.fill('');
      await until('all events', async () => {
        const shown = await events();
        return [lamp.id, meter.id, other.id].every((id) => shown.includes(id));
      });

      await home.filterButton.focus();
      await home.page.keyboard.press('Enter');
      const bar = home.page.locator('#cozify-home-panel-events .cozify-home-filters');
      await bar.getByLabel('Event').selectOption({ label: "can't be reached" });
      await until('the event of the meter, without the cottage', async () => {
        const shown = await events();
        return shown.includes(meter.id) && !shown.includes(other.id);
      });
      await bar.getByLabel('Event').selectOption('');
      await typeOption(bar.getByLabel('Device'), 'Lukuvalo');
      await becomes(events, [lamp.id]);
      await bar.getByLabel('Room').selectOption({ label: 'Sauna' });
      await becomes(() => home.events.innerText(), 'Nothing found');
      await home.page.getByRole('button', { name: 'Clear filters' }).click();
      await until('all events again', async () => (await events()).length >= 3);
      desk.hub.home.setReachable(meter.id, true);
    });
  },
);

const FILTERS = `- group "Filters":
  - checkbox "can't be reached"
  - text: can't be reached
  - checkbox "battery low"
  - text: battery low
  - checkbox "used in flows"
  - text: used in flows
  - checkbox "not used in flows"
  - text: not used in flows
  - combobox "Kind":
    - 'option "Kind: all" [selected]'`;

/** Returns the name of the row that has the focus, with the text of the focused button in it. */
function focusIn(home: HomeTab): Promise<string> {
  return home.page.evaluate<string>(`(() => {
    const focused = document.activeElement;
    const row = focused.closest('[role=treeitem]');
    const name = row?.querySelector('.cozify-home-name').textContent ?? 'elsewhere';
    return row === focused ? name : name + ': ' + focused.textContent;
  })()`);
}

/** Returns the names of the rows that can be reached with the Tab key. */
function tabStops(home: HomeTab): Promise<string[]> {
  return home.list.locator('[role=treeitem][tabindex="0"] .cozify-home-name').allTextContents();
}

/** Chooses an option by typing its text. Types it again if a pause was long, because a select forgets letters after 1 s. */
async function typeOption(select: Locator, text: string): Promise<void> {
  await until(`the option ${text}`, async () => {
    await select.focus();
    await select.page().keyboard.type(text);
    const chosen = await select.locator('option:checked').innerText();
    if (chosen.toLowerCase().startsWith(text.toLowerCase())) return true;
    await sleep(1_500);
    return false;
  });
}

const DEVICES = 700;
const ROOMS = 60;

describeInEach('A large home', { hubs: [{ name: 'Koti', home: { devices: DEVICES } }] }, (desk) => {
  let home: HomeTab;

  before(() => {
    const [room] = desk.hub.home.all('rooms');
    const [lamp] = lamps();
    assert.ok(room && lamp);
    for (let index = 0; index < ROOMS; index += 1) {
      const number = String(index).padStart(2, '0');
      desk.hub.home.put('rooms', { ...room, id: `room-${index}`, name: `Huone ${number}`, order: 100 + index });
      desk.hub.home.moveTo(desk.hub.home.addLike(lamp.id, `Valo ${number}`).id, `room-${index}`);
    }
  });

  const lamps = () =>
    desk.hub.home.devices.filter(({ type, state }) => type === 'LIGHT' && state['reachable'] !== false);

  it('renders at most 500 rows, suggests a search for the others, and offers a node for the lamps of a room', async () => {
    await deployHome(desk);
    home = await HomeTab.open(await desk.usedEditor());
    const rows = (): Promise<number> => home.list.locator('[role=treeitem]').count();
    await until('all rows', async () => {
      await home.list.evaluate((list) => list.scrollTo(0, list.scrollHeight));
      return (await rows()) >= 500;
    });
    await home.untilAnnounced(/Search for the others/);
    assert.equal(await rows(), 500);
    const things = (await rows()) - (await home.row('room').count()) - (await home.row('section').count());
    assert.match(await home.state.innerText(), new RegExp(`^Things: ${things} of \\d+`));
    for (const number of ['05', '58']) {
      await home.search.fill(`Huone ${number}`);
      await becomes(() => home.row('device').locator('.cozify-home-name').allInnerTexts(), [`Valo ${number}`]);
      const row = home.row('room');
      await home.choose(row);
      assert.deepEqual(
        await row.locator('[data-do]').evaluateAll((all) => all.map((one) => one.getAttribute('data-do'))),
        ['command', 'changes'],
      );
    }
  });
});

const EMAIL = 'second@example.fi';

describeInEach('The home sidebar with several accounts', {}, (desk) => {
  let home: HomeTab;

  const second = (rest: object = {}): FlowNode => ({
    ...accountNode({ id: 'second', name: 'Toinen', email: EMAIL, cloudUrl: desk.simulator.cloudUrl }),
    ...rest,
  });

  async function show(account: string): Promise<void> {
    home = await HomeTab.open(await desk.usedEditor());
    await home.page.locator('#cozify-home-accounts').selectOption(account);
  }

  it('adds nodes only to flows that can use the account', async () => {
    await deployHome(desk);
    await deployHome(desk, second({ z: 'sub' }));
    await desk.logIn({ id: 'second', email: EMAIL });
    const lamp = targetOf(desk.hub, 'Lukuvalo');
    await show(ACCOUNT);
    const room = home.row('room').first();
    await room.locator('.cozify-home-fold').click();
    assert.equal(await room.getAttribute('aria-expanded'), 'false');
    await home.page.locator('#cozify-home-accounts').selectOption('second');
    await becomes(() => room.getAttribute('aria-expanded'), 'true');
    assert.equal((await tabStops(home)).length, 1);
    const row = home.row('device', lamp.id);
    await home.choose(row);
    const set = await nodeSet(home);
    await home.action(row, 'changes').focus();
    await home.page.keyboard.press('Enter');
    await home.untilAnnounced(/Nothing was added: this flow can't use the account/);
    assert.equal(await nodeSet(home), set);
    await home.page.evaluate(`RED.workspaces.show('sub')`);
    await home.action(row, 'changes').focus();
    await home.page.keyboard.press('Enter');
    await home.untilAnnounced(/Lukuvalo is in the flow/);
    const added = (await home.nodes()).find(({ type }) => type === 'cozify-changes');
    assert.deepEqual([added?.['z'], added?.['account']], ['sub', 'second']);
  });
});
