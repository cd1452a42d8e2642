import assert from 'node:assert/strict';
import { EDITOR_VERSIONS } from '../live/harness/versions';
import { findBarriers } from '../support/axe';
import { until } from '../support/wait';
import { Desk, LANGUAGES, LOCALES } from './support';
import { HomeTab } from './support/home';
import { bedroomLamp, deployLamp } from './support/lamp-flow';
import { rawKeys } from './support/texts';

for (const version of EDITOR_VERSIONS) {
  describe(`The form of the home in Node-RED ${version.name}`, () => {
    let desk: Desk;

    before(async () => {
      desk = await Desk.openOn(version);
    });
    afterEach(() => desk.tidy());
    after(() => desk?.close());

    for (const language of LANGUAGES) {
      for (const isDark of version.name === '5.0' ? [false, true] : [false]) {
        it(`has no barrier that axe finds, in ${language}${isDark ? ', in the dark' : ''}`, async () => {
          const before = await deployLamp(desk);
          const lamp = bedroomLamp(before);
          const gone = { hub: before.id, kind: 'device', id: 'gone', name: 'Vanha <img onerror=alert(1)> valo' };
          const known = { hub: before.id, kind: 'device', id: lamp.id, name: 'Kattovalo' };
          await deployLamp(desk, { targets: [known, gone] });
          const editor = await desk.editor({ locale: LOCALES[language] });
          if (isDark) await editor.page.evaluate(`document.documentElement.classList.add('nr-theme-dark')`);
          const home = await HomeTab.open(editor);
          const row = home.row('device', lamp.id);
          await home.choose(row);
          await row.locator('.cozify-home-uses').click();
          before.home.change(lamp.id, { isOn: lamp.isOn() !== true });
          const found: string[] = [];
          for (const panel of ['things', 'gone', 'events'] as const) {
            await home.turnTo(panel);
            await until(
              'something in it',
              async () => (await home.root.innerText()).includes('attovalo'),
              30_000,
            ).catch(() => undefined);
            found.push(...(await findBarriers(editor.page, '#cozify-home')));
            assert.deepEqual(rawKeys(await home.root.innerText()), []);
          }
          assert.deepEqual(found, []);
          assert.equal(await home.root.locator('img').count(), 0, 'names are text');
        });
      }
    }

    it('can be used in 180 x 260 pixels', async () => {
      const lamp = bedroomLamp(await deployLamp(desk));
      const editor = await desk.editor();
      const home = await HomeTab.open(editor);
      await home.root.evaluate((element) => {
        Object.assign((element as unknown as { style: object }).style, { width: '180px', height: '260px' });
      });
      const row = home.row('device', lamp.id);
      await home.search.fill('kattovalo');
      await until('what was searched for', async () => (await home.row('room').count()) < 4);
      await home.choose(row);
      for (const name of ['command', 'on', 'blink']) {
        await home.action(row, name).evaluate((element) => element.scrollIntoView({ block: 'nearest' }));
        assert.ok(await home.action(row, name).isVisible(), name);
      }
      const wide = await home.root.evaluate((element) => element.scrollWidth - element.clientWidth);
      assert.equal(wide, 0, 'nothing is cut');
      const list = await home.list.boundingBox();
      assert.ok((list?.height ?? 0) > 90, `the list is ${list?.height} px high`);
    });
  });
}
