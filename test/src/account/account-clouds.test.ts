import assert from 'node:assert/strict';
import { DAY } from '../support/fake-clock.js';
import { failure, type Player, Stage } from '../support/stage.js';

const OTHER = 'https://testapi.cozify.example/ui/0.2';

describe('Account: change of the cloud address', () => {
  let stage: Stage;
  let player: Player;
  let token: string;

  beforeEach(async () => {
    ({ stage, player, token } = await Stage.withLogin());
    stage.cloud.reply('hubkeys', { body: '{"h1":"hub-key-1"}' });
    await player.account.authenticate({ trustHub: false });
    stage.cloud.requests.length = 0;
  });

  afterEach(() => stage.end());

  const sent = () => JSON.stringify(stage.cloud.requests.map(({ request }) => request));

  it('never sends the token or hub keys to another cloud, in steps or in the background', async () => {
    player = await stage.restart(player, { cloudUrl: OTHER });
    const { state, expiresAt, hubs } = player.account.snapshot();
    assert.deepEqual([state, expiresAt, hubs], ['otp-required', null, []]);
    assert.equal((await player.account.ping()).value, false);
    assert.equal((await player.account.refresh({ force: true })).value, false);
    await failure(player.account.token(), 'COZIFY_OTP_REQUIRED');
    assert.equal((await player.account.authenticate()).value, false);
    await stage.clock.advance(2 * DAY);
    assert.ok(!sent().includes(token));
    assert.ok(!sent().includes('hub-key-1'));
    assert.ok(stage.cloud.requests.every(({ request }) => request.url.startsWith('https://testapi.cozify.example/')));
  });

  it('keeps one login for each cloud, and restores it when the address is changed back', async () => {
    player = await stage.restart(player, { cloudUrl: OTHER });
    await player.account.authenticate({ otp: 'P7BQ8E' });
    const second = (await player.account.token()).value;
    player = await stage.restart(player);
    assert.equal((await player.account.token()).value, token);
    assert.deepEqual(
      player.account.snapshot().hubs.map(({ id }) => id),
      ['h1'],
    );
    player = await stage.restart(player, { cloudUrl: OTHER });
    assert.equal((await player.account.token()).value, second);
  });

  it('keeps the login when only the path of the address changes', async () => {
    player = await stage.restart(player, { cloudUrl: 'https://cloud.example/ui/0.3' });
    assert.equal((await player.account.token()).value, token);
  });

  it('does not apply the Retry-After of the first cloud to the second', async () => {
    stage.cloud.reply('requestlogin', { status: 429, headers: { 'retry-after': '3600' } });
    await failure(player.account.requestOtp(), 'COZIFY_RATE_LIMITED');
    stage.cloud.reply('requestlogin', { body: 'null' });
    player = await stage.restart(player, { cloudUrl: OTHER });
    await player.account.requestOtp();
    assert.equal(player.account.snapshot().state, 'otp-sent');
  });

  it('emits no refresh-failed event for a renewal that fails at the previous cloud', async () => {
    stage.cloud.reply('refreshsession', { status: 500, delayMs: 1_500 });
    const refresh = failure(player.account.refresh({ force: true }), 'COZIFY_API');
    await stage.clock.advance(100);
    await stage.deploy(player, { cloudUrl: OTHER });
    await stage.clock.advance(DAY);
    await refresh;
    assert.ok(!player.topics.includes('refresh-failed'), player.topics.join());
  });
});
