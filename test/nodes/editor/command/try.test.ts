import assert from 'node:assert/strict';
import { commandToTry, failedOutcomes, outcomesOf, type TriedWords } from '../../../../nodes/editor/command/try';
import type { Thing } from '../../../../nodes/editor/picker/things-api';
import type { TargetResult } from '../../../../src/devices/steps/command-step';
import { LAMP, PUMP, SOCKET, thingWith } from '../support/able-things';
import { commandTextsIn } from '../support/command-texts';

const target = ({ hub, kind, id, name }: Thing) => ({ hub, kind, id, name });

function result(thing: Thing, more: Partial<TargetResult> = {}): TargetResult {
  const done = { sent: true, confirmed: true, reason: null, state: null, ignored: [], clamped: [] };
  return { target: target(thing), ...done, ...more };
}

const words = (field = '', language: 'en' | 'fi' = 'en'): TriedWords => ({
  field,
  find: ({ id }) => [LAMP, PUMP, SOCKET].find((thing) => thing.id === id),
  t: commandTextsIn(language),
  language,
});

const lines = (results: TargetResult[], field = '', language: 'en' | 'fi' = 'en'): string[] =>
  outcomesOf(results, words(field, language)).map(({ isOk, text }) => `${isOk ? '+' : '-'} ${text}`);

describe('the messages about a tried command', () => {
  it('name each thing and its new value', () => {
    const orange = { on: true, brightness: 60, colorTemperature: 2700, hue: 32, saturation: 100 };
    const lamp = [result(LAMP, { state: orange })];
    assert.deepEqual(lines(lamp), ['+ Kattovalo is on, 60 %.']);
    assert.deepEqual(lines(lamp, '', 'fi'), ['+ Kattovalo on päällä, 60 %.']);
    assert.deepEqual(lines(lamp, 'color', 'fi'), ['+ Kattovalo on päällä, oranssi.']);
    assert.deepEqual(lines(lamp, 'colorTemperature'), ['+ Kattovalo is on, 2700 K.']);
    assert.deepEqual(lines([result(LAMP, { state: { on: false } })], '', 'fi'), ['+ Kattovalo on pois päältä.']);
    assert.deepEqual(lines([result(PUMP, { state: PUMP.state })], 'targetTemperature'), [
      '+ Ilmalämpöpumppu: target temperature 21.5 °C.',
    ]);
    assert.deepEqual(lines([result(PUMP, { state: { position: 80 } })], 'position', 'fi'), [
      '+ Ilmalämpöpumppu on auki 80 %.',
    ]);
    assert.deepEqual(lines([result(PUMP, { state: { position: 40 } })]), ['+ Ilmalämpöpumppu is 40 % open.']);
    assert.deepEqual(lines([result(SOCKET)]), ['+ Pistorasia: done.']);
    assert.deepEqual(lines([result(SOCKET, { state: { on: true } })]), ['+ Pistorasia is on.']);
    assert.deepEqual(lines([result(SOCKET, { target: 'Valo' })]), ['+ Valo: done.']);
    assert.deepEqual(lines([result(SOCKET, { target: { id: 'socket-1' } })]), ['+ socket-1: done.']);
    const clamped = result(LAMP, { state: { on: true, brightness: 100 }, clamped: ['brightness'] });
    assert.deepEqual(lines([clamped], 'brightness'), ['+ Kattovalo is on, 100 %. It goes no further.']);
    assert.deepEqual(lines([result(LAMP, { reason: 'superseded', confirmed: null })]), [
      '+ Kattovalo: a newer command took its place.',
    ]);
  });

  it('give the reason of an unconfirmed or failed command in words, without an error code', () => {
    const missed = { confirmed: false, sent: true };
    assert.deepEqual(
      lines([
        result(LAMP, { ...missed, reason: 'timeout' }),
        result(LAMP, { ...missed, reason: 'unreachable' }),
        result(SOCKET, { sent: false, confirmed: null, reason: 'COZIFY_FORBIDDEN' }),
        result(SOCKET, { sent: false, confirmed: null, reason: 'COZIFY_API' }),
      ]),
      [
        '- Kattovalo: sent, but the hub does not show it yet.',
        "- Kattovalo: not confirmed. It can't be reached: check its power.",
        '- Pistorasia: not done. Your role in the Cozify app is too low.',
        '- Pistorasia: not done. The hub did not do it: try again in a while.',
      ],
    );
  });

  it('name the things that lack the feature, beside things that have it', () => {
    const ignored = result(SOCKET, { ignored: ['hue', 'saturation'] });
    assert.deepEqual(lines([result(LAMP, { state: LAMP.state }), ignored], 'color'), [
      '+ Kattovalo is on, orange.',
      '- Pistorasia: not done. It has no colour.',
    ]);
    const failed = failedOutcomes([target(SOCKET), target(PUMP)], 'COZIFY_BAD_INPUT', words('targetTemperature'));
    assert.deepEqual(
      failed.map(({ id, isOk, text }) => [id, isOk, text]),
      [
        ['Pistorasia', false, "Pistorasia: not done. It can't do this."],
        ['Ilmalämpöpumppu', false, "Ilmalämpöpumppu: not done. It can't take this value."],
      ],
    );
    const unnamed = [saved('', 'Lamppu'), saved('lamp-1', '')];
    assert.deepEqual(
      failedOutcomes(unnamed, 'COZIFY_NOT_FOUND', words()).map(({ text }) => text.replace(/:.*/, '')),
      ['Lamppu', 'lamp-1'],
    );
  });

  describe('for a group or room', () => {
    const floor = { id: 'floor', name: 'Saunan lattiavalo' };
    const off = { state: { on: false } };
    const did = [{ id: 'ceiling', name: 'Saunan kattovalo', ...off }];
    const members = [{ ...floor, reason: 'unreachable' as const }];
    const ROOM = thingWith('Sauna', undefined, { kind: 'room' });
    const GROUP = thingWith('Saunan valot', undefined, { kind: 'group' });
    const missed = { confirmed: false, reason: 'unreachable' as const, members, did };
    const each = [
      { id: 'ceiling', isOk: true, text: 'Saunan kattovalo is off.' },
      { id: 'floor', isOk: false, text: "Saunan lattiavalo: not confirmed. It can't be reached: check its power." },
    ];

    it('list each lamp of a room, whether it succeeded or not', () => {
      assert.deepEqual(outcomesOf([result(ROOM, { ...missed, state: { order: 1 } })], words()), each);
      const all = result(ROOM, { state: { order: 1 }, did: [...did, { ...floor, ...off }] });
      assert.deepEqual(lines([all]), ['+ Saunan kattovalo is off.', '+ Saunan lattiavalo is off.']);
    });

    it('show one line for a group, and one for each device if a device failed', () => {
      assert.deepEqual(lines([result(GROUP, { ...off, did: [...did, { ...floor, ...off }] })]), [
        '+ Saunan valot: off.',
      ]);
      assert.deepEqual(outcomesOf([result(GROUP, { ...off, ...missed })], words()), each);
    });

    it('show only the devices that failed, or the room itself if no device is known', () => {
      const alone = result(GROUP, { ...off, ...missed, did: [] });
      assert.deepEqual(outcomesOf([alone], words()), each.slice(1));
      assert.deepEqual(lines([result(ROOM, off)]), ['+ Sauna is off.']);
    });

    it('show one line if nothing was sent', () => {
      const failed = result(ROOM, { sent: false, confirmed: null, reason: 'COZIFY_NOT_FOUND' });
      assert.deepEqual(lines([failed]), ['- Sauna: not done. It was not found: it was removed or renamed.']);
    });
  });
});

