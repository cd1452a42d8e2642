import assert from 'node:assert/strict';
import type { Browser, Locator, Page } from 'playwright-core';
import { launchBrowser } from '../editor/support/chromium';
import { Simulator, type Recording } from '../simulator';
import { becomes } from '../support/becomes';

const ENGLISH = { locale: 'en-GB' };
const LOST = 'The page has lost the practice home.';

describe('The page of the practice home, when something is out of the ordinary', () => {
  let browser: Browser;
  let simulator: Simulator;
  let page: Page;

  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser?.close());

  afterEach(async () => {
    await page?.close();
    await simulator?.stop();
  });

  async function open(options: Parameters<typeof Simulator.start>[0] = {}): Promise<void> {
    simulator = await Simulator.start(options);
    page = await browser.newPage(ENGLISH);
    page.setDefaultTimeout(120_000);
    await page.goto(simulator.pageUrl);
  }

  const card = (name: string): Locator => page.locator(`article[data-device="${name}"]`);

  it('shows the home that is there now, when another one has taken the place of the first', async () => {
    await open();
    await card('Ulko-ovi').waitFor();
    const port = Number(new URL(simulator.pageUrl).port);
    await simulator.stop();
    await page.getByText(LOST).waitFor();
    simulator = await Simulator.start({
      port,
      hubs: [{ name: 'Recorded home', home: { recording: recordingOf({}) } }],
    });
    await card('Lamp').waitFor();
    await becomes(() => page.locator('article').count(), 1);
    assert.equal(await page.getByRole('button', { name: 'Koti' }).count(), 0);
    assert.equal(await page.getByText(LOST).count(), 0);
  });
});

/** A recorded home with a lamp, and with other things. */
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
