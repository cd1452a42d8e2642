import assert from 'node:assert/strict';
import { becomes } from '../support/becomes';
import { Desk, intercept, text, until } from './support';
import { ACCOUNT, bedroomLamp, deployLamp } from './support/lamp-flow';
import { Picker } from './support/picker';

describe('The editor with adminAuth and another admin root', () => {
  const settings = { httpAdminRoot: '/house/admin', adminUsers: { owner: '*', visitor: 'read' } };
  const desk = Desk.forSuite({ nodeRed: { settings } });

  it('asks an owner to log in again after a 401 or 403, and lets the owner log in to Cozify after that', async () => {
    const { id, email } = await desk.deployAccount();
    const editor = await desk.editor({ user: 'owner' });
    const dialog = await editor.openAccountOf('ping');
    await dialog.untilFocused(dialog.email);
    for (const status of [401, 403]) {
      await intercept(editor.page, '**/cozify/accounts/**', (route) => route.fulfill({ status, body: '' }));
      await dialog.untilStateSays(new RegExp(text('en-US', 'http.401')));
      await dialog.sendCode.click();
      await dialog.untilError(text('en-US', 'http.401'), dialog.email);
      await editor.page.unroute('**/cozify/accounts/**');
      await dialog.untilState('otp-required');
    }
    editor.refusals.length = 0;
    await dialog.sendCode.click();
    await dialog.untilFocused(dialog.code);
    await dialog.untilNoError();
    assert.equal(desk.simulator.mails.filter(({ to }) => to === email).length, 1);
    await dialog.typeAndEnter(desk.simulator.latestCode(email));
    await dialog.untilState('authenticated');
    assert.equal((await desk.snapshot(id)).state, 'authenticated');
    assert.deepEqual(editor.refusals, []);
  });

  it('shows a read-only user the login state and the state of a chosen lamp, and offers no change', async () => {
    const hub = await deployLamp(desk);
    const lamp = bedroomLamp(hub);
    const chosen = { hub: hub.id, kind: 'device', id: lamp.id, name: 'Kattovalo' };
    await deployLamp(desk, { targets: [chosen] });
    const editor = await desk.editor({ user: 'visitor' });
    await editor.openNode('lamp');
    const picker = new Picker(editor.page);
    await until('its state', async () => /on|off/.test(await picker.chips.innerText()));
    await becomes(() => editor.page.locator('[data-do=on], [data-do=blink]').count(), 0);
    await becomes(() => editor.page.locator('#cozify-target-try').isVisible(), false);

    const dialog = await editor.editAccount();
    await dialog.untilState('authenticated');
    await until('the hubs', async () => (await dialog.hubNames()).length === 2);
    await becomes(() => dialog.sendCode.isDisabled(), true);
    await becomes(() => dialog.logOut.isDisabled(), true);
    await becomes(() => dialog.note.innerText(), text('en-US', 'note.readOnly'));
    await dialog.advanced.click();
    await becomes(() => editor.page.locator('#cozify-account-record-start').isDisabled(), true);
    const mails = desk.simulator.mails.length;
    await dialog.email.click();
    await dialog.page.keyboard.press('Enter');
    await dialog.untilError(text('en-US', 'http.401'), dialog.email);
    await dialog.untilFocused(dialog.email);
    assert.equal(desk.simulator.mails.length, mails);
    assert.equal((await desk.snapshot(ACCOUNT)).state, 'authenticated');
    assert.deepEqual(editor.refusals, [], 'what is not allowed is not even tried');
  });
});
