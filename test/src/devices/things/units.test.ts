import assert from 'node:assert/strict';
import fc from 'fast-check';
import { runs } from '../../../faults/support/runs.js';
import { FIELDS } from '../../../../src/devices/things/fields.js';
import type { RawRecord } from '../../../../src/devices/things/raw.js';
import { isTimeField, readState } from '../../../../src/devices/things/units.js';

const AT = Date.UTC(2026, 10, 3, 12, 0, 0);
const ISO = '2026-11-03T12:00:00.000Z';

/** Reads a state given with its type, on a device of that type with these capabilities. */
function read(stateType: string, raw: RawRecord, capabilities: string[] = [], type = 'ANY'): object {
  return readState({ type: stateType, ...raw }, { type, stateType, capabilities });
}

interface Row {
  what: string;
  type?: string;
  raw: RawRecord;
  is: object;
  capabilities?: string[];
}

function table(rows: Row[]): void {
  for (const { what, type = 'STATE_ANY', raw, is, capabilities } of rows) {
    it(what, () => assert.deepEqual(read(type, raw, capabilities), is));
  }
}

describe('units: a lamp', () => {
  const LIGHT = 'STATE_LIGHT';
  table([
    { what: 'on is isOn', type: LIGHT, raw: { isOn: true }, is: { on: true } },
    { what: 'brightness is in whole percent', type: LIGHT, raw: { brightness: 153 / 254 }, is: { brightness: 60 } },
    {
      what: 'brightness is at least 1 while on',
      type: LIGHT,
      raw: { isOn: true, brightness: 0 },
      is: { on: true, brightness: 1 },
    },
    {
      what: 'brightness is 1 where it rounds to 0 while on',
      type: LIGHT,
      raw: { isOn: true, brightness: 0.004 },
      is: { on: true, brightness: 1 },
    },
    {
      what: 'brightness may be 0 while off',
      type: LIGHT,
      raw: { isOn: false, brightness: 0 },
      is: { on: false, brightness: 0 },
    },
    { what: 'brightness stays within 100', type: LIGHT, raw: { brightness: 1.7 }, is: { brightness: 100 } },
    {
      what: 'temperature is the colour temperature in whole kelvin',
      type: LIGHT,
      raw: { temperature: 2702.7027 },
      is: { colorTemperature: 2703 },
    },
    {
      what: 'the range of colour temperatures is in whole kelvin',
      type: LIGHT,
      raw: { minTemperature: 1e6 / 454, maxTemperature: 1e6 / 153 },
      is: { colorTemperatureRange: [2203, 6536] },
    },
    { what: 'half a range is none', type: LIGHT, raw: { minTemperature: 2202.64, maxTemperature: -1 }, is: {} },
    { what: 'hue is in whole degrees', type: LIGHT, raw: { hue: 2.0944 }, is: { hue: 120 } },
    { what: 'a hue of the whole turn is 360', type: LIGHT, raw: { hue: 2 * Math.PI }, is: { hue: 360 } },
    { what: 'a hue beyond the turn goes on around it', type: LIGHT, raw: { hue: 3 * Math.PI }, is: { hue: 180 } },
    { what: 'saturation is in whole percent', type: LIGHT, raw: { saturation: 0.256 }, is: { saturation: 26 } },
    { what: 'colour mode hs is color', type: LIGHT, raw: { colorMode: 'hs' }, is: { colorMode: 'color' } },
    { what: 'colour mode ct is temperature', type: LIGHT, raw: { colorMode: 'ct' }, is: { colorMode: 'temperature' } },
    {
      what: 'a colour mode of another name keeps it',
      type: LIGHT,
      raw: { colorMode: 'toString' },
      is: { colorMode: 'toString' },
    },
    {
      what: '-1 outside its mode is absent',
      type: LIGHT,
      raw: { isOn: true, brightness: 1, colorMode: 'ct', hue: -1, saturation: -1, temperature: 2700 },
      is: { on: true, brightness: 100, colorMode: 'temperature', colorTemperature: 2700 },
    },
    { what: 'a colour temperature of -1 is absent', type: LIGHT, raw: { temperature: -1 }, is: {} },
    { what: 'null is absent', type: LIGHT, raw: { isOn: null, brightness: null, hue: null, colorMode: null }, is: {} },
    { what: 'a transition is for setting only', type: LIGHT, raw: { transitionMsec: 500 }, is: {} },
    { what: 'a lamp may sense motion', type: LIGHT, raw: { isOn: true, motion: true }, is: { on: true, motion: true } },
  ]);

  it('temperature of a lamp that says no type of state is the colour temperature', () => {
    const about = { type: 'LIGHT', stateType: null, capabilities: [] };
    assert.deepEqual(readState({ temperature: 2700 }, about), { colorTemperature: 2700 });
  });
});

