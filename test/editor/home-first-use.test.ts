import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { EDITOR_VERSIONS } from '../live/harness/versions';
import { say } from '../support/size';
import { until } from '../support/wait';
import { Desk } from './support';
import { HomeTab } from './support/home';
import { commandNode, deployHome, nodeSet, targetOf } from './support/home-flows';
import { boxOf } from './support/tray';

for (const version of EDITOR_VERSIONS) {
  describe(`How long it takes with the home in the sidebar of Node-RED ${version.name}`, () => {
    let desk: Desk;
    let clicks = 0;
    let from = 0;

    before(async () => {
      desk = await Desk.openOn(version);
    });
    beforeEach(() => {
      clicks = 0;
      from = performance.now();
    });
    afterEach(() => desk.tidy());
    after(() => desk?.close());

    const click = async (what: Locator): Promise<void> => {
      clicks += 1;
      await what.click();
    };
    const tell = (what: string): void =>
      say(`${what}: ${clicks} clicks, ${((performance.now() - from) / 1000).toFixed(1)} s`);

    /** Opens the tab and looks for something there. */
    async function look(text: string): Promise<HomeTab> {
      const home = new HomeTab(await desk.editor());
      await home.editor.untilStill();
      from = performance.now();
      // The menu of the sidebar is Node-RED's own, and another one in each version.
      clicks += 1;
      await home.page.evaluate(`RED.actions.invoke('cozify:show-home')`);
      await home.search.fill(text);
      return home;
    }

    it('a lamp is in a flow and lit after four clicks', async () => {
      const hub = await deployHome(desk);
      const lamp = targetOf(hub, 'Lukuvalo');
      hub.home.change(lamp.id, { isOn: false });
      const home = await look('lukuv');
      const row = home.row('device', lamp.id);
      await until('the lamp alone', async () => (await home.row('device').count()) === 1);
      const before = (await home.nodes()).length;
      await row.locator('.cozify-home-name').waitFor();
      const box = await boxOf(row.locator('.cozify-home-name'));
      clicks += 1;
      await home.editor.dragMouse({ x: box.x + 10, y: box.y + 5 }, { x: 700, y: 500 });
      await until('the node', async () => (await home.nodes()).length === before + 1);
      await click(row.locator('.cozify-home-name'));
      await click(home.action(row, 'on'));
      const isOn = (): unknown => hub.home.devices.find(({ id }) => id === lamp.id)?.state['isOn'];
      await until('the lamp', () => isOn() === true);
      tell('a lamp into a flow, and lit');
      assert.ok(clicks <= 4, `${clicks} clicks`);
    });

    it('a lamp is replaced in 20 nodes, and that is undone', async () => {
      const hub = await deployHome(desk);
      const gone = { hub: hub.id, kind: 'device', id: 'gone-id', name: 'Vanha valo' };
      const lamp = targetOf(hub, 'Lukuvalo');
      const nodes = Array.from({ length: 20 }, (_none, index) =>
        commandNode(`node-${index}`, [gone], { y: 60 * index }),
      );
      await deployHome(desk, ...nodes);
      const home = await look('lukuv');
      const set = await nodeSet(home);
      const row = home.row('device', lamp.id);
      await click(home.page.locator('#cozify-home-tab-gone'));
      await click(home.gone.locator('[data-id="gone-id"] [data-do=replace]'));
      await until('the lamp alone', async () => (await home.row('device').count()) === 1);
      await click(row.locator('.cozify-home-name'));
      await click(home.action(row, 'replace'));
      await home.untilSaid(/Lukuvalo\. Nodes changed: 20\./);
      await home.undo();
      await until('all as it was', async () => (await nodeSet(home)) === set);
      tell('a lamp replaced in 20 nodes, and undone');
      assert.ok(clicks <= 5, `${clicks} clicks`);
    });
  });
}
