import assert from 'node:assert/strict';
import fc from 'fast-check';
import { runs } from '../../../faults/support/runs.js';
import { FIELDS } from '../../../../src/devices/things/fields.js';
import type { RawRecord } from '../../../../src/devices/things/raw.js';
import { isTimeField, readState } from '../../../../src/devices/things/state.js';

const AT = Date.UTC(2026, 10, 3, 12, 0, 0);
const ISO = '2026-11-03T12:00:00.000Z';

/** Reads a state of the given type, for a device with these capabilities. */
function read(stateType: string, raw: RawRecord, capabilities: string[] = [], type = 'ANY'): object {
  return readState({ type: stateType, ...raw }, { type, stateType, capabilities });
}

interface Row {
  title: string;
  type?: string;
  raw: RawRecord;
  is: object;
  capabilities?: string[];
}

function table(rows: Row[]): void {
  for (const { title, type = 'STATE_ANY', raw, is, capabilities } of rows) {
    it(`reads ${title}`, () => assert.deepEqual(read(type, raw, capabilities), is));
  }
}

describe('readState of a lamp', () => {
  const LIGHT = 'STATE_LIGHT';
  table([
    { title: 'isOn as on', type: LIGHT, raw: { isOn: true }, is: { on: true } },
    { title: 'brightness in whole percent', type: LIGHT, raw: { brightness: 153 / 254 }, is: { brightness: 60 } },
    {
      title: 'brightness 0 as 1 while on',
      type: LIGHT,
      raw: { isOn: true, brightness: 0 },
      is: { on: true, brightness: 1 },
    },
    {
      title: 'a brightness that rounds to 0 as 1 while on',
      type: LIGHT,
      raw: { isOn: true, brightness: 0.004 },
      is: { on: true, brightness: 1 },
    },
    {
      title: 'brightness 0 as 0 while off',
      type: LIGHT,
      raw: { isOn: false, brightness: 0 },
      is: { on: false, brightness: 0 },
    },
    { title: 'brightness above 1 as 100', type: LIGHT, raw: { brightness: 1.7 }, is: { brightness: 100 } },
    {
      title: 'temperature of a lamp as colour temperature in whole kelvins',
      type: LIGHT,
      raw: { temperature: 2702.7027 },
      is: { colorTemperature: 2703 },
    },
    {
      title: 'the range of colour temperatures in whole kelvins',
      type: LIGHT,
      raw: { minTemperature: 1e6 / 454, maxTemperature: 1e6 / 153 },
      is: { colorTemperatureRange: [2203, 6536] },
    },
    {
      title: 'a range with one limit as absent',
      type: LIGHT,
      raw: { minTemperature: 2202.64, maxTemperature: -1 },
      is: {},
    },
    { title: 'hue in whole degrees', type: LIGHT, raw: { hue: 2.0944 }, is: { hue: 120 } },
    { title: 'a hue of a full turn as 360', type: LIGHT, raw: { hue: 2 * Math.PI }, is: { hue: 360 } },
    { title: 'a hue above a full turn modulo 360', type: LIGHT, raw: { hue: 3 * Math.PI }, is: { hue: 180 } },
    { title: 'saturation in whole percent', type: LIGHT, raw: { saturation: 0.256 }, is: { saturation: 26 } },
    { title: 'colour mode hs as color', type: LIGHT, raw: { colorMode: 'hs' }, is: { colorMode: 'color' } },
    { title: 'colour mode ct as temperature', type: LIGHT, raw: { colorMode: 'ct' }, is: { colorMode: 'temperature' } },
    {
      title: 'an unknown colour mode unchanged',
      type: LIGHT,
      raw: { colorMode: 'toString' },
      is: { colorMode: 'toString' },
    },
    {
      title: '-1 in the other colour mode as absent',
      type: LIGHT,
      raw: { isOn: true, brightness: 1, colorMode: 'ct', hue: -1, saturation: -1, temperature: 2700 },
      is: { on: true, brightness: 100, colorMode: 'temperature', colorTemperature: 2700 },
    },
    { title: 'a colour temperature of -1 as absent', type: LIGHT, raw: { temperature: -1 }, is: {} },
    { title: 'null as absent', type: LIGHT, raw: { isOn: null, brightness: null, hue: null, colorMode: null }, is: {} },
    { title: 'no transition', type: LIGHT, raw: { transitionMsec: 500 }, is: {} },
    { title: 'motion of a lamp', type: LIGHT, raw: { isOn: true, motion: true }, is: { on: true, motion: true } },
  ]);

  it('reads the temperature of a lamp without a state type as colour temperature', () => {
    const about = { type: 'LIGHT', stateType: null, capabilities: [] };
    assert.deepEqual(readState({ temperature: 2700 }, about), { colorTemperature: 2700 });
  });
});

