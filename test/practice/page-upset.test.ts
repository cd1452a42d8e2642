import assert from 'node:assert/strict';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { launchBrowser } from '../editor/support/chromium';
import { Simulator, type Recording } from '../simulator';
import { becomes } from '../support/becomes';
import { freePort } from '../support/ports';
import { until } from '../support/wait';

const LOST = 'The page has lost the practice home.';

describe('The page of the practice home in unusual situations', () => {
  let browser: Browser;
  let simulator: Simulator;
  let context: BrowserContext;
  let page: Page;

  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser?.close());

  afterEach(async () => {
    await context?.close();
    await simulator?.stop();
  });

  async function open(options: Parameters<typeof Simulator.start>[0] = {}): Promise<void> {
    simulator = await Simulator.start(options);
    context = await browser.newContext({ locale: 'en-GB' });
    context.setDefaultTimeout(120_000);
    await openTab();
  }

  async function openTab(): Promise<void> {
    page = await context.newPage();
    await page.goto(simulator.pageUrl);
  }

  const card = (name: string): Locator => page.locator(`article[data-device="${name}"]`);

  it('shows the new home after another home replaced the first', async () => {
    const port = await freePort();
    await open({ port });
    await card('Ulko-ovi').waitFor();
    await simulator.stop();
    await page.getByText(LOST).waitFor();
    simulator = await Simulator.start({
      port,
      hubs: [{ name: 'Recorded home', home: { recording: recordingOf({}) } }],
    });
    await card('Lamp').waitFor();
    await becomes(() => page.locator('article').count(), 1);
    await becomes(() => page.getByRole('button', { name: 'Koti' }).count(), 0);
    await becomes(() => page.getByText(LOST).count(), 0);
  });

  it('works in one tab, however many other tabs show it', async () => {
    await open();
    const first = page;
    // Opens more tabs than the six connections that a browser makes to one server.
    for (let others = 1; others <= 7; others++) {
      await card('Ulko-ovi').waitFor();
      await setHidden(page, true);
      await openTab();
    }
    await card('Ulko-ovi').getByRole('switch', { name: 'Open' }).click();
    await until('the door to be open', () => simulator.hubs[0]?.home.device('Ulko-ovi').state['open'] === true);
    page = first;
    await setHidden(page, false);
    await becomes(() => card('Ulko-ovi').getByRole('switch', { name: 'Open' }).isChecked(), true);
  });

  it('shows a home with odd data from the hub, and answers its polls', async () => {
    const device = (id: string, more: object) => ({ id, type: 'REMOTE_CONTROL', state: { type: 'STATE_X' }, ...more });
    const recording = recordingOf({
      devices: {
        d1: device('d1', { name: 'One', buttons: { 1: 'up' } }),
        d2: device('d2', { name: 'Two', buttons: [null, 'up', {}, { id: 2 }, { id: 3, label: 4 }] }),
        d3: device('d3', { name: 'Three', room: { id: 'r1' }, groups: 'g', capabilities: 'MOTION', state: 'on' }),
        d4: device('d4', { name: 5 }),
      },
      groups: { g: { id: 'g', name: 6, members: 'x' } },
      scenes: { s: { id: 's', name: 'Scene', presets: [null, {}], excludedIds: 'x', isOn: 'yes' } },
      rules: { u: { id: 'u', config: 'x', scenes: 'x' } },
      rooms: { r1: { id: 'r1', name: 7 } },
    });
    await open({ hubs: [{ home: { recording } }] });
    for (const name of ['Lamp', 'One', 'Two', 'Three', 'd4']) await card(name).waitFor();
    assert.doesNotMatch(await page.locator('body').innerText(), /undefined|NaN|null|object/);
    assert.deepEqual(await card('Two').locator('.press span').allTextContents(), ['Button 2', 'Button 3']);
    const [hub] = simulator.hubs;
    assert.ok(hub);
    const headers = { Authorization: hub.key('matti@example.fi') };
    const { status } = await fetch(`http://${hub.host}/cc/1.14/hub/poll?ts=0`, { headers });
    assert.equal(status, 200);
    await page.getByRole('button', { name: 'Scene' }).click();
    await becomes(() => page.getByRole('button', { name: 'Scene' }).getAttribute('aria-pressed'), 'true');
  });

  it('resets a switch if the home could not be reached, and keeps the error on the page', async () => {
    await open();
    const errors: Error[] = [];
    page.on('pageerror', (error) => errors.push(error));
    const isOpen = card('Ulko-ovi').getByRole('switch', { name: 'Open' });
    await isOpen.waitFor();
    await simulator.stop();
    await page.getByText(LOST).waitFor();
    await isOpen.click();
    await becomes(() => isOpen.isChecked(), false);
    assert.equal(await page.getByText(LOST).isVisible(), true);
    assert.deepEqual(errors, []);
  });

  it('explains why no login can be rejected before a login', async () => {
    await open();
    const rejected = page.getByRole('switch', { name: 'The login is rejected' });
    const reason = page.getByText('Nobody is logged in.');
    await reason.waitFor();
    assert.equal(await rejected.isDisabled(), true);
    assert.equal(await rejected.getAttribute('aria-describedby'), await reason.getAttribute('id'));
    simulator.issueToken('matti@example.fi');
    await reason.waitFor({ state: 'hidden' });
    await rejected.check();
    await until('the login to be rejected', () => simulator.troubles.isLoginRejected);
    await rejected.uncheck();
    await until('the login to be good', () => !simulator.troubles.isLoginRejected);
  });
});

/** Hides a page as if another tab covered it, or shows it again. A headless browser shows all tabs. */
async function setHidden(page: Page, isHidden: boolean): Promise<void> {
  await page.evaluate(`
    Object.defineProperty(document, 'hidden', { value: ${isHidden}, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  `);
}

/** Returns a recording of a home with a lamp and these things. */
function recordingOf(things: Recording['things']): Recording {
  const lamp = { id: 'lamp', name: 'Lamp', type: 'LIGHT', state: { type: 'STATE_LIGHT', reachable: true, isOn: true } };
  return {
    form: 'cozify-recording',
    version: 1,
    names: 'kept',
    hubVersion: '1.14',
    things: { ...things, devices: { lamp, ...things.devices } },
    polls: [],
  };
}