const saved = (id: string, name: string) => ({ hub: 'hub-1', kind: 'device', id, name });

describe('a command to try', () => {
  const targets = [saved('a', 'Valo')];
  const settings = { command: 'on', field: '', value: '', valueType: 'msg', transition: ' 2 ', hub: '' };

  it('has the settings of the dialog, with a value of the chosen type', () => {
    const common = { targets, hub: '', transition: '2' };
    assert.deepEqual(commandToTry(targets, settings), { ...common, command: 'on', field: '' });
    const set = { ...settings, command: 'set', field: ' brightness ' };
    const tried = (value: string, valueType: string): unknown => {
      const command = commandToTry(targets, { ...set, value, valueType });
      return typeof command === 'string' ? command : command.value;
    };
    assert.deepEqual(
      [tried('40', 'num'), tried('true', 'bool'), tried('auto', 'str'), tried('{"on":true}', 'json')],
      [40, true, 'auto', { on: true }],
    );
    const close = commandToTry(targets, { ...settings, command: 'close' });
    assert.ok(typeof close === 'object' && close.transition === '');
  });

  it('is missing without a target, or if a message or the environment gives the command', () => {
    assert.equal(commandToTry([], settings), 'choose');
    assert.equal(commandToTry(targets, { ...settings, command: 'payload' }), 'message');
    assert.equal(commandToTry(targets, { ...settings, command: 'set', value: 'payload', valueType: 'msg' }), 'value');
    assert.equal(commandToTry(targets, { ...settings, command: 'set', value: 'x', valueType: 'num' }), 'value');
    assert.equal(commandToTry(targets, { ...settings, command: 'set', value: '{', valueType: 'json' }), 'value');
    assert.equal(commandToTry([saved('', '${LAMP}')], settings), 'env');
  });
});
