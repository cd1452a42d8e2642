// The simulated home and the dialogs on the screenshots that `pictures-dialogs.ts` takes.
import type { Home } from '../packages/cozify-practice/src/home/home';
import type { Listing } from '../packages/cozify-practice/src/home/things';
import type { SimulatedHub } from '../packages/cozify-practice/src/hub';
import type { FlowNode } from '../test/live/harness/flow';
import { ACCOUNT, lampFlow } from '../test/editor/support/lamp-flow';
import { until } from '../test/support/wait';
import type { Desk } from '../test/editor/support/desk';
import type { Editor } from '../test/editor/support/editor';
import type { Picker } from '../test/editor/support/picker';
import { trayWith, untilSettled } from '../test/editor/support/tray';

/** An open dialog, with the programs and the home behind it. */
export interface Open {
  desk: Desk;
  editor: Editor;
  picker: Picker;
  home: Home;
}

/** A dialog, and the state in which its screenshot is taken. */
export interface DialogState {
  type: 'command' | 'changes' | 'read' | 'wait' | 'button';
  /** Properties that differ from the node's defaults. */
  properties: object;
  /**
   * Names of the things to which the node refers by id. A name that is not a device's is prefixed with the name of its
   * list, for example `rooms:Sauna`.
   */
  things?: readonly string[];
  /** Height of the dialog in pixels. */
  height: number;
  locale?: 'fi-FI';
  isDark?: true;
  isOnPhone?: true;
  /** User actions in the open dialog before the screenshot is taken. */
  then?: (open: Open) => Promise<void>;
}

/** Gives devices of the practice home the names and states that the screenshots show. */
export function furnish(home: Home): void {
  home.rename('devices', 'Kattovalo', 'Lamppu');
  home.rename('devices', 'Olohuoneen lamppu', 'Kattovalo');
  home.change('Kattovalo', {
    isOn: true,
    brightness: 0.6,
    colorMode: 'ct',
    temperature: 2700,
    hue: -1,
    saturation: -1,
  });
  const other = home.addLike('Lamppu', 'Lamppu');
  home.moveTo(other.id, '$LIVINGROOM');
  home.rename('devices', 'Saunan lämpömittari', 'Sauna');
  home.change('Sauna', { temperature: 85.8 });
  home.addLike('Lukuvalo', 'Saunan kattovalo');
  home.addLike('Lukuvalo', 'Saunan lattiavalo');
  for (const lamp of ['Saunan kattovalo', 'Saunan lattiavalo']) {
    home.moveTo(lamp, 'Sauna');
    home.change(lamp, { isOn: true, brightness: 0.35 });
  }
  home.setReachable('Saunan lattiavalo', false);
  home.addLike('Makuuhuoneen ilma', 'Kylpyhuone');
  home.moveTo('Kylpyhuone', '$BATHROOM');
  home.change('Kylpyhuone', { temperature: 23.1, humidity: 44 });
  home.rename('devices', 'Makuuhuoneen ilma', 'Saunan ilma');
  home.moveTo('Saunan ilma', 'Sauna');
  home.change('Saunan ilma', { temperature: 85.8, humidity: 62 });
  home.addLike('Ulko-ovi', 'Takaovi');
  home.moveTo('Takaovi', '$KITCHEN');
  home.change('Ulko-ovi', { open: true });
  home.change('Takaovi', { open: false });
  home.rename('devices', 'Rullaverho', 'Makuuhuoneen kaihdin');
  home.moveTo('Makuuhuoneen kaihdin', '$BEDROOM');
  home.change('Makuuhuoneen kaihdin', { position: 0.4, liftPct: 40 });
  home.rename('devices', 'Makuuhuoneen patteri', 'Makuuhuoneen termostaatti');
  home.change('Makuuhuoneen termostaatti', { temperature: 20.5, targetTemp: 21 });
  home.rename('devices', 'Eteisen seinäkytkin', 'Olohuoneen katkaisin');
  home.moveTo('Olohuoneen katkaisin', '$LIVINGROOM');
  home.rename('groups', 'Makuuhuone', 'Olohuoneen valot');
  home.rename('devices', 'Terassin valot', 'Pihavalo');
  home.setReachable('Pihavalo', false);
  home.rename('devices', 'Saunan kiuas', 'Kahvinkeitin');
  home.moveTo('Kahvinkeitin', '$KITCHEN');
}

