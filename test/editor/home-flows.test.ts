import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { itInLong, say, sized } from '../support/size';
import { TIMEOUT_MS, sleep, until } from '../support/wait';
import { describeInEach } from './support';
import { HomeTab } from './support/home';
import { commandNode, deployHome, nodeSet, type Target, targetOf } from './support/home-flows';
import { ACCOUNT } from './support/lamp-flow';
import { boxOf } from './support/tray';
import { becomes } from '../support/becomes';

/** The point of the page where the tests drop nodes. */
const SPOT = { x: 700, y: 500 };

type Saved = Record<string, unknown> & { id: string };

describeInEach('A node dragged or added from the home sidebar', {}, (desk) => {
  let home: HomeTab;
  let known: string[];

  async function open(): Promise<void> {
    home = await HomeTab.open(await desk.usedEditor());
    known = (await home.nodes()).map(({ id }) => String(id));
  }
  const added = async (): Promise<Saved[]> => ((await home.nodes()) as Saved[]).filter(({ id }) => !known.includes(id));
  const untilAdded = (count: number): Promise<unknown> =>
    until(`${count} nodes`, async () => (await added()).length === count);
  /** Types a search text and waits for the response to this search. */
  const search = async (text: string): Promise<void> => {
    const isOfIt = (url: string): boolean => new URL(url).searchParams.get('q') === text;
    const answer = home.page.waitForResponse((response) => isOfIt(response.url()), { timeout: TIMEOUT_MS });
    await home.search.fill(text);
    await (await answer).finished();
  };
  const lamp = async (): Promise<Locator> => {
    await search('lukuvalo');
    const row = home.row('device').filter({ hasText: 'Lukuvalo' });
    await until('what was searched for', async () => (await home.row('device').count()) === 1);
    return row;
  };

  /** Drags an element of a row, its name or a button, to the spot on the canvas. */
  const drag = async (from: Locator): Promise<void> => {
    // Scrolls and measures in one call, because the list may render again at any moment.
    const box = await from.evaluate((element) => {
      element.scrollIntoView({ block: 'nearest' });
      return element.getBoundingClientRect().toJSON() as DOMRect;
    });
    await home.editor.dragMouse({ x: box.x + Math.min(10, box.width / 2), y: box.y + box.height / 2 }, SPOT);
  };
  const nameOf = (row: Locator): Locator => row.locator('.cozify-home-name');

  /** Drops a new node, which follows the mouse until then, at the spot. */
  const drop = async (): Promise<void> => {
    const { mouse } = home.page;
    await mouse.move(SPOT.x - 20, SPOT.y - 20, { steps: 5 });
    await mouse.move(SPOT.x, SPOT.y, { steps: 3 });
    await sleep(250);
    await mouse.click(SPOT.x, SPOT.y);
  };

  /** Whether the centre of the node is at the spot: at most half a step of the grid, 10 pixels, from it. */
  const isAtSpot = async (id: string): Promise<boolean> => {
    const box = await boxOf(home.editor.node(id).locator('.red-ui-flow-node').first());
    const limit = 11 * (await home.page.evaluate<number>('RED.view.scale()'));
    return Math.abs(box.x + box.width / 2 - SPOT.x) <= limit && Math.abs(box.y + box.height / 2 - SPOT.y) <= limit;
  };

  const zoomTo = async (scale: number): Promise<void> => {
    const now = (): Promise<number> => home.page.evaluate<number>('RED.view.scale()');
    // Waits for the end of the zoom, because Node-RED 5 animates it in steps of 25 %.
    const whenStill = async (): Promise<number> => {
      for (let before = await now(); ;) {
        await sleep(300);
        const after = await now();
        if (after === before) return after;
        before = after;
      }
    };
    const isNear = (one: number): boolean => Math.abs(one / scale - 1) < 0.2;
    for (let tries = 0; !isNear(await whenStill()) && tries < 20; tries += 1) {
      const action = (await now()) > scale ? 'core:zoom-out' : 'core:zoom-in';
      await home.page.evaluate(`RED.actions.invoke('${action}')`);
    }
    const reached = await whenStill();
    assert.ok(isNear(reached), `the zoom is ${reached}`);
  };

  for (const [where, prepare] of [
    ['at half the size', () => zoomTo(0.5)],
    ['at twice the size', () => zoomTo(2)],
    ['of a flow that was scrolled', () => Promise.resolve()],
    ['in a subflow', () => home.page.evaluate<void>(`RED.workspaces.show('sub')`)],
  ] as const) {
    itInLong(`lands where it is dropped, ${where}`, async () => {
      await deployHome(desk);
      await open();
      await prepare();
      await home.page.evaluate(`document.querySelector('#red-ui-workspace-chart').scrollTo(437, 311)`);
      await sleep(300);
      await drag(nameOf(await lamp()));
      await untilAdded(1);
      const [node] = await added();
      assert.equal(node?.['z'], where === 'in a subflow' ? 'sub' : 'tab');
      await until('its place', () => isAtSpot(String(node?.id)));
      await home.undo();
      await untilAdded(0);
      await home.redo();
      await untilAdded(1);
      await until('its place again', () => isAtSpot(String(node?.id)));
      await zoomTo(1);
    });
  }

  it('is added where it is clicked or dropped, and nowhere outside the flow or after Escape', async () => {
    await deployHome(desk);
    await open();
    const row = await lamp();
    const { keyboard, mouse } = home.page;
    const set = await nodeSet(home);
    await home.choose(row);
    await home.action(row, 'command').click();
    await home.untilAnnounced(/^Click where the node should go/);
    await mouse.move(SPOT.x, SPOT.y, { steps: 3 });
    await keyboard.press('Escape');
    await home.untilAnnounced(/^Things: \d+ of \d+/);
    await home.action(row, 'command').click();
    await drop();
    await untilAdded(1);
    await until('its place', async () => isAtSpot(String((await added())[0]?.id)));
    await home.undo();
    await untilAdded(0);
    const tabs = await boxOf(home.page.locator('#red-ui-workspace-tabs'));
    const box = await boxOf(nameOf(row));
    const from = { x: box.x + 10, y: box.y + box.height / 2 };
    await home.editor.dragMouse(from, { x: tabs.x + 300, y: tabs.y + 10 });
    // The list renders again during the next drag.
    await mouse.move(from.x, from.y);
    await mouse.down();
    await search('lukuval');
    await until('the row', async () => (await home.row('device').count()) === 1);
    assert.equal(await nodeSet(home), set, 'nothing was added by Escape or outside the flow');
    await mouse.move(SPOT.x, SPOT.y, { steps: 8 });
    await mouse.up();
    await untilAdded(1);
  });

  it('has all selected rows as its targets, by mouse and by keyboard', async () => {
    const hub = await deployHome(desk);
    await open();
    // Empties the field, because it may still contain the search text of an earlier test.
    await home.search.fill('');
    const names = ['Kattovalo', 'Lukuvalo', 'Yöpöydän painike'];
    const targets = names.map((name) => targetOf(hub, name));
    const [ceiling, reading, button] = targets.map(({ id }) => home.row('device', id)) as [Locator, Locator, Locator];
    const { keyboard } = home.page;
    const selected = (): Promise<number> => home.list.locator('[aria-selected=true]').count();
    const saved = async (type: string): Promise<(string | undefined)[] | undefined> => {
      const node = (await added()).find((one) => one['type'] === `cozify-${type}`);
      return (node?.['targets'] as Target[] | undefined)?.map(({ id }) => id).sort();
    };
    const ids = (...of: Target[]): string[] => of.map(({ id }) => id).sort();
    assert.equal(await home.list.getAttribute('aria-multiselectable'), 'true');

    await nameOf(ceiling).click({ modifiers: ['Control'] });
    await nameOf(reading).click({ modifiers: ['Control'] });
    await home.untilAnnounced(/^Selected: 2\b/);
    assert.deepEqual(
      await reading.locator('[data-do]').evaluateAll((all) => all.map((one) => one.getAttribute('data-do'))),
      ['command', 'changes', 'read'],
    );
    await drag(nameOf(ceiling));
    await untilAdded(1);
    assert.deepEqual(await saved('command'), ids(...targets.slice(0, 2)));
    await home.undo();
    await untilAdded(0);
    await nameOf(home.row('device', targetOf(hub, 'Ulko-ovi').id)).click();
    await becomes(selected, 0, 'an ordinary click');
    for (const row of [reading, button]) {
      await row.focus();
      await keyboard.press('Space');
    }
    await home.untilAnnounced(/^Selected: 2\b/);
    await keyboard.press('ArrowRight');
    await becomes(() => button.locator('[data-do=changes]:focus').count(), 1);
    await home.untilAnnounced(/^Selected: 2\b/);
    await keyboard.press('Enter');
    await untilAdded(1);
    await home.untilAnnounced(/One node for 2 things is in the flow/);
    assert.deepEqual(await saved('changes'), ids(...targets.slice(1)));
  });

  it('is refused with a message in a locked flow, and if no flow is open', async () => {
    await deployHome(desk);
    await open();
    const row = await lamp();
    const set = await nodeSet(home);
    const tries = async (pattern: RegExp): Promise<void> => {
      await home.choose(row);
      await home.action(row, 'command').click();
      await home.untilAnnounced(pattern);
      await home.page.keyboard.press('Escape');
      await drag(nameOf(row));
      await home.untilAnnounced(pattern);
      assert.equal(await nodeSet(home), set);
      assert.equal(await home.editor.isDeployLit(), false);
    };
    await home.page.evaluate(`RED.workspaces.show('locked')`);
    await tries(/Nothing was added: this flow is locked/);
    await home.page.evaluate(`RED.actions.invoke('core:hide-all-flows')`);
    await until('no flow', () => home.page.evaluate<boolean>('!RED.workspaces.active()'));
    await tries(/Nothing was added: open a flow first/);
    assert.equal(await home.page.evaluate<number>('RED.history.depth()'), 0, 'nothing to undo');
    await home.page.evaluate(`RED.workspaces.show('tab')`);
  });

  it('is added in one step that can be undone and redone, and works after a Deploy', async () => {
    const hub = await deployHome(desk);
    const target = targetOf(hub, 'Lukuvalo');
    hub.home.change(target.id, { isOn: false });
    const remote = hub.home.devices.find(({ type }) => type === 'REMOTE_CONTROL');
    assert.ok(remote);
    await open();
    const { keyboard } = home.page;
    const clipboard = (): Promise<string> =>
      home.page.evaluate<string>(`String(localStorage.getItem('RED:clipboard'))`);
    const copied = await clipboard();
    const methods = {
      click: async (button: Locator) => {
        await button.click();
        await drop();
      },
      key: async (button: Locator) => {
        await button.focus();
        await keyboard.press('Enter');
      },
      drag,
    };
    const steps = [
      ['command', 'click', 'Lukuvalo', { targets: [target] }],
      ['changes', 'key', 'Lukuvalo', { targets: [target], kinds: ['device'] }],
      ['read', 'drag', 'Lukuvalo', { targets: [target], kind: 'device' }],
      ['button', 'key', remote.name, { targets: [{ hub: hub.id, kind: 'device', id: remote.id, name: remote.name }] }],
    ] as const;
    const ids: Record<string, string> = {};
    for (const [index, [maker, method, name, own]] of steps.entries()) {
      await search(name);
      const row = home.row('device').filter({ hasText: name }).first();
      await until('what was searched for', async () => (await home.row('device').count()) < 10);
      await home.choose(row);
      const set = await nodeSet(home);
      await methods[method](home.action(row, maker));
      await untilAdded(index + 1);
      await home.undo();
      await untilAdded(index);
      assert.equal(await nodeSet(home), set, `${maker} undone`);
      await home.redo();
      await untilAdded(index + 1);
      const [node] = (await added()).filter(({ id }) => !Object.values(ids).includes(id));
      assert.ok(node);
      ids[maker] = node.id;
      assert.equal(node['type'], `cozify-${maker}`);
      for (const [property, value] of Object.entries(own)) assert.deepEqual(node[property], value, property);
      assert.equal(node['account'], ACCOUNT);
    }
    const kept = await home.page.evaluate<{ users: string[]; valid: boolean[] }>(
      `({ users: RED.nodes.node('${ACCOUNT}').users.map(({ id }) => id),
          valid: ${JSON.stringify(Object.values(ids))}.map((id) => RED.nodes.node(id).valid) })`,
    );
    for (const id of Object.values(ids)) assert.ok(kept.users.includes(id), 'the account is used by it');
    assert.deepEqual(kept.valid, [true, true, true, true]);
    assert.equal(await clipboard(), copied, 'the clipboard is left alone');
    await home.page.evaluate(
      `for (const id of ${JSON.stringify([ids['command'], ids['read']])})
        RED.nodes.addLink({ source: RED.nodes.node('true'), sourcePort: 0, target: RED.nodes.node(id) })`,
    );
    await home.editor.deploy();
    const status = async (maker: string): Promise<string> => (await home.editor.statusOf(String(ids[maker]))).text;
    await until('the changes node to listen', async () => /off/.test(await status('changes')));
    await desk.nodeRed.inject('true');
    const isOn = (): unknown => hub.home.device(target.id).state['isOn'];
    await until('the lamp', () => isOn() === true);
    for (const maker of ['command', 'changes']) {
      await until(`the status of ${maker}`, async () => /on/.test(await status(maker)));
    }
    await desk.nodeRed.inject('true');
    await until('what was read', async () => /on/.test(await status('read')));
  });
});

