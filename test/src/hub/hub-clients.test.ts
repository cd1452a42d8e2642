import assert from 'node:assert/strict';
import { failure, settle } from '../support/stage.js';
import { HubStage } from './support/hub-stage.js';

describe("an account's hubs", () => {
  let stage: HubStage;

  beforeEach(() => {
    stage = new HubStage();
  });
  afterEach(() => stage.end());

  const account = () => stage.player?.account ?? assert.fail('no account');

  it('are asked for by id, the default one without', async () => {
    const { id } = stage.addOther();
    await stage.client();
    assert.equal((await account().hub(id)).id, id);
    assert.equal((await account().hub()).id, stage.hub.id);
    assert.equal(await account().hub(id), await account().hub(id), 'each has one client');
  });

  it('are no other for an id that nobody knows, also where there is only one', async () => {
    await stage.client();
    await failure(account().hub('of another home'), 'COZIFY_NOT_FOUND');
    await failure(account().request('of another home', { method: 'GET', path: 'devices' }), 'COZIFY_NOT_FOUND');
  });

  it('are named when there are several and none has that id', async () => {
    stage.addOther();
    await stage.client();
    const { message } = await failure(account().hub('of another home'), 'COZIFY_NOT_FOUND');
    assert.match(message, /Koti \(hub-1\), Mökki \(hub-2\)/);
  });

  it('are known after a login only', async () => {
    stage.player = await stage.open({ isResting: true });
    await failure(account().hub(), 'COZIFY_OTP_REQUIRED');
  });

  it('are none where the login has none', async () => {
    stage.saveLogin('a-token-of-nobody');
    stage.player = await stage.open({ isResting: true });
    await failure(account().hub(), 'COZIFY_NOT_FOUND');
  });

  it('that are gone are not asked', async () => {
    const { id } = stage.addOther();
    await stage.client();
    const other = await account().hub(id);
    stage.other = undefined;
    await account().ping();
    await account().ping();
    await failure(other.request({ method: 'GET', path: '/devices' }), 'COZIFY_NOT_FOUND');
  });

  it('are not to be had from a store that can not be read, nor from an account that is closed', async () => {
    stage.store.isAway = true;
    const player = stage.prepare({ isResting: true });
    await failure(player.account.hub(), 'COZIFY_STORE');
    await stage.close(player);
    await failure(player.account.hub(), 'COZIFY_CLOSED');
  });

  it('tell in the snapshot what the account may do there', async () => {
    stage.hub.role = 2;
    stage.hub.newKey('key 1');
    const other = stage.addOther();
    await stage.client({});
    assert.deepEqual(
      account()
        .snapshot()
        .hubs.map(({ role, reachable }) => [role, reachable]),
      [
        ['guest', null],
        ['admin', null],
      ],
    );
    other.role = 8;
    other.newKey('key 2');
    await account().ping();
    await settle();
    assert.deepEqual(stage.player?.topics, ['hubs'], 'a change is an event');
    assert.equal(account().snapshot().hubs[1]?.role, 'user');
  });
});
