import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page, Request, Response } from 'playwright-core';
import { Stage, until } from '../live/harness';
import { TIMEOUT_MS } from '../support/wait';
import { launchBrowser } from './support/chromium';

/** Scripts that send requests from a page of another site, in every way that a browser offers. */
const ATTEMPTS: [string, string][] = [
  ['reading the login state', `fetch(base).then((answer) => answer.text())`],
  ['reading the diagnostics', `fetch(base + '/diagnostics').then((answer) => answer.text())`],
  ['sending a code as JSON', `send('/otp', { headers: { 'Content-Type': 'application/json' } })`],
  ['sending a code as plain text', `send('/otp', { mode: 'no-cors', headers: { 'Content-Type': 'text/plain' } })`],
  ['logging in', `send('/authenticate', { headers: { 'Content-Type': 'application/json' } }, { otp: 'P7BQ8E' })`],
  ['logging out', `send('/reset', { headers: { 'Content-Type': 'application/json' } }, { logout: true })`],
  ['resetting without CORS', `send('/reset', { mode: 'no-cors' })`],
  ['resetting by a beacon', `navigator.sendBeacon(base + '/reset', '{}')`],
];

const PAGE = `<!doctype html><title>Another site</title><script>
  async function attempt(base, code) {
    const send = (path, options, body = {}) =>
      fetch(base + path, { method: 'POST', body: JSON.stringify(body), ...options }).then((answer) => answer.text());
    try { return String(await new Function('base', 'send', 'return ' + code)(base, send)); } catch { return 'refused'; }
  }
</script>
<form method="post" enctype="text/plain"><input name='{"logout":true,"x":"' value='"}' /></form>`;

/**
 * Host names that resolve to this machine. The browser treats them as LAN addresses, which it does not trust without
 * HTTPS.
 */
const LAN_NAMES = '--host-resolver-rules=MAP nodered.lan 127.0.0.1, MAP evil.lan 127.0.0.1';

/**
 * Scripts that load the URL `src` in ways that need no permission from its server: with an HTML element, or with a
 * `no-cors` request of `fetch`.
 */
const LOADS = [
  `document.body.append(Object.assign(new Image(), { src }))`,
  `document.body.append(Object.assign(document.createElement('script'), { src }))`,
  `document.body.append(Object.assign(document.createElement('iframe'), { src }))`,
  `document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: src }))`,
  `fetch(src, { mode: 'no-cors' }).catch(() => undefined)`,
];

const GETS = ['', '/diagnostics', '/things', '/feed', '/recording', '/recording/file'];

describe('A page of another site, on Node-RED 4.1 without adminAuth', () => {
  let stage: Stage;
  let site: Server;
  let browser: Browser;
  let page: Page;

  before(async () => {
    site = createServer((_request, answer) => answer.setHeader('Content-Type', 'text/html').end(PAGE));
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    [stage, browser] = await Promise.all([Stage.open(), launchBrowser(LAN_NAMES)]);
    await stage.newLogin();
  });
  // Each test uses a new page, because a page may still navigate after the form is sent.
  beforeEach(async () => {
    page = await browser.newPage();
    page.setDefaultTimeout(TIMEOUT_MS);
  });
  afterEach(() => page.close());
  after(async () => {
    await browser.close();
    site.close();
    await stage.close();
  });

  const base = (): string => `${stage.nodeRed.url}/cozify/accounts/${stage.accountId}`;
  const port = (): number => (site.address() as AddressInfo).port;

  it('gets only 403 for images, scripts, frames and styles at a LAN address', async () => {
    const lan = base().replace('127.0.0.1', 'nodered.lan');
    const answers: string[] = [];
    const identified: string[] = [];
    const checks: Promise<void>[] = [];
    const check = async (response: Response): Promise<void> => {
      const headers = await response.request().allHeaders();
      if ('sec-fetch-site' in headers || 'origin' in headers) identified.push(response.url());
      answers.push(`${response.status()} ${response.url()}`);
    };
    page.on('response', (response) => {
      if (response.url().startsWith(lan)) checks.push(check(response));
    });
    let ended = 0;
    const count = (request: Request): void => {
      if (request.url().startsWith(lan)) ended += 1;
    };
    page.on('requestfinished', count);
    // Counts failed requests too, because the browser reports a response of the wrong type as failed.
    page.on('requestfailed', count);
    await page.goto(`http://evil.lan:${port()}/`);
    for (const load of LOADS) {
      for (const below of GETS) await page.evaluate(`{ const src = ${JSON.stringify(lan + below)}; void ${load}; }`);
    }
    await until('the end of all requests', () => ended === LOADS.length * GETS.length);
    await Promise.all(checks);
    assert.deepEqual(
      answers.filter((answer) => !answer.startsWith('403 ')),
      [],
    );
    assert.ok(answers.length >= GETS.length, `${answers.length} answers`);
    assert.deepEqual(identified, [], 'the browser does not identify the site');
  });

  for (const host of ['127.0.0.1', 'localhost']) {
    it(`can not read data or change the login by a request or a form, from ${host}`, async () => {
      const { simulator } = stage;
      const counts = (): number[] => [
        simulator.mails.length,
        simulator.count('logout') + simulator.count('emaillogin'),
      ];
      const before = counts();
      await page.goto(`http://${host}:${port()}/`);
      for (const [label, code] of ATTEMPTS) {
        const got = await page.evaluate<string>(`attempt(${JSON.stringify(base())}, ${JSON.stringify(code)})`);
        assert.doesNotMatch(got, /authenticated|otp-|hubs|@example/, label);
        assert.equal((await stage.ask('ping')).payload, true, `the login is what it was after ${label}`);
        assert.deepEqual(counts(), before, label);
      }
      const [answer] = await Promise.all([
        page.waitForResponse((response) => response.url().endsWith('/reset')),
        page.evaluate(`document.forms[0].action = ${JSON.stringify(`${base()}/reset`)}; document.forms[0].submit()`),
      ]);
      assert.equal(answer.status(), 403);
      assert.equal((await stage.ask('ping')).payload, true, 'the login is what it was after the form');
      assert.deepEqual(counts(), before);
    });
  }
});
