import assert from 'node:assert/strict';
import type { HubInfo } from '../../../src/hub/hub-api.js';
import { type DiscoveryCalls, type DiscoveryOptions, discoverHubs } from '../../../src/hub/hub-discovery.js';
import { withKeys, withDiscovered } from '../../../src/hub/hub-list.js';
import { type CloudRecord, cloudOf, emptyAccount, type HubRecord } from '../../../src/state/account-record.js';
import { signJwt } from '../../simulator/index.js';

const DEFAULTS: DiscoveryOptions = { isTrusting: true, isRemote: false, isAutoremote: true };

function hub(id: string, part: Partial<HubRecord> = {}): HubRecord {
  const place = { host: null, isRemote: false, isAutoremote: true, isLanExcluded: false };
  return { id, name: `name of ${id}`, version: null, key: `key-${id}`, missedLists: 0, ...place, ...part };
}

const cloud = (hubs: HubRecord[], defaultHub: string | null = null): CloudRecord => ({
  ...cloudOf(emptyAccount, 'https://cloud.example'),
  hubs,
  defaultHub,
});

const keys = (...ids: string[]) => new Map(ids.map((id) => [id, `key-${id}`]));

/**
 * Returns fake discovery calls for a household, and a list of the calls made so far. `lan`: the hubs by LAN address;
 * `through`: the hubs by the key that reaches them through the cloud.
 */
function reach(lan: Record<string, HubInfo>, through: Record<string, HubInfo> = {}) {
  const asked: string[] = [];
  const answer = (from: Record<string, HubInfo>, place: string) =>
    from[place] === undefined ? Promise.reject(new Error('away')) : Promise.resolve(from[place]);
  const calls: DiscoveryCalls & { addresses: unknown[] } = {
    addresses: Object.keys(lan),
    lanAddresses: () => {
      asked.push('lan_ip');
      return Promise.resolve(calls.addresses);
    },
    askLan: ({ host }) => {
      asked.push(host);
      return answer(lan, host);
    },
    askRemote: (key) => {
      asked.push(`through the cloud: ${key}`);
      return answer(through, key);
    },
  };
  return { calls, asked };
}

const info = (hubId: string, name = `own name of ${hubId}`, version = '1.14.9.124') => ({ hubId, name, version });

describe('discoverHubs: an address taken by another hub', () => {
  it('is removed from the hub that is not found', async () => {
    const known = [hub('a', { host: '192.168.1.5' }), hub('b', { host: '192.168.1.6' })];
    const { calls } = reach({ '192.168.1.5': info('b') });
    const { hubs } = await discoverHubs(calls, known, keys('a', 'b'), undefined);
    assert.deepEqual(
      hubs.map(({ id, host }) => [id, host]),
      [
        ['a', null],
        ['b', '192.168.1.5'],
      ],
    );
  });

  it('stays if no other hub answers there', async () => {
    const { calls } = reach({});
    const { hubs } = await discoverHubs(calls, [hub('a', { host: '192.168.1.5' })], keys('a'), undefined);
    assert.equal(hubs[0]?.host, '192.168.1.5');
  });

  it('keeps the known version if the hub reports none', async () => {
    const { calls } = reach({ '192.168.1.5': { ...info('a'), version: null } });
    const { hubs } = await discoverHubs(calls, [hub('a', { version: '1.14.9.124' })], keys('a'), undefined);
    assert.deepEqual([hubs[0]?.host, hubs[0]?.version], ['192.168.1.5', '1.14.9.124']);
  });
});

describe('withKeys', () => {
  it('saves changed keys, and keeps the old key of a hub without one', () => {
    const next = withKeys(
      cloud([hub('a'), hub('b')]),
      new Map([
        ['a', 'new-a'],
        ['b', null],
      ]),
    );
    assert.deepEqual(
      next.hubs.map(({ key }) => key),
      ['new-a', 'key-b'],
    );
  });

  it('removes a hub after two lists in a row without it', () => {
    const once = withKeys(cloud([hub('a'), hub('b')]), keys('b'));
    assert.equal(once.hubs.length, 2);
    const back = withKeys(once, keys('a', 'b'));
    assert.equal(withKeys(back, keys('b')).hubs.length, 2);
    assert.deepEqual(
      withKeys(once, keys('b')).hubs.map(({ id }) => id),
      ['b'],
    );
  });

  it('keeps the default hub while it is listed, otherwise takes the first by id', () => {
    assert.equal(withKeys(cloud([hub('c'), hub('b')], 'c'), keys('b', 'c')).defaultHub, 'c');
    assert.equal(withKeys(cloud([hub('c'), hub('b')]), keys('b', 'c')).defaultHub, 'b');
    assert.equal(
      withKeys(cloud([hub('c', { missedLists: 1 }), hub('d'), hub('b')], 'c'), keys('b', 'd')).defaultHub,
      'b',
    );
  });

  it('returns the same record if nothing has changed', () => {
    const known = cloud([hub('a'), hub('b')], 'a');
    assert.equal(
      withKeys(
        known,
        new Map([
          ['a', 'key-a'],
          ['b', null],
        ]),
      ),
      known,
    );
    assert.equal(withKeys(cloud([]), new Map()).hubs.length, 0);
  });
});

