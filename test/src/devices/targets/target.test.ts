import assert from 'node:assert/strict';
import { HomeCache } from '../../../../src/devices/home/home-cache.js';
import { languageOf } from '../../../../src/devices/things/names.js';
import {
  expectNoRoom,
  findRooms,
  findTarget,
  hubsWithoutTargets,
  hubsToSearch,
  parseMessageTargets,
  parseNodeTargets,
  type Target,
} from '../../../../src/devices/targets/target.js';
import type { Things } from '../../../../src/devices/things/things.js';
import { VALUES } from '../../../faults/support/values.js';
import { FakeClock } from '../../support/fake-clock.js';
import { byId, lamp, socket } from '../support.js';

interface Listed {
  id: string;
  name?: string;
}

function thingsOf(hub: string, devices: Listed[], lists: Record<string, Listed[]> = {}): Things {
  const home = new HomeCache({ hub, language: languageOf('fi'), clock: new FakeClock() });
  home.load('device', byId(...devices));
  for (const [kind, list] of Object.entries(lists)) home.load(kind as 'room', byId(...list));
  return home.things;
}

const rooms = [
  { id: 'r1', name: '$LIVINGROOM' },
  { id: 'r2', name: 'Sauna' },
];

const koti = thingsOf(
  'koti',
  [
    lamp('a', {}, { name: 'Kattovalo' }),
    lamp('b', {}, { name: 'Lamppu', room: ['r1'] }),
    lamp('c', {}, { name: 'LAMPPU ', room: ['r2'] }),
    lamp('d', {}, { name: 'Lamppu', room: [] }),
    socket('s', {}, { name: 'Kiuas', room: ['r2'] }),
    lamp('saunailta', {}, { name: 'Tunnelma' }),
  ],
  {
    room: rooms,
    group: [
      { id: 'g', name: 'Valot' },
      { id: 'h', name: 'Kiuas' },
    ],
    scene: [{ id: 'x', name: 'Saunailta' }],
    rule: [{ id: 'u', name: 'Valot' }],
  },
);

const one = (given: unknown): Target => {
  const [target] = parseMessageTargets(given);
  assert.ok(target !== undefined);
  return target;
};
const find = (given: unknown, things = koti): string => {
  const { kind, id } = findTarget(one(given), things);
  return `${kind}/${id}`;
};

describe('parseMessageTargets', () => {
  const rows: [label: string, given: unknown, is: Partial<Target>][] = [
    ['parses a string as an id or a name', ' Kattovalo ', { id: 'Kattovalo', name: 'Kattovalo', isText: true }],
    ['parses an id', { id: 'a' }, { id: 'a', name: '', isText: false }],
    ['parses a name', { name: 'Kattovalo' }, { id: '', name: 'Kattovalo' }],
    [
      'parses a name with kind, room and hub',
      { name: 'Lamppu', kind: 'device', room: 'Sauna', hub: 'koti' },
      { name: 'Lamppu', kind: 'device', room: 'Sauna', hub: 'koti' },
    ],
    [
      'parses a device in the format of messages',
      koti.show(koti.get('device', 'd')!),
      { id: 'd', name: 'Lamppu', kind: 'device', room: '', hub: 'koti' },
    ],
  ];
  for (const [label, given, is] of rows) {
    it(`${label}`, () => {
      const blank = { id: '', name: '', kind: '', room: '', hub: '', isText: false };
      assert.deepEqual(parseMessageTargets(given), [{ ...blank, ...is }]);
    });
  }

  it('parses an array in order', () => {
    assert.deepEqual(
      parseMessageTargets(['a', { id: 'b' }, 'a']).map(({ id }) => id),
      ['a', 'b', 'a'],
    );
  });

  it('parses an empty array', () => assert.deepEqual(parseMessageTargets([]), []));

  const bad: [label: string, given: unknown, says: RegExp][] = [
    ['an empty text', '  ', /empty text/],
    ['a number', 5, /name or id of a thing.*a number/],
    ['true', true, /a boolean/],
    ['null', null, /null/],
    ['nothing', undefined, /nothing/],
    ['a list in a list', [['a']], /an array/],
    ['a list with null', ['a', null], /null/],
    ['neither id nor name', { room: 'Sauna' }, /an id or a name/],
    ['an id that is not a text', { id: 5 }, /id of a target should be a text.*a number/],
    ['a room that is not a text', { name: 'Lamppu', room: ['r1'] }, /room of a target.*an array/],
    ['an unknown kind', { name: 'Lamppu', kind: 'lamp' }, /device, group, scene, rule, alarm, room/],
  ];
  for (const [label, given, says] of bad) {
    it(`rejects ${label} with the expected format`, () => {
      assert.throws(() => parseMessageTargets(given), { code: 'COZIFY_BAD_INPUT', message: says });
    });
  }

  for (const [label, make] of Object.entries(VALUES)) {
    it(`parses ${label} or rejects the value with COZIFY_BAD_INPUT`, () => {
      for (const given of [make(), [make()], { id: make() }, { name: 'x', kind: make() }]) {
        try {
          for (const target of parseMessageTargets(given)) assert.equal(typeof target.id, 'string');
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'COZIFY_BAD_INPUT');
        }
      }
    });
  }
});

