import assert from 'node:assert/strict';
import fc from 'fast-check';
import { runs } from '../../../faults/support/runs.js';
import { type Plan, planCommand, toggled } from '../../../../src/devices/commands/commands.js';
import type { Entry } from '../../../../src/devices/things/device.js';
import type { Kind } from '../../../../src/devices/things/kinds.js';
import { Home } from '../../../../src/devices/home/home.js';
import { type CommandProperties, parseOrder } from '../../../../src/devices/commands/orders.js';
import type { Things } from '../../../../src/devices/things/things.js';
import { FIELDS } from '../../../../src/devices/things/fields.js';
import { VALUES } from '../../../faults/support/values.js';
import { FakeClock } from '../../support/fake-clock.js';
import { AT, blind, byId, device, lamp, type RawDevice, socket, thermometer, thermostat } from '../support.js';

const whiteLamp = (id: string, state = {}, more = {}): RawDevice =>
  lamp(
    id,
    { colorMode: null, hue: null, saturation: null, temperature: null, minTemperature: null, ...state },
    { capabilities: ['BRIGHTNESS', 'CONTROL_LIGHT', 'ON_OFF'], ...more },
  );
const relay = (id: string, more = {}): RawDevice =>
  whiteLamp(id, { brightness: null }, { capabilities: ['CONTROL_LIGHT', 'ON_OFF'], ...more });
const speaker = (id: string): RawDevice =>
  device(id, 'MEDIA_RENDERER', ['VOLUME', 'MUTE'], {
    type: 'STATE_MEDIA_RENDERER',
    isOn: null,
    rcData: { type: 'RC', volume: 30, mute: false, bass: 1 },
  });
const valve = (id: string): RawDevice =>
  device(id, 'VALVE', ['VALVE', 'FLOW', 'FLOW_VOLUME'], { type: 'STATE_VALVE', openPct: 40, volume: 1234, flow: 12 });
const heatPump = (id: string): RawDevice =>
  device(id, 'HVAC', ['HVAC', 'CONTROL_MODE', 'CONTROL_PRESET', 'FAN_MODE'], {
    type: 'STATE_HVAC',
    mode: 2,
    preset: 0,
    fanMode: 1,
    targetTemperature: 22,
  });

function homeOf(devices: RawDevice[], lists: Partial<Record<Kind, object>> = {}): Things {
  const home = new Home({ hub: 'koti', language: 'fi', clock: new FakeClock() });
  home.load('device', byId(...devices));
  for (const [kind, list] of Object.entries(lists)) home.load(kind as Kind, list);
  return home.things;
}

const entryOf = (things: Things, id: string, kind: Kind = 'device'): Entry => things.get(kind, id) as Entry;

/** The plan for a device by itself. */
function plan(raw: RawDevice, payload: unknown, properties: CommandProperties = {}, isAlone = true): Plan {
  const things = homeOf([raw]);
  return planCommand(parseOrder(properties, payload), entryOf(things, raw.id), things, { isAlone });
}

const on = { id: 'x', type: 'CMD_DEVICE_ON' };
const off = { id: 'x', type: 'CMD_DEVICE_OFF' };
const set = (state: object): object => ({ id: 'x', type: 'CMD_DEVICE', state });
const light = (state: object): object => set({ type: 'STATE_LIGHT', ...state });

