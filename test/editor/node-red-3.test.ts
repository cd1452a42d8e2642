import { EDITOR_VERSIONS, NODE_RED_3 } from '../live/harness/versions';
import { Desk, LOCALES } from './support';
import { assertNamesDiffer } from './support/account-names';
import { openEveryDialog } from './support/all-dialogs';
import { assertNoViolations } from './support/axe-dialogs';
import { checkChoicesWithAxe, chooseByTags } from './support/choosing';
import { logInFromNothing } from './support/first-login';
import { checkPickerWithAxe, keepTargetsWhileOffline, lightByRoom } from './support/lamp-flow';

describe('The editor of Node-RED 3.1', () => {
  let desk: Desk;

  before(async () => {
    desk = await Desk.openOn(NODE_RED_3);
  });
  afterEach(() => desk.tidy());
  after(() => desk?.close());

  it('logs in from an empty editor, and is still logged in after a restart', () => logInFromNothing(desk));

  it('finds a lamp by three letters of its room, and switches it on through the flow', () => lightByRoom(desk));

  it('shows different names for two accounts without a typed name', () => assertNamesDiffer(desk));

  // The following tests usually don't depend on the version of Node-RED, so only `npm run test:long` repeats them.
  if (!EDITOR_VERSIONS.includes(NODE_RED_3)) return;

  it('keeps the chosen targets while the hub is offline', () => keepTargetsWhileOffline(desk));

  it('has no accessibility violation in the picker, according to axe', () =>
    checkPickerWithAxe(desk, { language: 'fi', isDark: false }));

  it('filters targets by rooms and kinds of devices', () => chooseByTags(desk, 'fi'));

  it('has no accessibility violation in the chosen targets, according to axe', () =>
    checkChoicesWithAxe(desk, { language: 'en-US', isDark: false }));

  it('opens every dialog, with its help, without an error or a raw key', () => openEveryDialog(desk, 'fi'));

  it('has no accessibility violation in the dialogs, according to axe', () =>
    assertNoViolations(desk, { locale: LOCALES.fi, colorScheme: 'light' }));
});
