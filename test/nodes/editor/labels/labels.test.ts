import assert from 'node:assert/strict';
import {
  buttonLabel,
  changesLabel,
  commandLabel,
  readLabel,
  waitLabel,
} from '../../../../nodes/editor/labels/labels.js';
import { KnownNames } from '../../../../nodes/editor/labels/names.js';
import type { LabelWords } from '../../../../nodes/editor/labels/words.js';
import type { SavedTarget } from '../../../../nodes/editor/picker/target.js';
import { translateIn } from '../support/texts.js';

const names = new KnownNames();
const wordsIn = (language: 'en' | 'fi'): LabelWords => ({ t: translateIn(language), language, names });

/** Targets with these names. A prefix such as `scene:` makes a target of a kind other than device. */
function things(...named: string[]): { targets: SavedTarget[] } {
  const targets = named.map((text) => {
    const [, kind = 'device', name = text] = /^(\w+):(.*)$/.exec(text) ?? [];
    return { hub: '', kind, id: '', name };
  });
  return { targets };
}

type Row<N> = [node: N, en: string, fi: string];

/** Defines a test for each node, with the expected label in both languages. */
function called<N>(label: (node: N, words: LabelWords) => string, rows: Row<N>[]): void {
  for (const [node, en, fi] of rows) {
    it(en, () => {
      const shown = [label(node, wordsIn('en')), label(node, wordsIn('fi'))];
      assert.deepEqual(shown, [en, fi]);
      assert.deepEqual(
        shown.filter((text) => [...text].length > 40),
        [],
      );
    });
  }
}

const set = (field: string, value: unknown, valueType: string): object => ({ command: 'set', field, value, valueType });

describe('the label of a command node', () => {
  called(commandLabel, [
    [{ ...things('Kattovalo'), command: 'on' }, 'Kattovalo → on', 'Kattovalo → päälle'],
    [{ ...things('Kattovalo'), ...set('on', 'false', 'bool') }, 'Kattovalo → off', 'Kattovalo → pois'],
    [
      { ...things('Kattovalo', 'Lukulamppu'), ...set('brightness', '60', 'num') },
      'Kattovalo, Lukulamppu → 60 %',
      'Kattovalo, Lukulamppu → 60 %',
    ],
    [{ ...things('a', 'b', 'c'), command: 'toggle' }, 'a + 2 → toggle', 'a + 2 → vaihda'],
    [
      { ...things('Kattovalo'), ...set('colorTemperature', '2700', 'num') },
      'Kattovalo → warm white',
      'Kattovalo → lämmin valkoinen',
    ],
    [{ ...things('Lamppu'), ...set('color', '#ff0000', 'str') }, 'Lamppu → red', 'Lamppu → punainen'],
    [
      { ...things('Lamppu'), ...set('saturation', '60', 'num') },
      'Lamppu → saturation 60 %',
      'Lamppu → värikylläisyys 60 %',
    ],
    [{ ...things('Verho'), ...set('position', 60, 'num') }, 'Verho → 60 % open', 'Verho → 60 % auki'],
    [{ ...things('Patteri'), ...set('targetTemperature', '21.5', 'num') }, 'Patteri → 21.5 °C', 'Patteri → 21,5 °C'],
    [{ ...things('Pumppu'), ...set('mode', 'heat', 'str') }, 'Pumppu → heat', 'Pumppu → lämmitys'],
    [{ ...things('room:Sauna'), command: 'off' }, 'Sauna (lamps) → off', 'Sauna (valot) → pois'],
    [{ ...things('scene:Ilta'), command: 'on' }, 'Ilta → run', 'Ilta → suorita'],
    [{ ...things('alarm:Vuoto'), command: 'close' }, 'Vuoto → close', 'Vuoto → kuittaa'],
    [{}, 'msg.target → msg.payload', 'msg.target → msg.payload'],
    [
      { ...things('Lamppu'), ...set('brightness', 'level', 'msg') },
      'Lamppu → brightness: msg.level',
      'Lamppu → kirkkaus: msg.level',
    ],
    [
      { ...things('Olohuoneen termostaatti'), ...set('targetTemperature', 'payload.evening', 'msg') },
      'Olohuoneen termos… → msg.payload.evening',
      'Olohuoneen termos… → msg.payload.evening',
    ],
    [{ ...things('Lamppu'), ...set('', '60', 'num') }, 'Lamppu → 60', 'Lamppu → 60'],
    [{ ...things('Lamppu'), ...set('', '$x', 'jsonata') }, 'Lamppu → expression', 'Lamppu → lauseke'],
    [{ ...things('Lamppu'), ...set('', '{"on":true,"hue":9}', 'json') }, 'Lamppu → 2 values', 'Lamppu → 2 arvoa'],
    [
      { ...things('Lamppu'), ...set('brightness', 'LEVEL', 'env') },
      'Lamppu → brightness: ${LEVEL}',
      'Lamppu → kirkkaus: ${LEVEL}',
    ],
    [{ ...things('Lamppu'), command: '${COMMAND}' }, 'Lamppu → ${COMMAND}', 'Lamppu → ${COMMAND}'],
    [
      { ...things('Makuuhuoneen kattovalo oikealla', 'Lukulamppu'), ...set('colorTemperature', 2700, 'num') },
      'Makuuhuoneen kattovalo oik… → warm white',
      'Makuuhuoneen kattova… → lämmin valkoinen',
    ],
  ]);
});

