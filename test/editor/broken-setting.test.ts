import assert from 'node:assert/strict';
import { becomes } from '../support/becomes';
import { Desk, intercept, text, until } from './support';

describe('An invalid setting', () => {
  const desk = Desk.forSuite();

  it('of an account, even from a variable, is reported by its nodes and its dialog until it is corrected', async () => {
    const { id } = await desk.deployAccount({ cloudUrl: '${NOWHERE}' });
    const env = [{ name: 'NOWHERE', value: 'ftp://example.fi', type: 'str' }];
    await desk.nodeRed.deploy([...(await desk.nodeRed.flows()), { id: 'variables', type: 'global-config', env }]);
    const editor = await desk.usedEditor();
    await becomes(() => editor.statusOf('ping'), { dot: 'ring-red', text: text('en-US', 'status.error') });
    const dialog = await editor.openAccountOf('ping');
    await dialog.untilStateSays(new RegExp(text('en-US', 'state.broken')));
    await dialog.untilStateSays(new RegExp(text('en-US', 'invalid.cloudUrl')));
    await becomes(() => dialog.advanced.getAttribute('aria-expanded'), 'true');
    await until('the settings to be unfolded', () => dialog.cloudUrl.isVisible());
    await dialog.untilFocused(dialog.email);
    await dialog.advanced.click();
    const cancel = dialog.page.locator('#node-config-dialog-cancel');
    await cancel.focus();
    const polled = dialog.page.waitForResponse(/diagnostics$/);
    await (await polled).finished();
    await dialog.page.waitForTimeout(500);
    await becomes(() => dialog.cloudUrl.isVisible(), false, 'it stays folded');
    await dialog.untilFocused(cancel);
    await dialog.advanced.click();
    await dialog.type(dialog.cloudUrl, desk.simulator.cloudUrl);
    await dialog.untilStateSays(new RegExp(text('en-US', 'state.otp-required')));
    await dialog.keep();
    await editor.closeNode('ok');
    await editor.deploy();
    await until('the account to work', async () => (await editor.statusOf('ping')).text === 'login needed');
    assert.equal((await desk.snapshot(id)).state, 'otp-required');
  });

  it('is not possible in a field without effect, such as the renewal time while renewal is off', async () => {
    await desk.deployAccount();
    const editor = await desk.usedEditor();
    const dialog = await editor.openAccountOf('ping');
    const expiry = editor.page.locator('#node-config-input-expiry');
    const unit = editor.page.locator('#node-config-input-expiryUnit');
    await becomes(() => expiry.isEnabled(), true);
    await becomes(() => unit.locator('option:checked').innerText(), 'day');
    await dialog.type(expiry, '2');
    await becomes(() => unit.locator('option:checked').innerText(), 'days');
    await editor.page.locator('#node-config-input-autorefresh').click();
    assert.deepEqual([await expiry.isDisabled(), await unit.isDisabled()], [true, true]);
    await dialog.cancel();
    await editor.page.locator('#node-input-autorefresh').click();
    await becomes(() => editor.page.locator('#node-input-expiry').isDisabled(), true);
    await editor.closeNode('cancel');
    await editor.openNode('authenticate');
    const autoremote = editor.page.locator('#node-input-autoremote');
    await becomes(() => autoremote.isEnabled(), true);
    await editor.page.locator('#node-input-remote').click();
    await becomes(() => autoremote.isDisabled(), true);
    await editor.closeNode('cancel');
    await editor.openNode('refresh');
    await editor.page.locator('#node-input-force').click();
    await becomes(() => editor.page.locator('#node-input-expiry').isDisabled(), true);
  });

  it('of a proxy, which must keep the Host header, is explained', async () => {
    await desk.deployAccount();
    const editor = await desk.usedEditor();
    await intercept(editor.page, '**/cozify/accounts/**', async (route) => {
      // Forwards the request like a proxy that changes the Host header. Browsers omit Sec-Fetch-Site on pages without
      // HTTPS.
      const headers: Record<string, string> = { ...route.request().headers(), host: 'node-red.internal:1880' };
      delete headers['sec-fetch-site'];
      await route.fulfill({ response: await route.fetch({ headers }) });
    });
    const dialog = await editor.openAccountOf('ping');
    await dialog.untilFocused(dialog.email);
    await dialog.sendCode.click();
    await dialog.untilError(text('en-US', 'http.403'), dialog.email);
    await becomes(() => dialog.error.innerText(), /\bHost\b/);
    assert.deepEqual(editor.refusals, ['POST otp 403']);
  });
});
