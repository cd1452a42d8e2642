import assert from 'node:assert/strict';
import { becomes } from '../support/becomes';
import { EDITOR_VERSIONS } from '../live/harness/versions';
import { sleep, until } from '../support/wait';
import { Desk } from './support';
import { HomeTab } from './support/home';
import { ACCOUNT, bedroomLamp, deployLamp } from './support/lamp-flow';

for (const version of EDITOR_VERSIONS) {
  describe(`The home in the sidebar of Node-RED ${version.name}`, () => {
    let desk: Desk;

    before(async () => {
      desk = await Desk.openOn(version);
    });
    afterEach(() => desk.tidy());
    after(() => desk?.close());

    it('puts a node for a thing into the flow, by mouse, keys and drag, each in one step that can be undone', async () => {
      const hub = await deployLamp(desk);
      const lamp = bedroomLamp(hub);
      const editor = await desk.editor();
      const { mouse, keyboard } = editor.page;
      const home = await HomeTab.open(editor);
      const before = (await home.nodes()).map(({ id }) => id);
      const added = async (): Promise<Record<string, unknown>[]> =>
        (await home.nodes()).filter(({ id }) => !before.includes(id));
      const untilAdded = (count: number): Promise<unknown> =>
        until(`${count} nodes`, async () => (await added()).length === count);
      const row = home.row('device', lamp.id);
      const target = { hub: hub.id, kind: 'device', id: lamp.id, name: 'Kattovalo' };

      await home.choose(row);
      await home.action(row, 'command').click();
      await mouse.move(500, 500, { steps: 5 });
      await mouse.move(520, 520, { steps: 3 });
      await sleep(250);
      await keyboard.press('Escape');
      await untilAdded(0);
      await home.action(row, 'command').click();
      await mouse.move(500, 500, { steps: 5 });
      await mouse.move(520, 520, { steps: 3 });
      await sleep(250);
      await mouse.click(520, 520);
      await untilAdded(1);
      const [command] = await added();
      assert.deepEqual(
        [command?.['type'], command?.['account'], command?.['name'], command?.['targets']],
        ['cozify-command', ACCOUNT, '', [target]],
      );
      await home.undo();
      await untilAdded(0);
      await home.redo();
      await untilAdded(1);

      await row.focus();
      await keyboard.press('Enter');
      await until('the first action', async () => (await row.locator('[data-do]:focus').count()) === 1);
      await home.action(row, 'changes').focus();
      await keyboard.press('Enter');
      await untilAdded(2);
      await home.untilSaid(/Kattovalo is in the flow/);
      await keyboard.press('Escape');
      await until('the row again', async () => (await row.and(editor.page.locator(':focus')).count()) === 1);

      const box = await row.locator('.cozify-home-name').boundingBox();
      assert.ok(box);
      await editor.dragMouse({ x: box.x + 10, y: box.y + 5 }, { x: 700, y: 600 });
      await untilAdded(3);
      const chart = await editor.page.locator('#red-ui-workspace-chart').boundingBox();
      assert.ok(chart);
      await until('its place', async () => {
        const dropped = (await added()).at(-1);
        const [x, y] = [Number(dropped?.['x']), Number(dropped?.['y'])];
        return Math.abs(x - (700 - chart.x)) <= 2 && Math.abs(y - (600 - chart.y)) <= 2;
      });
      await home.undo();
      await untilAdded(2);
      await until('who uses it', async () => (await row.locator('.cozify-home-uses').innerText()) === '2 nodes');
      await editor.deploy();
      await row.locator('.cozify-home-uses').click();
      assert.equal(await row.locator('[data-node]').count(), 2);
    });

    it('tells who did it: a node, the editor, or somebody else', async () => {
      const before = await deployLamp(desk);
      const lamp = bedroomLamp(before);
      const targets = [{ hub: before.id, kind: 'device', id: lamp.id, name: 'Kattovalo' }];
      const hub = await deployLamp(desk, { targets, name: 'Ilta' });
      hub.home.change(lamp.id, { isOn: false });
      const editor = await desk.editor();
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
      await home.untilSaid(/Kattovalo/);
      await home.turnTo('events');
      await until('the editor', async () => (await last.innerText()) === 'the editor');
      hub.home.change(lamp.id, { isOn: true });
      await until('somebody else', async () => (await last.innerText()) === 'somebody else');
      await home.search.fill('lamps');
      await until('what the search has found', async () => (await last.count()) > 0);
      await home.search.fill('no such thing');
      await becomes(() => home.events.innerText(), 'Nothing found');
    });

    it('shows the last press in the row of a wall switch', async () => {
      const hub = await deployLamp(desk);
      const home = await HomeTab.open(await desk.editor());
      await home.untilFollowing(true);
      await home.search.fill('seinäkytkin');
      const row = home.row('device', hub.home.device('Eteisen seinäkytkin').id);
      hub.home.press('Eteisen seinäkytkin', 2, ['longpress']);
      await becomes(() => home.valueOf(row), /^Vasen alas long \d/);
    });

    it('shows who uses what is gone, and puts another in its place in all of them, which can be undone', async () => {
      const before = await deployLamp(desk);
      const lamp = bedroomLamp(before);
      const gone = { hub: before.id, kind: 'device', id: 'gone', name: 'Vanha valo' };
      await deployLamp(desk, { targets: [gone, { hub: '', kind: '', id: '', name: 'Kattovalo' }] });
      const editor = await desk.editor();
      const home = await HomeTab.open(editor);
      await home.turnTo('gone');
      const row = home.gone.locator('[data-id="gone"]');
      await row.waitFor();
      assert.match(await editor.page.locator('#cozify-home-tab-gone').innerText(), /\(\d\)/);
      assert.equal(await row.locator('[data-node="lamp"]').count(), 1);
      const saved = async (): Promise<string> =>
        JSON.stringify((await home.nodes()).find(({ id }) => id === 'lamp')?.['targets']);
      const old = await saved();
      await row.locator('[data-do=replace]').click();
      await home.untilSaid(/takes the place of Vanha valo/);
      const sensor = home.row('device').filter({ hasText: 'Saunan lämpömittari' });
      await home.choose(sensor);
      await home.action(sensor, 'replace').click();
      await home.untilSaid(/can't do what these nodes ask for/);
      assert.equal(await saved(), old, 'named first');
      await home.choose(home.row('device', lamp.id));
      await home.action(home.row('device', lamp.id), 'replace').click();
      await until('the new target', async () => (await saved()).includes(lamp.id));
      assert.equal(await editor.isDeployLit(), true);
      await home.undo();
      await until('the old target', async () => (await saved()) === old);
      await until('Deploy to go out', async () => !(await editor.isDeployLit()));
    });

    it('costs nothing while it is hidden', async () => {
      await deployLamp(desk);
      const editor = await desk.editor();
      const calls: string[] = [];
      editor.page.on('request', (request) => {
        if (/\/cozify\/accounts\/[^/]+\/(feed|things|resolve)/.test(request.url())) calls.push(request.url());
      });
      const shown = new HomeTab(editor);
      // Node-RED 5 brings the tab back that was in front in the tests before.
      if (await shown.root.isVisible()) await shown.leave();
      calls.length = 0;
      await sleep(1_500);
      assert.equal(calls.length, 0, 'not in front');
      const home = await HomeTab.open(editor);
      await until('a held request', () => calls.some((url) => url.includes('wait=20')));
      const opened = calls.filter((url) => !url.includes('wait=20'));
      assert.ok(opened.length <= 6, opened.join('\n'));
      await home.leave();
      const count = calls.length;
      await sleep(3_000);
      assert.equal(calls.length, count);
      await home.page.evaluate(`RED.actions.invoke('cozify:show-home')`);
      await home.untilFollowing(true);
      await home.page.evaluate(`RED.actions.invoke('core:toggle-sidebar')`);
      await home.untilFollowing(false);
    });
  });
}
