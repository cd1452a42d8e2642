import { Desk } from './support';
import { logInFromNothing } from './support/first-login';

describe('The first login', () => {
  let desk: Desk;

  before(async () => {
    desk = await Desk.open();
  });
  afterEach(() => desk.tidy());
  after(() => desk.close());

  it('goes from an empty editor to a deployed login by mouse and keyboard, and is there after a restart', async () => {
    await logInFromNothing(desk);
  });
});
