import assert from 'node:assert/strict';
import type { HubSnapshot } from '../../../src/account/snapshot.js';
import type { SimulatedHub, Simulator } from '../../simulator/index.js';
import { MINUTE, SECOND } from '../support/fake-clock.js';
import { EMAIL, type Player, type SimulatedStage, Stage } from '../support/stage.js';
import { until } from '../../support/wait.js';

describe('account: hubs', () => {
  let stage: SimulatedStage;
  let simulator: Simulator;
  let player: Player;
  let koti: SimulatedHub;
  let mokki: SimulatedHub;

  beforeEach(async () => {
    stage = await Stage.withSimulator();
    ({ simulator } = stage);
    [koti, mokki] = simulator.hubs as [SimulatedHub, SimulatedHub];
    player = await stage.open();
  });

  afterEach(() => stage.end());

  const hubs = () => player.account.snapshot().hubs;
  const hub = (id: string): HubSnapshot => hubs().find((one) => one.id === id) ?? assert.fail(`no hub ${id}`);
  const lookAgain = (params = {}) => player.account.authenticate({ trustHub: false, ...params });

  for (const [form, order] of [
    ['url', 'as-listed'],
    ['url', 'reversed'],
  ] as const) {
    it(`have their own names and addresses, with addresses ${order}`, async () => {
      Object.assign(simulator, { lanIpForm: form, lanIpOrder: order });
      await stage.logIn(player);
      assert.deepEqual(
        hubs().map(({ id, name, host, remote }) => [id, name, host, remote]),
        [
          [koti.id, 'Koti', koti.host, false],
          [mokki.id, 'Mökki 100 %', mokki.host, false],
        ],
      );
    });
  }

  it('are looked up once for all who want the same at the same time', async () => {
    await stage.logIn(player);
    const before = simulator.count('lan_ip');
    await Promise.all(Array.from({ length: 300 }, () => lookAgain()));
    assert.ok(simulator.count('lan_ip') - before <= 2, `${simulator.count('lan_ip') - before} look-ups`);
  });

  for (const form of ['empty', 'null', 'error'] as const) {
    it(`are reached through the cloud when it knows no addresses (${form})`, async () => {
      simulator.lanIpForm = form;
      await stage.logIn(player);
      assert.deepEqual(
        hubs().map(({ name, host, remote, version }) => [name, host, remote, version]),
        [
          ['Koti', null, true, '1.14.9.124'],
          ['Mökki 100 %', null, true, '1.14.9.124'],
        ],
      );
    });
  }

  it('off the LAN with autoremote off are not asked through the cloud', async () => {
    simulator.lanIpForm = 'empty';
    await player.account.requestOtp();
    await player.account.authenticate({ otp: simulator.latestCode(EMAIL), autoremote: false });
    assert.deepEqual(
      hubs().map(({ remote, autoremote }) => [remote, autoremote]),
      [
        [false, false],
        [false, false],
      ],
    );
    assert.equal(simulator.count('remote'), 0);
  });

  it('looked up as remote leave the LAN alone', async () => {
    await player.account.requestOtp();
    await player.account.authenticate({ otp: simulator.latestCode(EMAIL), remote: true });
    assert.deepEqual(
      hubs().map(({ remote, host }) => [remote, host]),
      [
        [true, null],
        [true, null],
      ],
    );
    assert.deepEqual([simulator.count('hub'), simulator.count('lan_ip')], [0, 0]);
  });

  it('looked up as remote stay so when a new hub on the LAN comes', async () => {
    await player.account.requestOtp();
    await player.account.authenticate({ otp: simulator.latestCode(EMAIL), remote: true });
    const third = await simulator.addHub({ name: 'Sauna' });
    await player.account.authenticate();
    assert.equal(hub(third.id).remote, false);
    await stage.clock.advance(2 * 60 * MINUTE);
    await until('a look of the background', () => simulator.count('hubkeys') >= 3);
    await lookAgainQuietly();
    assert.deepEqual([hub(koti.id).remote, hub(koti.id).host], [true, null]);
  });
  /** Lets the background look the hubs up again, the way each was asked for before. */
  async function lookAgainQuietly(): Promise<void> {
    const before = simulator.count('hub');
    await stage.clock.advance(2 * 60 * MINUTE);
    await until('a look-up of the background', () => simulator.count('hub') > before);
    await player.account.readSnapshot();
  }

  it('that are known are not looked up again by a step that trusts, and a changed key is taken', async () => {
    await stage.logIn(player);
    const before = stage.stored.hubs.map(({ key }) => key);
    koti.rotateKey();
    simulator.clearRequests();
    await player.account.authenticate();
    assert.deepEqual(simulator.counts(), { hubkeys: 1 });
    const after = stage.stored.hubs.map(({ key }) => key);
    assert.deepEqual([after[0] === before[0], after[1] === before[1]], [false, true]);
  });

  it('are followed when they move, are renamed or updated', async () => {
    await stage.logIn(player);
    player.topics.length = 0;
    await mokki.move();
    mokki.rename('Villa <b>Mökki</b>');
    mokki.version = '1.15.0.7';
    await lookAgain();
    const { name, host, version } = hub(mokki.id);
    assert.deepEqual([name, host, version], ['Villa <b>Mökki</b>', mokki.host, '1.15.0.7']);
    assert.deepEqual(player.topics, ['hubs']);
  });

  it('on the LAN say themselves what they are called, whatever their key says', async () => {
    koti.keyName = 'Old name';
    await stage.logIn(player);
    assert.equal(hub(koti.id).name, 'Koti');
  });

  it('that are away keep their place and are found again by the background', async () => {
    await stage.logIn(player);
    const { host } = koti;
    await koti.goOffline();
    await lookAgain();
    assert.deepEqual([hub(koti.id).host, hub(koti.id).remote, hub(mokki.id).remote], [host, true, false]);
    await koti.goOnline();
    await stage.clock.advance(MINUTE);
    await until('the way back to the LAN', () => !hub(koti.id).remote);
  });

  it('come last when new, and go when two good lists in a row lack them', async () => {
    await stage.logIn(player);
    const third = await simulator.addHub({ name: 'Sauna', id: '0000-first-by-id' });
    await player.account.authenticate();
    assert.deepEqual(
      hubs().map(({ id }) => id),
      [koti.id, mokki.id, third.id],
    );
    const isDefault = hubs().find((one) => one.default)?.id;
    assert.notEqual(isDefault, third.id, 'the default stays');
    player.topics.length = 0;
    await simulator.removeHub(isDefault ?? '');
    await player.account.ping();
    assert.equal(hubs().length, 3);
    await player.account.ping();
    assert.equal(hubs().length, 2);
    assert.equal(hub(third.id).default, true, 'the first by id');
    assert.deepEqual(player.topics, ['hubs']);
  });

  it('stay when a list is empty once, or no list', async () => {
    await stage.logIn(player);
    const before = hubs();
    simulator.fault('hubkeys', { body: '{}', times: 1 });
    await player.account.ping();
    simulator.fault('hubkeys', { body: '[]', times: 3 });
    for (let tries = 0; tries < 3; tries++) await player.account.ping().catch(() => undefined);
    await player.account.ping();
    simulator.fault('hubkeys', { body: '{}', times: 1 });
    await player.account.ping();
    assert.deepEqual(hubs(), before);
  });

  it('without a key from the cloud are known by their place', async () => {
    koti.isKeyNull = true;
    await stage.logIn(player);
    assert.deepEqual([hub(koti.id).name, hub(koti.id).host], ['Koti', koti.host]);
  });

  for (const [what, fault] of [
    ['no keys', () => simulator.fault('hubkeys', { status: 503 })],
    ['no answer to lan_ip', () => simulator.fault('lan_ip', { reset: true })],
    ['nobody at the addresses', () => simulator.fault('hub', { reset: true })],
    ['nonsense at the addresses', () => simulator.fault('hub', { body: '<html>' })],
    ['a 401 of a hub', () => simulator.fault('hub', { status: 401 })],
    [
      'a 401 through the cloud',
      () => (simulator.fault('hub', { reset: true }), simulator.fault('remote', { status: 401 })),
    ],
  ] as const) {
    it(`never fail a login (${what}), and are looked for again in the background`, async () => {
      await player.account.requestOtp();
      fault();
      const { value } = await player.account.authenticate({ otp: simulator.latestCode(EMAIL) });
      assert.deepEqual([value, player.account.snapshot().state], [true, 'authenticated']);
      simulator.clearFaults();
      await stage.clock.advance(35 * SECOND);
      await until('the hubs', () => hubs().filter(({ host }) => host !== null).length === 2);
      assert.equal(player.account.snapshot().state, 'authenticated');
    });
  }

  it('with names of built-in things are hubs like any other', async () => {
    simulator.fault('hubkeys', { body: '{"__proto__":"key-1","constructor":"key-2"}', times: 1 });
    await player.account.token(simulator.issueToken(EMAIL));
    await player.account.authenticate();
    assert.deepEqual(
      hubs().map(({ id }) => id),
      ['__proto__', 'constructor'],
    );
    player = await stage.restart(player);
    assert.equal(hubs().length, 2);
    assert.equal(({} as Record<string, unknown>)['key-1'], undefined);
  });
});
