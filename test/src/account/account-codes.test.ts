import assert from 'node:assert/strict';
import type { Simulator } from '../../simulator/index.js';
import { MINUTE, SECOND } from '../support/fake-clock.js';
import { EMAIL, failure, type Player, type SimulatedStage, Stage } from '../support/stage.js';

describe('account: codes are rationed', () => {
  let stage: SimulatedStage;
  let simulator: Simulator;
  let player: Player;

  beforeEach(async () => ({ stage, simulator, player } = await Stage.withAccount()));

  afterEach(() => stage.end());

  const send = () => player.account.authenticate();
  const guess = () => failure(player.account.authenticate({ otp: 'WRONG1' }), 'COZIFY_OTP_REJECTED');

  it('a second step within a minute gets the same answer, and nobody a second e-mail', async () => {
    await send();
    const { otpSentAt } = player.account.snapshot();
    await stage.clock.advance(59 * SECOND);
    assert.equal((await send()).value, false);
    player = await stage.restart(player);
    assert.equal((await player.account.requestOtp()).value, false);
    assert.equal(player.account.snapshot().otpSentAt, otpSentAt);
    assert.equal(simulator.mails.length, 1);
    await stage.clock.advance(2 * SECOND);
    await send();
    assert.equal(simulator.mails.length, 2);
  });

  it('many steps at once get one e-mail', async () => {
    await Promise.all(Array.from({ length: 50 }, send));
    assert.equal(simulator.mails.length, 1);
    assert.deepEqual(player.topics, ['otp-sent']);
  });

  it('after a login the next one goes out at once', async () => {
    await stage.logIn(player);
    await player.account.authenticate({ trustCloud: false });
    assert.equal(simulator.mails.length, 2);
  });

  it('a fourth within 15 minutes is refused with the time to wait, also after a restart and a reset', async () => {
    for (let code = 0; code < 3; code++) {
      await send();
      await stage.clock.advance(2 * MINUTE);
    }
    const before = player.account.snapshot();
    const error = await failure(send(), 'COZIFY_RATE_LIMITED');
    assert.equal(error.retryAfter, 9 * 60);
    assert.deepEqual(player.account.snapshot(), before);
    await player.account.reset();
    player = await stage.restart(player);
    await failure(send(), 'COZIFY_RATE_LIMITED');
    await player.account.email('maija@example.fi');
    await failure(send(), 'COZIFY_RATE_LIMITED');
    assert.equal(simulator.mails.length, 3);
    await stage.clock.advance(9 * MINUTE + SECOND);
    await send();
    assert.equal(simulator.mails.length, 4);
  });

  it('after five wrong tries the code stays dead when another address is set, until one is sent there', async () => {
    await send();
    for (let tries = 0; tries < 5; tries++) await guess();
    await player.account.email('maija@example.fi');
    const asked = simulator.count('emaillogin');
    await guess();
    assert.equal(simulator.count('emaillogin'), asked, 'nobody is asked');
    await send();
    const otp = simulator.latestCode('maija@example.fi');
    assert.equal((await player.account.authenticate({ otp })).value, true);
  });

  it('after five wrong tries a code is dead, even the right one, also after a restart', async () => {
    await send();
    const right = simulator.latestCode(EMAIL);
    for (let tries = 0; tries < 5; tries++) await guess();
    player = await stage.restart(player);
    await failure(player.account.authenticate({ otp: right }), 'COZIFY_OTP_REJECTED');
    assert.equal(simulator.count('emaillogin'), 5);
    await stage.clock.advance(MINUTE);
    await send();
    assert.equal((await player.account.authenticate({ otp: simulator.latestCode(EMAIL) })).value, true);
  });

  it('tries that got no verdict are not counted', async () => {
    await send();
    simulator.fault('emaillogin', { status: 503, times: 6 });
    for (let tries = 0; tries < 6; tries++) await failure(player.account.authenticate({ otp: 'WRONG1' }), 'COZIFY_API');
    assert.equal((await player.account.authenticate({ otp: simulator.latestCode(EMAIL) })).value, true);
  });

  it('a request that got no 200 counts for nothing and starts no wait', async () => {
    simulator.fault('requestlogin', { status: 500, times: 5 });
    for (let tries = 0; tries < 5; tries++) await failure(send(), 'COZIFY_API');
    assert.equal(player.account.snapshot().state, 'otp-required');
    assert.equal((await send()).value, false);
    assert.equal(simulator.mails.length, 1);
    assert.deepEqual(player.topics, ['otp-sent']);
  });

  describe('as people type them', () => {
    beforeEach(async () => {
      simulator.nextCode('P7BQ8E');
      await send();
    });

    const asked = () => simulator.count('emaillogin');

    for (const otp of ['P7BQ8E', 'P7B Q8E', 'p7bq8e', ' p7b\u00a0q8e\r\n', 'p7b Q8E', 'P7bq8e']) {
      it(`accepts ${JSON.stringify(otp)}`, async () => {
        assert.equal((await player.account.authenticate({ otp })).value, true);
        assert.equal(asked(), /[a-z]/.test(otp) ? 2 : 1);
      });
    }

    it('sends a rejected code without a lower-case letter once', async () => {
      for (const otp of ['WRONG1', '123456'])
        await failure(player.account.authenticate({ otp }), 'COZIFY_OTP_REJECTED');
      assert.equal(asked(), 2);
    });

    it('counts a wrong code in mixed case as one try', async () => {
      const wrong = () => failure(player.account.authenticate({ otp: 'wroNG1' }), 'COZIFY_OTP_REJECTED');
      for (let tries = 0; tries < 4; tries++) await wrong();
      assert.equal(player.account.snapshot().state, 'otp-sent');
      await wrong();
      assert.equal(player.account.snapshot().state, 'otp-required');
      assert.equal(asked(), 10);
      await wrong();
      assert.equal(asked(), 10, 'the code is dead');
    });

    it('is not tried again when there was no verdict', async () => {
      for (const fault of [{ status: 503 }, { status: 403, body: '<html>' }, { reset: true }]) {
        simulator.fault('emaillogin', { ...fault, times: 1 });
        const before = asked();
        await player.account.authenticate({ otp: 'p7bq8e' }).then(
          () => assert.fail('there was no verdict'),
          (error: unknown) => assert.notEqual((error as { code?: string }).code, 'COZIFY_OTP_REJECTED'),
        );
        assert.equal(asked(), before + 1);
      }
      assert.equal((await player.account.authenticate({ otp: 'p7bq8e' })).value, true);
    });

    it('does not count when only the second answer is no verdict', async () => {
      for (let tries = 0; tries < 6; tries++) {
        simulator.fault('emaillogin', { status: 403, times: 1 });
        simulator.fault('emaillogin', { status: 503, times: 1 });
        await failure(player.account.authenticate({ otp: 'p7bq8e' }), 'COZIFY_API');
      }
      assert.equal((await player.account.authenticate({ otp: 'p7bq8e' })).value, true);
    });
  });

  it('no code is ever asked for in the background', async () => {
    await stage.logIn(player);
    simulator.revokeAll();
    await player.account.ping();
    simulator.clearRequests();
    player = await stage.restart(player);
    await stage.clock.advance(3 * SECOND);
    assert.equal(simulator.count('requestlogin'), 0);
  });
});
