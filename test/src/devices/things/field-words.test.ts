import assert from 'node:assert/strict';
import { fieldChoice, fieldLabel, fieldName, wordsOf, wordText } from '../../../../src/devices/things/field-words.js';
import { FIELDS } from '../../../../src/devices/things/fields.js';

describe('display names of fields', () => {
  const table: [field: string, en: string, fi: string][] = [
    ['temperature', 'temperature, °C', 'lämpötila, °C (temperature)'],
    ['open', 'open or closed (open)', 'auki vai kiinni (open)'],
    ['co2', 'carbon dioxide, ppm (co2)', 'hiilidioksidi, ppm (co2)'],
    [
      'colorTemperature',
      'white, warm to cold, K (colorTemperature)',
      'valkoinen, lämpimästä kylmään, K (colorTemperature)',
    ],
    ['batteryVoltage', 'battery, V (batteryVoltage)', 'paristo, V (batteryVoltage)'],
    ['bass', 'bass', 'bass'],
    ['constructor', 'constructor', 'constructor'],
  ];
  for (const [field, en, fi] of table) {
    it(`shows ${field} as "${en}", in Finnish as "${fi}"`, () => {
      assert.deepEqual([fieldChoice(field, 'en'), fieldChoice(field, 'fi')], [en, fi]);
    });
  }

  it('returns the name of a field with and without its unit', () => {
    assert.equal(fieldLabel('temperature', 'fi'), 'lämpötila, °C');
    assert.equal(fieldLabel('motion', 'fi'), 'liike');
    assert.equal(fieldName('temperature', 'fi'), 'lämpötila');
  });

  it('has names of all fields in both languages', () => {
    const own = FIELDS.map(({ name }) => name);
    // A field without a Finnish name would appear under its English name in Finnish texts.
    assert.deepEqual(
      own.filter((field) => fieldName(field, 'fi') === field),
      [],
    );
  });

  it('translates words by their field, and keeps unknown words', () => {
    assert.equal(wordText('mode', 'stopped', 'fi'), 'seis');
    assert.equal(wordText('playback', 'stopped', 'fi'), 'pysäytetty');
    assert.equal(wordText('fan', 'on', 'fi'), 'päällä');
    assert.equal(wordText('colorMode', 'temperature', 'fi'), 'valkoinen');
    assert.equal(wordText('mode', 'dry', 'fi'), 'dry');
    assert.equal(wordText('mode', 'toString', 'fi'), 'toString');
    assert.equal(wordText('title', 'off', 'fi'), 'off');
    assert.deepEqual(wordsOf('playback'), ['playing', 'paused', 'stopped', 'loading']);
    assert.deepEqual(wordsOf('mode'), []);
  });
});
