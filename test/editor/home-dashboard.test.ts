import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import type { SimulatedHub } from '../../packages/cozify-practice/src/hub';
import { userDirWithDashboard, Visit } from '../examples/support';
import { EDITOR_VERSIONS, NODE_RED_3 } from '../live/harness/versions';
import { findViolations } from '../support/axe';
import { becomes } from '../support/becomes';
import { say } from '../support/size';
import { until } from '../support/wait';
import { Desk, intercept } from './support';
import type { EditorOptions } from './support/editor';
import { HomeTab } from './support/home';
import { deployHome, nodeSet } from './support/home-flows';
import { ACCOUNT } from './support/lamp-flow';
import { boxOf } from './support/tray';

const WIDE = { viewport: { width: 1300, height: 900 } };
const PHONE = { width: 390, height: 844 };

/** Dashboard 2.0 needs a newer Node-RED than 3.1. */
const VERSIONS = EDITOR_VERSIONS.filter((version) => version !== NODE_RED_3);

/** The button in the sidebar that creates a dashboard, and the dialog that it opens. */
class DashboardDialog {
  readonly button: Locator;
  readonly root: Locator;

  constructor({ page }: HomeTab) {
    this.button = page.locator('#cozify-home-dashboard');
    this.root = page.locator('dialog.cozify-dashboard');
  }

  async open(): Promise<void> {
    await this.button.click();
    await this.root.waitFor();
  }

  press(name: 'Create' | 'Cancel' | 'Luo'): Promise<void> {
    return this.root.getByRole('button', { name, exact: true }).click();
  }

  /** Returns the checkbox of a room; the name “All rooms” returns the checkbox of all rooms. */
  room(name: string): Locator {
    return this.root.getByRole('checkbox', { name });
  }
}

