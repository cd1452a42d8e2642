import assert from 'node:assert/strict';
import { Anonymiser } from '../../../../src/devices/recording/anonymiser';
import { BEGINNING, type RecordedThings } from '../../../../src/devices/recording/recording';

const STARTED_AT = 1_790_000_000_000;

/** A home of one thing of each kind that matters, cleaned. */
function cleaned(things: RecordedThings, keepsNames = false): RecordedThings {
  return new Anonymiser({ keepsNames, startedAt: STARTED_AT }).clean(things);
}

/** What is left of fields of a device in a home where things have these names. */
function left(fields: Record<string, unknown>, ...names: string[]): Record<string, unknown> {
  const named = Object.fromEntries(names.map((name, place) => [`named-${place}`, { name }]));
  return cleaned({ rooms: named, devices: { d: fields } }).devices?.['device-1'] ?? {};
}

describe('Anonymiser', () => {
  it('leaves no name in a text, not even one that looks like a word of the hub', () => {
    for (const name of ['SAUNA_VALO', 'ILTA_SAUNA']) {
      const config = { name, description: `${name}`, target: name, lastError: `${name}_FAILED` };
      const things = cleaned({ rules: { r: { config } }, rooms: { o: { name: 'Sauna' } } });
      assert.ok(!JSON.stringify(things).includes(name), JSON.stringify(things));
    }
  });

  it('leaves no name in what a maker calls a device, in whatever case and form', () => {
    const models = ['VÄINÖN lamppu', 'väinön lamppu', 'Väinön lamppu'.normalize('NFD'), 'Lamp of Bo', 'bo-lamp'];
    for (const model of models) assert.deepEqual(left({ model }, 'Väinön', 'Bo'), { model: 'text' }, model);
    assert.deepEqual(left({ model: 'Väinön lamppu' }, ' Väinön '), { model: 'text' });
    // Two letters are a name as a word of their own alone.
    assert.deepEqual(left({ model: 'Bosch', manufacturer: 'Bose' }, 'Bo'), { model: 'Bosch', manufacturer: 'Bose' });
  });

  it('keeps the words of the hub where only the hub writes, whatever things are called', () => {
    const device = {
      type: 'LIGHT',
      capabilities: { values: ['ON_OFF', 'COLOR_LOOP'] },
      state: { type: 'STATE_LIGHT' },
    };
    assert.deepEqual(left(device, 'Light', 'LIGHT', 'On', 'Color'), device);
    const remote = { type: 'REMOTE_CONTROL', state: { button: 2, modifiers: ['longpress'] } };
    assert.deepEqual(left(remote, 'Remote', 'Button'), remote);
  });

  it('takes out addresses, streets, telephones and phones that are called after somebody', () => {
    for (const model of [
      ...['fe80::1c2d:3e4f', '2001:db8:0:1::7', '::1', 'mokki.local', 'nas.lan', '040-123 4567', '+358 (40) 123 4567'],
      ...['Kanariankatu 5 A', 'Mäkitie 12', "Väinö's iPhone", 'Galaxy of Matti', '0401234567'],
    ]) {
      assert.deepEqual(left({ model, manufacturer: model }), { model: 'text', manufacturer: 'text' }, model);
    }
    for (const name of ['fe80::1c2d:3e4f', 'mokki.local', '040-123 4567', 'Kanariankatu 5 A']) {
      assert.deepEqual(cleaned({ devices: { d: { name } } }, true).devices, { 'device-1': { name: 'device 1' } }, name);
    }
    for (const model of ['TRADFRI bulb E27 WS 806lm', 'LED1545G12', 'RM01', 'ZB-SW02', 'Hue white A60', '1.14.9']) {
      assert.deepEqual(left({ model }), { model });
    }
  });

  it('takes out numbers of telephones and devices, moments in seconds and places, wherever they stand', () => {
    const told = {
      imei: 356938035643809,
      tel: 401234567,
      from: 358401234567,
      mobile: 8613812345678,
      since: 1790000000,
    };
    const none = { imei: 0, tel: 0, from: 0, mobile: 0, since: 0 };
    assert.deepEqual(left({ state: { ...told, seen: 1790000000.25 } }), { state: { ...none, seen: 0 } });
    const places = { gps: [60.16, 24.93], at: [60.1699, 24.9384, 12], place: { here: [[60.1699, 24.9384]] } };
    const nowhere = { gps: [0, 0], at: [0, 0, 0], place: { here: [[0, 0]] } };
    assert.deepEqual(left({ state: places }), { state: nowhere });
  });

  it('keeps measurements, ranges, colours and times', () => {
    const state = {
      temperature: 21.5,
      totalPower: 89_123.456,
      activePower: 123_456,
      xy: [0.3127, 0.329],
      hueRange: [0, 359],
    };
    assert.deepEqual(left({ state: { ...state, lastSeen: STARTED_AT - 1000 } }), {
      state: { ...state, lastSeen: BEGINNING - 1000 },
    });
  });

  it('tells the buttons of a remote apart, whatever they were called', () => {
    const buttons = [
      { id: 1, label: 'Sauna' },
      { id: 2, label: 'Väinö' },
    ];
    const others = [
      { id: 1, label: 'button 1' },
      { id: 2, label: 'button 2' },
    ];
    assert.deepEqual(left({ buttons }), { buttons: others });
    assert.deepEqual(cleaned({ devices: { d: { buttons } } }, true).devices, { 'device-1': { buttons } });
  });
});
