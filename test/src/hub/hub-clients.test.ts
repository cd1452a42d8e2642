import assert from 'node:assert/strict';
import { failure, settle } from '../support/stage.js';
import { HubStage } from './support/hub-stage.js';

describe('Account.hub', () => {
  let stage: HubStage;

  beforeEach(() => {
    stage = new HubStage();
  });
  afterEach(() => stage.end());

  const account = () => stage.fixture?.account ?? assert.fail('no account');

  it('returns the hub with an id, or the default hub without one', async () => {
    const { id } = stage.addOther();
    await stage.client();
    assert.equal((await account().hub(id)).id, id);
    assert.equal((await account().hub()).id, stage.hub.id);
    assert.equal(await account().hub(id), await account().hub(id), 'one client for each hub');
  });

  it('fails with COZIFY_NOT_FOUND for an unknown id, even if there is only one hub', async () => {
    await stage.client();
    await failure(account().hub('of another home'), 'COZIFY_NOT_FOUND');
    await failure(account().request('of another home', { method: 'GET', path: 'devices' }), 'COZIFY_NOT_FOUND');
  });

  it('names the known hubs in the error for an unknown id', async () => {
    stage.addOther();
    await stage.client();
    const { message } = await failure(account().hub('of another home'), 'COZIFY_NOT_FOUND');
    assert.match(message, /Koti \(hub-1\), Mökki \(hub-2\)/);
  });

  it('fails with COZIFY_OTP_REQUIRED without a login', async () => {
    stage.fixture = await stage.open({ isPassive: true });
    await failure(account().hub(), 'COZIFY_OTP_REQUIRED');
  });

  it('fails with COZIFY_NOT_FOUND if the login has no hubs', async () => {
    stage.saveLogin('a-token-of-nobody');
    stage.fixture = await stage.open({ isPassive: true });
    await failure(account().hub(), 'COZIFY_NOT_FOUND');
  });

  it('makes no request to a removed hub', async () => {
    const { id } = stage.addOther();
    await stage.client();
    const other = await account().hub(id);
    stage.other = undefined;
    await account().ping();
    await account().ping();
    await failure(other.request({ method: 'GET', path: '/devices' }), 'COZIFY_NOT_FOUND');
  });

  it('fails if the store cannot be read or the account is closed', async () => {
    stage.store.isAway = true;
    const fixture = stage.prepare({ isPassive: true });
    await failure(fixture.account.hub(), 'COZIFY_STORE');
    await stage.close(fixture);
    await failure(fixture.account.hub(), 'COZIFY_CLOSED');
  });

  it("shows the account's role in the snapshot", async () => {
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
    assert.deepEqual(stage.fixture?.topics, ['hubs'], 'an event for the change');
    assert.equal(account().snapshot().hubs[1]?.role, 'user');
  });
});
