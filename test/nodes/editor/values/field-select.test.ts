import assert from 'node:assert/strict';
import {
  fieldsToChoose,
  fieldsToTick,
  fieldTypeOf,
  valuesToChoose,
} from '../../../../nodes/editor/values/field-select.js';
import { thing } from '../support/things.js';

describe('the fields to choose from', () => {
  const sauna = thing('Sauna', {
    ...{ lastSeen: '2026-11-03T12:00:00.000Z', bass: 3, reachable: true },
    ...{ battery: 92, humidity: 20, temperature: 85.8 },
  });
  const pump = thing(
    'Ilmalämpöpumppu',
    { mode: 'heat', on: true },
    {
      abilities: [{ field: 'mode', type: 'word', words: ['off', 'auto', 'heat', 'cool'] }],
    },
  );

  it('are the fields of the things, the main fields first and the technical fields last', () => {
    const fields = ['temperature', 'humidity', 'battery', 'bass', 'lastSeen', 'reachable'];
    assert.deepEqual(fieldsToChoose([sauna]), fields);
    assert.deepEqual(fieldsToTick([sauna]), ['temperature', 'humidity', 'battery']);
    assert.deepEqual(fieldsToTick([sauna, pump]).slice(0, 2), ['on', 'temperature']);
    assert.deepEqual(fieldsToChoose([thing('Lämpö', { temperature: 20 })]), ['temperature']);
  });

  it('are all fields if no thing is known', () => {
    assert.equal(fieldsToChoose([])[0], 'on');
    assert.ok(fieldsToChoose([]).includes('co2'));
    assert.ok(!fieldsToTick([]).includes('lastSeen'));
  });

  it('are limited as tags to the fields that most things have', () => {
    const many = Object.fromEntries(fieldsToChoose([]).map((field) => [field, 1]));
    const tags = fieldsToTick([thing('Kaikki', many), thing('Pesukone', { power: 1, energy: 2 })]);
    assert.equal(tags.length, 12);
    assert.ok(tags.includes('energy') && !tags.includes('tilt'));
  });

  it('have the type of the current values, otherwise the documented type', () => {
    assert.equal(fieldTypeOf('temperature', [sauna]), 'number');
    assert.equal(fieldTypeOf('reachable', [sauna]), 'flag');
    assert.equal(fieldTypeOf('open', []), 'flag');
    assert.equal(fieldTypeOf('co2', []), 'number');
    assert.equal(fieldTypeOf('mode', []), 'words');
    assert.equal(fieldTypeOf('playback', []), 'words');
    assert.equal(fieldTypeOf('title', []), 'text');
    assert.equal(fieldTypeOf('mode', [thing('Tuuletin', { mode: 7 })]), 'number');
    assert.equal(fieldTypeOf('open', [thing('Portti', { open: 'raollaan' })]), 'text');
  });

  it('have a list of values if the values can be listed', () => {
    assert.deepEqual(valuesToChoose('on', [pump]), ['true', 'false']);
    assert.deepEqual(valuesToChoose('mode', [pump]), ['off', 'auto', 'heat', 'cool']);
    assert.deepEqual(valuesToChoose('mode', [thing('Muu', { mode: 'dry' })]), ['dry']);
    assert.deepEqual(valuesToChoose('playback', []), ['playing', 'paused', 'stopped', 'loading']);
    assert.deepEqual(valuesToChoose('temperature', [sauna]), []);
  });
});
