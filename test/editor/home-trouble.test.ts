import assert from 'node:assert/strict';
import type { Route } from 'playwright-core';
import { accountNode } from '../live/harness/flow';
import { EDITOR_VERSIONS } from '../live/harness/versions';
import type { SimulatedHub } from '../../packages/cozify-practice/src/hub';
import { itInLong } from '../support/size';
import { until } from '../support/wait';
import { Desk } from './support';
import { HomeTab } from './support/home';
import { commandNode, deployHome, targetOf } from './support/home-flows';
import { ACCOUNT } from './support/lamp-flow';

const FEED = /\/cozify\/accounts\/[^/]+\/feed/;
const THINGS = /\/cozify\/accounts\/[^/]+\/things/;

for (const version of EDITOR_VERSIONS) {
  describe(`When something is wrong with the home in Node-RED ${version.name}`, () => {
    let desk: Desk;

    before(async () => {
      desk = await Desk.openOn(version);
    });
    afterEach(() => desk.tidy());
    after(() => desk?.close());

    const hub = (): SimulatedHub => desk.simulator.hubs[0] as SimulatedHub;

    /** Changes a lamp at the hub until the tab has followed it both ways. */
    async function untilLive(home: HomeTab, name = 'Lukuvalo'): Promise<void> {
      const { id } = targetOf(hub(), name);
      for (const isOn of [true, false]) {
        hub().home.change(id, { isOn });
        const row = home.row('device', id);
        await until('the value', async () => (await home.valueOf(row)).startsWith(isOn ? 'on' : 'off'));
      }
    }

    /** Answers the next question at once, by having the home tell something. */
    function stir(): void {
      const { id } = targetOf(hub(), 'Lukuvalo');
      hub().home.change(id, { isOn: hub().home.device(id).state['isOn'] !== true });
    }

    it('says that it is not live while the feed is broken, above all that is said, and goes on by itself', async () => {
      await deployHome(desk);
      const home = await HomeTab.open(await desk.editor());
      await home.untilSaid(/^Things: \d+ of \d+/);
      const row = home.row('device', targetOf(hub(), 'Lukuvalo').id);
      await home.choose(row);
      await home.action(row, 'command').focus();
      await home.page.keyboard.press('Enter');
      await home.untilSaid(/Lukuvalo is in the flow/);
      // As a proxy whose Node-RED does not answer.
      const breakIt = (route: Route): Promise<void> => route.fulfill({ status: 502, body: '<html>Bad gateway' });
      await home.page.route(FEED, breakIt);
      stir();
      await home.untilSaid(/These values are from \d.*Lukuvalo is in the flow/);
      await home.page.unroute(FEED);
      await home.untilSaid(/^Lukuvalo is in the flow/);
      await home.undo();
      await untilLive(home);
    });

    it('keeps its list while too many editors are open, and asks again after the time that the server names', async () => {
      await deployHome(desk);
      const home = await HomeTab.open(await desk.editor());
      await untilLive(home);
      const rows = await home.row('device').count();
      const askedAt: number[] = [];
      let otherRequests = 0;
      home.page.on('request', (request) => {
        if (askedAt.length > 0 && /\/cozify\//.test(request.url()) && !FEED.test(request.url())) otherRequests += 1;
      });
      await home.page.route(FEED, (route) => {
        askedAt.push(performance.now());
        const json = { code: 'COZIFY_BUSY', message: '', retryAfter: 3 };
        return route.fulfill({ status: 429, headers: { 'Retry-After': '3' }, json });
      });
      stir();
      await home.untilSaid(/^Too many editors.*These values are from \d/);
      await until('three requests', () => askedAt.length >= 3);
      const waits = askedAt.slice(1).map((at, index) => at - (askedAt[index] ?? 0));
      assert.ok(Math.min(...waits) > 2_900, `asked again after ${waits.join(', ')} ms`);
      assert.deepEqual([await home.row('device').count(), otherRequests], [rows, 0]);
      await home.page.unroute(FEED);
      await untilLive(home);
      await home.untilSaid(/^Things: \d+ of \d+/);
    });

    it('shows what the feed has told last, though a list comes later that is older', async () => {
      await deployHome(desk);
      const { id } = targetOf(hub(), 'Lukuvalo');
      hub().home.change(id, { isOn: false });
      const home = await HomeTab.open(await desk.editor());
      await untilLive(home);
      let isHeld = false;
      let letCome = (): void => undefined;
      const come = new Promise<void>((resolve) => (letCome = resolve));
      await home.page.route(/\/things\?.*q=lukuvalo/, async (route) => {
        const response = await route.fetch();
        isHeld = true;
        await come;
        await route.fulfill({ response });
      });
      await home.search.fill('lukuvalo');
      await until('the list that is older', () => isHeld);
      hub().home.change(id, { isOn: true });
      const row = home.row('device', id);
      await until('what the feed tells', async () => (await home.valueOf(row)).startsWith('on'));
      letCome();
      await until('what was searched for', async () => (await home.row('device').count()) === 1);
      assert.match(await home.valueOf(row), /^on/);
    });

    it('says that the next things in the list did not come, and asks for them again', async () => {
      await deployHome(desk);
      const home = await HomeTab.open(await desk.editor());
      await home.untilSaid(/^Things: \d+ of \d+/);
      const first = await home.row('device').count();
      let refused = 0;
      await home.page.route(/\/things\?.*after=/, (route) => {
        refused += 1;
        return route.fulfill({ status: 503, json: { code: 'COZIFY_BUSY', message: '' } });
      });
      await home.list.evaluate((list) => list.scrollTo(0, list.scrollHeight));
      await home.untilSaid(/These values are from \d/);
      // Once by itself.
      await until('another try', () => refused > 1);
      await home.page.unroute(/\/things\?.*after=/);
      await until('the next things', async () => (await home.row('device').count()) > first);
      await home.untilSaid(/^Things: \d+ of \d+/);
    });

    itInLong('asks again for a list that did not come, though the feed goes on', async () => {
      await deployHome(desk);
      const editor = await desk.editor();
      const home = new HomeTab(editor);
      if (await home.root.isVisible()) await home.leave();
      let refused = 0;
      await home.page.route(THINGS, (route) => {
        refused += 1;
        return refused > 3
          ? route.continue()
          : route.fulfill({ status: 503, json: { code: 'COZIFY_BUSY', message: '' } });
      });
      await HomeTab.open(editor);
      await home.untilSaid(/^Things: \d+ of \d+/);
      assert.ok(refused > 3, `asked ${refused} times`);
      await untilLive(home);
    });

    itInLong('goes on after Node-RED was started again, and says meanwhile that it is not live', async () => {
      await deployHome(desk);
      const editor = await desk.editor();
      const home = await HomeTab.open(editor);
      await untilLive(home);
      await desk.nodeRed.stop();
      await home.untilSaid(/These values are from \d/);
      await desk.nodeRed.launch();
      await home.untilSaid(/^Things: \d+ of \d+/);
      await untilLive(home);
      // Node-RED's own connection was cut as well.
      editor.problems.length = 0;
    });

    itInLong('has the new name of a thing by itself', async () => {
      await deployHome(desk);
      const home = await HomeTab.open(await desk.editor());
      await untilLive(home);
      const { id } = targetOf(hub(), 'Lukuvalo');
      const name = home.row('device', id).locator('.cozify-home-name');
      for (const called of ['Iltavalo', 'Lukuvalo']) {
        hub().home.rename('devices', id, called);
        await until(called, async () => (await name.innerText()) === called);
      }
    });

    itInLong(
      'shows another account when its own is deleted, of three; the last one leaves a way to add one',
      async () => {
        await deployHome(desk);
        const { cloudUrl } = desk.simulator;
        const ids = ['second', 'third'];
        const others = ids.map((id) => accountNode({ id, name: `Koti ${id}`, email: `${id}@example.fi`, cloudUrl }));
        await deployHome(desk, ...others);
        await desk.logIn({ id: 'second', email: 'second@example.fi' });
        const home = await HomeTab.open(await desk.editor());
        const accounts = home.page.locator('#cozify-home-accounts');
        const login = home.page.locator('#cozify-home-login');
        assert.deepEqual((await accounts.locator('option').allInnerTexts()).sort(), [
          'Koti',
          'Koti second',
          'Koti third',
        ]);
        const remove = (id: string): Promise<void> =>
          home.page.evaluate<void>(`RED.nodes.remove('${id}'); RED.nodes.dirty(true)`);
        await accounts.selectOption('third');
        await home.untilSaid(/log in/i);
        assert.equal(await home.row('device').count(), 0, 'nothing of another account');
        await accounts.selectOption('second');
        await home.row('device').first().waitFor();
        await untilLive(home);
        await remove('second');
        await until('another account', async () => ['third', ACCOUNT].includes(await accounts.inputValue()));
        await accounts.selectOption(ACCOUNT);
        await untilLive(home);
        await remove(ACCOUNT);
        await until('the third', async () => (await login.getAttribute('data-state')) === 'otp-required');
        assert.equal(await home.row('device').count(), 0);
        await remove('third');
        await home.untilSaid(/No account yet/);
        assert.equal(await login.innerText(), 'Add account');
        await home.page.evaluate<void>(`localStorage.removeItem('cozify-home-account')`);
      },
    );

    itInLong('replaces in the nodes that there are when it is done, whatever was done meanwhile', async () => {
      await deployHome(desk);
      const gone = { hub: hub().id, kind: 'device', id: 'gone-id', name: 'Vanha valo' };
      const lamp = targetOf(hub(), 'Lukuvalo');
      const nodes = [0, 1, 2].map((index) => commandNode(`node-${index}`, [gone], { y: 60 + 60 * index }));
      await deployHome(desk, ...nodes);
      const home = await HomeTab.open(await desk.editor());
      await home.turnTo('gone');
      await home.gone.locator('[data-id="gone-id"] [data-do=replace]').click();
      await home.untilSaid(/takes the place of Vanha valo/);
      await home.page.evaluate(`RED.nodes.remove('node-0'); RED.nodes.node('node-1').d = true; RED.nodes.dirty(true)`);
      await home.editor.deploy();
      const row = home.row('device', lamp.id);
      await home.choose(row);
      await home.action(row, 'replace').click();
      await home.untilSaid(/Nodes changed: 2\./);
      const saved = (await home.nodes()).filter(({ id }) => /^node-/.test(String(id)));
      assert.deepEqual(
        saved.map(({ id, targets }) => [id, targets]),
        [
          ['node-1', [lamp]],
          ['node-2', [lamp]],
        ],
      );
      await home.editor.deploy();
    });
  });

  describe(`The home in Node-RED ${version.name}, where sessions of the editor end`, () => {
    let desk: Desk;

    before(async () => {
      desk = await Desk.open({ ...(await version.programs()), settings: { adminUsers: { owner: '*' } } });
      desk.nodeRed.adminHeaders = { Authorization: 'Bearer owner' };
    });
    afterEach(() => desk.tidy());
    after(() => desk?.close());

    itInLong('says that it is not live any more', async () => {
      await deployHome(desk);
      const home = await HomeTab.open(await desk.editor({ user: 'owner' }));
      await home.untilSaid(/^Things: \d+ of \d+/);
      await home.page.route(FEED, (route) => route.fulfill({ status: 401, body: 'Unauthorized' }));
      await home.untilSaid(/log in to the editor again.*These values are from \d/i);
    });
  });

  describe(`The home in Node-RED ${version.name}, with a single hub`, () => {
    let desk: Desk;

    before(async () => {
      desk = await Desk.openOn(version, { hubs: [{ name: 'Koti' }] });
    });
    afterEach(() => desk.tidy());
    after(() => desk?.close());

    itInLong(
      'puts the hub in the place of one that is gone at one press; of what is locked it tells first',
      async () => {
        await deployHome(desk);
        const named = [{ hub: '', kind: '', id: '', name: 'Lukuvalo' }];
        await deployHome(
          desk,
          commandNode('lamp', named, { hub: 'gone-hub' }),
          commandNode('old', named, { hub: 'older-hub', y: 200 }),
          commandNode('kept', named, { hub: 'older-hub', z: 'locked', name: 'Stays' }),
        );
        const home = await HomeTab.open(await desk.editor());
        const [only] = desk.simulator.hubs;
        const hubOf = async (id: string): Promise<unknown> =>
          (await home.nodes()).find((one) => one['id'] === id)?.['hub'];
        const replace = (id: string): Promise<void> =>
          home.gone.locator(`[data-kind="hub"][data-id="${id}"] [data-do=replace]`).click();
        await home.turnTo('gone');
        await replace('gone-hub');
        await home.untilSaid(/gone-hub was replaced by Koti\. Nodes changed: 1\./);
        assert.equal(await hubOf('lamp'), only?.id);
        await home.undo();
        await until('the old one', async () => (await hubOf('lamp')) === 'gone-hub');
        await replace('older-hub');
        await home.untilSaid(/Press Replace once more.*locked: Stays · Kept/);
        assert.equal(await hubOf('old'), 'older-hub');
        await replace('older-hub');
        await home.untilSaid(/older-hub was replaced by Koti\. Nodes changed: 1\./);
        assert.deepEqual([await hubOf('old'), await hubOf('kept')], [only?.id, 'older-hub']);
      },
    );
  });
}
