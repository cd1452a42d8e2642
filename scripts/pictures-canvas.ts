// Takes a screenshot of a flow with node statuses in the real editor on a simulated Cozify:
// `node dist/scripts/pictures-canvas.js`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Desk } from '../test/editor/support/desk';
import { closeShared } from '../test/editor/support/shared';
import { accountNode, type FlowNode } from '../test/live/harness/flow';
import { cleanUp } from '../test/live/harness/leftovers';
import { packageRoot } from '../test/live/harness/packed';
import { NODE_RED_4, NODE_RED_5, type NodeRedVersion } from '../test/live/harness/versions';
import type { SimulatedHub } from '../packages/cozify-practice/src/hub';
import { until } from '../test/support/wait';
import { furnish } from './dialog-states';

const FOLDER = join(packageRoot, 'dist', 'pictures');
const EMAIL = 'aino@example.fi';

interface Canvas {
  version: NodeRedVersion;
  language: 'en' | 'fi';
  viewport: { width: number; height: number };
  isDark: boolean;
}

const CANVASES: Record<string, Canvas> = {
  'canvas-en': { version: NODE_RED_4, language: 'en', viewport: { width: 1000, height: 560 }, isDark: false },
  'canvas-fi-5.0-dark': { version: NODE_RED_5, language: 'fi', viewport: { width: 1400, height: 560 }, isDark: true },
};

async function main(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, canvas] of Object.entries(CANVASES)) await take(name, canvas);
}

async function take(name: string, { version, language, viewport, isDark }: Canvas): Promise<void> {
  const hubs = [{ name: 'Koti' }, { name: 'Mökki', home: { plan: 'cottage' as const } }];
  const desk = await Desk.open(await version.programs(), { hubs });
  const [home, cottage] = desk.simulator.hubs;
  if (home === undefined || cottage === undefined) throw new Error('There are no hubs.');
  furnish(home.home);
  home.home.rename('devices', 'Lukuvalo', 'Lukulamppu');
  await desk.nodeRed.deploy([
    { id: 'tab', type: 'tab', label: 'Koti' },
    accountNode({ id: 'account', name: 'Koti', email: EMAIL, cloudUrl: desk.simulator.cloudUrl, language }),
    accountNode({ id: 'other', name: 'Mökki', email: 'eino@example.fi', cloudUrl: desk.simulator.cloudUrl, language }),
    ...flow(home, cottage),
  ]);
  await desk.logIn({ id: 'account', email: EMAIL });
  await cottage.goOffline();
  const editor = await desk.editor({
    locale: language === 'fi' ? 'fi-FI' : 'en-GB',
    viewport,
    colorScheme: isDark ? 'dark' : 'light',
  });
  const send = (id: string): Promise<unknown> => desk.nodeRed.admin('POST', `/inject/to-${id}`);
  const shown = (id: string): Promise<string> =>
    until(`a status of ${id}`, async () => (await editor.statusOf(id).catch(() => undefined))?.text || false);
  for (const id of ['on', 'white', 'room', 'any', 'read', 'wait']) {
    await send(id);
    console.log(id, await shown(id));
  }
  home.home.change('Sauna', { temperature: 85.7 });
  home.home.change('Eteisen liiketunnistin', { motion: false });
  await editor.page.waitForTimeout(4_000);
  home.home.change('Sauna', { temperature: 85.8 });
  home.home.change('Eteisen liiketunnistin', { motion: true });
  home.home.press('Olohuoneen katkaisin', 1);
  await editor.page.waitForTimeout(4_000);
  const held = desk.simulator.hold('hub', { path: '/devices/command' });
  await send('two');
  await shown('two');
  await editor.page.waitForTimeout(2_000);
  for (const { id } of flow(home, cottage)) {
    if (!id.startsWith('to-')) console.log(id, await editor.statusOf(id).catch(() => 'none'));
  }
  writeFileSync(join(FOLDER, `${name}.png`), await editor.page.screenshot());
  console.log(`dist/pictures/${name}.png`);
  held.release();
  await desk.tidy();
  await desk.close();
  await closeShared();
}

