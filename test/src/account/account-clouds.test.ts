import assert from 'node:assert/strict';
import { DAY } from '../support/fake-clock.js';
import { failure, type AccountFixture, Stage } from '../support/stage.js';

const OTHER = 'https://testapi.cozify.example/ui/0.2';

describe('Account: change of the cloud address', () => {
  let stage: Stage;
  let fixture: AccountFixture;
  let token: string;

  beforeEach(async () => {
    ({ stage, fixture, token } = await Stage.withLogin());
    stage.cloud.reply('hubkeys', { body: '{"h1":"hub-key-1"}' });
    await fixture.account.authenticate({ trustHub: false });
    stage.cloud.requests.length = 0;
  });

  afterEach(() => stage.end());

  const sent = () => JSON.stringify(stage.cloud.requests.map(({ request }) => request));

  it('never sends the token or hub keys to another cloud, in steps or in the background', async () => {
    fixture = await stage.restart(fixture, { cloudUrl: OTHER });
    const { state, expiresAt, hubs } = fixture.account.snapshot();
    assert.deepEqual([state, expiresAt, hubs], ['otp-required', null, []]);
    assert.equal((await fixture.account.ping()).value, false);
    assert.equal((await fixture.account.refresh({ force: true })).value, false);
    await failure(fixture.account.token(), 'COZIFY_OTP_REQUIRED');
    await fixture.account.requestOtp();
    assert.equal((await fixture.account.authenticate()).value, false);
    await stage.clock.advance(2 * DAY);
    await fixture.account.reset({ logout: true });
    assert.ok(!sent().includes(token));
    assert.ok(!sent().includes('hub-key-1'));
    assert.ok(stage.cloud.requests.every(({ request }) => request.url.startsWith('https://testapi.cozify.example/')));
  });

  it('keeps one login for each cloud, and restores it when the address is changed back', async () => {
    fixture = await stage.restart(fixture, { cloudUrl: OTHER });
    await fixture.account.authenticate({ otp: 'P7BQ8E' });
    const second = (await fixture.account.token()).value;
    fixture = await stage.restart(fixture);
    assert.equal((await fixture.account.token()).value, token);
    assert.deepEqual(
      fixture.account.snapshot().hubs.map(({ id }) => id),
      ['h1'],
    );
    fixture = await stage.restart(fixture, { cloudUrl: OTHER });
    assert.equal((await fixture.account.token()).value, second);
  });

  it('keeps the login when only the path of the address changes', async () => {
    fixture = await stage.restart(fixture, { cloudUrl: 'https://cloud.example/ui/0.3' });
    assert.equal((await fixture.account.token()).value, token);
  });

  it('does not apply the Retry-After of the first cloud to the second', async () => {
    stage.cloud.reply('requestlogin', { status: 429, headers: { 'retry-after': '3600' } });
    await failure(fixture.account.requestOtp(), 'COZIFY_RATE_LIMITED');
    stage.cloud.reply('requestlogin', { body: 'null' });
    fixture = await stage.restart(fixture, { cloudUrl: OTHER });
    await fixture.account.requestOtp();
    assert.equal(fixture.account.snapshot().state, 'otp-sent');
  });

  it('emits no refresh-failed event for a renewal that fails at the previous cloud', async () => {
    stage.cloud.reply('refreshsession', { status: 500, delayMs: 1_500 });
    const refresh = failure(fixture.account.refresh({ force: true }), 'COZIFY_API');
    await stage.clock.advance(100);
    await stage.deploy(fixture, { cloudUrl: OTHER });
    await stage.clock.advance(DAY);
    await refresh;
    assert.ok(!fixture.topics.includes('refresh-failed'), fixture.topics.join());
  });
});
