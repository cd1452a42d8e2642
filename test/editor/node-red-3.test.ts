import { EDITOR_VERSIONS, NODE_RED_3 } from '../live/harness/versions';
import { Desk, LOCALES } from './support';
import { openEveryDialog } from './support/all-dialogs';
import { assertNoViolations } from './support/axe-dialogs';
import { resolveChoices } from './support/choosing';
import { lightFirstLamp } from './support/first-lamp';
import { logInFromNothing } from './support/first-login';

describe('The editor of Node-RED 3.1', () => {
  const desk = Desk.forSuite({ version: NODE_RED_3 });

  it('logs in from an empty editor', async () => {
    await logInFromNothing(desk);
  });

  it('lights the first lamp with the steps in the README', () => lightFirstLamp(desk));

  // The following tests usually don't depend on the version of Node-RED, so only `npm run test:long` repeats them.
  if (!EDITOR_VERSIONS.includes(NODE_RED_3)) return;

  it('resolves choices by name, and runs the command of a button', () => resolveChoices(desk));

  it('opens every dialog, with its help, without an error or a raw key', () => openEveryDialog(desk, 'fi'));

  it('has no accessibility violation in the dialogs, according to axe', () =>
    assertNoViolations(desk, { locale: LOCALES.fi, colorScheme: 'light' }));
});