describe('the label of a changes node', () => {
  const above = { field: 'temperature', op: 'above', value: 70 };
  called(changesLabel, [
    [{ ...things('Sauna'), condition: above, for: 300 }, 'Sauna > 70 °C for 5 min', 'Sauna > 70 °C, 5 min'],
    [{ ...things('Sauna'), condition: above, for: '${TIME}' }, 'Sauna > 70 °C for ${TIME}', 'Sauna > 70 °C, ${TIME}'],
    [
      { capabilities: ['MOTION'], rooms: ['Hallway'] },
      'motion sensors, Hallway: any change',
      'liikeanturit, Hallway: kaikki muutokset',
    ],
    [{ ...things('Ulko-ovi'), fields: ['open'] }, 'Ulko-ovi: open or closed', 'Ulko-ovi: auki vai kiinni'],
    [{ ...things('Sauna'), payload: 'temperature' }, 'Sauna: temperature', 'Sauna: lämpötila'],
    [{}, 'everything: any change', 'kaikki: kaikki muutokset'],
    [
      { kinds: ['group'], rooms: ['0f8fad5b-d9cb-469f-a165-70867728950e'] },
      'groups, 1 room: any change',
      'ryhmät, 1 huone: kaikki muutokset',
    ],
    [
      { capabilities: ['BATTERY_U'], condition: { field: 'battery', op: 'below', value: 20 } },
      'on batteries: battery < 20 %',
      'paristokäyttöiset: paristo < 20 %',
    ],
    [{ ...things('Ovi'), condition: { field: 'open', op: 'not', value: true } }, 'Ovi not open', 'Ovi ei auki'],
    [
      { ...things('Lamppu'), condition: { field: 'brightness', op: 'not', value: 60 } },
      'Lamppu ≠ 60 %',
      'Lamppu ≠ 60 %',
    ],
    [
      { ...things('Sauna'), condition: { field: 'humidity', op: 'is', value: 40 } },
      'Sauna humidity = 40 %',
      'Sauna kosteus = 40 %',
    ],
    [
      { capabilities: ['MOTION', 'CONTACT'], rooms: ['Living room', 'Hallway'], fields: ['motion', 'open'] },
      'Living room, Hallway: motion, open',
      'Living room, Hallway: liike, auki',
    ],
    [
      {
        capabilities: ['MOTION'],
        rooms: ['Sauna', 'Hallway', 'Hall'],
        condition: { field: 'open', op: 'is', value: true },
      },
      'Sauna + 2: open',
      'Sauna + 2: auki',
    ],
    [
      { capabilities: ['MOTION'], rooms: ['Sauna', 'Hallway'] },
      'motion sensors, Sauna + 1: any change',
      'liikeanturit, Sau… + 1: kaikki muutokset',
    ],
    [
      {
        ...things('Saunan ilmanlaatumittari'),
        condition: { field: 'co2', op: 'above', value: 1000 },
        for: 300,
      },
      'Saunan ilmanlaatum… > 1000 ppm for 5 min',
      'Saunan ilmanlaatumitt… > 1000 ppm, 5 min',
    ],
    [{ ...things('Lamppu'), events: ['unreachable'] }, "Lamppu: can't be reached", 'Lamppu: ei yhteyttä'],
  ]);
});

