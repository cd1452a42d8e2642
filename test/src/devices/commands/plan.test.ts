import assert from 'node:assert/strict';
import fc from 'fast-check';
import { runs } from '../../../faults/support/runs.js';
import { type Plan, planCommand } from '../../../../src/devices/commands/plan.js';
import type { Entry } from '../../../../src/devices/things/device.js';
import type { Kind } from '../../../../src/devices/things/kinds.js';
import { HomeCache } from '../../../../src/devices/home/home-cache.js';
import { type CommandProperties, parseCommand } from '../../../../src/devices/commands/parse-command.js';
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
const heatPump = (id: string, state = {}): RawDevice =>
  device(id, 'HVAC', ['HVAC', 'CONTROL_MODE', 'CONTROL_PRESET', 'FAN_MODE'], {
    type: 'STATE_HVAC',
    mode: 2,
    preset: 0,
    fanMode: 1,
    targetTemperature: 22,
    ...state,
  });

function homeOf(devices: RawDevice[], lists: Partial<Record<Kind, object>> = {}): Things {
  const home = new HomeCache({ hub: 'koti', language: 'fi', clock: new FakeClock() });
  home.load('device', byId(...devices));
  for (const [kind, list] of Object.entries(lists)) home.load(kind as Kind, list);
  return home.things;
}

const entryOf = (things: Things, id: string, kind: Kind = 'device'): Entry => things.get(kind, id) as Entry;

/** Plans a command for a single device. */
function plan(raw: RawDevice, payload: unknown, properties: CommandProperties = {}, isAlone = true): Plan {
  const things = homeOf([raw]);
  return planCommand(parseCommand(properties, payload), entryOf(things, raw.id), things, { isAlone });
}

const on = { id: 'x', type: 'CMD_DEVICE_ON' };
const off = { id: 'x', type: 'CMD_DEVICE_OFF' };
const set = (state: object): object => ({ id: 'x', type: 'CMD_DEVICE', state });
const light = (state: object): object => set({ type: 'STATE_LIGHT', ...state });
const green = { hue: (2 * Math.PI) / 3, saturation: 1, colorMode: 'hs' };
const white = { temperature: 3000, colorMode: 'ct' };
const slowly = { brightness: 0.6, transitionMsec: 2500 };
const warm = set({ type: 'STATE_THERMOSTAT', targetTemp: 21 });
const lift = set({ type: 'STATE_BLINDS', position: 0.4 });
const slow = set({ type: 'STATE_FAN', speed: 0 });

const fan = device('x', 'FAN', [], { type: 'STATE_FAN', isOn: true, speed: 1 });
const colored = lamp('x', { hue: 1, saturation: 0.5 });
const lost = lamp('x', { reachable: false, brightness: null });
const modal = device('x', 'THERMOSTAT', ['CONTROL_MODE', 'CONTROL_PRESET'], { type: 'STATE_THERMOSTAT', mode: 0 });
const ventilation = device('x', 'VU', ['CONTROL_MODE', 'VU'], { type: 'STATE_VU', mode: 2 });
const siren = (capabilities: string[]): RawDevice =>
  device('x', 'SIREN', capabilities, { type: 'STATE_SIREN', sirenOn: false });
/** A device without the type of its state. */
const untyped = (raw: RawDevice): RawDevice => ({ ...raw, state: { ...raw.state, type: undefined } });
/** The sound of a device, with the type that the package sends if the device reports none. */
const rc = (type: string, sound: object): object => ({ rcData: { type, ...sound } });
const MR = 'MR_RC_DATA';
const bare = (rcData: object | undefined): RawDevice =>
  device('x', 'MEDIA_RENDERER', ['VOLUME', 'MUTE'], { type: 'STATE_MEDIA_RENDERER', rcData });