describe('discoverHubs', () => {
  it('takes the name from the hub, then from its key, then its id', async () => {
    const named = signJwt({ hub_id: 'a', hub_name: 'Name in the key' }, 'secret');
    const list = new Map([
      ['a', named],
      ['b', named],
      ['c', 'opaque'],
      ['d', null],
    ]);
    const { calls } = reach({ '10.0.0.1': info('a', 'Own name'), '10.0.0.2': info('b', '') });
    const { hubs } = await discoverHubs(calls, [], list, DEFAULTS);
    assert.deepEqual(
      hubs.map(({ name }) => name),
      ['Own name', 'Name in the key', 'c', 'd'],
    );
  });

  it('asks only new hubs if it trusts the known ones', async () => {
    const { calls, asked } = reach({ '192.168.1.1': info('a') });
    const { hubs } = await discoverHubs(calls, [hub('a', { host: '192.168.1.9' })], keys('a'), DEFAULTS);
    assert.deepEqual([hubs, asked], [[], []]);
  });

  it('asks all hubs if it does not trust them, and saves its options', async () => {
    const { calls } = reach({ '192.168.1.1': info('a') });
    const options = { isTrusting: false, isRemote: false, isAutoremote: false };
    const { hubs } = await discoverHubs(calls, [hub('a', { isRemote: true })], keys('a'), options);
    assert.deepEqual([hubs[0]?.isRemote, hubs[0]?.isAutoremote, hubs[0]?.host], [false, false, '192.168.1.1']);
  });

  it('uses the saved options of each hub in the background', async () => {
    const known = [hub('a', { isLanExcluded: true, isRemote: true }), hub('b', { isAutoremote: false })];
    const { calls } = reach({ '192.168.1.1': info('a') }, { 'key-a': info('a'), 'key-b': info('b') });
    const { hubs } = await discoverHubs(calls, known, keys('a', 'b'), undefined);
    assert.deepEqual(
      hubs.map(({ isRemote, host }) => [isRemote, host]),
      [
        [true, null],
        [false, null],
      ],
    );
  });

  it('finds a moved hub, and asks at the old address if the cloud lists none', async () => {
    const moved = reach({ '192.168.1.7': info('a') });
    const known = [hub('a', { host: '192.168.1.1' })];
    assert.equal((await discoverHubs(moved.calls, known, keys('a'), undefined)).hubs[0]?.host, '192.168.1.7');
    const silent = reach({ '192.168.1.1': info('a') });
    silent.calls.addresses = [];
    assert.equal((await discoverHubs(silent.calls, known, keys('a'), undefined)).hubs[0]?.host, '192.168.1.1');
  });

  it('reports trouble and does not fail if all requests fail', async () => {
    const calls: DiscoveryCalls = {
      lanAddresses: () => Promise.reject(new Error('no')),
      askLan: () => Promise.reject(new Error('no')),
      askRemote: () => Promise.reject(new Error('no')),
    };
    const { hubs, hasTrouble } = await discoverHubs(calls, [], keys('a'), DEFAULTS);
    assert.deepEqual([hubs[0]?.name, hubs[0]?.isRemote, hasTrouble], ['a', true, true]);
  });

  for (const failing of ['lanAddresses', 'askLan', 'askRemote'] as const) {
    it(`reports trouble if only ${failing} fails`, async () => {
      const { calls } = reach({ '192.168.1.1': info('a') }, { 'key-b': info('b') });
      const known = [hub('a'), hub('b', { isRemote: true })];
      assert.equal((await discoverHubs(calls, known, keys('a', 'b'), undefined)).hasTrouble, false);
      const broken: DiscoveryCalls = { ...calls, [failing]: () => Promise.reject(new Error('no')) };
      assert.equal((await discoverHubs(broken, known, keys('a', 'b'), undefined)).hasTrouble, true);
    });
  }

  it('ignores another hub at the address', async () => {
    const { calls } = reach({ '192.168.1.1': info('stranger', 'Neighbour') }, { 'key-a': info('b', 'Other') });
    const { hubs } = await discoverHubs(calls, [], keys('a'), DEFAULTS);
    assert.deepEqual([hubs.length, hubs[0]?.host, hubs[0]?.name], [1, null, 'a']);
  });

  it('asks only private addresses, at most 32', async () => {
    const { calls, asked } = reach({});
    const many = Array.from({ length: 200 }, (_, index) => `10.0.1.${index}`);
    const refused: unknown[] = [
      ...['8.8.8.8', 'evil.example', 'https://192.168.1.1', 'http://localhost:8893', 'http://0x7f000001:8893', '\0'],
      ...['http://[::ffff:127.0.0.1]:8893', 'http://[2001:4860:4860::8888]:8893', 'http://10.0.1.1:8893@evil.example'],
      ...['http://10.0.1.1:8893\r\nHost: evil.example', null, 5, {}],
    ];
    calls.addresses = [...refused, ...many];
    await discoverHubs(calls, [], new Map([['a', null]]), DEFAULTS);
    assert.equal(asked.length, 1 + 32 - refused.length);
    assert.ok(asked.every((place) => place === 'lan_ip' || place.startsWith('10.0.1.')));
  });
});

