import assert from 'node:assert/strict';
import type { Route } from 'playwright-core';
import { becomes } from '../support/becomes';
import { ask, Desk, type Language, LANGUAGES, LOCALES, text } from './support';
import { until } from '../support/wait';
import { HeldSeconds } from './support/held-seconds';
import { ACCOUNT, deployLamp } from './support/lamp-flow';
import { outline } from './support/outline';
import { openOnPhone } from './support/phone';
import { Picker } from './support/picker';
import { boxOf } from './support/tray';
import { chosen, deployedNode, deployNodes } from './support/values';

describe('The Test button of the ping dialog', () => {
  let desk: Desk;

  before(async () => {
    desk = await Desk.open();
  });
  afterEach(async () => {
    await desk.simulator.goOnline().catch(() => undefined);
    await desk.tidy();
  });
  after(() => desk.close());

  const TEXTS: Record<Language, { asking: RegExp; accepted: RegExp; rejected: RegExp; never: RegExp; none: RegExp }> = {
    'en-US': {
      asking: /^Checking with the cloud/,
      accepted: /^Checked at \d+:\d\d\s[AP]M: the login is valid\.$/,
      rejected: /^Checked at \d+:\d\d\s[AP]M: the login is no longer valid\. Open the account/,
      never: /^There is no login: open the account/,
      none: /^Choose an account first\.$/,
    },
    fi: {
      asking: /^Tarkistetaan pilvestä/,
      accepted: /^Tarkistettu klo \d+\.\d\d: kirjautuminen on voimassa\.$/,
      rejected: /^Tarkistettu klo \d+\.\d\d: pilvi ei enää hyväksy kirjautumista\. Avaa tili/,
      never: /^Kirjautumista ei ole: avaa tili/,
      none: /^Valitse ensin tili\.$/,
    },
  };

  for (const language of LANGUAGES) {
    it(`checks the login at the cloud and shows the result and the time, in ${language}`, async () => {
      const { id } = await desk.deployLogin();
      await until('the hubs to be found', async () => (await desk.snapshot(id)).hubs.length > 0);
      const editor = await desk.usedEditor({ locale: LOCALES[language] });
      const dialog = await editor.openNode('ping');
      const pingState = dialog.locator('#cozify-ping-state');
      const untilResult = (words: RegExp): Promise<unknown> =>
        until(`the answer ${String(words)}`, async () => words.test((await pingState.innerText()).trim()));

      const asked = desk.simulator.hold('hubkeys');
      await dialog.locator('#cozify-ping-test').click();
      await untilResult(TEXTS[language].asking);
      await becomes(() => pingState.locator('.fa-spin').count(), 1);
      await until('the request to the cloud', () => asked.isAsked);
      asked.release();
      await untilResult(TEXTS[language].accepted);

      desk.simulator.revokeAll();
      await dialog.locator('#cozify-ping-test').click();
      await untilResult(TEXTS[language].rejected);
      await ask(desk.nodeRed, 'reset');
      await dialog.locator('#cozify-ping-test').click();
      await untilResult(TEXTS[language].never);
      await dialog.locator('#node-input-account').selectOption('_ADD_');
      await becomes(() => pingState.innerText(), '', 'the answer was about another account');
      await dialog.locator('#cozify-ping-test').click();
      await untilResult(TEXTS[language].none);
      await editor.closeNode('cancel');
      assert.equal(await editor.isDeployLit(), false);
    });
  }

  it('is at the left edge on a phone, and the text of the checkbox is beside the box', async () => {
    await desk.deployLogin();
    const editor = await openOnPhone(desk, 'ping');
    const box = async (selector: string) => {
      const found = await editor.page.locator(selector).boundingBox();
      assert.ok(found, selector);
      return found;
    };
    assert.equal((await box('#cozify-ping-test')).x, (await box('#dialog-form .cozify-dialog')).x);
    const checkbox = await box('#node-input-autorefresh');
    const words = await box('#dialog-form [for=node-input-autorefresh] span');
    assert.ok(words.height > 30, 'two lines');
    assert.ok(words.x >= checkbox.x + checkbox.width, `${words.x} ${checkbox.x}`);
    await editor.closeNode('cancel');
  });

  it('shows the error if the cloud is offline', async () => {
    await desk.deployLogin();
    const editor = await desk.usedEditor();
    const dialog = await editor.openNode('ping');
    await desk.simulator.goOffline();
    await dialog.locator('#cozify-ping-test').click();
    const message = text('en-US', 'error.COZIFY_UNREACHABLE');
    const pingState = dialog.locator('#cozify-ping-state');
    await until('the reason', async () => (await pingState.innerText()) === message);
    await editor.closeNode('cancel');
  });
});

