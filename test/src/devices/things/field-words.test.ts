import assert from 'node:assert/strict';
import { fieldChoice, fieldLabel, fieldName, wordsOf, wordText } from '../../../../src/devices/things/field-words.js';
import { FIELDS } from '../../../../src/devices/things/fields.js';

describe('words of fields', () => {
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
    it(`${field} is chosen as "${en}", in Finnish as "${fi}"`, () => {
      assert.deepEqual([fieldChoice(field, 'en'), fieldChoice(field, 'fi')], [en, fi]);
    });
  }

  it('beside other words a field has its unit, or its name alone', () => {
    assert.equal(fieldLabel('temperature', 'fi'), 'lämpötila, °C');
    assert.equal(fieldLabel('motion', 'fi'), 'liike');
    assert.equal(fieldName('temperature', 'fi'), 'lämpötila');
  });

  it('each field of ours has words in both languages', () => {
    const own = FIELDS.map(({ name }) => name);
    // In Finnish none is called as in messages, so that one without words would show.
    assert.deepEqual(
      own.filter((field) => fieldName(field, 'fi') === field),
      [],
    );
  });

  it('a word is said by what its field means, and an unknown one as it is', () => {
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
