import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { becomes } from '../support/becomes';
import { Bench, DASHBOARD, EDITOR_VERSIONS, launchBrowser, until, userDirWithDashboard, Visit } from './support';
import { findViolations } from '../support/axe';

/** A valid address that contains HTML. A page that forgets to escape the address would show bold text. */
const EMAIL = 'matti&<b>bold</b>@example.fi';
const MORNING = 'Every morning, and at start';

describe(DASHBOARD, () => {
  let browser: Browser;

  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  for (const version of EDITOR_VERSIONS.filter(({ name }) => name !== '3.1')) {
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

      // Deploys a second flow that uses the same account, as a person may have beside the example.
      beforeEach(async () => {
        accounts += 1;
        await bench.deploy([DASHBOARD, 'Ping'], `${accounts}.${EMAIL}`);
      });

      const visit = (options = {}): Promise<Visit> => Visit.open(browser, url, options);

      it('asks for a code when the login is lost, reports a wrong one, lets flows run again, and is accessible', async () => {
        await bench.logIn();
        const here = await visit();
        const violations: string[] = [];
        const look = async (): Promise<unknown> => violations.push(...(await findViolations(here.page, 'main')));
        await here.untilText(/Logged in to Cozify\s+Logged in as \d+\.matti&<b>bold<\/b>@example\.fi\s+Valid until \d/);
        await assertNothingAsked(here);
        await look();

        bench.simulator.revokeAll();
        await bench.inject(MORNING);
        await here.untilText(/Not logged in to Cozify\s+To log in, have a code e-mailed/);
        await here.button('Send code').waitFor();
        await becomes(() => field(here).count(), 0, 'no code is on its way yet');
        assert.equal(bench.mails, 1, 'only the mail of the login');
        await look();
        assert.equal((await bench.press('Is the login valid?')).node, 'No, a new code is needed');

        await here.button('Send code').click();
        await here.untilText(/A code was e-mailed to \d+\.matti&<b>bold<\/b>@example\.fi/);
        await here.untilText(/Check your mail/);
        assert.equal(bench.mails, 2);
        await look();

        await typeAndEnter(here, 'WRONG1');
        await here.untilText(/This code is wrong or too old\./);
        await look();
        assert.deepEqual(violations, []);
        assert.equal((await bench.snapshot()).state, 'otp-sent');

        await typeAndEnter(here, bench.code());
        await here.untilText(/Logged in to Cozify\s+Logged in as \d+\.matti/);
        await assertNothingAsked(here);
        assert.doesNotMatch(await here.main.innerText(), /wrong|Not logged in|Check your/);
        assert.equal((await bench.press('Is the login valid?')).node, 'Yes, it is valid');
        assert.ok(!bench.log().includes('WRONG1') && !bench.log().includes(bench.code()), 'no code is in the log');
        await here.close();
      });

      it('checks the login when it is opened, updates each open window, and accepts a code as users type it', async () => {
        await bench.logIn();
        const first = await visit();
        await first.untilText(/Logged in/);
        bench.simulator.revokeAll();

        const phone = await visit({ viewport: { width: 390, height: 844 } });
        for (const window of [phone, first]) await window.untilText(/Not logged in/);
        await phone.button('Send code').click();
        await field(first).waitFor();
        await phone.untilText(/Check your mail/);
        assert.doesNotMatch(await first.main.innerText(), /Check your mail/, 'nobody pressed anything there');
        const code = bench.code().toLowerCase();
        await becomes(() => field(phone).getAttribute('autocapitalize'), 'characters');
        await field(phone).fill(` ${code.slice(0, 3)} ${code.slice(3)}`);
        await phone.button('Log in').click();
        for (const window of [first, phone]) {
          await window.untilText(/Logged in to Cozify\s+Logged in as /);
          await assertNothingAsked(window);
          await window.close();
        }
        assert.equal(bench.mails, 2);
      });

      it('removes the message about a wrong code after another login, even if that login is lost', async () => {
        const here = await visit();
        await here.button('Send code').click();
        await field(here).waitFor();
        await typeAndEnter(here, 'WRONG1');
        await here.untilText(/wrong or too old/);
        await bench.logInWithCode();
        await here.untilText(/Logged in to Cozify\s+Logged in as /);
        bench.simulator.revokeAll();
        await bench.inject(MORNING);
        await here.untilText(/To log in, have a code e-mailed/);
        const phone = await visit();
        await phone.button('Send code').click();
        await field(here).waitFor();
        await here.untilText(/A code was e-mailed to/);
        assert.doesNotMatch(await here.main.innerText(), /wrong or too old/);
        await phone.close();
        await here.close();
      });

      it('has the login above the button for a new code, and needs a new one only after the fifth wrong one', async () => {
        const here = await visit();
        await here.button('Send code').click();
        const buttons = [here.button('Log in'), here.button('Send a new code')];
        for (const button of buttons) await button.waitFor();
        const tops = await Promise.all([field(here), ...buttons].map(async (it) => (await it.boundingBox())?.y ?? 0));
        assert.deepEqual(
          tops,
          [...tops].sort((a, b) => a - b),
        );
        const fills = await Promise.all(
          buttons.map((it) => it.evaluate((button) => getComputedStyle(button as Element).backgroundColor)),
        );
        assert.notEqual(fills[0], fills[1]);
        assert.equal(fills[1], 'rgba(0, 0, 0, 0)', 'only logging in is a filled button');
        for (let tries = 1; tries <= 5; tries += 1) {
          await becomes(() => here.main.innerText(), /^((?!no longer works).)*$/s);
          const answered = bench.simulator.count('emaillogin') + 1;
          await typeAndEnter(here, `WRONG${tries}`);
          await until('the cloud to be asked', () => bench.simulator.count('emaillogin') >= answered);
          await here.untilText(tries < 5 ? /wrong or too old/ : /This code no longer works: send a new one\./);
        }
        await becomes(() => field(here).count(), 0);
        await here.close();
      });

      it('is in Finnish in a Finnish browser', async () => {
        await bench.logIn();
        const here = await visit({ locale: 'fi-FI' });
        await here.untilText(
          /Kirjautunut Cozifyyn\s+Kirjautunut: \d+\.matti\S+\s+Voimassa \d+\.\d+\.\d+ klo \d+\.\d+ asti/,
        );
        bench.simulator.revokeAll();
        await bench.inject(MORNING);
        await here.untilText(/Ei kirjautuneena/);
        await here.button('Lähetä koodi').click();
        await here.untilText(/Koodi lähetettiin .* osoitteeseen/);
        await here.page.getByLabel('Koodi sähköpostista').and(here.page.locator(':focus')).waitFor();
        await here.page.keyboard.type('WRONG1');
        await here.button('Kirjaudu').click();
        await here.untilText(/Koodi on väärä tai vanhentunut\./);
        await here.button('Lähetä uusi koodi').click();
        await here.untilText(/Koodi lähetettiin jo klo \d+\.\d+: katso sähköpostisi\./);
        await here.close();
      });

      it('explains in words why no code could be sent, for screen readers too', async () => {
        const here = await visit();
        await here.untilText(/Not logged in/);
        const [alert, status] = [here.main.getByRole('alert'), here.main.getByRole('status')];
        assert.deepEqual(
          [await alert.count(), await status.count()],
          [1, 1],
          'they are there before they have to speak',
        );
        bench.simulator.fault('requestlogin', { reset: true });
        await here.button('Send code').click();
        await here.untilText(/The Cozify cloud can't be reached\./);
        await becomes(() => alert.innerText(), /can't be reached/);
        assert.equal(bench.mails, 0);
        bench.simulator.clearFaults();
        await here.button('Send code').click();
        await field(here).waitFor();
        await becomes(() => status.innerText(), /A code was e-mailed/);
        assert.doesNotMatch(await here.main.innerText(), /can't be reached/);
        await here.button('Send a new code').click();
        await here.untilText(/A code was already sent at .*: check your mail\. You can get a new one at /);
        assert.equal(bench.mails, 1);
        await here.close();
      });
    });
  }
});

const field = (visit: Visit) => visit.page.getByLabel('Code from the e-mail');

/** Types a code into the field, which must have the focus already, and presses Enter. Typing replaces the old text. */
async function typeAndEnter(visit: Visit, code: string): Promise<void> {
  await field(visit).and(visit.page.locator(':focus')).waitFor();
  await visit.page.keyboard.type(code);
  await becomes(() => field(visit).inputValue(), code);
  await visit.page.keyboard.press('Enter');
}

/** Waits until the page has no visible button or text field. */
async function assertNothingAsked(visit: Visit): Promise<void> {
  const asks = visit.main.getByRole('button').or(visit.main.getByRole('textbox'));
  await until('the form to go', async () => {
    const visible = await Promise.all((await asks.all()).map((element) => element.isVisible()));
    return !visible.includes(true);
  });
}
