import assert from 'node:assert/strict';
import { Desk, LOCALES, type Editor } from './support';

describe('The palette', () => {
  let desk: Desk;

  before(async () => {
    desk = await Desk.open();
  });
  afterEach(() => desk.tidy());
  after(() => desk.close());

  /** Our nodes by their labels, as they stand, without the spaces, which Node-RED draws by its own way. */
  const labels = async ({ page }: Editor): Promise<string[]> => {
    const shown = await page.locator('#red-ui-palette-cozify .red-ui-palette-label').allTextContents();
    return shown.map((label) => label.replace(/\s+/g, ''));
  };

  it('has the nodes of the home before those of the login', async () => {
    const editor = await desk.editor();
    const shown = await labels(editor);
    const [home, login] = [
      ['command', 'read', 'changes', 'button', 'wait', 'request'],
      ['login', 'ping', 'refresh', 'token', 'e‑mailaddress', 'reset', 'accountevents'],
    ] as const;
    const places = (names: readonly string[]): number[] => names.map((name) => shown.indexOf(name));
    assert.ok(!places([...home, ...login]).includes(-1), `it has ${shown.join(', ')}`);
    assert.ok(Math.max(...places(home)) < Math.min(...places(login)), `they stand as ${shown.join(', ')}`);
  });

  it('tells the events of the account from what happens at home, in Finnish too', async () => {
    const editor = await desk.editor({ locale: LOCALES.fi });
    const shown = await labels(editor);
    assert.ok(shown.includes('tilintapahtumat') && shown.includes('muutokset'), shown.join(', '));
  });
});
