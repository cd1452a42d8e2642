import assert from 'node:assert/strict';
import { deedOf, deedsFor, partsOf } from '../../../../nodes/editor/command/deeds';
import { payloadHelp } from '../../../../nodes/editor/command/payload-help';
import type { Thing } from '../../../../nodes/editor/picker/things-api';
import { commandTextsIn } from '../support/command-texts';
import { ALARM, LAMP, PUMP, SOCKET, thingWith } from '../support/able-things';

const english = commandTextsIn('en');
const finnish = commandTextsIn('fi');
const values = (things: Thing[], now = 'payload'): string[] =>
  deedsFor(things, now, english, 'en').map(({ value }) => value);
const texts = (things: Thing[], now = 'payload'): string[] =>
  deedsFor(things, now, english, 'en').map(({ text }) => text);

describe('what to do', () => {
  it('is what the chosen things can, in the order in which people think of it', () => {
    assert.deepEqual(values([LAMP]), [
      ...['payload', 'on', 'off', 'toggle', 'set:brightness', 'set:colorTemperature', 'set:color', 'set:'],
    ]);
    assert.deepEqual(values([PUMP]), [...['payload', 'set:targetTemperature', 'set:mode', 'set:boostMinutes', 'set:']]);
    assert.deepEqual(values([ALARM]), ['payload', 'close']);
  });

  it('says how many can where not all can', () => {
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

  it('is everything while nothing is known of what is chosen', () => {
    for (const things of [[], [thingWith('new', undefined)]]) {
      const all = values(things);
      for (const deed of ['on', 'set:brightness', 'set:position', 'set:color', 'set:', 'close']) {
        assert.ok(all.includes(deed), deed);
      }
    }
  });

  it('keeps what was saved, also what nobody knows or can do', () => {
    assert.ok(values([SOCKET], 'set:brightness').includes('set:brightness'));
    assert.ok(texts([LAMP], 'set:${FIELD}').includes('set ${FIELD}'));
    assert.ok(texts([LAMP], 'dance').includes('dance'));
  });

  it('is said in Finnish as Finns say it', () => {
    const said = deedsFor([thingWith('Kaihdin', [{ field: 'position', type: 'number' }])], 'set:', finnish, 'fi');
    assert.deepEqual(
      said.map(({ text }) => text),
      ['viesti kertoo', 'aseta asento', 'useita arvoja (olio)'],
    );
  });

  it('is a command and its field, and back', () => {
    for (const [command, field] of [
      ['set', 'brightness'],
      ['set', ''],
      ['on', undefined],
      ['${COMMAND}', undefined],
    ] as const) {
      assert.deepEqual(partsOf(deedOf(command, field ?? 'left')), { command, field });
    }
  });
});

describe('what a message may say', () => {
  it('goes by what is chosen', () => {
    const { sentence, example } = payloadHelp([LAMP], english, 'en');
    assert.equal(example, '{ "brightness": 60, "colorTemperature": 2700 }');
    assert.match(sentence, /a number \(brightness, %\)/);
    assert.equal(payloadHelp([PUMP], english, 'en').example, '{ "targetTemperature": 21.5, "mode": "off" }');
    assert.equal(payloadHelp([SOCKET], english, 'en').example, '{ "on": true }');
    assert.doesNotMatch(payloadHelp([SOCKET], english, 'en').sentence, /number/);
  });

  it('is nothing to an alarm, which can only be closed', () => {
    const alarm = { ...SOCKET, kind: 'alarm', abilities: undefined } as unknown as typeof SOCKET;
    const { sentence, example } = payloadHelp([alarm], english, 'en');
    assert.match(sentence, /can only be closed/);
    assert.equal(example, '');
  });
});
