import assert from 'node:assert/strict';
import { type Entry, readEntry } from '../../../../src/devices/things/device.js';
import {
  fullText,
  isMeasured,
  shortName,
  stateText,
  informativeField,
  thingsText,
  thingText,
  valueText,
} from '../../../../src/devices/things/live-value.js';
import type { Language } from '../../../../src/devices/things/names.js';
import type { State } from '../../../../src/devices/things/state.js';
import { device, lamp, type RawDevice, thermometer } from '../support.js';

const read = (raw: RawDevice): Entry => readEntry('device', raw.id, raw, 'en') as Entry;

describe('live values', () => {
  const table: [State, en: string, fi: string][] = [
    [{ on: true, brightness: 60, temperature: 20 }, 'on 60 %', 'päällä 60 %'],
    [{ on: true, power: 35.5 }, 'on 35.5 W', 'päällä 35,5 W'],
    [{ on: false, brightness: 60 }, 'off', 'pois'],
    [{ temperature: 21.4, humidity: 45 }, '21.4 °C', '21,4 °C'],
    [{ motion: false, temperature: 21.4 }, 'no motion', 'ei liikettä'],
    [{ open: true }, 'open', 'auki'],
    [{ position: 40 }, '40 %', '40 %'],
    [{ home: true }, 'home', 'kotona'],
    [{ flow: 0, volume: 532_100, batteryVoltage: 3.6 }, '532100 l', '532100 l'],
    [{ battery: 80, reachable: true, lastSeen: '2026-11-03T12:00:00.000Z' }, '80 %', '80 %'],
    [{ reachable: true }, '', ''],
    [{ temperature: null, on: undefined, mode: '' }, '', ''],
  ];
  for (const [state, en, fi] of table) {
    it(`formats ${JSON.stringify(state)} as "${en}", in Finnish "${fi}"`, () => {
      assert.deepEqual([stateText(state, 'en'), stateText(state, 'fi')], [en, fi]);
    });
  }

  const chosen: [State, field: string, en: string, fi: string][] = [
    [{ on: true, brightness: 60, colorTemperature: 2700 }, '', 'on 60 %', 'päällä 60 %'],
    [
      { on: true, brightness: 60, colorTemperature: 2700 },
      'colorTemperature',
      'on 60 %, 2700 K',
      'päällä 60 %, 2700 K',
    ],
    [{ on: false, colorTemperature: 2700 }, 'colorTemperature', 'off', 'pois'],
    [{ on: true, colorTemperature: null }, 'colorTemperature', 'on', 'päällä'],
    [{ position: 40 }, '', '40 % open', '40 % auki'],
    [{ temperature: 20.5, targetTemperature: 21 }, '', '20.5 °C, target 21 °C', '20,5 °C, tavoite 21 °C'],
    [{ temperature: 21.4, targetTemperature: 22, mode: 'heat' }, '', 'heat, 21.4 °C', 'lämmitys, 21,4 °C'],
    [{ temperature: 21.4, humidity: 40 }, '', '21.4 °C', '21,4 °C'],
    [{ open: true, temperature: 20 }, '', 'open', 'auki'],
    [{ humidity: 60, mode: 'standard' }, '', 'standard, humidity 60 %', 'normaali, kosteus 60 %'],
    [{ humidity: 60 }, '', 'humidity 60 %', 'kosteus 60 %'],
    [{ battery: 80 }, '', 'battery 80 %', 'paristo 80 %'],
    [{ batteryVoltage: 2.95, batteryLow: false }, '', 'battery 2.95 V', 'paristo 2,95 V'],
    [{}, '', '', ''],
  ];
  for (const [state, field, en, fi] of chosen) {
    it(`formats ${JSON.stringify(state)} in a list for "${field}" as "${en}", in Finnish "${fi}"`, () => {
      assert.deepEqual([fullText(state, 'en', field), fullText(state, 'fi', field)], [en, fi]);
    });
  }

  it('formats numbers with units, booleans as words, and nothing for objects', () => {
    assert.equal(valueText('illuminance', 300, 'fi'), '300 lx');
    assert.equal(valueText('flow', 1.5, 'fi'), '1,5');
    assert.equal(valueText('recording', true, 'fi'), 'kyllä');
    assert.equal(valueText('constructor', 7, 'en'), '7');
    assert.equal(valueText('toString', false, 'en'), 'no');
    assert.equal(valueText('playback', 'paused', 'en'), 'paused');
    assert.equal(valueText('playback', 'stopped', 'fi'), 'pysäytetty');
    assert.equal(valueText('mode', 'heat', 'fi'), 'lämmitys');
    assert.equal(valueText('title', 'heat', 'fi'), 'heat');
    assert.equal(valueText('rcData', { bass: 1 }, 'en'), '');
  });

  it('distinguishes measurements from switched values', () => {
    assert.deepEqual(['temperature', 'motion', 'on', 'position'].map(isMeasured), [true, true, false, false]);
    assert.equal(informativeField({ humidity: 1, temperature: 2 }), 'temperature');
  });

  it('summarises several things by their number and the first value', () => {
    const sauna = read(thermometer('d1', { temperature: 78.21 }, { name: 'Sauna' }));
    const light = read(lamp('d2'));
    const text = (entries: Entry[], field: string, language: Language): string[] =>
      Object.values(thingsText(entries, field, language) as unknown as Record<string, string>);
    assert.deepEqual(text([sauna, light, light], '', 'en'), ['3 devices', 'Sauna', '78.2 °C']);
    assert.deepEqual(text([sauna, light], '', 'fi'), ['2 laitetta', 'Sauna', '78,2 °C']);
    assert.deepEqual(text([sauna, light], 'humidity', 'en'), ['2 devices', 'Sauna', '']);
    assert.deepEqual(text([light], '', 'en'), ['', '', 'on 60 %']);
    assert.deepEqual(text([light], 'brightness', 'en'), ['', '', '60 %']);
    assert.deepEqual(text([], '', 'en'), ['0 devices', '', '']);
    assert.deepEqual(text([light, { ...light, kind: 'scene' }], '', 'en'), ['2 devices', 'Lamppu d2', 'on 60 %']);
  });

  it('formats volume in percent for loudness and in litres for a meter', () => {
    const meter = read(device('m', 'VALVE', ['VALVE'], { type: 'STATE_VALVE', openPct: 40, volume: 1234 }));
    const speaker = read(device('s', 'MEDIA_RENDERER', [], { type: 'STATE_MEDIA_RENDERER', rcData: { volume: 30 } }));
    assert.equal(thingText(meter, 'volume', 'en'), '1234 l');
    assert.equal(thingText(speaker, 'volume', 'en'), '30 %');
  });

  it('shortens a long name between characters', () => {
    assert.equal(shortName(`${'Ä'.repeat(30)}`), `${'Ä'.repeat(23)}…`);
    assert.equal(shortName('💡'.repeat(24)), '💡'.repeat(24));
  });
});
