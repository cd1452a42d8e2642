import assert from 'node:assert/strict';
import {
  buttonLabel,
  changesLabel,
  commandLabel,
  labelBy,
  type LabelledChanges,
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
    [{ ...things('Valo'), command: 'set', value: 60, valueType: 'num' }, 'Valo → 60', 'Valo → 60'],
    [{ ...things('Valo'), ...set(' on ', true, 'bool') }, 'Valo → on', 'Valo → päälle'],
    [{ ...things('Valo'), ...set('on', 'x', 'msg') }, 'Valo → on or off: msg.x', 'Valo → päällä vai pois: msg.x'],
    [{ ...things('Kaiutin'), ...set('mute', 'true', 'bool') }, 'Kaiutin → muted', 'Kaiutin → mykistetty'],
    [{ ...things('Kaiutin'), ...set('mute', 'false', 'bool') }, 'Kaiutin → not muted', 'Kaiutin → ääni päällä'],
    [{ ...things('Valo'), ...set('brightness', ' 60', 'str') }, 'Valo → 60 %', 'Valo → 60 %'],
    [{ ...things('Valo'), ...set('brightness', '', 'num') }, 'Valo → ', 'Valo → '],
    [{ ...things('Valo'), ...set('level', '1,5', 'str') }, 'Valo → level 1,5', 'Valo → vakavuus 1,5'],
    [{ ...things('Valo'), ...set('level', '1,5', 'num') }, 'Valo → level 1.5', 'Valo → vakavuus 1,5'],
    [{ command: 'on' }, 'msg.target → on', 'msg.target → päälle'],
    [{ ...things('Valo'), ...set('', '${A}/${B}', 'env') }, 'Valo → ${A}/${B}', 'Valo → ${A}/${B}'],
    [{ ...things('Valo'), ...set('', '{"on":true}', 'json') }, 'Valo → 1 value', 'Valo → 1 arvo'],
    [
      { ...things('Makuuhuoneen lamppu'), ...set('brightness', 'abcdefghi', 'msg') },
      'Makuuhuonee… → brightness: msg.abcdefghi',
      'Makuuhuoneen… → kirkkaus: msg.abcdefghi',
    ],
    [
      { ...things('Valo'), ...set('', 'payload.with.a.property.of.a.property', 'msg') },
      'V… → msg.payload.with.a.property.of.a.p…',
      'V… → msg.payload.with.a.property.of.a.p…',
    ],
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

/** Times in seconds, and how they are shown. */
const TIMES: [unknown, string][] = [
  [1, '1 s'],
  [90, '90 s'],
  ['60', '1 min'],
  [5400, '90 min'],
  [3600, '1 h'],
  [7200, '2 h'],
];

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
    [{ payload: '', for: 0 }, 'everything: any change', 'kaikki: kaikki muutokset'],
    [{ ...things('Ovi'), events: [], fields: ['open'] }, 'Ovi: open or closed', 'Ovi: auki vai kiinni'],
    [{ ...things('Ovi'), fields: ['open'], payload: 'battery' }, 'Ovi: open or closed', 'Ovi: auki vai kiinni'],
    [{ ...things('Ovi'), fields: ['open', 'battery', 'dark'] }, 'Ovi: open + 2', 'Ovi: auki + 2'],
    [{ ...things('Ovi'), events: ['added', 'removed'] }, 'Ovi: added, removed', 'Ovi: lisätty, poistettu'],
    [{ ...things('Ovi'), events: ['added', 'removed', 'reachable'] }, 'Ovi: added + 2', 'Ovi: lisätty + 2'],
    [{ ...things('Ovi'), events: ['changed', 'removed'] }, 'Ovi: any change', 'Ovi: kaikki muutokset'],
    [
      { ...things('Sauna'), condition: { field: 'humidity', op: 'changes', value: null } },
      'Sauna humidity changes',
      'Sauna kosteus muuttuu',
    ],
    [
      { ...things('Anturi'), condition: { field: 'motion', op: 'changes', value: null } },
      'Anturi changes',
      'Anturi muuttuu',
    ],
    [
      { ...things('Anturi'), condition: { field: 'motion', op: 'is', value: 'high' } },
      'Anturi motion high',
      'Anturi liike high',
    ],
    [{ kinds: ['device', 'group'] }, 'devices, groups: any change', 'laitteet, ryhmät: kaikki muutokset'],
    [
      { kinds: ['device', 'group'], capabilities: ['MOTION'] },
      'motion sensors, groups: any change',
      'liikeanturit, ryhmät: kaikki muutokset',
    ],
    ...TIMES.map(([seconds, text]): Row<LabelledChanges> => [
      { ...things('Sauna'), condition: above, for: seconds },
      `Sauna > 70 °C for ${text}`,
      `Sauna > 70 °C, ${text}`,
    ]),
    ...[null, '', -1, {}].map((none): Row<LabelledChanges> => [
      { ...things('Sauna'), condition: above, for: none },
      'Sauna > 70 °C',
      'Sauna > 70 °C',
    ]),
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
      { capabilities: ['MOTION'], rooms: ['Sauna', 'Hallway'] },
      'read motion sensors, Sauna + 1',
      'lue liikeanturit, Sauna + 1',
    ],
    [
      { capabilities: ['MOTION'], rooms: ['Sauna', 'Hallway'], field: 'battery' },
      'read Sauna, Hallway: battery',
      'lue Sauna, Hallway: paristo',
    ],
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
    [{ presses: [{ press: 'long' }] as never }, 'all switches: long', 'kaikki kytkimet: pitkä'],
    [{ presses: [{ button: 'I', press: '' }] }, 'all switches: I', 'kaikki kytkimet: I'],
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
    assert.deepEqual(changed, ['home']);
    names.note('home', [{ hub: 'hub-1', id: 'd-1', name: '' }]);
    assert.equal(commandLabel(saved, wordsIn('en')), 'New → on', 'a thing without a name');
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

  it('distinguish a room that is saved by name from a room with an unknown id', () => {
    const label = (room: string): string => readLabel({ rooms: [room] }, wordsIn('en'));
    for (const name of ['Huone 1', 'huone1', 'Yläkerran makuuhuone 2', 'makuuhuoneenkatto', 'abcdef']) {
      assert.equal(label(name), `read ${name}`);
    }
    for (const id of ['abcdefabcdefabcd', 'x123456789012345', '0f8fad5b-d9cb-469f-a165-70867728950e']) {
      assert.equal(label(id), 'read 1 room', id);
    }
    assert.equal(readLabel({ rooms: ['x123456789012345', 'x123456789012346'] }, wordsIn('en')), 'read 2 rooms');
  });

  it('are the ids if a hand-written target has nothing else', () => {
    const label = (target: object): string =>
      commandLabel({ account: 'home', command: 'on', targets: [target as SavedTarget] }, wordsIn('en'));
    assert.equal(label({ id: 'x-1' }), 'x-1 → on');
    assert.equal(label({ id: 'd-1', name: 'Old' }), 'New → on', 'at any hub');
  });
});

describe('the label on the canvas', () => {
  before(() => {
    const catalogue = translateIn('fi');
    const _ = (key: string): string => catalogue(key.replace(/^.*:/, '') as 'locale');
    Object.assign(globalThis, { RED: { _ } });
  });
  after(() => {
    Reflect.deleteProperty(globalThis, 'RED');
  });

  const node = { name: '', _: () => 'Cozify wait' };

  it("is the user's own name of the node or else the automatic one, in the language of the editor", () => {
    const label = labelBy(waitLabel);
    assert.equal(label.call({ ...node, ...things('Ovi'), name: 'Kun auki' }), 'Kun auki');
    assert.equal(label.call({ ...node, ...things('Ovi') }), 'odota: Ovi');
  });

  it('is the name of the type if the node is broken', () => {
    assert.equal(labelBy(waitLabel).call({ ...node, targets: 5 as never }), 'Cozify wait');
  });
});
