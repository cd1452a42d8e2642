import assert from 'node:assert/strict';
import { Anonymiser } from '../../../../src/devices/recording/anonymiser';
import { BEGINNING, type RecordedThings } from '../../../../src/devices/recording/recording';

const STARTED_AT = 1_790_000_000_000;

/** Returns the things as a recording contains them. */
function cleaned(things: RecordedThings, keepsNames = false): RecordedThings {
  return new Anonymiser({ keepsNames, startedAt: STARTED_AT }).clean(things);
}

/** Returns the fields of a device as a recording contains them. `names`: the names of the rooms of the home. */
function left(fields: Record<string, unknown>, ...names: string[]): Record<string, unknown> {
  const named = Object.fromEntries(names.map((name, index) => [`named-${index}`, { name }]));
  return cleaned({ rooms: named, devices: { d: fields } }).devices?.['device-1'] ?? {};
}

describe('Anonymiser', () => {
  it('removes names from texts, even a name that equals a word of the hub', () => {
    for (const name of ['SAUNA_VALO', 'ILTA_SAUNA']) {
      const config = { name, description: `${name}`, target: name, lastError: `${name}_FAILED` };
      const things = cleaned({ rules: { r: { config } }, rooms: { o: { name: 'Sauna' } } });
      assert.ok(!JSON.stringify(things).includes(name), JSON.stringify(things));
    }
  });

  it('keeps words of the hub in fields that only the hub writes', () => {
    const device = {
      type: 'LIGHT',
      capabilities: { values: ['ON_OFF', 'COLOR_LOOP'] },
      state: { type: 'STATE_LIGHT' },
    };
    assert.deepEqual(left(device, 'Light', 'LIGHT', 'On', 'Color'), device);
    const remote = { type: 'REMOTE_CONTROL', state: { button: 2, modifiers: ['longpress'] } };
    assert.deepEqual(left(remote, 'Remote', 'Button'), remote);
  });

  it('replaces a name with an address, a street or a telephone number even if names are kept', () => {
    for (const name of ['fe80::1c2d:3e4f', 'mokki.local', '040-123 4567', 'Kanariankatu 5 A']) {
      assert.deepEqual(cleaned({ devices: { d: { name } } }, true).devices, { 'device-1': { name: 'device 1' } }, name);
    }
  });

  it('replaces telephone numbers, serial numbers and times in seconds in known fields', () => {
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

  it('gives each button of a remote control its own name', () => {
    const buttons = [
      { id: 1, label: 'Sauna' },
      { id: 2, label: 'Väinö' },
    ];
    const others = [
      { id: 1, label: 'button 1' },
      { id: 2, label: 'button 2' },
    ];
    assert.deepEqual(left({ buttons }), { buttons: others });
    const odd = [0, 999, -1, 1000, '040 123 4567'].map((id) => ({ id, label: 'Sauna' }));
    const labels = (left({ buttons: odd })['buttons'] as { label: string }[]).map(({ label }) => label);
    assert.deepEqual(labels, ['button 0', 'button 999', 'button', 'button', 'button']);
    assert.deepEqual(cleaned({ devices: { d: { buttons } } }, true).devices, { 'device-1': { buttons } });
  });
});
