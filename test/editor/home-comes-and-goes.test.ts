import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempFolder } from '../live/harness';
import { pack } from '../live/harness/packed';
import { EDITOR_VERSIONS } from '../live/harness/versions';
import { becomes } from '../support/becomes';
import { itInLong } from '../support/size';
import { sleep, until } from '../support/wait';
import { Desk } from './support';
import { HomeTab } from './support/home';
import { commandNode, deployHome, targetOf } from './support/home-flows';

const MODULE = '@cozify-community/node-red-cozify';

for (const version of EDITOR_VERSIONS) {
  describe(`The home in the editor of Node-RED ${version.name}, for those who may see it`, () => {
    itInLong('goes with the package, and comes back with it, while the editor is open', async () => {
      const userDir = join(tempFolder('palette'), 'user-dir');
      mkdirSync(userDir);
      writeFileSync(join(userDir, 'package.json'), JSON.stringify({ name: 'node-red-project', private: true }));
      const env = { npm_config_prefer_offline: 'true' };
      const desk = await Desk.open({ ...(await version.programs()), userDir, env });
      const url = await pack();
      const install = async (): Promise<void> => {
        const reply = await desk.nodeRed.admin('POST', '/nodes', { module: MODULE, url });
        assert.equal(reply.status, 200, reply.text);
      };
      try {
        const editor = await desk.editor();
        const home = new HomeTab(editor);
        assert.equal(await home.root.count(), 0);
        await install();
        await home.root.waitFor({ state: 'attached' });
        const hub = await deployHome(desk);
        const calls: string[] = [];
        for (const round of ['first', 'again']) {
          await editor.reload();
          assert.equal(await home.root.count(), 1, round);
          await HomeTab.open(editor);
          await home.untilFollowing(true);
          const row = home.row('device', targetOf(hub, 'Lukuvalo').id);
          await home.choose(row);
          await home.action(row, 'command').focus();
          await editor.page.keyboard.press('Enter');
          await home.untilSaid(/is in the flow/);
          await home.undo();
          // What flows use can't be removed.
          await desk.nodeRed.deploy([{ id: 'tab', type: 'tab', label: 'Home' }]);
          editor.page.on('request', (request) => calls.push(request.url()));
          assert.equal((await desk.nodeRed.admin('DELETE', `/nodes/${MODULE}`)).status, 204);
          await home.root.waitFor({ state: 'detached' });
          calls.length = 0;
          await editor.page.mouse.move(300, 300);
          await sleep(3_000);
          assert.deepEqual(
            calls.filter((one) => one.includes('/cozify/')),
            [],
            'nothing is asked any more',
          );
          const actions = await editor.page.evaluate<{ id: string }[]>('RED.actions.list()');
          assert.ok(!actions.some(({ id }) => id === 'cozify:show-home'));
          await install();
          await home.root.waitFor({ state: 'attached' });
          assert.equal(await home.root.count(), 1);
          await editor.page.evaluate(`RED.actions.invoke('cozify:show-home')`);
          await home.untilSaid(/No account yet|\d+ of \d+|not logged in/);
          await deployHome(desk);
        }
      } finally {
        await desk.tidy();
        await desk.close();
      }
    });

    describe('with users who may do different things', () => {
      let desk: Desk;

      before(async () => {
        const looks = ['settings.read', 'plugins.read', 'nodes.read', 'flows.read', 'context.read', 'library.read'];
        const adminUsers = {
          ...{ owner: '*', visitor: 'read', stranger: looks },
          maker: ['read', 'flows.write'],
        };
        desk = await Desk.open({ ...(await version.programs()), settings: { adminUsers } });
        desk.nodeRed.adminHeaders = { Authorization: 'Bearer owner' };
        const hub = await deployHome(desk);
        await deployHome(desk, commandNode('lamp', [targetOf(hub, 'Lukuvalo')]));
      });
      afterEach(() => desk.tidy());
      after(() => desk?.close());

      it('shows one who may only read how things are, and nothing to do with them', async () => {
        const editor = await desk.editor({ user: 'visitor' });
        const home = await HomeTab.open(editor);
        await home.untilFollowing(true);
        const row = home.row('device').filter({ hasText: 'Lukuvalo' });
        await row.locator('.cozify-home-name').click();
        await until('its uses', async () => (await row.locator('.cozify-home-uses').count()) === 1);
        assert.equal(await home.root.locator('[data-do]').count(), 0);
        const login = editor.page.locator('#cozify-home-login');
        assert.equal(await login.evaluate(({ tagName }) => tagName), 'SPAN', 'the words, and no button');
        assert.equal(await login.innerText(), 'Logged in');
        assert.equal(await login.getAttribute('data-state'), 'authenticated');
        await editor.dragMouse(await middleOf(row), { x: 700, y: 500 });
        assert.equal(await editor.isDeployLit(), false);
        assert.deepEqual(editor.refusals, []);
      });

      itInLong('lets one who may change flows, but no home, make nodes and switch nothing', async () => {
        const editor = await desk.editor({ user: 'maker' });
        const home = await HomeTab.open(editor);
        const row = home.row('device').filter({ hasText: 'Lukuvalo' });
        await until('its uses', async () => (await row.locator('.cozify-home-uses').count()) === 1);
        await home.choose(row);
        const names = await row
          .locator('[data-do]')
          .evaluateAll((all) => all.map((one) => one.getAttribute('data-do')));
        assert.deepEqual(names, ['command', 'changes', 'read', 'replace']);
        assert.deepEqual(editor.refusals, []);
      });

      it('has no tab for one who may not see the home', async () => {
        const editor = await desk.editor({ user: 'stranger' });
        await sleep(1_000);
        assert.equal(await editor.page.locator('#cozify-home').count(), 0);
        assert.equal(await editor.page.evaluate<boolean>(`RED.sidebar.containsTab('cozify-home')`), false);
        assert.deepEqual(editor.refusals, []);
      });
    });

    it('works in an editor that lacks what only some of it needs', async () => {
      const desk = await Desk.openOn(version);
      try {
        const hub = await deployHome(desk);
        const lamp = targetOf(hub, 'Lukuvalo');
        await deployHome(desk, commandNode('one', [lamp]));
        const editor = await desk.editor();
        const home = new HomeTab(editor);
        const row = home.row('device', lamp.id);
        const actions = (): Promise<(string | null)[]> =>
          row.locator('[data-do]').evaluateAll((all) => all.map((one) => one.getAttribute('data-do')));
        const makers = ['command', 'changes', 'read'];
        const others = ['on', 'off', 'blink'];
        for (const [part, left] of [
          ['user', [...makers, ...others, 'replace']],
          ['view.reveal', [...makers, ...others, 'replace']],
          ['history', others],
        ] as const) {
          // Node-RED 5 itself shows no tab without its user.
          if (part === 'user' && version.name === '5.0') continue;
          const [owner, name] = part.includes('.') ? part.split('.') : ['', part];
          await editor.page.evaluate(
            `const type = RED.nodes.getType('cozify-account');
             type.onpaletteremove();
             delete ${owner === '' ? 'RED' : `RED.${owner}`}['${name}'];
             type.onpaletteadd();`,
          );
          await HomeTab.open(editor);
          await home.choose(row);
          await becomes(actions, [...left], part);
          await becomes(() => row.locator('.cozify-home-uses').count(), 1, part);
          if (part !== 'view.reveal') continue;
          await row.locator('.cozify-home-uses').click();
          await row.getByText('Lukuvalo → on').waitFor();
          assert.equal(await row.locator('button[data-node]').count(), 0, 'nothing that can be pressed in vain');
        }
        await home.leave();
        await editor.page.evaluate(`delete RED.nodes.eachNode`);
        await HomeTab.open(editor);
        await becomes(() => row.locator('.cozify-home-uses').count(), 0, 'nobody can know');
      } finally {
        await desk.close();
      }
    });
  });
}

async function middleOf(row: {
  boundingBox(): Promise<{ x: number; y: number; width: number; height: number } | null>;
}) {
  const box = await row.boundingBox();
  assert.ok(box);
  return { x: box.x + 20, y: box.y + box.height / 2 };
}
