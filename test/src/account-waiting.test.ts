import assert from 'node:assert/strict';
import { HOUR } from './support/fake-clock.js';
import { EMAIL, Stage } from './support/stage.js';
import { makeToken } from './support/tokens.js';

describe('account: a login that waits', () => {
  it('does nothing by itself, and is taken up by the account it was made for', async () => {
    const stage = new Stage();
    const waiting = await stage.open({ isResting: true, email: undefined });
    await waiting.account.requestOtp(EMAIL);
    await waiting.account.authenticate({ otp: 'P7BQ8E', email: EMAIL });
    await stage.clock.advance(3 * HOUR);
    assert.deepEqual(stage.cloud.of('refreshsession'), []);
    const { record } = waiting.account;
    await stage.close(waiting);
    assert.equal(stage.clock.timers, 0);

    let isDropped = false;
    stage.store.text = undefined;
    const drop = () => Promise.resolve(void (isDropped = true));
    const deployed = await stage.open({ waiting: { read: () => Promise.resolve(record), drop } });
    assert.equal(deployed.account.snapshot().state, 'authenticated');
    assert.equal(isDropped, true);
    assert.equal(stage.stored.login?.token, record.clouds[0]?.login?.token);
    await stage.end();
  });

  it('is kept when it can not be saved, and no harm when it can not be read', async () => {
    const stage = new Stage();
    let isDropped = false;
    const drop = () => Promise.resolve(void (isDropped = true));
    const away = { read: () => Promise.reject(new Error('away')), drop };
    const player = await stage.open({ waiting: away });
    assert.equal(player.account.snapshot().state, 'otp-required');
    const { record } = player.account;
    await stage.close(player);
    const origin = new URL(stage.cloudUrl).origin;
    const login = { token: makeToken(stage.clock.now()), lastRefresh: stage.clock.now(), isRejected: false };
    const clouds = [{ origin, login, revision: 1, otp: null, hubs: [], defaultHub: null }];
    stage.store.isFull = true;
    const full = await stage.open({ waiting: { read: () => Promise.resolve({ ...record, clouds }), drop } });
    assert.deepEqual([full.account.snapshot().state, full.account.snapshot().saved], ['authenticated', false]);
    assert.equal(isDropped, false);
    await stage.end();
  });

  it('with only a code on its way hands that on', async () => {
    const stage = new Stage();
    const waiting = await stage.open({ isResting: true });
    await waiting.account.requestOtp();
    const { record } = waiting.account;
    await stage.close(waiting);
    stage.store.text = undefined;
    const read = () => Promise.resolve(record);
    const deployed = await stage.open({ waiting: { read, drop: () => Promise.resolve() } });
    assert.equal(deployed.account.snapshot().state, 'otp-sent');
    await stage.end();
  });
});
