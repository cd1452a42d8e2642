import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { EDITOR_VERSIONS } from '../live/harness/versions';
import type { SimulatedHub } from '../../packages/cozify-practice/src/hub';
import { itInLong, say, sized } from '../support/size';
import { becomes } from '../support/becomes';
import { sleep, until } from '../support/wait';
import { Desk } from './support';
import { HomeTab } from './support/home';
import { commandNode, deployHome, nodeSet, readNode, type Target, targetOf } from './support/home-flows';
import { boxOf } from './support/tray';

for (const version of EDITOR_VERSIONS) {
  describe(`Replacing what is at home, in Node-RED ${version.name}`, () => {
    let desk: Desk;
    let home: HomeTab;
    let gone: Target;
    let lamp: Target;

    before(async () => {
      desk = await Desk.openOn(version);
    });
    afterEach(() => desk.tidy());
    after(() => desk?.close());

    const hub = (): SimulatedHub => desk.simulator.hubs[0] as SimulatedHub;

    async function openWith(make: () => Parameters<typeof deployHome>[1][]): Promise<void> {
      await deployHome(desk);
      gone = { hub: hub().id, kind: 'device', id: 'gone-id', name: 'Vanha valo' };
      lamp = targetOf(hub(), 'Lukuvalo');
      await deployHome(desk, ...(make() as never[]));
      home = await HomeTab.open(await desk.editor());
    }

    const savedOf = async (id: string, property = 'targets'): Promise<unknown> =>
      (await home.nodes()).find((node) => node['id'] === id)?.[property];
    const goneRow = (kind: string, id: string): Locator => home.gone.locator(`[data-kind="${kind}"][data-id="${id}"]`);

    /** Presses Replace on what is gone. */
    async function begin(kind: string, id: string): Promise<void> {
      await home.turnTo('gone');
      await goneRow(kind, id).locator('[data-do=replace]').click();
    }

    /** Presses Replace on a row of the list. */
    async function take(row: Locator): Promise<void> {
      await home.choose(row);
      await home.action(row, 'replace').click();
    }

    for (const count of sized([20], [1, 300])) {
      it(`changes ${count} nodes in one step, and one undo takes all of it back`, async () => {
        await openWith(() =>
          Array.from({ length: count }, (_none, index) =>
            commandNode(`node-${index}`, [gone], { x: 500 + 250 * (index % 10), y: 60 * (1 + Math.floor(index / 10)) }),
          ),
        );
        const set = await nodeSet(home);
        await begin('device', 'gone-id');
        await home.untilSaid(/takes the place of Vanha valo/);
        await home.choose(home.row('device', lamp.id));
        const from = performance.now();
        await home.action(home.row('device', lamp.id), 'replace').click();
        await home.untilSaid(new RegExp(`Lukuvalo\\. Nodes changed: ${count}\\.`));
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
        await until(
          'all again',
          async () => JSON.stringify(await savedOf(`node-${count - 1}`)) === JSON.stringify([lamp]),
        );
        await home.undo();
        await until('all as it was again', async () => (await nodeSet(home)) === set);
      });
    }

    itInLong('leaves one where the new one is there already, and everything else as it is', async () => {
      const other = (): Target => targetOf(hub(), 'Kattovalo');
      await openWith(() => [
        commandNode('both', [other(), gone, lamp], { name: 'Both' }),
        commandNode('twice', [gone, gone], { y: 160 }),
      ]);
      const before = (await home.nodes()).find(({ id }) => id === 'both');
      await begin('device', 'gone-id');
      await take(home.row('device', lamp.id));
      await home.untilSaid(/Nodes changed: 2\./);
      assert.deepEqual(await savedOf('both'), [other(), lamp]);
      assert.deepEqual(await savedOf('twice'), [lamp]);
      const after = (await home.nodes()).find(({ id }) => id === 'both');
      assert.deepEqual({ ...after, targets: null }, { ...before, targets: null });
    });

    it('names nodes in locked flows first, and leaves them as they are', async () => {
      await openWith(() => [
        commandNode('open', [gone]),
        commandNode('kept', [gone], { z: 'locked', name: 'Stays' }),
        commandNode('inside', [gone], { z: 'sub' }),
      ]);
      await begin('device', 'gone-id');
      await take(home.row('device', lamp.id));
      await home.untilSaid(/locked: Stays · Kept/);
      assert.deepEqual(await savedOf('open'), [gone], 'named first');
      await home.action(home.row('device', lamp.id), 'replace').click();
      await home.untilSaid(/Nodes changed: 2\./);
      assert.deepEqual(
        [await savedOf('open'), await savedOf('inside'), await savedOf('kept')],
        [[lamp], [lamp], [gone]],
      );
    });

    it('is ended by Escape, and takes what is not gone, too', async () => {
      await openWith(() => [commandNode('one', [lamp])]);
      const row = home.row('device', lamp.id);
      await until('its uses', async () => (await row.locator('.cozify-home-uses').count()) === 1);
      await home.choose(row);
      await home.action(row, 'replace').click();
      await home.untilSaid(/takes the place of Lukuvalo/);
      await home.page.keyboard.press('Escape');
      await home.untilSaid(/Nothing was replaced/);
      assert.deepEqual(await savedOf('one'), [lamp]);
      const other = targetOf(hub(), 'Kattovalo');
      await home.action(row, 'replace').click();
      await take(home.row('device', other.id));
      await home.untilSaid(/Lukuvalo was replaced by Kattovalo/);
      assert.deepEqual(await savedOf('one'), [other]);
    });

    it('begins at a double click, and moves nothing that is under the mouse', async () => {
      await openWith(() => [commandNode('one', [lamp])]);
      const row = home.row('device', lamp.id);
      await until('its uses', async () => (await row.locator('.cozify-home-uses').count()) === 1);
      await home.choose(row);
      await home.untilSaid(/^Things: \d+ of \d+/);
      const { y } = await boxOf(row);
      await home.action(row, 'replace').dblclick();
      await home.untilSaid(/takes the place of Lukuvalo/);
      assert.equal((await boxOf(row)).y, y);
      const count = async (): Promise<number> => (await home.editor.nodeIds()).length;
      const before = await count();
      await home.action(row, 'command').dblclick();
      await home.page.mouse.move(500, 500, { steps: 5 });
      await sleep(250);
      await becomes(count, before + 1, 'one at the mouse');
      await home.page.keyboard.press('Escape');
    });

    it('is ended where the same thing is pressed again', async () => {
      await openWith(() => [
        commandNode('one', [lamp]),
        commandNode('named', [{ ...lamp, hub: '', id: '' }], { y: 200 }),
      ]);
      const row = home.row('device', lamp.id);
      await becomes(() => row.locator('.cozify-home-uses').allInnerTexts(), ['2 nodes']);
      await home.choose(row);
      await home.action(row, 'replace').click();
      await home.untilSaid(/takes the place of Lukuvalo/);
      await home.action(row, 'replace').click();
      await home.untilSaid(/Nothing was replaced/);
      assert.deepEqual(await savedOf('one'), [lamp]);
      assert.equal(await home.editor.isDeployLit(), false);
    });

    itInLong('puts a room in the place of a room, whether nodes command it or choose by it', async () => {
      await openWith(() => [
        commandNode('lamps', [{ hub: hub().id, kind: 'room', id: 'gone-room', name: 'Kellari' }]),
        readNode('filter', ['Vintti', 'Sauna']),
      ]);
      await home.search.fill('living');
      await until('the room alone', async () => (await home.row('room').count()) === 1);
      const room = home.row('room');
      const id = String(await room.getAttribute('data-id'));
      const set = await nodeSet(home);
      await begin('room', 'gone-room');
      await take(room);
      await home.untilSaid(/Kellari was replaced by Living room/);
      assert.deepEqual(await savedOf('lamps'), [{ hub: hub().id, kind: 'room', id, name: 'Living room' }]);
      await begin('room', 'Vintti');
      const device = home.row('device').first();
      await take(device);
      await home.untilSaid(/Only a room can take its place/);
      assert.deepEqual(await savedOf('filter', 'rooms'), ['Vintti', 'Sauna'], 'a device is no room');
      await take(room);
      await home.untilSaid(/Vintti was replaced by Living room/);
      assert.deepEqual(await savedOf('filter', 'rooms'), [id, 'Sauna']);
      assert.deepEqual(await savedOf('filter'), []);
      await home.undo();
      await home.undo();
      await until('all as it was', async () => (await nodeSet(home)) === set);
    });

    itInLong('puts a hub in the place of a hub', async () => {
      await openWith(() => [
        commandNode('lamp', [{ hub: '', kind: '', id: '', name: 'Lukuvalo' }], { hub: 'gone-hub' }),
      ]);
      await begin('hub', 'gone-hub');
      await take(home.row('hub', hub().id));
      await home.untilSaid(/gone-hub was replaced by Koti\. Nodes changed: 1\./);
      assert.equal(await savedOf('lamp', 'hub'), hub().id);
      await home.undo();
      await until('the old one', async () => (await savedOf('lamp', 'hub')) === 'gone-hub');
    });
  });
}
