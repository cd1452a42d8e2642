import assert from 'node:assert/strict';
import { becomes } from '../support/becomes';
import { Desk, text } from './support';
import { HomeTab } from './support/home';
import { deployLamp } from './support/lamp-flow';
import { Picker } from './support/picker';

describe('The editor while no flow runs', () => {
  const desk = Desk.forSuite({ nodeRed: { settings: { extra: { runtimeState: { enabled: true, ui: true } } } } });

  afterEach(() => desk.nodeRed.setFlowsState('start'));

  const STOPPED = text('en-US', 'state.stopped');

  it('shows the saved login in the dialog, says that the flows are stopped, and offers no change until a start', async () => {
    const { email, token } = await desk.deployLogin();
    const editor = await desk.usedEditor();
    const dialog = await editor.openAccountOf('ping');
    const saysStopped = async (): Promise<boolean> => (await dialog.state.innerText()).includes(STOPPED);
    await dialog.untilState('authenticated');
    await becomes(saysStopped, false);
    await desk.nodeRed.setFlowsState('stop');
    await becomes(saysStopped, true);
    assert.match(await dialog.state.innerText(), new RegExp(`Logged in as ${email}`));
    await dialog.untilState('authenticated');
    await becomes(() => dialog.logOut.isDisabled(), true);
    await becomes(() => dialog.sendCode.isDisabled(), true);
    await desk.nodeRed.setFlowsState('start');
    await becomes(saysStopped, false);
    await becomes(() => dialog.logOut.isDisabled(), false);
    await desk.nodeRed.setFlowsState('stop');
    await becomes(saysStopped, true);
    assert.equal(desk.simulator.isValid(token), true);
    await dialog.cancel();
    await editor.page.locator('#cozify-ping-test').click();
    await becomes(() => editor.page.locator('#cozify-ping-state').innerText(), text('en-US', 'state.flowsStopped'));
    await editor.closeNode('cancel');
  });

  it('does not ask for a login in the picker and in the sidebar, and says why no presses are recorded', async () => {
    await deployLamp(desk);
    await desk.nodeRed.setFlowsState('stop');
    const editor = await desk.usedEditor();
    await editor.openNode('button');
    let requests = 0;
    editor.page.on('request', (request) => {
      if (request.url().includes('/feed?')) requests += 1;
    });
    await editor.page.locator('#cozify-press-listen').click();
    await becomes(() => editor.page.locator('#cozify-press-heard').innerText(), /^The flows are stopped/);
    assert.equal(requests, 1);
    const picker = new Picker(editor.page);
    await picker.search.focus();
    await picker.untilAnnounced(/^The flows are stopped/);
    await editor.closeNode('cancel');
    const home = new HomeTab(editor);
    await editor.page.evaluate(`RED.actions.invoke('cozify:show-home')`);
    await home.untilAnnounced(/The flows are stopped/);
    await becomes(() => home.page.locator('#cozify-home-login').getAttribute('data-state'), 'authenticated');
  });
});
