import { NODE_RED_3 } from '../live/harness/versions';
import { Desk, LOCALES } from './support';
import { tellAccountsApart } from './support/account-names';
import { openEveryDialog } from './support/all-dialogs';
import { assertNoBarriers } from './support/barriers';
import { showBrokenSetting } from './support/broken-setting';
import { logInFromNothing } from './support/first-login';
import { keepWhileAway, lightByRoom } from './support/lamp-flow';

describe('On Node-RED 3.1', () => {
  let desk: Desk;

  before(async () => {
    desk = await Desk.openOn(NODE_RED_3);
  });
  afterEach(() => desk.tidy());
  after(() => desk?.close());

  it('the first login goes from an empty editor to a deployed login, and is there after a restart', () =>
    logInFromNothing(desk));

  it('the picker finds a lamp by three letters of its room, and the flow lights it', () => lightByRoom(desk));

  it('the picker keeps what was chosen while the hub is away', () => keepWhileAway(desk));

  it('two accounts without a name are told apart after a reload', () => tellAccountsApart(desk));

  for (const language of ['en-US', 'fi'] as const) {
    it(`a broken setting shows, in ${language}`, () => showBrokenSetting(desk, language));

    it(`every dialog opens and closes without an error or a raw key, with its help beside it, in ${language}`, () =>
      openEveryDialog(desk, language));

    it(`axe finds nothing in the dialogs, in ${language}`, () =>
      assertNoBarriers(desk, { locale: LOCALES[language], colorScheme: 'light' }));
  }
});