describe('commands: what a device is told', () => {
  const rows: [what: string, raw: RawDevice, payload: unknown, elements: object[], asked: object][] = [
    ['a lamp on', lamp('x'), true, [on], { on: true }],
    ['a lamp off', lamp('x'), 'off', [off], { on: false }],
    ['a socket on', socket('x'), 'on', [on], { on: true }],
    [
      'brightness, and on after it',
      lamp('x'),
      { brightness: 60 },
      [light({ brightness: 0.6 }), on],
      { on: true, brightness: 60 },
    ],
    ['a number is brightness of a lamp', lamp('x'), 60, [light({ brightness: 0.6 }), on], { on: true, brightness: 60 }],
    [
      'brightness below 1 is 1, not off',
      lamp('x'),
      0.2,
      [light({ brightness: 0.01 }), on],
      { on: true, brightness: 1 },
    ],
    ['brightness 0 is off', lamp('x'), 0, [off], { on: false }],
    ['on and brightness 0 is off', lamp('x'), { on: true, brightness: 0, hue: 5 }, [off], { on: false }],
    [
      'off sends nothing else of light',
      lamp('x'),
      { on: false, brightness: 60, colorTemperature: 2700 },
      [off],
      { on: false },
    ],
    [
      'a colour temperature',
      lamp('x'),
      { colorTemperature: 3000 },
      [light({ temperature: 3000, colorMode: 'ct' }), on],
      { on: true, colorTemperature: 3000 },
    ],
    [
      'a color',
      lamp('x'),
      { color: '#00ff00' },
      [light({ hue: (2 * Math.PI) / 3, saturation: 1, colorMode: 'hs' }), on],
      { on: true, hue: 120, saturation: 100 },
    ],
    [
      'a hue in white mode, with a saturation to see it by',
      lamp('x'),
      { hue: 180 },
      [light({ hue: Math.PI, saturation: 1, colorMode: 'hs' }), on],
      { on: true, hue: 180, saturation: 100 },
    ],
    [
      'a hue in color mode, by itself',
      lamp('x', { hue: 1, saturation: 0.5 }),
      { hue: 180 },
      [light({ hue: Math.PI, colorMode: 'hs' }), on],
      { on: true, hue: 180 },
    ],
    [
      'a hue of 360',
      lamp('x', { hue: 1, saturation: 0.5 }),
      { hue: 360 },
      [light({ hue: 2 * Math.PI, colorMode: 'hs' }), on],
      { on: true, hue: 360 },
    ],
    [
      'a transition, in milliseconds',
      lamp('x'),
      { brightness: 60, transition: 2.5 },
      [light({ brightness: 0.6, transitionMsec: 2500 }), on],
      { on: true, brightness: 60 },
    ],
    [
      'a transition of nothing but on',
      lamp('x'),
      { on: true, transition: 1 },
      [light({ transitionMsec: 1000, isOn: true }), on],
      { on: true },
    ],
    [
      'a target under the one name',
      thermostat('x', { targetTemp: 20 }),
      21.5,
      [set({ type: 'STATE_THERMOSTAT', targetTemp: 21.5 })],
      { targetTemperature: 21.5 },
    ],
    [
      'a target under the other name',
      thermostat('x', { targetTemperature: 20 }),
      21.5,
      [set({ type: 'STATE_THERMOSTAT', targetTemperature: 21.5 })],
      { targetTemperature: 21.5 },
    ],
    [
      'a target under the name that has a value',
      thermostat('x', { targetTemp: null, targetTemperature: 20 }),
      21,
      [set({ type: 'STATE_THERMOSTAT', targetTemperature: 21 })],
      { targetTemperature: 21 },
    ],
    [
      'a target under the name that is there without a value',
      thermostat('x', { targetTemperature: null }),
      21,
      [set({ type: 'STATE_THERMOSTAT', targetTemperature: 21 })],
      { targetTemperature: 21 },
    ],
    [
      'a position as position where a blind shows it, whatever else it shows',
      blind('x', { liftPct: 0, position: 0 }),
      40,
      [set({ type: 'STATE_BLINDS', position: 0.4 })],
      { position: 40 },
    ],
    [
      'a position as liftPct where a blind shows nothing else',
      blind('x', { liftPct: 0, position: null }),
      40,
      [set({ type: 'STATE_BLINDS', liftPct: 40 })],
      { position: 40 },
    ],
    [
      'a position of a blind that shows none',
      blind('x'),
      40,
      [set({ type: 'STATE_BLINDS', position: 0.4 })],
      { position: 40 },
    ],
    [
      'a position as position where that is all a blind shows',
      blind('x', { position: 0 }),
      40,
      [set({ type: 'STATE_BLINDS', position: 0.4 })],
      { position: 40 },
    ],
    [
      'a position as openPct',
      device('x', 'VALVE', ['VALVE'], { type: 'STATE_VALVE', openPct: 0 }),
      { position: 40 },
      [set({ type: 'STATE_VALVE', openPct: 40 })],
      { position: 40 },
    ],
    ['a tilt', blind('x', { tiltPct: 3 }), { tilt: 50 }, [set({ type: 'STATE_BLINDS', tiltPct: 50 })], { tilt: 50 }],
    [
      'a mode by its word',
      heatPump('x'),
      { mode: 'Cool', fan: 'auto' },
      [set({ type: 'STATE_HVAC', mode: 3, fanMode: 5 })],
      { mode: 'cool', fan: 'auto' },
    ],
    [
      'a mode by its number',
      heatPump('x'),
      { mode: 0, preset: 1 },
      [set({ type: 'STATE_HVAC', mode: 0, preset: 1 })],
      { mode: 'off', preset: 'eco' },
    ],
    ['a mode that has no word', heatPump('x'), { mode: 9 }, [set({ type: 'STATE_HVAC', mode: 9 })], { mode: 9 }],
    [
      'a target of a heat pump leaves it as it is otherwise',
      heatPump('x'),
      { targetTemperature: 20 },
      [set({ type: 'STATE_HVAC', targetTemperature: 20 })],
      { targetTemperature: 20 },
    ],
    [
      'volume and mute in their object, with its type',
      speaker('x'),
      { volume: 40, mute: true },
      [set({ type: 'STATE_MEDIA_RENDERER', rcData: { type: 'RC', volume: 40, mute: true } })],
      { volume: 40, mute: true },
    ],
    [
      'bass beside volume',
      speaker('x'),
      { volume: 40, rcData: { bass: -2 } },
      [set({ type: 'STATE_MEDIA_RENDERER', rcData: { type: 'RC', volume: 40, bass: -2 } })],
      { volume: 40, rcData: { bass: -2 } },
    ],
    [
      'a siren by its own field',
      device('x', 'SIREN', [], { type: 'STATE_SIREN', sirenOn: false }),
      true,
      [set({ type: 'STATE_SIREN', sirenOn: true })],
      { on: true },
    ],
    [
      'a siren that can ON_OFF by a command',
      device('x', 'SIREN', ['ON_OFF', 'SIGNAL'], { type: 'STATE_SIREN', sirenOn: false }),
      true,
      [on],
      { on: true },
    ],
    [
      'sound whose object says no type',
      device('x', 'MEDIA_RENDERER', ['VOLUME'], { type: 'STATE_MEDIA_RENDERER', rcData: { volume: 30, bass: 0 } }),
      { volume: 40 },
      [set({ type: 'STATE_MEDIA_RENDERER', rcData: { type: 'MR_RC_DATA', volume: 40 } })],
      { volume: 40 },
    ],
    [
      'bass by itself, of sound whose object says no type',
      device('x', 'MEDIA_RENDERER', ['VOLUME'], { type: 'STATE_MEDIA_RENDERER', rcData: { volume: 30, bass: 0 } }),
      { rcData: { bass: 2 } },
      [set({ type: 'STATE_MEDIA_RENDERER', rcData: { type: 'MR_RC_DATA', bass: 2 } })],
      { rcData: { bass: 2 } },
    ],
    [
      'sound that the device does not show',
      device('x', 'MEDIA_RENDERER', ['MUTE'], { type: 'STATE_MEDIA_RENDERER' }),
      { mute: true },
      [set({ type: 'STATE_MEDIA_RENDERER', rcData: { type: 'MR_RC_DATA', mute: true } })],
      { mute: true },
    ],
    [
      'a socket that says no type of state, and its type is not that of its state',
      device('x', 'POWER_SOCKET', ['ON_OFF'], { isOn: true, brightness: 1 }),
      50,
      [set({ type: 'STATE_SOCKET', brightness: 0.5 }), on],
      { on: true, brightness: 50 },
    ],
    [
      'something that says no type at all',
      { ...device('x', '', ['ON_OFF'], { isOn: true, speed: 1 }) },
      { speed: 2 },
      [set({ speed: 2 })],
      { speed: 2 },
    ],
    [
      'a mode of whatever can CONTROL_MODE, by its word',
      device('x', 'THERMOSTAT', ['CONTROL_MODE', 'CONTROL_PRESET'], { type: 'STATE_THERMOSTAT', mode: 0, preset: 0 }),
      { mode: 'heat', preset: 'eco' },
      [set({ type: 'STATE_THERMOSTAT', mode: 2, preset: 1 })],
      { mode: 'heat', preset: 'eco' },
    ],
    [
      'a mode of ventilation by a word of its own',
      device('x', 'VU', ['CONTROL_MODE', 'VU'], { type: 'STATE_VU', mode: 2 }),
      { mode: 'boost' },
      [set({ type: 'STATE_VU', mode: 4 })],
      { mode: 'boost' },
    ],
    [
      'an alarm device',
      device('x', 'ALARM_DEVICE', ['ON_OFF'], { type: 'STATE_ALARM', isOn: true }),
      false,
      [off],
      { on: false },
    ],
    [
      'what has Cozify’s own name',
      device('x', 'MOWER', [], { type: 'STATE_MOWER', blade: 3, isWet: false }),
      { blade: 5, isWet: true },
      [set({ type: 'STATE_MOWER', blade: 5, isWet: true })],
      { blade: 5, isWet: true },
    ],
    [
      'off with what is no light',
      device('x', 'FAN', [], { type: 'STATE_FAN', isOn: true, speed: 1 }),
      { on: false, speed: 0 },
      [set({ type: 'STATE_FAN', speed: 0 }), off],
      { on: false, speed: 0 },
    ],
    [
      'a device that says no type of state',
      { ...lamp('x'), state: { isOn: true, brightness: 1 } },
      50,
      [set({ type: 'STATE_LIGHT', brightness: 0.5 }), on],
      { on: true, brightness: 50 },
    ],
    [
      'a lamp that was off when it went away',
      lamp('x', { reachable: false, brightness: null }),
      50,
      [light({ brightness: 0.5 }), on],
      { on: true, brightness: 50 },
    ],
  ];
  for (const [what, raw, payload, elements, asked] of rows) {
    it(what, () => {
      const made = plan(raw, payload);
      assert.deepEqual(made.elements, elements);
      assert.deepEqual(made.asked, asked);
      assert.equal(made.endpoint, 'devices');
    });
  }

  it('the transition is how long it takes', () => {
    assert.equal(plan(lamp('x'), { brightness: 1, transition: 2.5 }).transitionMs, 2500);
    assert.equal(plan(lamp('x'), true).transitionMs, 0);
  });

  it('the node’s transition counts for its numbers and switches, too', () => {
    assert.deepEqual(plan(lamp('x'), 50, { transition: '2' }).elements, [
      light({ brightness: 0.5, transitionMsec: 2000 }),
      on,
    ]);
    assert.equal(plan(lamp('x'), 'toggle', { transition: 2 }).transitionMs, 0);
    assert.equal(plan(lamp('x', { isOn: false }), 'toggle', { transition: 2 }).transitionMs, 2000);
  });
});

