import assert from 'node:assert/strict';
import { NODE_RED_4 } from '../live/harness/versions';
import { userDirWithDashboard, Visit } from '../examples/support';
import { sleep, until } from '../support/wait';
import { Desk } from './support';
import { HomeTab } from './support/home';
import { deployHome } from './support/home-flows';

for (const version of [NODE_RED_4]) {
  describe(`A dashboard from the home sidebar of Node-RED ${version.name}`, () => {
    let desk: Desk;
    let home: HomeTab;

    before(async () => {
      desk = await Desk.open({ userDir: await userDirWithDashboard(), ...(await version.programs()) });
    });
    afterEach(() => desk.tidy());
    after(() => desk?.close());

    it('lights a lamp by its page after three clicks', async () => {
      await deployHome(desk);
      home = await HomeTab.open(await desk.usedEditor({locale: 'fi-FI'}));
      const { page } = home;
      await page.locator('#cozify-home-dashboard').click();
      await page.locator('dialog.cozify-dashboard').waitFor();
      await page.getByRole('button', { name: 'Luo', exact: true }).click();
      await home.untilSaid(/valmis/);
      await page.screenshot({ path: '/tmp/h/i/flow.png' });
      for (let i = 0; i < 3; i++) await page.evaluate(`RED.actions.invoke('core:zoom-out')`);
      await sleep(1500);
      await page.screenshot({ path: '/tmp/h/i/flow-out.png' });
      await home.editor.deploy();
      const visit = await Visit.open(desk.browser, `${desk.nodeRed.url}/dashboard/home`, { viewport: { width: 1300, height: 900 } });
      const lamp = visit.main.locator('.nrdb-switch').filter({ hasText: 'Lukuvalo' });
      await lamp.waitFor();
      await visit.page.screenshot({ path: '/tmp/h/i/page.png' });
      await lamp.click();
      const [hub] = desk.simulator.hubs;
      await until('the lamp to be on', () => hub?.home.device('Lukuvalo').state['isOn'] === true);
      await until('the switch on', () => lamp.locator('input').isChecked());
      hub?.home.change('Lukuvalo', { reachable: false });
      await sleep(2500);
      await lamp.click();
      await sleep(1500);
      await visit.page.screenshot({ path: '/tmp/h/i/failed.png' });
      console.log('still', await lamp.locator('input').isChecked(), hub?.home.device('Lukuvalo').state);
      await hub?.goOffline();
      await sleep(1500);
      const roller = visit.main.locator('.nrdb-switch').filter({ hasText: 'Kattovalo' }).first();
      await roller.click();
      await sleep(12000);
      await visit.page.screenshot({ path: '/tmp/h/i/offline.png' });
      await hub?.goOnline();
      await visit.close();
      // full deploy again
      await desk.nodeRed.deploy(await desk.nodeRed.flows());
      await sleep(4000);
      const again = await Visit.open(desk.browser, `${desk.nodeRed.url}/dashboard/home`, { viewport: { width: 390, height: 844 }, locale: 'fi-FI' });
      await sleep(2500);
      await again.page.screenshot({ path: '/tmp/h/i/phone.png' });
      console.log(await again.main.innerText());
      await again.close();
      assert.ok(hub);
    });
  });
}
