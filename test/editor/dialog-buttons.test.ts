import assert from 'node:assert/strict';
import { becomes } from '../support/becomes';
import { ask, Desk, type Language, LANGUAGES, LOCALES, text } from './support';
import { until } from '../support/wait';
import { deployLamp } from './support/lamp-flow';
import { openOnPhone } from './support/phone';

describe('The Test button of the ping dialog', () => {
  let desk: Desk;

  before(async () => {
    desk = await Desk.open();
  });
  afterEach(async () => {
    await desk.simulator.goOnline().catch(() => undefined);
    await desk.tidy();
  });
  after(() => desk.close());

  const TEXTS: Record<Language, { asking: RegExp; accepted: RegExp; rejected: RegExp; never: RegExp }> = {
    'en-US': {
      asking: /^Checking with the cloud/,
      accepted: /^Checked at \d+:\d\d\s[AP]M: the login is valid\.$/,
      rejected: /^Checked at \d+:\d\d\s[AP]M: the login is no longer valid\. Open the account/,
      never: /^There is no login: open the account/,
    },
    fi: {
      asking: /^Tarkistetaan pilvestä/,
      accepted: /^Tarkistettu klo \d+\.\d\d: kirjautuminen on voimassa\.$/,
      rejected: /^Tarkistettu klo \d+\.\d\d: pilvi ei enää hyväksy kirjautumista\. Avaa tili/,
      never: /^Kirjautumista ei ole: avaa tili/,
    },
  };

  for (const language of LANGUAGES) {
    it(`checks the login at the cloud and shows the result and the time, in ${language}`, async () => {
      const { id } = await desk.deployLogin();
      await until('the hubs to be found', async () => (await desk.snapshot(id)).hubs.length > 0);
      const editor = await desk.usedEditor({ locale: LOCALES[language] });
      const dialog = await editor.openNode('ping');
      const pingState = dialog.locator('#cozify-ping-state');
      const untilResult = (words: RegExp): Promise<unknown> =>
        until(`the answer ${String(words)}`, async () => words.test((await pingState.innerText()).trim()));

      const asked = desk.simulator.hold('hubkeys');
      await dialog.locator('#cozify-ping-test').click();
      await untilResult(TEXTS[language].asking);
      await until('the request to the cloud', () => asked.isAsked);
      asked.release();
      await untilResult(TEXTS[language].accepted);

      desk.simulator.revokeAll();
      await dialog.locator('#cozify-ping-test').click();
      await untilResult(TEXTS[language].rejected);
      await ask(desk.nodeRed, 'reset');
      await dialog.locator('#cozify-ping-test').click();
      await untilResult(TEXTS[language].never);
      await editor.closeNode('cancel');
      assert.equal(await editor.isDeployLit(), false);
    });
  }

  it('is at the left edge on a phone, and the text of the checkbox is beside the box', async () => {
    await desk.deployLogin();
    const editor = await openOnPhone(desk, 'ping');
    const box = async (selector: string) => {
      const found = await editor.page.locator(selector).boundingBox();
      assert.ok(found, selector);
      return found;
    };
    assert.equal((await box('#cozify-ping-test')).x, (await box('#dialog-form .cozify-dialog')).x);
    const checkbox = await box('#node-input-autorefresh');
    const words = await box('#dialog-form [for=node-input-autorefresh] span');
    assert.ok(words.height > 30, 'two lines');
    assert.ok(words.x >= checkbox.x + checkbox.width, `${words.x} ${checkbox.x}`);
    await editor.closeNode('cancel');
  });

  it('shows the error if the cloud is offline', async () => {
    await desk.deployLogin();
    const editor = await desk.usedEditor();
    const dialog = await editor.openNode('ping');
    await desk.simulator.goOffline();
    await dialog.locator('#cozify-ping-test').click();
    const message = text('en-US', 'error.COZIFY_UNREACHABLE');
    const pingState = dialog.locator('#cozify-ping-state');
    await until('the reason', async () => (await pingState.innerText()) === message);
    await editor.closeNode('cancel');
  });
});

describe('Listen in the button dialog', () => {
  let desk: Desk;

  before(async () => {
    desk = await Desk.open({}, { hubs: [{ name: 'Koti' }] });
  });
  afterEach(() => desk.tidy());
  after(() => desk?.close());

  /**
   * Opens the dialog of a button node. Returns its Listen button, the rows of its list of presses, and a function that
   * presses a remote control until there is a row.
   */
  async function openButton() {
    const hub = await deployLamp(desk);
    const remote = hub.home.devices.find(({ type }) => type === 'REMOTE_CONTROL');
    assert.ok(remote);
    const editor = await desk.usedEditor();
    await editor.openNode('button');
    const rows = editor.page.locator('#node-input-presses-list [data-output]');
    const untilRow = (): Promise<unknown> =>
      until('a row', async () => {
        hub.home.press(remote.id, 1);
        await new Promise((resolve) => setTimeout(resolve, 1_500));
        return (await rows.count()) > 0;
      });
    return { editor, remote, rows, listen: editor.page.locator('#cozify-press-listen'), untilRow };
  }

  it('adds a row for a press, and shows the existing row for the same press', async () => {
    const { editor, remote, rows, listen, untilRow } = await openButton();
    const pressLine = editor.page.locator('#cozify-press-heard');
    assert.equal(await rows.count(), 0);
    const asked = editor.page.waitForRequest((request) => request.url().includes('wait=20'));
    await listen.click();
    await asked;
    assert.equal(await listen.getAttribute('aria-pressed'), 'true');
    await untilRow();
    await until('the received press', async () => /^Heard: .*Output 1\.$/.test(await pressLine.innerText()));
    assert.ok((await pressLine.innerText()).includes(remote.name));
    assert.equal(await rows.count(), 1, 'another press of the same is of the same row');
    await listen.click();
    await until('the end', async () => (await listen.getAttribute('aria-pressed')) === 'false');
    await editor.closeNode('ok');
    const saved = await editor.page.evaluate<{ presses: object[]; outputs: number }>(
      `(({ presses, outputs }) => ({ presses, outputs }))(RED.nodes.node('button'))`,
    );
    assert.deepEqual([saved.presses.length, saved.outputs], [1, 1]);
  });

  it('continues after a failed request', async () => {
    const { editor, listen, untilRow } = await openButton();
    let refused = 0;
    await editor.page.route(/\/feed\?.*wait=/, (route) => {
      refused += 1;
      // Responds as a proxy does while its Node-RED is down.
      return refused > 1 ? route.continue() : route.fulfill({ status: 502, body: '<html>Bad gateway' });
    });
    await listen.click();
    await until('another question', () => refused > 1);
    await untilRow();
    assert.equal(await listen.getAttribute('aria-pressed'), 'true');
    await listen.click();
    await editor.closeNode('cancel');
  });

  it('ends with an error if the hub is unreachable', async () => {
    const hub = await deployLamp(desk);
    const editor = await desk.usedEditor();
    await editor.openNode('button');
    await hub.goOffline();
    const listen = editor.page.locator('#cozify-press-listen');
    await becomes(async () => {
      if ((await listen.getAttribute('aria-pressed')) === 'false') await listen.click();
      return editor.page.locator('#cozify-press-heard').innerText();
    }, /^The hub can't be reached/);
    await becomes(() => listen.getAttribute('aria-pressed'), 'false');
    await hub.goOnline();
    await editor.closeNode('cancel');
  });
});
