import assert from 'node:assert/strict';
import type { HubSnapshot } from '../../../src/account/snapshot.js';
import type { SimulatedHub, Simulator } from '../../simulator/index.js';
import { MINUTE, SECOND } from '../support/fake-clock.js';
import { EMAIL, type AccountFixture, type SimulatedStage, Stage } from '../support/stage.js';
import { until } from '../../support/wait.js';

describe('Account: hubs', () => {
  let stage: SimulatedStage;
  let simulator: Simulator;
  let fixture: AccountFixture;
  let koti: SimulatedHub;
  let mokki: SimulatedHub;

  beforeEach(async () => {
    stage = await Stage.withSimulator();
    ({ simulator } = stage);
    [koti, mokki] = simulator.hubs as [SimulatedHub, SimulatedHub];
    fixture = await stage.open();
  });

  afterEach(() => stage.end());

  const hubs = () => fixture.account.snapshot().hubs;
  const hub = (id: string): HubSnapshot => hubs().find((one) => one.id === id) ?? assert.fail(`no hub ${id}`);
  const lookAgain = (params = {}) => fixture.account.authenticate({ trustHub: false, ...params });

  it('get their own names and hosts, though lan_ip lists their addresses in reverse order', async () => {
    Object.assign(simulator, { lanIpForm: 'url', lanIpOrder: 'reversed' });
    await stage.logIn(fixture);
    assert.deepEqual(
      hubs().map(({ id, name, host, remote }) => [id, name, host, remote]),
      [
        [koti.id, 'Koti', koti.host, false],
        [mokki.id, 'Mökki 100 %', mokki.host, false],
      ],
    );
  });

  it('are discovered once for 300 concurrent steps', async () => {
    await stage.logIn(fixture);
    const before = simulator.count('lan_ip');
    await Promise.all(Array.from({ length: 300 }, () => lookAgain()));
    assert.ok(simulator.count('lan_ip') - before <= 2, `${simulator.count('lan_ip') - before} look-ups`);
  });

  for (const form of ['empty', 'null', 'error'] as const) {
    it(`are reached through the cloud when lan_ip lists no addresses (${form})`, async () => {
      simulator.lanIpForm = form;
      await stage.logIn(fixture);
      assert.deepEqual(
        hubs().map(({ name, host, remote, version }) => [name, host, remote, version]),
        [
          ['Koti', null, true, '1.14.9.124'],
          ['Mökki 100 %', null, true, '1.14.9.124'],
        ],
      );
    });
  }

  it('are not asked through the cloud with autoremote off', async () => {
    simulator.lanIpForm = 'empty';
    await fixture.account.requestOtp();
    await fixture.account.authenticate({ otp: simulator.latestCode(EMAIL), autoremote: false });
    assert.deepEqual(
      hubs().map(({ remote, autoremote }) => [remote, autoremote]),
      [
        [false, false],
        [false, false],
      ],
    );
    assert.equal(simulator.count('remote'), 0);
  });

  it('are discovered through the cloud only with remote: true', async () => {
    await fixture.account.requestOtp();
    await fixture.account.authenticate({ otp: simulator.latestCode(EMAIL), remote: true });
    assert.deepEqual(
      hubs().map(({ remote, host }) => [remote, host]),
      [
        [true, null],
        [true, null],
      ],
    );
    assert.deepEqual([simulator.count('hub'), simulator.count('lan_ip')], [0, 0]);
  });

  it('stay remote when a new hub on the LAN is found', async () => {
    await fixture.account.requestOtp();
    await fixture.account.authenticate({ otp: simulator.latestCode(EMAIL), remote: true });
    const third = await simulator.addHub({ name: 'Sauna' });
    await fixture.account.authenticate();
    assert.equal(hub(third.id).remote, false);
    await stage.clock.advance(2 * 60 * MINUTE);
    await until('a background key list', () => simulator.count('hubkeys') >= 3);
    await lookAgainQuietly();
    assert.deepEqual([hub(koti.id).remote, hub(koti.id).host], [true, null]);
  });
  /** Waits for a hub discovery in the background, which keeps the saved options of each hub, such as `remote`. */
  async function lookAgainQuietly(): Promise<void> {
    const before = simulator.count('hub');
    await stage.clock.advance(2 * 60 * MINUTE);
    await until('a background discovery', () => simulator.count('hub') > before);
    await fixture.account.readSnapshot();
  }

  it('are not discovered again by a step that trusts them, but a changed key is saved', async () => {
    await stage.logIn(fixture);
    const before = stage.stored.hubs.map(({ key }) => key);
    koti.rotateKey();
    simulator.clearRequests();
    await fixture.account.authenticate();
    assert.deepEqual(simulator.counts(), { hubkeys: 1 });
    const after = stage.stored.hubs.map(({ key }) => key);
    assert.deepEqual([after[0] === before[0], after[1] === before[1]], [false, true]);
  });

  it('change their name, address and version in the snapshot', async () => {
    await stage.logIn(fixture);
    fixture.topics.length = 0;
    await mokki.move();
    mokki.rename('Villa <b>Mökki</b>');
    mokki.version = '1.15.0.7';
    await lookAgain();
    const { name, host, version } = hub(mokki.id);
    assert.deepEqual([name, host, version], ['Villa <b>Mökki</b>', mokki.host, '1.15.0.7']);
    assert.deepEqual(fixture.topics, ['hubs']);
  });

  it('use the name that a hub reports on the LAN, not the name in its key', async () => {
    koti.keyName = 'Old name';
    await stage.logIn(fixture);
    assert.equal(hub(koti.id).name, 'Koti');
  });

  it('keep their host while offline, and are found again in the background', async () => {
    await stage.logIn(fixture);
    const { host } = koti;
    await koti.goOffline();
    await lookAgain();
    assert.deepEqual([hub(koti.id).host, hub(koti.id).remote, hub(mokki.id).remote], [host, true, false]);
    await koti.goOnline();
    await stage.clock.advance(MINUTE);
    await until('the return to the LAN', () => !hub(koti.id).remote);
  });

  it('are added last, and removed after two complete lists without them', async () => {
    await stage.logIn(fixture);
    const third = await simulator.addHub({ name: 'Sauna', id: '0000-first-by-id' });
    await fixture.account.authenticate();
    assert.deepEqual(
      hubs().map(({ id }) => id),
      [koti.id, mokki.id, third.id],
    );
    const isDefault = hubs().find((one) => one.default)?.id;
    assert.notEqual(isDefault, third.id, 'the default stays');
    fixture.topics.length = 0;
    await simulator.removeHub(isDefault ?? '');
    await fixture.account.ping();
    assert.equal(hubs().length, 3);
    await fixture.account.ping();
    assert.equal(hubs().length, 2);
    assert.equal(hub(third.id).default, true, 'the first by id');
    assert.deepEqual(fixture.topics, ['hubs']);
  });

  it('stay after one empty list, and after lists that are invalid', async () => {
    await stage.logIn(fixture);
    const before = hubs();
    simulator.fault('hubkeys', { body: '{}', times: 1 });
    await fixture.account.ping();
    simulator.fault('hubkeys', { body: '[]', times: 3 });
    for (let tries = 0; tries < 3; tries++) await fixture.account.ping().catch(() => undefined);
    await fixture.account.ping();
    simulator.fault('hubkeys', { body: '{}', times: 1 });
    await fixture.account.ping();
    assert.deepEqual(hubs(), before);
  });

  it('are matched by their address if the cloud gives them no key', async () => {
    koti.isKeyNull = true;
    await stage.logIn(fixture);
    assert.deepEqual([hub(koti.id).name, hub(koti.id).host], ['Koti', koti.host]);
  });

  for (const [problem, fault] of [
    ['no keys', () => simulator.fault('hubkeys', { status: 503 })],
    ['no answer to lan_ip', () => simulator.fault('lan_ip', { reset: true })],
    ['no host at the addresses', () => simulator.fault('hub', { reset: true })],
    ['nonsense at the addresses', () => simulator.fault('hub', { body: '<html>' })],
    ['a 401 from a hub', () => simulator.fault('hub', { status: 401 })],
    [
      'a 401 through the cloud',
      () => (simulator.fault('hub', { reset: true }), simulator.fault('remote', { status: 401 })),
    ],
  ] as const) {
    it(`do not fail a login (${problem}), and are discovered in the background`, async () => {
      await fixture.account.requestOtp();
      fault();
      const { value } = await fixture.account.authenticate({ otp: simulator.latestCode(EMAIL) });
      assert.deepEqual([value, fixture.account.snapshot().state], [true, 'authenticated']);
      simulator.clearFaults();
      await stage.clock.advance(35 * SECOND);
      await until('the hubs', () => hubs().filter(({ host }) => host !== null).length === 2);
      assert.equal(fixture.account.snapshot().state, 'authenticated');
    });
  }

  it('may have ids that are names of Object properties', async () => {
    simulator.fault('hubkeys', { body: '{"__proto__":"key-1","constructor":"key-2"}', times: 1 });
    await fixture.account.token(simulator.issueToken(EMAIL));
    await fixture.account.authenticate();
    assert.deepEqual(
      hubs().map(({ id }) => id),
      ['__proto__', 'constructor'],
    );
    fixture = await stage.restart(fixture);
    assert.equal(hubs().length, 2);
    assert.equal(({} as Record<string, unknown>)['key-1'], undefined);
  });
});
