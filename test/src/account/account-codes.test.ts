import assert from 'node:assert/strict';
import type { Simulator } from '../../simulator/index.js';
import { MINUTE, SECOND } from '../support/fake-clock.js';
import { EMAIL, failure, type AccountFixture, type SimulatedStage, Stage } from '../support/stage.js';

describe('Account: login code limits', () => {
  let stage: SimulatedStage;
  let simulator: Simulator;
  let fixture: AccountFixture;

  beforeEach(async () => ({ stage, simulator, fixture } = await Stage.withAccount()));

  afterEach(() => stage.end());

  const send = () => fixture.account.authenticate();
  const guess = () => failure(fixture.account.authenticate({ otp: 'WRONG1' }), 'COZIFY_OTP_REJECTED');

  it('sends at most one e-mail a minute; a second step in that minute gets the same result, even after a restart', async () => {
    await send();
    const { otpSentAt } = fixture.account.snapshot();
    await stage.clock.advance(59 * SECOND);
    assert.equal((await send()).value, false);
    fixture = await stage.restart(fixture);
    assert.equal((await fixture.account.requestOtp()).value, false);
    assert.equal(fixture.account.snapshot().otpSentAt, otpSentAt);
    assert.equal(simulator.mails.length, 1);
    await stage.clock.advance(2 * SECOND);
    await send();
    assert.equal(simulator.mails.length, 2);
  });

  it('sends one e-mail for 50 concurrent steps', async () => {
    await Promise.all(Array.from({ length: 50 }, send));
    assert.equal(simulator.mails.length, 1);
    assert.deepEqual(fixture.topics, ['otp-sent']);
  });

  it('refuses a fourth code within 15 minutes and reports the seconds to wait, even after a restart and a reset', async () => {
    for (let code = 0; code < 3; code++) {
      await send();
      await stage.clock.advance(2 * MINUTE);
    }
    const before = fixture.account.snapshot();
    const error = await failure(send(), 'COZIFY_RATE_LIMITED');
    assert.equal(error.retryAfter, 9 * 60);
    assert.deepEqual(fixture.account.snapshot(), before);
    await fixture.account.reset();
    fixture = await stage.restart(fixture);
    await failure(send(), 'COZIFY_RATE_LIMITED');
    await fixture.account.email('maija@example.fi');
    await failure(send(), 'COZIFY_RATE_LIMITED');
    assert.equal(simulator.mails.length, 3);
    await stage.clock.advance(9 * MINUTE + SECOND);
    await send();
    assert.equal(simulator.mails.length, 4);
  });

  it('keeps a code blocked after 5 wrong tries when the e-mail address changes, until a new code is sent', async () => {
    await send();
    for (let tries = 0; tries < 5; tries++) await guess();
    await fixture.account.email('maija@example.fi');
    const asked = simulator.count('emaillogin');
    await guess();
    assert.equal(simulator.count('emaillogin'), asked, 'no call');
    await send();
    const otp = simulator.latestCode('maija@example.fi');
    assert.equal((await fixture.account.authenticate({ otp })).value, true);
  });

  it('blocks a code after 5 wrong tries, so that even the right code is refused after a restart', async () => {
    await send();
    const right = simulator.latestCode(EMAIL);
    for (let tries = 0; tries < 5; tries++) await guess();
    fixture = await stage.restart(fixture);
    await failure(fixture.account.authenticate({ otp: right }), 'COZIFY_OTP_REJECTED');
    assert.equal(simulator.count('emaillogin'), 5);
    await stage.clock.advance(MINUTE);
    await send();
    assert.equal((await fixture.account.authenticate({ otp: simulator.latestCode(EMAIL) })).value, true);
  });

  it('does not count tries that the cloud answers with 503', async () => {
    await send();
    simulator.fault('emaillogin', { status: 503, times: 6 });
    for (let tries = 0; tries < 6; tries++)
      await failure(fixture.account.authenticate({ otp: 'WRONG1' }), 'COZIFY_API');
    assert.equal((await fixture.account.authenticate({ otp: simulator.latestCode(EMAIL) })).value, true);
  });

  it('does not count code requests that fail, and retries them without a wait', async () => {
    simulator.fault('requestlogin', { status: 500, times: 5 });
    for (let tries = 0; tries < 5; tries++) await failure(send(), 'COZIFY_API');
    assert.equal(fixture.account.snapshot().state, 'otp-required');
    assert.equal((await send()).value, false);
    assert.equal(simulator.mails.length, 1);
    assert.deepEqual(fixture.topics, ['otp-sent']);
  });

  describe('codes as people type them', () => {
    beforeEach(async () => {
      simulator.nextCode('P7BQ8E');
      await send();
    });

    const asked = () => simulator.count('emaillogin');

    for (const otp of ['P7BQ8E', 'P7B Q8E', 'p7bq8e', ' p7b\u00a0q8e\r\n', 'p7b Q8E', 'P7bq8e']) {
      it(`logs in with ${JSON.stringify(otp)}`, async () => {
        assert.equal((await fixture.account.authenticate({ otp })).value, true);
        assert.equal(asked(), /[a-z]/.test(otp) ? 2 : 1);
      });
    }

    it('sends a rejected code only once if it has no lower-case letter', async () => {
      for (const otp of ['WRONG1', '123456'])
        await failure(fixture.account.authenticate({ otp }), 'COZIFY_OTP_REJECTED');
      assert.equal(asked(), 2);
    });

    it('counts a wrong code in mixed case as one try', async () => {
      const wrong = () => failure(fixture.account.authenticate({ otp: 'wroNG1' }), 'COZIFY_OTP_REJECTED');
      for (let tries = 0; tries < 4; tries++) await wrong();
      assert.equal(fixture.account.snapshot().state, 'otp-sent');
      await wrong();
      assert.equal(fixture.account.snapshot().state, 'otp-required');
      assert.equal(asked(), 10);
      await wrong();
      assert.equal(asked(), 10, 'the code is dead');
    });

    it('does not try the upper-case form when the cloud gave no verdict on the code', async () => {
      for (const fault of [{ status: 503 }, { status: 403, body: '<html>' }, { reset: true }]) {
        simulator.fault('emaillogin', { ...fault, times: 1 });
        const before = asked();
        await fixture.account.authenticate({ otp: 'p7bq8e' }).then(
          () => assert.fail('there was no verdict'),
          (error: unknown) => assert.notEqual((error as { code?: string }).code, 'COZIFY_OTP_REJECTED'),
        );
        assert.equal(asked(), before + 1);
      }
      assert.equal((await fixture.account.authenticate({ otp: 'p7bq8e' })).value, true);
    });

    it('counts no try when the upper-case form gets a 503', async () => {
      for (let tries = 0; tries < 6; tries++) {
        simulator.fault('emaillogin', { status: 403, times: 1 });
        simulator.fault('emaillogin', { status: 503, times: 1 });
        await failure(fixture.account.authenticate({ otp: 'p7bq8e' }), 'COZIFY_API');
      }
      assert.equal((await fixture.account.authenticate({ otp: 'p7bq8e' })).value, true);
    });
  });
});
