import assert from 'node:assert/strict';
import { becomes } from '../support/becomes';
import { until } from '../support/wait';
import { Desk, LANGUAGES } from './support';
import { askWhichOne, byName, chooseByTags, resolveChoices, checkChoicesWithAxe, typeNames } from './support/choosing';
import { ACCOUNT, deployLamp, savedTargets } from './support/lamp-flow';
import { Picker } from './support/picker';

describe('Choosing targets', () => {
  let desk: Desk;

  before(async () => {
    desk = await Desk.open({}, { hubs: [{ name: 'Koti' }] });
  });
  afterEach(async () => {
    for (const hub of desk.simulator.hubs) await hub.goOnline();
    await desk.tidy();
  });
  after(() => desk?.close());

  it('keeps typed text: a single match is chosen, any other text becomes a name', () => typeNames(desk));

  it('asks which target is meant if several match the typed text', () => askWhichOne(desk));

  it('resolves choices by name, and runs the command of a button immediately', () => resolveChoices(desk));

  for (const language of LANGUAGES) {
    it(`filters by rooms and kinds of devices, in ${language}`, () => chooseByTags(desk, language));

    it(`has no accessibility violation according to axe, in ${language}`, () =>
      checkChoicesWithAxe(desk, { language, isDark: false }));
  }

  it('offers a button for each of two devices with the same name', async () => {
    const hub = await deployLamp(desk);
    const [one, other] = hub.home.devices.filter(({ type }) => type === 'LIGHT');
    assert.ok(one && other);
    const names = [one.name, other.name];
    for (const { id } of [one, other]) hub.home.rename('devices', id, 'Kaksonen');
    await deployLamp(desk, { targets: [byName('Kaksonen')] });
    const editor = await desk.usedEditor();
    await editor.openNode('lamp');
    const picker = new Picker(editor.page);
    await until('both', async () => (await picker.chips.locator('[data-do=choose]').count()) === 2);
    await becomes(
      () => picker.chipTexts(),
      [
        'Kaksonen by name 2 have this name. Living room · Kitchen' +
          ' [Living room: Kaksonen] [Kitchen: Kaksonen] [Remove Kaksonen]',
      ],
    );
    await picker.chips.locator('[data-do=choose]').last().click();
    await until('one', async () => [one.id, other.id].includes((await picker.ids()).join()));
    await editor.closeNode('cancel');
    [one, other].forEach(({ id }, index) => hub.home.rename('devices', id, names[index] ?? ''));
  });

  it('moves with Home and End, deselects with Enter, and edits the last choice with Backspace', async () => {
    const hub = await deployLamp(desk);
    const editor = await desk.usedEditor();
    await editor.openNode('changes');
    const { page } = editor;
    const picker = new Picker(page);
    const { keyboard } = page;
    const meter = hub.home.devices.find(({ name }) => name === 'Saunan lämpömittari');
    assert.ok(meter);
    await picker.choose('saunan läm', meter.id);
    await picker.untilAnnounced(/^1 chosen$/);
    await becomes(() => page.locator('#cozify-filter').isVisible(), false, 'the chosen thing is not filtered');
    await keyboard.press('ArrowDown');
    await until('all things', async () => (await picker.options.count()) > 20);
    await keyboard.press('End');
    const active = (): Promise<string | null> => picker.search.getAttribute('aria-activedescendant');
    const last = (await picker.options.count()) - 1;
    assert.equal(await active(), `cozify-target-option-${last}`);
    await becomes(() => page.evaluate<boolean>(isInList(last)), true, 'it is scrolled to');
    await keyboard.press('Home');
    assert.equal(await active(), 'cozify-target-option-0');
    // Enters the whole text at once: the row becomes active only when the matches of exactly this text have arrived.
    await picker.search.fill('saunan läm');
    const isAtIt = async (): Promise<boolean> =>
      (await picker.option(meter.id).count()) === 1 &&
      (await active()) === (await picker.option(meter.id).getAttribute('id'));
    await until('the keys to be at it', isAtIt);
    await becomes(() => picker.option(meter.id).getAttribute('aria-selected'), 'true');
    await keyboard.press('Enter');
    await picker.untilAnnounced(/^Saunan lämpömittari removed$/);
    await picker.choose('saunan läm', meter.id);
    await keyboard.press('Backspace');
    await until('the name', async () => (await picker.search.inputValue()) === 'Saunan lämpömittari');
    assert.deepEqual(await picker.ids(), []);
    await editor.closeNode('ok');
    await editor.deploy();
    const saved = savedTargets(await desk.nodeRed.flows(), 'changes') as { id: string }[];
    assert.deepEqual(
      saved.map(({ id }) => id),
      [meter.id],
    );
  });

  it('updates the status after the account changes and after the hub comes back', async () => {
    const hub = await deployLamp(desk);
    await deployLamp(desk, { targets: [byName('Lukuvalo')] });
    const flows = await desk.nodeRed.flows();
    const other = { ...flows.find(({ id }) => id === ACCOUNT), id: 'stranger', name: 'Mökki', email: 'x@example.fi' };
    await desk.nodeRed.deploy([...flows, other as never]);
    const editor = await desk.usedEditor();
    await editor.openNode('lamp');
    const picker = new Picker(editor.page);
    await until('what it is', async () => (await picker.chips.getAttribute('data-is')) === 'found');
    await editor.page.locator('#node-input-account').selectOption('stranger');
    await picker.untilAnnounced(/log in/);
    await until('that nobody knows', async () => (await picker.chips.getAttribute('data-is')) === 'unknown');
    await editor.page.locator('#node-input-account').selectOption(ACCOUNT);
    await picker.untilAnnounced(/^1 chosen$/);
    await hub.goOffline();
    await picker.untilAnnounced(/can't be reached/);
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await editor.page.route('**/cozify/accounts/**', (route) => held.then(() => route.continue()));
    await editor.page.locator('#node-input-account').selectOption('stranger');
    await becomes(() => picker.line(), '', 'nothing is known yet');
    assert.deepEqual(await picker.chipTexts(), ['Lukuvalo by name [Remove Lukuvalo]']);
    release();
    await becomes(() => picker.line(), '!This account is not logged in: open it to log in. You can type a name.');
    await editor.page.unroute('**/cozify/accounts/**');
    await editor.page.locator('#node-input-account').selectOption(ACCOUNT);
    await hub.goOnline();
    await becomes(() => picker.line(), '~1 chosen');
    await editor.closeNode('cancel');
  });
});

/** Returns code that checks whether a row is in the visible part of the list. */
function isInList(row: number): string {
  return `(() => {
    const ids = ['cozify-target-option-${row}', 'cozify-target-list'];
    const [inner, outer] = ids.map((id) => document.getElementById(id).getBoundingClientRect());
    return inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1;
  })()`;
}
