import assert from 'node:assert/strict';
import { becomes } from '../support/becomes';
import { at, TAB } from '../live/harness/flow';
import { Desk, text, until } from './support';
import { deployedNode } from './support/values';

describe('The dialogs that are lists of rows', () => {
  const desk = Desk.forSuite();

  it('show the rows of a request that it needs and the topics of account events, and save the changes', async () => {
    const request = { id: 'own', type: 'cozify-request', z: TAB, name: '', path: 'devices', ...at(7, 0), wires: [[]] };
    const topics = ['refreshed', 'of-a-later-version'];
    const events = { id: 'events', type: 'cozify-events', z: TAB, name: '', events: topics, ...at(7, 1), wires: [[]] };
    const { id } = await desk.deployLogin({}, (account) => [request, events].map((node) => ({ ...node, account })));
    await until('the hubs to be found', async () => (await desk.snapshot(id)).hubs.length === 2);
    const editor = await desk.usedEditor();
    const dialog = await editor.openNode('own');
    const rows = (): Promise<string[]> => dialog.locator('.form-row:visible label').allInnerTexts();
    const shown = async (): Promise<string[]> => (await rows()).map((label) => label.trim());
    await becomes(shown, ['Account', 'Method', 'Path', 'At most', 'Hub', 'Name']);
    const hub = dialog.locator('#node-input-hub');
    await becomes(
      async () => (await hub.locator('option').allInnerTexts()).sort(),
      ['Koti', 'Mökki 100 %', text('en-US', 'hub.defaultOne')].sort(),
    );
    assert.deepEqual(
      [
        await dialog.locator('#node-input-method').inputValue(),
        await dialog.locator('#node-input-timeout').inputValue(),
      ],
      ['GET', '15'],
    );
    await becomes(() => dialog.getByRole('textbox', { name: 'Path' }).inputValue(), 'devices');
    await dialog.locator('#node-input-method').selectOption('PUT');
    await becomes(shown, ['Account', 'Method', 'Path', 'Body', 'At most', 'Hub', 'Name']);
    await dialog.locator('#node-input-method').selectOption('DELETE');
    await becomes(shown, ['Account', 'Method', 'Path', 'At most', 'Hub', 'Name']);
    await hub.selectOption({ label: 'Koti' });
    const chosen = await hub.inputValue();
    await dialog.locator('#node-input-account').selectOption('_ADD_');
    await becomes(() => hub.locator('option').allInnerTexts(), [text('en-US', 'hub.defaultOne'), chosen]);
    await dialog.locator('#node-input-account').selectOption(id);
    await becomes(() => hub.locator('option').count(), 3);
    const { method, path, hub: saved, timeout } = await deployedNode(desk, editor, 'own');
    assert.deepEqual(
      { method, path, saved, timeout },
      { method: 'DELETE', path: 'devices', saved: chosen, timeout: undefined },
    );

    const eventsDialog = await editor.openNode('events');
    const ticked = eventsDialog.getByRole('group', { name: 'Topics' }).getByRole('checkbox', { checked: true });
    await becomes(() => ticked.count(), 1);
    await eventsDialog.getByRole('checkbox', { name: 'login renewed' }).uncheck();
    await eventsDialog.getByRole('checkbox', { name: 'hubs changed' }).check();
    assert.deepEqual((await deployedNode(desk, editor, 'events'))['events'], ['hubs', 'of-a-later-version']);
  });
});
