import assert from 'node:assert/strict';
import { itInLong } from '../support/size';
import { sleep, until } from '../support/wait';
import { describeInEach, type Editor, intercept } from './support';
import { HomeTab } from './support/home';
import { commandNode, deployHome, targetOf } from './support/home-flows';
import { accountNode } from '../live/harness/flow';
import { becomes } from '../support/becomes';
import { ACCOUNT } from './support/lamp-flow';
import { boxOf } from './support/tray';
import type { Request, Route } from 'playwright-core';

describeInEach('The requests of the home sidebar', {}, (desk, version) => {
  const polls = (): number => desk.hub.log.count({ path: '/hub/poll' });

  /** Collects the URLs of the requests that the sidebar tab sends. */
  function follow(editor: Editor): string[] {
    const calls: string[] = [];
    editor.page.on('request', (request) => {
      if (/\/cozify\/accounts\/[^/?]+\/(feed|things|resolve)/.test(request.url())) calls.push(request.url());
    });
    return calls;
  }

  itInLong('cause no more polls of the hub with two editors than with one', async () => {
    await deployHome(desk);
    const first = await HomeTab.open(await desk.usedEditor());
    /** Returns the lower median of the times between polls, which a pause of the machine does not change. */
    const msBetweenPolls = async (): Promise<number> => {
      desk.hub.log.clear();
      await until('polls', () => polls() > 6);
      const times = desk.hub.log.of({ path: '/hub/poll' }).map(({ at }) => at);
      const gaps = times.slice(1, 7).map((at, index) => at - (times[index] ?? at));
      return gaps.sort((one, other) => one - other)[2] ?? 0;
    };
    await first.untilFollowing(true);
    const alone = await msBetweenPolls();
    const second = await HomeTab.open(await desk.usedEditor());
    await second.untilFollowing(true);
    const together = await msBetweenPolls();
    assert.ok(together > alone * 0.7, `a poll every ${together} ms, and every ${alone} ms for one`);
    const lamp = targetOf(desk.hub, 'Lukuvalo');
    for (const isOn of [true, false]) {
      desk.hub.home.change(lamp.id, { isOn });
      for (const home of [first, second]) {
        const row = home.row('device', lamp.id);
        await until('the value', async () => (await home.valueOf(row)).startsWith(isOn ? 'on' : 'off'));
      }
    }
  });

  itInLong('pause after 15 minutes without input, with a message, and resume on input', async () => {
    await deployHome(desk);
    const editor = await desk.editor({ isOwn: true });
    const home = new HomeTab(editor);
    if (await home.root.isVisible()) await home.leave();
    await editor.page.clock.install();
    await HomeTab.open(editor);
    await home.untilFollowing(true);
    await editor.pauseClock();
    await editor.page.clock.fastForward('14:00');
    await editor.page.mouse.move(300, 300);
    await editor.page.clock.fastForward('14:30');
    await home.untilFollowing(true);
    await editor.page.clock.fastForward('00:45');
    await home.untilFollowing(false);
    await home.untilAnnounced(/Paused/);
    await editor.page.clock.resume();
    await editor.page.mouse.move(320, 320);
    await home.untilFollowing(true);
    await home.untilAnnounced(/\d+ of \d+/);
  });

  itInLong('continue after a Deploy by another editor, without an error', async () => {
    await deployHome(desk);
    const lamp = targetOf(desk.hub, 'Lukuvalo');
    const editor = await desk.usedEditor();
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
      desk.hub.home.change(lamp.id, { isOn });
      await until('the value', async () => (await home.valueOf(row)).startsWith(isOn ? 'on' : 'off'));
    }
    assert.deepEqual(editor.refusals, []);
    assert.equal(await home.root.getAttribute('data-following'), 'true');
  });

  itInLong('work after a reload with the tab in front', async () => {
    await deployHome(desk);
    const lamp = targetOf(desk.hub, 'Lukuvalo');
    const editor = await desk.usedEditor();
    const home = await HomeTab.open(editor);
    await editor.reload();
    assert.equal(await editor.page.locator('#cozify-home').count(), 1);
    const again = await HomeTab.open(editor);
    if (version.name === '5.0') assert.equal(await home.root.isVisible(), true);
    const row = again.row('device', lamp.id);
    for (const isOn of [true, false]) {
      desk.hub.home.change(lamp.id, { isOn });
      await until('the value', async () => (await again.valueOf(row)).startsWith(isOn ? 'on' : 'off'));
    }
    await again.choose(row);
    await again.action(row, 'command').focus();
    await editor.page.keyboard.press('Enter');
    await again.untilAnnounced(/Lukuvalo is in the flow/);
  });
});

const EMAIL = 'fresh@example.fi';