describe('units: a sensor', () => {
  table([
    { what: 'temperature is in tenths of °C', raw: { temperature: 21.449 }, is: { temperature: 21.4 } },
    { what: '-1 °C is a temperature', raw: { temperature: -1 }, is: { temperature: -1 } },
    { what: '-0.04 °C is 0 and not -0', raw: { temperature: -0.04 }, is: { temperature: 0 } },
    { what: 'humidity is in tenths of a percent', raw: { humidity: 43.26 }, is: { humidity: 43.3 } },
    { what: 'lux is illuminance, whole', raw: { lux: 102.6 }, is: { illuminance: 103 } },
    { what: 'pressure above 2000 is in pascals', raw: { pressure: 101_325 }, is: { pressure: 1013.3 } },
    { what: 'pressure up to 2000 is in hectopascals', raw: { pressure: 1013.25 }, is: { pressure: 1013.3 } },
    { what: 'pressure of 2000 is in hectopascals', raw: { pressure: 2000 }, is: { pressure: 2000 } },
    { what: 'co2Ppm and vocPpm are whole', raw: { co2Ppm: 612.4, vocPpm: 99.5 }, is: { co2: 612, voc: 100 } },
    { what: 'coDetected is co', raw: { coDetected: false, coAt: 0, coStartAt: -1 }, is: { co: false } },
    {
      what: 'alert of a smoke alarm is smoke',
      type: 'STATE_SMOKE_ALARM',
      raw: { alert: true, alertAt: AT },
      is: { smoke: true, alertAt: ISO },
    },
    { what: 'alert of what can SMOKE is smoke', capabilities: ['SMOKE'], raw: { alert: false }, is: { smoke: false } },
    { what: 'alert of a doorbell is ring', type: 'STATE_DOORBELL', raw: { alert: true }, is: { ring: true } },
    { what: 'alert of anything else stays alert', raw: { alert: true }, is: { alert: true } },
    { what: 'moisture is leak', raw: { moisture: true, moistureAt: AT }, is: { leak: true, moistureAt: ISO } },
    { what: 'moisture as a number is no leak', raw: { moisture: 43 }, is: { moisture: 43 } },
    { what: 'lastMotion is motionAt', raw: { motion: false, lastMotion: AT }, is: { motion: false, motionAt: ISO } },
    { what: 'motion never seen has no time', raw: { motion: false, lastMotion: -1 }, is: { motion: false } },
    {
      what: 'twilight is dark',
      raw: { twilight: true, twilightStart: AT, twilightStop: 0 },
      is: { dark: true, twilightStart: ISO },
    },
    { what: 'open is open', raw: { open: true, lastChange: AT }, is: { open: true, lastChange: ISO } },
    {
      what: 'battery is whole percent and hundredths of a volt',
      raw: { battery: 87.5, batteryV: 2.999, batteryLow: false },
      is: { battery: 88, batteryVoltage: 3, batteryLow: false },
    },
    { what: 'a battery of -1 is absent', raw: { battery: -1, batteryV: -1 }, is: {} },
    { what: 'reachable and lastSeen', raw: { reachable: true, lastSeen: AT }, is: { reachable: true, lastSeen: ISO } },
    { what: 'never seen', raw: { reachable: false, lastSeen: 0 }, is: { reachable: false } },
  ]);
});

