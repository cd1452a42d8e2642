import assert from 'node:assert/strict';
import type { SimulatedHub } from '../../packages/cozify-practice/src/hub';
import { becomes } from '../support/becomes';
import { EDITOR_VERSIONS } from '../live/harness/versions';
import { until } from '../support/wait';
import { Desk } from './support';
import { HomeTab } from './support/home';
import { deployHome } from './support/home-flows';

const DEVICES = 700;
const ROOMS = 60;

for (const version of EDITOR_VERSIONS) {
  describe(`A large home in Node-RED ${version.name}`, () => {
    let desk: Desk;
    let home: HomeTab;

    before(async () => {
      desk = await Desk.openOn(version, { hubs: [{ name: 'Koti', home: { devices: DEVICES } }] });
      const [room] = hub().home.all('rooms');
      const [lamp] = lamps();
      assert.ok(room && lamp);
      for (let index = 0; index < ROOMS; index += 1) {
        const number = String(index).padStart(2, '0');
        hub().home.put('rooms', { ...room, id: `room-${index}`, name: `Huone ${number}`, order: 100 + index });
        hub().home.moveTo(hub().home.addLike(lamp.id, `Valo ${number}`).id, `room-${index}`);
      }
    });
    afterEach(() => desk.tidy());
    after(() => desk?.close());

    const hub = (): SimulatedHub => desk.simulator.hubs[0] as SimulatedHub;
    const lamps = () =>
      hub().home.devices.filter(({ type, state }) => type === 'LIGHT' && state['reachable'] !== false);

    async function open(): Promise<void> {
      await deployHome(desk);
      home = await HomeTab.open(await desk.editor());
    }

    it('has 500 rows in the page at most, headings among them, and says that there is more', async () => {
      await open();
      const rows = (): Promise<number> => home.list.locator('[role=treeitem]').count();
      await until('all rows', async () => {
        await home.list.evaluate((list) => list.scrollTo(0, list.scrollHeight));
        return (await rows()) >= 500;
      });
      await home.untilSaid(/Search for the others/);
      assert.equal(await rows(), 500);
      const things = (await rows()) - (await home.row('room').count()) - (await home.row('section').count());
      assert.match(await home.state.innerText(), new RegExp(`^Things: ${things} of \\d+`));
    });

    it('can have the lamps of each of its rooms commanded', async () => {
      await open();
      for (const number of ['05', '58']) {
        await home.search.fill(`Huone ${number}`);
        await becomes(() => home.row('device').locator('.cozify-home-name').allInnerTexts(), [`Valo ${number}`]);
        const row = home.row('room');
        await home.choose(row);
        assert.deepEqual(
          await row.locator('[data-do]').evaluateAll((all) => all.map((one) => one.getAttribute('data-do'))),
          ['command', 'changes'],
        );
      }
    });

    it('tells what happens to all that the search finds, further down than the page goes, too', async () => {
      await open();
      await home.untilSaid(/^Things: 50 of \d+/);
      const all = await home.page.locator('#cozify-home-state').innerText();
      await home.search.fill('lights');
      await until('what was found', async () => (await home.page.locator('#cozify-home-state').innerText()) !== all);
      await home.untilSaid(/^Things: 50 of \d+/);
      const ids = await home.row('device').evaluateAll((all) => all.map((one) => one.getAttribute('data-id')));
      const far = lamps()
        .filter(({ id }) => !ids.includes(id))
        .at(-1);
      const other = hub().home.devices.find(({ type }) => type === 'POWER_SOCKET');
      assert.ok(far && other);
      await home.turnTo('events');
      for (const { id } of [other, far]) hub().home.change(id, { isOn: hub().home.device(id).state['isOn'] !== true });
      await home.events.locator(`[data-id="${far.id}"]`).first().waitFor();
      assert.equal(await home.events.locator(`[data-id="${other.id}"]`).count(), 0);
    });

    it('tells what the search finds that was typed just before the tab was hidden', async () => {
      await open();
      await home.turnTo('events');
      const [one, other] = lamps();
      assert.ok(one && other);
      for (const { id } of [one, other]) hub().home.change(id, { isOn: hub().home.device(id).state['isOn'] !== true });
      for (const { id } of [one, other]) await home.events.locator(`[data-id="${id}"]`).first().waitFor();
      await home.page.evaluate(
        `$('#cozify-home-search').val('${one.name}').trigger('input'); RED.sidebar.show('info')`,
      );
      await home.untilFollowing(false);
      await home.page.evaluate(`RED.actions.invoke('cozify:show-home')`);
      await becomes(() => home.events.locator(`[data-id="${other.id}"]`).count(), 0);
      assert.ok((await home.events.locator(`[data-id="${one.id}"]`).count()) > 0);
    });
  });
}