describe('the label of a read node', () => {
  called(readLabel, [
    [{ ...things('Sauna'), field: 'temperature' }, 'read Sauna: temperature', 'lue Sauna: lämpötila'],
    [
      {
        ...things('Saunan lämpömittari'),
        field: 'temperature',
        condition: { field: 'humidity', op: 'above', value: 60 },
      },
      'read Saunan lämpömitta…: humidity > 60 %',
      'lue Saunan lämpömittari: kosteus > 60 %',
    ],
    [
      { ...things('Sauna'), field: 'temperature', condition: { field: 'humidity', op: 'above', value: 60 } },
      'read Sauna: temperature, humidity > 60 %',
      'lue Sauna: lämpötila, kosteus > 60 %',
    ],
    [{}, 'read everything', 'lue kaikki'],
    [{ kind: 'scene' }, 'read scenes', 'lue tilanteet'],
    [
      { capabilities: ['CONTROL_LIGHT'], condition: { field: 'on', op: 'is', value: true } },
      'read lamps: on',
      'lue lamput: päällä',
    ],
  ]);
});

describe('the label of a wait node', () => {
  called(waitLabel, [
    [
      { ...things('Ulko-ovi'), condition: { field: 'open', op: 'is', value: false } },
      'wait: Ulko-ovi closed',
      'odota: Ulko-ovi kiinni',
    ],
    [
      { ...things('Sauna'), condition: { field: 'temperature', op: 'changes', value: null } },
      'wait: Sauna changes',
      'odota: Sauna muuttuu',
    ],
    [{ condition: null }, 'wait: msg.target', 'odota: msg.target'],
  ]);
});

describe('the label of a button node', () => {
  called(buttonLabel, [
    [
      { ...things('Olohuoneen katkaisin'), presses: [{ button: 'I', press: 'short' }] },
      'Olohuoneen katkaisin: I short',
      'Olohuoneen katkaisin: I lyhyt',
    ],
    [
      {
        ...things('Katkaisin'),
        presses: [
          { button: 1, press: '' },
          { button: 2, press: '' },
        ],
      },
      'Katkaisin: 2 presses',
      'Katkaisin: 2 painallusta',
    ],
    [{}, 'all switches', 'kaikki kytkimet'],
    [{ presses: [{ button: '', press: '' }] }, 'all switches: any press', 'kaikki kytkimet: mikä tahansa painallus'],
  ]);
});

describe('the names in labels', () => {
  const saved = { targets: [{ hub: '', kind: 'device', id: 'd-1', name: 'Old' }], account: 'home', command: 'on' };

  it('follow a rename only in the account of the node', () => {
    const changed: string[] = [];
    names.onChange = (account) => changed.push(account);
    assert.equal(commandLabel(saved, wordsIn('en')), 'Old → on');
    names.note('home', [{ hub: 'hub-1', id: 'd-1', name: 'New' }]);
    assert.equal(commandLabel(saved, wordsIn('en')), 'New → on');
    assert.equal(commandLabel({ ...saved, account: 'other' }, wordsIn('en')), 'Old → on');
    names.note('home', [{ hub: 'hub-1', id: 'd-1', name: 'New' }]);
    assert.deepEqual(changed, ['home'], 'an unchanged name redraws nothing');
  });

  it('distinguish the same id at two hubs', () => {
    names.note('home', [{ hub: 'hub-2', id: 'd-1', name: 'Theirs' }]);
    const at = (hub: string): object => ({ ...saved, targets: [{ ...saved.targets[0], hub }] });
    assert.equal(commandLabel(at('hub-2'), wordsIn('en')), 'Theirs → on');
    assert.equal(commandLabel(at('hub-1'), wordsIn('en')), 'New → on');
  });

  it('include the names of rooms, which are saved by id', () => {
    const id = '0f8fad5b-d9cb-469f-a165-70867728950e';
    names.note('home', [{ hub: 'hub-1', id, name: 'Eteinen' }]);
    const node = { account: 'home', rooms: [id], capabilities: ['MOTION'] };
    assert.equal(changesLabel(node, wordsIn('fi')), 'liikeanturit, Eteinen: kaikki muutokset');
  });
});
