import assert from 'node:assert/strict';
import { becomes } from '../support/becomes';
import { until } from '../support/wait';
import { Desk } from './support';
import { deployLamp } from './support/lamp-flow';

describe('The button dialog, which hears the switch', () => {
  let desk: Desk;

  before(async () => {
    desk = await Desk.open({}, { hubs: [{ name: 'Koti' }] });
  });
  afterEach(() => desk.tidy());
  after(() => desk?.close());

  /** Opens the dialog of a button node; gives how it hears a remote, and what lets it hear one. */
  async function openButton() {
    const hub = await deployLamp(desk);
    const remote = hub.home.devices.find(({ type }) => type === 'REMOTE_CONTROL');
    assert.ok(remote);
    const editor = await desk.editor();
    await editor.openNode('button');
    const rows = editor.page.locator('#node-input-presses-list [data-output]');
    const untilRow = (): Promise<unknown> =>
      until('a row', async () => {
        hub.home.press(remote.id, 1);
        await new Promise((resolve) => setTimeout(resolve, 1_500));
        return (await rows.count()) > 0;
      });
    return { editor, remote, rows, listen: editor.page.locator('#cozify-press-listen'), untilRow };
  }

  it('makes a row of a press, and shows the row that there is for it', async () => {
    const { editor, remote, rows, listen, untilRow } = await openButton();
    const heard = editor.page.locator('#cozify-press-heard');
    assert.equal(await rows.count(), 0);
    const asked = editor.page.waitForRequest((request) => request.url().includes('wait=20'));
    await listen.click();
    await asked;
    assert.equal(await listen.getAttribute('aria-pressed'), 'true');
    await untilRow();
    await until('what was heard', async () => /^Heard: .*Output 1\.$/.test(await heard.innerText()));
    assert.ok((await heard.innerText()).includes(remote.name));
    assert.equal(await rows.count(), 1, 'another press of the same is of the same row');
    await listen.click();
    await until('the end', async () => (await listen.getAttribute('aria-pressed')) === 'false');
    await editor.closeNode('ok');
    const saved = await editor.page.evaluate<{ presses: object[]; outputs: number }>(
      `(({ presses, outputs }) => ({ presses, outputs }))(RED.nodes.node('button'))`,
    );
    assert.deepEqual([saved.presses.length, saved.outputs], [1, 1]);
  });

  it('goes on listening when a question was not answered', async () => {
    const { editor, listen, untilRow } = await openButton();
    let refused = 0;
    await editor.page.route(/\/feed\?.*wait=/, (route) => {
      refused += 1;
      // As a proxy whose Node-RED does not answer.
      return refused > 1 ? route.continue() : route.fulfill({ status: 502, body: '<html>Bad gateway' });
    });
    await listen.click();
    await until('another question', () => refused > 1);
    await untilRow();
    assert.equal(await listen.getAttribute('aria-pressed'), 'true');
    await listen.click();
    await editor.closeNode('cancel');
  });

  it('does not count down while the hub can not be reached', async () => {
    const hub = await deployLamp(desk);
    const editor = await desk.editor();
    await editor.openNode('button');
    await hub.goOffline();
    const listen = editor.page.locator('#cozify-press-listen');
    await becomes(async () => {
      if ((await listen.getAttribute('aria-pressed')) === 'false') await listen.click();
      return editor.page.locator('#cozify-press-heard').innerText();
    }, /^The hub can't be reached/);
    await becomes(() => listen.getAttribute('aria-pressed'), 'false');
    await hub.goOnline();
    await editor.closeNode('cancel');
  });
});