describe('parseNodeTargets', () => {
  it('parses a list of choices', () => {
    const [target] = parseNodeTargets([{ hub: 'koti', kind: 'device', id: 'a', name: 'Kattovalo' }]);
    assert.deepEqual(target, { hub: 'koti', kind: 'device', id: 'a', name: 'Kattovalo', room: '', isText: false });
  });

  it('returns no targets for an empty or missing list', () => {
    assert.deepEqual([parseNodeTargets([]), parseNodeTargets(undefined)], [[], []]);
  });

  for (const given of ['a', null, {}, 5]) {
    it(`rejects ${JSON.stringify(given)}`, () => {
      assert.throws(() => parseNodeTargets(given), { code: 'COZIFY_BAD_INPUT', message: /targets should be a list/ });
    });
  }
});

describe('hubsToSearch and hubsWithoutTargets', () => {
  const two = { ids: ['koti', 'mokki'], defaultId: 'mokki' };
  const single = { ids: ['koti'], defaultId: 'koti' };
  const noDefault = { ids: ['koti', 'mokki'], defaultId: null as unknown as string };
  const rows: [label: string, given: unknown, nodeHub: string, hubs: typeof two, is: string[]][] = [
    ['use the hub of the target', { id: 'a', hub: 'koti' }, 'mokki', two, ['koti']],
    ['use the hub of the node for a name', { name: 'a' }, 'koti', two, ['koti']],
    ['use the default hub for a name without a hub', { name: 'a' }, '', two, ['mokki']],
    ['use all hubs for an id, the default hub first', { id: 'a' }, '', two, ['mokki', 'koti']],
    ['ignore the hub of the node for an id', { id: 'a' }, 'koti', two, ['mokki', 'koti']],
    ['use all hubs for a string, the hub of the node first', 'a', 'koti', two, ['koti', 'mokki']],
    ['ignore an unknown hub of the node for an id', { id: 'a' }, 'old', single, ['koti']],
    ['use the first hub without a default', { name: 'a' }, '', noDefault, ['koti']],
  ];
  for (const [label, given, nodeHub, hubs, is] of rows) {
    it(label, () => assert.deepEqual(hubsToSearch(one(given), nodeHub, hubs), is));
  }

  for (const [label, hubs] of [
    ['with several hubs', two],
    ['with a single hub', single],
  ] as const) {
    it(`fail with COZIFY_NOT_FOUND for an unknown hub, ${label}`, () => {
      const refused = (subject: string): object => ({ code: 'COZIFY_NOT_FOUND', message: /"old"/, subject });
      assert.throws(() => hubsToSearch(one({ id: 'a', hub: 'old' }), '', hubs), refused('a'));
      assert.throws(() => hubsToSearch(one({ id: 'a', name: 'Lamppu', hub: 'old' }), '', hubs), refused('Lamppu'));
      assert.throws(() => hubsToSearch(one('a'), 'old', hubs), refused('a'));
      assert.throws(() => hubsWithoutTargets('old', hubs), refused('old'));
    });
  }

  it('fail with COZIFY_NOT_FOUND, or return no hubs, for an account without hubs', () => {
    const none = { ids: [], defaultId: null };
    assert.throws(() => hubsToSearch(one('a'), '', none), { code: 'COZIFY_NOT_FOUND' });
    assert.throws(() => hubsToSearch(one({ id: 'a', hub: 'koti' }), '', none), { code: 'COZIFY_NOT_FOUND' });
    assert.deepEqual(hubsWithoutTargets('', none), []);
  });

  it('return all hubs, or the hub of the node, without targets', () => {
    assert.deepEqual([hubsWithoutTargets('', two), hubsWithoutTargets('koti', two)], [['koti', 'mokki'], ['koti']]);
  });
});