const HOT = {
  ...{ condition: { field: 'temperature', op: 'above', value: 70 }, for: 300, payload: 'temperature' },
};
const set = (field: string, value: string, valueType = 'num'): object => ({ command: 'set', field, value, valueType });
const named = (name: string): object => ({ hub: '', kind: '', id: '', name });

const tryIt = async ({ editor }: Open): Promise<void> => {
  const { page } = editor;
  await until('Try it', () => page.locator('#cozify-target-try').isEnabled());
  await page.locator('#cozify-target-try').click();
  await page.locator('#cozify-target-tried li').first().waitFor();
};

const unfold = async ({ editor, picker }: Open): Promise<void> => {
  await editor.page.locator('#cozify-filter').click();
  await picker.untilAnnounced(/\d/);
  await editor.page.locator('#cozify-more').click();
};

const listen = async ({ editor, home }: Open): Promise<void> => {
  const { page } = editor;
  await page.locator('#cozify-press-listen').click();
  await page.waitForTimeout(3_000);
  home.press('Olohuoneen katkaisin', 1, ['longpress']);
  await until('the press', async () => /\S/.test(await page.locator('#cozify-press-heard').innerText()));
};

const search = async ({ picker }: Open): Promise<void> => {
  await picker.type('sau');
  await picker.options.nth(3).waitFor();
  await picker.page.waitForTimeout(800);
  await picker.page.keyboard.press('ArrowDown');
  await picker.page.keyboard.press('ArrowDown');
};

const typed = async ({ editor }: Open): Promise<void> => {
  await editor.page.locator('#cozify-value-typed').click();
};

const FILTERED = {
  ...{ rooms: ['$LIVINGROOM', '$HALLWAY'], capabilities: ['MOTION', 'CONTACT'], capabilitiesMatch: 'any' },
  fields: ['motion', 'open'],
};
const ONLY_IF = { condition: { field: 'humidity', op: 'above', value: 60 }, outputs: 2, field: 'temperature' };
const CLOSED = { condition: { field: 'open', op: 'is', value: false }, match: 'all', timeout: 300 };
const TWO_PRESSES = {
  presses: [
    { button: 1, press: 'short' },
    { button: 1, press: 'long' },
  ],
  outputs: 2,
};
const SORTS = ['Kattovalo', 'Pihavalo', 'Kahvinkeitin', 'groups:Olohuoneen valot', 'scenes:Saunailta'];
const MORE_SORTS = ['rules:Elokuvavalot himmeinä', 'rooms:Sauna', 'alarms:Kiuas on ollut päällä pitkään'];
const CHIPS = {
  things: [...SORTS, ...MORE_SORTS],
  properties: { also: ['Lukuvalo', '${CZ_LAMP}', 'Myyty lamppu', 'Lamppu'].map(named) },
};