describe('commands: what can’t be set', () => {
  it('a state that was read can be given back: what is only shown is ignored', () => {
    const things = homeOf([lamp('x', { rssi: -60, lastChange: 1_790_000_000_000 })]);
    const { state } = entryOf(things, 'x');
    const made = planCommand(
      parseOrder({}, { ...things.show(entryOf(things, 'x')), ...state }),
      entryOf(things, 'x'),
      things,
      { isAlone: true },
    );
    assert.deepEqual(made.elements, [light({ brightness: 0.6, temperature: 2700, colorMode: 'ct' }), on]);
    const ignored = [
      'capabilities',
      'colorMode',
      'colorTemperatureRange',
      'groups',
      'hub',
      'id',
      'kind',
      'lastChange',
      'lastSeen',
      'manufacturer',
      'model',
      'name',
      'reachable',
      'rssi',
      'type',
    ];
    assert.deepEqual([...made.ignored].sort(), ignored);
  });

  const devices: [what: string, raw: RawDevice][] = [
    ['a lamp in color', lamp('x', { colorMode: 'hs', hue: 1, saturation: 0.5, temperature: -1 })],
    ['a lamp that shows both colors and white', lamp('x', { hue: 1, saturation: 0.5 })],
    ['a lamp that is off', lamp('x', { isOn: false })],
    ['a relay', relay('x')],
    ['a socket', socket('x', { activePower: 5, lastChange: 5 })],
    ['a thermostat', thermostat('x', { targetTemp: 20 })],
    ['a blind', blind('x', { liftPct: 5, position: 0.05, tiltPct: 0 })],
    ['a heat pump', heatPump('x')],
    ['a heat pump in a mode of its own word', { ...heatPump('x'), state: { ...heatPump('x').state, mode: 'dry' } }],
    ['a loudspeaker', speaker('x')],
    [
      'a heat pump with a preset that is none',
      { ...heatPump('x'), state: { ...heatPump('x').state, preset: -1, targetTemperature: 120 } },
    ],
    ['a water valve with a meter', valve('x')],
  ];
  for (const [what, raw] of devices) {
    it(`the state of ${what} can be given back as it was read`, () => {
      const things = homeOf([raw]);
      const made = plan(raw, { ...entryOf(things, 'x').state });
      assert.ok(made.elements.length > 0);
      for (const [name, value] of Object.entries(made.asked)) assert.deepEqual(entryOf(things, 'x').state[name], value);
    });
  }

  it('what is no value that could be set is given back as it was shown, or else refused', () => {
    const odd = { ...heatPump('x'), state: { ...heatPump('x').state, preset: -1, targetTemperature: 120 } };
    const made = plan(odd, { mode: 'heat', preset: -1, targetTemperature: 120 });
    assert.deepEqual(made.elements, [set({ type: 'STATE_HVAC', mode: 2 })]);
    assert.deepEqual(made.ignored, ['preset', 'targetTemperature']);
    assert.throws(() => plan(odd, { targetTemperature: 121 }), { message: /targetTemperature should be a number/ });
    assert.throws(() => plan(heatPump('x'), { preset: -1 }), { message: /preset should be a word/ });
  });

  it('a volume in litres is no loudness: it is ignored, however large', () => {
    const made = plan(valve('x'), { position: 10, volume: 1234 });
    assert.deepEqual(made.elements, [set({ type: 'STATE_VALVE', openPct: 10 })]);
    assert.deepEqual(made.ignored, ['volume']);
  });

  it('a field that a capability promises, and the device has another meaning for, is not there', () => {
    const odd = device('x', 'DIMMER', ['COLOR_TEMP', 'ON_OFF'], { type: 'STATE_DIMMER', isOn: true, temperature: 40 });
    assert.throws(() => plan(odd, { colorTemperature: 2700 }), { message: /has no colorTemperature\. It can: on\.$/ });
  });

  it('what an earlier state had, and the device has no value for now, is ignored', () => {
    assert.deepEqual(plan(lamp('x', { colorMode: null }), { on: true, colorMode: 'color' }).ignored, ['colorMode']);
  });

  it('light beside off is ignored, a brightness of 0 is not', () => {
    assert.deepEqual(plan(lamp('x'), { on: false, brightness: 60, hue: 3 }).ignored, ['brightness', 'hue']);
    assert.deepEqual(plan(lamp('x'), { on: true, brightness: 0 }).ignored, []);
  });

  it('a transition is a wish: ignored where the device has none, or goes off', () => {
    assert.deepEqual(plan(whiteLamp('x'), { brightness: 5, transition: 1 }).ignored, ['transition']);
    assert.deepEqual(plan(socket('x'), { on: true, transition: 1 }).ignored, ['transition']);
    assert.deepEqual(plan(lamp('x'), { on: false, transition: 1 }).ignored, ['transition']);
    assert.deepEqual(plan(thermostat('x', { targetTemp: 5 }), { targetTemperature: 20, transition: 1 }).ignored, [
      'transition',
    ]);
  });

  const bad: [what: string, raw: RawDevice, payload: unknown, says: RegExp][] = [
    [
      'a field that the device does not have',
      socket('x'),
      { brightness: 50 },
      /^"Laite x" has no brightness\. It can: on\.$/,
    ],
    [
      'several such fields',
      thermometer('x'),
      { on: true, hue: 5 },
      /^"Laite x" has no on, hue\. Nothing of it can be set\.$/,
    ],
    [
      'a color, by that name',
      whiteLamp('x'),
      { color: '#ff0000' },
      /^"Lamppu x" has no color\. It can: on, brightness \(0 to 100 %\)\.$/,
    ],
    [
      'a field beside those that it has',
      lamp('x'),
      { brightness: 50, targetTemperature: 20 },
      /has no targetTemperature\. It can: on, brightness \(0 to 100 %\), colorTemperature \(2203 to 6536 K\), hue .*, color, transition \(0 to 3600 s\)\.$/,
    ],
    ['a field that nothing has', lamp('x'), { gadget: 5 }, /has no gadget/],
    ['a field of Cozify’s name that has one of ours', socket('x'), { isOn: true }, /has no isOn\. It can: on\./],
    [
      'nothing left',
      thermometer('x'),
      { temperature: 5 },
      /^There is nothing to set on "Laite x"\. Nothing of it can be set\.$/,
    ],
    ['nothing at all', lamp('x'), {}, /There is nothing to set on "Lamppu x"\. It can: on, /],
    ['a transition alone', lamp('x'), { transition: 5 }, /nothing to set/],
    [
      'a number for what has none',
      socket('x'),
      50,
      /Only a light, a blind or a thermostat accepts a number, and "Laite x" is none/,
    ],
    ['brightness above 100', lamp('x'), 150, /brightness should be a number from 0 to 100 %, but was 150/],
    ['brightness below 0', lamp('x'), { brightness: -1 }, /brightness.*-1/],
    [
      'brightness as a text that is no number',
      lamp('x'),
      { brightness: 'dim' },
      /brightness should be a number.*a string/,
    ],
    ['brightness that is NaN', lamp('x'), { brightness: NaN }, /brightness.*NaN/],
    ['brightness that is infinite', lamp('x'), { brightness: Infinity }, /brightness/],
    [
      'a colour temperature in mireds',
      lamp('x'),
      { colorTemperature: 370 },
      /colorTemperature should be a number from 1000 to 20000 K, but was 370/,
    ],
    ['a hue beyond the circle', lamp('x'), { hue: 361 }, /hue.*0 to 360/],
    [
      'a target nobody bears',
      thermostat('x', { targetTemp: 20 }),
      101,
      /targetTemperature should be a number from 0 to 100 °C, but was 101/,
    ],
    ['a target in the frost', thermostat('x', { targetTemp: 20 }), -5, /targetTemperature/],
    ['a position beyond the window', blind('x', { liftPct: 0 }), 101, /position.*0 to 100 %/],
    ['an on that is no boolean', lamp('x'), { on: 'yes' }, /on should be true or false, but was a string/],
    ['an on that is a number', lamp('x'), { on: 1 }, /on should be true or false, but was a number/],
    ['a mute that is no boolean', speaker('x'), { mute: 1 }, /mute should be true or false/],
    ['a word that is none', heatPump('x'), { mode: 'warm' }, /^mode of "Laite x" should be off, auto, heat, cool\.$/],
    [
      'a word where there are only numbers',
      device('x', 'X', [], { type: 'X', mode: 1 }),
      { mode: 'heat' },
      /should be a whole number/,
    ],
    ['half a mode', heatPump('x'), { mode: 1.5 }, /mode should be a word or a whole number/],
    [
      'a mode that is true',
      heatPump('x'),
      { mode: true },
      /mode should be a word or a whole number, but was a boolean/,
    ],
    [
      'another type than the device shows',
      device('x', 'X', [], { type: 'X', blade: 3 }),
      { blade: 'three' },
      /blade should have the same type as the device's value, a number, but was a string/,
    ],
    ['a number that is none', device('x', 'X', [], { type: 'X', blade: 3 }), { blade: NaN }, /blade/],
    ['a list for an object', speaker('x'), { rcData: [1] }, /rcData should have the same type/],
    ['a text without end', device('x', 'X', [], { type: 'X', label: 'a' }), { label: 'b'.repeat(2000) }, /label/],
  ];
  for (const [what, raw, payload, says] of bad) {
    it(`not: ${what}`, () => assert.throws(() => plan(raw, payload), { code: 'COZIFY_BAD_INPUT', message: says }));
  }

  const loops = (): unknown => {
    const loop: Record<string, unknown> = {};
    for (const key of ['a', 'b', 'c', 'd', 'e']) loop[key] = loop;
    return loop;
  };
  const shared = (): unknown => {
    let value: unknown = { bass: 1 };
    for (let level = 0; level < 14; level += 1) value = { a: value, b: value, c: value, d: value, e: value };
    return value;
  };
  for (const [what, make] of [
    ['a value that holds itself five times', loops],
    ['a value that holds another again and again, far too often', shared],
    ['a list without end', () => ({ list: Array.from({ length: 100_000 }, () => 0) })],
  ] as const) {
    it(`not: ${what}, which is looked at no longer than any other`, () => {
      let looked = 0;
      const seen = new Proxy(make() as object, {
        get: (target, key) => ((looked += 1), Reflect.get(target, key) as unknown),
      });
      assert.throws(() => plan(speaker('x'), { rcData: seen }), { code: 'COZIFY_BAD_INPUT', message: /rcData/ });
      assert.ok(looked < 10_000, `${looked}`);
    });
  }

  it('what the device does not have is ignored among several, and nothing may be left', () => {
    const made = plan(socket('x'), { on: true, brightness: 50 }, {}, false);
    assert.deepEqual([made.elements, made.ignored], [[on], ['brightness']]);
    const none = plan(thermometer('x'), { on: true, color: '#ff0000' }, {}, false);
    assert.deepEqual([none.elements, none.ignored], [[], ['on', 'color']]);
  });

  it('a value that no device has is refused among several, too', () => {
    assert.throws(() => plan(socket('x'), { brightness: 150 }, {}, false), { code: 'COZIFY_BAD_INPUT' });
  });

  it('light for several leaves alone what gives none: no heater goes on with the lamps', () => {
    assert.deepEqual(plan(socket('x'), { brightness: 50 }, {}, false).elements, []);
    assert.deepEqual(plan(socket('x'), { brightness: 0 }, {}, false).elements, []);
    assert.deepEqual(plan(relay('x'), { brightness: 50 }, {}, false).elements, [on]);
    assert.deepEqual(plan(relay('x'), { brightness: 0 }, {}, false).elements, [off]);
  });

  it('a dimmer in a socket is dimmed, and put out by 0', () => {
    const dimmer = socket('x', { brightness: 0.5 });
    assert.deepEqual(plan(dimmer, 40).elements, [set({ type: 'STATE_SOCKET', brightness: 0.4 }), on]);
    assert.deepEqual(plan(dimmer, 0).elements, [off]);
  });

  for (const [what, make] of Object.entries(VALUES)) {
    it(`${what} for any field is set, or refused with COZIFY_BAD_INPUT`, () => {
      for (const name of [
        'on',
        'brightness',
        'hue',
        'mode',
        'targetTemperature',
        'volume',
        'rcData',
        'blade',
        'gadget',
      ]) {
        for (const raw of [lamp('x'), heatPump('x'), speaker('x'), device('x', 'X', [], { type: 'X', blade: 3 })]) {
          try {
            plan(raw, make(), { command: 'set', field: name });
          } catch (error) {
            assert.equal((error as { code?: string }).code, 'COZIFY_BAD_INPUT', String(error));
          }
        }
      }
    });
  }
});

