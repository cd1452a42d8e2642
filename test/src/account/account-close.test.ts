import assert from 'node:assert/strict';
import { DAY, MINUTE, SECOND, settle } from '../support/fake-clock.js';
import { EMAIL, failure, type AccountFixture, Stage } from '../support/stage.js';
import { makeToken } from '../support/tokens.js';

const closed = (step: Promise<unknown>) => failure(step, 'COZIFY_CLOSED');

describe('Account: close', () => {
  let stage: Stage;
  let fixture: AccountFixture;
  let token: string;

  beforeEach(async () => ({ stage, fixture, token } = await Stage.withLogin()));

  afterEach(() => stage.end());

  it('cancels all timers and makes no call afterwards', async () => {
    assert.ok(stage.clock.timers > 0);
    await fixture.account.requestOtp();
    stage.store.isFull = true;
    await fixture.account.refresh({ force: true });
    await stage.close(fixture);
    assert.equal(stage.clock.timers, 0);
    await stage.clock.advance(2 * DAY);
    assert.deepEqual(stage.cloud.of('hubkeys').length, 0);
  });

  it('fails running and later steps with COZIFY_CLOSED', async () => {
    stage.cloud.reply('hubkeys', 'hang');
    const steps = [fixture.account.ping(), fixture.account.authenticate()];
    const ended = steps.map(closed);
    await settle();
    await stage.close(fixture);
    await Promise.all(ended);
    const { account } = fixture;
    for (const step of [account.ping(), account.token(), account.email(), account.readSnapshot()].map(closed))
      await step;
    await fixture.account.close();
    assert.deepEqual(fixture.topics, []);
  });

  it('waits up to 2 s for a refresh in flight', async () => {
    stage.cloud.reply('refreshsession', 'hang');
    void fixture.account.refresh({ force: true }).catch(() => undefined);
    await settle();
    let isClosed = false;
    const closing = fixture.account.close().then(() => (isClosed = true));
    await stage.clock.advance(1_999);
    assert.equal(isClosed, false);
    await stage.clock.advance(1);
    assert.equal(isClosed, true);
    await closing;
  });

  it('does not wait for a ping in flight', async () => {
    stage.cloud.reply('hubkeys', 'hang');
    void fixture.account.ping().catch(() => undefined);
    await settle();
    await fixture.account.close();
  });

  it('saves a refresh that is answered after 10 s, and uses its token when the account starts again', async () => {
    const renewed = makeToken(stage.clock.now());
    stage.cloud.reply('refreshsession', { body: renewed, delayMs: 10 * SECOND });
    void fixture.account.refresh({ force: true }).catch(() => undefined);
    await settle();
    void fixture.managed.stop();
    await stage.clock.advance(5 * SECOND);
    assert.equal(stage.stored.login?.token, token);
    await stage.clock.advance(10 * SECOND);
    assert.equal(stage.stored.login?.token, renewed);
    fixture.managed.start();
    assert.equal((await fixture.account.token()).value, renewed);
    assert.deepEqual(fixture.topics, []);
  });

  it('saves a login that is answered after the account was stopped and started', async () => {
    await fixture.account.reset();
    await fixture.account.requestOtp();
    const late = makeToken(stage.clock.now());
    stage.cloud.reply('emaillogin', { body: late, delayMs: 10 * SECOND });
    const login = closed(fixture.account.authenticate({ otp: 'P7BQ8E' }));
    await settle();
    await stage.switchOffAndOn(fixture);
    await stage.clock.advance(10 * SECOND);
    assert.match((await login).message, /If the code was right, the login is kept\.$/);
    assert.equal((await fixture.account.token()).value, late);
    assert.equal(fixture.account.snapshot().state, 'authenticated');
  });

  it('keeps a later reset when a refresh from before the restart is answered', async () => {
    stage.cloud.reply('refreshsession', { body: makeToken(stage.clock.now()), delayMs: 10 * SECOND });
    void fixture.account.refresh({ force: true }).catch(() => undefined);
    await settle();
    const successor = await stage.restart(fixture);
    await successor.account.reset();
    await stage.clock.advance(MINUTE);
    assert.equal(successor.account.snapshot().state, 'otp-required');
    assert.equal(stage.stored.login, null);
  });

  it('cancels steps that wait for a slow store: they send no request and save nothing', async () => {
    let free: () => void = () => undefined;
    await stage.close(fixture);
    const before = stage.store.text;
    stage.store.gate = new Promise((resolve) => (free = resolve));
    const late = stage.prepare();
    late.managed.start();
    const steps = [
      late.account.refresh({ force: true }),
      late.account.authenticate({ otp: 'P7BQ8E', email: EMAIL }),
      late.account.requestOtp(),
      late.account.reset(),
    ];
    const ended = steps.map(closed);
    const closing = late.account.close();
    await Promise.all(ended);
    free();
    await stage.clock.advance(5 * SECOND);
    await closing;
    assert.deepEqual(
      stage.cloud.requests.map(({ call }) => call),
      [],
    );
    assert.equal(stage.store.text, before);
  });

  it('cancels the hub discovery of a step', async () => {
    stage.cloud.reply('hubkeys', { body: '{"h1":"key-1"}' });
    stage.cloud.reply('lan_ip', { body: '["192.168.1.5"]' });
    stage.cloud.reply('lan', 'hang');
    const step = closed(fixture.account.authenticate({ trustHub: false }));
    await settle();
    await stage.close(fixture);
    await step;
    await stage.clock.advance(MINUTE);
    assert.equal(stage.clock.timers, 0);
    assert.deepEqual(stage.stored.hubs, []);
  });
});
