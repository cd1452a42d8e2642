import assert from 'node:assert/strict';
import type { Route } from 'playwright-core';
import { becomes } from '../support/becomes';
import { ask, Desk, intercept, text } from './support';
import { targetOf } from './support/home-flows';
import { until } from '../support/wait';
import { HeldSeconds } from './support/held-seconds';
import { ACCOUNT, deployLamp } from './support/lamp-flow';
import { outline } from './support/outline';
import { openOnPhone } from './support/phone';
import { Picker } from './support/picker';
import { boxOf } from './support/tray';
import { deployedNode, deployNodes } from './support/values';

describe('The Test button of the ping dialog', () => {
  const desk = Desk.forSuite();

  it('checks the login at the cloud and shows the result and the time', async () => {
    const { id } = await desk.deployLogin();
    await until('the hubs to be found', async () => (await desk.snapshot(id)).hubs.length > 0);
    const editor = await desk.usedEditor();
    const dialog = await editor.openNode('ping');
    const test = dialog.locator('#cozify-ping-test');
    const pingState = dialog.locator('#cozify-ping-state');
    const untilResult = (words: RegExp): Promise<void> =>
      becomes(async () => (await pingState.innerText()).trim(), words);

    const asked = desk.simulator.hold('hubkeys');
    await test.click();
    await untilResult(/^Checking with the cloud/);
    await becomes(() => pingState.locator('.fa-spin').count(), 1);
    await until('the request to the cloud', () => asked.isAsked);
    asked.release();
    await untilResult(/^Checked at \d+:\d\d\s[AP]M: the login is valid\.$/);
    await desk.simulator.goOffline();
    await test.click();
    await becomes(() => pingState.innerText(), text('en-US', 'error.COZIFY_UNREACHABLE'));
    await desk.simulator.goOnline();

    desk.simulator.revokeAll();
    await test.click();
    await untilResult(/^Checked at \d+:\d\d\s[AP]M: the login is no longer valid\. Open the account/);
    await ask(desk.nodeRed, 'reset');
    await test.click();
    await untilResult(/^There is no login: open the account/);
    await dialog.locator('#node-input-account').selectOption('_ADD_');
    await becomes(() => pingState.innerText(), '', 'the answer was about another account');
    await test.click();
    await untilResult(/^Choose an account first\.$/);
    await editor.closeNode('cancel');
    assert.equal(await editor.isDeployLit(), false);
  });

  it('is at the left edge on a phone, and the text of the checkbox is beside the box', async () => {
    await desk.deployLogin();
    const editor = await openOnPhone(desk, 'ping');
    // At this width the text needs two lines, even in a narrow font.
    await editor.page.locator('#dialog-form .cozify-dialog').evaluate((element) => {
      (element as HTMLElement).style.width = '240px';
    });
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
});

describe('The presses in the button dialog', () => {
  const desk = Desk.forSuite({ hubs: [{ name: 'Koti' }] });

  const rowOf = (output: number, button: string, press: string): string[] => [
    ...[`Output ${output}`, `Button = ${button}`, `Way of pressing = ${press}`, `<Remove output ${output}>`],
  ];
  const question = ['Which presses, one output each?'];
  const none = 'No row: all presses leave by one output.';
  const buttons = ['<Press the switch now>', '<press>'];

  /** Opens the dialog of a button node with these properties, whose target is a wall switch with four buttons. */
  async function open(properties: object) {
    const hub = await deployLamp(desk);
    await deployNodes(desk, { button: { targets: [targetOf(hub, 'Eteisen seinäkytkin')], ...properties } });
    const editor = await desk.usedEditor();
    await editor.openNode('button');
    const { page } = editor;
    const shown = (): Promise<string[]> => outline(page.locator('[data-question=presses]'));
    const row = (output: number) => page.locator(`#node-input-presses-list [data-output="${output}"]`);
    const buttonOf = (output: number) => row(output).getByLabel('Button', { exact: true });
    const optionsIn = (output: number): Promise<string[]> => buttonOf(output).locator('option').allInnerTexts();
    return { hub, editor, page, shown, row, buttonOf, optionsIn };
  }

  it('are added by Listen, which continues after a failed request, and keep the wires of a node without rows', async () => {
    const { hub, editor, page, buttonOf } = await open({ targets: [], presses: [], outputs: 1, wires: [['lamp']] });
    const remote = hub.home.devices.find(({ type }) => type === 'REMOTE_CONTROL');
    assert.ok(remote);
    const rows = page.locator('#node-input-presses-list [data-output]');
    const listen = page.locator('#cozify-press-listen');
    const pressLine = page.locator('#cozify-press-heard');
    assert.equal(await rows.count(), 0);
    let asked = 0;
    await intercept(page, /\/feed\?.*wait=20/, (route) => {
      asked += 1;
      // Responds as a proxy does while its Node-RED is down.
      return asked > 1 ? route.continue() : route.fulfill({ status: 502, body: '<html>Bad gateway' });
    });
    await listen.click();
    await until('another question', () => asked > 1);
    assert.equal(await listen.getAttribute('aria-pressed'), 'true');
    await until('the received press', async () => {
      hub.home.press(remote.id, 1);
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      return /^Heard: .*Output 1\.$/.test(await pressLine.innerText());
    });
    assert.ok((await pressLine.innerText()).includes(remote.name));
    assert.equal(await rows.count(), 1, 'another press of the same is of the same row');
    await listen.click();
    await becomes(() => listen.getAttribute('aria-pressed'), 'false');
    await page.locator('#cozify-press-add').click();
    await buttonOf(2).selectOption('another button…');
    await page.keyboard.type('Keskellä');
    await page.keyboard.press('Enter');
    const { presses, outputs, wires } = await deployedNode(desk, editor, 'button');
    assert.equal((presses as object[]).length, 2);
    assert.deepEqual((presses as object[])[1], { button: 'Keskellä', press: '' });
    assert.deepEqual([outputs, wires], [2, [['lamp'], []]]);
  });

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

  it('are received for 30 s: a known one shows its row, and the switch of an unknown one can be chosen', async () => {
    const { hub, editor, page, shown, row } = await open({ presses: [], outputs: 1 });
    const asked: Route[] = [];
    await intercept(page, /\/feed\?/, (route) => void asked.push(route));
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
    const hubs = [{ id: hub.id, away: true, asOf: null, revision: 1 }];
    await (await request()).fulfill({ json: { last: '1', reset: false, events: [], hubs } });
    await becomes(shown, idle([text('en-US', 'error.COZIFY_HUB_OFFLINE')]));
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
