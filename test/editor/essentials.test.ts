import assert from 'node:assert/strict';
import { until } from '../support/wait';
import { Desk, LANGUAGES, LOCALES } from './support';
import { openEveryDialog } from './support/all-dialogs';
import { assertNoViolations } from './support/axe-dialogs';
import { lightFirstLamp } from './support/first-lamp';
import { logInFromNothing, restartLoggedIn } from './support/first-login';
import { HomeTab } from './support/home';
import { bedroomLamp, deployLamp } from './support/lamp-flow';

describe('A newcomer to the editor', () => {
  const desk = Desk.forSuite();

  it('logs in from an empty editor by mouse and keyboard, and is still logged in after a restart', async () => {
    await restartLoggedIn(desk, await logInFromNothing(desk));
  });

  it('lights the first lamp with the steps in the README', () => lightFirstLamp(desk));

  for (const language of LANGUAGES) {
    it(`opens every dialog, with its help beside it, without an error, a raw key or an accessibility violation, in ${language}`, () =>
      openEveryDialog(desk, language));
  }

  it('has no accessibility violation in any state of the account dialog, in Finnish', () =>
    assertNoViolations(desk, { locale: LOCALES.fi }));

  it('sees the home live in the sidebar, finds a room, and switches a lamp', async () => {
    const hub = await deployLamp(desk);
    const lamp = bedroomLamp(hub);
    const home = await HomeTab.open(await desk.usedEditor());
    await home.untilFollowing(true);
    const row = home.row('device', lamp.id);
    const untilShown = (value: RegExp): Promise<unknown> =>
      until(`the value ${String(value)}`, async () => value.test(await home.valueOf(row)));
    for (const isOn of [true, false]) {
      hub.home.change(lamp.id, { isOn });
      await untilShown(isOn ? /^on/ : /^off/);
    }
    hub.home.setReachable(lamp.id, false);
    await untilShown(/^can't be reached$/);
    hub.home.setReachable(lamp.id, true);
    await untilShown(/^off/);
    for (const panel of ['gone', 'events'] as const) {
      await home.turnTo(panel);
      assert.equal(await home.state.innerText(), '', `the state line in ${panel}`);
    }
    await home.turnTo('things');
    await home.untilAnnounced(/^Things: \d+ of \d+/);
    await home.search.fill('bedroom');
    await until('the bedroom alone', async () => (await home.row('room').count()) === 1);
    await home.choose(row);
    await home.action(row, 'on').click();
    await until('the lamp to be lit', () => lamp.isOn() === true);
    await untilShown(/^on/);
  });
});
