import assert from 'node:assert/strict';
import type { SimulatedHub } from '../../packages/cozify-practice/src/hub';
import { becomes } from '../support/becomes';
import { accountNode, type FlowNode } from '../live/harness/flow';
import { EDITOR_VERSIONS } from '../live/harness/versions';
import { sleep, until } from '../support/wait';
import { Desk } from './support';
import { HomeTab } from './support/home';
import { commandNode, deployHome, nodeSet, targetOf } from './support/home-flows';
import { ACCOUNT } from './support/lamp-flow';
import { boxOf } from './support/tray';

const EMAIL = 'second@example.fi';

for (const version of EDITOR_VERSIONS) {
  describe(`The homes of several accounts in Node-RED ${version.name}`, () => {
    let desk: Desk;
    let home: HomeTab;

    before(async () => {
      desk = await Desk.openOn(version);
    });
    afterEach(async () => {
      await home.page.evaluate<void>(`localStorage.removeItem('cozify-home-account')`);
      await desk.tidy();
    });
    after(() => desk?.close());

    const hub = (): SimulatedHub => desk.simulator.hubs[0] as SimulatedHub;
    const second = (rest: object = {}): FlowNode => ({
      ...accountNode({ id: 'second', name: 'Toinen', email: EMAIL, cloudUrl: desk.simulator.cloudUrl }),
      ...rest,
    });

    async function show(account: string): Promise<void> {
      home = await HomeTab.open(await desk.editor());
      await home.page.locator('#cozify-home-accounts').selectOption(account);
    }

    it('count as gone what is gone in the home that is shown', async () => {
      await deployHome(desk);
      const gone = { hub: hub().id, kind: 'device', id: 'gone-id', name: 'Vanha valo' };
      await deployHome(desk, commandNode('mine', [gone]), second());
      await show(ACCOUNT);
      const tab = home.page.locator('#cozify-home-tab-gone');
      await becomes(() => tab.innerText(), 'Gone (1)');
      await home.page.locator('#cozify-home-accounts').selectOption('second');
      await becomes(() => tab.innerText(), 'Gone');
    });

    it('give nodes to those flows alone that can use the account', async () => {
      await deployHome(desk);
      await deployHome(desk, second({ z: 'sub' }));
      await desk.logIn({ id: 'second', email: EMAIL });
      const lamp = targetOf(hub(), 'Lukuvalo');
      await show('second');
      const row = home.row('device', lamp.id);
      await home.choose(row);
      const set = await nodeSet(home);
      await home.action(row, 'changes').focus();
      await home.page.keyboard.press('Enter');
      await home.untilSaid(/Nothing was added: this flow can't use the account/);
      assert.equal(await nodeSet(home), set);
      await home.page.evaluate(`RED.workspaces.show('sub')`);
      await home.action(row, 'changes').focus();
      await home.page.keyboard.press('Enter');
      await home.untilSaid(/Lukuvalo is in the flow/);
      const added = (await home.nodes()).find(({ type }) => type === 'cozify-changes');
      assert.deepEqual([added?.['z'], added?.['account']], ['sub', 'second']);
    });

    it('give nothing of an account that is deleted while its row is dragged', async () => {
      await deployHome(desk);
      await deployHome(desk, second());
      const lamp = targetOf(hub(), 'Lukuvalo');
      await show(ACCOUNT);
      const row = home.row('device', lamp.id);
      await home.choose(row);
      const box = await boxOf(row.locator('.cozify-home-name'));
      const { mouse } = home.page;
      await mouse.move(box.x + 10, box.y + box.height / 2);
      await mouse.down();
      await mouse.move(box.x - 60, box.y + 20, { steps: 5 });
      await home.page.evaluate<void>(`RED.nodes.remove('${ACCOUNT}'); RED.nodes.dirty(true)`);
      await until('the other account', async () => (await home.row('device').count()) === 0);
      await mouse.move(600, 500, { steps: 5 });
      await mouse.up();
      await sleep(500);
      assert.deepEqual(
        (await home.nodes()).filter(({ type }) => String(type).startsWith('cozify-')),
        [],
      );
      await home.untilSaid(/Nothing was added: this flow can't use the account/);
    });
  });
}