describe('readState of a sensor', () => {
  table([
    { title: 'temperature in tenths of °C', raw: { temperature: 21.449 }, is: { temperature: 21.4 } },
    { title: '-1 °C as a temperature', raw: { temperature: -1 }, is: { temperature: -1 } },
    { title: '-0.04 °C as 0, not -0', raw: { temperature: -0.04 }, is: { temperature: 0 } },
    { title: 'humidity in tenths of a percent', raw: { humidity: 43.26 }, is: { humidity: 43.3 } },
    { title: 'lux as whole illuminance', raw: { lux: 102.6 }, is: { illuminance: 103 } },
    { title: 'pressure above 2000 as pascals', raw: { pressure: 101_325 }, is: { pressure: 1013.3 } },
    { title: 'pressure below 2000 as hectopascals', raw: { pressure: 1013.25 }, is: { pressure: 1013.3 } },
    { title: 'pressure of 2000 as hectopascals', raw: { pressure: 2000 }, is: { pressure: 2000 } },
    { title: 'co2Ppm and vocPpm as whole numbers', raw: { co2Ppm: 612.4, vocPpm: 99.5 }, is: { co2: 612, voc: 100 } },
    { title: 'coDetected as co', raw: { coDetected: false, coAt: 0, coStartAt: -1 }, is: { co: false } },
    {
      title: 'alert of a smoke alarm as smoke',
      type: 'STATE_SMOKE_ALARM',
      raw: { alert: true, alertAt: AT },
      is: { smoke: true, alertAt: ISO },
    },
    {
      title: 'alert of a device with SMOKE as smoke',
      capabilities: ['SMOKE'],
      raw: { alert: false },
      is: { smoke: false },
    },
    { title: 'alert of a doorbell as ring', type: 'STATE_DOORBELL', raw: { alert: true }, is: { ring: true } },
    { title: 'alert of other devices as alert', raw: { alert: true }, is: { alert: true } },
    { title: 'moisture as leak', raw: { moisture: true, moistureAt: AT }, is: { leak: true, moistureAt: ISO } },
    { title: 'a number in moisture as moisture', raw: { moisture: 43 }, is: { moisture: 43 } },
    { title: 'lastMotion as motionAt', raw: { motion: false, lastMotion: AT }, is: { motion: false, motionAt: ISO } },
    { title: 'lastMotion -1 as absent', raw: { motion: false, lastMotion: -1 }, is: { motion: false } },
    {
      title: 'twilight as dark',
      raw: { twilight: true, twilightStart: AT, twilightStop: 0 },
      is: { dark: true, twilightStart: ISO },
    },
    { title: 'open as open', raw: { open: true, lastChange: AT }, is: { open: true, lastChange: ISO } },
    {
      title: 'battery in whole percent and batteryV in hundredths of a volt',
      raw: { battery: 87.5, batteryV: 2.999, batteryLow: false },
      is: { battery: 88, batteryVoltage: 3, batteryLow: false },
    },
    { title: 'a battery of -1 as absent', raw: { battery: -1, batteryV: -1 }, is: {} },
    { title: 'reachable and lastSeen', raw: { reachable: true, lastSeen: AT }, is: { reachable: true, lastSeen: ISO } },
    { title: 'lastSeen 0 as absent', raw: { reachable: false, lastSeen: 0 }, is: { reachable: false } },
  ]);
});

describe('readState of power', () => {
  table([
    { title: 'activePower as power in tenths of a watt', raw: { activePower: 1833.26 }, is: { power: 1833.3 } },
    { title: 'power without activePower as power', raw: { power: 12 }, is: { power: 12 } },
    { title: 'activePower rather than power', raw: { activePower: 5, power: 7 }, is: { power: 5 } },
    { title: 'power if activePower is null', raw: { activePower: null, power: 7 }, is: { power: 7 } },
    { title: 'negative power', raw: { power: -2100.04 }, is: { power: -2100 } },
    {
      title: 'energy in hundredths of a kWh',
      raw: { totalPower: 1234.567, powerToday: 3.005 },
      is: { energy: 1234.57, energyToday: 3.01 },
    },
  ]);
});

