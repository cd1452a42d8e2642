import assert from 'node:assert/strict';
import { EDITOR_VERSIONS } from '../live/harness/versions';
import type { SimulatedHub } from '../../packages/cozify-practice/src/hub';
import { itInLong, say } from '../support/size';
import { sleep, until } from '../support/wait';
import { Desk, type Editor } from './support';
import { HomeTab } from './support/home';
import { commandNode, deployHome, targetOf } from './support/home-flows';

/** Longer than anything goes on after hiding. */
const QUIET_MS = 3_000;

for (const version of EDITOR_VERSIONS) {
  describe(`While somebody looks at the home in Node-RED ${version.name}, and while nobody does`, () => {
    let desk: Desk;

    before(async () => {
      desk = await Desk.openOn(version);
    });
    afterEach(() => desk.tidy());
    after(() => desk?.close());

    const hub = (): SimulatedHub => desk.simulator.hubs[0] as SimulatedHub;
    const polls = (): number => hub().log.count({ path: '/hub/poll' });
    const untilQuiet = (): Promise<unknown> =>
      until('the end of the polls', async () => {
        const before = polls();
        await sleep(QUIET_MS);
        return polls() === before;
      });

    /** The requests of the tab. */
    function follow(editor: Editor): string[] {
      const calls: string[] = [];
      editor.page.on('request', (request) => {
        if (/\/cozify\/accounts\/[^/?]+\/(feed|things|resolve)/.test(request.url())) calls.push(request.url());
      });
      return calls;
    }

    const show = async (home: HomeTab): Promise<void> => {
      await home.page.evaluate(`RED.actions.invoke('cozify:show-home')`);
      await home.untilFollowing(true);
    };

    /** As when another window is in front: a browser without a screen shows all of them. */
    const setVisibility = (home: HomeTab, state: 'visible' | 'hidden'): Promise<void> =>
      home.page.evaluate<void>(
        `Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => '${state}' });
         document.dispatchEvent(new Event('visibilitychange'));`,
      );

    itInLong('asks for nothing, and has nothing polled, in each way of being hidden', async () => {
      await deployHome(desk);
      const editor = await desk.editor();
      const calls = follow(editor);
      const home = new HomeTab(editor);
      if (await home.root.isVisible()) {
        // Node-RED 5 brings back the tab that was in front.
        await home.leave();
        await home.editor.reload();
        calls.length = 0;
      }
      const toggle = (): Promise<void> => home.page.evaluate<void>(`RED.actions.invoke('core:toggle-sidebar')`);
      const ways = {
        'never opened': [() => Promise.resolve(), () => show(home)],
        'another tab in front': [() => home.leave(), () => show(home)],
        'the sidebar closed': [toggle, toggle],
        'the page hidden': [() => setVisibility(home, 'hidden'), () => setVisibility(home, 'visible')],
        'no room left for it': [
          () => home.root.evaluate((element) => element.parentElement?.style.setProperty('display', 'none')),
          () => home.root.evaluate((element) => element.parentElement?.style.removeProperty('display')),
        ],
      } as const;
      for (const [way, [hide, bringBack]] of Object.entries(ways)) {
        await hide();
        await until('the end', async () => (await home.root.getAttribute('data-following')) !== 'true');
        const hiddenAt = performance.now();
        const asked = calls.length;
        await untilQuiet();
        const tookS = (performance.now() - hiddenAt - QUIET_MS) / 1000;
        assert.equal(calls.length, asked, `${way}: requests`);
        say(`${way}: no request, the last poll at most ${tookS.toFixed(0)} s after it`);
        await bringBack();
        await home.untilFollowing(true);
        await until('polls', () => polls() > 0);
        hub().log.clear();
        await until('polls again', () => polls() > 0);
      }
    });

    it('asks no more of who uses what once it is hidden', async () => {
      await deployHome(desk);
      const named = [{ hub: '', kind: '', id: '', name: 'Lukuvalo' }];
      const ids = desk.simulator.hubs.map(({ id }) => id);
      // Each hub is asked about by itself.
      await deployHome(desk, ...['', ...ids].map((id, y) => commandNode(`at-${y}`, named, { hub: id, y: 60 * y })));
      const editor = await desk.editor();
      const home = new HomeTab(editor);
      if (await home.root.isVisible()) await home.leave();
      let asked = 0;
      let letCome = (): void => undefined;
      const come = new Promise<void>((resolve) => (letCome = resolve));
      await editor.page.route(/\/cozify\/accounts\/[^/]+\/resolve/, async (route) => {
        // The names in labels are asked for by others, who say nothing of hubs.
        if (route.request().postData()?.includes('"hubs"') === true) {
          asked += 1;
          await come;
        }
        await route.continue();
      });
      await show(home);
      await until('the first question', () => asked > 0);
      await home.leave();
      letCome();
      await sleep(QUIET_MS);
      assert.equal(asked, 1);
    });

    itInLong('asks little when it is opened, and holds one question when nothing happens', async () => {
      await deployHome(desk);
      const editor = await desk.editor();
      const home = await HomeTab.open(editor);
      await home.leave();
      await untilQuiet();
      const calls = follow(editor);
      await show(home);
      await until('a held request', () => calls.some((url) => url.includes('wait=20')));
      await sleep(4_000);
      const held = calls.filter((url) => url.includes('wait=20'));
      const opening = calls.filter((url) => !url.includes('wait=20'));
      assert.ok(opening.length <= 5, opening.join('\n'));
      assert.ok(held.length <= 2, `${held.length} were held`);
    });

    itInLong('has the hub polled for two editors as for one', async () => {
      await deployHome(desk);
      const first = await HomeTab.open(await desk.editor());
      const inSeconds = async (): Promise<number> => {
        hub().log.clear();
        await sleep(5_000);
        return polls();
      };
      await first.untilFollowing(true);
      const alone = await inSeconds();
      const second = await HomeTab.open(await desk.editor());
      await second.untilFollowing(true);
      const together = await inSeconds();
      assert.ok(together <= alone + 1, `${together} polls in 5 s, and ${alone} for one`);
      const lamp = targetOf(hub(), 'Lukuvalo');
      for (const isOn of [true, false]) {
        hub().home.change(lamp.id, { isOn });
        for (const home of [first, second]) {
          const row = home.row('device', lamp.id);
          await until('the value', async () => (await home.valueOf(row)).startsWith(isOn ? 'on' : 'off'));
        }
      }
    });

    itInLong('pauses when nobody has touched the editor for a quarter of an hour, says so, and goes on', async () => {
      await deployHome(desk);
      const editor = await desk.editor({ isOwn: true });
      const home = new HomeTab(editor);
      if (await home.root.isVisible()) await home.leave();
      await editor.page.clock.install();
      await HomeTab.open(editor);
      await home.untilFollowing(true);
      await editor.page.clock.fastForward('14:00');
      await editor.page.mouse.move(300, 300);
      await editor.page.clock.fastForward('14:30');
      await home.untilFollowing(true);
      await editor.page.clock.fastForward('00:45');
      await home.untilFollowing(false);
      await home.untilSaid(/Paused/);
      await untilQuiet();
      await editor.page.mouse.move(320, 320);
      await home.untilFollowing(true);
      await home.untilSaid(/\d+ of \d+/);
      await editor.page.clock.resume();
    });

    itInLong('goes on over a Deploy of another editor, with nothing in the console', async () => {
      await deployHome(desk);
      const lamp = targetOf(hub(), 'Lukuvalo');
      const editor = await desk.editor();
      const calls = follow(editor);
      const home = await HomeTab.open(editor);
      await home.untilFollowing(true);
      const flows = await desk.nodeRed.flows();
      for (const type of ['full', 'flows', 'nodes', 'reload'] as const) {
        await until('a held request', () => calls.some((url) => url.includes('wait=20')));
        await desk.nodeRed.deploy([...flows, commandNode(`new-${type}`, [lamp])], type);
        await sleep(500);
      }
      const row = home.row('device', lamp.id);
      for (const isOn of [true, false, true]) {
        hub().home.change(lamp.id, { isOn });
        await until('the value', async () => (await home.valueOf(row)).startsWith(isOn ? 'on' : 'off'));
      }
      assert.deepEqual(editor.refusals, []);
      assert.equal(await home.root.getAttribute('data-following'), 'true');
    });

    itInLong('is there once, and works, after the page was loaded with it in front', async () => {
      await deployHome(desk);
      const lamp = targetOf(hub(), 'Lukuvalo');
      const editor = await desk.editor();
      const home = await HomeTab.open(editor);
      await editor.reload();
      assert.equal(await editor.page.locator('#cozify-home').count(), 1);
      const again = await HomeTab.open(editor);
      if (version.name === '5.0') assert.equal(await home.root.isVisible(), true);
      const row = again.row('device', lamp.id);
      for (const isOn of [true, false]) {
        hub().home.change(lamp.id, { isOn });
        await until('the value', async () => (await again.valueOf(row)).startsWith(isOn ? 'on' : 'off'));
      }
      await again.choose(row);
      await again.action(row, 'command').focus();
      await editor.page.keyboard.press('Enter');
      await again.untilSaid(/Lukuvalo is in the flow/);
    });
  });
}
