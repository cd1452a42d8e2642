import assert from 'node:assert/strict';
import { becomes } from '../support/becomes';
import { Desk, intercept } from './support';
import { targetOf } from './support/home-flows';
import { outline } from './support/outline';
import { deployedNode, deployNodes, untilText } from './support/values';

const SAUNA = 'Saunan lämpömittari';
const DOOR = 'Ulko-ovi';

describe('The value and condition rows of a dialog', () => {
  const desk = Desk.forSuite();

  it('show the value of a condition and an example message in the changes dialog, and can remove the condition', async () => {
    const hub = await deployNodes(desk, {});
    const sauna = targetOf(hub, SAUNA);
    hub.home.change(sauna.id, { temperature: 85.84 });
    // A flow of an earlier version may have no duration.
    await deployNodes(desk, { changes: { targets: [sauna], for: undefined } });
    const editor = await desk.usedEditor();
    const { page } = editor;
    await editor.openNode('changes');
    await untilText(editor, '#cozify-example', /msg\.payload \{ temperature: 85\.8/);
    const when = (): Promise<string[]> => outline(page.locator('[data-question=when]'));
    assert.deepEqual(await when(), [
      ...['When to send?', '(x)', 'When anything changes', '( )', 'When one of these values changes'],
      ...['( )', 'When this comes true'],
    ]);
    await page.getByLabel('When this comes true').check();
    await becomes(() => page.locator('#node-input-condition-field').inputValue(), 'temperature', 'what says most');
    await page.locator('#node-input-condition-op').selectOption('above');
    await page.locator('#node-input-condition-value').fill('70,5');
    await untilText(editor, '#cozify-condition-now', /^Now 85\.8 °C: true already\. It is sent the next time this/);
    await page.locator('#cozify-for').fill('5');
    await page.locator('#cozify-for-unit').selectOption('min');
    await becomes(when, [
      ...['When to send?', '( )', 'When anything changes', '( )', 'When one of these values changes'],
      ...['(x)', 'When this comes true', 'Value = temperature, °C', 'Comparison = is above'],
      ...['Value to compare with = 70,5', '°C', 'for at least', ' = 5 focused', 'Unit of time = min'],
      'Now 85.8 °C: true already. It is sent once this has lasted that long.',
    ]);
    await page.locator('#node-input-payload').selectOption({ label: 'temperature, °C' });
    await becomes(() => page.locator('#cozify-when-any-text').innerText(), 'When the temperature changes');
    await untilText(editor, '#cozify-example', /msg\.payload 85\.8/);
    await page.locator('#cozify-more').click();
    await page.locator('.cozify-hub').waitFor();
    assert.equal(await page.locator('#cozify-only-fields-row').isVisible(), false, 'only for flows that use it');
    const saved = await deployedNode(desk, editor, 'changes');
    assert.deepEqual(saved['condition'], { field: 'temperature', op: 'above', value: 70.5 });
    assert.deepEqual([saved['for'], saved['payload'], saved['fields']], [300, 'temperature', []]);
    await editor.openNode('changes');
    await becomes(() => page.locator('#cozify-for').inputValue(), '5');
    await page.getByLabel('When the temperature changes').check();
    await becomes(() => page.locator('#cozify-for').isVisible(), false);
    const removed = await deployedNode(desk, editor, 'changes');
    assert.deepEqual([removed['condition'], removed['for'], removed['fields']], [null, 0, []]);
  });

  it('offer fields as tags, and add a typed field as a tag', async () => {
    const hub = await deployNodes(desk, {});
    await deployNodes(desk, { changes: { targets: [targetOf(hub, DOOR)] } });
    const editor = await desk.usedEditor();
    const { page } = editor;
    await editor.openNode('changes');
    await page.getByLabel('When one of these values changes').check();
    const open = page.locator('#cozify-fields [data-field=open]');
    await open.click();
    await becomes(() => open.getAttribute('aria-pressed'), 'true');
    const tick = await open.evaluate((tag) => getComputedStyle(tag, '::before').content);
    assert.match(tick, /^"✓\s"$/, 'a tick, and a space before the text');
    await page.locator('#cozify-fields').getByRole('button', { name: 'another value…' }).click();
    await page.keyboard.type('alarmState');
    await page.keyboard.press('Enter');
    const fields = (): Promise<string[]> => outline(page.locator('#cozify-fields'));
    const rest = ['<alarmState> pressed', '<another value…>'];
    await becomes(fields, [
      ...['<open or closed> pressed', '<battery, V>', '<battery low>', rest[0] ?? '', `${rest[1]} focused`],
    ]);
    const low = page.locator('#cozify-fields').getByRole('button', { name: 'battery low' });
    await low.click();
    await becomes(fields, ['<open or closed> pressed', '<battery, V>', '<battery low> pressed focused', ...rest]);
    await low.click();
    await becomes(fields, ['<open or closed> pressed', '<battery, V>', '<battery low> focused', ...rest]);
    const saved = await deployedNode(desk, editor, 'changes');
    assert.deepEqual(saved['fields'], ['open', 'alarmState']);
  });

  it('add a typed field, a condition and a second output to the read node, and discard a field with Esc', async () => {
    const hub = await deployNodes(desk, {});
    const targets = [targetOf(hub, SAUNA), targetOf(hub, 'Ulkolämpötila')];
    hub.home.change(targets[0]?.id ?? '', { temperature: 85.84 });
    await deployNodes(desk, { read: { targets } });
    const editor = await desk.usedEditor();
    const { page } = editor;
    await editor.openNode('read');
    const field = page.locator('#node-input-field');
    await field.selectOption({ label: 'another value…' });
    await page.keyboard.type('nothing');
    await page.keyboard.press('Escape');
    const shown = async (): Promise<string[]> => (await outline(page.locator('[data-question=value]'))).slice(0, 4);
    const more = ['[ ]', 'only those where a value is…'];
    await becomes(shown, ['Which value?', 'Which value? = all its values focused', ...more]);
    await field.selectOption({ label: 'another value…' });
    await becomes(shown, ['Which value?', 'Which value? = another value…', 'Name of the value =  focused', '[ ]']);
    await page.keyboard.type('bass');
    await page.keyboard.press('Enter');
    await becomes(shown, ['Which value?', 'Which value? = bass focused', ...more]);
    await field.selectOption('temperature');
    await page.locator('#cozify-only-if').check();
    await becomes(() => page.locator('#node-input-condition-field').inputValue(), 'temperature', 'what says most');
    await page.locator('#node-input-condition-value').fill('70');
    await untilText(editor, '#cozify-condition-now', /^Now 1 of 2\. Output 2: none of them\.$/);
    await page.locator('#cozify-only-if').uncheck();
    assert.equal(await page.locator('#node-input-outputs').inputValue(), '1');
    await becomes(() => page.locator('#cozify-only-if-rows').isVisible(), false);
    await page.locator('#cozify-only-if').check();
    await becomes(() => page.locator('#node-input-condition-value').inputValue(), '70', 'the condition is kept');
    await page.locator('#node-input-output').selectOption('map');
    await untilText(editor, '#cozify-example', /^msg\.payload \{ "Saunan lämpömittari": 85\.8 \}$/);
    await field.selectOption({ label: 'another value…' });
    // Types a value and presses Done without pressing Enter first.
    await page.keyboard.type('treble');
    const saved = await deployedNode(desk, editor, 'read');
    assert.deepEqual(saved['condition'], { field: 'temperature', op: 'above', value: 70 });
    assert.deepEqual([saved['field'], saved['outputs']], ['treble', 2]);
  });

  it('change a new condition to the main field once the home is loaded, unless the user has edited it', async () => {
    const hub = await deployNodes(desk, {});
    await deployNodes(desk, { read: { targets: [targetOf(hub, SAUNA)] } });
    for (const isChosen of [false, true]) {
      // Opens an editor whose page has not loaded the devices and rooms.
      const editor = await desk.usedEditor();
      const { page } = editor;
      const field = page.locator('#node-input-condition-field');
      let answer = (): void => undefined;
      const isAnswered = new Promise<void>((resolve) => (answer = resolve));
      await intercept(page, /\/(things\?|resolve)/, (route) => isAnswered.then(() => route.continue()));
      await editor.openNode('read');
      await page.locator('#cozify-only-if').check();
      await becomes(() => field.inputValue(), 'on', 'a guess without a known state');
      if (isChosen) await page.locator('#node-input-condition-value').selectOption('false');
      answer();
      await becomes(() => field.locator('option').allInnerTexts(), /temperature/, 'what the thing has');
      await becomes(() => field.inputValue(), isChosen ? 'on' : 'temperature');
      await editor.closeNode('cancel');
      await desk.tidy();
    }
  });

  it('show the inputs that suit the chosen field, operator and value', async () => {
    const hub = await deployNodes(desk, {});
    await deployNodes(desk, { wait: { targets: [targetOf(hub, 'Ilmalämpöpumppu')], condition: null } });
    const editor = await desk.usedEditor();
    const { page } = editor;
    await editor.openNode('wait');
    const shown = (): Promise<string[]> => outline(page.locator('[data-question=until]'));
    const input = (name: string) => page.locator(`#node-input-condition-${name}`);
    const options = (name: string): Promise<string[]> => input(name).locator('option').allInnerTexts();
    const becomesAfter = async (name: string, value: string, lines: string[]): Promise<void> => {
      await input(name).selectOption(value);
      await becomes(shown, ['Wait for what?', ...lines]);
    };
    const mode = (op: string, value: string[], now: string): string[] => [
      ...['Value = mode', `Comparison = ${op}`, ...value.map((one) => `Value to compare with = ${one}`), `Now ${now}`],
    ];
    const warmth = (op: string, value: string[], now: string): string[] => [
      ...['Value = target temperature, °C (targetTemperature)', `Comparison = ${op}`, ...value, `Now 22 °C${now}`],
    ];
    const number = ['Value to compare with = 22', '°C'];
    await becomes(() => options('field'), /mode/);
    assert.deepEqual(await shown(), [
      ...['Wait for what?', 'Value = choose a value… invalid', 'Comparison = is', 'Value to compare with = '],
      'Choose what to wait for: a field and what it should be.',
    ]);
    await becomesAfter('field', 'mode', mode('is', ['heat'], 'heat: true already. A message would go on at once.'));
    assert.deepEqual(await options('op'), ['is', 'is not', 'changes']);
    await becomesAfter('op', 'changes', mode('changes', [], 'heat. A message would wait.'));
    await becomesAfter('op', 'not', mode('is not', ['heat'], 'heat: not true. A message would wait.'));
    assert.equal((await options('value')).at(-1), 'another value…');
    const other = mode('is not', [' focused'], 'heat: true already. A message would go on at once.');
    await becomesAfter('value', '…', other);
    await page.keyboard.type('heat');
    await becomes(shown, [
      'Wait for what?',
      ...mode('is not', ['heat focused'], 'heat: not true. A message would wait.'),
    ]);
    const focused = ['Value to compare with = 22 focused', '°C'];
    await becomesAfter('field', 'targetTemperature', warmth('is above', focused, ': not true. A message would wait.'));
    assert.deepEqual(await options('op'), ['is', 'is not', 'is above', 'is below', 'changes']);
    await becomesAfter('op', 'changes', warmth('changes', [], '. A message would wait.'));
    await becomesAfter('op', 'below', warmth('is below', number, ': not true. A message would wait.'));
    await becomesAfter('field', 'mode', mode('is', ['heat'], 'heat: true already. A message would go on at once.'));
    assert.equal(await input('value').evaluate((it) => it.tagName), 'SELECT', 'a list again');
    await page.locator('#node-input-checkNow').uncheck();
    await becomes(shown, ['Wait for what?', ...mode('is', ['heat'], 'heat: true already. A message would wait.')]);
    const saved = await deployedNode(desk, editor, 'wait');
    assert.deepEqual(saved['condition'], { field: 'mode', op: 'is', value: 'heat' });
  });

  it('show in the wait dialog whether a message would wait, and explain an invalid condition and timeout', async () => {
    const hub = await deployNodes(desk, {});
    const targets = ['Eteisen valo', 'Lukuvalo'].map((name) => targetOf(hub, name));
    for (const [index, { id }] of targets.entries()) hub.home.change(id, { isOn: index === 0 });
    const condition = { field: 'on', op: 'is', value: true };
    await deployNodes(desk, { wait: { targets, condition, match: 'all', timeout: 300 } });
    const editor = await desk.usedEditor();
    const { page } = editor;
    await editor.openNode('wait');
    await untilText(editor, '#cozify-condition-now', /^Now 1 of 2\. A message would wait\.$/);
    await page.getByLabel('when any of them is').check();
    await untilText(editor, '#cozify-condition-now', /^Now 1 of 2\. A message would go on at once\.$/);
    await page.locator('#node-input-condition-value').selectOption({ label: 'off' });
    await page.locator('#cozify-timeout').fill('1,5');
    await page.locator('#cozify-timeout-unit').selectOption('h');
    const saved = await deployedNode(desk, editor, 'wait');
    assert.deepEqual(saved['condition'], { ...condition, value: false });
    assert.deepEqual([saved['match'], saved['timeout']], ['any', 5400]);

    // A number without a value in a flow written by hand, and a lamp where only a switch has buttons.
    const invalid = { field: 'temperature', op: 'above', value: 'hot' };
    await desk.tidy();
    await deployNodes(desk, { wait: { targets, condition: invalid }, button: { targets } });
    const later = await desk.usedEditor();
    for (const id of ['wait', 'button']) {
      await becomes(() => later.page.evaluate<boolean>(`RED.nodes.node('${id}').valid`), false, id);
    }
    await later.openNode('button');
    await becomes(() => later.page.locator('.cozify-target-chip').first().innerText(), /no buttons/);
    await later.closeNode('cancel');
    await later.openNode('wait');
    await becomes(() => later.page.locator('#node-input-condition-value').getAttribute('aria-invalid'), 'true');
    await untilText(later, '#cozify-condition-problem', /needs a number/);
    await later.page.locator('#node-input-condition-value').fill('70');
    await becomes(() => later.page.locator('#cozify-condition-problem').innerText(), '');
    const amount = later.page.locator('#cozify-timeout');
    await later.page.locator('#cozify-timeout-unit').selectOption('h');
    await amount.fill('30');
    await untilText(later, '#cozify-timeout-problem', /86400/);
    assert.equal(await amount.getAttribute('aria-invalid'), 'true');
    await amount.fill('${TIME}');
    await becomes(() => later.page.locator('#cozify-timeout-unit').isDisabled(), true);
    await amount.fill('3');
    await becomes(() => later.page.locator('#cozify-timeout-problem').innerText(), '');
    assert.equal(await amount.getAttribute('aria-invalid'), 'false');
    assert.doesNotMatch((await amount.getAttribute('class')) ?? '', /input-error/);
    await later.closeNode('cancel');
  });
});
