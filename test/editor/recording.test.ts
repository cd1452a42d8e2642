import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Download, Locator, Request } from 'playwright-core';
import { becomes } from '../support/becomes';
import { parseRecording } from '../simulator';
import { findViolations } from '../support/axe';
import { type AccountDialog, Desk, intercept, rawKeys, text, until } from './support';

const FORM = '#node-config-dialog-edit-form';
const NOT_OURS = ['[id^="red-ui-trap-"]'];
const DOOR = 'Ulko-ovi';

describe('The recording of a home', () => {
  const desk = Desk.forSuite({ hubs: [{ name: 'Koti' }, { name: 'Mökki', home: { plan: 'cottage' } }] });

  const part = ({ page }: AccountDialog, name: string): Locator => page.locator(`#cozify-account-record-${name}`);

  async function untilCounted(id: string, more: number): Promise<void> {
    await until('a recorded change', async () => {
      const { body } = await desk.nodeRed.admin('GET', `/cozify/accounts/${id}/recording`);
      return (body as { count: number }).count >= more;
    });
  }

  /** Opens the door at the hub if it is closed, and closes it if it is open. */
  const moveTheDoor = () => desk.hub.home.change(DOOR, { open: !desk.hub.home.device(DOOR).state['open'] });

  /** Waits until the row has only these buttons. `keys`: the keys of their texts. */
  const untilButtons = (dialog: AccountDialog, keys: string[]): Promise<void> =>
    becomes(
      () => part(dialog, 'row').getByRole('button').allInnerTexts(),
      keys.map((key) => text('en-US', `record.${key}`)),
    );

  async function saved(dialog: AccountDialog): Promise<string> {
    const saving = dialog.page.waitForEvent('download');
    await part(dialog, 'save').click();
    const download: Download = await saving;
    assert.equal(download.suggestedFilename(), 'my-home.json');
    return readFileSync(await download.path(), 'utf8');
  }

  it('continues after the dialog is closed and across a Deploy, and is saved as a file', async () => {
    const { id } = await desk.deployLogin();
    let editor = await desk.usedEditor();
    let dialog = await editor.openAccountOf('ping');
    await dialog.untilState('authenticated');
    await dialog.advanced.click();
    await part(dialog, 'start').waitFor();
    await untilButtons(dialog, ['start']);
    await becomes(() => part(dialog, 'state').innerText(), '');
    assert.deepEqual(await findViolations(editor.page, FORM, NOT_OURS), []);
    assert.deepEqual(rawKeys(await editor.page.locator(FORM).innerText()), []);
    await part(dialog, 'hub').selectOption({ label: 'Koti' });
    await part(dialog, 'minutes').selectOption({ label: text('en-US', 'record.day') });
    await part(dialog, 'start').click();
    await dialog.untilFocused(part(dialog, 'stop'));
    await becomes(() => part(dialog, 'state').innerText(), /Koti/);
    await untilButtons(dialog, ['stop']);
    const progress = part(dialog, 'progress');
    await becomes(() => progress.getAttribute('max'), String(86_400_000));
    assert.ok(Number(await progress.getAttribute('value')) < 43_200_000);
    assert.deepEqual(await findViolations(editor.page, FORM, NOT_OURS), []);
    await dialog.cancel();
    await editor.closeNode('cancel');

    const polls: string[] = [];
    const count = (request: Request): void => {
      if (/\/accounts\/[^/]+(\/recording)?$/.test(request.url())) polls.push(request.url());
    };
    editor.page.on('request', count);
    moveTheDoor();
    await untilCounted(id, 1);
    await desk.nodeRed.deploy(await desk.nodeRed.flows());
    await editor.page.waitForTimeout(1000);
    assert.deepEqual(polls, [], 'a closed dialog asks for nothing');
    await desk.tidy();

    editor = await desk.usedEditor();
    dialog = await editor.openAccountOf('ping');
    await part(dialog, 'stop').waitFor();
    moveTheDoor();
    await until('the counted changes', async () => /[2-9]/.test(await part(dialog, 'count').innerText()));
    await part(dialog, 'stop').click();
    await dialog.untilFocused(part(dialog, 'save'));
    await untilButtons(dialog, ['save', 'delete']);
    assert.deepEqual(await findViolations(editor.page, FORM, NOT_OURS), []);
    const file = await saved(dialog);
    const recorded = parseRecording(file);
    assert.equal(recorded.names, 'replaced');
    assert.ok(recorded.polls.length >= 2);
    for (const { name, id: device } of desk.hub.home.devices) {
      assert.ok(!file.includes(name) && !file.includes(device), name);
    }
    await part(dialog, 'delete').click();
    await dialog.untilFocused(part(dialog, 'start'));
    assert.deepEqual(editor.refusals, []);
  });

  it('contains the device names if that is chosen, of the only hub', async () => {
    const { id } = await desk.deployLogin();
    const editor = await desk.usedEditor();
    const { page } = editor;
    const account = `**/cozify/accounts/${id}`;
    await intercept(page, account, async (route) => {
      const response = await route.fetch();
      const snapshot = (await response.json()) as { hubs: object[] };
      await route.fulfill({ response, json: { ...snapshot, hubs: snapshot.hubs.slice(0, 1) } });
    });
    // The answer about the time before the start arrives after the start.
    let letThrough = (): void => undefined;
    const isStarted = new Promise<void>((resolve) => (letThrough = resolve));
    await intercept(page, `${account}/recording`, async (route) => {
      if (route.request().method() !== 'GET') return route.continue();
      const response = await route.fetch();
      await isStarted;
      await route.fulfill({ response });
    });
    const dialog = await editor.openAccountOf('ping');
    await dialog.untilState('authenticated');
    await dialog.advanced.click();
    await part(dialog, 'names').selectOption('kept');
    await becomes(() => part(dialog, 'hub').isVisible(), false);
    await part(dialog, 'start').click();
    await becomes(() => part(dialog, 'start').isDisabled(), true);
    await part(dialog, 'stop').waitFor();
    const late = page.waitForResponse(/\/recording$/);
    letThrough();
    await (await late).finished();
    await page.waitForTimeout(100);
    assert.equal(await part(dialog, 'stop').isVisible(), true);
    moveTheDoor();
    await untilCounted(id, 1);
    await part(dialog, 'stop').click();
    await part(dialog, 'save').waitFor();
    await intercept(page, '**/recording/file', (route) => route.fulfill({ status: 500, body: '' }));
    await part(dialog, 'save').click();
    await dialog.untilError(text('en-US', 'http.other').replace('__status__', '500'), part(dialog, 'save'));
    await page.unroute('**/recording/file');
    assert.ok((await saved(dialog)).includes(DOOR));
    await dialog.untilNoError();
    await page.unroute(account);
    await page.unroute(`${account}/recording`);
  });

  it('reports an offline hub, and is shown if it was started in another browser once the hub is online', async () => {
    const { id } = await desk.deployLogin();
    const editor = await desk.usedEditor();
    const dialog = await editor.openAccountOf('ping');
    await dialog.untilState('authenticated');
    await dialog.advanced.click();
    await desk.hub.goOffline();
    await part(dialog, 'start').click();
    await dialog.untilError(text('en-US', 'error.COZIFY_HUB_OFFLINE'), part(dialog, 'start'));
    await dialog.untilFocused(part(dialog, 'start'));
    await desk.hub.goOnline();
    await desk.post(id, 'recording', { hub: '', minutes: 60, names: 'replaced' });
    await part(dialog, 'start').click();
    await untilButtons(dialog, ['stop']);
    await dialog.untilNoError();
    // The first request failed because the hub was offline, the second because the other browser was recording.
    assert.deepEqual(editor.refusals, ['POST recording 503', 'POST recording 503']);
  });
});
