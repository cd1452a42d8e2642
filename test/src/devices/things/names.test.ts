import assert from 'node:assert/strict';
import fc from 'fast-check';
import { translateName, cleanName, languageOf, nameKey, nearestNames } from '../../../../src/devices/things/names.js';

describe('cleanName', () => {
  const rows: [title: string, given: unknown, is: string | undefined][] = [
    ['keeps a normal name', 'Olohuoneen lamppu', 'Olohuoneen lamppu'],
    ['keeps HTML as text', '<b onclick="x">Lamppu</b>', '<b onclick="x">Lamppu</b>'],
    ['removes control characters', 'Lam\u0000p\npu\u001b[31m\u0085', 'Lampp' + 'u[31m'],
    ['removes marks that change the text direction', 'Lamppu\u202egnp\u2028', 'Lamppugnp'],
    ['keeps emoji of several code points', 'Koti 👨‍👩‍👧 ÄÖ', 'Koti 👨‍👩‍👧 ÄÖ'],
    ['keeps a dollar sign', '$LIVINGROOM', '$LIVINGROOM'],
    ['returns undefined for a blank name', ' \n ', undefined],
    ['returns undefined for a number', 5, undefined],
    ['returns undefined for null', null, undefined],
  ];
  for (const [title, given, is] of rows) it(title, () => assert.equal(cleanName(given), is));
});

describe('translateName', () => {
  const defaults: [key: string, fi: string, en: string][] = [
    ['$LIVINGROOM', 'Olohuone', 'Living room'],
    ['$BEDROOM', 'Makuuhuone', 'Bedroom'],
    ['$KITCHEN', 'Keittiö', 'Kitchen'],
    ['$HALLWAY', 'Eteinen', 'Hallway'],
    ['$BATHROOM', 'Kylpyhuone', 'Bathroom'],
    ['$HOME', 'Kotona', 'Home'],
    ['$AWAY', 'Poissa', 'Away'],
  ];
  for (const [key, fi, en] of defaults) {
    it(`translates ${key} as ${fi} and ${en}`, () => {
      assert.equal(translateName(key, 'fi'), fi);
      assert.equal(translateName(key, 'en'), en);
    });
  }
  const others: [title: string, given: unknown, is: string | undefined][] = [
    ['removes the $ of an unknown key', '$WINE_CELLAR', 'WINE_CELLAR'],
    ['treats $constructor as an unknown key', '$constructor', 'constructor'],
    ['returns undefined for a single $', '$', undefined],
    ['keeps a custom name', 'Sauna', 'Sauna'],
    ['cuts a name that is longer than any person writes', 'x'.repeat(20_000_000), 'x'.repeat(1000)],
    ['keeps a name with the form of a variable', '${SAUNA}', '${SAUNA}'],
    ['keeps a name with a $ inside', 'A$AP', 'A$AP'],
  ];
  for (const [title, given, is] of others) it(title, () => assert.equal(translateName(given, 'fi'), is));
});

describe('languageOf', () => {
  const rows: [settings: unknown[], is: string][] = [
    [['fi'], 'fi'],
    [['fi-FI'], 'fi'],
    [[undefined, 'fi_FI.UTF-8'], 'fi'],
    [['', 'FI'], 'fi'],
    [['en-US', 'fi_FI.UTF-8'], 'en'],
    [['fil'], 'en'],
    [['sv'], 'en'],
    [[], 'en'],
    [[5, null], 'en'],
  ];
  for (const [settings, is] of rows) {
    it(`returns ${is} for ${JSON.stringify(settings)}`, () => assert.equal(languageOf(...settings), is));
  }
});

describe('comparison of names', () => {
  it('ignores case, outer spaces and the Unicode form of ä', () => {
    assert.equal(nameKey(' KEITTIÖN Pöytä '), nameKey('keittiön pöyta\u0308'));
    assert.notEqual(nameKey('Keittio'), nameKey('Keittiö'));
  });

  const home = ['Saunan kiuas', 'Saunan valo', 'Keittiön valo', 'Olohuone', 'Eteinen', 'Ulkovalo'];
  const rows: [asked: string, first: string][] = [
    ['Saunan valot', 'Saunan valo'],
    ['suanan kiuas', 'Saunan kiuas'],
    ['kiuas', 'Saunan kiuas'],
    ['olohuonne', 'Olohuone'],
    ['KEITTION VALO', 'Keittiön valo'],
    ['salnen kluas', 'Saunan kiuas'],
    ['olxhuxne', 'Olohuone'],
  ];
  for (const [asked, first] of rows) {
    it(`finds “${first}” as the nearest name to “${asked}”`, () => assert.equal(nearestNames(home, asked)[0], first));
  }

  it('returns the four nearest names without duplicates', () => {
    const names = Array.from({ length: 50 }, (_, number) => `Lamppu ${number % 25}`);
    const nearest = nearestNames(names, 'Lamppu');
    assert.equal(nearest.length, 4);
    assert.equal(new Set(nearest).size, 4);
  });

  const far: [asked: string, names: string[]][] = [
    ['Grilli', home],
    ['a', home],
    ['', home],
    ['Saunan valo', ['saunan VALO ']],
    ['tv', ['av', 'tw']],
    ['eteimxn', home],
    ['abcdefghijklmnopqrst', ['xbcdxfghxjklxnopqrst']],
    ['Olohuone', ['', 'Keittiö']],
  ];
  for (const [asked, names] of far) {
    it(`suggests no name near to “${asked}” among ${names.length}, and no equal name`, () =>
      assert.deepEqual(nearestNames(names, asked), []));
  }

  it('finds any name with an added, missing or swapped letter', () => {
    const name = fc.stringMatching(/^[a-zåäö ]{4,70}$/).filter((text) => text.trim() === text);
    fc.assert(
      fc.property(name, fc.nat(), fc.constantFrom('more', 'less', 'swapped'), (asked, index, how) => {
        const at = index % (asked.length - 1);
        const [before, one, two] = [asked.slice(0, at), asked[at] ?? '', asked[at + 1] ?? ''];
        const middle = how === 'more' ? `${one}x${two}` : how === 'less' ? two : two + one;
        const other = before + middle + asked.slice(at + 2);
        // Skips names with outer spaces. The spaces are ignored, so such a name may differ by more than one letter.
        fc.pre(other.trim() === other);
        const isSame = nameKey(other) === nameKey(asked);
        assert.deepEqual(nearestNames([other, 'qqqqqqqqq'], asked), isSame ? [] : [other]);
      }),
    );
  });
});
