// Takes screenshots of each dialog in its most common states, for review: `node dist/scripts/pictures-dialogs.js`.
// Arguments select states. The screenshots are written to `dist/pictures/`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SimulatedHub } from '../packages/cozify-practice/src/hub';
import { Desk } from '../test/editor/support/desk';
import { Picker } from '../test/editor/support/picker';
import { closeShared } from '../test/editor/support/shared';
import { cleanUp } from '../test/live/harness/leftovers';
import { packageRoot } from '../test/live/harness/packed';
import { NODE_RED_4, NODE_RED_5, type NodeRedVersion } from '../test/live/harness/versions';
import { deployStates, type DialogState, furnish, openState, STATES } from './dialog-states';

const FOLDER = join(packageRoot, 'dist', 'pictures');
/** Height of Node-RED's header above a dialog. */
const HEADER = 48;
const PHONE = { width: 390, height: 844 };

async function main(names: readonly string[]): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const states = Object.entries(STATES).filter(([name]) => names.length === 0 || names.includes(name));
  for (const [version, isDark] of [
    [NODE_RED_4, undefined],
    [NODE_RED_5, true],
  ] as const) {
    const here = states.filter(([, state]) => state.isDark === isDark);
    if (here.length > 0) await takeOn(version, here);
  }
}

async function takeOn(version: NodeRedVersion, states: readonly [string, DialogState][]): Promise<void> {
  const desk = await Desk.open(await version.programs(), { hubs: [{ name: 'Koti' }] });
  const [hub] = desk.simulator.hubs;
  if (hub === undefined) throw new Error('There is no hub.');
  furnish(hub.home);
  await deployStates(desk, hub, Object.fromEntries(states));
  for (const [name, state] of states) {
    writeFileSync(join(FOLDER, `${name}.png`), await take(desk, hub, name, state));
    console.log(`dist/pictures/${name}.png`);
    await desk.tidy();
  }
  await desk.close();
  await closeShared();
}

async function take(desk: Desk, { home }: SimulatedHub, name: string, state: DialogState): Promise<Buffer> {
  const viewport = state.isOnPhone ? PHONE : { width: 1400, height: state.height + HEADER };
  const colorScheme = state.isDark ? ('dark' as const) : ('light' as const);
  const editor = await desk.editor({ locale: state.locale ?? 'en-GB', viewport, colorScheme });
  const { page } = editor;
  await openState(editor, name);
  await page.waitForTimeout(2_000);
  await state.then?.({ desk, editor, home, picker: new Picker(page) });
  await page.mouse.move(5, 5);
  await page.waitForTimeout(500);
  const picture = state.isOnPhone ? await page.screenshot() : await page.locator('.red-ui-tray').last().screenshot();
  return picture;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  cleanUp();
  process.exit(1);
});
