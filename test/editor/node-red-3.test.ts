import { EDITOR_VERSIONS, NODE_RED_3 } from '../live/harness/versions';
import { Desk, LANGUAGES, LOCALES } from './support';
import { tellAccountsApart } from './support/account-names';
import { openEveryDialog } from './support/all-dialogs';
import { assertNoBarriers } from './support/barriers';
import { showBrokenSetting } from './support/broken-setting';
import { askWhichOne, chooseByTags, lookUpChoices, seeChoicesWithoutBarriers, typeNames } from './support/choosing';
import { logInFromNothing } from './support/first-login';
import { findNoBarriers, keepWhileAway, lightByRoom } from './support/lamp-flow';

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

  it('two accounts without a name are told apart after a reload', () => tellAccountsApart(desk));

  // The other tests don't depend on the version as a rule, so only `npm run test:long` repeats them.
  if (!EDITOR_VERSIONS.includes(NODE_RED_3)) return;

  it('the picker keeps what was chosen while the hub is away', () => keepWhileAway(desk));

  it('the picker has no barrier that axe finds', () => findNoBarriers(desk, { language: 'fi', isDark: false }));

  it('choosing loses nothing that is typed', () => typeNames(desk));

  it('choosing asks where several fit what is typed', () => askWhichOne(desk));

  it('choosing looks names up, and does what its buttons say', () => lookUpChoices(desk));

  it('choosing goes by rooms and kinds of devices', () => chooseByTags(desk, 'fi'));

  it('choosing has no barrier that axe finds', () =>
    seeChoicesWithoutBarriers(desk, { language: 'en-US', isDark: false }));

  for (const language of LANGUAGES) {
    it(`a broken setting shows, in ${language}`, () => showBrokenSetting(desk, language));

    it(`every dialog opens and closes without an error or a raw key, with its help beside it, in ${language}`, () =>
      openEveryDialog(desk, language));

    it(`axe finds nothing in the dialogs, in ${language}`, () =>
      assertNoBarriers(desk, { locale: LOCALES[language], colorScheme: 'light' }));
  }
});