describe('readState of heating and air', () => {
  const HVAC = ['HVAC', 'CONTROL_MODE'];
  table([
    { title: 'targetTemp as targetTemperature', raw: { targetTemp: 21.04 }, is: { targetTemperature: 21 } },
    {
      title: 'targetTemperature as targetTemperature',
      raw: { targetTemperature: 19.96 },
      is: { targetTemperature: 20 },
    },
    {
      title: 'the target temperature from the key with a value',
      raw: { targetTemp: null, targetTemperature: 20 },
      is: { targetTemperature: 20 },
    },
    { title: 'heatingDemand in whole percent', raw: { heatingDemand: 0.345 }, is: { heatingDemand: 35 } },
    {
      title: 'modes of a heat pump',
      capabilities: HVAC,
      raw: { mode: 2, preset: 0 },
      is: { mode: 'heat', preset: 'comfort' },
    },
    {
      title: 'modes of an air conditioner',
      capabilities: ['AIRCON'],
      raw: { mode: 3, preset: 2 },
      is: { mode: 'cool', preset: 'fireplace' },
    },
    {
      title: 'modes and presets of any device with CONTROL_MODE and CONTROL_PRESET',
      capabilities: ['CONTROL_MODE', 'CONTROL_PRESET', 'THERMOSTAT'],
      raw: { mode: 2, preset: 1 },
      is: { mode: 'heat', preset: 'eco' },
    },
    {
      title: 'modes of ventilation with CONTROL_MODE',
      capabilities: ['CONTROL_MODE', 'VU'],
      raw: { mode: 4 },
      is: { mode: 'boost' },
    },
    {
      title: 'modes of ventilation',
      capabilities: ['VU'],
      raw: { mode: 4, preset: 1 },
      is: { mode: 'boost', preset: 1 },
    },
    { title: 'modes of a fan', capabilities: ['FAN_MODE'], raw: { fanMode: 6 }, is: { fan: 'smart' } },
    {
      title: 'mode 0 as off',
      capabilities: ['HVAC', 'FAN_MODE'],
      raw: { mode: 0, fanMode: 0 },
      is: { mode: 'off', fan: 'off' },
    },
    {
      title: 'a mode number without a word unchanged',
      capabilities: ['HVAC', 'FAN_MODE'],
      raw: { mode: 9, preset: -1, fanMode: 2.5 },
      is: { mode: 9, preset: -1, fan: 2.5 },
    },
    {
      title: 'a mode number of an unknown device unchanged',
      raw: { mode: 1, preset: 1, fanMode: 1 },
      is: { mode: 1, preset: 1, fan: 1 },
    },
    { title: 'a word as a mode unchanged', capabilities: HVAC, raw: { mode: 'dry' }, is: { mode: 'dry' } },
    {
      title: 'other values under Cozify’s names',
      raw: { freshTemperature: -3.25, flow: 12 },
      is: { freshTemperature: -3.25, flow: 12 },
    },
  ]);
});

describe('readState of blinds and valves', () => {
  table([
    { title: 'position as liftPct', raw: { liftPct: 42.4, tiltPct: 99.6 }, is: { position: 42, tilt: 100 } },
    { title: 'position as percent without liftPct', raw: { position: 0.426 }, is: { position: 43 } },
    { title: 'openPct as position without the others', raw: { openPct: 7 }, is: { position: 7 } },
    {
      title: 'liftPct rather than position, and position rather than openPct',
      raw: { openPct: 1, position: 0.02, liftPct: 3 },
      is: { position: 3 },
    },
    { title: 'position if liftPct is null', raw: { liftPct: null, position: 1 }, is: { position: 100 } },
  ]);
});

