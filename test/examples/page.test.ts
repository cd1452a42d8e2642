import assert from 'node:assert/strict';
import type { OutgoingHttpHeaders } from 'node:http';
import type { Browser } from 'playwright-core';
import { becomes } from '../support/becomes';
import { Bench, launchBrowser, PAGE, request, until, Visit, type Reply } from './support';
import { findViolations } from '../support/axe';

/** A valid address that contains HTML. A page that forgets to escape the address would show bold text. */
const EMAIL = 'matti&<b>bold</b>@example.fi';
const ROOT = '/api';

/** The texts of the page in English, and a color scheme in which to show them. */
const ENGLISH = {
  locale: 'en-GB',
  colorScheme: 'light' as const,
  lost: /^Not logged in to Cozify/,
  sent: /A code was e-mailed to \d+\.matti&<b>bold<\/b>@example\.fi/,
  wrong: /This code is wrong or too old\./,
  loggedIn: /^Logged in to Cozify\s+Logged in as \d+\.matti&<b>bold<\/b>@example\.fi\s+Valid until \d/,
  field: 'Code from the e-mail',
  send: 'Send code',
  logIn: 'Log in',
};
const FINNISH = {
  locale: 'fi-FI',
  colorScheme: 'dark' as const,
  lost: /^Ei kirjautuneena Cozifyyn/,
  sent: /Koodi lähetettiin .* osoitteeseen \d+\.matti&<b>bold<\/b>@example\.fi/,
  wrong: /Koodi on väärä tai vanhentunut\./,
  loggedIn: /^Kirjautunut Cozifyyn\s+Kirjautunut: \d+\.matti&<b>bold<\/b>@example\.fi\s+Voimassa \d/,
  field: 'Koodi sähköpostista',
  send: 'Lähetä koodi',
  logIn: 'Kirjaudu',
};

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
      for (const query of ['?said=a&said=b', '?said[a]=1', '?wait[toString]=1', '?said[toString]=1']) await open(query);
      for (const form of ['do=log-in&code=a&code=b', 'do=log-in&code[toString]=1']) {
        const { status } = await post(form);
        assert.ok(status === 303 || status === 400, `${form}: ${status}`);
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

    for (const { locale, colorScheme, lost, sent, wrong, loggedIn, field, send, logIn } of [ENGLISH, FINNISH]) {
      it(`leads from a lost login to a new one, and is accessible in each state (${locale}, ${colorScheme})`, async () => {
        await loseLogin();
        const viewport = { width: 420, height: 720 };
        const visit = await Visit.open(browser, url, { locale, colorScheme, viewport });
        const { page } = visit;
        const violations: unknown[] = [];
        const untilState = async (color: string, text: RegExp): Promise<void> => {
          await visit.untilText(text);
          await page.locator(`h1.${color}`).waitFor();
          violations.push(...(await findViolations(page, 'html')));
        };
        await untilState('red', lost);
        await becomes(() => page.getByLabel(field).count(), 0);
        assert.equal(bench.mails, 1, 'looking sends no code');
        await visit.button(send).click();
        await untilState('yellow', sent);
        await page.reload();

        const focusedField = page.getByLabel(field).and(page.locator(':focus'));
        await focusedField.waitFor();
        assert.equal(bench.mails, 2, 'opening it again sends none');
        await page.keyboard.type('WRONG1');
        await page.keyboard.press('Enter');
        await untilState('yellow', wrong);
        await becomes(() => page.getByRole('alert').count(), 1);

        await focusedField.waitFor();
        await page.keyboard.type(bench.code());
        await visit.button(logIn).click();
        await untilState('green', loggedIn);
        assert.equal(await page.locator('form, [role="alert"]').count(), 0);
        await until('the hubs', async () => /Hubs: .*Koti/.test(await open()));
        assert.deepEqual(violations, []);
        assert.doesNotMatch(page.url(), new RegExp(bench.code()));
        assert.ok(!bench.log().includes('WRONG1') && !bench.log().includes(bench.code()), 'no code is in the log');
        await visit.close();
      });
    }

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
  });
});