describe('commands: outside a lamp’s own range', () => {
  const rows: [asked: number, sent: number, clamped: string[]][] = [
    [1500, 2203, ['colorTemperature']],
    [2203, 2203, []],
    [4000, 4000, []],
    [6536, 6536, []],
    [9000, 6536, ['colorTemperature']],
  ];
  for (const [asked, sent, clamped] of rows) {
    it(`${asked} K is ${sent} K${clamped.length > 0 ? ', and said' : ''}`, () => {
      const made = plan(lamp('x'), { colorTemperature: asked });
      assert.deepEqual([made.asked['colorTemperature'], made.clamped], [sent, clamped]);
    });
  }
});

describe('commands: a group', () => {
  const group = { g: { name: 'Valot', members: ['a', 'b'] } };
  const made = (devices: RawDevice[], payload: unknown, properties: CommandProperties = {}, isAlone = true): Plan => {
    const things = homeOf(devices, { group });
    return planCommand(parseOrder(properties, payload), entryOf(things, 'g', 'group'), things, { isAlone });
  };

  it('is switched in one call', () => {
    const { elements, endpoint, members } = made([lamp('a'), socket('b')], true);
    assert.deepEqual([endpoint, elements], ['groups', [{ id: 'g', type: 'CMD_GROUP_ON' }]]);
    assert.deepEqual(
      members.map(({ elements: own }) => own[0]),
      [
        { id: 'a', type: 'CMD_DEVICE_ON' },
        { id: 'b', type: 'CMD_DEVICE_ON' },
      ],
    );
    assert.deepEqual(made([lamp('a'), lamp('b')], false).elements, [{ id: 'g', type: 'CMD_GROUP_OFF' }]);
  });

  it('is dimmed in one call where all members get the same, and its members are there for a hub that refuses', () => {
    const { elements, endpoint, members, asked } = made([lamp('a'), whiteLamp('b')], 40);
    assert.deepEqual([endpoint, asked], ['groups', { on: true, brightness: 40 }]);
    assert.deepEqual(elements, [
      { id: 'g', type: 'CMD_DEVICE', state: { type: 'STATE_LIGHT', brightness: 0.4 } },
      { id: 'g', type: 'CMD_GROUP_ON' },
    ]);
    assert.deepEqual(
      members.map(({ entry }) => entry.id),
      ['a', 'b'],
    );
  });

  it('is dimmed one by one where members differ', () => {
    const { elements, endpoint } = made([lamp('a'), socket('b', { brightness: 0.5 })], 40);
    assert.equal(endpoint, 'devices');
    assert.deepEqual(
      elements.map(({ id, type, state }) => [id, type, state?.['type']]),
      [
        ['a', 'CMD_DEVICE', 'STATE_LIGHT'],
        ['a', 'CMD_DEVICE_ON', undefined],
        ['b', 'CMD_DEVICE', 'STATE_SOCKET'],
        ['b', 'CMD_DEVICE_ON', undefined],
      ],
    );
  });

  it('is dimmed without switching on the heater in it', () => {
    const { elements, ignored, members } = made([lamp('a'), socket('b')], 40);
    assert.deepEqual(
      elements.map(({ id }) => id),
      ['a', 'a'],
    );
    assert.deepEqual([ignored, members.length], [[], 1]);
  });

  it('of thermostats: each is told under the name that it shows', () => {
    const { elements } = made([thermostat('a', { targetTemp: 20 }), thermostat('b', { targetTemperature: 20 })], 21);
    assert.deepEqual(
      elements.map(({ state }) => state),
      [
        { type: 'STATE_THERMOSTAT', targetTemp: 21 },
        { type: 'STATE_THERMOSTAT', targetTemperature: 21 },
      ],
    );
  });

  it('of lamps of different ranges: each is clamped to its own', () => {
    const { clamped, members } = made([lamp('a'), lamp('b', { maxTemperature: 4000 })], { colorTemperature: 5000 });
    assert.deepEqual(clamped, ['colorTemperature']);
    assert.deepEqual(
      members.map(({ asked }) => asked['colorTemperature']),
      [5000, 4000],
    );
  });

  it('with a transition that one member has', () => {
    const { transitionMs, ignored } = made([lamp('a'), whiteLamp('b')], { brightness: 5, transition: 2 });
    assert.deepEqual([transitionMs, ignored], [2000, []]);
    assert.deepEqual(made([whiteLamp('a'), whiteLamp('b')], { brightness: 5, transition: 2 }).ignored, ['transition']);
  });

  it('whose state was read can be given it back', () => {
    const things = homeOf([lamp('a'), whiteLamp('b')], { group });
    const { state } = entryOf(things, 'g', 'group');
    assert.deepEqual(state, { on: true, allOn: true, brightness: 60 });
    const { ignored, elements } = made([lamp('a'), whiteLamp('b')], { ...state });
    assert.deepEqual([ignored, elements.length], [['allOn'], 2]);
  });

  it('is toggled by its members: any on, all off', () => {
    assert.deepEqual(made([lamp('a'), lamp('b', { isOn: false })], 'toggle').elements[0]?.type, 'CMD_GROUP_OFF');
    assert.deepEqual(made([lamp('a', { isOn: false })], 'toggle').elements[0]?.type, 'CMD_GROUP_ON');
  });

  it('whose members are not known is switched all the same', () => {
    assert.deepEqual(made([], true).elements, [{ id: 'g', type: 'CMD_GROUP_ON' }]);
  });

  it('of which no member can do it is COZIFY_BAD_INPUT, saying what they can', () => {
    const bad = (message: RegExp) => ({ code: 'COZIFY_BAD_INPUT', message });
    assert.throws(() => made([socket('a'), socket('b')], { hue: 5 }), bad(/^"Valot" has no hue\. It can: on\.$/));
    assert.throws(() => made([thermometer('a')], true), bad(/^"Valot" has no on\. Nothing of it can be set\.$/));
    assert.throws(() => made([], { brightness: 5 }), bad(/"Valot" has no brightness/));
    assert.throws(() => made([socket('a')], 50), bad(/Only a light/));
    assert.deepEqual(made([socket('a')], { hue: 5 }, {}, false).ignored, ['hue']);
  });
});

