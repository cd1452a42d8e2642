import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { Bench, DASHBOARD, launchBrowser, until, userDirWithDashboard, VERSIONS, Visit } from './support';

/** An address that is a valid one, and would be more than text on a page that forgets to escape it. */
const EMAIL = 'matti&<b>bold</b>@example.fi';
const MORNING = 'Every morning, and at start';

describe(DASHBOARD, () => {
  let browser: Browser;

  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  for (const version of VERSIONS.filter(({ name }) => name !== '3.1')) {
    describe(`on Node-RED ${version.name}`, () => {
      let bench: Bench;
      let url: string;
      let accounts = 0;

      before(async () => {
        const [userDir, programs] = await Promise.all([userDirWithDashboard(), version.programs()]);
        bench = await Bench.open({ userDir, ...programs });
        url = `${bench.nodeRed.url}/dashboard/cozify`;
      });
      after(() => bench.close());

      // Beside a flow of the person's own that uses the same account.
      beforeEach(async () => {
        accounts += 1;
        await bench.deploy([DASHBOARD, 'Ping'], `${accounts}.${EMAIL}`);
      });

      const visit = (options = {}): Promise<Visit> => Visit.open(browser, url, options);

      it('asks for a code by itself when the login is lost, tells of a wrong one, and flows run again', async () => {
        await bench.logIn();
        const here = await visit();
        await here.untilSays(/Logged in\s+As \d\.matti&<b>bold<\/b>@example\.fi\s+Valid until \d/);
        await assertNothingAsked(here);

        bench.simulator.revokeAll();
        await bench.inject(MORNING);
        await here.untilSays(/Not logged in\s+A code is needed/);
        await here.button('Send code').waitFor();
        assert.equal(await field(here).isVisible(), false, 'no code is on its way yet');
        assert.equal(bench.mails, 1, 'that of the login: no mail by itself');
        assert.equal((await bench.press('Is the login valid?')).node, 'No, a new code is needed');

        await here.button('Send code').click();
        await field(here).waitFor();
        await here.untilSays(/A code was e-mailed to \d\.matti&<b>bold<\/b>@example\.fi/);
        await here.untilSays(/Look into your mail/);
        assert.equal(bench.mails, 2);

        await logIn(here, 'WRONG1');
        await here.untilSays(/This code is wrong or too old\./);
        assert.equal((await bench.snapshot()).state, 'otp-sent');

        await logIn(here, bench.code());
        await here.untilSays(/Logged in\s+As \d\.matti/);
        await assertNothingAsked(here);
        assert.doesNotMatch(await here.main.innerText(), /wrong|Not logged in|Look into/);
        assert.equal((await bench.press('Is the login valid?')).node, 'Yes, it is valid');
        assert.ok(!bench.log().includes('WRONG1') && !bench.log().includes(bench.code()), 'no code is in the log');
        await here.close();
      });

      it('notices soon after the start that the login is lost, and each open window follows', async () => {
        await bench.logIn();
        bench.simulator.revokeAll();
        const first = await visit();
        await first.untilSays(/Not logged in\s+A code is needed/);
        await first.button('Send code').click();
        await field(first).waitFor();

        const phone = await visit({ viewport: { width: 400, height: 700 } });
        await field(phone).waitFor();
        await logIn(phone, bench.code());
        for (const window of [first, phone]) {
          await window.untilSays(/Logged in\s+As /);
          await assertNothingAsked(window);
          await window.close();
        }
        assert.equal(bench.mails, 2);
      });

      it('says in words what keeps it from sending a code', async () => {
        const here = await visit();
        await here.untilSays(/Not logged in/);
        bench.simulator.fault('requestlogin', { reset: true });
        await here.button('Send code').click();
        await here.untilSays(/The Cozify cloud can't be reached\./);
        assert.equal(bench.mails, 0);
        bench.simulator.clearFaults();
        await here.button('Send code').click();
        await field(here).waitFor();
        assert.doesNotMatch(await here.main.innerText(), /can't be reached/);
        await here.button('Send a new code').click();
        await here.untilSays(/No new one is sent within a minute/);
        assert.equal(bench.mails, 1);
        await here.close();
      });
    });
  }
});

const field = (visit: Visit) => visit.page.getByLabel('Code from the e-mail');

/** Types a code, key by key, and presses *Log in*. */
async function logIn(visit: Visit, code: string): Promise<void> {
  await field(visit).click();
  await visit.page.keyboard.type(code);
  await visit.button('Log in').click();
}

/** Whoever is logged in is asked for nothing. */
async function assertNothingAsked(visit: Visit): Promise<void> {
  const asks = visit.main.getByRole('button').or(visit.main.getByRole('textbox'));
  await until('the form to go', async () => {
    const visible = await Promise.all((await asks.all()).map((element) => element.isVisible()));
    return !visible.includes(true);
  });
}