describeInEach('The login state in the home sidebar', {}, (desk) => {
  const becomesState = (home: HomeTab, state: string, text: string): Promise<void> => {
    const button = home.page.locator('#cozify-home-login');
    return becomes(async () => [await button.getAttribute('data-state'), await button.innerText()], [state, text]);
  };

  /** The requests about accounts that the page of `openWithout` has sent and that are not answered yet. */
  const unanswered = new Set<Request>();

  /** Opens the home tab with an account that has no login, and pauses the page's clock so that no timer fires. */
  async function openWithout(id: string): Promise<HomeTab> {
    const { cloudUrl } = desk.simulator;
    const account = accountNode({ id, name: 'Uusi', email: EMAIL, cloudUrl });
    await desk.nodeRed.deploy([{ id: 'tab', type: 'tab', label: 'Home' }, account]);
    const editor = await desk.editor({ isOwn: true });
    unanswered.clear();
    editor.page.on('request', (request) => {
      if (request.url().includes('/cozify/accounts/')) unanswered.add(request);
    });
    for (const end of ['requestfinished', 'requestfailed'] as const) {
      editor.page.on(end as 'requestfinished', (request) => unanswered.delete(request));
    }
    const home = new HomeTab(editor);
    if (await home.root.isVisible()) await home.leave();
    await editor.page.clock.install();
    await editor.page.evaluate(`RED.actions.invoke('cozify:show-home')`);
    await becomesState(home, 'otp-required', 'Log in');
    await editor.pauseClock();
    return home;
  }

  it('follows a sent code, a login and a logout', async () => {
    const id = 'fresh';
    const home = await openWithout(id);
    await desk.post(id, 'otp', { email: EMAIL });
    await becomesState(home, 'otp-sent', 'Enter code');
    await desk.post(id, 'authenticate', { email: EMAIL, otp: desk.simulator.latestCode(EMAIL) });
    await becomesState(home, 'authenticated', 'Logged in');
    await until('the hubs to be found', async () => (await desk.snapshot(id)).hubs.length > 0);
    // After a login, the tab requests the list again within 16 s instead of the usual minute.
    // The clock runs only while no answer is expected, because an answer may start a timer within these 16 s.
    let leftS = 16;
    await until('the list', async () => {
      if ((await home.row('device').count()) > 0) return true;
      if (leftS === 0 || unanswered.size > 0) return false;
      leftS -= 1;
      await home.page.clock.runFor(1_000);
      return false;
    });
    await desk.post(id, 'reset', {});
    await becomesState(home, 'otp-required', 'Log in');
  });

  itInLong('follows a login in the dialog that its button opens', async () => {
    const home = await openWithout('dialog');
    const { page } = home;
    await page.clock.resume();
    await page.locator('#cozify-home-login').click();
    await page.locator('#cozify-account-send-code').click();
    await page.locator('#cozify-account-code').waitFor();
    await becomesState(home, 'otp-sent', 'Enter code');
    await page.locator('#cozify-account-code').fill(desk.simulator.latestCode(EMAIL));
    await page.locator('#cozify-account-log-in').click();
    await until('the list', async () => (await home.row('device').count()) > 0);
    await becomesState(home, 'authenticated', 'Logged in');
  });

  itInLong('is shown while the hubs are unreachable', async () => {
    await deployHome(desk);
    for (const hub of desk.simulator.hubs) await hub.goOffline();
    await desk.nodeRed.stop();
    await desk.nodeRed.launch();
    await becomes(async () => (await desk.snapshot(ACCOUNT)).state, 'authenticated');
    const home = new HomeTab(await desk.usedEditor());
    await home.page.evaluate(`RED.actions.invoke('cozify:show-home')`);
    await home.untilAnnounced(/can't be reached/);
    await becomesState(home, 'authenticated', 'Logged in');
  });
});

const FEED = /\/cozify\/accounts\/[^/]+\/feed/;

describeInEach('The home sidebar after failures and changes', {}, (desk) => {
  /** Switches a lamp at the hub on and off, and waits for both values in the tab. */
  async function untilLive(home: HomeTab, name = 'Lukuvalo'): Promise<void> {
    const { id } = targetOf(desk.hub, name);
    for (const isOn of [true, false]) {
      desk.hub.home.change(id, { isOn });
      const row = home.row('device', id);
      await until('the value', async () => (await home.valueOf(row)).startsWith(isOn ? 'on' : 'off'));
    }
  }

  /** Ends the pending long poll by a change at the hub. */
  function stir(): void {
    const { id } = targetOf(desk.hub, 'Lukuvalo');
    desk.hub.home.change(id, { isOn: desk.hub.home.device(id).state['isOn'] !== true });
  }

  it('shows the age of its values before other messages while the feed fails, and recovers', async () => {
    await deployHome(desk);
    const home = await HomeTab.open(await desk.usedEditor());
    await home.untilAnnounced(/^Things: \d+ of \d+/);
    const row = home.row('device', targetOf(desk.hub, 'Lukuvalo').id);
    await home.choose(row);
    await home.action(row, 'command').focus();
    await home.page.keyboard.press('Enter');
    await home.untilAnnounced(/Lukuvalo is in the flow/);
    // Responds as a proxy does while its Node-RED is down.
    const breakIt = (route: Route): Promise<void> => route.fulfill({ status: 502, body: '<html>Bad gateway' });
    await intercept(home.page, FEED, breakIt);
    stir();
    await home.untilAnnounced(/These values are from \d.*Lukuvalo is in the flow/);
    await home.page.unroute(FEED);
    await home.untilAnnounced(/^Lukuvalo is in the flow/);
    await home.undo();
    await untilLive(home);
  });

  itInLong('shows another account when the shown one is deleted, and “Add account” after the last', async () => {
    await deployHome(desk);
    const { cloudUrl } = desk.simulator;
    const ids = ['second', 'third'];
    const others = ids.map((id) => accountNode({ id, name: `Koti ${id}`, email: `${id}@example.fi`, cloudUrl }));
    await deployHome(desk, ...others);
    await desk.logIn({ id: 'second', email: 'second@example.fi' });
    const home = await HomeTab.open(await desk.usedEditor());
    const accounts = home.page.locator('#cozify-home-accounts');
    const login = home.page.locator('#cozify-home-login');
    assert.deepEqual((await accounts.locator('option').allInnerTexts()).sort(), ['Koti', 'Koti second', 'Koti third']);
    const remove = (id: string): Promise<void> =>
      home.page.evaluate<void>(`RED.nodes.remove('${id}'); RED.nodes.dirty(true)`);
    await accounts.selectOption('third');
    await home.untilAnnounced(/log in/i);
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
    await home.untilAnnounced(/No account yet/);
    assert.equal(await login.innerText(), 'Add account');
    await home.page.evaluate<void>(`localStorage.removeItem('cozify-home-account')`);
  });
});

const EDIT = ['settings.read', 'plugins.read', 'nodes.read', 'flows.read', 'context.read', 'library.read'];
const USERS = { owner: '*', visitor: 'read', stranger: EDIT, maker: ['read', 'flows.write'] };
const WITH_USERS = { nodeRed: { settings: { adminUsers: USERS } } };

describeInEach('The home sidebar for several users', WITH_USERS, (desk) => {
  before(async () => {
    const hub = await deployHome(desk);
    await deployHome(desk, commandNode('lamp', [targetOf(hub, 'Lukuvalo')]));
  });

  it('shows a read-only user the values without actions', async () => {
    const editor = await desk.editor({ user: 'visitor' });
    const home = await HomeTab.open(editor);
    await home.untilFollowing(true);
    const row = home.row('device').filter({ hasText: 'Lukuvalo' });
    await row.locator('.cozify-home-name').click();
    await until('its uses', async () => (await row.locator('.cozify-home-uses').count()) === 1);
    assert.equal(await home.root.locator('[data-do]').count(), 0);
    const login = editor.page.locator('#cozify-home-login');
    assert.equal(await login.evaluate(({ tagName }) => tagName), 'SPAN', 'the words, and no button');
    assert.equal(await login.innerText(), 'Logged in');
    assert.equal(await login.getAttribute('data-state'), 'authenticated');
    const { x, y, height } = await boxOf(row);
    await editor.dragMouse({ x: x + 20, y: y + height / 2 }, { x: 700, y: 500 });
    assert.equal(await home.page.locator('#cozify-home-dashboard').count(), 0);
    assert.equal(await editor.isDeployLit(), false);
    assert.deepEqual(editor.refusals, []);
  });

  itInLong('shows a user with flows.write only the actions that change flows', async () => {
    const editor = await desk.editor({ user: 'maker' });
    const home = await HomeTab.open(editor);
    const row = home.row('device').filter({ hasText: 'Lukuvalo' });
    await until('its uses', async () => (await row.locator('.cozify-home-uses').count()) === 1);
    await home.choose(row);
    const names = await row.locator('[data-do]').evaluateAll((all) => all.map((one) => one.getAttribute('data-do')));
    assert.deepEqual(names, ['command', 'changes', 'read', 'replace']);
    assert.deepEqual(editor.refusals, []);
  });

  it('adds no tab for a user without permission to read the home', async () => {
    const editor = await desk.editor({ user: 'stranger' });
    await sleep(1_000);
    assert.equal(await editor.page.locator('#cozify-home').count(), 0);
    assert.equal(await editor.page.evaluate<boolean>(`RED.sidebar.containsTab('cozify-home')`), false);
    assert.deepEqual(editor.refusals, []);
  });

  itInLong('asks for a login to the editor after the end of the session, and shows the age of its values', async () => {
    const home = await HomeTab.open(await desk.editor({ user: 'owner' }));
    await home.untilAnnounced(/^Things: \d+ of \d+/);
    await intercept(home.page, FEED, (route) => route.fulfill({ status: 401, body: 'Unauthorized' }));
    await home.untilAnnounced(/log in to the editor again.*These values are from \d/i);
  });
});