describe('commands: a room', () => {
  const room = { r1: { name: 'Sauna' } };
  const made = (devices: RawDevice[], payload: unknown): Plan => {
    const things = homeOf(devices, { room });
    return planCommand(parseOrder({}, payload), entryOf(things, 'r1', 'room'), things, { isAlone: true });
  };
  const ids = ({ elements }: Plan): string[] => elements.map(({ id }) => id);

  it('is its lamps, and no socket', () => {
    const { endpoint, elements } = made([lamp('a'), socket('s'), relay('b'), thermometer('t')], true);
    assert.deepEqual(
      [endpoint, elements],
      [
        'devices',
        [
          { id: 'a', type: 'CMD_DEVICE_ON' },
          { id: 'b', type: 'CMD_DEVICE_ON' },
        ],
      ],
    );
  });

  it('is no socket that says it controls light', () => {
    const odd = socket('s', {}, { capabilities: ['CONTROL_LIGHT', 'ON_OFF'] });
    assert.deepEqual(ids(made([lamp('a'), odd], true)), ['a']);
  });

  it('is what controls light, whatever its type', () => {
    const odd = device('o', 'DIMMER', ['CONTROL_LIGHT', 'ON_OFF'], { type: 'STATE_LIGHT', isOn: false });
    assert.deepEqual(ids(made([odd, lamp('a', {}, { capabilities: ['ON_OFF'] })], true)), ['o']);
  });

  it('is what has the type of a lamp where nothing controls light', () => {
    assert.deepEqual(ids(made([lamp('a', {}, { capabilities: ['ON_OFF'] }), socket('s')], true)), ['a']);
  });

  it('is dimmed lamp by lamp, each as far as it can', () => {
    const { elements, asked, ignored } = made([whiteLamp('a'), relay('b')], 40);
    assert.deepEqual(
      elements.map(({ id, type }) => [id, type]),
      [
        ['a', 'CMD_DEVICE'],
        ['a', 'CMD_DEVICE_ON'],
        ['b', 'CMD_DEVICE_ON'],
      ],
    );
    assert.deepEqual([asked, ignored], [{ on: true, brightness: 40 }, []]);
  });

  it('without lamps is COZIFY_BAD_INPUT', () => {
    for (const devices of [[], [socket('s')]]) {
      assert.throws(() => made(devices, true), { code: 'COZIFY_BAD_INPUT', message: /There is no lamp in "Sauna"/ });
    }
  });
});

