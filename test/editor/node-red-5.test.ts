import { EDITOR_VERSIONS, NODE_RED_5 } from '../live/harness/versions';
import { Desk } from './support';
import { openEveryDialog } from './support/all-dialogs';
import { assertNoViolations } from './support/axe-dialogs';
import { checkChoicesWithAxe, resolveChoices } from './support/choosing';
import { lightFirstLamp } from './support/first-lamp';
import { logInFromNothing } from './support/first-login';
import { logInAgainElsewhere } from './support/lost-login';
import { checkDialogsOnPhone } from './support/phone';

describe('The editor of Node-RED 5 on Node.js 24', () => {
  const desk = Desk.forSuite({ version: NODE_RED_5 });

  it('logs in from an empty editor', async () => {
    await logInFromNothing(desk);
  });

  it('lights the first lamp with the steps in the README', () => lightFirstLamp(desk));

  it('has no accessibility violation in the picker, according to axe, in the dark theme', () =>
    checkChoicesWithAxe(desk, 'dark'));

  it('fits every dialog on a phone', () => checkDialogsOnPhone(desk));

  // The following tests usually don't depend on the version of Node-RED, so only `npm run test:long` repeats them.
  if (!EDITOR_VERSIONS.includes(NODE_RED_5)) return;

  it('resolves choices by name, and runs the command of a button', () => resolveChoices(desk));

  it('opens every dialog, with its help, without an error or a raw key', () => openEveryDialog(desk, 'fi'));

  for (const [locale, colorScheme] of [
    ['fi-FI', 'light'],
    ['en-US', 'dark'],
  ] as const) {
    it(`has no accessibility violation in the dialogs, according to axe, in the ${colorScheme} theme`, () =>
      assertNoViolations(desk, { locale, colorScheme }));
  }

  // This test is the last one, because the lost login would force each later test to request another code.
  it('shows a lost login in every open editor until somebody logs in again', () => logInAgainElsewhere(desk));
});
