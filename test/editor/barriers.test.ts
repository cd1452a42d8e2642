import { Desk, LOCALES } from './support';
import { assertNoBarriers } from './support/barriers';

describe('axe finds nothing in the dialogs', () => {
  let desk: Desk;

  before(async () => {
    desk = await Desk.open();
  });
  afterEach(() => desk.tidy());
  after(() => desk.close());

  for (const language of ['en-US', 'fi'] as const) {
    it(`in ${language}`, () => assertNoBarriers(desk, { locale: LOCALES[language] }));
  }
});
