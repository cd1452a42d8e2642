import assert from 'node:assert/strict';
import { nothingText } from '../../../../nodes/editor/shared/filter.js';
import { translateIn } from '../support/texts.js';

describe('the text for an empty choice', () => {
  const all = { total: 40, kinds: [], rooms: [], isReading: false };
  const [en, fi] = [translateIn('en'), translateIn('fi')];

  it('is a sentence in each language', () => {
    assert.equal(nothingText(all, en), 'Nothing chosen: everything at home, 40 devices');
    assert.equal(nothingText(all, fi), 'Ei valintoja: kaikki kodin laitteet, 40');
    assert.equal(nothingText({ ...all, total: 1 }, en), 'Nothing chosen: everything at home, 1 device');
    const some = { ...all, total: 7, kinds: ['motion sensors', 'doors'], rooms: ['Hallway'] };
    assert.equal(nothingText(some, en), 'Nothing chosen: all 7 motion sensors and doors of Hallway');
    const kinds = ['liikeanturit', 'ovet'];
    assert.equal(
      nothingText({ ...some, kinds, rooms: ['Eteinen'] }, fi),
      'Ei valintoja: kaikki liikeanturit ja ovet, 7 (Eteinen)',
    );
    assert.equal(nothingText({ ...all, isReading: true }, en), 'Nothing chosen: msg.target, otherwise all 40 devices');
    assert.equal(nothingText({ ...all, isReading: true }, fi), 'Ei valintoja: msg.target, muuten kaikki 40 laitetta');
    assert.match(nothingText({ ...some, total: 0 }, en), /nothing here fits/);
    const one = { ...some, total: 1, kinds: ['heat pumps'] };
    assert.equal(nothingText({ ...one, rooms: [] }, en), 'Nothing chosen: 1 device (heat pumps)');
    assert.equal(nothingText(one, en), 'Nothing chosen: 1 device (heat pumps of Hallway)');
  });
});