describe('readState of phones, sound and sirens', () => {
  table([
    {
      title: 'reachable of a phone as home',
      type: 'STATE_UI_DEVICE',
      raw: { reachable: true, session: 's', user: 'u', lastSeen: AT },
      is: { home: true, lastSeen: ISO },
    },
    {
      title: 'volume, mute and playback from their objects, and bass and treble under rcData',
      type: 'STATE_MEDIA_RENDERER',
      raw: {
        isOn: true,
        rcData: { type: 'RC', volume: 30.4, mute: false, bass: -3, treble: 2, loudness: null },
        avtData: { state: 'PLAYING' },
      },
      is: { on: true, volume: 30, mute: false, playback: 'playing', rcData: { bass: -3, treble: 2 } },
    },
    { title: 'paused', raw: { avtData: { state: 'PAUSED_PLAYBACK' } }, is: { playback: 'paused' } },
    { title: 'stopped', raw: { avtData: { state: 'STOPPED' } }, is: { playback: 'stopped' } },
    { title: 'loading', raw: { avtData: { state: 'TRANSITIONING' } }, is: { playback: 'loading' } },
    {
      title: 'an unknown playback unchanged',
      raw: { avtData: { state: 'NO_MEDIA' } },
      is: { playback: 'NO_MEDIA' },
    },
    { title: 'the volume of a water meter unchanged', raw: { volume: 1234.5 }, is: { volume: 1234.5 } },
    { title: 'sirenOn as on', raw: { sirenOn: true }, is: { on: true } },
    { title: 'isOn of an alarm device as on', type: 'STATE_ALARM', raw: { isOn: false }, is: { on: false } },
    {
      title: 'a camera without the addresses of its pictures',
      raw: { isOn: true, media: 'rtsp://u:p@x', viewerCount: 2 },
      is: { on: true, viewerCount: 2 },
    },
    {
      title: 'buttons under Cozify’s names',
      raw: { button: 3, modifiers: ['longpress'] },
      is: { button: 3, modifiers: ['longpress'] },
    },
  ]);

  it('recognises a phone by its type', () => {
    const about = { type: 'UI_DEVICE', stateType: null, capabilities: [] };
    assert.deepEqual(readState({ reachable: false }, about), { home: false });
  });
});

describe('readState of other devices', () => {
  table([
    {
      title: 'unknown values under their names',
      raw: { gadget: { deep: [1, null, 'x'] }, rssi: -61 },
      is: { gadget: { deep: [1, null, 'x'] }, rssi: -61 },
    },
    {
      title: 'a time under any name as ISO 8601',
      raw: { opened: AT, alertStartAt: AT },
      is: { opened: ISO, alertStartAt: ISO },
    },
    { title: 'times of 0 and -1 as absent', raw: { alertAt: 0, alertStartAt: -1, lastChange: 0 }, is: {} },
    { title: '0 and -1 of other fields unchanged', raw: { level: 0, offset: -1 }, is: { level: 0, offset: -1 } },
    { title: 'a small number under the name of a time unchanged', raw: { startsAt: 7 }, is: { startsAt: 7 } },
    { title: 'no internal data of the hub', raw: { session: 1, user: 2, media: 3, gadget: 4 }, is: { gadget: 4 } },
    {
      title: 'an infinite number as absent',
      raw: { gadget: Infinity, deep: { a: -Infinity, b: [NaN, 1] }, lux: Infinity },
      is: { deep: { b: [null, 1] } },
    },
    {
      title: 'a value of an unexpected type under Cozify’s name',
      raw: { isOn: 'yes', lux: '5', temperature: 'warm', brightness: {} },
      is: { isOn: 'yes', lux: '5' },
    },
  ]);

  it('removes the key __proto__', () => {
    const raw = JSON.parse('{"__proto__": {"on": true}, "gadget": {"__proto__": {"x": 1}, "a": 1}}') as RawRecord;
    const state = read('STATE_ANY', raw);
    assert.deepEqual(Object.keys(state), ['gadget']);
    assert.deepEqual(state, { gadget: { a: 1 } });
  });

  it('removes very deep nesting', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 50_000; level++) deep = [deep];
    assert.doesNotThrow(() => JSON.stringify(read('STATE_ANY', { gadget: deep })));
  });
});

describe('readState of arbitrary JSON', () => {
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

  /** Yields a value and all values nested in it. */
  function* within(item: unknown): Generator {
    yield item;
    if (typeof item === 'object' && item !== null) for (const part of Object.values(item)) yield* within(part);
  }

  it('returns JSON without NaN, infinity and undefined', () => {
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

  it('returns values within the types and ranges of the fields', () => {
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

describe('isTimeField', () => {
  for (const name of ['lastSeen', 'motionAt', 'lastChange', 'alertAt', 'createdAt']) {
    it(`accepts ${name}`, () => assert.ok(isTimeField(name, undefined)));
  }
  it('accepts any field with an ISO 8601 value', () => assert.ok(isTimeField('opened', ISO)));
  for (const [name, value] of [
    ['on', true],
    ['temperature', 5],
    ['mode', 'heat'],
    ['name', '2026'],
  ] as const) {
    it(`rejects ${name}`, () => assert.ok(!isTimeField(name, value)));
  }
});
