import assert from 'node:assert/strict';
import { Desk, LANGUAGES, LOCALES, ask, text, until, type Language } from './support';
import { openOnPhone } from './support/phone';

describe('Test in the dialog of a ping node', () => {
  let desk: Desk;

  before(async () => {
    desk = await Desk.open();
  });
  afterEach(async () => {
    await desk.simulator.goOnline().catch(() => undefined);
    await desk.tidy();
  });
  after(() => desk.close());

  const SAID: Record<Language, { asking: RegExp; accepted: RegExp; rejected: RegExp; never: RegExp }> = {
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
    it(`asks the cloud now and says when that was, in ${language}`, async () => {
      await desk.deployLogin();
      const editor = await desk.usedEditor({ locale: LOCALES[language] });
      const dialog = await editor.openNode('ping');
      const said = dialog.locator('#cozify-ping-state');
      const untilSaid = (words: RegExp): Promise<unknown> =>
        until(`the answer ${String(words)}`, async () => words.test((await said.innerText()).trim()));

      const hold = desk.simulator.count('hubkeys');
      desk.simulator.latencyMs = 1_000;
      await dialog.locator('#cozify-ping-test').click();
      await untilSaid(SAID[language].asking);
      await untilSaid(SAID[language].accepted);
      assert.equal(desk.simulator.count('hubkeys'), hold + 1);
      desk.simulator.latencyMs = 0;

      desk.simulator.revokeAll();
      await dialog.locator('#cozify-ping-test').click();
      await untilSaid(SAID[language].rejected);
      await ask(desk.nodeRed, 'reset');
      await dialog.locator('#cozify-ping-test').click();
      await untilSaid(SAID[language].never);
      await editor.closeNode('cancel');
      assert.equal(await editor.isDeployLit(), false);
    });
  }

  it('stands at the left edge on a phone, and the text of the checkbox beside the box', async () => {
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

  it('says why the cloud could not be asked', async () => {
    await desk.deployLogin();
    const editor = await desk.usedEditor();
    const dialog = await editor.openNode('ping');
    await desk.simulator.goOffline();
    await dialog.locator('#cozify-ping-test').click();
    const sentence = text('en-US', 'error.COZIFY_UNREACHABLE');
    const said = dialog.locator('#cozify-ping-state');
    await until('the reason', async () => (await said.innerText()) === sentence);
    await editor.closeNode('cancel');
  });
});
