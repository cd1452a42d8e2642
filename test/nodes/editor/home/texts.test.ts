import assert from 'node:assert/strict';
import type { HomeEvent } from '../../../../nodes/editor/home/api.js';
import { HomeTexts } from '../../../../nodes/editor/home/texts.js';
import { translateIn } from '../support/texts.js';

const texts = new HomeTexts(translateIn('en'), 'en-GB');
const finnish = new HomeTexts(translateIn('fi'), 'fi');

describe('the value of a row of the home', () => {
  it('is the same as in the picker', () => {
    assert.equal(texts.value({ state: { position: 26, reachable: true } }), '26 % open');
    assert.equal(texts.value({ state: { mode: 'standard', humidity: 60 } }), 'standard, humidity 60 %');
    assert.equal(texts.value({ state: { position: 26, reachable: false } }), "can't be reached");
  });

  it('is the last press of a remote control, not its battery', () => {
    const at = new Date(2030, 0, 1, 6, 9).toISOString();
    const remote = { state: { battery: 90 }, lastPress: { button: 1, label: 'I', press: 'short' as const, at } };
    assert.match(texts.value(remote), /^I short /);
    assert.match(finnish.value(remote), /^I lyhyt /);
    assert.equal(texts.value({ state: remote.state, does: ['read', 'buttons'] }), 'not pressed yet');
    assert.equal(texts.value({ state: { on: true, battery: 90 }, does: ['buttons'] }), 'on');
    assert.equal(texts.value({ state: remote.state }), 'battery 90 %');
  });
});

describe('the fields of an opened row', () => {
  const state = {
    battery: 90,
    lastSeen: '2030-01-01T06:09:00.000Z',
    range: [2200, 4000],
    modes: [],
    on: true,
    hue: null,
  };

  it('are all that have a value, with units and words, the most informative first', () => {
    const fields = texts.fields(state).filter(([, value]) => value !== '');
    assert.deepEqual(
      fields.map(([name]) => name),
      ['on or off', 'battery', 'last heard of', 'range'],
    );
    assert.deepEqual([fields[0]?.[1], fields[1]?.[1], fields[3]?.[1]], ['on', '90 %', '2200, 4000']);
    assert.match(String(fields[2]?.[1]), /1 Jan 2030/);
    assert.equal(finnish.fieldValue({ targetTemperature: 21.5 }, 'targetTemperature'), '21,5 °C');
    assert.equal(texts.fieldValue({ flow: 2, volume: 200 }, 'volume'), '200 l');
  });
});

describe('the author of an event', () => {
  const changed = (state: Record<string, unknown>, ...fields: string[]): HomeEvent => ({
    ...{ n: 1, at: '2030-01-01T06:09:00.000Z', event: 'changed', press: null, by: null },
    ...{ thing: { hub: 'h', kind: 'device', id: 'd', name: 'Laite', room: null }, state, changed: fields },
  });

  it('is another person if a command could have caused the event', () => {
    assert.equal(texts.who(changed({ on: true }, 'on'))?.text, 'somebody else');
    assert.equal(texts.who(changed({ closed: true }, 'closed'))?.text, 'somebody else');
    assert.equal(texts.who(changed({ volume: 20 }, 'volume'))?.text, 'somebody else');
  });

  it('is missing for the reading of a sensor or meter', () => {
    assert.equal(texts.who(changed({ temperature: 22.2 }, 'temperature')), undefined);
    assert.equal(texts.who(changed({ flow: 2, volume: 200_000 }, 'flow', 'volume')), undefined);
  });
});