describe('units: power', () => {
  table([
    { what: 'activePower is power, in tenths of a watt', raw: { activePower: 1833.26 }, is: { power: 1833.3 } },
    { what: 'power is power where there is no activePower', raw: { power: 12 }, is: { power: 12 } },
    { what: 'activePower counts where there are both', raw: { activePower: 5, power: 7 }, is: { power: 5 } },
    { what: 'power counts where activePower is null', raw: { activePower: null, power: 7 }, is: { power: 7 } },
    { what: 'what the sun gives is below 0', raw: { power: -2100.04 }, is: { power: -2100 } },
    {
      what: 'energy is in hundredths of a kWh',
      raw: { totalPower: 1234.567, powerToday: 3.005 },
      is: { energy: 1234.57, energyToday: 3.01 },
    },
  ]);
});

describe('units: heating and air', () => {
  const HVAC = ['HVAC', 'CONTROL_MODE'];
  table([
    { what: 'targetTemp is targetTemperature', raw: { targetTemp: 21.04 }, is: { targetTemperature: 21 } },
    {
      what: 'targetTemperature is targetTemperature',
      raw: { targetTemperature: 19.96 },
      is: { targetTemperature: 20 },
    },
    {
      what: 'of both names the one with a value counts',
      raw: { targetTemp: null, targetTemperature: 20 },
      is: { targetTemperature: 20 },
    },
    { what: 'heatingDemand is in whole percent', raw: { heatingDemand: 0.345 }, is: { heatingDemand: 35 } },
    {
      what: 'modes of a heat pump',
      capabilities: HVAC,
      raw: { mode: 2, preset: 0 },
      is: { mode: 'heat', preset: 'comfort' },
    },
    {
      what: 'modes of an air conditioner',
      capabilities: ['AIRCON'],
      raw: { mode: 3, preset: 2 },
      is: { mode: 'cool', preset: 'fireplace' },
    },
    {
      what: 'modes and presets of whatever can CONTROL_MODE and CONTROL_PRESET',
      capabilities: ['CONTROL_MODE', 'CONTROL_PRESET', 'THERMOSTAT'],
      raw: { mode: 2, preset: 1 },
      is: { mode: 'heat', preset: 'eco' },
    },
    {
      what: 'modes of ventilation that can CONTROL_MODE',
      capabilities: ['CONTROL_MODE', 'VU'],
      raw: { mode: 4 },
      is: { mode: 'boost' },
    },
    {
      what: 'modes of ventilation',
      capabilities: ['VU'],
      raw: { mode: 4, preset: 1 },
      is: { mode: 'boost', preset: 1 },
    },
    { what: 'modes of a fan', capabilities: ['FAN_MODE'], raw: { fanMode: 6 }, is: { fan: 'smart' } },
    {
      what: 'off is a mode',
      capabilities: ['HVAC', 'FAN_MODE'],
      raw: { mode: 0, fanMode: 0 },
      is: { mode: 'off', fan: 'off' },
    },
    {
      what: 'a number without a word stays a number',
      capabilities: ['HVAC', 'FAN_MODE'],
      raw: { mode: 9, preset: -1, fanMode: 2.5 },
      is: { mode: 9, preset: -1, fan: 2.5 },
    },
    {
      what: 'a mode of something unknown stays a number',
      raw: { mode: 1, preset: 1, fanMode: 1 },
      is: { mode: 1, preset: 1, fan: 1 },
    },
    { what: 'a word of the hub stays a word', capabilities: HVAC, raw: { mode: 'dry' }, is: { mode: 'dry' } },
    {
      what: 'what else there is keeps its name',
      raw: { freshTemperature: -3.25, flow: 12 },
      is: { freshTemperature: -3.25, flow: 12 },
    },
  ]);
});