describe('Listen in the button dialog', () => {
  let desk: Desk;

  before(async () => {
    desk = await Desk.open({}, { hubs: [{ name: 'Koti' }] });
  });
  afterEach(() => desk.tidy());
  after(() => desk?.close());

  /**
   * Opens the dialog of a button node. Returns its Listen button, the rows of its list of presses, and a function that
   * presses a remote control until there is a row.
   */
  async function openButton() {
    const hub = await deployLamp(desk);
    const remote = hub.home.devices.find(({ type }) => type === 'REMOTE_CONTROL');
    assert.ok(remote);
    const editor = await desk.usedEditor();
    await editor.openNode('button');
    const rows = editor.page.locator('#node-input-presses-list [data-output]');
    const untilRow = (): Promise<unknown> =>
      until('a row', async () => {
        hub.home.press(remote.id, 1);
        await new Promise((resolve) => setTimeout(resolve, 1_500));
        return (await rows.count()) > 0;
      });
    return { editor, remote, rows, listen: editor.page.locator('#cozify-press-listen'), untilRow };
  }

  it('adds a row for a press, and shows the existing row for the same press', async () => {
    const { editor, remote, rows, listen, untilRow } = await openButton();
    const pressLine = editor.page.locator('#cozify-press-heard');
    assert.equal(await rows.count(), 0);
    const asked = editor.page.waitForRequest((request) => request.url().includes('wait=20'));
    await listen.click();
    await asked;
    assert.equal(await listen.getAttribute('aria-pressed'), 'true');
    await untilRow();
    await until('the received press', async () => /^Heard: .*Output 1\.$/.test(await pressLine.innerText()));
    assert.ok((await pressLine.innerText()).includes(remote.name));
    assert.equal(await rows.count(), 1, 'another press of the same is of the same row');
    await listen.click();
    await until('the end', async () => (await listen.getAttribute('aria-pressed')) === 'false');
    await editor.closeNode('ok');
    const saved = await editor.page.evaluate<{ presses: object[]; outputs: number }>(
      `(({ presses, outputs }) => ({ presses, outputs }))(RED.nodes.node('button'))`,
    );
    assert.deepEqual([saved.presses.length, saved.outputs], [1, 1]);
  });

  it('continues after a failed request', async () => {
    const { editor, listen, untilRow } = await openButton();
    let refused = 0;
    await editor.page.route(/\/feed\?.*wait=/, (route) => {
      refused += 1;
      // Responds as a proxy does while its Node-RED is down.
      return refused > 1 ? route.continue() : route.fulfill({ status: 502, body: '<html>Bad gateway' });
    });
    await listen.click();
    await until('another question', () => refused > 1);
    await untilRow();
    assert.equal(await listen.getAttribute('aria-pressed'), 'true');
    await listen.click();
    await editor.closeNode('cancel');
  });

  it('ends with an error if the hub is unreachable', async () => {
    const hub = await deployLamp(desk);
    const editor = await desk.usedEditor();
    await editor.openNode('button');
    await hub.goOffline();
    const listen = editor.page.locator('#cozify-press-listen');
    await becomes(async () => {
      if ((await listen.getAttribute('aria-pressed')) === 'false') await listen.click();
      return editor.page.locator('#cozify-press-heard').innerText();
    }, /^The hub can't be reached/);
    await becomes(() => listen.getAttribute('aria-pressed'), 'false');
    await hub.goOnline();
    await editor.closeNode('cancel');
  });
});

describe('The presses in the button dialog', () => {
  let desk: Desk;

  before(async () => {
    desk = await Desk.open({}, { hubs: [{ name: 'Koti' }] });
  });
  afterEach(() => desk.tidy());
  after(() => desk?.close());

  const rowOf = (output: number, button: string, press: string): string[] => [
    ...[`Output ${output}`, `Button = ${button}`, `Way of pressing = ${press}`, `<Remove output ${output}>`],
  ];
  const question = ['Which presses, one output each?'];
  const none = 'No row: all presses leave by one output.';
  const buttons = ['<Press the switch now>', '<press>'];

  /** Opens the dialog of a button node with these properties, whose target is a wall switch with four buttons. */
  async function open(properties: object) {
    const hub = await deployLamp(desk);
    await deployNodes(desk, { button: { targets: [chosen(hub, 'Eteisen seinäkytkin')], ...properties } });
    const editor = await desk.usedEditor();
    await editor.openNode('button');
    const { page } = editor;
    const shown = (): Promise<string[]> => outline(page.locator('[data-question=presses]'));
    const row = (output: number) => page.locator(`#node-input-presses-list [data-output="${output}"]`);
    const buttonOf = (output: number) => row(output).getByLabel('Button', { exact: true });
    const optionsIn = (output: number): Promise<string[]> => buttonOf(output).locator('option').allInnerTexts();
    return { hub, editor, page, shown, row, buttonOf, optionsIn };
  }

  it('have a row and an output each, and keep their wires when rows are moved, removed and added', async () => {
    const { editor, page, shown, row, buttonOf, optionsIn } = await open({
      presses: [{ button: '1', press: 'long' }, { press: 'short' }, { button: 'Oikea ylös' }],
      outputs: 3,
      wires: [['lamp'], ['read'], ['wait']],
    });
    await becomes(
      () => optionsIn(1),
      [...['any button', 'Vasen ylös', 'Vasen alas', 'Oikea ylös', 'Oikea alas', 'another button…']],
    );
    await becomes(
      () => optionsIn(3),
      [...['any button', 'Vasen ylös', 'Vasen alas', 'Oikea alas', 'Oikea ylös', 'another button…']],
    );
    assert.deepEqual(await shown(), [
      ...question,
      ...rowOf(1, 'Vasen ylös', 'long'),
      ...rowOf(2, 'any button', 'short'),
      ...rowOf(3, 'Oikea ylös', 'any press'),
      ...buttons,
    ]);
    await page.locator('#cozify-press-add').click();
    await becomes(shown, [
      ...question,
      ...rowOf(1, 'Vasen ylös', 'long'),
      ...rowOf(2, 'any button', 'short'),
      ...rowOf(3, 'Oikea ylös', 'any press'),
      ...rowOf(4, 'any button focused', 'any press'),
      ...buttons,
    ]);
    assert.equal((await optionsIn(4)).length, 6);
    await buttonOf(4).selectOption('Vasen alas');
    await row(4).getByLabel('Way of pressing').selectOption('release');
    await row(2).getByLabel('Remove output 2').click();
    await row(4).waitFor({ state: 'detached' });
    const handle = async (output: number) => {
      const { x, y } = await boxOf(row(output).locator('.red-ui-editableList-item-handle'));
      return { x: x + 3, y: y + 3 };
    };
    const [from, to] = [await handle(1), await handle(2)];
    await editor.dragMouse(from, { x: to.x, y: to.y + 12 });
    await becomes(shown, [
      ...question,
      ...rowOf(1, 'Oikea ylös', 'any press'),
      ...rowOf(2, 'Vasen ylös', 'long'),
      ...rowOf(3, 'Vasen alas', 'release'),
      ...buttons,
    ]);
    const saved = await deployedNode(desk, editor, 'button');
    assert.deepEqual(saved['presses'], [
      { button: 'Oikea ylös', press: '' },
      { button: '1', press: 'long' },
      { button: 2, press: 'release' },
    ]);
    assert.deepEqual([saved['outputs'], saved['wires']], [3, [['wait'], ['lamp'], []]]);
  });

  it('keep the wires of a node without rows for the first row', async () => {
    const { editor, page, shown, buttonOf } = await open({ presses: [], outputs: 1, wires: [['lamp']] });
    await becomes(shown, [...question, none, ...buttons]);
    await page.locator('#cozify-press-add').click();
    await buttonOf(1).selectOption('another button…');
    await page.keyboard.type('Keskellä');
    await page.keyboard.press('Enter');
    await page.locator('#cozify-press-add').click();
    await becomes(shown, [
      ...question,
      ...rowOf(1, 'Keskellä', 'any press'),
      ...rowOf(2, 'any button focused', 'any press'),
      ...buttons,
    ]);
    const saved = await deployedNode(desk, editor, 'button');
    assert.deepEqual(saved['presses'], [
      { button: 'Keskellä', press: '' },
      { button: '', press: '' },
    ]);
    assert.deepEqual([saved['outputs'], saved['wires']], [2, [['lamp'], []]]);
  });

  it('are received for 30 s: a known one shows its row, and the switch of an unknown one can be chosen', async () => {
    const { hub, editor, page, shown, row } = await open({ presses: [], outputs: 1 });
    const asked: Route[] = [];
    await page.route(/\/feed\?/, (route) => void asked.push(route));
    const seconds = await HeldSeconds.of(page);
    const request = () =>
      until('a request', async () => {
        if (asked.length === 0) await seconds.pass(1);
        return asked.shift();
      });
    const answer = async (...events: object[]): Promise<void> => {
      const route = await until('a request', () => asked.shift());
      await route.fulfill({ json: { last: '1', reset: false, events, hubs: [] } });
    };
    const fail = async (status: number, code?: string): Promise<void> =>
      (await request()).fulfill({ status, json: { code } });
    const heard = (name: string, button: number, label: string, press = 'short') => {
      const { id } = hub.home.device(name);
      return { thing: { hub: hub.id, kind: 'device', id, name }, press: { button, label, press, repeat: false } };
    };
    const wall = heard('Eteisen seinäkytkin', 1, 'Vasen ylös', 'long');
    const bedside = heard('Yöpöydän painike', 0, 'Painike');
    const listen = page.locator('#cozify-press-listen');
    const start = async (): Promise<void> => {
      asked.length = 0;
      await listen.click();
    };
    const listening = (left: string, message: string[] = [], stop = '<Stop> pressed focused'): string[] => [
      ...['spinning', 'Press the switch now…', left, ...message, stop, '<press>'],
    ];
    const isFlashing = (output: number) => row(output).evaluate((it) => it.classList.contains('cozify-press-flash'));

    await becomes(shown, [...question, none, ...buttons]);
    await start();
    await becomes(shown, [...question, none, ...listening('30 s')]);
    await seconds.pass(1);
    assert.deepEqual(await shown(), [...question, none, ...listening('29 s')]);
    await answer(wall);
    await answer({ ...wall, press: null }, bedside);
    const unchosen = ['Heard: Yöpöydän painike, which is not chosen.', '<Choose it too>'];
    await becomes(shown, [...question, none, ...listening('29 s', unchosen)]);
    await page.getByRole('button', { name: 'Choose it too' }).click();
    const bedsideRow = rowOf(1, 'Painike', 'short');
    const first = ['Heard: Yöpöydän painike, Painike, short. Output 1.'];
    await becomes(shown, [...question, ...bedsideRow, ...listening('29 s', first, '<Stop> pressed')]);
    assert.deepEqual(await new Picker(page).names(), ['Eteisen seinäkytkin', 'Yöpöydän painike']);
    await answer(wall);
    const rows = [...bedsideRow, ...rowOf(2, 'Vasen ylös', 'long')];
    const second = ['Heard: Eteisen seinäkytkin, Vasen ylös, long. Output 2.'];
    await becomes(shown, [...question, ...rows, ...listening('29 s', second, '<Stop> pressed')]);
    assert.equal(await isFlashing(2), true);
    await becomes(() => isFlashing(1), false);
    await answer(wall, bedside);
    await becomes(shown, [...question, ...rows, ...listening('29 s', first, '<Stop> pressed')]);
    assert.equal(await isFlashing(1), true);
    await seconds.pass(29);
    assert.deepEqual(await shown(), [...question, ...rows, ...first, ...buttons]);

    const idle = (message: string[] = []): string[] => [
      ...[...question, ...rows, ...message, '<Press the switch now> focused', '<press>'],
    ];
    await start();
    assert.deepEqual(await shown(), [...question, ...rows, ...listening('30 s')]);
    await seconds.pass(30);
    assert.deepEqual(await shown(), idle(['Nothing was heard in 30 s: does the Cozify app show this switch?']));
    await start();
    await listen.click();
    await seconds.pass(2);
    assert.deepEqual(await shown(), idle());
    await start();
    await fail(409, 'COZIFY_OTP_REQUIRED');
    await becomes(shown, idle([text('en-US', 'picker.logIn')]));
    await start();
    await page.locator('#node-input-account').selectOption('_ADD_');
    await becomes(shown, idle());
    await listen.click();
    await becomes(shown, idle([text('en-US', 'picker.noAccount')]));
    await page.locator('#node-input-account').selectOption(ACCOUNT);
    await start();
    const isDropped = page.waitForEvent('requestfailed', (request) => request.url().includes('/feed?'));
    await until('a request', () => asked.length > 0);
    await editor.closeNode('cancel');
    await seconds.pass(1);
    await isDropped;
    await seconds.release();
  });
});