describe('commands: scenes, rules, alarms', () => {
  const lists = {
    scene: { x: { name: 'Saunailta', isOn: true } },
    rule: { x: { config: { name: 'Kiuas pois' }, is_on: false } },
    alarm: { x: { name: 'Vuoto', closed: false } },
  };
  const made = (kind: Kind, payload: unknown, properties: CommandProperties = {}): Plan => {
    const things = homeOf([], lists);
    return planCommand(parseOrder(properties, payload), entryOf(things, 'x', kind), things, { isAlone: true });
  };

  const rows: [kind: Kind, payload: unknown, endpoint: string, type: string][] = [
    ['scene', true, 'scenes', 'CMD_SCENE_ON'],
    ['scene', { on: false }, 'scenes', 'CMD_SCENE_OFF'],
    ['scene', 'toggle', 'scenes', 'CMD_SCENE_OFF'],
    ['rule', 'on', 'rules', 'RULE_ON_COMMAND'],
    ['rule', false, 'rules', 'RULE_OFF_COMMAND'],
    ['rule', 'toggle', 'rules', 'RULE_ON_COMMAND'],
  ];
  for (const [kind, payload, endpoint, type] of rows) {
    it(`a ${kind} with ${JSON.stringify(payload)} is ${type}`, () => {
      const { elements, endpoint: way, asked } = made(kind, payload);
      assert.deepEqual([elements, way], [[{ id: 'x', type }], endpoint]);
      assert.deepEqual(asked, { on: type.includes('ON') && !type.includes('OFF') });
    });
  }

  it('is switched by what says so, and not because light of others was asked for', () => {
    const things = homeOf([lamp('l'), whiteLamp('w')], lists);
    const elements = (kind: Kind, payload: unknown, of = 'l'): object[] => {
      const fellows = [entryOf(things, 'x', kind), entryOf(things, of)];
      return [
        ...planCommand(parseOrder({}, payload), entryOf(things, 'x', kind), things, { isAlone: false, fellows })
          .elements,
      ];
    };
    for (const kind of ['scene', 'rule'] as const) {
      for (const payload of [50, '50', 0, { brightness: 0 }, { brightness: 50 }, { hue: 5 }, { color: '#fff' }]) {
        assert.deepEqual(elements(kind, payload), [], JSON.stringify(payload));
        assert.deepEqual(elements(kind, payload, 'w'), [], JSON.stringify(payload));
      }
      assert.equal(elements(kind, { on: true, hue: 5 }).length, 1);
      assert.equal(elements(kind, { on: false }).length, 1);
    }
  });

  it('an alarm is closed', () => {
    const { endpoint, elements, asked } = made('alarm', undefined, { command: 'close' });
    assert.deepEqual([endpoint, elements, asked], ['alarms', [], { closed: true }]);
  });

  it('a scene has no transition', () =>
    assert.deepEqual(made('scene', true, { transition: 2 }).ignored, ['transition']));

  const bad: [what: string, work: () => Plan, says: RegExp][] = [
    ['an alarm is not switched', () => made('alarm', true), /"Vuoto" is an alarm: choose Close in the node/],
    ['a scene is not closed', () => made('scene', 1, { command: 'close' }), /"Saunailta" is not an alarm/],
    ['a scene is not dimmed', () => made('scene', { brightness: 5 }), /^"Saunailta" has no brightness\. It can: on\.$/],
    ['a scene takes no number', () => made('scene', 50), /Only a light/],
    ['a rule’s on is a boolean', () => made('rule', { on: 'yes' }), /on should be true or false/],
    ['a rule is not told nothing', () => made('rule', {}), /There is nothing to set on "Kiuas pois"\. It can: on\./],
  ];
  for (const [what, work, says] of bad) {
    it(what, () => assert.throws(work, { code: 'COZIFY_BAD_INPUT', message: says }));
  }
});