describe('planCommand for a device', () => {
  const rows: [title: string, raw: RawDevice, payload: unknown, elements: object[], asked: object][] = [
    ['a lamp on', lamp('x'), true, [on], { on: true }],
    ['a lamp off', lamp('x'), 'off', [off], { on: false }],
    ['a socket on', socket('x'), 'on', [on], { on: true }],
    ['brightness 0 as off', lamp('x'), 0, [off], { on: false }],
    ['on and brightness 0 as off', lamp('x'), { on: true, brightness: 0, hue: 5 }, [off], { on: false }],
    [
      'the brightness of a lamp before off',
      whiteLamp('x'),
      { on: false, brightness: 6 },
      [set({ type: 'STATE_LIGHT', brightness: 0.06 }), off],
      { on: false, brightness: 6 },
    ],
    [
      'off for a lamp that reports nothing else',
      lamp('x', { brightness: null, hue: null }),
      { on: false },
      [off],
      { on: false },
    ],
    ['a siren with ON_OFF by a command', siren(['ON_OFF', 'SIGNAL']), true, [on], { on: true }],
    ['an alarm device', device('x', 'ALARM_DEVICE', ['ON_OFF'], { isOn: true }), false, [off], { on: false }],
    ['a number for a thermostat', thermostat('x', { targetTemp: 20 }), 21, [warm], { targetTemperature: 21 }],
    ['a number for a blind', blind('x', { position: 0 }), 40, [lift], { position: 40 }],
    ['a device without any type', device('x', '', [], { speed: 1 }), { speed: 2 }, [set({ speed: 2 })], { speed: 2 }],
    ['off and a field that is not light', fan, { on: false, speed: 0 }, [slow, off], { on: false, speed: 0 }],
  ];
  for (const [title, raw, payload, elements, asked] of rows) {
    it(`plans ${title}`, () => {
      const made = plan(raw, payload);
      assert.deepEqual([made.elements, made.asked, made.endpoint], [elements, asked, 'devices']);
    });
  }

  const lit: [title: string, raw: RawDevice, payload: unknown, state: object, asked: object][] = [
    ['brightness', lamp('x'), { brightness: 60 }, { brightness: 0.6 }, { brightness: 60 }],
    ['a number as the brightness of a lamp', lamp('x'), 60, { brightness: 0.6 }, { brightness: 60 }],
    ['brightness below 1 as 1, not off', lamp('x'), 0.2, { brightness: 0.01 }, { brightness: 1 }],
    ['a colour temperature', lamp('x'), { colorTemperature: 3000 }, white, { colorTemperature: 3000 }],
    ['a color', lamp('x'), { color: '#00ff00' }, green, { hue: 120, saturation: 100 }],
    ['a hue in white mode with a saturation of 100 %', lamp('x'), { hue: 120 }, green, { hue: 120, saturation: 100 }],
    ['a hue in color mode', colored, { hue: 180 }, { hue: Math.PI, colorMode: 'hs' }, { hue: 180 }],
    ['a hue of 360', colored, { hue: 360 }, { hue: 2 * Math.PI, colorMode: 'hs' }, { hue: 360 }],
    ['a transition, in milliseconds', lamp('x'), { brightness: 60, transition: 2.5 }, slowly, { brightness: 60 }],
    ['a transition with on alone', lamp('x'), { on: true, transition: 1 }, { transitionMsec: 1000, isOn: true }, {}],
    ['a lamp without a state type', untyped(lamp('x')), 50, { brightness: 0.5 }, { brightness: 50 }],
    ['a lamp that was off when it was lost', lost, 50, { brightness: 0.5 }, { brightness: 50 }],
  ];
  for (const [title, raw, payload, state, asked] of lit) {
    it(`plans ${title}, then on`, () => {
      const made = plan(raw, payload);
      assert.deepEqual([made.elements, made.asked], [[light(state), on], { on: true, ...asked }]);
    });
  }

  it('plans the state type of a socket that reports none', () => {
    const made = plan(untyped(socket('x', { brightness: 1 })), 50);
    assert.deepEqual(made.elements, [set({ type: 'STATE_SOCKET', brightness: 0.5 }), on]);
  });

  const target = { targetTemperature: 21.5 };
  const up = { position: 40 };
  const fields: [title: string, raw: RawDevice, asked: object, state: object][] = [
    ['a target temperature as targetTemp', thermostat('x', { targetTemp: 20 }), target, { targetTemp: 21.5 }],
    ['a target temperature as targetTemperature', thermostat('x', { targetTemperature: 20 }), target, target],
    ['a target temperature, if one key is null', thermostat('x', { ...target, targetTemp: null }), target, target],
    ['a target temperature under a key that is null', thermostat('x', { targetTemperature: null }), target, target],
    ['only the target temperature of a heat pump', heatPump('x'), target, target],
    ['position for a blind that reports both', blind('x', { liftPct: 0, position: 0 }), up, { position: 0.4 }],
    ['position for a blind that reports only that', blind('x', { position: 0 }), up, { position: 0.4 }],
    ['position for a blind that reports no position', blind('x'), up, { position: 0.4 }],
    ['liftPct for a blind that reports only that', blind('x', { liftPct: 0, position: null }), up, { liftPct: 40 }],
    ['a position as openPct', valve('x'), up, { openPct: 40 }],
    ['a tilt', blind('x', { tiltPct: 3 }), { tilt: 50 }, { tiltPct: 50 }],
    ['a mode by its word', heatPump('x'), { mode: 'cool', fan: 'auto' }, { mode: 3, fanMode: 5 }],
    ['a mode without a word', heatPump('x'), { mode: 9 }, { mode: 9 }],
    ['a mode of any device with CONTROL_MODE', modal, { mode: 'heat', preset: 'eco' }, { mode: 2, preset: 1 }],
    ['a mode of ventilation', ventilation, { mode: 'boost' }, { mode: 4 }],
    ['volume and mute in rcData', speaker('x'), { volume: 40, mute: true }, rc('RC', { volume: 40, mute: true })],
    ['bass beside volume', speaker('x'), { volume: 4, rcData: { bass: -2 } }, rc('RC', { volume: 4, bass: -2 })],
    ['sound with an rcData without a type', bare({ volume: 30, bass: 0 }), { volume: 40 }, rc(MR, { volume: 40 })],
    ['bass with an rcData without a type', bare({ volume: 30, bass: 0 }), { rcData: { bass: 2 } }, rc(MR, { bass: 2 })],
    ['sound of a device that reports no rcData', bare(undefined), { mute: true }, rc(MR, { mute: true })],
    ['a siren by its own field', siren([]), { on: true }, { sirenOn: true }],
  ];
  for (const [title, raw, asked, state] of fields) {
    it(`plans ${title}`, () => {
      const made = plan(raw, asked);
      assert.deepEqual([made.elements, made.asked], [[set({ type: raw.state['type'], ...state })], asked]);
    });
  }

  it('plans words in any letter case, numbers of words, and fields with Cozify’s own names, also as a text', () => {
    assert.deepEqual(plan(heatPump('x'), { mode: 'Cool' }).asked, { mode: 'cool' });
    assert.deepEqual(plan(heatPump('x'), { mode: 0, preset: 1 }).asked, { mode: 'off', preset: 'eco' });
    const mower = device('x', 'MOWER', [], { type: 'STATE_MOWER', blade: 3, isWet: false });
    const { elements, asked } = plan(mower, { blade: '5', isWet: true });
    const state = { blade: 5, isWet: true };
    assert.deepEqual([elements, asked], [[set({ type: 'STATE_MOWER', ...state })], state]);
  });

  it('returns the duration of the transition', () => {
    assert.equal(plan(lamp('x'), { brightness: 1, transition: 2.5 }).transitionMs, 2500);
    assert.equal(plan(lamp('x'), true).transitionMs, 0);
  });

  it('applies the transition of the node to numbers and switches', () => {
    const elements = [light({ brightness: 0.5, transitionMsec: 2000 }), on];
    assert.deepEqual(plan(lamp('x'), 50, { transition: '2' }).elements, elements);
    assert.equal(plan(lamp('x'), 'off', { transition: 2 }).transitionMs, 0);
    assert.equal(plan(lamp('x'), 'on', { transition: 2 }).transitionMs, 2000);
  });
});

