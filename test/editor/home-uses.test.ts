import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { becomes } from '../support/becomes';
import { itInLong } from '../support/size';
import { sleep, until } from '../support/wait';
import { describeInEach } from './support';
import { HomeTab } from './support/home';
import { commandNode, deployHome, readNode, targetOf } from './support/home-flows';
import { ACCOUNT } from './support/lamp-flow';

describeInEach('The uses of devices and rooms', {}, (desk) => {
  it('include nodes in subflows and in disabled and locked flows, by id and by name, and reveal them', async () => {
    await deployHome(desk);
    const lamp = targetOf(desk.hub, 'Lukuvalo');
    await deployHome(
      desk,
      commandNode('by-id', [lamp]),
      commandNode('by-name', [{ ...lamp, hub: '', id: '', kind: '' }]),
      commandNode('in-sub', [lamp], { z: 'sub', name: 'Inside' }),
      commandNode('in-off', [lamp], { z: 'off', name: 'Asleep' }),
      commandNode('disabled', [lamp], { d: true, name: 'Out', y: 200 }),
      commandNode('in-locked', [lamp], { z: 'locked' }),
      commandNode('of-another', [targetOf(desk.hub, 'Kattovalo')], { y: 260 }),
      readNode('by-room', ['Sauna']),
    );
    const home = await HomeTab.open(await desk.usedEditor());
    const row = home.row('device', lamp.id);
    const uses = row.locator('.cozify-home-uses');
    await until('the uses', async () => (await uses.count()) > 0 && (await uses.innerText()) === '6 nodes');
    await uses.click();
    const texts = await row.locator('[data-node]').allInnerTexts();
    assert.equal(texts.length, 6);
    const textOf = (id: string): Promise<string> => row.locator(`[data-node="${id}"]`).innerText();
    assert.match(await textOf('in-sub'), /^Inside · Evening$/);
    assert.match(await textOf('in-off'), /^Asleep · Off \(disabled\)$/);
    assert.match(await textOf('disabled'), /^Out · Home \(disabled\)$/);
    assert.match(await textOf('by-id'), /^Lukuvalo → on · Home$/);
    for (const [id, flow] of Object.entries({
      'in-sub': 'sub',
      'in-off': 'off',
      'in-locked': 'locked',
      disabled: 'tab',
    })) {
      await row.locator(`[data-node="${id}"]`).click();
      await until(`the flow of ${id}`, () => home.page.evaluate<boolean>(`RED.workspaces.active() === '${flow}'`));
      await home.editor.node(id).waitFor();
    }
    const byId = row.locator('[data-node="by-id"]');
    await home.page.evaluate(`RED.workspaces.show('tab'); RED.actions.invoke('core:disable-flow')`);
    await becomes(() => byId.innerText(), 'Lukuvalo → on · Home (disabled)');
    await home.undo();
    await becomes(() => byId.innerText(), 'Lukuvalo → on · Home');
    const sauna = home.row('room').filter({ has: home.page.getByText('Sauna', { exact: true }) });
    await until('who uses the room', async () => (await sauna.first().innerText()).includes('1 node'));
  });

  it('are counted again when nodes are added, deleted or restored, even while other nodes keep changing', async () => {
    await deployHome(desk);
    const lamp = targetOf(desk.hub, 'Lukuvalo');
    await deployHome(desk, commandNode('one', [lamp]));
    const home = await HomeTab.open(await desk.usedEditor());
    const row = home.row('device', lamp.id);
    const untilUses = (text: string): Promise<unknown> =>
      until(text, async () => (await row.locator('.cozify-home-uses').allInnerTexts()).join() === text);
    await untilUses('1 node');
    await home.choose(row);
    await home.action(row, 'changes').focus();
    await home.page.keyboard.press('Enter');
    await untilUses('2 nodes');
    await home.undo();
    await untilUses('1 node');
    await home.page.evaluate(`RED.view.select({ nodes: [RED.nodes.node('one')] })`);
    await home.page.evaluate(`RED.actions.invoke('core:delete-selection')`);
    await untilUses('');
    await home.undo();
    await untilUses('1 node');
    // Emits a change event of an unrelated node every 50 ms until the new count, as another part of the editor might.
    await home.page.evaluate<void>(
      `{
        const node = RED.nodes.node('true');
        window.cozifyOther = setInterval(() => RED.events.emit('nodes:change', node), 50);
        document.querySelector('[data-id="${lamp.id}"] [data-do=changes]').click();
      }`,
    );
    await untilUses('2 nodes');
    await home.page.evaluate('clearInterval(window.cozifyOther)');
    // Imitates a version of Node-RED whose nodes can't be listed, so that nobody can know the uses.
    await home.leave();
    await home.page.evaluate('window.cozifyEachNode = RED.nodes.eachNode; delete RED.nodes.eachNode');
    await HomeTab.open(home.editor);
    await untilUses('');
    await home.page.evaluate('RED.nodes.eachNode = window.cozifyEachNode');
  });

  it('are listed as gone if the id, the name, the room or the hub is missing', async () => {
    await deployHome(desk);
    const lamp = targetOf(desk.hub, 'Lukuvalo');
    const gone = { hub: desk.hub.id, kind: 'device', id: 'gone-id', name: 'Vanha valo' };
    const named = (name: string) => ({ hub: '', kind: '', id: '', name });
    await deployHome(
      desk,
      commandNode('here', [lamp]),
      commandNode('by-id', [gone]),
      commandNode('by-id-too', [{ ...gone, name: 'Sama valo' }], { z: 'sub' }),
      commandNode('by-name', [named('Hukassa')]),
      commandNode('env', [named('${LAMPPU}')]),
      commandNode('room', [{ hub: desk.hub.id, kind: 'room', id: 'gone-room', name: 'Kellari' }]),
      commandNode('hub', [named('Lukuvalo')], { hub: 'gone-hub' }),
      readNode('filter', ['Vintti']),
      readNode('filter-env', ['${HUONE}']),
    );
    const home = await HomeTab.open(await desk.usedEditor());
    assert.equal(await home.filterButton.isVisible(), true);
    await home.turnTo('gone');
    assert.equal(await home.filterButton.isVisible(), false);
    await until('what is gone', async () => (await home.gone.locator('[data-key]').count()) === 6).catch(async () =>
      assert.fail(await home.gone.innerText()),
    );
    assert.match(await home.page.locator('#cozify-home-tab-gone').innerText(), /\(6\)/);
    assert.deepEqual(
      (await home.gone.locator('.cozify-home-line').allInnerTexts()).map((line) => line.split('\n')),
      [
        ['Sama valo', 'gone'],
        ['Hukassa', 'gone'],
        ['Kellari', 'gone'],
        ['Lukuvalo', 'gone'],
        ['gone-hub', 'gone'],
        ['Vintti', 'gone'],
      ],
    );
    const nodesOf = async (kind: string, id: string, name = ''): Promise<string[]> => {
      const row = home.gone.locator(`[data-kind="${kind}"][data-id="${id}"]`).filter({ hasText: name });
      const nodes = await row.locator('[data-node]').all();
      const names = await Promise.all(nodes.map((node) => node.getAttribute('data-node')));
      return [String(await row.locator('[data-do=replace]').count()), ...names.map(String).sort()];
    };
    assert.deepEqual(await nodesOf('device', 'gone-id'), ['1', 'by-id', 'by-id-too'], 'one row a thing');
    assert.deepEqual(await nodesOf('', '', 'Hukassa'), ['1', 'by-name']);
    assert.deepEqual(await nodesOf('', '', 'Lukuvalo'), ['1', 'hub'], 'a name at a hub that is gone');
    assert.deepEqual(await nodesOf('room', 'gone-room'), ['1', 'room']);
    assert.deepEqual(await nodesOf('room', 'Vintti'), ['1', 'filter']);
    assert.deepEqual(await nodesOf('hub', 'gone-hub'), ['1', 'hub']);
  });

  it('keep the place of the events that a person reads when another event arrives', async () => {
    const lamp = targetOf(await deployHome(desk), 'Lukuvalo');
    await deployHome(desk, commandNode('here', [lamp]));
    const home = await HomeTab.open(await desk.usedEditor());
    await home.untilFollowing(true);
    await home.turnTo('events');
    await home.events.evaluate((log) => (log.style.cssText = 'flex: none; height: 20px; overflow: auto'));
    const rows = home.events.locator(`[data-id="${lamp.id}"]`);
    const change = async (): Promise<void> => {
      const before = await rows.count();
      desk.hub.home.change(lamp.id, { isOn: desk.hub.home.device(lamp.id).state['isOn'] !== true });
      await becomes(() => rows.count(), before + 1);
    };
    const scroll = (): Promise<number[]> => home.events.evaluate((log) => [log.scrollTop, log.scrollHeight]);
    await change();
    await change();
    assert.equal((await scroll())[0], 0, 'the newest is visible');
    await home.events.evaluate((log) => (log.scrollTop = 5));
    const [, height = 0] = await scroll();
    await change();
    const [top, now = 0] = await scroll();
    assert.equal(top, 5 + now - height);
    assert.ok(now > height);
    // The log is drawn again after nodes have changed.
    await home.page.evaluate(
      `RED.nodes.node('here').name = 'Iltavalo'; RED.events.emit('nodes:change', RED.nodes.node('here'))`,
    );
    await sleep(400);
    assert.deepEqual(await scroll(), [top, now]);
  });

  itInLong('are separate for two accounts of the same hub', async () => {
    await deployHome(desk);
    const lamp = targetOf(desk.hub, 'Lukuvalo');
    const gone = { hub: desk.hub.id, kind: 'device', id: 'gone-id', name: 'Vanha valo' };
    const second = {
      ...{ id: 'second', type: 'cozify-account', name: 'Toinen', cloudUrl: desk.simulator.cloudUrl },
      credentials: { email: 'toinen@example.fi' },
    };
    const nodes = [commandNode('mine', [gone]), commandNode('theirs', [gone], { account: 'second', y: 200 })];
    await deployHome(desk, second, ...nodes);
    await desk.logIn({ id: 'second', email: 'toinen@example.fi' });
    const home = await HomeTab.open(await desk.usedEditor());
    const accounts = home.page.locator('#cozify-home-accounts');
    await accounts.selectOption(ACCOUNT);
    await home.row('device', lamp.id).waitFor();
    await home.turnTo('gone');
    const row = home.gone.locator('[data-id="gone-id"]');
    await until('its node', async () => (await row.locator('[data-node]').count()) === 1);
    assert.equal(await row.locator('[data-node]').getAttribute('data-node'), 'mine');
    await row.locator('[data-do=replace]').click();
    await home.choose(home.row('device', lamp.id));
    await home.action(home.row('device', lamp.id), 'replace').click();
    await home.untilAnnounced(/Vanha valo was replaced by Lukuvalo/);
    const idOf = async (id: string): Promise<unknown> =>
      ((await home.nodes()).find((node) => node['id'] === id)?.['targets'] as { id: string }[])[0]?.id;
    assert.deepEqual([await idOf('mine'), await idOf('theirs')], [lamp.id, 'gone-id']);
    await accounts.selectOption('second');
    await home.row('device', lamp.id).waitFor();
    await home.editor.reload();
    await HomeTab.open(home.editor);
    assert.equal(await accounts.inputValue(), 'second', 'remembered in the browser');
    await accounts.selectOption(ACCOUNT);
    await home.row('device', lamp.id).waitFor();
  });
});

