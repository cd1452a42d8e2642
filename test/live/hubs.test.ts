import assert from 'node:assert/strict';
import type { HubSnapshot } from '../../src/account/snapshot';
import { Stage } from './harness';

describe('Hubs', () => {
  let stage: Stage;

  before(async () => {
    stage = await Stage.open({ simulator: { lanIpOrder: 'reversed' } });
  });
  after(() => stage.close());
  afterEach(() => {
    stage.simulator.lanIpForm = 'url';
  });

  const find = (hubs: HubSnapshot[], id: string) => {
    const hub = hubs.find((candidate) => candidate.id === id);
    assert.ok(hub, `hub ${id} is listed`);
    return hub;
  };
  const lookAgain = async (msg: Record<string, unknown> = {}) =>
    (await stage.ask('authenticate', { trustHub: false, ...msg })).cozify.hubs;

  it('have the right names and addresses, though lan_ip lists them in another order', async () => {
    const { hubs } = (await stage.newLogin()).cozify;
    assert.equal(hubs.length, 2);
    for (const { id, name, host, version } of stage.simulator.hubs) {
      const { default: isDefault, reachable, role, ...hub } = find(hubs, id);
      assert.deepEqual(hub, { id, name, host, version, remote: false, autoremote: true });
      assert.equal(typeof isDefault, 'boolean');
      assert.deepEqual([reachable, role], [null, 'admin']);
    }
    const first = [...hubs].sort((a, b) => (a.id < b.id ? -1 : 1))[0];
    assert.deepEqual(
      hubs.filter((hub) => hub.default).map(({ id }) => id),
      [first?.id],
    );
  });

  for (const form of ['empty', 'null', 'error'] as const) {
    it(`are reached through the cloud when the LAN list is "${form}"`, async () => {
      stage.simulator.lanIpForm = form;
      const { output, cozify } = await stage.newLogin();
      assert.equal(output, 1);
      assert.deepEqual(
        cozify.hubs.map(({ host, remote }) => ({ host, remote })),
        cozify.hubs.map(() => ({ host: null, remote: true })),
      );
      assert.equal(cozify.hubs.length, 2);
    });
  }

  it('keep their transport with autoremote false', async () => {
    await stage.newLogin();
    stage.simulator.lanIpForm = 'empty';
    for (const remote of [false, true]) {
      const hubs = await lookAgain({ remote, autoremote: false });
      for (const hub of hubs) assert.deepEqual([hub.remote, hub.autoremote], [remote, false]);
    }
  });

  it('are found at their new address on the LAN', async () => {
    await stage.newLogin();
    const hub = stage.simulator.hubs[0];
    assert.ok(hub);
    await hub.move();
    assert.equal(find(await lookAgain(), hub.id).host, hub.host);
  });

  it('are matched by the id they report, not by their address', async () => {
    await stage.newLogin();
    const [one, two] = stage.simulator.hubs;
    assert.ok(one && two);
    // Each hub gets the old address of the other.
    const [portOne, portTwo] = [one.port, two.port];
    await one.move();
    await two.move(portOne);
    await one.move(portTwo);
    const hubs = await lookAgain();
    assert.equal(find(hubs, one.id).host, one.host);
    assert.equal(find(hubs, two.id).host, two.host);
  });

  it('do not fail a login when they do not answer', async () => {
    await stage.newAccount();
    await stage.ask('authenticate');
    stage.simulator.fault('hub', { reset: true });
    const answer = await stage.ask('authenticate', { otp: stage.code() });
    assert.equal(answer.output, 1);
    assert.equal(answer.cozify.hubs.length, 2);
    assert.ok(answer.cozify.hubs.every(({ host }) => host === null));
  });

  it('are added last, and removed after two complete lists without them', async () => {
    const { cozify } = await stage.newLogin();
    const ids = cozify.hubs.map(({ id }) => id);
    const events = () => stage.topics().filter((topic) => topic === 'hubs').length;
    const seen = events();
    const guest = await stage.simulator.addHub({ name: 'Vierasmaja' });
    const more = (await stage.ask('authenticate')).cozify.hubs;
    assert.deepEqual(
      more.map(({ id }) => id),
      [...ids, guest.id],
    );
    assert.equal(more.filter((hub) => hub.default).length, 1, 'one default hub');
    await stage.untilTopic('hubs', seen + 1);

    await stage.simulator.removeHub(guest.id);
    const once = (await stage.ask('authenticate')).cozify.hubs;
    assert.deepEqual(
      once.map(({ id }) => id),
      [...ids, guest.id],
      'one list may be wrong',
    );
    const twice = (await stage.ask('authenticate')).cozify.hubs;
    assert.deepEqual(
      twice.map(({ id }) => id),
      ids,
    );
  });

  it('have the name in their key until they report a name', async () => {
    const hub = await stage.simulator.addHub({ name: 'Sauna <b>100 %</b>', keyName: 'Vanha nimi' });
    try {
      stage.simulator.lanIpForm = 'empty';
      stage.simulator.fault('remote', { status: 400 });
      const first = await stage.newAccount().then(async () => {
        stage.simulator.fault('remote', { status: 400 });
        return stage.logIn();
      });
      assert.equal(find(first.cozify.hubs, hub.id).name, 'Vanha nimi');
      stage.simulator.clearFaults();
      stage.simulator.lanIpForm = 'url';
      assert.equal(find(await lookAgain(), hub.id).name, 'Sauna <b>100 %</b>');
    } finally {
      await stage.simulator.removeHub(hub.id);
    }
  });

  it('are never searched outside the LAN', async () => {
    await stage.newAccount();
    await stage.ask('authenticate');
    const addresses = ['8.8.8.8', 'http://hub.example:8893', 'localhost', 'http://user@127.0.0.1:8893/', '//evil'];
    stage.simulator.fault('lan_ip', { status: 200, body: JSON.stringify(addresses) });
    const answer = await stage.ask('authenticate', { otp: stage.code() });
    assert.equal(answer.output, 1);
    assert.ok(answer.cozify.hubs.every(({ host, remote }) => host === null && remote));
  });
});
