import assert from 'node:assert/strict';
import { createServer, type OutgoingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { becomes } from '../support/becomes';
import { Bench, launchBrowser, PAGE, TIMEOUT_MS, request, until, Visit, type Reply } from './support';
import { findViolations } from '../support/axe';

/** A valid address that contains HTML. A page that forgets to escape the address would show bold text. */
const EMAIL = 'matti&<b>bold</b>@example.fi';
const ROOT = '/api';

describe(PAGE, () => {
  let bench: Bench;
  let url: string;
  let accounts = 0;

  before(async () => {
    bench = await Bench.open({ settings: { extra: { httpNodeRoot: ROOT } } });
    url = `${bench.nodeRed.url}${ROOT}/cozify-login`;
  });
  after(() => bench.close());

  beforeEach(async () => {
    accounts += 1;
    await bench.deploy([PAGE], `${accounts}.${EMAIL}`);
  });

  /** Logs in, and then makes the cloud end the login. */
  const loseLogin = async (): Promise<void> => {
    await bench.logIn();
    bench.simulator.revokeAll();
  };

  const open = async (query = '', language = 'en-GB,en;q=0.9,fi;q=0.5'): Promise<string> => {
    const reply = await request('GET', url + query, undefined, { 'Accept-Language': language });
    assert.equal(reply.status, 200);
    return reply.text;
  };

  /** Posts a form. If no headers are given, sends those of a browser that submits the form on the page itself. */
  const post = (form: string, headers: OutgoingHttpHeaders = { Origin: bench.nodeRed.url }): Promise<Reply> =>
    request('POST', url, form, {
      'Content-Type': 'application/x-www-form-urlencoded',
      'Content-Length': Buffer.byteLength(form),
      ...headers,
    });

  /** Sends a form, and opens the page that the response redirects to. */
  const send = async (form: string): Promise<string> => {
    const reply = await post(form);
    assert.equal(reply.status, 303, reply.text);
    assert.match(reply.headers.location ?? '', /^\?/);
    return open(reply.headers.location);
  };

  describe('in HTTP requests', () => {
    it('leads from a lost login to a new one, and reports a wrong code', async () => {
      await loseLogin();
      const lost = await open();
      assert.match(lost, /<h1 class="red">Not logged in to Cozify/);
      assert.match(lost, />Send code</);
      assert.doesNotMatch(lost, /name="code"/);
      assert.equal(bench.mails, 1, 'looking sends no code');

      const sent = await send('do=send-code');
      assert.equal(bench.mails, 2);
      assert.match(sent, /<h1 class="yellow">/);
      assert.match(sent, /name="code"/);
      await open();
      assert.equal(bench.mails, 2, 'nor does opening it again');

      const wrong = await send('do=log-in&code=WRONG1');
      assert.match(wrong, /role="alert">This code is wrong or too old\./);
      assert.match(wrong, /name="code"/);

      const loggedIn = await send(`do=log-in&code=${bench.code()}`);
      assert.match(loggedIn, /<h1 class="green">Logged in to Cozify/);
      assert.match(loggedIn, /Valid until \d/);
      assert.doesNotMatch(loggedIn, /<form|role="alert"/);
      assert.match(
        loggedIn,
        new RegExp(`Logged in as ${accounts}\\.matti&amp;&lt;b&gt;bold&lt;.{1,6}b&gt;@example\\.fi`),
      );
      await until('the hubs', async () => /Hubs: .*Koti/.test(await open()));
      assert.equal((await bench.snapshot()).state, 'authenticated');
      assert.ok(!bench.log().includes('WRONG1') && !bench.log().includes(bench.code()), 'no code is in the log');
    });

    it('refuses forms of other sites without sending a code', async () => {
      await loseLogin();
      const Origin = bench.nodeRed.url;
      const foreign: OutgoingHttpHeaders[] = [
        {},
        { Origin: 'http://elsewhere.example' },
        { Origin: 'null' },
        { Origin: `${bench.nodeRed.url}0` },
        { Origin: 'http://elsewhere.example', 'X-Forwarded-Host': 'elsewhere.example' },
        ...['cross-site', 'same-site', 'none'].map((site) => ({ Origin, 'Sec-Fetch-Site': site })),
      ];
      for (const headers of foreign) {
        for (const form of ['do=send-code', 'do=log-in&code=WRONG1']) {
          const reply = await post(form, headers);
          assert.equal(reply.status, 403, JSON.stringify(headers));
        }
      }
      assert.equal(bench.mails, 1, 'that of the login');
      assert.equal((await post('do=send-code', { Origin, 'Sec-Fetch-Site': 'same-origin' })).status, 303);
      assert.equal(bench.mails, 2, 'its own form does send one');
    });

    it('refuses unknown forms, and does not treat a blank code as a request for one', async () => {
      await loseLogin();
      for (const form of ['', 'do=other', 'do=__proto__', `code=${bench.code()}`]) {
        assert.equal((await post(form)).status, 400, form);
      }
      for (const form of ['do=log-in', 'do=log-in&code=', 'do=log-in&code=+++']) {
        assert.match((await post(form)).headers.location ?? '', /said=COZIFY_BAD_INPUT/, form);
      }
      assert.match(await open('?said=COZIFY_BAD_INPUT'), /role="alert">Type the code as it is in the e-mail\./);
      assert.equal(bench.mails, 1, 'that of the login');
    });

    it('explains why no code was sent, and that too many were sent', async () => {
      bench.simulator.fault('requestlogin', { reset: true });
      assert.match(await send('do=send-code'), /role="alert">The Cozify cloud can(’|'|&#39;|&#x27;)t be reached\./);
      bench.simulator.clearFaults();
      const from = Date.now();
      for (let times = 0; times < 3; times += 1) await bench.logIn();
      bench.simulator.revokeAll();
      const refused = await send('do=send-code');
      const [, shown] = /role="alert">Too many tries: wait (\d+) minutes and try again\./.exec(refused) ?? [];
      const leastMinutes = Math.floor(15 - (Date.now() - from) / 60_000);
      assert.ok(Number(shown) >= leastMinutes && Number(shown) <= 15, refused);
      assert.equal(bench.mails, 3);
    });

    it('asks for a new code after the fifth wrong one', async () => {
      await send('do=send-code');
      for (let tries = 1; tries < 5; tries += 1) assert.match(await send('do=log-in&code=WRONG1'), /wrong or too old/);
      const dead = await send('do=log-in&code=WRONG1');
      assert.match(dead, /role="alert">This code no longer works: send a new one\./);
      assert.doesNotMatch(dead, /name="code"|wrong or too old/);
      assert.match(dead, />Send code</);
    });

    it('accepts a code as users type and paste it', async () => {
      const page = await send('do=send-code');
      assert.match(page, /<input [^>]*autocapitalize="characters"/);
      const code = bench.code().toLowerCase();
      const typed = encodeURIComponent(` ${code.slice(0, 3)} ${code.slice(3)}`);
      assert.match(await send(`do=log-in&code=${typed}`), /<h1 class="green">/);
    });

    it('is in Finnish in a browser that prefers it, and in English in other browsers', async () => {
      const finnish = await open('?said=COZIFY_UNREACHABLE', 'fi-FI,fi;q=0.9,en;q=0.8');
      assert.match(finnish, /<html lang="fi">/);
      assert.match(finnish, /<h1 class="red">Ei kirjautuneena Cozifyyn/);
      assert.match(finnish, /role="alert">Cozifyn pilveen ei saada yhteyttä\./);
      assert.match(finnish, />Lähetä koodi</);
      assert.doesNotMatch(finnish.replace(/<script>.*<\/script>/s, ''), />[^<]*\b(code|cloud|login)\b/i);
      assert.match(await open('', 'sv-SE'), /<html lang="en">/);
    });

    it('shows the login as valid during an outage', async () => {
      await bench.logIn();
      bench.simulator.fault('hubkeys', { reset: true });
      const page = await open();
      assert.match(page, /<h1 class="green">/);
      assert.match(page, /role="alert">The Cozify cloud can/);
    });

    it('forbids caching and framing, and writes nothing from its address into the page', async () => {
      const { headers } = await request('GET', url);
      assert.equal(headers['cache-control'], 'no-store');
      assert.match(String(headers['content-security-policy']), /default-src 'none'.*frame-ancestors 'none'/);
      for (const query of ['?said=%3Cscript%3E&wait=%3Cb%3E', '?said=__proto__']) {
        const page = await open(query);
        assert.match(page, /role="alert">Something went wrong: try again in a while\./, query);
        assert.equal(page.match(/<script/g)?.length, 1, 'its own script');
        assert.doesNotMatch(page, /<b>/);
      }
      assert.match(await open('?said=COZIFY_RATE_LIMITED&wait=%3Cb%3E1'), /role="alert">Too many tries: wait a while/);
    });

    it('answers any address and any form', async () => {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      for (const query of ['?said=a&said=b', '?said[a]=1', '?wait[toString]=1', '?said[toString]=1']) {
        assert.equal((await fetch(url + query, { signal })).status, 200, query);
      }
      const headers = { Origin: bench.nodeRed.url, 'Content-Type': 'application/x-www-form-urlencoded' };
      for (const body of ['do=log-in&code=a&code=b', 'do=log-in&code[toString]=1']) {
        const { status } = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
        assert.ok(status === 303 || status === 400, `${body}: ${status}`);
      }
      assert.equal(bench.mails, 0);
    });
  });

  describe('in a browser', () => {
    let browser: Browser;

    before(async () => {
      browser = await launchBrowser();
    });
    after(() => browser.close());

    it('leads from a lost login to a new one by mouse and keyboard, and is accessible in each state', async () => {
      await loseLogin();
      const visit = await Visit.open(browser, url, { viewport: { width: 420, height: 720 } });
      const { page } = visit;
      await visit.untilText(/^Not logged in to Cozify/);
      await becomes(() => page.getByLabel('Code from the e-mail').count(), 0);
      const violations = await findViolations(page, 'html');
      await visit.button('Send code').click();
      await visit.untilText(/A code was e-mailed to \d+\.matti&<b>bold<\/b>@example\.fi/);
      await page.reload();
      assert.equal(bench.mails, 2, 'opening it again sends none');

      const field = page.getByLabel('Code from the e-mail').and(page.locator(':focus'));
      await field.waitFor();
      violations.push(...(await findViolations(page, 'html')));
      await page.keyboard.type('WRONG1');
      await page.keyboard.press('Enter');
      await visit.untilText(/This code is wrong or too old\./);
      await becomes(() => page.getByRole('alert').count(), 1);
      violations.push(...(await findViolations(page, 'html')));

      await field.waitFor();
      await page.keyboard.type(bench.code());
      await visit.button('Log in').click();
      await visit.untilText(/^Logged in to Cozify\s+Logged in as \d+\.matti&<b>bold<\/b>@example\.fi/);
      await becomes(() => page.getByRole('button').count(), 0);
      violations.push(...(await findViolations(page, 'html')));
      assert.deepEqual(violations, []);
      assert.doesNotMatch(page.url(), new RegExp(bench.code()));
      await visit.close();
    });

    it('has no accessibility violation in any state, in Finnish and the dark theme', async () => {
      await loseLogin();
      const visit = await Visit.open(browser, url, { locale: 'fi-FI', colorScheme: 'dark' });
      const { page } = visit;
      const violations = await findViolations(page, 'html');
      await visit.button('Lähetä koodi').click();
      const field = page.getByRole('textbox').and(page.locator(':focus'));
      await field.waitFor();
      await page.keyboard.type('WRONG1');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').waitFor();
      violations.push(...(await findViolations(page, 'html')));
      await field.waitFor();
      await page.keyboard.type(bench.code());
      await page.keyboard.press('Enter');
      await page.locator('h1.green').waitFor();
      violations.push(...(await findViolations(page, 'html')));
      assert.deepEqual(violations, []);
      await visit.close();
    });

    it('shows within five seconds that the login is lost or valid again, and keeps the typed text', async () => {
      await bench.logIn();
      const visit = await Visit.open(browser, url, { locale: 'fi-FI' }, (page) => page.clock.install());
      const { page } = visit;
      const seconds = (count: number) => page.clock.runFor(count * 1000);
      await visit.untilText(/^Kirjautunut Cozifyyn/);
      bench.simulator.revokeAll();
      await seconds(5);
      await visit.untilText(/^Ei kirjautuneena Cozifyyn/);
      assert.equal(bench.mails, 1, 'that of the login');

      await visit.button('Lähetä koodi').click();
      await page.getByLabel('Koodi sähköpostista').and(page.locator(':focus')).waitFor();
      await page.keyboard.type('half');
      const asked = page.waitForResponse((response) => response.request().method() === 'GET');
      await seconds(5);
      await (await asked).finished();
      await seconds(5);
      await becomes(() => page.getByLabel('Koodi sähköpostista').inputValue(), 'half');

      await bench.logInWithCode();
      await seconds(5);
      await visit.untilText(/^Kirjautunut Cozifyyn/);
      await visit.close();
    });

    it('checks the cloud once a minute after the first ten checks', async () => {
      await bench.logIn();
      let pending = 0;
      const visit = await Visit.open(browser, url, {}, (page) => {
        page.on('request', () => void (pending += 1));
        page.on('requestfinished', () => void (pending -= 1));
        page.on('requestfailed', () => void (pending -= 1));
        return page.clock.install();
      });
      await visit.untilText(/^Logged in to Cozify/);
      const pageMinutes = async (): Promise<number> => (await visit.page.evaluate<number>('Date.now()')) / 60_000;
      // Waits for each answer, because the page sends no request while one is pending, and only the page's clock runs
      // fast.
      const askedIn = async (minutes: number): Promise<number> => {
        const before = bench.simulator.count('hubkeys');
        for (let second = 0; second < minutes * 60; second += 5) {
          await visit.page.clock.runFor(5_000);
          await until('the answers', () => pending <= 0);
        }
        return bench.simulator.count('hubkeys') - before;
      };
      await visit.page.clock.fastForward(11 * 60_000);
      await askedIn(1);
      const from = await pageMinutes();
      const asked = await askedIn(3);
      // The page's clock also goes on between these calls, so more than three minutes have passed on a slow machine.
      const passed = (await pageMinutes()) - from;
      assert.ok(asked >= 1 && asked <= Math.floor(passed) + 1, `${asked} times in ${passed} minutes`);
      await visit.close();
    });

    it('refuses a form that the browser submits from another site', async () => {
      await loseLogin();
      const form = `<form method="post" action="${url}"><button name="do" value="send-code">Win</button></form>`;
      const site = await otherSite(form);
      try {
        const page = await browser.newPage();
        page.setDefaultTimeout(TIMEOUT_MS);
        await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}`);
        const answered = page.waitForResponse((response) => response.url() === url);
        await page.getByRole('button').click();
        assert.equal((await answered).status(), 403);
        await page.close();
      } finally {
        site.close();
        site.closeAllConnections();
      }
      assert.equal(bench.mails, 1, 'that of the login');
    });
  });
});

async function otherSite(html: string): Promise<Server> {
  const server = createServer((_request, response) => response.setHeader('Content-Type', 'text/html').end(html));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
