// Takes each dialog in the states that people see most, to be looked at: `node dist/scripts/pictures-dialogs.js`, with
// the names of some of them for these alone. They are put into `dist/pictures/`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Listing } from '../packages/cozify-practice/src/home/things';
import type { SimulatedHub } from '../packages/cozify-practice/src/hub';
import { Desk } from '../test/editor/support/desk';
import { lampFlow } from '../test/editor/support/lamp-flow';
import { Picker } from '../test/editor/support/picker';
import type { FlowNode } from '../test/live/harness/flow';
import { cleanUp } from '../test/live/harness/leftovers';
import { packageRoot } from '../test/live/harness/packed';
import { NODE_RED_4, NODE_RED_5, type NodeRedVersion } from '../test/live/harness/versions';
import { type DialogState, furnish, STATES } from './dialog-states';

const FOLDER = join(packageRoot, 'dist', 'pictures');
const ACCOUNT = 'account';
const EMAIL = 'aino@example.fi';
/** What Node-RED has above a dialog. */
const HEADER = 48;
const PHONE = { width: 390, height: 844 };

async function main(wanted: readonly string[]): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const states = Object.entries(STATES).filter(([name]) => wanted.length === 0 || wanted.includes(name));
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
  const rest = lampFlow(desk.simulator.cloudUrl).filter(({ type }) => type === 'tab' || type === 'cozify-account');
  await desk.nodeRed.deploy([...rest, ...states.map(([name, state], place) => nodeOf(hub, name, state, place))]);
  await desk.logIn({ id: ACCOUNT, email: EMAIL });
  for (const [name, state] of states) {
    writeFileSync(join(FOLDER, `${name}.png`), await take(desk, hub, name, state));
    console.log(`dist/pictures/${name}.png`);
    await desk.tidy();
  }
  await desk.close();
}

/** A node as the editor makes one, with what the state says. */
function nodeOf(hub: SimulatedHub, name: string, state: DialogState, place: number): FlowNode {
  const usual = lampFlow('').find(({ type }) => type === `cozify-${state.type}`);
  if (usual === undefined) throw new Error(state.type);
  const { also = [], ...says } = state.says as { also?: object[] };
  const targets = [...(state.things ?? []).map((thing) => targetOf(hub, thing)), ...also];
  const command = state.type === 'command' ? { command: 'payload' } : {};
  return { ...usual, ...command, ...says, id: name, targets, x: 200, y: 40 + place * 40 };
}

function targetOf(hub: SimulatedHub, thing: string): object {
  const [first = '', second] = thing.split(':');
  const listing = (second === undefined ? 'devices' : first) as Listing;
  const name = second ?? first;
  return { hub: hub.id, kind: listing.slice(0, -1), id: hub.home.find(listing, name).id, name };
}

async function take(desk: Desk, { home }: SimulatedHub, name: string, state: DialogState): Promise<Buffer> {
  const viewport = state.isOnPhone ? PHONE : { width: 1400, height: state.height + HEADER };
  const colorScheme = state.isDark ? ('dark' as const) : ('light' as const);
  const editor = await desk.editor({ locale: state.locale ?? 'en-GB', viewport, colorScheme });
  const { page } = editor;
  if (state.isOnPhone)
    await page.evaluate(`RED.actions.invoke('core:toggle-sidebar', false); RED.editor.edit(RED.nodes.node('${name}'))`);
  else await editor.openNode(name);
  await page.locator('#dialog-form .cozify-dialog').waitFor();
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
