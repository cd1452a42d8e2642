// Takes screenshots of the home in the sidebar, for review: `node dist/scripts/pictures-home.js`. The screenshots are
// combined into sheets, such as `4.1-light-180x260`: one for each version, theme and size. A sheet shows both
// languages. Arguments select sheets. The sheets are written to `dist/pictures/home/`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SimulatedHub } from '../packages/cozify-practice/src/hub';
import { Desk } from '../test/editor/support/desk';
import type { Editor } from '../test/editor/support/editor';
import { HomeTab } from '../test/editor/support/home';
import { commandNode, deployHome, targetOf } from '../test/editor/support/home-flows';
import { closeShared } from '../test/editor/support/shared';
import { cleanUp } from '../test/live/harness/leftovers';
import { packageRoot } from '../test/live/harness/packed';
import { VERSIONS, type NodeRedVersion } from '../test/live/harness/versions';
import { until } from '../test/support/wait';

const FOLDER = join(packageRoot, 'dist', 'pictures', 'home');
/** The tab's default size in Node-RED 5, and a typical size on a wide screen. */
const SIZES = [
  { width: 180, height: 260 },
  { width: 400, height: 900 },
];
const LOCALES = { en: 'en-GB', fi: 'fi-FI' };
const LAMP = 'Lukuvalo';
const SWITCH = 'Eteisen seinäkytkin';
const AWAY = 'Kattovalo';

type Size = (typeof SIZES)[number];

/** The states of the tab, in the order of the screenshots. */
const STATES: Record<string, (home: HomeTab, hub: SimulatedHub) => Promise<void>> = {
  things: async (home) => {
    await home.turnTo('things');
    await home.list.evaluate((list) => list.scrollTo(0, 0));
  },
  chosen: async (home, hub) => {
    const row = home.row('device', targetOf(hub, LAMP).id);
    await row.scrollIntoViewIfNeeded();
    await home.choose(row);
    await row.locator('.cozify-home-uses').click();
    await row.evaluate((element) => element.scrollIntoView());
  },
  warned: async (home) => {
    await home.turnTo('gone');
    await home.gone.locator('[data-do=replace]').first().click();
    const row = home.row('device').filter({ hasText: 'Saunan lämpömittari' });
    await home.choose(row);
    await home.action(row, 'replace').click();
    await until('what it can not do', async () => /can't do|ei osaa/.test(await home.state.innerText()));
  },
  gone: async (home) => {
    await home.page.keyboard.press('Escape');
    await home.turnTo('gone');
  },
  events: (home) => home.turnTo('events'),
};

interface Sheet {
  readonly name: string;
  readonly colorScheme: 'light' | 'dark';
  readonly size: Size;
}

async function main(names: readonly string[]): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  for (const version of VERSIONS) {
    const sheets = sheetsOf(version).filter(({ name }) => names.length === 0 || names.includes(name));
    if (sheets.length > 0) await takeOn(version, sheets);
  }
}

/** Returns the sheets of a Node-RED version. Only Node-RED 5 has a dark theme. */
function sheetsOf({ name }: NodeRedVersion): Sheet[] {
  const themes = name === '5.0' ? (['light', 'dark'] as const) : (['light'] as const);
  return themes.flatMap((colorScheme) =>
    SIZES.map((size) => ({ name: `${name}-${colorScheme}-${size.width}x${size.height}`, colorScheme, size })),
  );
}

async function takeOn(version: NodeRedVersion, sheets: readonly Sheet[]): Promise<void> {
  const hubs = [{ name: 'Koti' }, { name: 'Mökki', home: { plan: 'cottage' as const } }];
  const desk = await Desk.open(await version.programs(), { hubs });
  const hub = await furnish(desk);
  for (const sheet of sheets) await takeSheet(desk, hub, sheet);
  await desk.close();
  await closeShared();
}

/**
 * Deploys flows for the simulated home. Some of their nodes refer to devices that do not exist. Also makes a device
 * unreachable.
 */
