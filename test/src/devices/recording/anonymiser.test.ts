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

  it('keeps known makers, and no name of a model', () => {
    const lamp = { manufacturer: 'IKEA of Sweden', model: 'TRADFRI bulb E27 WS 806lm' };
    assert.deepEqual(left(lamp), { manufacturer: 'IKEA of Sweden', model: 'text' });
    assert.deepEqual(left({ manufacturer: 'Väinö' }), { manufacturer: 'text' });
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

  it('replaces a name that has an address, a street or a telephone number, also with names kept', () => {
    for (const name of ['fe80::1c2d:3e4f', 'mokki.local', '040-123 4567', 'Kanariankatu 5 A']) {
      assert.deepEqual(cleaned({ devices: { d: { name } } }, true).devices, { 'device-1': { name: 'device 1' } }, name);
    }
  });

  it('replaces numbers of telephones and devices and moments in seconds in known fields', () => {
    for (const number of [356938035643809, 401234567, 358401234567, 8613812345678, 1790000000, 1790000000.25]) {
      assert.deepEqual(left({ state: { temperature: number } }), { state: { temperature: 0 } }, String(number));
    }
  });

  it('keeps measurements, colours and times', () => {
    const state = {
      temperature: 21.5,
      totalPower: 89_123.456,
      activePower: 123_456,
      hue: -1,
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
