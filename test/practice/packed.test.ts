import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { becomes } from '../support/becomes';
import { launchBrowser } from '../editor/support/chromium';
import { ask } from '../live/harness/ask';
import { accountNode, testFlow } from '../live/harness/flow';
import '../live/harness/hooks';
import { NodeRed } from '../live/harness/node-red';
import { installedUserDir } from '../live/harness/packed';
import { until } from '../support/wait';
import { PracticeHome, practiceFolder } from './support';

const LAMP = 'Olohuoneen lamppu';
const COMMAND = {
  type: 'cozify-command',
  hub: '',
  targets: [{ hub: '', kind: 'device', id: '', name: LAMP }],
  command: 'payload',
  field: '',
  value: 'payload',
  valueType: 'msg',
  transition: '',
  confirm: 30,
};

describe('The published practice home', () => {
  let home: PracticeHome;

  before(async () => {
    home = await PracticeHome.start();
  });
  after(() => home?.stop());

  it('needs no other package, and includes its licence, its page and its types', async () => {
    const modules = join(await practiceFolder(), 'node_modules');
    assert.deepEqual(
      readdirSync(modules).filter((name) => !name.startsWith('.')),
      ['@cozify-community'],
    );
    const own = join(modules, '@cozify-community', 'cozify-practice');
    for (const file of ['LICENSE', 'README.md', 'dist/page/page.html', 'dist/src/index.js', 'my-day.json']) {
      assert.ok(readFileSync(join(own, file)).length > 500, file);
    }
  });

  it('prints its options, and refuses an invalid or used port', async () => {
    await assert.rejects(PracticeHome.start(['--help']), /--port +where the page and the cloud are/);
    await assert.rejects(PracticeHome.start(['--port', 'x']), /x is no port/);
    const { port } = new URL(home.pageUrl);
    await assert.rejects(PracticeHome.start(['--port', port]), /is taken: choose others with --port/);
  });

  describe('beside a Node-RED', () => {
    let browser: Browser;
    let page: Page;
    let nodeRed: NodeRed;

    before(async () => {
      browser = await launchBrowser();
      nodeRed = await NodeRed.start({ userDir: await installedUserDir() });
    });
    after(async () => {
      await browser?.close();
      await nodeRed?.dispose();
    });

    it('shows the code in its mailbox, and a lamp that a flow switches on', async () => {
      page = await browser.newPage({ viewport: { width: 390, height: 844 }, locale: 'en-US' });
      page.setDefaultTimeout(120_000);
      await page.goto(home.pageUrl);
      const { cloudUrl } = home;
      await page.waitForFunction(
        ([shown]) => [...document.querySelectorAll('input')].some(({ value }) => value === shown),
        [cloudUrl],
      );
      await becomes(() => page.getByRole('textbox', { name: 'Cloud' }).inputValue(), cloudUrl);
      const account = accountNode({ id: 'home', name: 'Koti', email: 'matti@example.fi', cloudUrl });
      await nodeRed.deploy(testFlow(account, { lamp: COMMAND }));
      await ask(nodeRed, 'authenticate');
      const otp = await page.locator('.mail[data-state="fresh"] strong').innerText();
      assert.equal((await ask(nodeRed, 'authenticate', { otp })).cozify.state, 'authenticated');
      const lamp = page.locator(`article[data-device="${LAMP}"]`);
      for (const [payload, glow] of [
        ['on', 'lit'],
        ['off', 'none'],
        ['on', 'lit'],
      ]) {
        assert.equal((await ask(nodeRed, 'lamp', { payload })).output, 1);
        await lamp.locator(`[data-glow="${glow}"]`).waitFor();
      }
      await lamp.scrollIntoViewIfNeeded();
      await becomes(() => lamp.getByRole('switch', { name: 'On' }).isChecked(), true);
    });
  });

  // Mocha runs a nested describe after the tests beside it.
  describe('at the end', () => {
    it('stops on Ctrl-C', async () => {
      assert.equal(await home.stop(), 0);
      await until('its port to be free', () =>
        fetch(home.pageUrl).then(
          () => false,
          () => true,
        ),
      );
    });
  });
});