describe('units: blinds and valves', () => {
  table([
    { what: 'position is liftPct', raw: { liftPct: 42.4, tiltPct: 99.6 }, is: { position: 42, tilt: 100 } },
    { what: 'else it is position times 100', raw: { position: 0.426 }, is: { position: 43 } },
    { what: 'else it is openPct', raw: { openPct: 7 }, is: { position: 7 } },
    {
      what: 'liftPct counts before position, position before openPct',
      raw: { openPct: 1, position: 0.02, liftPct: 3 },
      is: { position: 3 },
    },
    { what: 'a liftPct of null leaves it to position', raw: { liftPct: null, position: 1 }, is: { position: 100 } },
  ]);
});

describe('units: phones, sound, sirens', () => {
  table([
    {
      what: 'a phone that is reachable is home, and has no reachable',
      type: 'STATE_UI_DEVICE',
      raw: { reachable: true, session: 's', user: 'u', lastSeen: AT },
      is: { home: true, lastSeen: ISO },
    },
    {
      what: 'volume, mute and playback come out of their objects; bass and treble stay under rcData',
      type: 'STATE_MEDIA_RENDERER',
      raw: {
        isOn: true,
        rcData: { type: 'RC', volume: 30.4, mute: false, bass: -3, treble: 2, loudness: null },
        avtData: { state: 'PLAYING' },
      },
      is: { on: true, volume: 30, mute: false, playback: 'playing', rcData: { bass: -3, treble: 2 } },
    },
    { what: 'paused', raw: { avtData: { state: 'PAUSED_PLAYBACK' } }, is: { playback: 'paused' } },
    { what: 'stopped', raw: { avtData: { state: 'STOPPED' } }, is: { playback: 'stopped' } },
    { what: 'loading', raw: { avtData: { state: 'TRANSITIONING' } }, is: { playback: 'loading' } },
    {
      what: 'a playback of another name keeps it',
      raw: { avtData: { state: 'NO_MEDIA' } },
      is: { playback: 'NO_MEDIA' },
    },
    { what: 'the volume of a water meter is its own', raw: { volume: 1234.5 }, is: { volume: 1234.5 } },
    { what: 'sirenOn is on', raw: { sirenOn: true }, is: { on: true } },
    { what: 'isOn of an alarm device is on', type: 'STATE_ALARM', raw: { isOn: false }, is: { on: false } },
    {
      what: 'a camera does not show where its pictures are',
      raw: { isOn: true, media: 'rtsp://u:p@x', viewerCount: 2 },
      is: { on: true, viewerCount: 2 },
    },
    {
      what: 'buttons keep Cozify’s names',
      raw: { button: 3, modifiers: ['longpress'] },
      is: { button: 3, modifiers: ['longpress'] },
    },
  ]);

  it('a phone is known by its type, too', () => {
    const about = { type: 'UI_DEVICE', stateType: null, capabilities: [] };
    assert.deepEqual(readState({ reachable: false }, about), { home: false });
  });
});

describe('units: anything else', () => {
  table([
    {
      what: 'keeps its name and value',
      raw: { gadget: { deep: [1, null, 'x'] }, rssi: -61 },
      is: { gadget: { deep: [1, null, 'x'] }, rssi: -61 },
    },
    {
      what: 'a time is ISO 8601 whatever its name',
      raw: { opened: AT, alertStartAt: AT },
      is: { opened: ISO, alertStartAt: ISO },
    },
    { what: 'a time that never was is absent', raw: { alertAt: 0, alertStartAt: -1, lastChange: 0 }, is: {} },
    { what: '0 and -1 of what is no time stay', raw: { level: 0, offset: -1 }, is: { level: 0, offset: -1 } },
    { what: 'a small number under the name of a time is unchanged', raw: { startsAt: 7 }, is: { startsAt: 7 } },
    { what: 'the hub’s bookkeeping is left out', raw: { session: 1, user: 2, media: 3, gadget: 4 }, is: { gadget: 4 } },
    {
      what: 'an infinite number is none',
      raw: { gadget: Infinity, deep: { a: -Infinity, b: [NaN, 1] }, lux: Infinity },
      is: { deep: { b: [null, 1] } },
    },
    {
      what: 'a value of the wrong type is no field of ours',
      raw: { isOn: 'yes', lux: '5', temperature: 'warm', brightness: {} },
      is: { isOn: 'yes', lux: '5' },
    },
  ]);

  it('a key that would change what objects are is left out', () => {
    const raw = JSON.parse('{"__proto__": {"on": true}, "gadget": {"__proto__": {"x": 1}, "a": 1}}') as RawRecord;
    const state = read('STATE_ANY', raw);
    assert.deepEqual(Object.keys(state), ['gadget']);
    assert.deepEqual(state, { gadget: { a: 1 } });
  });

  it('what lies deeper than any device says anything is cut off', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 50_000; level++) deep = [deep];
    assert.doesNotThrow(() => JSON.stringify(read('STATE_ANY', { gadget: deep })));
  });
});

