import assert from 'node:assert/strict';
import { Home } from '../../../../src/devices/home/home.js';
import { languageOf } from '../../../../src/devices/things/names.js';
import {
  expectNoRoom,
  findRooms,
  findTarget,
  hubsToListen,
  hubsToSearch,
  parseMessageTargets,
  parseNodeTargets,
  type Target,
} from '../../../../src/devices/home/targets.js';
import type { Things } from '../../../../src/devices/things/things.js';
import { VALUES } from '../../../faults/support/values.js';
import { FakeClock } from '../../support/fake-clock.js';
import { byId, lamp, socket } from '../support.js';

interface Listed {
  id: string;
  name?: string;
}

function thingsOf(hub: string, devices: Listed[], lists: Record<string, Listed[]> = {}): Things {
  const home = new Home({ hub, language: languageOf('fi'), clock: new FakeClock() });
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
const mokki = thingsOf('mokki', [lamp('m', {}, { name: 'Mökin valo' }), lamp('n', {}, { name: 'Kattovalo' })]);

const one = (given: unknown): Target => {
  const [target] = parseMessageTargets(given);
  assert.ok(target !== undefined);
  return target;
};
const find = (given: unknown, homes = [koti, mokki]): string => {
  const { entry } = findTarget(one(given), homes);
  const home = homes.find((things) => things.get(entry.kind, entry.id) === entry);
  return `${home?.hub}/${entry.kind}/${entry.id}`;
};

describe('targets: of a message', () => {
  const rows: [what: string, given: unknown, is: Partial<Target>][] = [
    ['a text is an id or a name', ' Kattovalo ', { id: 'Kattovalo', name: 'Kattovalo', isText: true }],
    ['an id', { id: 'a' }, { id: 'a', name: '', isText: false }],
    ['a name', { name: 'Kattovalo' }, { id: '', name: 'Kattovalo' }],
    [
      'a name with all that tells it from others',
      { name: 'Lamppu', kind: 'device', room: 'Sauna', hub: 'koti' },
      { name: 'Lamppu', kind: 'device', room: 'Sauna', hub: 'koti' },
    ],
    [
      'a thing as messages have it',
      koti.show(koti.get('device', 'd')!),
      { id: 'd', name: 'Lamppu', kind: 'device', room: '', hub: 'koti' },
    ],
  ];
  for (const [what, given, is] of rows) {
    it(`${what}`, () => {
      const blank = { id: '', name: '', kind: '', room: '', hub: '', isText: false };
      assert.deepEqual(parseMessageTargets(given), [{ ...blank, ...is }]);
    });
  }

  it('an array is as many, in its order', () => {
    assert.deepEqual(
      parseMessageTargets(['a', { id: 'b' }, 'a']).map(({ id }) => id),
      ['a', 'b', 'a'],
    );
  });

  it('an empty array is nothing to do', () => assert.deepEqual(parseMessageTargets([]), []));

  const bad: [what: string, given: unknown, says: RegExp][] = [
    ['an empty text', '  ', /empty text/],
    ['a number', 5, /name or id of a thing.*a number/],
    ['true', true, /a boolean/],
    ['null', null, /null/],
    ['nothing', undefined, /nothing/],
    ['a list in a list', [['a']], /an array/],
    ['a list with null', ['a', null], /null/],
    ['neither id nor name', { room: 'Sauna' }, /an id or a name/],
    ['an id that is no text', { id: 5 }, /id of a target should be a text.*a number/],
    ['a room that is no text', { name: 'Lamppu', room: ['r1'] }, /room of a target.*an array/],
    ['an unknown kind', { name: 'Lamppu', kind: 'lamp' }, /device, group, scene, rule, alarm, room/],
  ];
  for (const [what, given, says] of bad) {
    it(`${what} is COZIFY_BAD_INPUT, which says what was expected`, () => {
      assert.throws(() => parseMessageTargets(given), { code: 'COZIFY_BAD_INPUT', message: says });
    });
  }

  for (const [what, make] of Object.entries(VALUES)) {
    it(`${what} is read, or refused with COZIFY_BAD_INPUT`, () => {
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

describe('targets: of a node', () => {
  it('are a list of choices', () => {
    const [target] = parseNodeTargets([{ hub: 'koti', kind: 'device', id: 'a', name: 'Kattovalo' }]);
    assert.deepEqual(target, { hub: 'koti', kind: 'device', id: 'a', name: 'Kattovalo', room: '', isText: false });
  });

  it('are none where the node has none', () => {
    assert.deepEqual([parseNodeTargets([]), parseNodeTargets(undefined)], [[], []]);
  });

  for (const given of ['a', null, {}, 5]) {
    it(`are no ${JSON.stringify(given)}`, () => {
      assert.throws(() => parseNodeTargets(given), { code: 'COZIFY_BAD_INPUT', message: /targets should be a list/ });
    });
  }
});

describe('targets: where to look', () => {
  const two = { ids: ['koti', 'mokki'], defaultId: 'mokki' };
  const single = { ids: ['koti'], defaultId: 'koti' };
  const rows: [what: string, given: unknown, nodeHub: string, hubs: typeof two, is: string[]][] = [
    ['its own hub counts', { id: 'a', hub: 'koti' }, 'mokki', two, ['koti']],
    ['a name is looked for at the node’s hub', { name: 'a' }, 'koti', two, ['koti']],
    ['a name without a hub is looked for at the default hub', { name: 'a' }, '', two, ['mokki']],
    ['an id is looked for at the default hub, then at the others', { id: 'a' }, '', two, ['mokki', 'koti']],
    ['the node’s hub is not for ids', { id: 'a' }, 'koti', two, ['mokki', 'koti']],
    ['a text is looked for at the node’s hub, then as an id at the others', 'a', 'koti', two, ['koti', 'mokki']],
    ['a node’s hub that nobody knows is nothing to an id', { id: 'a' }, 'old', single, ['koti']],
    [
      'without a default the first counts',
      { name: 'a' },
      '',
      { ids: ['koti', 'mokki'], defaultId: null as unknown as string },
      ['koti'],
    ],
  ];
  for (const [what, given, nodeHub, hubs, is] of rows) {
    it(what, () => assert.deepEqual(hubsToSearch(one(given), nodeHub, hubs), is));
  }

  for (const [what, hubs] of [
    ['of several', two],
    ['where there is another', single],
  ] as const) {
    it(`a hub that nobody knows, ${what}, is COZIFY_NOT_FOUND, and never another`, () => {
      const refused = (subject: string): object => ({ code: 'COZIFY_NOT_FOUND', message: /"old"/, subject });
      assert.throws(() => hubsToSearch(one({ id: 'a', hub: 'old' }), '', hubs), refused('a'));
      assert.throws(() => hubsToSearch(one({ id: 'a', name: 'Lamppu', hub: 'old' }), '', hubs), refused('Lamppu'));
      assert.throws(() => hubsToSearch(one('a'), 'old', hubs), refused('a'));
      assert.throws(() => hubsToListen('old', hubs), refused('old'));
    });
  }

  it('an account without hubs is COZIFY_NOT_FOUND', () => {
    const none = { ids: [], defaultId: null };
    assert.throws(() => hubsToSearch(one('a'), '', none), { code: 'COZIFY_NOT_FOUND' });
    assert.throws(() => hubsToSearch(one({ id: 'a', hub: 'koti' }), '', none), { code: 'COZIFY_NOT_FOUND' });
    assert.deepEqual(hubsToListen('', none), []);
  });

  it('without targets all hubs are listened to, or the node’s', () => {
    assert.deepEqual([hubsToListen('', two), hubsToListen('koti', two)], [['koti', 'mokki'], ['koti']]);
  });
});

describe('targets: found', () => {
  const rows: [what: string, given: unknown, is: string][] = [
    ['by id', { id: 'a' }, 'koti/device/a'],
    ['by id at another hub', { id: 'm' }, 'mokki/device/m'],
    ['by name, whatever its case and outer spaces', { name: ' KATTOVALO ' }, 'koti/device/a'],
    ['by a text that is an id', 'a', 'koti/device/a'],
    ['by a text that is an id at another hub', 'm', 'mokki/device/m'],
    ['by a text that is a name', 'kattovalo', 'koti/device/a'],
    ['by a text that is an id before one that is a name', 'saunailta', 'koti/device/saunailta'],
    ['the id counts, whatever the name', { id: 'a', name: 'Kiuas' }, 'koti/device/a'],
    ['among devices first', 'Kiuas', 'koti/device/s'],
    ['then among groups', 'Valot', 'koti/group/g'],
    ['then among scenes', { name: 'Saunailta' }, 'koti/scene/x'],
    ['among rules, where these are asked for', { name: 'Valot', kind: 'rule' }, 'koti/rule/u'],
    ['a room last', 'Olohuone', 'koti/room/r1'],
    ['the one in the room', { name: 'Lamppu', room: 'sauna' }, 'koti/device/c'],
    ['the one in the room by its id', { name: 'Lamppu', room: 'r1' }, 'koti/device/b'],
  ];
  for (const [what, given, is] of rows) it(what, () => assert.equal(find(given), is));

  it('several of one name are COZIFY_BAD_INPUT, naming their rooms and ids', () => {
    assert.throws(() => find('lamppu'), {
      code: 'COZIFY_BAD_INPUT',
      message: /3 devices are called "lamppu": Olohuone \(b\), Sauna \(c\), no room \(d\)\./,
    });
  });

  it('several of one name in one room: the room that was given is not asked for', () => {
    const named = ['t1', 't2'].map((id) => lamp(id, {}, { name: 'Yövalo' }));
    const twins = thingsOf('koti', named, { room: rooms });
    assert.throws(() => find({ name: 'Yövalo', room: 'r1' }, [twins]), {
      code: 'COZIFY_BAD_INPUT',
      message: /2 devices are called "Yövalo": .*\(t1\), .*\(t2\)\. Give the id\.$/,
    });
    assert.throws(() => find('Yövalo', [twins]), { message: /Give the room, or the id\.$/ });
  });

  it('of very many of one name ten are named', () => {
    const many = thingsOf(
      'koti',
      Array.from({ length: 30 }, (_, index) => lamp(`l${index}`, {}, { name: 'Lamppu' })),
    );
    assert.throws(() => find('Lamppu', [many]), /30 devices.*\(l9\) and more\./);
  });

  const missing: [what: string, given: unknown, says: RegExp][] = [
    ['a name that nothing has', 'Katovalo', /^Nothing is called "Katovalo"\. Similar names: "Kattovalo"\.$/],
    ['a name that nothing of the kind has', { name: 'Kattovalo', kind: 'scene' }, /^No scene is called "Kattovalo"\.$/],
    [
      'a kind the hub has none of',
      { name: 'Vuoto', kind: 'alarm' },
      /^No alarm is called "Vuoto"\. The hub has none\.$/,
    ],
    ['an id that is gone', { id: 'z', name: 'Kattovalo' }, /^Nothing has the id of "Kattovalo" any more\.$/],
    ['an id that is gone, without a name', { id: 'z' }, /^Nothing has the id "z"\./],
    ['a name that is in another room', { name: 'Kattovalo', room: 'Sauna' }, /is called "Kattovalo" in "Sauna"/],
    [
      'a room that nobody knows',
      { name: 'Kattovalo', room: 'Suana' },
      /^No room is called "Suana"\. Similar names: "Sauna"/,
    ],
    ['a name at another hub', { name: 'Mökin valo' }, /^Nothing is called "Mökin valo"/],
  ];
  for (const [what, given, says] of missing) {
    it(`not: ${what}`, () => assert.throws(() => find(given), { code: 'COZIFY_NOT_FOUND', message: says }));
  }

  it('not: the four that are spelled most like it are named', () => {
    const names = Array.from({ length: 40 }, (_, index) => lamp(`l${index}`, {}, { name: `Valo ${index}` }));
    assert.throws(
      () => find('Valo', [thingsOf('koti', names)]),
      ({ message }: Error) => (message.match(/"Valo \d+"/g) ?? []).length === 4,
    );
  });

  it('a room can’t be read', () => {
    expectNoRoom(findTarget(one('a'), [koti]));
    const room = findTarget(one('Sauna'), [koti]);
    assert.throws(() => expectNoRoom(room), { code: 'COZIFY_BAD_INPUT', message: /"Sauna" is a room/ });
  });

  it('rooms go by id or name', () => {
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
