import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { EDITOR_VERSIONS } from '../live/harness/versions';
import { becomes } from '../support/becomes';
import { until } from '../support/wait';
import { Desk } from './support';
import { HomeTab } from './support/home';
import { commandNode, deployHome, targetOf } from './support/home-flows';

for (const version of EDITOR_VERSIONS) {
  describe(`What a person is at in the home of Node-RED ${version.name}`, () => {
    let desk: Desk;

    before(async () => {
      desk = await Desk.openOn(version);
    });
    afterEach(() => desk.tidy());
    after(() => desk?.close());

    const isFocused = (one: Locator): Promise<boolean> =>
      one.evaluate((element) => element === element.ownerDocument.activeElement);

    it('stays as it is when things come, go and are renamed: the focus, the nodes, and what the mouse is on', async () => {
      const hub = await deployHome(desk);
      const lamp = targetOf(hub, 'Lukuvalo');
      await deployHome(desk, commandNode('one', [lamp], { name: 'One' }));
      const home = await HomeTab.open(await desk.editor());
      const row = home.row('device', lamp.id);
      await becomes(() => row.locator('.cozify-home-uses').allInnerTexts(), ['1 node']);
      await row.locator('.cozify-home-uses').click();
      const on = home.action(row, 'on');
      await on.focus();
      const button = await on.elementHandle();
      const stays = async (): Promise<void> => {
        assert.equal(await isFocused(on), true, 'the focus');
        assert.deepEqual(await row.locator('[data-node]').allInnerTexts(), ['One · Home']);
        assert.equal(await row.locator('.cozify-home-uses').getAttribute('aria-expanded'), 'true');
      };
      const added = home.list.getByText('Uusi valo', { exact: true });
      hub.home.addLike(lamp.id, 'Uusi valo');
      try {
        await until('what was added', async () => (await added.count()) > 0);
        await stays();
        assert.equal(await button?.evaluate((element) => element.isConnected), true, 'pressed while the list is drawn');
        hub.home.rename('devices', lamp.id, 'Iltavalo');
        await becomes(() => row.locator('.cozify-home-name').innerText(), 'Iltavalo');
        await stays();
      } finally {
        hub.home.rename('devices', lamp.id, 'Lukuvalo');
        hub.home.remove('devices', hub.home.device('Uusi valo').id);
      }
      await until('nothing of it', async () => (await added.count()) === 0);
      await becomes(() => row.locator('.cozify-home-name').innerText(), 'Lukuvalo');
      await stays();
      const node = row.locator('[data-node="one"]');
      await node.focus();
      await home.page.evaluate(
        `RED.nodes.node('one').name = 'Other'; RED.events.emit('nodes:change', RED.nodes.node('one'))`,
      );
      await becomes(() => node.innerText(), 'Other · Home');
      assert.equal(await isFocused(node), true, 'the focus on a node');
    });

    it('keeps the focus while a person replaces by keys alone', async () => {
      const hub = await deployHome(desk);
      const gone = { hub: hub.id, kind: 'device', id: 'gone-id', name: 'Vanha valo' };
      const lamp = targetOf(hub, 'Lukuvalo');
      await deployHome(desk, commandNode('one', [gone]));
      const home = await HomeTab.open(await desk.editor());
      await home.turnTo('gone');
      await home.gone.locator('[data-id="gone-id"] [data-do=replace]').focus();
      await home.page.keyboard.press('Enter');
      await home.untilSaid(/takes the place of Vanha valo/);
      await until('the tab of the list', () => isFocused(home.page.locator('#cozify-home-tab-things')));
      const row = home.row('device', lamp.id);
      await home.choose(row);
      await home.action(row, 'replace').focus();
      await home.page.keyboard.press('Enter');
      await home.untilSaid(/Vanha valo was replaced by Lukuvalo/);
      await until('the row', () => isFocused(row));
    });
  });
}
