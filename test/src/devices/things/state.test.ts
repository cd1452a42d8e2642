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

interface About {
  type?: string;
  capabilities?: string[];
}

const can = (...capabilities: string[]): About => ({ capabilities });

type Row = [title: string, raw: RawRecord, is: object, about?: About];

function table(rows: Row[], common: About = {}): void {
  for (const [title, raw, is, { type = 'STATE_ANY', capabilities } = common] of rows) {
    it(`reads ${title}`, () => assert.deepEqual(read(type, raw, capabilities), is));
  }
}

describe('readState of a lamp', () => {
  table(
    [
      ['isOn as on', { isOn: true }, { on: true }],
      ['brightness in whole percent', { brightness: 153 / 254 }, { brightness: 60 }],
      ['brightness 0 as 1 while on', { isOn: true, brightness: 0 }, { on: true, brightness: 1 }],
      ['brightness that rounds to 0 as 1 while on', { isOn: true, brightness: 0.004 }, { on: true, brightness: 1 }],
      ['brightness 0 as 0 while off', { isOn: false, brightness: 0 }, { on: false, brightness: 0 }],
      ['brightness above 1 as 100', { brightness: 1.7 }, { brightness: 100 }],
      ['temperature as colour temperature in whole kelvins', { temperature: 2702.7027 }, { colorTemperature: 2703 }],
      [
        'the range of colour temperatures in whole kelvins',
        { minTemperature: 1e6 / 454, maxTemperature: 1e6 / 153 },
        { colorTemperatureRange: [2203, 6536] },
      ],
      ['a range with one limit as absent', { minTemperature: 2202.64, maxTemperature: -1 }, {}],
      ['hue in whole degrees', { hue: 2.0944 }, { hue: 120 }],
      ['a hue of a full turn as 360', { hue: 2 * Math.PI }, { hue: 360 }],
      ['a hue above a full turn modulo 360', { hue: 3 * Math.PI }, { hue: 180 }],
      ['saturation in whole percent', { saturation: 0.256 }, { saturation: 26 }],
      ['colour mode hs as color', { colorMode: 'hs' }, { colorMode: 'color' }],
      ['colour mode ct as temperature', { colorMode: 'ct' }, { colorMode: 'temperature' }],
      ['an unknown colour mode unchanged', { colorMode: 'toString' }, { colorMode: 'toString' }],
      [
        '-1 in the other colour mode as absent',
        { isOn: true, brightness: 1, colorMode: 'ct', hue: -1, saturation: -1, temperature: 2700 },
        { on: true, brightness: 100, colorMode: 'temperature', colorTemperature: 2700 },
      ],
      ['a colour temperature of -1 as absent', { temperature: -1 }, {}],
      ['null as absent', { isOn: null, brightness: null, hue: null, colorMode: null }, {}],
      ['no transition', { transitionMsec: 500 }, {}],
      ['motion of a lamp', { isOn: true, motion: true }, { on: true, motion: true }],
    ],
    { type: 'STATE_LIGHT' },
  );

  it('reads the temperature of a lamp without a state type as colour temperature', () => {
    const about = { type: 'LIGHT', stateType: null, capabilities: [] };
    assert.deepEqual(readState({ temperature: 2700 }, about), { colorTemperature: 2700 });
  });
});

describe('readState of a sensor', () => {
  table([
    ['temperature in tenths of °C', { temperature: 21.449 }, { temperature: 21.4 }],
    ['-1 °C as a temperature', { temperature: -1 }, { temperature: -1 }],
    ['-0.04 °C as 0, not -0', { temperature: -0.04 }, { temperature: 0 }],
    ['humidity in tenths of a percent', { humidity: 43.26 }, { humidity: 43.3 }],
    ['lux as whole illuminance', { lux: 102.6 }, { illuminance: 103 }],
    ['pressure above 2000 as pascals', { pressure: 101_325 }, { pressure: 1013.3 }],
    ['pressure below 2000 as hectopascals', { pressure: 1013.25 }, { pressure: 1013.3 }],
    ['pressure of 2000 as hectopascals', { pressure: 2000 }, { pressure: 2000 }],
    ['co2Ppm and vocPpm as whole numbers', { co2Ppm: 612.4, vocPpm: 99.5 }, { co2: 612, voc: 100 }],
    ['coDetected as co', { coDetected: false, coAt: 0, coStartAt: -1 }, { co: false }],
    ['alert of a smoke alarm as smoke', { alert: true }, { smoke: true }, { type: 'STATE_SMOKE_ALARM' }],
    ['alert of a device with SMOKE as smoke', { alert: false }, { smoke: false }, can('SMOKE')],
    ['alert of a doorbell as ring', { alert: true }, { ring: true }, { type: 'STATE_DOORBELL' }],
    ['alert of other devices as alert', { alert: true }, { alert: true }],
    ['moisture as leak', { moisture: true, moistureAt: AT }, { leak: true, moistureAt: ISO }],
    ['a number in moisture as moisture', { moisture: 43 }, { moisture: 43 }],
    ['lastMotion as motionAt', { motion: false, lastMotion: AT }, { motion: false, motionAt: ISO }],
    ['lastMotion -1 as absent', { motion: false, lastMotion: -1 }, { motion: false }],
    ['twilight as dark', { twilight: true, twilightStart: AT, twilightStop: 0 }, { dark: true, twilightStart: ISO }],
    ['open as open', { open: true, lastChange: AT }, { open: true, lastChange: ISO }],
    [
      'battery in whole percent, and hundredths of a volt',
      { battery: 87.5, batteryV: 2.999, batteryLow: false },
      { battery: 88, batteryVoltage: 3, batteryLow: false },
    ],
    ['a battery of -1 as absent', { battery: -1, batteryV: -1 }, {}],
    ['reachable and lastSeen', { reachable: true, lastSeen: AT }, { reachable: true, lastSeen: ISO }],
    ['lastSeen 0 as absent', { reachable: false, lastSeen: 0 }, { reachable: false }],
  ]);
});