for (const version of VERSIONS) {
  describe(`A dashboard from the home sidebar of Node-RED ${version.name}`, () => {
    const desk = Desk.forSuite({ version, nodeRed: async () => ({ userDir: await userDirWithDashboard() }) });
    let hub: SimulatedHub;
    let home: HomeTab;
    let dialog: DashboardDialog;

    beforeEach(async () => {
      hub = await deployHome(desk);
    });

    async function open(options: EditorOptions = {}): Promise<void> {
      home = await HomeTab.open(await desk.usedEditor(options));
      dialog = new DashboardDialog(home);
    }
    const visit = (options: object = WIDE): Promise<Visit> =>
      Visit.open(desk.browser, `${desk.nodeRed.url}/dashboard/home`, options);
    const isOn = (device: string): unknown => hub.home.device(device).state['isOn'];
    const widget = (page: Visit, kind: string, label: string): Locator =>
      page.main.locator(`.nrdb-${kind}`).filter({ hasText: new RegExp(`^${label}`) });

    /** Creates a dashboard page with these rooms, or with all rooms if none are given, and deploys it. */
    async function deployPage(...rooms: string[]): Promise<void> {
      await open();
      await dialog.open();
      if (rooms.length > 0) await dialog.room('All rooms').uncheck();
      for (const room of rooms) await dialog.room(room).check();
      await dialog.press('Create');
      await home.untilAnnounced(/^The flow is ready/);
      await home.editor.deploy();
    }

    it('switches a lamp from its page after three clicks, shows later changes, and reports that nothing is new then', async () => {
      await open();
      const started = Date.now();
      await dialog.open();
      await dialog.press('Create');
      await home.untilAnnounced(/^The flow is ready\. Press Deploy, then open \/dashboard\/home\./);
      assert.deepEqual(await home.page.evaluate(INVALID), []);
      await home.editor.deploy();
      const page = await visit();
      const toggle = widget(page, 'switch', 'Lukuvalo');
      await toggle.click();
      await until('the lamp to be on', () => isOn('Lukuvalo') === true);
      say(`practice home, 48 devices: 3 clicks and ${((Date.now() - started) / 1000).toFixed(1)} s to the lamp`);
      await until('the switch to be on', () => toggle.locator('input').isChecked());

      hub.home.change('Lukuvalo', { isOn: false, brightness: 0.4 });
      await until('the switch to be off', async () => !(await toggle.locator('input').isChecked()));
      await page.main.getByText('Saunan lämpömittari', { exact: true }).waitFor();
      hub.home.change('Ulko-ovi', { open: true });
      const door = page.main.locator('.nrdb-ui-widget').filter({ hasText: 'Ulko-ovi' });
      await becomes(() => door.innerText(), /open$/);
      await page.close();

      const before = await nodeSet(home);
      await dialog.button.click();
      await home.untilAnnounced(/^Nothing new: the page \/dashboard\/home already shows everything\.$/);
      const plan = { rooms: [], path: '/here', shown: 0, nodes: [] };
      await intercept(home.page, PLAN, (route) => route.fulfill({ json: plan }), { times: 1 });
      await dialog.button.click();
      await home.untilAnnounced(/^Nothing at home can be shown on a dashboard\.$/);
      assert.equal(await nodeSet(home), before);
    });

    it('moves blinds, sets targets and runs scenes, with the keyboard too, and says why a command failed', async () => {
      await deployPage('Living room', 'Bedroom', 'Scenes (Koti)');
      const page = await visit();
      const { keyboard } = page.page;
      const sent = hub.log.commands.length;
      const number = page.main.locator('.v-number-input').filter({ hasText: 'Makuuhuoneen patteri' }).locator('input');
      hub.home.change('Makuuhuoneen patteri', { targetTemp: 21.3 });
      await becomes(() => number.inputValue(), '21.3');
      assert.equal(hub.log.commands.length, sent, 'a value from the hub is not sent back');

      let typed = 0;
      await until('the target of 23 °C', async () => {
        // A value from the hub may arrive while the number is typed, and replace the number.
        if ((await number.inputValue()) !== '23') {
          typed += 1;
          await number.fill('23');
        }
        return hub.home.device('Makuuhuoneen patteri').state['targetTemp'] === 23;
      });
      hub.home.change('Rullaverho', { position: 0.26, liftPct: 26 });
      const slider = page.main.locator('.v-slider').filter({ hasText: 'Rullaverho' }).getByRole('slider');
      await becomes(() => slider.getAttribute('aria-valuenow'), '26');
      await slider.focus();
      await keyboard.press('ArrowRight');
      await until('the blind at 27 %', () => hub.home.device('Rullaverho').state['liftPct'] === 27);
      await page.main.getByRole('button', { name: 'Away' }).focus();
      await keyboard.press('Enter');
      await until('the scene', () => hub.log.commands.some(({ visit: { body } }) => body.includes('CMD_SCENE_ON')));
      const commands = hub.log.commands.length - sent;
      assert.ok(commands >= 3 && commands <= typed + 2, `${commands} commands, ${typed} times typed`);

      const toggle = widget(page, 'switch', 'Lukuvalo');
      // Records the notifications, because each is shown only for a few seconds.
      await page.page.evaluate(RECORD_NOTIFICATIONS);
      const untilNotified = (text: string): Promise<unknown> =>
        until(text, () =>
          page.page.evaluate<boolean>(`window.notified.some((one) => one.startsWith(${JSON.stringify(text)}))`),
        );
      hub.home.change('Lukuvalo', { isOn: false, reachable: false });
      await until('the switch to be off', async () => !(await toggle.locator('input').isChecked()));
      await toggle.click();
      await untilNotified("Lukuvalo: can't be reached");
      // The dialog names what the page has already.
      await dialog.open();
      assert.match(
        await dialog.root.locator('p').innerText(),
        /^The page already shows \d+ devices and scenes\. These are new:$/,
      );
      await dialog.press('Cancel');
      await dialog.root.waitFor({ state: 'detached' });
      assert.equal(await toggle.locator('input').isChecked(), false);
      await hub.goOffline();
      await toggle.click();
      await untilNotified('Lukuvalo: hub away');
      await hub.goOnline();
      await page.close();
    });

    it('is not created for an account that is limited to another flow', async () => {
      const flows = await desk.nodeRed.flows();
      await desk.nodeRed.deploy(flows.map((node) => (node.id === ACCOUNT ? { ...node, z: 'tab' } : node)));
      await open();
      const before = await nodeSet(home);
      await dialog.button.click();
      await home.untilAnnounced(/^Nothing was added: this flow can't use the account\.$/);
      assert.equal(await nodeSet(home), before);
    });

    it('is undone in one step, with its configuration nodes', async () => {
      await open();
      const before = await nodeSet(home);
      await dialog.open();
      assert.equal(await dialog.root.locator('p').innerText(), 'This will be created:');
      const all = dialog.room('All rooms');
      const boxes = (): Promise<string> =>
        dialog.root
          .getByRole('checkbox')
          .evaluateAll((inputs) =>
            (inputs as HTMLInputElement[]).map((one) => (one.indeterminate ? '-' : one.checked ? 'x' : 'o')).join(''),
          );
      const create = dialog.root.getByRole('button', { name: 'Create' });
      const [, ...rooms] = await boxes();
      assert.deepEqual(await boxes(), `x${rooms.join('')}`);
      assert.ok(rooms.length > 1 && rooms.every((one) => one === 'x'));
      await all.uncheck();
      assert.deepEqual([await boxes(), await create.isDisabled()], ['o'.repeat(rooms.length + 1), true]);
      await dialog.room('Living room').check();
      assert.match(await boxes(), /^-[ox]+$/);
      assert.equal(await create.isDisabled(), false);
      // The keys of the editor's shortcuts, such as the one that hides the sidebar, have no effect behind the dialog.
      await home.page.keyboard.press('Control+Space');
      assert.equal(await dialog.button.isVisible(), true);
      await all.check();
      assert.equal(await boxes(), 'x'.repeat(rooms.length + 1));
      await dialog.press('Create');
      await home.untilAnnounced(/^The flow is ready/);
      const after = await nodeSet(home);
      assert.notEqual(after, before);
      await home.undo();
      await becomes(() => nodeSet(home), before);
      assert.equal(await home.editor.isDeployLit(), false);
      await home.redo();
      await becomes(() => nodeSet(home), after);
    });

    it('is created with the keyboard alone on a phone, in Finnish, and the focus returns to the button', async () => {
      await open({ locale: 'fi-FI', viewport: PHONE });
      const { page } = home;
      const { keyboard } = page;
      const before = await nodeSet(home);
      await dialog.button.focus();
      let release = (): void => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      const asked: unknown[] = [];
      await intercept(page, PLAN, async (route) => {
        const { lang, cloudUrl } = route.request().postDataJSON() as Record<string, unknown>;
        asked.push({ lang, cloudUrl });
        await released;
        await route.continue();
      });
      await keyboard.press('Enter');
      await home.untilAnnounced(/^Haetaan/);
      // A second press while the first one is being answered has no effect.
      await keyboard.press('Enter');
      release();
      await dialog.root.waitFor();
      assert.deepEqual(asked, [{ lang: 'fi', cloudUrl: desk.simulator.cloudUrl }]);
      assert.deepEqual(await findViolations(page, '.cozify-dashboard'), []);
      const { x, y, width, height } = await boxOf(dialog.root);
      assert.ok(x >= 0 && x + width <= PHONE.width && y >= 0 && y + height <= PHONE.height);
      await page.unroute(PLAN);
      await keyboard.press('Escape');
      await dialog.root.waitFor({ state: 'detached' });
      await home.untilAnnounced(/^[^:]+: \d+/);
      await becomes(() => page.locator(':focus').getAttribute('id'), 'cozify-home-dashboard');
      assert.equal(await nodeSet(home), before);

      await keyboard.press('Enter');
      await dialog.root.waitFor();
      // Chooses only the first room: the first checkbox unchecks all rooms, and the second one checks this room.
      await keyboard.press('Space');
      await keyboard.press('Tab');
      await keyboard.press('Space');
      await keyboard.press('Enter');
      await home.untilAnnounced(/^Flow on valmis\. Paina Deploy ja avaa \/dashboard\/home\. Voit kumota tämän\.$/);
      await becomes(() => page.locator(':focus').getAttribute('id'), 'cozify-home-dashboard');
      const groups = await page.evaluate(
        `RED.nodes.createCompleteNodeSet().filter(({ type }) => type === 'ui-group').map(({ name }) => name)`,
      );
      assert.deepEqual(groups, ['Olohuone']);
    });
  });
}

const PLAN = /\/cozify\/accounts\/[^/]+\/dashboard$/;

/** Code that adds the text of each notification of a dashboard page to `window.notified`. */
const RECORD_NOTIFICATIONS = `{
  window.notified = [];
  new MutationObserver(() => {
    for (const shown of document.querySelectorAll('.v-snackbar')) window.notified.push(shown.innerText.trim());
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}`;

/** Code that returns the types of all nodes that are invalid or whose type is unknown. */
const INVALID = `(() => {
  const invalid = [];
  const look = (node) => node.valid === false || node.type === 'unknown' ? invalid.push(node.type) : 0;
  RED.nodes.eachNode(look);
  RED.nodes.eachConfig(look);
  return invalid;
})()`;
