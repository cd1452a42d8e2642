// Takes the README's screenshots of the real editor on a simulated Cozify: `npm run pictures`. Arguments are the names
// of the screenshots to take. With arguments, the script logs in first and takes no screenshot from before the login.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Route } from 'playwright-core';
import { userDirWithDashboard } from '../test/examples/support/dashboard';
import { CHART, read } from '../test/examples/support/files';
import { Desk } from '../test/editor/support/desk';
import type { Editor } from '../test/editor/support/editor';
import { HomeTab } from '../test/editor/support/home';
import { closeShared } from '../test/editor/support/shared';
import { accountNode, type FlowNode } from '../test/live/harness/flow';
import { cleanUp } from '../test/live/harness/leftovers';
import { packageRoot } from '../test/live/harness/packed';
import type { SimulatedHubOptions } from '../packages/cozify-practice/src/types';
import { until } from '../test/support/wait';

const FOLDER = join(packageRoot, 'docs', 'pictures');
const ACCOUNT = 'account';
const EMAIL = 'aino@example.fi';

/** Names of devices in the simulated house. */
const LAMP = 'Eteisen valo';
const SAUNA = 'Saunan lämpömittari';
const SWITCH = 'Eteisen seinäkytkin';
const DOOR = 'Ulko-ovi';

/** Window size that fits the whole flow, in high resolution. */
const SIZE = { viewport: { width: 1600, height: 900 }, deviceScaleFactor: 2 };
/** Window size for the flow with the home tab in the sidebar next to it. */
const BESIDE = { width: 1260, height: 600 };

/**
 * Functions that take the screenshots, by file name, in this order. Later screenshots use the login made for an earlier
 * one.
 */
const PICTURES: Record<string, (desk: Desk) => Promise<Buffer>> = {
  'dialog-code.png': dialogWithCode,
  'dialog-logged-in.png': dialogLoggedIn,
  'dialog-logged-in.fi.png': (desk) => dialogLoggedIn(desk, 'fi-FI'),
  'sidebar.png': homeInSidebar,
  'sidebar.fi.png': (desk) => homeInSidebar(desk, 'fi-FI'),
  'picker.png': pickerOfThings,
  'picker.fi.png': (desk) => pickerOfThings(desk, 'fi-FI'),
};

/** Language of the editor. */
type Locale = 'en-GB' | 'fi-FI';

async function main(names: readonly string[]): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const hubs: SimulatedHubOptions[] = [{ name: 'Koti' }, { name: 'Mökki', home: { plan: 'cottage' } }];
  const desk = await Desk.open({ userDir: await userDirWithDashboard() }, { hubs });
  await desk.nodeRed.deploy(flow(desk.simulator.cloudUrl));
  if (names.length > 0) await desk.logIn({ id: ACCOUNT, email: EMAIL });
  for (const [file, take] of Object.entries(PICTURES)) {
    if (names.length > 0 && !names.includes(file)) continue;
    writeFileSync(join(FOLDER, file), await take(desk));
    console.log(`docs/pictures/${file}`);
    await desk.tidy();
  }
  await desk.close();
  await closeShared();
}

async function dialogWithCode(desk: Desk): Promise<Buffer> {
  const editor = await openEditor(desk);
  const dialog = await editor.openAccountOf('lamp');
  await dialog.untilFocused(dialog.email);
  await dialog.page.keyboard.press('Enter');
  await dialog.untilFocused(dialog.code);
  await dialog.untilState('otp-sent');
  await dialog.page.keyboard.type(desk.simulator.latestCode(EMAIL));
  return pictureOfDialog(editor, dialog.advanced);
}

async function dialogLoggedIn(desk: Desk, locale: Locale = 'en-GB'): Promise<Buffer> {
  if (locale === 'en-GB') await desk.post(ACCOUNT, 'authenticate', { otp: desk.simulator.latestCode(EMAIL) });
  const editor = await openEditor(desk, locale);
  const dialog = await editor.openAccountOf('lamp');
  await dialog.untilState('authenticated');
  await until('the hubs', async () => /(local|lähi).*(local|lähi)/s.test(await dialog.hubs.innerText()));
  return pictureOfDialog(editor, dialog.advanced);
}

/**
 * Takes a screenshot of the flow and, next to it in the sidebar, the home tab with a selected lamp. The picture begins
 * at the flow's left edge and ends at the right edge of the sidebar.
 */
async function homeInSidebar(desk: Desk, locale: Locale = 'en-GB'): Promise<Buffer> {
  const editor = await openEditor(desk, locale);
  const { page } = editor;
  await page.setViewportSize(BESIDE);
  const home = await HomeTab.open(editor);
  await home.untilFollowing(true);
  const row = home.row('device').filter({ hasText: LAMP });
  await until('who uses the lamp', async () => (await row.locator('.cozify-home-uses').count()) > 0);
  await home.choose(row);
  await row.locator('.cozify-home-uses').click();
  await home.list.evaluate((list) => list.scrollTo(0, 190));
  await page.mouse.move(5, 5);
  await page.waitForTimeout(1_000);
  const { x, y } = await boxOf(page.locator('#red-ui-workspace'));
  const picture = await page.screenshot({ clip: { x, y, width: BESIDE.width - x, height: BESIDE.height - y } });
  // Remove the route and ignore its errors. A request that the server still holds would otherwise fail when the page
  // closes.
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  return picture;
}