describe('commands: toggle', () => {
  const things = homeOf([lamp('on'), lamp('off', { isOn: false }), thermometer('t'), lamp('odd', { isOn: null })], {
    group: { g: { name: 'Valot', members: ['on', 'off'] } },
    room: { r1: { name: 'Sauna' } },
  });
  const rows: [ids: [Kind, string][], to: boolean][] = [
    [[['device', 'on']], false],
    [[['device', 'off']], true],
    [
      [
        ['device', 'off'],
        ['device', 'on'],
      ],
      false,
    ],
    [[['group', 'g']], false],
    [
      [
        ['room', 'r1'],
        ['device', 'off'],
      ],
      false,
    ],
    [
      [
        ['device', 't'],
        ['device', 'odd'],
      ],
      true,
    ],
  ];
  for (const [targets, to] of rows) {
    it(`${targets.map(([, id]) => id).join(' and ')}: ${to ? 'all on' : 'all off'}`, () => {
      assert.equal(
        toggled(
          targets.map(([kind, id]) => entryOf(things, id, kind)),
          things,
        ),
        to,
      );
    });
  }

  it('several get what they come to together', () => {
    const made = planCommand(parseOrder({ command: 'toggle' }, undefined), entryOf(things, 'off'), things, {
      isAlone: false,
      toggleTo: false,
    });
    assert.deepEqual(made.elements, [{ id: 'off', type: 'CMD_DEVICE_OFF' }]);
  });
});

