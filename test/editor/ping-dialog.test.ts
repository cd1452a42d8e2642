import assert from 'node:assert/strict';
import { ask, Desk, LOCALES, until, type Language } from './support';

describe('The button in the dialog of a ping node', () => {
  let desk: Desk;

  before(async () => {
    desk = await Desk.open();
  });
  afterEach(() => desk.tidy());
  after(() => desk.close());

  const SAID: Record<Language, [before: RegExp, after: RegExp]> = {
    'en-US': [/^Last known: Logged in as \S+\. The cloud is asked only when/, /^Last known: Not logged in\. The cloud/],
    fi: [
      /^Viimeksi tiedossa: Kirjautunut: \S+\. Pilveltä kysytään vasta/,
      /^Viimeksi tiedossa: Ei kirjautunut\. Pilveltä/,
    ],
  };

  for (const language of ['en-US', 'fi'] as const) {
    it(`says what is known, and that the cloud has not been asked, in ${language}`, async () => {
      const { email } = await desk.deployLogin();
      const [before, after] = SAID[language];
      const editor = await desk.editor({ locale: LOCALES[language] });
      const dialog = await editor.openNode('ping');
      const said = dialog.locator('#cozify-ping-state');
      const press = (): Promise<void> => dialog.locator('#cozify-ping-test').click();

      // Nobody here has heard of it yet.
      desk.simulator.revokeAll();
      const asked = desk.simulator.requests.length;
      await press();
      await until('the answer', async () => before.test(await said.innerText()));
      assert.ok((await said.innerText()).includes(email));
      assert.equal(desk.simulator.requests.length, asked, 'the cloud was not asked');

      assert.equal((await ask(desk.nodeRed, 'ping')).payload, false);
      await press();
      await until('the answer', async () => after.test(await said.innerText()));
      await editor.closeNode('cancel');
    });
  }
});
