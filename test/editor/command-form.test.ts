import assert from 'node:assert/strict';
import type { Page, Route } from 'playwright-core';
import { becomes } from '../support/becomes';
import { findViolations } from '../support/axe';
import { Desk, type Editor, intercept, text, until } from './support';
import { targetOf } from './support/home-flows';
import { bedroomLamp, deployLamp } from './support/lamp-flow';
import { assertNothingCut, openOnPhone } from './support/phone';
import { outline } from './support/outline';
import { Picker } from './support/picker';

/** The dialog of a command node, with methods for what a person does in it. */
class CommandForm {
  readonly page: Page;

  constructor({ page }: Editor) {
    this.page = page;
  }

  /** Waits until the list offers an action, and chooses the action. */
  async do(action: string): Promise<void> {
    await this.page.locator(`#cozify-do option[value="${action}"]`).waitFor({ state: 'attached' });
    await this.page.locator('#cozify-do').selectOption(action);
  }

  async untilSetBy(control: string): Promise<void> {
    const row = this.page.locator(`#cozify-value[data-as="${control}"]`);
    await until(`a value by ${control}`, async () => (await row.count()) === 1);
  }

  /** Returns the outline of the row with the value. */
  value(): Promise<string[]> {
    return outline(this.page.locator('[data-question=value]'));
  }

  /** Returns the outline of the button that tries the command, the reason why it is disabled, and the results. */
  trial(): Promise<string[]> {
    return outline(this.page.locator('.cozify-try'));
  }

  part(name: string) {
    return this.page.locator(`#cozify-value-${name}`);
  }

  /**
   * Presses the button that tries the command. Returns one line per target: its id, whether the command succeeded, and
   * the message. Presses the button again if the hub has not shown the result within the 3 s that the dialog waits.
   */
  async try(): Promise<string[]> {
    const rows = this.page.locator('#cozify-target-tried li[data-ok]');
    return until('a result that the hub shows', async () => {
      await this.page.locator('#cozify-target-try').click();
      await rows.first().waitFor();
      const results = await rows.evaluateAll((all) =>
        all.map((row) => `${row.getAttribute('data-id')} ${row.getAttribute('data-ok')} ${row.textContent?.trim()}`),
      );
      return !results.some((result) => result.endsWith('the hub does not show it yet.')) && results;
    });
  }
}

/** Closes the dialog with Done and deploys. Returns the command, field, value and value type of the deployed node. */
async function savedBy(desk: Desk, editor: Editor): Promise<unknown[]> {
  await editor.closeNode('ok');
  await editor.deploy();
  const { command, field, value, valueType } =
    (await desk.nodeRed.flows()).find(({ id }) => id === 'lamp') ?? assert.fail('the node is there');
  return [command, field, value, valueType];
}

const QUESTION = 'To which value?';
const OTHERWISE = '<or from the message, a variable or an expression…>';
const COLORS = ['red', 'orange', 'yellow', 'green', 'turquoise', 'blue', 'violet', 'pink'];