function flow(home: SimulatedHub, cottage: SimulatedHub): FlowNode[] {
  const nodes: FlowNode[] = [];
  const add = (
    id: string,
    type: string,
    [x, y]: [number, number],
    properties: object,
    payload?: boolean | string,
  ): void => {
    const wires = type === 'command' || type === 'wait' ? [[], []] : [[]];
    const usual = { z: 'tab', name: '', account: 'account', hub: '', targets: [], wires, confirm: 3, transition: '' };
    nodes.push({ ...usual, ...properties, id, type: `cozify-${type}`, x, y });
    if (payload === undefined) return;
    const [text, payloadType] = typeof payload === 'string' ? [payload, 'str'] : [String(payload), 'bool'];
    const target = { p: 'target', v: 'Kattovalo', vt: 'str' };
    const props = [{ p: 'payload' }, ...(id === 'any' ? [target] : [])];
    const once = { props, payload: text, payloadType, topic: '', repeat: '', once: false };
    nodes.push({ ...once, id: `to-${id}`, type: 'inject', z: 'tab', name: id, x: 100, y: 900 + y, wires: [[id]] });
  };
  const things = (...names: string[]): object => ({
    targets: names.map((name) => ({ hub: '', kind: '', id: '', name })),
  });
  const set = (field: string, value: string): object => ({ command: 'set', field, value, valueType: 'num' });
  const listen = { kinds: ['device'], rooms: [], capabilities: [], fields: [], events: ['changed'], condition: null };
  const changes = { ...listen, for: 0, payload: 'state', own: true, initial: false };
  const room = home.home.find('rooms', 'Sauna');
  const hall = home.home.all('rooms').find(({ name }) => name === '$HALLWAY');
  const gone = { hub: home.id, kind: 'device', id: 'gone', name: 'Ulko-ovi' };
  const hot = { field: 'temperature', op: 'above', value: 70 };
  const closed = { field: 'open', op: 'is', value: false };
  const short = { presses: [{ button: '1', press: 'short' }], outputs: 1, repeats: true };
  add('on', 'command', [180, 40], { ...things('Kattovalo'), command: 'on' }, true);
  add('two', 'command', [180, 100], { ...things('Kattovalo', 'Lukulamppu'), ...set('brightness', '60') }, true);
  add('white', 'command', [180, 160], { ...things('Kattovalo'), ...set('colorTemperature', '2700'), confirm: 0 }, true);
  const sauna = { hub: home.id, kind: 'room', id: room.id, name: 'Sauna' };
  add('room', 'command', [180, 220], { targets: [sauna], command: 'off' }, true);
  add('any', 'command', [180, 280], { command: 'payload' }, 'maybe');
  add('sauna', 'changes', [560, 40], { ...changes, ...things('Sauna'), condition: hot, for: 300 });
  const motion = { capabilities: ['MOTION'], rooms: hall === undefined ? [] : [String(hall.id)] };
  add('motion', 'changes', [560, 100], { ...changes, ...motion, hub: home.id });
  add('gone', 'changes', [560, 160], { ...changes, targets: [gone], fields: ['open'] });
  const reads = { kind: 'device', field: 'temperature', output: 'auto', outputs: 1, hub: cottage.id };
  add('read', 'read', [560, 220], { ...things('Sauna'), ...reads, condition: null }, true);
  add('wait', 'wait', [560, 280], { ...things('Takaovi'), condition: { ...closed, value: true }, timeout: 300 }, true);
  add('switch', 'button', [560, 340], { ...things('Olohuoneen katkaisin'), ...short });
  add('all', 'button', [560, 400], { presses: [], outputs: 1, repeats: true, account: 'other' });
  return nodes;
}

main().catch((error: unknown) => {
  console.error(error);
  cleanUp();
  process.exit(1);
});
