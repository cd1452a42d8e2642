// Checks of the target picker by mouse and keyboard.
import assert from 'node:assert/strict';
import { becomes } from '../../support/becomes';
import type { SimulatedHub } from '../../../packages/cozify-practice/src/hub';
import { findViolations } from '../../support/axe';
import { until } from '../../support/wait';
import type { Desk } from './desk';
import type { Editor } from './editor';
import { targetOf } from './home-flows';
import { intercept } from './intercept';
import { bedroomLamp, deployLamp, savedTargets } from './lamp-flow';
import { Picker } from './picker';

/** Returns a target that has only a name, without a hub, a kind or an id. */
export function byName(name: string): { hub: string; kind: string; id: string; name: string } {
  return { hub: '', kind: '', id: '', name };
}

async function open(desk: Desk, node: string): Promise<[Editor, Picker]> {
  const editor = await desk.usedEditor();
  await editor.openNode(node);
  return [editor, new Picker(editor.page)];
}

/**
 * Asserts that Enter and Tab choose the only target that matches, and that Done saves text without a match as a name.
 */
export async function typeNames(desk: Desk): Promise<void> {
  const hub = await deployLamp(desk);
  const idOf = (name: string): string => hub.home.device(name).id;
  const [editor, picker] = await open(desk, 'changes');
  const { keyboard } = editor.page;
  // Waits for the matches before each key, because the dialog itself waits for only 4 s.
  await picker.searchFor('saunan lämpömittari');
  await picker.option(idOf('Saunan lämpömittari')).waitFor();
  await keyboard.press('Enter');
  await until('the only match', async () => (await picker.ids()).join() === idOf('Saunan lämpömittari'));
  await picker.searchFor('ulko-ovi');
  await picker.option(idOf('Ulko-ovi')).waitFor();
  await keyboard.press('Tab');
  await until('the match chosen by Tab', async () => (await picker.ids()).includes(idOf('Ulko-ovi')));
  await picker.type('Kesämökin valo');
  await editor.closeNode('ok');
  const node = <T>(property: string): Promise<T> => editor.page.evaluate<T>(`RED.nodes.node('changes').${property}`);
  const saved = await node<{ id: string; name: string }[]>('targets');
  assert.deepEqual(
    saved.map(({ id, name }) => id || name),
    [idOf('Saunan lämpömittari'), idOf('Ulko-ovi'), 'Kesämökin valo'],
  );
  await until(
    "the node's error triangle, because no device has this name",
    async () => !(await node<boolean>('valid')),
  );
}

/**
 * Asserts that a saved name of two devices offers both, and that Done keeps the dialog open if several targets match the
 * typed text, and shows how many.
 */
export async function askWhichOne(desk: Desk): Promise<void> {
  const hub = await deployLamp(desk);
  const [one, other] = hub.home.devices.filter(({ type }) => type === 'LIGHT');
  assert.ok(one && other);
  const names = [one.name, other.name];
  for (const { id } of [one, other]) hub.home.rename('devices', id, 'Kaksonen');
  try {
    await deployLamp(desk, { targets: [byName('Kaksonen')] });
    const [editor, picker] = await open(desk, 'lamp');
    // The account reads the new names from the hub within a few seconds.
    await becomes(() => picker.chips.locator('[data-do=choose]').count(), 2);
    await becomes(async () => (await picker.chipTexts()).join(), /^Kaksonen by name 2 have this name\. /);
    await picker.chips.locator('[data-do=choose]').last().click();
    await until('one of them', async () => [one.id, other.id].includes((await picker.ids()).join()));
    const [chosen] = await picker.ids();
    const left = chosen === one.id ? other.id : one.id;
    await picker.searchFor('kaksonen');
    await editor.page.locator('#node-dialog-ok').click();
    await picker.untilAnnounced(/2 are called "kaksonen": choose one/);
    await becomes(() => editor.page.locator('#node-dialog-ok').isVisible(), true, 'the dialog stays open');
    await becomes(() => picker.hasFocus(), true);
    const name = editor.page.locator('#node-input-name');
    await name.click();
    await becomes(() => picker.list.isVisible(), true, 'the user still has to choose');
    await name.click();
    await picker.list.waitFor({ state: 'hidden' });
    await picker.search.click();
    await picker.option(left).click();
    await editor.closeNode('ok');
    await editor.deploy();
    const saved = savedTargets(await desk.nodeRed.flows()) as { id: string }[];
    assert.deepEqual(
      saved.map(({ id }) => id),
      [chosen, left],
    );
  } finally {
    hub.home.rename('devices', one.id, names[0] ?? '');
    hub.home.rename('devices', other.id, names[1] ?? '');
  }
}

/**
 * Asserts that names are resolved to devices, that the buttons of a target run commands, and that a new target can
 * replace a missing one.
 */