describe('commands: any fields', () => {
  it('of a device, whatever it shows, can be given back as they were read', () => {
    const names = FIELDS.flatMap(({ name, sources }) => [name, ...sources.map(({ key, within }) => within ?? key)]);
    const value = fc.oneof(
      fc.jsonValue(),
      fc.double(),
      fc.constantFrom(-1, 0, 1, 0.5, 50, 1234, 1e308, AT, true, false, 'hs', 'ct', 'x'.repeat(2_000)),
      fc.dictionary(fc.constantFrom('volume', 'mute', 'state', 'bass', 'type'), fc.oneof(fc.jsonValue(), fc.double())),
    );
    const capabilities = fc.subarray([...new Set(FIELDS.flatMap(({ setting }) => setting?.capabilities ?? []))]);
    const type = fc.constantFrom('LIGHT', 'SOCKET', 'UI_DEVICE', 'HVAC');
    const state = fc.dictionary(fc.constantFrom(...names, 'gadget', 'colorMode'), value, { maxKeys: 8 });
    fc.assert(
      fc.property(type, capabilities, state, (of, can, shown) => {
        const raw = device('x', of, can, { type: `STATE_${of}`, ...shown });
        const read = entryOf(homeOf([raw]), 'x').state;
        try {
          plan(raw, { ...read });
        } catch (error) {
          // A lamp is in one mode: what shows both does not say which.
          assert.match((error as Error).message, /^There is nothing to set|^hue and saturation can't be set together/);
        }
      }),
      runs(3_000),
    );
  });

  it('make JSON that the hub can read, or are refused with COZIFY_BAD_INPUT', () => {
    const name = fc.constantFrom(
      'on',
      'brightness',
      'hue',
      'saturation',
      'color',
      'colorTemperature',
      'transition',
      'targetTemperature',
      'mode',
      'volume',
      'rcData',
      'blade',
      'reachable',
      '__proto__',
      'constructor',
    );
    const value = fc.oneof(
      fc.jsonValue(),
      fc.double(),
      fc.boolean(),
      fc.integer({ min: 0, max: 100 }),
      fc.constant('#ff8000'),
    );
    const raw = fc.constantFrom(lamp('x'), relay('x'), heatPump('x'), speaker('x'), thermostat('x', { targetTemp: 5 }));
    fc.assert(
      fc.property(raw, fc.dictionary(name, value, { maxKeys: 4 }), fc.boolean(), (of, fields, isAlone) => {
        try {
          const { elements, asked } = plan(of, fields, {}, isAlone);
          assert.deepEqual(JSON.parse(JSON.stringify(elements)), elements);
          assert.equal(elements.length === 0, Object.keys(asked).length === 0);
          for (const { state } of elements) if (state !== undefined) assert.match(String(state['type']), /^STATE_/);
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'COZIFY_BAD_INPUT', String(error));
        }
      }),
      runs(3_000),
    );
  });
});
