import { Desk, LANGUAGES, LOCALES } from './support';
import { openEveryDialog } from './support/all-dialogs';
import { assertNoViolations } from './support/axe-dialogs';
import { lightFirstLamp } from './support/first-lamp';
import { logInFromNothing } from './support/first-login';

describe('A newcomer to the editor', () => {
  let desk: Desk;

  before(async () => {
    desk = await Desk.open();
  });
  afterEach(() => desk.tidy());
  after(() => desk?.close());

  it('logs in from an empty editor by mouse and keyboard, and is still logged in after a restart', () =>
    logInFromNothing(desk));

  it('lights the first lamp with the steps in the README', () => lightFirstLamp(desk));

  for (const language of LANGUAGES) {
    it(`opens every dialog, with its help beside it, without an error, a raw key or an accessibility violation, in ${language}`, () =>
      openEveryDialog(desk, language));

    it(`has no accessibility violation in any state of the account dialog, in ${language}`, () =>
      assertNoViolations(desk, { locale: LOCALES[language] }));
  }
});
