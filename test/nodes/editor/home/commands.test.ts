import assert from 'node:assert/strict';
import type { HomeApi } from '../../../../nodes/editor/home/api.js';
import { sendCommand, setField } from '../../../../nodes/editor/home/commands.js';
import { HomeTexts } from '../../../../nodes/editor/home/texts.js';
import { translateIn } from '../support/texts.js';

const texts = new HomeTexts(translateIn('en'), 'en-GB');
const finnish = new HomeTexts(translateIn('fi'), 'fi');

const LAMP = { hub: 'hub-1', kind: 'device', id: 'lamp', name: 'Lamppu' };
const COMMAND = { targets: [LAMP], hub: '', field: '', transition: '' };
const SENT = { target: { name: 'Laite' }, sent: true, confirmed: true, reason: null, state: null };
const FAILED = { isOk: false, failure: { status: 400, code: 'COZIFY_BAD_INPUT' } };

/** The requests that were sent, and the reply to the next one. */
let sent: object[];
let reply: object;

const request = (kind: string) => (body: object) => {
  sent.push(kind === 'blink' ? { blink: body } : body);
  return Promise.resolve(reply);
};
const api = { command: request('command'), blink: request('blink') } as unknown as HomeApi;

beforeEach(() => {
  sent = [];
});

describe('a command from the home tab', () => {
  it('is sent as a node would send it, and shows its outcome', async () => {
    reply = { isOk: true, answer: { results: [{ ...SENT, state: { on: true } }] } };
    assert.equal(await sendCommand(api, LAMP, 'on', texts), 'Done: Laite on');
    assert.deepEqual(sent, [{ ...COMMAND, command: 'on' }]);
    reply = FAILED;
    assert.equal(await sendCommand(api, LAMP, 'off', texts), texts.t('picker.badInput'));
  });

  it('makes a thing blink', async () => {
    reply = { isOk: true, answer: { results: [SENT] } };
    assert.equal(await sendCommand(api, LAMP, 'blink', texts), texts.t('picker.blinking', { name: 'Lamppu' }));
    assert.deepEqual(sent, [{ blink: LAMP }]);
    reply = FAILED;
    assert.equal(await sendCommand(api, LAMP, 'blink', texts), texts.t('picker.badInput'));
  });
});

describe('the outcome of setting a field', () => {
  const outcome = (field: string, result: object, words = texts): Promise<string> => {
    reply = { isOk: true, answer: { results: [{ ...SENT, ...result }] } };
    return setField(api, LAMP, field, 60, words);
  };

  it('is the new state, with the value that was set', async () => {
    assert.equal(await outcome('brightness', { state: { on: true, brightness: 60 } }), 'Done: Lamppu on 60 %');
    assert.equal(
      await outcome('colorTemperature', { state: { on: true, colorTemperature: 2500 } }),
      'Done: Lamppu on, 2500 K',
    );
    assert.equal(await outcome('brightness', { state: { on: false, brightness: 60 } }), 'Done: Lamppu brightness 60 %');
    assert.equal(
      await outcome('targetTemperature', { state: { targetTemperature: 22.5, temperature: 20 } }, finnish),
      'Tehty: Lamppu 20 °C, tavoite 22,5 °C',
    );
  });

  it('is the result of the command if the value is not confirmed or not known', async () => {
    const state = { on: true, brightness: 60 };
    assert.equal(await outcome('brightness', { state, confirmed: false }), 'Sent, but the hub does not show it: Laite');
    assert.equal(await outcome('brightness', { state, confirmed: null }), 'Done: Laite on 60 %');
    assert.equal(await outcome('brightness', { state: { on: true } }), 'Done: Laite on');
    assert.equal(
      await outcome('brightness', { state, sent: false, confirmed: null, reason: 'COZIFY_NOT_FOUND' }),
      'Not done: Laite (nothing has that name)',
    );
    reply = { isOk: true, answer: { results: [] } };
    assert.equal(await setField(api, LAMP, 'brightness', 60, texts), '');
    reply = FAILED;
    assert.equal(await setField(api, LAMP, 'brightness', 60, texts), texts.t('picker.badInput'));
    assert.deepEqual(sent.at(-1), { ...COMMAND, command: 'set', field: 'brightness', value: 60 });
  });
});