describeInEach('Replace in the home sidebar', {}, (desk) => {
  let home: HomeTab;
  let gone: Target;
  let lamp: Target;

  async function openWith(make: () => Parameters<typeof deployHome>[1][]): Promise<void> {
    await deployHome(desk);
    gone = { hub: desk.hub.id, kind: 'device', id: 'gone-id', name: 'Vanha valo' };
    lamp = targetOf(desk.hub, 'Lukuvalo');
    await deployHome(desk, ...(make() as never[]));
    home = await HomeTab.open(await desk.usedEditor());
  }

  const savedOf = async (id: string, property = 'targets'): Promise<unknown> =>
    (await home.nodes()).find((node) => node['id'] === id)?.[property];

  for (const count of sized([3], [1, 300])) {
    it(`changes ${count} nodes in one step that one undo reverts`, async () => {
      await openWith(() =>
        Array.from({ length: count }, (_none, index) =>
          commandNode(`node-${index}`, [gone], { x: 500 + 250 * (index % 10), y: 60 * (1 + Math.floor(index / 10)) }),
        ),
      );
      const set = await nodeSet(home);
      await home.turnTo('gone');
      await home.gone.locator('[data-id="gone-id"] [data-do=replace]').click();
      await home.untilAnnounced(/takes the place of Vanha valo/);
      await home.choose(home.row('device', lamp.id));
      const from = performance.now();
      await home.action(home.row('device', lamp.id), 'replace').click();
      await home.untilAnnounced(new RegExp(`Lukuvalo\\. Nodes changed: ${count}\\.`));
      say(`${count} nodes in ${Math.round(performance.now() - from)} ms, with the look-up and the browser's driver`);
      for (const index of [0, count - 1]) assert.deepEqual(await savedOf(`node-${index}`), [lamp]);
      assert.equal(await home.editor.isDeployLit(), true);
      await home.undo();
      await until('all as it was', async () => (await nodeSet(home)) === set);
      const flags = await home.page.evaluate<unknown[]>(
        `[RED.nodes.dirty(), RED.nodes.filterNodes({}).some(({ changed }) => changed)]`,
      );
      assert.deepEqual(flags, [false, false]);
      await until('Deploy to go out', async () => !(await home.editor.isDeployLit()));
      await home.redo();
      await becomes(async () => JSON.stringify(await savedOf(`node-${count - 1}`)), JSON.stringify([lamp]));
    });
  }

  it('starts at a double click without moving the row under the mouse, and is cancelled by Escape', async () => {
    await openWith(() => [commandNode('one', [lamp])]);
    const row = home.row('device', lamp.id);
    await until('its uses', async () => (await row.locator('.cozify-home-uses').count()) === 1);
    await home.choose(row);
    await home.untilAnnounced(/^Things: \d+ of \d+/);
    const { y } = await boxOf(row);
    await home.action(row, 'replace').dblclick();
    await home.untilAnnounced(/takes the place of Lukuvalo/);
    assert.equal((await boxOf(row)).y, y);
    await home.page.keyboard.press('Escape');
    await home.untilAnnounced(/Nothing was replaced/);
    assert.deepEqual(await savedOf('one'), [lamp]);
    const other = targetOf(desk.hub, 'Kattovalo');
    await home.action(row, 'replace').click();
    await home.choose(home.row('device', other.id));
    await home.action(home.row('device', other.id), 'replace').click();
    await home.untilAnnounced(/Lukuvalo was replaced by Kattovalo/);
    assert.deepEqual(await savedOf('one'), [other]);
    await home.choose(row);
    const before = (await home.editor.nodeIds()).length;
    await home.action(row, 'command').dblclick();
    await home.page.mouse.move(500, 500, { steps: 5 });
    await becomes(async () => (await home.editor.nodeIds()).length, before + 1, 'one at the mouse');
    await home.page.keyboard.press('Escape');
  });
});
