import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  cleanFactoryName,
  cleanName,
  languageOf,
  nameKey,
  nearestNames,
} from '../../../../src/devices/things/names.js';

describe('names: of things', () => {
  const rows: [what: string, given: unknown, is: string | undefined][] = [
    ['stay as they are', 'Olohuoneen lamppu', 'Olohuoneen lamppu'],
    ['are text, whatever they look like', '<b onclick="x">Lamppu</b>', '<b onclick="x">Lamppu</b>'],
    ['lose control characters', 'Lam\u0000p\npu\u001b[31m\u0085', 'Lampp' + 'u[31m'],
    ['lose marks that turn the writing around', 'Lamppu\u202egnp\u2028', 'Lamppugnp'],
    ['keep what is drawn of several characters', 'Koti 👨‍👩‍👧 ÄÖ', 'Koti 👨‍👩‍👧 ÄÖ'],
    ['keep a dollar', '$LIVINGROOM', '$LIVINGROOM'],
    ['are none where nothing is left', ' \n ', undefined],
    ['are none where they are no text', 5, undefined],
    ['are none where they are null', null, undefined],
  ];
  for (const [what, given, is] of rows) it(what, () => assert.equal(cleanName(given), is));
});

describe('names: of rooms and scenes', () => {
  const factory: [key: string, fi: string, en: string][] = [
    ['$LIVINGROOM', 'Olohuone', 'Living room'],
    ['$BEDROOM', 'Makuuhuone', 'Bedroom'],
    ['$KITCHEN', 'Keittiö', 'Kitchen'],
    ['$HALLWAY', 'Eteinen', 'Hallway'],
    ['$BATHROOM', 'Kylpyhuone', 'Bathroom'],
    ['$HOME', 'Kotona', 'Home'],
    ['$AWAY', 'Poissa', 'Away'],
  ];
  for (const [key, fi, en] of factory) {
    it(`${key} is ${fi} or ${en}`, () => {
      assert.equal(cleanFactoryName(key, 'fi'), fi);
      assert.equal(cleanFactoryName(key, 'en'), en);
    });
  }
  const others: [what: string, given: unknown, is: string | undefined][] = [
    ['an unknown key loses its $', '$WINE_CELLAR', 'WINE_CELLAR'],
    ['a key that is a word of the language is no name', '$constructor', 'constructor'],
    ['a $ alone is no name', '$', undefined],
    ['a name of the owner’s stays', 'Sauna', 'Sauna'],
    ['a name with a $ inside stays', 'A$AP', 'A$AP'],
  ];
  for (const [what, given, is] of others) it(what, () => assert.equal(cleanFactoryName(given, 'fi'), is));
});

describe('names: the language', () => {
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
    it(`${JSON.stringify(settings)} is ${is}`, () => assert.equal(languageOf(...settings), is));
  }
});

describe('names: looked for', () => {
  it('case, outer spaces and how an ä is encoded don’t matter', () => {
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
  ];
  for (const [asked, first] of rows) {
    it(`the nearest to “${asked}” is “${first}”`, () => assert.equal(nearestNames(home, asked)[0], first));
  }

  it('the four nearest are named, each once', () => {
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
    ['Olohuone', ['', 'Keittiö']],
  ];
  for (const [asked, names] of far) {
    it(`nothing is spelled nearly like “${asked}” among ${names.length}, the very same apart`, () =>
      assert.deepEqual(nearestNames(names, asked), []));
  }

  it('whatever is asked for, a letter more or less, or two swapped, is near', () => {
    const name = fc.stringMatching(/^[a-zåäö ]{4,70}$/).filter((text) => text.trim() === text);
    fc.assert(
      fc.property(name, fc.nat(), fc.constantFrom('more', 'less', 'swapped'), (asked, place, how) => {
        const at = place % (asked.length - 1);
        const [before, one, two] = [asked.slice(0, at), asked[at] ?? '', asked[at + 1] ?? ''];
        const middle = how === 'more' ? `${one}x${two}` : how === 'less' ? two : two + one;
        const other = before + middle + asked.slice(at + 2);
        // Outer spaces don't count: without them it is shorter by more than a letter.
        fc.pre(other.trim() === other);
        const isSame = nameKey(other) === nameKey(asked);
        assert.deepEqual(nearestNames([other, 'qqqqqqqqq'], asked), isSame ? [] : [other]);
      }),
    );
  });
});