/** Takes a screenshot of the picker in the dialog of the command node, with a search for a room. */
async function pickerOfThings(desk: Desk, locale: Locale = 'en-GB'): Promise<Buffer> {
  const editor = await openEditor(desk, locale);
  await editor.openNode('lamp');
  const { page } = editor;
  await page.locator('#cozify-target-search').click();
  await page.keyboard.type('ete');
  const list = page.locator('#cozify-target-list');
  await until('the list', async () => (await list.locator('[role=option]').count()) >= 3);
  await page.waitForTimeout(500);
  return pictureOfDialog(editor, list);
}

/** Opens an editor in the light theme. */
async function openEditor(desk: Desk, locale: Locale = 'en-GB'): Promise<Editor> {
  const editor = await desk.editor({ locale, colorScheme: 'light', ...SIZE });
  // Replace the hubs' simulated addresses with addresses like those in a real home.
  const rename = async (route: Route): Promise<void> => {
    const response = await route.fetch();
    let next = 5;
    const text = (await response.text()).replace(/127\.0\.0\.1:\d+/g, () => `192.168.1.${next++}`);
    await route.fulfill({ response, body: text });
  };
  // Ignore an answer that arrives after the page was closed.
  await editor.page.route('**/cozify/accounts/**', (route) => rename(route).catch(() => undefined));
  return editor;
}

/** Takes a screenshot of the open dialog, from its top to the given last element. */
async function pictureOfDialog(editor: Editor, last: Locator): Promise<Buffer> {
  // Move the mouse away from the buttons, which look different under the mouse.
  await editor.page.mouse.move(5, 5);
  const tray = await boxOf(editor.page.locator('.red-ui-tray').last());
  const end = await boxOf(last);
  const clip = { x: tray.x, y: tray.y, width: tray.width, height: end.y + end.height + 24 - tray.y };
  return editor.page.screenshot({ clip, caret: 'initial' });
}

async function boxOf(locator: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await locator.boundingBox();
  if (box === null) throw new Error(`${String(locator)} is not to be seen.`);
  return box;
}

function flow(cloudUrl: string): FlowNode[] {
  const node = (id: string, type: string, x: number, y: number, rest: object, wires: string[][]): FlowNode => ({
    ...{ id, type, z: 'tab', name: '', x, y, wires },
    ...rest,
  });
  const named = (name: string) => [{ hub: '', kind: 'device', id: '', name }];
  const hub = { account: ACCOUNT, hub: '' };
  const filter = { kinds: ['device'], rooms: [], capabilities: [], fields: [], events: ['changed'] };
  const changes = { ...hub, ...filter, condition: null, for: 0, payload: 'state', own: true, initial: false };
  const command = { ...hub, field: '', value: 'payload', valueType: 'msg', transition: '', confirm: 3 };
  const switchRows = { presses: [{ button: '', press: 'short' }], repeats: true, outputs: 1 };
  const shown = { active: true, tosidebar: true, console: false, tostatus: false, complete: 'payload' };
  const isOpen = { field: 'open', op: 'is', value: true };
  return [
    { id: 'tab', type: 'tab', label: 'Home' },
    accountNode({ id: ACCOUNT, name: 'Home', email: EMAIL, cloudUrl }),
    ...dashboard({ id: 'chart', z: 'tab', x: 420, y: 80, name: 'Sauna, °C', wires: [] }),
    node(
      'sauna',
      'cozify-changes',
      150,
      80,
      { name: 'Sauna', ...changes, targets: named(SAUNA), payload: 'temperature' },
      [['chart']],
    ),
    node('switch', 'cozify-button', 170, 160, { name: 'Wall switch', ...hub, targets: named(SWITCH), ...switchRows }, [
      ['lamp'],
    ]),
    node(
      'lamp',
      'cozify-command',
      420,
      160,
      { name: 'Hall lamp', ...command, targets: named(LAMP), command: 'toggle' },
      [[], ['failed']],
    ),
    node('failed', 'debug', 650, 170, { name: 'Not done', ...shown }, []),
    node(
      'door',
      'cozify-changes',
      190,
      240,
      { name: 'Front door open', ...changes, targets: named(DOOR), condition: isOpen },
      [['tell']],
    ),
    node('tell', 'debug', 410, 240, { name: 'Tell me', ...shown }, []),
  ];
}

/**
 * Returns the dashboard nodes of the chart example. `place` are properties for the chart node, such as its position.
 */
function dashboard(place: Partial<FlowNode>): FlowNode[] {
  const example = read(CHART).filter(({ type }) => type.startsWith('ui-'));
  return example.map((node) => (node.type === 'ui-chart' ? { ...node, ...place } : node));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  cleanUp();
  process.exit(1);
});