describe('units: any JSON at all', () => {
  const names = fc.constantFrom(
    ...new Set(FIELDS.flatMap(({ sources }) => sources.map(({ key, within }) => within ?? key))),
    'type',
    'minTemperature',
    'maxTemperature',
    'transitionMsec',
    'gadget',
    '__proto__',
    'constructor',
  );
  const value = fc.oneof(
    fc.jsonValue(),
    fc.double(),
    fc.constantFrom(-1, 0, 1, 1e308, -1e308, Infinity, AT, true, 'hs'),
    fc.dictionary(fc.constantFrom('volume', 'mute', 'state', 'bass', 'type'), fc.oneof(fc.jsonValue(), fc.double())),
  );
  const about = fc.record({
    type: fc.constantFrom(null, 'LIGHT', 'UI_DEVICE', 'SMOKE_ALARM'),
    stateType: fc.constantFrom(null, 'STATE_LIGHT', 'STATE_UI_DEVICE', 'STATE_DOORBELL', 'STATE_ANY'),
    capabilities: fc.subarray(['HVAC', 'VU', 'FAN_MODE', 'SMOKE']),
  });
  const state = fc.dictionary(names, value).chain((raw) => about.map((of) => readState(raw, of)));

  /** Every value within, however deep. */
  function* within(item: unknown): Generator {
    yield item;
    if (typeof item === 'object' && item !== null) for (const part of Object.values(item)) yield* within(part);
  }

  it('gives JSON: no NaN, no infinite number, nothing undefined', () => {
    fc.assert(
      fc.property(state, (read) => {
        for (const part of within(read)) {
          assert.notEqual(part, undefined);
          if (typeof part === 'number') assert.ok(Number.isFinite(part) && !Object.is(part, -0), `${part}`);
        }
        assert.deepEqual(JSON.parse(JSON.stringify(read)), read);
      }),
      runs(3_000),
    );
  });

  it('gives the types and ranges that the fields promise', () => {
    const flags = [
      'on',
      'co',
      'smoke',
      'leak',
      'motion',
      'open',
      'dark',
      'ring',
      'batteryLow',
      'home',
      'mute',
      'reachable',
    ];
    const percents = ['brightness', 'saturation', 'heatingDemand', 'position', 'tilt', 'battery'];
    fc.assert(
      fc.property(state, (read) => {
        for (const name of flags) if (read[name] !== undefined) assert.equal(typeof read[name], 'boolean', name);
        for (const name of percents) {
          const number = read[name];
          if (number === undefined) continue;
          assert.ok(typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= 100, name);
        }
        if (read['on'] === true) assert.notEqual(read['brightness'], 0);
        for (const name of ['type', 'session', 'user', 'media', 'transitionMsec']) assert.equal(read[name], undefined);
      }),
      runs(3_000),
    );
  });
});

describe('units: fields that hold a time', () => {
  for (const name of ['lastSeen', 'motionAt', 'lastChange', 'alertAt', 'createdAt']) {
    it(`${name} does`, () => assert.ok(isTimeField(name, undefined)));
  }
  it('so does what came as one, whatever its name', () => assert.ok(isTimeField('opened', ISO)));
  for (const [name, value] of [
    ['on', true],
    ['temperature', 5],
    ['mode', 'heat'],
    ['name', '2026'],
  ] as const) {
    it(`${name} does not`, () => assert.ok(!isTimeField(name, value)));
  }
});