describe('readState of power', () => {
  table([
    ['activePower as power in tenths of a watt', { activePower: 1833.26 }, { power: 1833.3 }],
    ['power without activePower as power', { power: 12 }, { power: 12 }],
    ['activePower rather than power', { activePower: 5, power: 7 }, { power: 5 }],
    ['power if activePower is null', { activePower: null, power: 7 }, { power: 7 }],
    ['negative power', { power: -2100.04 }, { power: -2100 }],
    ['energy in 0.01 kWh', { totalPower: 1234.567, powerToday: 3.005 }, { energy: 1234.57, energyToday: 3.01 }],
  ]);
});

describe('readState of heating and air', () => {
  const warm = { targetTemperature: 20 };
  const HVAC = ['HVAC', 'CONTROL_MODE'];
  table([
    ['targetTemp as targetTemperature', { targetTemp: 21.04 }, { targetTemperature: 21 }],
    ['targetTemperature as targetTemperature', { targetTemperature: 19.96 }, { targetTemperature: 20 }],
    ['targetTemperature if targetTemp is null', { targetTemp: null, ...warm }, warm],
    ['heatingDemand in whole percent', { heatingDemand: 0.345 }, { heatingDemand: 35 }],
    ['modes of a heat pump', { mode: 2, preset: 0 }, { mode: 'heat', preset: 'comfort' }, can(...HVAC)],
    ['modes of an air conditioner', { mode: 3, preset: 2 }, { mode: 'cool', preset: 'fireplace' }, can('AIRCON')],
    [
      'modes of any device with CONTROL_MODE',
      { mode: 2, preset: 1 },
      { mode: 'heat', preset: 'eco' },
      can('CONTROL_MODE', 'CONTROL_PRESET'),
    ],
    ['modes of ventilation with CONTROL_MODE', { mode: 4 }, { mode: 'boost' }, can('CONTROL_MODE', 'VU')],
    ['modes of ventilation', { mode: 4, preset: 1 }, { mode: 'boost', preset: 1 }, can('VU')],
    ['modes of a fan', { fanMode: 6 }, { fan: 'smart' }, can('FAN_MODE')],
    ['mode 0 as off', { mode: 0, fanMode: 0 }, { mode: 'off', fan: 'off' }, can('HVAC', 'FAN_MODE')],
    [
      'a mode number without a word unchanged',
      { mode: 9, preset: -1, fanMode: 2.5 },
      { mode: 9, preset: -1, fan: 2.5 },
      can('HVAC', 'FAN_MODE'),
    ],
    ['mode numbers of an unknown device', { mode: 1, preset: 1, fanMode: 1 }, { mode: 1, preset: 1, fan: 1 }],
    ['a word as a mode unchanged', { mode: 'dry' }, { mode: 'dry' }, can(...HVAC)],
    ['other values under Cozify’s names', { freshTemperature: -3.25, flow: 12 }, { freshTemperature: -3.25, flow: 12 }],
  ]);
});

describe('readState of blinds and valves', () => {
  table([
    ['position as liftPct', { liftPct: 42.4, tiltPct: 99.6 }, { position: 42, tilt: 100 }],
    ['position as percent without liftPct', { position: 0.426 }, { position: 43 }],
    ['openPct as position without the others', { openPct: 7 }, { position: 7 }],
    ['liftPct rather than position and openPct', { openPct: 1, position: 0.02, liftPct: 3 }, { position: 3 }],
    ['position if liftPct is null', { liftPct: null, position: 1 }, { position: 100 }],
  ]);
});