describe('planCommand with fields that cannot be set', () => {
  it('accepts a state that was read, and ignores its read-only fields', () => {
    const things = homeOf([lamp('x', { rssi: -60, lastChange: 1_790_000_000_000 })]);
    const { state } = entryOf(things, 'x');
    const read = { ...things.show(entryOf(things, 'x')), ...state };
    const made = planCommand(parseCommand({}, read), entryOf(things, 'x'), things, { isAlone: true });
    assert.deepEqual(made.elements, [light({ brightness: 0.6, temperature: 2700, colorMode: 'ct' }), on]);
    const ignored = [
      ...['capabilities', 'colorMode', 'colorTemperatureRange', 'groups', 'hub', 'id', 'kind', 'lastChange'],
      ...['lastSeen', 'manufacturer', 'model', 'name', 'reachable', 'rssi', 'type'],
    ];
    assert.deepEqual([...made.ignored].sort(), ignored);
  });

  const devices: [title: string, raw: RawDevice][] = [
    ['a lamp in color', lamp('x', { colorMode: 'hs', hue: 1, saturation: 0.5, temperature: -1 })],
    ['a lamp that reports both color and white', lamp('x', { hue: 1, saturation: 0.5 })],
    ['a lamp that is off', lamp('x', { isOn: false })],
    ['a relay', relay('x')],
    ['a socket', socket('x', { activePower: 5, lastChange: 5 })],
    ['a thermostat', thermostat('x', { targetTemp: 20 })],
    ['a blind', blind('x', { liftPct: 5, position: 0.05, tiltPct: 0 })],
    ['a heat pump', heatPump('x')],
    ['a heat pump with an unknown word as its mode', heatPump('x', { mode: 'dry' })],
    ['a loudspeaker', speaker('x')],
    ['a heat pump with an invalid preset', heatPump('x', { preset: -1, targetTemperature: 120 })],
    ['a water valve with a meter', valve('x')],
  ];
  for (const [title, raw] of devices) {
    it(`accepts the state of ${title} unchanged`, () => {
      const things = homeOf([raw]);
      const made = plan(raw, { ...entryOf(things, 'x').state });
      assert.ok(made.elements.length > 0);
      for (const [name, value] of Object.entries(made.asked)) assert.deepEqual(entryOf(things, 'x').state[name], value);
    });
  }

  it('accepts an invalid value only if it equals the current value', () => {
    const odd = heatPump('x', { preset: -1, targetTemperature: 120 });
    const made = plan(odd, { mode: 'heat', preset: -1, targetTemperature: 120 });
    assert.deepEqual(made.elements, [set({ type: 'STATE_HVAC', mode: 2 })]);
    assert.deepEqual(made.ignored, ['preset', 'targetTemperature']);
    assert.throws(() => plan(odd, { targetTemperature: 121 }), { message: /targetTemperature should be a number/ });
    assert.throws(() => plan(heatPump('x'), { preset: -1 }), { message: /preset should be a word/ });
  });

  it('ignores a volume in litres', () => {
    const made = plan(valve('x'), { position: 10, volume: 1234 });
    assert.deepEqual(made.elements, [set({ type: 'STATE_VALVE', openPct: 10 })]);
    assert.deepEqual(made.ignored, ['volume']);
  });

  it('rejects a field whose key means another field on the device', () => {
    const odd = device('x', 'DIMMER', ['COLOR_TEMP', 'ON_OFF'], { type: 'STATE_DIMMER', isOn: true, temperature: 40 });
    assert.throws(() => plan(odd, { colorTemperature: 2700 }), { message: /has no colorTemperature\. It can: on\.$/ });
  });

  it('ignores a field that has no value now', () => {
    assert.deepEqual(plan(lamp('x', { colorMode: null }), { on: true, colorMode: 'color' }).ignored, ['colorMode']);
  });

  it('reports fields of light beside brightness 0 as ignored', () => {
    assert.deepEqual(plan(lamp('x'), { on: true, brightness: 0, hue: 3 }).ignored, ['hue']);
    assert.deepEqual(plan(lamp('x'), { on: true, brightness: 0 }).ignored, []);
  });

  it('ignores a transition for a device without transitions, and for off', () => {
    assert.deepEqual(plan(whiteLamp('x'), { brightness: 5, transition: 1 }).ignored, ['transition']);
    assert.deepEqual(plan(socket('x'), { on: true, transition: 1 }).ignored, ['transition']);
    assert.deepEqual(plan(lamp('x'), { on: false, transition: 1 }).ignored, ['transition']);
    assert.deepEqual(plan(thermostat('x', { targetTemp: 5 }), { targetTemperature: 20, transition: 1 }).ignored, [
      'transition',
    ]);
  });

  const bad: [title: string, raw: RawDevice, payload: unknown, says: RegExp][] = [
    ['a field that is missing', socket('x'), { brightness: 50 }, /^"Laite x" has no brightness\. It can: on\.$/],
    [
      'several missing fields',
      thermometer('x'),
      { on: true, hue: 5 },
      /^"Laite x" has no on, hue\. Nothing of it can be set\.$/,
    ],
    [
      'a color of a white lamp',
      whiteLamp('x'),
      { color: '#ff0000' },
      /^"Lamppu x" has no color\. .* brightness \(0 to 100 %\)\.$/,
    ],
    [
      'an unsupported field among supported ones',
      lamp('x'),
      { brightness: 50, targetTemperature: 20 },
      /has no targetTemperature\. It can: on, brightness \(0 to 100 %\), colorTemperature \(2203 to 6536 K\), hue .*, color, transition \(0 to 3600 s\)\.$/,
    ],
    ['a field that no device has', lamp('x'), { gadget: 5 }, /has no gadget/],
    ['Cozify’s name of a field with another name', socket('x'), { isOn: true }, /has no isOn\. It can: on\./],
    [
      'read-only fields',
      thermometer('x'),
      { temperature: 5 },
      /^There is nothing to set on "Laite x"\. Nothing of it .* set\.$/,
    ],
    ['nothing at all', lamp('x'), {}, /There is nothing to set on "Lamppu x"\. It can: on, /],
    ['a transition alone', lamp('x'), { transition: 5 }, /nothing to set/],
    ['a number for a socket', socket('x'), 50, /Only a light, a blind or a thermostat .* and "Laite x" is none/],
    ['brightness above 100', lamp('x'), 150, /brightness should be a number from 0 to 100 %, but was 150/],
    ['brightness below 0', lamp('x'), { brightness: -1 }, /brightness.*-1/],
    ['brightness as a word', lamp('x'), { brightness: 'dim' }, /brightness should be a number.*a string/],
    ['brightness that is NaN', lamp('x'), { brightness: NaN }, /brightness.*NaN/],
    ['brightness that is infinite', lamp('x'), { brightness: Infinity }, /brightness/],
    ['mireds', lamp('x'), { colorTemperature: 370 }, /colorTemperature .* a number from 1000 to 20000 K, but was 370/],
    ['a hue beyond the circle', lamp('x'), { hue: 361 }, /hue.*0 to 360/],
    ['a target temperature above 100', thermostat('x', { targetTemp: 20 }), 101, /targetTemperature .* 0 to 100 °C/],
    ['a target temperature below 0', thermostat('x', { targetTemp: 20 }), -5, /targetTemperature/],
    ['a position above 100 %', blind('x', { liftPct: 0 }), 101, /position.*0 to 100 %/],
    ['an on that is a text', lamp('x'), { on: 'yes' }, /on should be true or false, but was a string/],
    ['an on that is a number', lamp('x'), { on: 1 }, /on should be true or false, but was a number/],
    ['a mute that is a number', speaker('x'), { mute: 1 }, /mute should be true or false/],
    ['an unknown word', heatPump('x'), { mode: 'warm' }, /^mode of "Laite x" should be off, auto, heat, cool\.$/],
    ['a word for a number', device('x', 'X', [], { mode: 1 }), { mode: 'heat' }, /should be a whole number/],
    ['half a mode', heatPump('x'), { mode: 1.5 }, /mode should be a word or a whole number/],
    ['a mode that is true', heatPump('x'), { mode: true }, /mode should be a word .* number, but was a boolean/],
    [
      'a value whose type is not that of the current value',
      device('x', 'X', [], { type: 'X', blade: 3 }),
      { blade: 'three' },
      /blade should have the same type as the device's value, a number, but was a string/,
    ],
    ['NaN for an unknown field', device('x', 'X', [], { type: 'X', blade: 3 }), { blade: NaN }, /blade/],
    ['a list for an object', speaker('x'), { rcData: [1] }, /rcData should have the same type/],
    ['a very long text', device('x', 'X', [], { type: 'X', label: 'a' }), { label: 'b'.repeat(2000) }, /label/],
  ];
  for (const [title, raw, payload, says] of bad) {
    it(`rejects ${title}`, () => assert.throws(() => plan(raw, payload), { code: 'COZIFY_BAD_INPUT', message: says }));
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
  for (const [title, make] of [
    ['a value with five references to itself', loops],
    ['a value with exponentially many shared references', shared],
    ['a very long list', () => ({ list: Array.from({ length: 100_000 }, () => 0) })],
  ] as const) {
    it(`rejects ${title} quickly`, () => {
      let looked = 0;
      const seen = new Proxy(make() as object, {
        get: (target, key) => ((looked += 1), Reflect.get(target, key) as unknown),
      });
      assert.throws(() => plan(speaker('x'), { rcData: seen }), { code: 'COZIFY_BAD_INPUT', message: /rcData/ });
      assert.ok(looked < 10_000, `${looked}`);
    });
  }

  it('accepts up to 1000 values in the value of an unknown field, nested values included', () => {
    const saw = device('x', 'X', [], { type: 'X', blade: [1] });
    const blade = (count: number): unknown => [Array.from({ length: count - 2 }, () => 0)];
    assert.deepEqual(plan(saw, { blade: blade(1000) }).elements, [set({ type: 'X', blade: blade(1000) })]);
    assert.throws(() => plan(saw, { blade: blade(1001) }), { code: 'COZIFY_BAD_INPUT', message: /blade/ });
  });

  it('ignores unsupported fields among several targets, even if no field remains', () => {
    const made = plan(socket('x'), { on: true, brightness: 50 }, {}, false);
    assert.deepEqual([made.elements, made.ignored], [[on], ['brightness']]);
    const none = plan(thermometer('x'), { on: true, color: '#ff0000' }, {}, false);
    assert.deepEqual([none.elements, none.ignored], [[], ['on', 'color']]);
  });

  it('rejects an invalid value even among several targets', () => {
    assert.throws(() => plan(socket('x'), { brightness: 150 }, {}, false), { code: 'COZIFY_BAD_INPUT' });
  });

  it('switches no heater on for a brightness sent to several targets', () => {
    assert.deepEqual(plan(socket('x'), { brightness: 50 }, {}, false).elements, []);
    assert.deepEqual(plan(socket('x'), { brightness: 0 }, {}, false).elements, []);
    assert.deepEqual(plan(relay('x'), { brightness: 50 }, {}, false).elements, [on]);
    assert.deepEqual(plan(relay('x'), { brightness: 0 }, {}, false).elements, [off]);
  });

  it('dims a socket with brightness, and switches it off by 0', () => {
    const dimmer = socket('x', { brightness: 0.5 });
    assert.deepEqual(plan(dimmer, 40).elements, [set({ type: 'STATE_SOCKET', brightness: 0.4 }), on]);
    assert.deepEqual(plan(dimmer, 0).elements, [off]);
  });

  for (const [title, make] of Object.entries(VALUES)) {
    it(`sets ${title} for any field or throws COZIFY_BAD_INPUT`, () => {
      const names = ['on', 'brightness', 'hue', 'mode', 'targetTemperature', 'volume', 'rcData', 'blade', 'gadget'];
      for (const name of names) {
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

describe('planCommand beyond the colour range of a lamp', () => {
  const rows: [asked: number, sent: number, clamped: string[]][] = [
    [1500, 2203, ['colorTemperature']],
    [2203, 2203, []],
    [4000, 4000, []],
    [6536, 6536, []],
    [9000, 6536, ['colorTemperature']],
  ];
  for (const [asked, sent, clamped] of rows) {
    it(`sends ${sent} K for ${asked} K${clamped.length > 0 ? ', and reports it as clamped' : ''}`, () => {
      const made = plan(lamp('x'), { colorTemperature: asked });
      assert.deepEqual([made.asked['colorTemperature'], made.clamped], [sent, clamped]);
    });
  }
});

describe('planCommand for a group', () => {
  const group = { g: { name: 'Valot', members: ['a', 'b'] } };
  const made = (devices: RawDevice[], payload: unknown, properties: CommandProperties = {}, isAlone = true): Plan => {
    const things = homeOf(devices, { group });
    return planCommand(parseCommand(properties, payload), entryOf(things, 'g', 'group'), things, { isAlone });
  };

  it('switches the group in one command', () => {
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

  it('dims the group in one command for equal members, and plans the members in case the hub refuses', () => {
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

  it('dims different members one by one', () => {
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

  it('dims the lamps without switching on a heater in the group', () => {
    const { elements, ignored, members } = made([lamp('a'), socket('b')], 40);
    assert.deepEqual(
      elements.map(({ id }) => id),
      ['a', 'a'],
    );
    assert.deepEqual([ignored, members.length], [[], 1]);
  });

  it('uses for each thermostat the key that it reports', () => {
    const { elements } = made([thermostat('a', { targetTemp: 20 }), thermostat('b', { targetTemperature: 20 })], 21);
    assert.deepEqual(
      elements.map(({ state }) => state),
      [
        { type: 'STATE_THERMOSTAT', targetTemp: 21 },
        { type: 'STATE_THERMOSTAT', targetTemperature: 21 },
      ],
    );
  });

  it('limits each lamp to its own range', () => {
    const { clamped, members } = made([lamp('a'), lamp('b', { maxTemperature: 4000 })], { colorTemperature: 5000 });
    assert.deepEqual(clamped, ['colorTemperature']);
    assert.deepEqual(
      members.map(({ asked }) => asked['colorTemperature']),
      [5000, 4000],
    );
  });

  it('applies a transition that one member supports', () => {
    const { transitionMs, ignored } = made([lamp('a'), whiteLamp('b')], { brightness: 5, transition: 2 });
    assert.deepEqual([transitionMs, ignored], [2000, []]);
    assert.deepEqual(made([whiteLamp('a'), whiteLamp('b')], { brightness: 5, transition: 2 }).ignored, ['transition']);
  });

  it('accepts the state of a group unchanged', () => {
    const things = homeOf([lamp('a'), whiteLamp('b')], { group });
    const { state } = entryOf(things, 'g', 'group');
    assert.deepEqual(state, { on: true, allOn: true, brightness: 60 });
    const { ignored, elements } = made([lamp('a'), whiteLamp('b')], { ...state });
    assert.deepEqual([ignored, elements.length], [['allOn'], 2]);
  });

  it('switches a group without known members', () => {
    assert.deepEqual(made([], true).elements, [{ id: 'g', type: 'CMD_GROUP_ON' }]);
  });

  it('throws COZIFY_BAD_INPUT with the supported fields if no member supports the command', () => {
    const bad = (message: RegExp) => ({ code: 'COZIFY_BAD_INPUT', message });
    assert.throws(() => made([socket('a'), socket('b')], { hue: 5 }), bad(/^"Valot" has no hue\. It can: on\.$/));
    assert.throws(() => made([thermometer('a')], true), bad(/^"Valot" has no on\. Nothing of it can be set\.$/));
    assert.throws(() => made([], { brightness: 5 }), bad(/"Valot" has no brightness/));
    assert.throws(() => made([socket('a')], 50), bad(/Only a light/));
    assert.deepEqual(made([socket('a')], { hue: 5 }, {}, false).ignored, ['hue']);
  });
});

describe('planCommand for a room', () => {
  const room = { r1: { name: 'Sauna' } };
  const made = (devices: RawDevice[], payload: unknown): Plan => {
    const things = homeOf(devices, { room });
    return planCommand(parseCommand({}, payload), entryOf(things, 'r1', 'room'), things, { isAlone: true });
  };
  const ids = ({ elements }: Plan): string[] => elements.map(({ id }) => id);

  it('controls the lamps but no socket', () => {
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

  it('excludes a socket with CONTROL_LIGHT', () => {
    const odd = socket('s', {}, { capabilities: ['CONTROL_LIGHT', 'ON_OFF'] });
    assert.deepEqual(ids(made([lamp('a'), odd], true)), ['a']);
  });

  it('includes any type of device with CONTROL_LIGHT', () => {
    const odd = device('o', 'DIMMER', ['CONTROL_LIGHT', 'ON_OFF'], { type: 'STATE_LIGHT', isOn: false });
    assert.deepEqual(ids(made([odd, lamp('a', {}, { capabilities: ['ON_OFF'] })], true)), ['o']);
  });

  it('uses devices of type LIGHT if none has CONTROL_LIGHT', () => {
    assert.deepEqual(ids(made([lamp('a', {}, { capabilities: ['ON_OFF'] }), socket('s')], true)), ['a']);
  });

  it('sends each lamp the fields that it supports', () => {
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

  it('throws COZIFY_BAD_INPUT for a room without lamps', () => {
    for (const devices of [[], [socket('s')]]) {
      assert.throws(() => made(devices, true), { code: 'COZIFY_BAD_INPUT', message: /There is no lamp in "Sauna"/ });
    }
  });
});

describe('planCommand for scenes, rules and alarms', () => {
  const lists = {
    scene: { x: { name: 'Saunailta', isOn: true } },
    rule: { x: { config: { name: 'Kiuas pois' }, is_on: false } },
    alarm: { x: { name: 'Vuoto', closed: false } },
  };
  const made = (kind: Kind, payload: unknown, properties: CommandProperties = {}): Plan => {
    const things = homeOf([], lists);
    return planCommand(parseCommand(properties, payload), entryOf(things, 'x', kind), things, { isAlone: true });
  };

  const rows: [kind: Kind, payload: unknown, endpoint: string, type: string][] = [
    ['scene', true, 'scenes', 'CMD_SCENE_ON'],
    ['scene', { on: false }, 'scenes', 'CMD_SCENE_OFF'],
    ['rule', 'on', 'rules', 'RULE_ON_COMMAND'],
    ['rule', false, 'rules', 'RULE_OFF_COMMAND'],
  ];
  for (const [kind, payload, endpoint, type] of rows) {
    it(`sends ${type} to a ${kind} for ${JSON.stringify(payload)}`, () => {
      const { elements, endpoint: actual, asked } = made(kind, payload);
      assert.deepEqual([elements, actual], [[{ id: 'x', type }], endpoint]);
      assert.deepEqual(asked, { on: type.includes('ON') && !type.includes('OFF') });
    });
  }

  it('switches scenes and rules only for an explicit on', () => {
    const things = homeOf([lamp('l'), whiteLamp('w')], lists);
    const elements = (kind: Kind, payload: unknown, of = 'l'): object[] => {
      const targets = [entryOf(things, 'x', kind), entryOf(things, of)];
      return [
        ...planCommand(parseCommand({}, payload), entryOf(things, 'x', kind), things, { isAlone: false, targets })
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

  it('closes an alarm', () => {
    const { endpoint, elements, asked } = made('alarm', undefined, { command: 'close' });
    assert.deepEqual([endpoint, elements, asked], ['alarms', [], { closed: true }]);
  });

  it('ignores a transition for a scene', () =>
    assert.deepEqual(made('scene', true, { transition: 2 }).ignored, ['transition']));

  const bad: [title: string, work: () => Plan, says: RegExp][] = [
    ['on for an alarm', () => made('alarm', true), /"Vuoto" is an alarm: choose Close in the node/],
    ['close for a scene', () => made('scene', 1, { command: 'close' }), /"Saunailta" is not an alarm/],
    ['brightness for a scene', () => made('scene', { brightness: 5 }), /^"Saunailta" has no brightness\. .*: on\.$/],
    ['a number for a scene', () => made('scene', 50), /Only a light/],
    ['a text as the on of a rule', () => made('rule', { on: 'yes' }), /on should be true or false/],
    ['an empty object for a rule', () => made('rule', {}), /There is nothing to set on "Kiuas pois"\. It can: on\./],
  ];
  for (const [title, work, says] of bad) {
    it(`rejects ${title}`, () => assert.throws(work, { code: 'COZIFY_BAD_INPUT', message: says }));
  }
});

describe('planCommand for a toggle', () => {
  it('plans the result of the toggle for each kind of target', () => {
    const things = homeOf([lamp('a')], {
      group: { g: { name: 'Valot', members: ['a'] } },
      scene: { s: { name: 'Ilta', isOn: true } },
    });
    const typeOf = (kind: Kind, id: string, toggleTo: boolean): string | undefined => {
      const options = { isAlone: false, toggleTo };
      return planCommand(parseCommand({}, 'toggle'), entryOf(things, id, kind), things, options).elements[0]?.type;
    };
    assert.deepEqual([typeOf('device', 'a', true), typeOf('device', 'a', false)], ['CMD_DEVICE_ON', 'CMD_DEVICE_OFF']);
    assert.deepEqual([typeOf('group', 'g', true), typeOf('group', 'g', false)], ['CMD_GROUP_ON', 'CMD_GROUP_OFF']);
    assert.deepEqual([typeOf('scene', 's', true), typeOf('scene', 's', false)], ['CMD_SCENE_ON', 'CMD_SCENE_OFF']);
  });
});

describe('planCommand with arbitrary fields', () => {
  it('accepts any state unchanged', () => {
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
          // A state with values for both colour and white does not show which mode the lamp is in.
          assert.match((error as Error).message, /^There is nothing to set|^hue and saturation can't be set together/);
        }
      }),
      runs(600),
    );
  });

  it('plans valid JSON or throws COZIFY_BAD_INPUT', () => {
    const name = fc.constantFrom(
      ...['on', 'brightness', 'hue', 'saturation', 'color', 'colorTemperature', 'transition', 'targetTemperature'],
      ...['mode', 'volume', 'rcData', 'blade', 'reachable', '__proto__', 'constructor'],
    );
    const percent = fc.integer({ min: 0, max: 100 });
    const value = fc.oneof(fc.jsonValue(), fc.double(), fc.boolean(), percent, fc.constant('#ff8000'));
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
      runs(600),
    );
  });
});