describe('withDiscovered', () => {
  it('keeps the order, with new hubs last', () => {
    const before = cloud([hub('c'), hub('a')], 'c');
    const next = withDiscovered(before, [hub('b'), hub('a', { name: 'New' })], keys('a', 'b', 'c'));
    assert.deepEqual(
      next.hubs.map(({ id, name }) => [id, name]),
      [
        ['c', 'name of c'],
        ['a', 'New'],
        ['b', 'name of b'],
      ],
    );
    assert.equal(next.defaultHub, 'c');
  });

  it('keeps keys that have changed since the discovery started', () => {
    const next = withDiscovered(cloud([hub('a', { key: 'newer' })]), [hub('a', { key: 'older' })], keys('a'));
    assert.equal(next.hubs[0]?.key, 'newer');
  });

  it('takes the first hub by id as the default of a new account', () => {
    assert.equal(withDiscovered(cloud([]), [hub('z'), hub('b')], keys('z', 'b')).defaultHub, 'b');
  });
});

describe('discoverHubs in the background', () => {
  const three = [
    hub('a', { host: '192.168.1.1' }),
    hub('b', { host: '192.168.1.2' }),
    hub('c', { host: '192.168.1.3' }),
  ];
  const look = (calls: DiscoveryCalls, known: HubRecord[], due: string[], list = keys(...known.map(({ id }) => id))) =>
    discoverHubs(calls, known, list, undefined, new Set(due));

  it('does not ask lan_ip if each known hub answers at its address', async () => {
    const { calls, asked } = reach({ '192.168.1.1': info('a') });
    const { hubs } = await look(calls, three.slice(0, 1), ['a']);
    assert.deepEqual(asked, ['192.168.1.1']);
    assert.equal(hubs[0]?.name, 'own name of a');
  });

  it('asks the hubs that are due, and compares the others with lan_ip', async () => {
    const { calls, asked } = reach({ '192.168.1.1': info('a'), '192.168.1.2': info('b'), '192.168.1.3': info('c') });
    const { hubs, hasTrouble } = await look(calls, three, ['b']);
    assert.deepEqual(asked, ['192.168.1.2', 'lan_ip']);
    assert.deepEqual([hubs[0], hubs[2], hasTrouble], [three[0], three[2], false]);
    assert.equal(hubs[1]?.name, 'own name of b');
  });

  it('finds a moved hub that is not due', async () => {
    const { calls, asked } = reach({ '192.168.1.1': info('a'), '192.168.1.2': info('b'), '192.168.1.9': info('c') });
    const { hubs } = await look(calls, three, ['a']);
    assert.deepEqual(asked, ['192.168.1.1', 'lan_ip', '192.168.1.9']);
    assert.equal(hubs[2]?.host, '192.168.1.9');
  });

  it('finds a new hub', async () => {
    const { calls } = reach({ '192.168.1.1': info('a'), '192.168.1.4': info('d') });
    const { hubs } = await look(calls, three.slice(0, 1), ['a'], keys('a', 'd'));
    assert.deepEqual(
      hubs.map(({ id, host }) => [id, host]),
      [
        ['a', '192.168.1.1'],
        ['d', '192.168.1.4'],
      ],
    );
  });

  it('asks for a remote hub on the LAN each time, and through the cloud only if it is due', async () => {
    const away = hub('a', { host: '192.168.1.1', isRemote: true });
    const gone = reach({}, { 'key-a': info('a') });
    assert.deepEqual((await look(gone.calls, [away], [])).hubs, [away]);
    assert.deepEqual(gone.asked, ['lan_ip']);
    const back = reach({ '192.168.1.1': info('a') });
    assert.equal((await look(back.calls, [away], [])).hubs[0]?.isRemote, false);
  });

  it('lists the hubs that did not answer', async () => {
    const { calls } = reach({ '192.168.1.1': info('a') });
    const { silent, hasTrouble } = await look(calls, three, ['a', 'b']);
    assert.deepEqual([silent, hasTrouble], [['b'], true]);
  });
});
