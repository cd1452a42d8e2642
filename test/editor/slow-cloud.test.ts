import assert from 'node:assert/strict';
import { becomes } from '../support/becomes';
import { Desk, LANGUAGES, LOCALES, text, until, type AccountDialog, type Editor, type Language } from './support';
import { waitForSlowCloud } from './support/slow-cloud';

describe('A cloud that takes its time', () => {
  let desk: Desk;

  before(async () => {
    desk = await Desk.open();
  });
  afterEach(() => desk.tidy());
  after(() => desk.close());

  for (const language of LANGUAGES) {
    it(`is waited for with a sign of work and words, after each press, in ${language}`, () =>
      waitForSlowCloud(desk, language));

    it(`is not asked for a second code within a minute, which is said in ${language}, with the first one kept`, async () => {
      const { email } = await desk.deployAccount();
      const editor = await desk.usedEditor({ locale: LOCALES[language] });
      const dialog = await openDialog(editor);
      await dialog.sendCode.click();
      await dialog.untilFocused(dialog.code);
      const code = desk.simulator.latestCode(email);
      await dialog.page.keyboard.type(code.slice(0, 3));
      await dialog.sendCode.click();
      await until('the notice', async () => ALREADY[language].test(await dialog.work.innerText()));
      await becomes(() => dialog.error.innerText(), '');
      await becomes(() => dialog.code.inputValue(), code.slice(0, 3), 'what was typed is still there');
      assert.equal(desk.simulator.mails.filter(({ to }) => to === email).length, 1);

      await dialog.untilFocused(dialog.code);
      await dialog.page.keyboard.press('End');
      await dialog.typeAndEnter(code.slice(3));
      await dialog.untilState('authenticated');
    });
  }

  it('does not leave an empty dialog: it says that it is looking', async () => {
    await desk.deployLogin();
    const editor = await desk.usedEditor();
    let letThrough = (): void => undefined;
    const isKnown = new Promise<void>((resolve) => (letThrough = resolve));
    await editor.page.route('**/cozify/accounts/**', (route) => isKnown.then(() => route.continue()));
    const dialog = await editor.openAccountOf('ping');
    await dialog.untilStateSays(new RegExp(text('en-US', 'state.loading')));
    await becomes(() => dialog.state.locator('.fa-spin').count(), 1);
    letThrough();
    await dialog.untilState('authenticated');
    await becomes(() => dialog.state.locator('.fa-spin').count(), 0);
    await editor.page.unroute('**/cozify/accounts/**');
  });

  it('takes a code as people type it, and keyboards offer capitals for it', async () => {
    const { email } = await desk.deployAccount();
    const editor = await desk.usedEditor();
    const dialog = await openDialog(editor);
    await dialog.sendCode.click();
    await dialog.untilFocused(dialog.code);
    for (const [attribute, value] of Object.entries({
      autocapitalize: 'characters',
      autocomplete: 'one-time-code',
      autocorrect: 'off',
      spellcheck: 'false',
    })) {
      await becomes(() => dialog.code.getAttribute(attribute), value, attribute);
    }
    const code = desk.simulator.latestCode(email).toLowerCase();
    await dialog.typeAndEnter(` ${code.slice(0, 3)} ${code.slice(3)} `);
    await dialog.untilState('authenticated');
  });

  async function openDialog(editor: Editor): Promise<AccountDialog> {
    const dialog = await editor.openAccountOf('ping');
    await dialog.untilFocused(dialog.email);
    return dialog;
  }
});

const ALREADY: Record<Language, RegExp> = {
  'en-US': /^A code was already sent at \d+:\d\d\s[AP]M: check your mail\. You can get a new one at \d+:\d\d\s[AP]M\.$/,
  fi: /^Koodi lähetettiin jo klo \d+\.\d\d: katso sähköpostisi\. Uuden voit pyytää klo \d+\.\d\d\.$/,
};