describeInEach('The focus in the home sidebar', {}, (desk) => {
  const isFocused = (one: Locator): Promise<boolean> =>
    one.evaluate((element) => element === element.ownerDocument.activeElement);

  it('stays, as do open lists, when devices are added, removed and renamed', async () => {
    const hub = await deployHome(desk);
    const lamp = targetOf(hub, 'Lukuvalo');
    await deployHome(desk, commandNode('one', [lamp], { name: 'One' }));
    const home = await HomeTab.open(await desk.usedEditor());
    const row = home.row('device', lamp.id);
    await becomes(() => row.locator('.cozify-home-uses').allInnerTexts(), ['1 node']);
    await row.locator('.cozify-home-uses').click();
    const on = home.action(row, 'on');
    await on.focus();
    const button = await on.elementHandle();
    const stays = async (): Promise<void> => {
      assert.equal(await isFocused(on), true, 'the focus');
      assert.deepEqual(await row.locator('[data-node]').allInnerTexts(), ['One · Home']);
      assert.equal(await row.locator('.cozify-home-uses').getAttribute('aria-expanded'), 'true');
    };
    const added = home.list.getByText('Uusi valo', { exact: true });
    hub.home.addLike(lamp.id, 'Uusi valo');
    try {
      await until('what was added', async () => (await added.count()) > 0);
      await stays();
      assert.equal(await button?.evaluate((element) => element.isConnected), true, 'pressed while the list is drawn');
      hub.home.rename('devices', lamp.id, 'Iltavalo');
      await becomes(() => row.locator('.cozify-home-name').innerText(), 'Iltavalo');
      await stays();
    } finally {
      hub.home.rename('devices', lamp.id, 'Lukuvalo');
      hub.home.remove('devices', hub.home.device('Uusi valo').id);
    }
    await until('nothing of it', async () => (await added.count()) === 0);
    await becomes(() => row.locator('.cozify-home-name').innerText(), 'Lukuvalo');
    await stays();
    const node = row.locator('[data-node="one"]');
    await node.focus();
    await home.page.evaluate(
      `RED.nodes.node('one').name = 'Other'; RED.events.emit('nodes:change', RED.nodes.node('one'))`,
    );
    await becomes(() => node.innerText(), 'Other · Home');
    assert.equal(await isFocused(node), true, 'the focus on a node');
  });

  it('moves to the list and to the new device when a person replaces with the keyboard', async () => {
    const hub = await deployHome(desk);
    const gone = { hub: hub.id, kind: 'device', id: 'gone-id', name: 'Vanha valo' };
    const lamp = targetOf(hub, 'Lukuvalo');
    await deployHome(desk, commandNode('one', [gone]));
    const home = await HomeTab.open(await desk.usedEditor());
    await home.turnTo('gone');
    await home.gone.locator('[data-id="gone-id"] [data-do=replace]').focus();
    await home.page.keyboard.press('Enter');
    await home.untilAnnounced(/takes the place of Vanha valo/);
    await until('the tab of the list', () => isFocused(home.page.locator('#cozify-home-tab-things')));
    const row = home.row('device', lamp.id);
    await home.choose(row);
    await home.action(row, 'replace').focus();
    await home.page.keyboard.press('Enter');
    await home.untilAnnounced(/Vanha valo was replaced by Lukuvalo/);
    await until('the row', () => isFocused(row));
  });
});