export async function resolveChoices(desk: Desk): Promise<void> {
  const hub = await deployLamp(desk);
  const lamp = bedroomLamp(hub);
  hub.home.change('Lukuvalo', { isOn: false });
  await deployLamp(desk, { targets: [byName('Lukuvalo'), byName('Myyty lamppu'), byName('${LAMP}')] });
  const [editor, picker] = await open(desk, 'lamp');
  const is = (): Promise<(string | null)[]> =>
    picker.chips.evaluateAll((chips) => chips.map((chip) => chip.getAttribute('data-is')));
  await until('the resolved targets', async () => (await is()).join() === 'found,gone,env');
  await picker.untilAnnounced(/3 chosen, 1 needs a look/);
  // The chip of a lamp gets its command buttons only after its state has arrived.
  const buttons = picker.chips.first().locator('[data-do]');
  const offered = (): Promise<(string | null)[]> =>
    buttons.evaluateAll((all) => all.map((one) => one.getAttribute('data-do')));
  await becomes(offered, ['on', 'off', 'blink', 'remove']);
  assert.deepEqual(
    [await picker.line(), ...(await picker.chipTexts())],
    [
      '!3 chosen, 1 needs a look',
      'Lukuvalo by name Bedroom · off [On: Lukuvalo] [Off: Lukuvalo] [Blink: Lukuvalo] [Remove Lukuvalo]',
      'Myyty lamppu by name not found: it was removed or renamed. Choose another' +
        ' [Choose another: Myyty lamppu] [Remove Myyty lamppu]',
      '${LAMP} by name a variable: known when the flow runs [Remove ${LAMP}]',
    ],
  );
  await intercept(editor.page, '**/command', (route) =>
    route.fulfill({ status: 502, json: { code: 'COZIFY_FORBIDDEN', message: '' } }),
  );
  await picker.chips.first().locator('[data-do=off]').click();
  await becomes(() => picker.line(), '!The hub does not allow this: your role in the Cozify app is too low.');
  await editor.page.unroute('**/command');
  await picker.chips.first().locator('[data-do=on]').click();
  await until('the lamp to be lit', () => hub.home.device('Lukuvalo').state['isOn'] === true);
  await picker.untilAnnounced(/Lukuvalo.* on/);
  await picker.chips.locator('[data-do=choose]').click();
  assert.ok(await picker.hasFocus());
  await picker.choose('kattovalo bed', lamp.id);
  assert.deepEqual(
    await picker.names(),
    ['Lukuvalo', 'Kattovalo', '${LAMP}'],
    'the new choice replaces the missing target',
  );
  await becomes(() => picker.line(), '~3 chosen');
  await editor.closeNode('cancel');
}

/** Filters by a whole room and by kinds of devices, and asserts the texts and the saved settings. */
export async function chooseByTags(desk: Desk): Promise<void> {
  const hub = await deployLamp(desk);
  const room = hub.home.all('rooms').find(({ name }) => name === '$HALLWAY');
  assert.ok(room);
  const [editor, picker] = await open(desk, 'changes');
  const { page } = editor;
  const count = desk.simulator.hubs.flatMap(({ home }) => home.devices).length;
  await picker.untilAnnounced(new RegExp(`^Nothing chosen: everything at home, ${count} devices$`));
  await picker.searchFor('hallway');
  await picker.list.locator(`[data-kind=room][data-id="${String(room.id)}"]`).click();
  await until('the things of the room', async () => (await picker.rows()).includes('angle-left | Back | '));
  assert.ok(await picker.hasFocus());
  await picker.list.locator('[data-row=filter]').click();
  await picker.untilAnnounced(/^All devices are chosen: Hallway$/);
  await page.locator('#cozify-filter').click();
  const pressed = page.locator('#cozify-filter-rows [aria-pressed=true]');
  await until('the pressed room', async () => (await pressed.count()) === 1);
  await page.locator('[data-capability=MOTION]').click();
  await page.locator('[data-capability=CONTACT]').click();
  await becomes(() => pressed.count(), 3);
  await picker.untilAnnounced(/^Nothing chosen: all \d+ motion sensors and doors of Hallway$/);
  await editor.closeNode('ok');
  await editor.deploy();
  const saved = (await desk.nodeRed.flows()).find(({ id }) => id === 'changes');
  assert.deepEqual(
    [saved?.['rooms'], saved?.['capabilities'], saved?.['capabilitiesMatch'], saved?.['targets']],
    [[room.id], ['MOTION', 'CONTACT'], 'any', []],
  );
}

/** Checks with axe the chosen targets of each kind, the tags, and an open list of rooms and devices. */
export async function checkChoicesWithAxe(desk: Desk, theme: 'light' | 'dark' = 'light'): Promise<void> {
  const hub = await deployLamp(desk);
  await deployLamp(desk, { targets: targetOfEachKind(hub), command: 'payload' });
  const editor = await desk.usedEditor({ isOwn: theme === 'dark' });
  if (theme === 'dark') await editor.page.evaluate(`document.documentElement.classList.add('nr-theme-dark')`);
  const picker = new Picker(editor.page);
  await editor.openNode('lamp');
  await until('all resolved targets', async () => (await editor.page.locator('[data-is=gone]').count()) > 0);
  const look = async (): Promise<void> =>
    assert.deepEqual(await findViolations(editor.page, '#dialog-form', ['[id^="red-ui-trap-"]']), []);
  await look();
  await editor.closeNode('cancel');
  await editor.openNode('changes');
  await editor.page.locator('#cozify-filter').click();
  await editor.page.locator('#cozify-rooms button').first().click();
  await picker.type('sau');
  await picker.options.nth(2).waitFor();
  await editor.page.keyboard.press('ArrowDown');
  await look();
  await editor.page.keyboard.press('Escape');
  await picker.search.fill('');
  await editor.closeNode('cancel');
}

/** Returns a target of each kind. */
export function targetOfEachKind(hub: SimulatedHub): object[] {
  const target = (kind: string, { id, name }: { id: string; name?: unknown }): object => ({
    ...{ hub: hub.id, kind, id },
    name: String(name),
  });
  const of = (listing: 'groups' | 'scenes' | 'rules' | 'rooms'): { id: string; name?: unknown } => {
    const [first] = hub.home.all(listing);
    assert.ok(first, listing);
    return first;
  };
  return [
    targetOf(hub, 'Lukuvalo'),
    target('group', of('groups')),
    target('scene', of('scenes')),
    target('rule', of('rules')),
    target('room', of('rooms')),
    ...['Saunan kiuas', '${CZ_LAMP}', 'Myyty lamppu'].map(byName),
  ];
}
