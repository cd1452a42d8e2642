import assert from 'node:assert/strict';
import type { Account } from '../../../../src/account/account.js';
import { parseCondition } from '../../../../src/devices/things/condition.js';
import { parseFilter } from '../../../../src/devices/targets/device-filter.js';
import type { LiveHome } from '../../../../src/devices/home/live-home.js';
import { type Reading, readThings, type ReadQuery } from '../../../../src/devices/steps/reading.js';
import { parseMessageTargets } from '../../../../src/devices/targets/target.js';
import { type FakeHub, HubStage } from '../../hub/support/hub-stage.js';
import { HOUR, SECOND } from '../../support/fake-clock.js';
import { failure } from '../../support/stage.js';
import { byId, lamp, poll, type RawDevice, thermometer } from '../support.js';

const EVERYTHING: ReadQuery = {
  ...{ targets: undefined, filter: parseFilter({}), hub: '', fresh: false },
  ...{ output: 'auto', field: '', condition: null },
};

describe('readThings', () => {
  let stage: HubStage;
  let account: Account;
  let devices: RawDevice[];
  let groups: Record<string, unknown>;

  beforeEach(async () => {
    stage = new HubStage();
    groups = {};
    devices = [
      lamp('d1', {}, { name: 'Lamppu', room: ['r1'] }),
      lamp('d2', { isOn: false }, { name: 'Lamppu', room: ['r2'] }),
      thermometer('d3', { temperature: 78.21 }, { name: 'Mittari', room: ['r2'] }),
    ];
    furnish(stage.hub);
    await open();
  });
  afterEach(() => stage.end());

  async function open(): Promise<void> {
    await stage.client();
    ({ account } = stage.fixture as { account: Account });
    await stage.clock.advance(0);
    stage.take();
  }

  function furnish(hub: FakeHub, list: () => RawDevice[] = () => devices): void {
    const rooms = { r1: { id: 'r1', name: 'Makuuhuone' }, r2: { id: 'r2', name: 'Sauna' } };
    const lists: Record<string, () => object> = {
      ...{ devices: () => byId(...list()), groups: () => groups, rooms: () => rooms },
      scenes: () => ({ s1: { id: 's1', name: 'Saunailta', isOn: true } }),
    };
    for (const name of ['devices', 'groups', 'scenes', 'rules', 'rooms', 'alarms']) {
      hub.replies.set(`/${name}`, () => ({ body: JSON.stringify(lists[name]?.() ?? {}) }));
    }
  }

  function leave(): void {
    stage.lan.clear();
    stage.gateway = { status: 400, body: '{"code":1,"message":"hub offline"}' };
  }

  const read = (query: Partial<ReadQuery> = {}): Promise<Reading> =>
    account.useHomes('read', (homes) => readThings(homes, { ...EVERYTHING, ...query }, stage.clock));
  const readTarget = (target: unknown, query: Partial<ReadQuery> = {}): Promise<Reading> =>
    read({ targets: parseMessageTargets(target), ...query });
  const gets = (path: string): number => stage.asked.filter((line) => line.includes(` GET /cc/1.14${path} `)).length;

  describe('with the output and field options', () => {
    it('returns the state and the device of a single target', async () => {
      const { payload, device, asOf, stale, isMet } = await readTarget('mittari');
      assert.deepEqual(payload, { temperature: 78.2, reachable: true, lastSeen: '2026-11-03T12:00:00.000Z' });
      assert.deepEqual(device, {
        ...{ id: 'd3', name: 'Mittari', kind: 'device', type: 'MULTI_SENSOR', room: 'Sauna', hub: 'hub-1' },
        ...{ capabilities: ['TEMPERATURE', 'HUMIDITY'], groups: [], manufacturer: null, model: null },
      });
      assert.deepEqual([asOf, stale, isMet], [new Date(stage.clock.now()).toISOString(), false, true]);
    });

    it('returns an array with ids, names and rooms for several targets, in order', async () => {
      const { payload, device } = await readTarget(['d2', { id: 'd1' }]);
      const [first, second, ...more] = payload as Record<string, unknown>[];
      assert.deepEqual([first?.['id'], first?.['on'], second?.['id'], second?.['on']], ['d2', false, 'd1', true]);
      assert.deepEqual([second?.['name'], second?.['type'], second?.['room']], ['Lamppu', 'LIGHT', 'Makuuhuone']);
      assert.deepEqual([more, device], [[], undefined]);
    });

    it('returns an array of all devices that match the filter, even if only one does', async () => {
      const { payload } = await read({ filter: parseFilter({ rooms: ['sauna'], capabilities: ['TEMPERATURE'] }) });
      assert.deepEqual(
        (payload as { id: string }[]).map(({ id }) => id),
        ['d3'],
      );
    });

    it('returns an array or a map for a single target if that is configured', async () => {
      const [only] = (await readTarget('d3', { output: 'array' })).payload as Record<string, unknown>[];
      assert.equal(only?.['temperature'], 78.2);
      const state = (await readTarget('d3')).payload;
      assert.deepEqual((await readTarget('d3', { output: 'map' })).payload, { Mittari: state });
    });

    it('adds rooms, and ids if necessary, to equal names in a map', async () => {
      devices.push(lamp('d4', {}, { name: 'Lamppu', room: ['r2'] }), lamp('d5', {}, { name: 'Lamppu', room: [] }));
      devices.push(lamp('d6', {}, { name: 'Lamppu (Makuuhuone)', room: [] }));
      const { payload } = await read({ output: 'map', field: 'on' });
      assert.deepEqual(payload, {
        'Lamppu (Makuuhuone, d1)': true,
        'Lamppu (Sauna, d2)': false,
        'Lamppu (Sauna, d4)': true,
        Lamppu: true,
        'Lamppu (Makuuhuone) (d6)': true,
      });
    });

    it('includes a device only once in a map if it is named twice, whatever its name', async () => {
      devices.push(lamp('d4', {}, { name: '__proto__' }));
      const { payload } = await readTarget(['d1', 'd1', 'd2', 'd4'], { output: 'map', field: 'on' });
      assert.deepEqual(Object.entries(payload as object), [
        ['Lamppu (Makuuhuone)', true],
        ['Lamppu (Sauna)', false],
        ['__proto__', true],
      ]);
    });

    it('returns the value of the field, or null for a single target without it', async () => {
      assert.equal((await readTarget('d3', { field: 'temperature' })).payload, 78.2);
      assert.equal((await readTarget('d3', { field: 'brightness' })).payload, null);
    });

    it('returns id, name and value per device, and omits devices without the field unless named', async () => {
      const named = (await readTarget(['d3', 'd1'], { field: 'temperature' })).payload;
      assert.deepEqual(named, [
        { id: 'd3', name: 'Mittari', value: 78.2 },
        { id: 'd1', name: 'Lamppu', value: null },
      ]);
      assert.deepEqual((await read({ field: 'temperature' })).payload, [{ id: 'd3', name: 'Mittari', value: 78.2 }]);
    });

    it('ignores fields of the hub that are called id, name or room', async () => {
      devices = [lamp('d1', { name: 'Vale', id: 'd9', room: 'r9' }, { name: 'Lamppu' })];
      const [only] = (await read()).payload as Record<string, unknown>[];
      assert.deepEqual([only?.['id'], only?.['name'], only?.['room']], ['d1', 'Lamppu', 'Makuuhuone']);
    });

    it('returns an empty array for no targets, without a request', async () => {
      const { payload, isMet, asOf, stale } = await readTarget([], { condition: parseCondition(bright(1)) });
      assert.deepEqual([payload, isMet, asOf, stale], [[], true, null, false]);
      assert.deepEqual((await readTarget([], { output: 'map' })).payload, []);
      assert.deepEqual(stage.asked, []);
    });

    it('returns copies, so that a flow that edits a payload does not affect the next read', async () => {
      ((await readTarget('d1')).payload as { on: unknown }).on = 'spoiled';
      assert.equal(((await readTarget('d1')).payload as { on: unknown }).on, true);
    });

    it('reads the state of groups from their members, and the state of scenes', async () => {
      groups = { g1: { id: 'g1', name: 'Valot', members: ['d1', 'd2'], state: { isOn: false } } };
      assert.deepEqual((await readTarget('valot')).payload, { on: true, allOn: false, brightness: 60 });
      assert.deepEqual((await readTarget('saunailta')).payload, { on: true });
      const { payload } = await read({ filter: parseFilter({ kinds: ['scene'] }) });
      assert.deepEqual(payload, [{ id: 's1', name: 'Saunailta', type: null, room: null, on: true }]);
    });
  });

  const bright = (percent: number): object => ({ field: 'brightness', op: 'above', value: percent });

  describe('with a condition', () => {
    it('returns the devices that meet the condition', async () => {
      const { payload, isMet } = await read({ condition: parseCondition({ field: 'on', op: 'is', value: true }) });
      assert.deepEqual([(payload as unknown[]).length, isMet], [1, true]);
      assert.equal((await readTarget('d1', { condition: parseCondition(bright(50)) })).isMet, true);
    });

    it('returns isMet false if no device meets the condition, with the device of a single target', async () => {
      const { isMet, payload, device, things } = await readTarget('d1', { condition: parseCondition(bright(70)) });
      assert.deepEqual([isMet, payload, device?.name], [false, undefined, 'Lamppu']);
      assert.deepEqual(
        things.map(({ entry }) => entry.id),
        ['d1'],
        'the device that does not meet it',
      );
      assert.equal((await read({ condition: parseCondition(bright(70)) })).isMet, false);
    });
  });

  describe('with cached values', () => {
    it('uses the cache for 3 seconds, then requests the list', async () => {
      await readTarget('d1');
      devices = [lamp('d1', { isOn: false })];
      await stage.clock.skip(3 * SECOND);
      assert.equal(((await readTarget('d1')).payload as { on: boolean }).on, true);
      await stage.clock.skip(1);
      assert.equal(((await readTarget('d1')).payload as { on: boolean }).on, false);
      assert.equal(gets('/hub/poll?ts=0'), 2);
    });

    it('requests the list after a sleep of the machine', async () => {
      await readTarget('d1');
      devices = [lamp('d1', { isOn: false })];
      stage.clock.sleep(8 * HOUR);
      assert.equal(((await readTarget('d1')).payload as { on: boolean }).on, false);
    });

    it('requests the list once per read with fresh', async () => {
      await readTarget('d1', { fresh: true });
      assert.equal(gets('/hub/poll?ts=0'), 1);
      devices = [lamp('d1', { isOn: false })];
      await stage.clock.skip(1);
      assert.equal(((await readTarget('d1', { fresh: true })).payload as { on: boolean }).on, false);
      assert.equal(gets('/hub/poll?ts=0'), 2);
    });

    it('shares one request between concurrent reads', async () => {
      await Promise.all(Array.from({ length: 20 }, () => read()));
      assert.equal(gets('/hub/poll?ts=0'), 1);
    });

    it('uses the cache while the hub is offline, and marks it as stale after 3 seconds', async () => {
      const { asOf } = await read();
      leave();
      await stage.clock.skip(2 * SECOND);
      assert.equal((await read()).stale, false);
      await stage.clock.skip(5 * HOUR);
      for (const again of [read, () => readTarget('d1')]) {
        const { stale, asOf: at } = await again();
        assert.deepEqual([stale, at], [true, asOf]);
        await stage.clock.skip(SECOND);
      }
    });

    it('sends one request per read to an offline hub', async () => {
      await readTarget('d1');
      leave();
      await stage.clock.skip(HOUR);
      stage.take();
      await readTarget('d1');
      assert.equal(stage.asked.filter((line) => line.startsWith('lan GET /cc/1.14/hub/poll')).length, 1);
    });

    it('fails with COZIFY_HUB_OFFLINE with fresh, or without a cached value, while the hub is offline', async () => {
      await read();
      leave();
      await stage.clock.skip(10 * SECOND);
      for (const missing of [
        () => read({ fresh: true }),
        () => readTarget('d1', { fresh: true }),
        () => readTarget('Kattovalo'),
        () => read({ filter: parseFilter({ kinds: ['rule'] }) }),
      ]) {
        await failure(missing(), 'COZIFY_HUB_OFFLINE');
        await stage.clock.skip(SECOND);
      }
    });

    for (const [label, body] of [
      ['a web page', '<html>Log in to the network</html>'],
      ['garbage', '{"d1":'],
    ] as const) {
      it(`treats a hub that keeps answering with ${label} as offline`, async () => {
        await read();
        for (const path of ['/devices', '/hub/poll']) stage.hub.replies.set(path, { body });
        await stage.clock.skip(10 * SECOND);
        await failure(read(), 'COZIFY_BAD_ANSWER');
        const { homes } = account as unknown as { homes: { of(hub: string): LiveHome } };
        homes.of('hub-1').subscribe(() => undefined);
        await stage.clock.advance(20 * SECOND);
        assert.equal(account.snapshot().hubs[0]?.reachable, false);
        // Each poll waits until a second after the failed one.
        const olds = [read(), readTarget('d1')];
        const fresh = failure(read({ fresh: true }), 'COZIFY_HUB_OFFLINE');
        await stage.clock.advance(2 * SECOND);
        for (const old of olds) assert.equal((await old).stale, true);
        await fresh;
      });
    }

    it('waits for an answer that is so large that it takes 15 s', async () => {
      const body = JSON.stringify(poll(1000, { devices: byId(...devices) }, true));
      stage.hub.replies.set('/hub/poll?ts=0', { body, bodyMs: 15 * SECOND });
      const reading = readTarget('mittari', { fresh: true });
      void reading.catch(() => undefined);
      await stage.clock.advance(20 * SECOND);
      assert.equal((await reading).stale, false);
    });

    it('fails with COZIFY_FORBIDDEN for a refused key, although the values are cached', async () => {
      await read();
      stage.hub.killKeys();
      await stage.clock.skip(10 * SECOND);
      await failure(read(), 'COZIFY_FORBIDDEN');
    });
  });

  describe('with a missing target', () => {
    it('fails for an unknown name and for a removed device', async () => {
      const unknown = await failure(readTarget('Lampu'), 'COZIFY_NOT_FOUND');
      assert.match(unknown.message, /"Lamppu"/);
      assert.equal(unknown.subject, 'Lampu');
      await readTarget('d3');
      devices.pop();
      await stage.clock.skip(10 * SECOND);
      await failure(readTarget({ id: 'd3', name: 'Mittari' }), 'COZIFY_NOT_FOUND');
    });

    it('fails for an unknown room in the filter, and finds a new room', async () => {
      await read();
      const filter = parseFilter({ rooms: ['Sauma'] });
      assert.match((await failure(read({ filter }), 'COZIFY_NOT_FOUND')).message, /"Sauna"/);
      stage.hub.replies.set('/rooms', { body: '{"r9":{"id":"r9","name":"Sauma"}}' });
      await stage.clock.skip(1);
      assert.deepEqual((await read({ filter })).payload, []);
    });

    it('rejects a room as a target', () => failure(readTarget('Sauna'), 'COZIFY_BAD_INPUT'));
  });

  describe('with several hubs', () => {
    beforeEach(async () => {
      await stage.end();
      stage = new HubStage();
      furnish(stage.hub);
      furnish(stage.addOther(), () => [lamp('d8', {}, { name: 'Mökin valo' })]);
      await open();
    });
    const ids = async (hub: string): Promise<string[]> =>
      ((await read({ hub })).payload as { id: string }[]).map(({ id }) => id);

    it('reads all hubs without targets, or the chosen hub', async () => {
      assert.deepEqual(await ids(''), ['d1', 'd2', 'd3', 'd8']);
      assert.deepEqual(await ids('hub-2'), ['d8']);
    });

    it('adds the hub to equal names, rooms and ids in a map', async () => {
      if (stage.other !== undefined) furnish(stage.other);
      const { payload } = await read({ output: 'map', field: 'temperature' });
      assert.deepEqual(payload, { 'Mittari (Sauna, d3, hub-1)': 78.2, 'Mittari (Sauna, d3, hub-2)': 78.2 });
    });
  });
});