/** The state of the dialog in each screenshot, by the name of the screenshot. */
export const STATES: Record<string, DialogState> = {
  'changes-folded': { type: 'changes', things: ['Sauna'], properties: HOT, height: 852 },
  'changes-fi': { type: 'changes', things: ['Sauna'], properties: HOT, height: 852, locale: 'fi-FI' },
  'changes-fi-5.0-dark': {
    type: 'changes',
    things: ['Sauna'],
    properties: HOT,
    height: 852,
    locale: 'fi-FI',
    isDark: true,
  },
  'changes-phone-390': { type: 'changes', things: ['Sauna'], properties: HOT, height: 844, isOnPhone: true },
  'changes-unfolded': { type: 'changes', properties: FILTERED, height: 1372, then: unfold },
  'changes-unfolded-5.0-dark': { type: 'changes', properties: FILTERED, height: 1372, isDark: true, then: unfold },
  'command-message': { type: 'command', things: ['Kattovalo'], properties: {}, height: 732 },
  'command-brightness': {
    ...{ type: 'command', things: ['Kattovalo'], properties: set('brightness', '60'), height: 732, then: tryIt },
  },
  'command-white': {
    ...{ type: 'command', things: ['Kattovalo'], height: 732 },
    properties: { ...set('colorTemperature', '2700'), transition: 5 },
  },
  'command-colour-fi': {
    ...{ type: 'command', things: ['Kattovalo'], height: 732, locale: 'fi-FI', then: tryIt },
    properties: set('color', '#ff8800', 'str'),
  },
  'command-blind': {
    type: 'command',
    things: ['Makuuhuoneen kaihdin'],
    properties: set('position', '80'),
    height: 732,
  },
  'command-group': {
    ...{ type: 'command', things: ['groups:Olohuoneen valot', 'rooms:Sauna'], height: 812, then: tryIt },
    properties: { command: 'off', confirm: 3 },
  },
  'command-mode': { type: 'command', things: ['Ilmalämpöpumppu'], properties: set('mode', 'heat', 'str'), height: 852 },
  'command-mode-typed': {
    ...{
      type: 'command',
      things: ['Ilmalämpöpumppu'],
      properties: set('mode', 'heat', 'str'),
      height: 852,
      then: typed,
    },
  },
  'command-number-wrong': {
    ...{
      type: 'command',
      things: ['Makuuhuoneen termostaatti'],
      properties: set('targetTemperature', '215'),
      height: 732,
    },
  },
  'command-phone-390-fi': {
    ...{ type: 'command', things: ['Kattovalo'], properties: set('brightness', '60'), height: 844, then: tryIt },
    ...{ locale: 'fi-FI', isOnPhone: true },
  },
  read: { type: 'read', things: ['Saunan ilma', 'Kylpyhuone'], properties: ONLY_IF, height: 852 },
  wait: { type: 'wait', things: ['Ulko-ovi', 'Takaovi'], properties: CLOSED, height: 812 },
  'button-idle': { type: 'button', properties: {}, height: 652 },
  'button-listening': {
    ...{ type: 'button', things: ['Olohuoneen katkaisin'], properties: TWO_PRESSES, height: 732, then: listen },
  },
  'search-open': { type: 'changes', things: ['Saunan kattovalo'], properties: {}, height: 732, then: search },
  chips: { type: 'command', ...CHIPS, height: 1192 },
  'chips-5.0-dark': { type: 'command', ...CHIPS, height: 1192, isDark: true },
};

/** Deploys a node for each state, with the state's name as its id. Logs the account in. */
export async function deployStates(
  desk: Desk,
  hub: SimulatedHub,
  states: Readonly<Record<string, DialogState>>,
): Promise<void> {
  const rest = lampFlow(desk.simulator.cloudUrl).filter(({ type }) => type === 'tab' || type === 'cozify-account');
  await desk.nodeRed.deploy([...rest, ...Object.entries(states).map((state, index) => nodeOf(hub, state, index))]);
  await desk.logIn({ id: ACCOUNT, email: 'aino@example.fi' });
}

/** Opens the dialog of a state. On a phone, first hides the sidebar, which covers the node. */
export async function openState({ page }: Editor, name: string): Promise<void> {
  const { width = 0 } = page.viewportSize() ?? {};
  const hide = width < 500 ? "RED.actions.invoke('core:toggle-sidebar', false);" : '';
  await page.evaluate(`${hide} RED.editor.edit(RED.nodes.node('${name}'))`);
  await page.locator('#dialog-form .cozify-dialog').waitFor();
  // Wait until the dialog's opening animation ends, because Node-RED moves the focus until then.
  await untilSettled(trayWith(page, '#dialog-form'));
}

/** Returns the node of a dialog state: a node as the editor creates it, with the properties of the state. */
function nodeOf(hub: SimulatedHub, [name, state]: [string, DialogState], place: number): FlowNode {
  const usual = lampFlow('').find(({ type }) => type === `cozify-${state.type}`);
  if (usual === undefined) throw new Error(state.type);
  const { also = [], ...properties } = state.properties as { also?: object[] };
  const targets = [...(state.things ?? []).map((thing) => targetOf(hub, thing)), ...also];
  const command = state.type === 'command' ? { command: 'payload' } : {};
  return { ...usual, ...command, ...properties, id: name, targets, x: 200, y: 40 + place * 40 };
}

function targetOf(hub: SimulatedHub, thing: string): object {
  const [first = '', second] = thing.split(':');
  const listing = (second === undefined ? 'devices' : first) as Listing;
  const name = second ?? first;
  return { hub: hub.id, kind: listing.slice(0, -1), id: hub.home.find(listing, name).id, name };
}
