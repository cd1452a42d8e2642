// Takes the README's pictures of the real editor on a simulated Cozify: `npm run pictures`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { Desk } from '../test/editor/support/desk';
import type { Editor } from '../test/editor/support/editor';
import { accountNode, type FlowNode } from '../test/live/harness/flow';
import { cleanUp } from '../test/live/harness/leftovers';
import { packageRoot } from '../test/live/harness/packed';
import { until } from '../test/support/wait';

const FOLDER = join(packageRoot, 'docs', 'pictures');
const ACCOUNT = 'account';
const EMAIL = 'aino@example.fi';
const PARENTS = { id: 'parents', name: 'Parents', email: 'eino@example.fi' };

/** Wide enough for the whole flow, and sharp. */
const SIZE = { viewport: { width: 1600, height: 900 }, deviceScaleFactor: 2 };

/** Each picture by its file. They are taken in this order, the later ones finding the login as the earlier left it. */
const PICTURES: Record<string, (desk: Desk) => Promise<Buffer>> = {
  'dialog-code.png': dialogWithCode,
  'dialog-logged-in.png': dialogLoggedIn,
  'flow.png': flowWithStatuses,
};

async function main(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const desk = await Desk.open({}, { hubs: [{ name: 'Koti' }, { name: 'Mökki' }] });
  await desk.nodeRed.deploy(flow(desk.simulator.cloudUrl));
  for (const [file, take] of Object.entries(PICTURES)) {
    writeFileSync(join(FOLDER, file), await take(desk));
    console.log(`docs/pictures/${file}`);
    await desk.tidy();
  }
  await desk.close();
}

async function dialogWithCode(desk: Desk): Promise<Buffer> {
  const editor = await openEditor(desk);
  const dialog = await editor.openAccountOf('ping');
  await dialog.untilFocused(dialog.email);
  await dialog.page.keyboard.press('Enter');
  await dialog.untilFocused(dialog.code);
  await dialog.untilState('otp-sent');
  await dialog.page.keyboard.type(desk.simulator.latestCode(EMAIL));
  return pictureOfDialog(editor, dialog.advanced);
}

async function dialogLoggedIn(desk: Desk): Promise<Buffer> {
  await desk.post(ACCOUNT, 'authenticate', { otp: desk.simulator.latestCode(EMAIL) });
  const editor = await openEditor(desk);
  const dialog = await editor.openAccountOf('ping');
  await dialog.untilState('authenticated');
  await until('the hubs', async () => /local.*local/s.test(await dialog.hubs.innerText()));
  return pictureOfDialog(editor, dialog.advanced);
}

async function flowWithStatuses(desk: Desk): Promise<Buffer> {
  await desk.post(PARENTS.id, 'otp', {});
  const editor = await openEditor(desk);
  await until('the login', async () => (await editor.statusOf('log-in')).dot === 'dot-green');
  await until('the code', async () => (await editor.statusOf('events')).dot === 'dot-yellow');
  const boxes = await Promise.all((await editor.nodeIds()).map((id) => boxOf(editor.node(id))));
  const margin = 30;
  const x = Math.min(...boxes.map((box) => box.x)) - margin;
  const y = Math.min(...boxes.map((box) => box.y)) - margin;
  const width = Math.max(...boxes.map((box) => box.x + box.width)) + margin - x;
  const height = Math.max(...boxes.map((box) => box.y + box.height)) + margin - y;
  return editor.page.screenshot({ clip: { x, y, width, height } });
}

/** An editor in the light theme. */
async function openEditor(desk: Desk): Promise<Editor> {
  const editor = await desk.editor({ locale: 'en-GB', colorScheme: 'light', ...SIZE });
  // The hubs of a home have addresses there, those of the simulator on this machine.
  await editor.page.route('**/cozify/accounts/**', async (route) => {
    const response = await route.fetch();
    let next = 5;
    const text = (await response.text()).replace(/127\.0\.0\.1:\d+/g, () => `192.168.1.${next++}`);
    await route.fulfill({ response, body: text });
  });
  return editor;
}

/** The open dialog, from its top to the last row. */
async function pictureOfDialog(editor: Editor, last: Locator): Promise<Buffer> {
  // Away from the buttons, which look different under the mouse.
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
  const cozify = { account: ACCOUNT, autorefresh: true, expiry: '' };
  const authenticate = { ...cozify, trustCloud: true, trustHub: true, remote: false, autoremote: true };
  const debug = { active: true, tosidebar: true, console: false, tostatus: false, complete: 'payload' };
  const daily = { props: [], repeat: '', crontab: '00 07 * * *', once: false };
  return [
    { id: 'tab', type: 'tab', label: 'Home' },
    accountNode({ id: ACCOUNT, name: 'Home', email: EMAIL, cloudUrl }),
    accountNode({ ...PARENTS, cloudUrl }),
    node('daily', 'inject', 160, 80, { name: 'every morning', ...daily }, [['ping']]),
    node('ping', 'cozify-ping', 360, 80, cozify, [['valid'], ['log-in']]),
    node('valid', 'debug', 560, 60, { name: 'all is well', ...debug }, []),
    node('log-in', 'cozify-authenticate', 580, 140, authenticate, [[], ['code']]),
    node('code', 'debug', 800, 140, { name: 'type the code', ...debug }, []),
    node('events', 'cozify-events', 160, 180, { account: PARENTS.id, events: [] }, [['event']]),
    node('event', 'debug', 370, 180, { name: 'tell me', ...debug }, []),
  ];
}

main().catch((error: unknown) => {
  console.error(error);
  cleanUp();
  process.exit(1);
});