async function furnish(desk: Desk): Promise<SimulatedHub> {
  const hub = await deployHome(desk);
  const lamp = targetOf(hub, LAMP);
  const gone = { hub: hub.id, kind: 'device', id: 'gone-id', name: 'Olohuoneen vanha lattiavalaisin' };
  await deployHome(
    desk,
    commandNode('reading', [lamp], { name: 'Reading time in the living room' }),
    commandNode('away', [lamp, gone], { z: 'off', name: '', y: 160 }),
    commandNode('old', [gone], { y: 220 }),
    commandNode('named', [{ hub: '', kind: '', id: '', name: 'Hukassa' }], { y: 280 }),
    { id: 'listens', type: 'cozify-button', z: 'tab', account: 'account', hub: '', targets: [], x: 200, y: 300 },
  );
  hub.home.setReachable(targetOf(hub, AWAY).id, false);
  return hub;
}

async function takeSheet(desk: Desk, hub: SimulatedHub, { name, colorScheme, size }: Sheet): Promise<void> {
  const pictures: string[] = [];
  for (const locale of Object.values(LOCALES)) {
    const viewport = { width: 1400, height: size.height + 300 };
    const editor = await desk.editor({ locale, colorScheme, viewport, deviceScaleFactor: 2 });
    const home = await HomeTab.open(editor);
    await fit(home, size);
    await happen(home, hub);
    for (const look of Object.values(STATES)) {
      await look(home, hub);
      await editor.page.mouse.move(500, 5);
      await editor.page.waitForTimeout(500);
      const box = await boxOf(home);
      // Include the surroundings, to show whether the tab is cut off at its edges.
      const clip = { x: box.x - 12, y: box.y - 40, width: box.width + 24, height: box.height + 52 };
      pictures.push((await editor.page.screenshot({ clip })).toString('base64'));
    }
  }
  const page = await desk.browser.newPage({ viewport: { width: (size.width + 40) * 5, height: 400 } });
  const images = pictures.map((picture) => `<img width="${size.width + 24}" src="data:image/png;base64,${picture}">`);
  await page.setContent(`<body style="margin: 4px; background: #888">${images.join(' ')}`);
  writeFileSync(join(FOLDER, `${name}.png`), await page.screenshot({ fullPage: true }));
  console.log(`dist/pictures/home/${name}.png`);
  await page.close();
  await desk.tidy();
}

/** Drags the sidebar's separator, and changes the height of the window, until the tab has the given size. */
async function fit(home: HomeTab, size: Size): Promise<void> {
  const { page } = home;
  for (let tries = 0; tries < 4; tries += 1) {
    const { x, y, width, height } = await boxOf(home);
    const viewport = page.viewportSize() ?? { width: 1400, height: 900 };
    await page.setViewportSize({ ...viewport, height: Math.round(viewport.height + size.height - height) });
    await page.waitForTimeout(300);
    if (Math.abs(width - size.width) < 2) continue;
    const from = { x: await separatorX(home.editor, x), y: y + 100 };
    await home.editor.dragMouse(from, { x: from.x + width - size.width, y: from.y });
    await page.waitForTimeout(300);
  }
  const { width, height } = await boxOf(home);
  console.log(`fitted to ${Math.round(width)} x ${Math.round(height)}`);
}

async function separatorX(editor: Editor, left: number): Promise<number> {
  const all = await editor.page.locator('#red-ui-sidebar-separator, .red-ui-sidebar-separator').all();
  const boxes = await Promise.all(all.map((one) => one.boundingBox()));
  const beside = boxes.filter((box) => box !== null && box.x < left && box.x > left - 60);
  const box = beside.at(-1);
  if (!box) throw new Error(`Nothing separates the sidebar: ${JSON.stringify(boxes)} left of ${left}`);
  return box.x + box.width / 2;
}

/** Creates entries in the list of events: a change of a lamp and a press of a switch. */
async function happen(home: HomeTab, hub: SimulatedHub): Promise<void> {
  const lamp = targetOf(hub, LAMP).id;
  const isOn = hub.home.devices.find(({ id }) => id === lamp)?.state['isOn'] === true;
  hub.home.change(lamp, { isOn: !isOn });
  hub.home.press(targetOf(hub, SWITCH).id, 1);
  await until('the press', async () => (await home.events.locator('[data-event=press]').count()) > 0);
}

async function boxOf(home: HomeTab): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await home.root.boundingBox();
  if (box === null) throw new Error('The home is not to be seen.');
  return box;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  cleanUp();
  process.exit(1);
});
