import { Desk, LANGUAGES } from './support';
import { openBareDialogs, openEveryDialog } from './support/all-dialogs';

describe('Every dialog', () => {
  let desk: Desk;

  before(async () => {
    desk = await Desk.open();
  });
  afterEach(() => desk.tidy());
  after(() => desk.close());

  for (const language of LANGUAGES) {
    it(`opens and closes without an error or a raw key, with its help beside it, in ${language}`, () =>
      openEveryDialog(desk, language));
  }

  it('shows what is not named in the flow as what it counts as, and leaves it so', () => openBareDialogs(desk));
});
