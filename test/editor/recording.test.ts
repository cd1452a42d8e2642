import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Download, Locator } from 'playwright-core';
import { becomes } from '../support/becomes';
import { parseRecording } from '../simulator';
import { findViolations } from '../support/axe';
import { type AccountDialog, Desk, LANGUAGES, LOCALES, rawKeys, text, until } from './support';

const FORM = '#node-config-dialog-edit-form';
const NOT_OURS = ['[id^="red-ui-trap-"]'];
const DOOR = 'Ulko-ovi';

describe('The recording of a home', () => {
  let desk: Desk;

  before(async () => {
    desk = await Desk.open({}, { hubs: [{ name: 'Koti' }, { name: 'Mökki', home: { plan: 'cottage' } }] });
  });
  afterEach(() => desk.tidy());
  after(() => desk.close());

  const hub = () => {
    const [first] = desk.simulator.hubs;
    assert.ok(first);
    return first;
  };
  const part = ({ page }: AccountDialog, name: string): Locator => page.locator(`#cozify-account-record-${name}`);

  async function untilCounted(id: string, more: number): Promise<void> {
    await until('a recorded change', async () => {
      const { body } = await desk.nodeRed.admin('GET', `/cozify/accounts/${id}/recording`);
      return (body as { count: number }).count >= more;
    });
  }

  /** Opens the door at the hub if it is closed, and closes it if it is open. */
  const moveTheDoor = () => hub().home.change(DOOR, { open: !hub().home.device(DOOR).state['open'] });

  async function saved(dialog: AccountDialog): Promise<string> {
    const saving = dialog.page.waitForEvent('download');
    await part(dialog, 'save').click();
    const download: Download = await saving;
    assert.equal(download.suggestedFilename(), 'my-home.json');
    return readFileSync(await download.path(), 'utf8');
  }

  for (const language of LANGUAGES) {
    it(`continues after the dialog is closed and across a Deploy, and is saved as a file, ${language}`, async () => {
      const { id } = await desk.deployLogin();
      const editor = await desk.usedEditor({ locale: LOCALES[language] });
      let dialog = await editor.openAccountOf('ping');
      await dialog.untilState('authenticated');
      await dialog.advanced.click();
      await part(dialog, 'start').waitFor();
      assert.deepEqual(await findViolations(editor.page, FORM, NOT_OURS), []);
      assert.deepEqual(rawKeys(await editor.page.locator(FORM).innerText()), []);
      await part(dialog, 'hub').selectOption({ label: 'Koti' });
      await part(dialog, 'minutes').selectOption({ label: text(language, 'record.day') });
      await part(dialog, 'start').click();
      await dialog.untilFocused(part(dialog, 'stop'));
      await becomes(() => part(dialog, 'state').innerText(), /Koti/);
      assert.deepEqual(await findViolations(editor.page, FORM, NOT_OURS), []);
      await dialog.cancel();
      await editor.closeNode('cancel');

      moveTheDoor();
      await untilCounted(id, 1);
      await desk.nodeRed.deploy(await desk.nodeRed.flows());
      moveTheDoor();
      await untilCounted(id, 2);

      await editor.reload();
      dialog = await editor.openAccountOf('ping');
      await part(dialog, 'stop').waitFor();
      await until('the counted changes', async () => /[2-9]/.test(await part(dialog, 'count').innerText()));
      await part(dialog, 'stop').click();
      await dialog.untilFocused(part(dialog, 'save'));
      assert.deepEqual(await findViolations(editor.page, FORM, NOT_OURS), []);
      const file = await saved(dialog);
      const { polls, names } = parseRecording(file);
      assert.equal(names, 'replaced');
      assert.ok(polls.length >= 2);
      for (const { name, id: device } of hub().home.devices) {
        assert.ok(!file.includes(name) && !file.includes(device), name);
      }
      await part(dialog, 'delete').click();
      await dialog.untilFocused(part(dialog, 'start'));
      assert.deepEqual(editor.refusals, []);
    });
  }

  it('contains the device names if that is chosen', async () => {
    const { id } = await desk.deployLogin();
    const editor = await desk.usedEditor();
    const dialog = await editor.openAccountOf('ping');
    await dialog.untilState('authenticated');
    await dialog.advanced.click();
    await part(dialog, 'names').selectOption('kept');
    await part(dialog, 'start').click();
    await part(dialog, 'stop').waitFor();
    moveTheDoor();
    await untilCounted(id, 1);
    await part(dialog, 'stop').click();
    await part(dialog, 'save').waitFor();
    assert.ok((await saved(dialog)).includes(DOOR));
  });

  it('reports an offline hub, and starts once the hub is online', async () => {
    await desk.deployLogin();
    const editor = await desk.usedEditor();
    const dialog = await editor.openAccountOf('ping');
    await dialog.untilState('authenticated');
    await dialog.advanced.click();
    await hub().goOffline();
    await part(dialog, 'start').click();
    await dialog.untilError(text('en-US', 'error.COZIFY_HUB_OFFLINE'), part(dialog, 'start'));
    await hub().goOnline();
    await part(dialog, 'start').click();
    await part(dialog, 'stop').waitFor();
    await dialog.untilNoError();
    assert.deepEqual(editor.refusals, ['POST recording 503']);
  });

  it('is not offered without a deployed login', async () => {
    await desk.deployAccount();
    const editor = await desk.usedEditor();
    const dialog = await editor.openAccountOf('ping');
    await dialog.untilState('otp-required');
    await dialog.advanced.click();
    await dialog.store.waitFor();
    await becomes(() => part(dialog, 'row').isVisible(), false);
  });
});
