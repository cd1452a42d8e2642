import { accountNode } from '../live/harness/flow';
import { EDITOR_VERSIONS } from '../live/harness/versions';
import { becomes } from '../support/becomes';
import { itInLong } from '../support/size';
import { until } from '../support/wait';
import { Desk } from './support';
import { HomeTab } from './support/home';
import { deployHome } from './support/home-flows';
import { ACCOUNT } from './support/lamp-flow';

const EMAIL = 'fresh@example.fi';

for (const version of EDITOR_VERSIONS) {
  describe(`How the login stands, in the home of Node-RED ${version.name}`, () => {
    let desk: Desk;

    before(async () => {
      desk = await Desk.openOn(version);
    });
    afterEach(() => desk.tidy());
    after(() => desk?.close());

    const becomesState = (home: HomeTab, state: string, text: string): Promise<void> => {
      const button = home.page.locator('#cozify-home-login');
      return becomes(async () => [await button.getAttribute('data-state'), await button.innerText()], [state, text]);
    };

    /** Opens the tab of an account without a login. Its clock stands still then: it asks only when it is told to. */
    async function openWithout(id: string): Promise<HomeTab> {
      const { cloudUrl } = desk.simulator;
      const account = accountNode({ id, name: 'Uusi', email: EMAIL, cloudUrl });
      await desk.nodeRed.deploy([{ id: 'tab', type: 'tab', label: 'Home' }, account]);
      const editor = await desk.editor({ isOwn: true });
      const home = new HomeTab(editor);
      if (await home.root.isVisible()) await home.leave();
      await editor.page.clock.install();
      await editor.page.evaluate(`RED.actions.invoke('cozify:show-home')`);
      await becomesState(home, 'otp-required', 'Log in');
      await editor.page.clock.pauseAt((await editor.page.evaluate<number>('Date.now()')) + 1000);
      return home;
    }

    it('is shown as it changes: a code is on its way, a login has come, and has gone', async () => {
      const id = 'fresh';
      const home = await openWithout(id);
      await desk.post(id, 'otp', { email: EMAIL });
      await becomesState(home, 'otp-sent', 'Enter code');
      await desk.post(id, 'authenticate', { email: EMAIL, otp: desk.simulator.latestCode(EMAIL) });
      await becomesState(home, 'authenticated', 'Logged in');
      await until('the hubs to be found', async () => (await desk.snapshot(id)).hubs.length > 0);
      // Where the list was asked for before, it is asked for again soon, and not only after the minute of before.
      await home.page.clock.runFor(16_000);
      await until('the list', async () => (await home.row('device').count()) > 0);
      await desk.post(id, 'reset', {});
      await becomesState(home, 'otp-required', 'Log in');
    });

    itInLong('is shown after the dialog that the button opens', async () => {
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

    it('is shown though the hubs can not be reached', async () => {
      await deployHome(desk);
      for (const hub of desk.simulator.hubs) await hub.goOffline();
      try {
        await desk.nodeRed.stop();
        await desk.nodeRed.launch();
        await becomes(async () => (await desk.snapshot(ACCOUNT)).state, 'authenticated');
        const home = new HomeTab(await desk.editor());
        await home.page.evaluate(`RED.actions.invoke('cozify:show-home')`);
        await home.untilSaid(/can't be reached/);
        await becomesState(home, 'authenticated', 'Logged in');
      } finally {
        for (const hub of desk.simulator.hubs) await hub.goOnline();
      }
    });
  });
}
