import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { HubClient, HubRequest } from '../../../src/hub/hub-client.js';
import { cloudOf, withCloud } from '../../../src/state/account-record.js';
import { type SimulatedHub, type Simulator } from '../../simulator/index.js';
import { SECOND } from '../support/fake-clock.js';
import { FullServer } from '../support/full-server.js';
import { EMAIL, failure, type AccountFixture, type SimulatedStage, Stage } from '../support/stage.js';
import { READ } from './support/hub-stage.js';

describe('HubClient: real sockets', () => {
  let stage: SimulatedStage;
  let simulator: Simulator;
  let fixture: AccountFixture;
  let koti: SimulatedHub;
  let hub: HubClient;

  beforeEach(async () => {
    stage = await Stage.withSimulator({ hubs: [{ name: 'Koti' }] });
    ({ simulator } = stage);
    [koti] = simulator.hubs as [SimulatedHub];
    fixture = await stage.open();
    await stage.logIn(fixture);
    hub = await fixture.account.hub();
    koti.log.clear();
  });
  afterEach(() => stage.end());

  /** A request that switches a lamp on. */
  function lampOn(): HubRequest {
    const { id } = koti.home.device('Kattovalo');
    return { method: 'PUT', path: 'devices/command', body: JSON.stringify([{ id, type: 'CMD_DEVICE_ON' }]) };
  }

  const calls = () =>
    koti.log.of({ path: '/cc/' }).map(({ method, transport, status }) => `${transport} ${method} ${status}`);

  it('reads the home and switches a lamp on the LAN', async () => {
    const { status, body } = await hub.request(READ);
    assert.equal(status, 200);
    assert.ok(Object.keys(JSON.parse(body) as object).length >= 40);
    assert.equal((await hub.request(lampOn())).status, 200);
    assert.deepEqual(calls(), ['lan GET 200', 'lan PUT 200']);
    assert.equal(koti.log.commands.length, 1);
  });

  it('switches a lamp through the cloud when the host accepts no connection', async () => {
    await stage.close(fixture);
    const full = await FullServer.start();
    try {
      const { origin } = new URL(stage.cloudUrl);
      const record = stage.store.content ?? assert.fail('nothing was saved');
      const cloud = cloudOf(record, origin);
      const { host } = new URL(full.url);
      stage.store.put(withCloud(record, { ...cloud, hubs: cloud.hubs.map((known) => ({ ...known, host })) }));
      fixture = await stage.open({ isPassive: true });
      hub = await fixture.account.hub();
      assert.equal((await hub.request(lampOn())).status, 200);
      assert.deepEqual(calls(), ['cloud PUT 200']);
    } finally {
      await full.stop();
    }
  });

  it('sends one change at a time', async () => {
    await Promise.all(Array.from({ length: 20 }, () => hub.request(lampOn())));
    assert.deepEqual([koti.log.count({ method: 'PUT' }), koti.log.mostAtOnce('PUT')], [20, 1]);
  });

  it('accepts a response of 32 MiB, but no larger one', async () => {
    const MIB = 1024 * 1024;
    simulator.fault('hub', { path: '/devices', body: 'a'.repeat(32 * MIB), times: 1 });
    assert.equal((await hub.request(READ)).body.length, 32 * MIB);
    simulator.fault('hub', { path: '/devices', body: 'a'.repeat(32 * MIB + 1), times: 1 });
    await failure(hub.request(READ), 'COZIFY_BAD_ANSWER');
  });

  it('keeps the key and the token out of errors, log and diagnostics', async () => {
    const key = koti.key(EMAIL);
    const { value: token } = await fixture.account.token();
    const errors: unknown[] = [];
    const note = () => hub.request(READ).catch((error: unknown) => void errors.push(error));
    simulator.fault('hub', { reset: true });
    simulator.fault('remote', { status: 408 });
    await note();
    simulator.clearFaults();
    koti.revokeKeys();
    await note();
    simulator.fault('hubkeys', { status: 401 });
    simulator.revokeAll();
    await stage.clock.advance(60 * SECOND);
    await note();
    assert.deepEqual(
      errors.map((error) => (error as { code: string }).code),
      ['COZIFY_HUB_OFFLINE', 'COZIFY_FORBIDDEN', 'COZIFY_OTP_REQUIRED'],
    );
    const text = inspect([errors, stage.log.all, fixture.account.diagnose()], { depth: 9, showHidden: true });
    assert.ok(!text.includes(key) && !text.includes(token));
  });
});