describe('findTarget', () => {
  const rows: [label: string, given: unknown, is: string][] = [
    ['by id', { id: 'a' }, 'device/a'],
    ['by name, whatever its case and outer spaces', { name: ' KATTOVALO ' }, 'device/a'],
    ['by a text that is an id', 'a', 'device/a'],
    ['by a text that is a name', 'kattovalo', 'device/a'],
    ['by a text that is an id rather than a name', 'saunailta', 'device/saunailta'],
    ['by id, with another name', { id: 'a', name: 'Kiuas' }, 'device/a'],
    ['among devices first', 'Kiuas', 'device/s'],
    ['among groups after devices', 'Valot', 'group/g'],
    ['among scenes after groups', { name: 'Saunailta' }, 'scene/x'],
    ['among rules by kind', { name: 'Valot', kind: 'rule' }, 'rule/u'],
    ['rooms last', 'Olohuone', 'room/r1'],
    ['by name and room', { name: 'Lamppu', room: 'sauna' }, 'device/c'],
    ['by name and room id', { name: 'Lamppu', room: 'r1' }, 'device/b'],
  ];
  for (const [label, given, is] of rows) it(`finds ${label}`, () => assert.equal(find(given), is));

  it('rejects an ambiguous name with the rooms and ids', () => {
    assert.throws(() => find('lamppu'), {
      code: 'COZIFY_BAD_INPUT',
      message: /3 devices are called "lamppu": Olohuone \(b\), Sauna \(c\), no room \(d\)\./,
    });
  });

  it('suggests only the id for an ambiguous name in one room', () => {
    const named = ['t1', 't2'].map((id) => lamp(id, {}, { name: 'Yövalo' }));
    const twins = thingsOf('koti', named, { room: rooms });
    assert.throws(() => find({ name: 'Yövalo', room: 'r1' }, twins), {
      code: 'COZIFY_BAD_INPUT',
      message: /2 devices are called "Yövalo": .*\(t1\), .*\(t2\)\. Give the id\.$/,
    });
    assert.throws(() => find('Yövalo', twins), { message: /Give the room, or the id\.$/ });
  });

  it('lists at most ten devices for an ambiguous name', () => {
    const many = thingsOf(
      'koti',
      Array.from({ length: 30 }, (_, index) => lamp(`l${index}`, {}, { name: 'Lamppu' })),
    );
    assert.throws(() => find('Lamppu', many), /30 devices.*\(l9\) and more\./);
  });

  const missing: [label: string, given: unknown, says: RegExp][] = [
    ['an unknown name', 'Katovalo', /^Nothing is called "Katovalo"\. Similar names: "Kattovalo"\.$/],
    ['a name of another kind', { name: 'Kattovalo', kind: 'scene' }, /^No scene is called "Kattovalo"\.$/],
    ['a kind that is missing', { name: 'Vuoto', kind: 'alarm' }, /^No alarm is called "Vuoto"\. The hub has none\.$/],
    ['a missing id', { id: 'z', name: 'Kattovalo' }, /^Nothing has the id of "Kattovalo" any more\.$/],
    ['a missing id without a name', { id: 'z' }, /^Nothing has the id "z"\./],
    ['a name in another room', { name: 'Kattovalo', room: 'Sauna' }, /is called "Kattovalo" in "Sauna"/],
    ['an unknown room', { name: 'Kattovalo', room: 'Suana' }, /^No room is called "Suana"\. Similar names: "Sauna"/],
  ];
  for (const [label, given, says] of missing) {
    it(`fails with COZIFY_NOT_FOUND for ${label}`, () =>
      assert.throws(() => find(given), { code: 'COZIFY_NOT_FOUND', message: says }));
  }

  it('suggests the four most similar names', () => {
    const names = Array.from({ length: 40 }, (_, index) => lamp(`l${index}`, {}, { name: `Valo ${index}` }));
    assert.throws(
      () => find('Valo', thingsOf('koti', names)),
      ({ message }: Error) => (message.match(/"Valo \d+"/g) ?? []).length === 4,
    );
  });

  it('finds a room, which expectNoRoom rejects', () => {
    expectNoRoom(findTarget(one('a'), koti));
    const room = findTarget(one('Sauna'), koti);
    assert.throws(() => expectNoRoom(room), { code: 'COZIFY_BAD_INPUT', message: /"Sauna" is a room/ });
  });

  it('finds rooms by id or name with findRooms', () => {
    assert.deepEqual(findRooms('r1', koti), ['r1']);
    assert.deepEqual(findRooms(' olohuone', koti), ['r1']);
    assert.deepEqual(findRooms('Kellari', koti), []);
    const twice = thingsOf('koti', [], {
      room: [
        { id: 'x', name: 'WC' },
        { id: 'y', name: 'wc' },
      ],
    });
    assert.deepEqual(findRooms('WC', twice), ['x', 'y']);
  });
});