describe('The dialog of a command node', () => {
  const desk = Desk.forSuite();

  /** Opens the dialog with these targets chosen. */
  async function open(names: string[], command: Record<string, unknown> = {}, locale = 'en-US'): Promise<Editor> {
    const hub = await deployLamp(desk);
    const targets = names.map((name) => targetOf(hub, name));
    await deployLamp(desk, { targets, ...command });
    const editor = await desk.usedEditor({ locale });
    await editor.openNode('lamp');
    return editor;
  }

  it('tries a command without a Deploy, and shows the result or the error until another account is chosen', async () => {
    const hub = await deployLamp(desk, { command: 'payload' });
    const lamp = bedroomLamp(hub);
    hub.home.change(lamp.id, { isOn: false });
    const editor = await desk.usedEditor();
    await editor.openNode('lamp');
    const form = new CommandForm(editor);
    const why = editor.page.locator('#cozify-target-why');
    await becomes(() => editor.page.locator('#cozify-target-try').isDisabled(), true);
    await becomes(() => why.innerText(), 'Choose a device first.');
    await new Picker(editor.page).choose('kattovalo', lamp.id);
    await until('what the message says', async () => /^The message says what to do/.test(await why.innerText()));
    const help = (): Promise<string[]> => outline(editor.page.locator('[data-question=do]'));
    // The example is for any lamp until the features of this lamp are known.
    await becomes(async () => (await help()).slice(3), ['{ "brightness": 60 }']);
    const [question, choice, explanation = ''] = await help();
    assert.deepEqual([question, choice], ['What to do?', 'What to do? = what the message says']);
    assert.match(explanation, /a number \(brightness, %\)/);
    await form.do('on');
    const [result = ''] = await form.try();
    assert.match(result, new RegExp(`^${lamp.id} true Kattovalo is on, \\d+ %\\.$`));
    assert.equal(lamp.isOn(), true);
    assert.equal(await editor.isDeployLit(), false);
    const shownResult = editor.page.locator('#cozify-target-tried li');
    assert.equal(await shownResult.count(), 1);
    const held: Route[] = [];
    await intercept(form.page, /\/command$/, (route) => void held.push(route));
    const answer = async (status: number, code: string, shown: string): Promise<void> => {
      await form.page.locator('#cozify-target-try').click();
      const route = await until('the command', () => held.shift());
      assert.deepEqual(await form.trial(), ['<Try it> disabled', 'spinning', 'Trying…']);
      await route.fulfill({ status, json: { code } });
      await becomes(() => form.trial(), ['<Try it>', shown]);
      assert.equal(await form.page.locator('#cozify-target-tried [data-ok=false]').count(), 1);
    };
    await answer(400, 'COZIFY_NOT_FOUND', 'Kattovalo: not done. It was not found: it was removed or renamed.');
    await answer(503, 'COZIFY_HUB_OFFLINE', text('en-US', 'error.COZIFY_HUB_OFFLINE'));
    await form.page.locator('#cozify-target-try').click();
    const late = await until('the command', () => held.shift());
    await editor.page.locator('#node-input-account').selectOption('_ADD_');
    const isLate = editor.page.waitForResponse(/\/command$/);
    await late.fulfill({ status: 503, json: {} });
    await (await isLate).finished();
    assert.deepEqual(await form.trial(), ['<Try it> disabled', text('en-US', 'picker.noAccount')]);
    assert.equal(await shownResult.count(), 0);
    await becomes(() => editor.page.locator('#cozify-target-try').isDisabled(), true);
    await becomes(() => editor.page.locator('#cozify-target-why').innerText(), text('en-US', 'picker.noAccount'));
    await editor.closeNode('cancel');
  });

  it('sets a value with a slider or a number field, starting from the value of the device', async () => {
    const editor = await open(['Olohuoneen lamppu'], { command: 'payload' });
    const lamp = desk.hub.home.device('Olohuoneen lamppu');
    const form = new CommandForm(editor);
    const question = editor.page.locator('.cozify-set').first();
    await form.do('on');
    await becomes(() => question.isVisible(), false);
    await form.do('set:brightness');
    await form.untilSetBy('slider');
    assert.equal(await question.isVisible(), true);
    const shown = String(Math.round(Number(lamp.state['brightness']) * 100));
    await becomes(() => form.part('number').inputValue(), shown);
    await becomes(() => form.part('slider').inputValue(), shown);
    await form.part('slider').fill('40');
    await becomes(() => form.part('number').inputValue(), '40');
    await form.part('number').fill('65');
    await becomes(() => form.part('slider').inputValue(), '65');
    const untilShown = (number: string, slider: string, problem: string[] = []): Promise<void> =>
      becomes(
        () => form.value(),
        [...[QUESTION, `${QUESTION} = ${slider}`, `${QUESTION} = ${number} focused`, '%', ...problem, OTHERWISE]],
      );
    await untilShown('65', '65, from 0 to 100 (65 %)');
    assert.deepEqual(await form.trial(), ['<Try it>']);
    const summary = editor.page.locator('#cozify-more-summary');
    assert.equal(await summary.innerText(), '· transition, wait for confirmation, hub');
    const action = await outline(editor.page.locator('[data-question=do]'));
    assert.deepEqual(action, ['What to do?', 'What to do? = set brightness']);
    await form.part('number').fill('6,5');
    await untilShown('6,5', '7, from 0 to 100 (6.5 %)');
    await form.part('number').fill('x');
    await untilShown('x invalid', '7, from 0 to 100 (x %)', ['Between 0 and 100 %, such as 60.']);
    await form.part('number').fill('65');
    assert.deepEqual(await savedBy(desk, editor), ['set', 'brightness', '65', 'num']);
  });

  it('sets a colour with a swatch, and white with its colour temperature', async () => {
    const editor = await open(['Olohuoneen lamppu'], { command: 'payload' });
    const form = new CommandForm(editor);
    await form.do('set:colorTemperature');
    await form.untilSetBy('white');
    await form.part('number').fill('2700');
    await becomes(
      () => form.value(),
      [
        ...[QUESTION, `${QUESTION} = 2700, from 2203 to 6536 (2700 K, warm white)`, 'warm', 'cold'],
        ...[`${QUESTION} = 2700 focused`, 'K, warm white', OTHERWISE],
      ],
    );
    await form.do('set:color');
    await form.untilSetBy('color');
    await form.page.locator('[data-color="#ff8800"]').click();
    const untilColor = (color: string, pressed: string, hex: string, hint: string): Promise<void> =>
      becomes(
        () => form.value(),
        [
          ...[QUESTION, `${QUESTION} = ${color}`],
          ...COLORS.map((name) => (pressed.startsWith(`<${name}>`) ? pressed : `<${name}>`)),
          ...[`${QUESTION} = ${hex}`, hint, OTHERWISE],
        ],
      );
    await untilColor('#ff8800', '<orange> pressed focused', '#ff8800', 'orange; the brightness stays');
    await form.part('hex').fill('red');
    await untilColor('#ff8800', '', 'red invalid focused', 'This needs a colour, such as #ff8800.');
    await form.part('color').fill('#1a66ff');
    await untilColor('#1a66ff focused', '<blue> pressed', '#1a66ff', 'blue; the brightness stays');
    await form.part('hex').fill('F80');
    await untilColor('#ff8800', '', 'F80 focused', 'orange; the brightness stays');
    await form.page.locator('[data-color="#ff8800"]').click();
    const [result = ''] = await form.try();
    assert.match(result, /true Olohuoneen lamppu is on, orange\.$/);
    assert.deepEqual(await savedBy(desk, editor), ['set', 'color', '#ff8800', 'str']);
  });

  it('switches between the control and the typed input', async () => {
    const editor = await open(['Ilmalämpöpumppu'], { command: 'set', field: 'mode', value: 'heat', valueType: 'str' });
    const form = new CommandForm(editor);
    await form.untilSetBy('words');
    await form.part('word').selectOption('auto');
    await becomes(() => form.value(), [QUESTION, `${QUESTION} = auto`, OTHERWISE]);
    assert.deepEqual(await form.part('word').locator('option').allInnerTexts(), ['off', 'auto', 'heat', 'cool']);
    await form.part('typed').click();
    await form.untilSetBy('typed');
    const typed = [QUESTION, '<msg.>', `${QUESTION} = payload focused`, '<choose the value here>'];
    await becomes(() => form.value(), typed);
    await becomes(() => form.page.locator('#node-input-valueType').inputValue(), 'msg');
    await becomes(
      () => form.page.locator('#cozify-target-why').innerText(),
      'The message brings the value, so only a flow can try it.',
    );
    await form.part('typed').click();
    await form.untilSetBy('words');
    await becomes(() => form.value(), [QUESTION, `${QUESTION} = auto focused`, OTHERWISE]);
    await form.part('typed').click();
    assert.deepEqual(await savedBy(desk, editor), ['set', 'mode', 'payload', 'msg']);
  });

  it('explains an invalid value, and marks the node with a triangle', async () => {
    const editor = await open(['Ilmalämpöpumppu'], {
      ...{ command: 'set', field: 'targetTemperature', value: '21', valueType: 'num' },
      ...{ transition: '2', confirm: 7 },
    });
    const form = new CommandForm(editor);
    await form.untilSetBy('number');
    const summary = editor.page.locator('#cozify-more-summary');
    await becomes(() => summary.innerText(), '· transition 2 s, wait up to 7 s');
    await form.part('number').fill('215');
    await becomes(() => form.part('problem').innerText(), 'Between 0 and 100 °C, such as 21.5.');
    await becomes(() => form.part('number').getAttribute('aria-invalid'), 'true');
    await becomes(() => form.page.locator('#cozify-target-try').isDisabled(), true);
    await becomes(() => form.page.locator('#cozify-target-why').innerText(), 'The value is not right yet.');
    await editor.closeNode('ok');
    await editor.node('lamp').locator('.red-ui-flow-node-error').first().waitFor();
    await editor.openNode('lamp');
    await form.part('number').fill('22,5');
    await becomes(() => form.part('problem').innerText(), '');
    await editor.closeNode('ok');
    await until('no triangle', () => editor.page.evaluate<boolean>(`RED.nodes.node('lamp').valid`));
    assert.equal(await editor.page.evaluate(`RED.nodes.node('lamp').value`), '22.5', 'a comma becomes a point');
  });

  it('explains an invalid value in the typed input until it is corrected', async () => {
    const editor = await open(['Ilmalämpöpumppu'], {
      ...{ command: 'set', field: 'targetTemperature', value: 'warm', valueType: 'str' },
    });
    const form = new CommandForm(editor);
    await form.untilSetBy('typed');
    await becomes(() => form.part('problem').innerText(), 'Between 0 and 100 °C, such as 21.5.');
    await becomes(() => form.page.locator('#cozify-target-try').isDisabled(), true);
    await form.page.getByRole('textbox', { name: QUESTION }).fill('22');
    await form.page.keyboard.press('Tab');
    await becomes(() => form.part('problem').innerText(), '');
    await becomes(() => form.page.locator('#cozify-target-try').isDisabled(), false);
    await editor.closeNode('cancel');
  });

  it('keeps a value from the message when another field is chosen', async () => {
    const editor = await open(['Olohuoneen lamppu'], {
      ...{ command: 'set', field: 'brightness', value: 'level', valueType: 'msg' },
    });
    const form = new CommandForm(editor);
    await form.do('set:colorTemperature');
    assert.deepEqual(await savedBy(desk, editor), ['set', 'colorTemperature', 'level', 'msg']);
  });

  it('adds a typed field name to the list', async () => {
    const editor = await open(['Ilmalämpöpumppu'], { command: 'payload' });
    const form = new CommandForm(editor);
    const summary = editor.page.locator('#cozify-more-summary');
    await becomes(() => summary.innerText(), '· wait for confirmation, hub', 'no transition for a heat pump');
    await form.do('other');
    const action = (): Promise<string[]> => outline(editor.page.locator('[data-question=do]'));
    const typed = [QUESTION, '<msg.>', `${QUESTION} = payload`];
    const name = 'Name of the value = ';
    await becomes(action, ['What to do?', 'What to do? = another value…', `${name} focused`]);
    assert.deepEqual(await form.value(), typed);
    await form.page.locator('#node-input-field').fill('boostMinutes');
    await form.page.locator('#node-input-field').blur();
    await becomes(() => form.page.locator('#cozify-do').inputValue(), 'set:boostMinutes');
    assert.deepEqual([await action(), await form.value()], [['What to do?', 'What to do? = set boostMinutes'], typed]);
    await form.do('set:');
    await becomes(() => form.page.locator('#node-input-field').isVisible(), true);
    await becomes(action, ['What to do?', 'What to do? = several values (an object)', name]);
    assert.deepEqual(await form.value(), typed, 'an object has no control of its own');
    assert.deepEqual(await savedBy(desk, editor), ['set', '', 'payload', 'msg']);
  });

  it('saves settings unchanged that it has no control for, or that are invalid', async () => {
    const hub = await deployLamp(desk);
    const settings = [
      { field: 'mode', value: 'dance', valueType: 'str' },
      { field: '', value: '{"mode": "heat",  "on": true}', valueType: 'json' },
      { field: '${FIELD}', value: '${VALUE}', valueType: 'str' },
      { field: 'mode', value: '$uppercase("x")', valueType: 'jsonata' },
    ].map((one) => ({ command: 'set', ...one }));
    const flows = await desk.nodeRed.flows();
    const lamp = flows.find(({ id }) => id === 'lamp') ?? assert.fail();
    const targets = [targetOf(hub, 'Ilmalämpöpumppu')];
    const nodes = settings.map((one, index) => ({
      ...lamp,
      id: `set-${index}`,
      x: 700,
      y: 60 * index + 60,
      targets,
      ...one,
    }));
    await desk.nodeRed.deploy([...flows, ...nodes]);
    const editor = await desk.usedEditor();
    for (const [index, command] of settings.entries()) {
      await editor.openNode(`set-${index}`);
      // Waits until the list offers a command that only this device supports.
      await editor.page.locator('#cozify-do option[value="set:mode"]').waitFor({ state: 'attached' });
      await editor.closeNode('ok');
      assert.equal(await editor.isDeployLit(), false);
      const now = await editor.page.evaluate<Record<string, unknown>>(
        `(({ command, field, value, valueType }) => ({ command, field, value, valueType }))(RED.nodes.node('set-${index}'))`,
      );
      assert.deepEqual(now, command);
    }
  });

  it('fits on a phone, and has no accessibility violation according to axe', async () => {
    const hub = await deployLamp(desk);
    const targets = [targetOf(hub, 'Olohuoneen lamppu')];
    await deployLamp(desk, { targets, command: 'set', field: 'color', value: '#ff8800', valueType: 'str' });
    const editor = await openOnPhone(desk, 'lamp');
    const form = new CommandForm(editor);
    await form.page.locator('#cozify-more').click();
    await form.untilSetBy('color');
    await assertNothingCut(editor.page, 'colour');
    assert.deepEqual(await findViolations(editor.page, '#dialog-form', ['[id^="red-ui-trap-"]']), []);
    await form.do('set:colorTemperature');
    await form.untilSetBy('white');
    await assertNothingCut(editor.page, 'white');
    await editor.closeNode('cancel');
  });
});
