import assert from 'node:assert/strict';
import { actionOf, actionsFor, partsOf, payloadHelp } from '../../../../nodes/editor/command/actions';
import type { Thing } from '../../../../nodes/editor/picker/things-api';
import { ALARM, LAMP, PUMP, SOCKET, thingWith } from '../support/able-things';
import { commandTextsIn } from '../support/command-texts';

const english = commandTextsIn('en');
const finnish = commandTextsIn('fi');
const values = (things: Thing[], now = 'payload'): string[] =>
  actionsFor(things, now, english, 'en').map(({ value }) => value);
const texts = (things: Thing[], now = 'payload'): string[] =>
  actionsFor(things, now, english, 'en').map(({ text }) => text);

describe('the actions of a command node', () => {
  it('are the supported actions of the chosen things, the most common first', () => {
    assert.deepEqual(values([LAMP]), [
      ...['payload', 'on', 'off', 'toggle', 'set:brightness', 'set:colorTemperature', 'set:color', 'set:'],
    ]);
    assert.deepEqual(values([PUMP]), [...['payload', 'set:targetTemperature', 'set:mode', 'set:boostMinutes', 'set:']]);
    assert.deepEqual(values([ALARM]), ['payload', 'close']);
  });

  it('show the number of things if not all support the action', () => {
    assert.deepEqual(texts([LAMP, SOCKET]), [
      'what the message says',
      'switch on',
      'switch off',
      'toggle',
      'set brightness (1 of 2)',
      'set white, warm to cold (1 of 2)',
      'set colour (1 of 2)',
      'several values (an object) (1 of 2)',
    ]);
  });

  it('are all actions if no thing is known', () => {
    for (const things of [[], [thingWith('new', undefined)]]) {
      const all = values(things);
      for (const action of ['on', 'set:brightness', 'set:position', 'set:color', 'set:', 'close']) {
        assert.ok(all.includes(action), action);
      }
    }
  });

  it('include the saved action even if it is unknown or unsupported', () => {
    assert.ok(values([SOCKET], 'set:brightness').includes('set:brightness'));
    assert.ok(texts([LAMP], 'set:${FIELD}').includes('set ${FIELD}'));
    assert.ok(texts([LAMP], 'dance').includes('dance'));
  });

  it('have natural Finnish names', () => {
    const actions = actionsFor([thingWith('Kaihdin', [{ field: 'position', type: 'number' }])], 'set:', finnish, 'fi');
    assert.deepEqual(
      actions.map(({ text }) => text),
      ['viesti kertoo', 'aseta asento', 'useita arvoja (olio)'],
    );
  });

  it('convert to a command and a field, and back', () => {
    for (const [command, field] of [
      ['set', 'brightness'],
      ['set', ''],
      ['on', undefined],
      ['${COMMAND}', undefined],
    ] as const) {
      assert.deepEqual(partsOf(actionOf(command, field ?? 'left')), { command, field });
    }
  });
});

describe('the help about a payload', () => {
  it('depends on the chosen things', () => {
    const { text, example } = payloadHelp([LAMP], english, 'en');
    assert.equal(example, '{ "brightness": 60, "colorTemperature": 2700 }');
    assert.match(text, /a number \(brightness, %\)/);
    assert.equal(payloadHelp([PUMP], english, 'en').example, '{ "targetTemperature": 21.5, "mode": "off" }');
    assert.equal(payloadHelp([SOCKET], english, 'en').example, '{ "on": true }');
    assert.doesNotMatch(payloadHelp([SOCKET], english, 'en').text, /number/);
  });

  it('is about lamps if no thing is chosen', () => {
    assert.equal(payloadHelp([], english, 'en').example, '{ "brightness": 60, "colorTemperature": 2700 }');
  });

  it('is empty for an alarm, because an alarm can only be closed', () => {
    const alarm = { ...SOCKET, kind: 'alarm', abilities: undefined } as unknown as typeof SOCKET;
    const { text, example } = payloadHelp([alarm], english, 'en');
    assert.match(text, /can only be closed/);
    assert.equal(example, '');
  });
});