describe('readState of phones, sound and sirens', () => {
  table([
    [
      'reachable of a phone as home',
      { reachable: true, session: 's', user: 'u', lastSeen: AT },
      { home: true, lastSeen: ISO },
      { type: 'STATE_UI_DEVICE' },
    ],
    [
      'volume, mute and playback from their objects, and bass and treble under rcData',
      {
        isOn: true,
        rcData: { type: 'RC', volume: 30.4, mute: false, bass: -3, treble: 2, loudness: null },
        avtData: { state: 'PLAYING' },
      },
      { on: true, volume: 30, mute: false, playback: 'playing', rcData: { bass: -3, treble: 2 } },
      { type: 'STATE_MEDIA_RENDERER' },
    ],
    ['paused', { avtData: { state: 'PAUSED_PLAYBACK' } }, { playback: 'paused' }],
    ['stopped', { avtData: { state: 'STOPPED' } }, { playback: 'stopped' }],
    ['loading', { avtData: { state: 'TRANSITIONING' } }, { playback: 'loading' }],
    ['an unknown playback unchanged', { avtData: { state: 'NO_MEDIA' } }, { playback: 'NO_MEDIA' }],
    ['the volume of a water meter unchanged', { volume: 1234.5 }, { volume: 1234.5 }],
    ['sirenOn as on', { sirenOn: true }, { on: true }],
    ['isOn of an alarm device as on', { isOn: false }, { on: false }, { type: 'STATE_ALARM' }],
    ['a camera without addresses', { isOn: true, media: 'rtsp://u:p@x', viewerCount: 2 }, { on: true, viewerCount: 2 }],
    ['buttons under Cozify’s names', { button: 3, modifiers: ['longpress'] }, { button: 3, modifiers: ['longpress'] }],
  ]);

  it('recognises a phone by its type', () => {
    const about = { type: 'UI_DEVICE', stateType: null, capabilities: [] };
    assert.deepEqual(readState({ reachable: false }, about), { home: false });
  });
});

describe('readState of other devices', () => {
  const gadget = { gadget: { deep: [1, null, 'x'] }, rssi: -61 };
  table([
    ['unknown values under their names', gadget, gadget],
    ['a time under any name as ISO 8601', { opened: AT, alertStartAt: AT }, { opened: ISO, alertStartAt: ISO }],
    ['times of 0 and -1 as absent', { alertAt: 0, alertStartAt: -1, lastChange: 0 }, {}],
    ['0 and -1 of other fields unchanged', { level: 0, offset: -1 }, { level: 0, offset: -1 }],
    ['a small number under the name of a time unchanged', { startsAt: 7 }, { startsAt: 7 }],
    ['no internal data of the hub', { session: 1, user: 2, media: 3, gadget: 4 }, { gadget: 4 }],
    [
      'an infinite number as absent',
      { lux: Infinity, deep: { a: -Infinity, b: [NaN, 1] } },
      { deep: { b: [null, 1] } },
    ],
    ['unexpected types', { isOn: 'yes', lux: '5', temperature: 'warm', brightness: {} }, { isOn: 'yes', lux: '5' }],
  ]);

  it('removes the key __proto__', () => {
    const raw = JSON.parse('{"__proto__": {"on": true}, "gadget": {"__proto__": {"x": 1}, "a": 1}}') as RawRecord;
    const state = read('STATE_ANY', raw);
    assert.deepEqual(Object.keys(state), ['gadget']);
    assert.deepEqual(state, { gadget: { a: 1 } });
  });

  it('keeps 16 levels of nesting, and removes deeper ones', () => {
    const lists = (levels: number): unknown => (levels === 0 ? 1 : [lists(levels - 1)]);
    const objects = (levels: number): unknown => (levels === 0 ? 1 : { a: objects(levels - 1) });
    for (const gadget of [lists(16), objects(16)]) assert.deepEqual(read('STATE_ANY', { gadget }), { gadget });
    assert.ok(!JSON.stringify(read('STATE_ANY', { a: lists(17), b: objects(17) })).includes('1'));
    let deep: unknown = 1;
    for (let level = 0; level < 50_000; level++) deep = [deep];
    assert.doesNotThrow(() => JSON.stringify(read('STATE_ANY', { gadget: deep })));
  });
});

describe('readState of arbitrary JSON', () => {
  const names = fc.constantFrom(
    ...new Set(FIELDS.flatMap(({ sources }) => sources.map(({ key, within }) => within ?? key))),
    ...['type', 'minTemperature', 'maxTemperature', 'transitionMsec', 'gadget', '__proto__', 'constructor'],
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
      runs(600),
    );
  });

  it('returns values within the types and ranges of the fields', () => {
    const flags = 'on co smoke leak motion open dark ring batteryLow home mute reachable'.split(' ');
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
      runs(600),
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
