import assert from 'node:assert/strict';
import { accountNode, Stage } from './harness';

describe('codes are rationed', () => {
  let stage: Stage;
  const mailsTo = (email: string) => stage.simulator.mails.filter(({ to }) => to === email).length;
  const askInDialog = () => stage.nodeRed.admin('POST', `/cozify/accounts/${stage.accountId}/otp`, {});

  before(async () => {
    stage = await Stage.open();
  });
  after(() => stage.close());

  /** Asks for a code and uses it, three times: all that fifteen minutes have. */
  async function useUp(): Promise<void> {
    for (let times = 0; times < 3; times += 1) {
      assert.equal((await stage.ask('authenticate', { trustCloud: false })).output, 2);
      assert.equal((await stage.ask('authenticate', { otp: stage.code() })).output, 1);
    }
    assert.equal(mailsTo(stage.email), 3);
  }

  it('one mail a minute, however often one asks, by flow or dialog', async () => {
    await stage.newAccount();
    const startedAt = Date.now();
    const first = await stage.ask('authenticate');
    for (let times = 0; times < 3; times += 1) {
      const again = await stage.ask('authenticate');
      assert.deepEqual([again.output, again.cozify.otpSentAt], [2, first.cozify.otpSentAt]);
      const reply = await askInDialog();
      assert.equal(reply.status, 202);
      assert.equal((reply.body as { otpSentAt: string }).otpSentAt, first.cozify.otpSentAt);
    }
    const together = await stage.askMany('authenticate', 20);
    assert.ok(together.every(({ output }) => output === 2));
    await stage.nodeRed.restart('SIGKILL');
    assert.equal((await stage.ask('authenticate')).output, 2);
    await stage.ask('reset');
    assert.equal((await stage.ask('authenticate')).output, 2);
    // The restart alone may take a minute.
    assert.ok(mailsTo(stage.email) <= 1 + (Date.now() - startedAt) / 60_000, `${mailsTo(stage.email)} mails`);
  });

  it('one mail for 20 that ask at once', async () => {
    await stage.newAccount();
    const answers = await stage.askMany('authenticate', 20);
    assert.ok(answers.every(({ output }) => output === 2));
    assert.equal(mailsTo(stage.email), 1);
  });

  it('three in 15 minutes, for steps, dialog, after a reset and after a restart', async () => {
    await stage.newAccount();
    await useUp();
    const check = async () => {
      const answer = await stage.ask('authenticate', { trustCloud: false });
      stage.assertFailure(answer, 'COZIFY_RATE_LIMITED');
      const { retryAfter = 0 } = answer.cozify.error ?? {};
      assert.ok(Number.isInteger(retryAfter) && retryAfter > 0 && retryAfter <= 900, `retryAfter ${retryAfter}`);
      const reply = await askInDialog();
      assert.equal(reply.status, 429);
      assert.ok(Number(reply.headers['retry-after']) > 0);
    };
    await check();
    await stage.nodeRed.restart('SIGKILL');
    await check();
    await stage.ask('reset');
    await check();
    assert.equal(mailsTo(stage.email), 3);
  });

  it('three in 15 minutes for an address, by whichever account', async () => {
    await stage.newAccount();
    await useUp();
    const { email } = stage;
    const other = accountNode({ id: 'other-account', email, cloudUrl: stage.simulator.cloudUrl });
    await stage.deploy([...stage.flows, other]);
    const reply = await stage.nodeRed.admin('POST', '/cozify/accounts/other-account/otp', {});
    assert.equal(reply.status, 429);
    assert.equal(mailsTo(email), 3);
  });

  it('three in 15 minutes for an account, to whichever address', async () => {
    await stage.newAccount();
    await useUp();
    await stage.ask('set-email', { payload: 'fourth@example.fi' });
    stage.assertFailure(await stage.ask('authenticate', { trustCloud: false }), 'COZIFY_RATE_LIMITED');
    assert.equal(mailsTo('fourth@example.fi'), 0);
  });

  it('a request that got no 200 counts for nothing', async () => {
    await stage.newAccount();
    stage.simulator.fault('requestlogin', { status: 500, times: 4 });
    for (let times = 0; times < 4; times += 1) stage.assertFailure(await stage.ask('authenticate'), 'COZIFY_API');
    assert.equal((await stage.snapshot()).otpSentAt, null);
    assert.equal((await stage.ask('authenticate')).output, 2);
    assert.equal(mailsTo(stage.email), 1);
  });

  it('a code is dead after five refused tries, also across a restart', async () => {
    await stage.newAccount();
    await stage.ask('authenticate');
    for (let times = 0; times < 5; times += 1) {
      stage.assertFailure(await stage.ask('authenticate', { otp: `WRONG${times}` }), 'COZIFY_OTP_REJECTED');
    }
    assert.equal((await stage.snapshot()).state, 'otp-required');
    const asked = stage.simulator.count('emaillogin');
    stage.assertFailure(await stage.ask('authenticate', { otp: stage.code() }), 'COZIFY_OTP_REJECTED');
    await stage.nodeRed.restart('SIGKILL');
    stage.assertFailure(await stage.ask('authenticate', { otp: stage.code() }), 'COZIFY_OTP_REJECTED');
    assert.equal(stage.simulator.count('emaillogin'), asked, 'the cloud is not asked');
  });

  it('a try that got no verdict is not counted', async () => {
    await stage.newAccount();
    await stage.ask('authenticate');
    stage.simulator.fault('emaillogin', { status: 500, times: 6 });
    for (let times = 0; times < 6; times += 1) {
      stage.assertFailure(await stage.ask('authenticate', { otp: stage.code() }), 'COZIFY_API');
    }
    assert.equal((await stage.ask('authenticate', { otp: stage.code() })).output, 1);
  });

  it('works once', async () => {
    await stage.newLogin();
    stage.assertFailure(await stage.ask('authenticate', { otp: stage.code() }), 'COZIFY_OTP_REJECTED');
    assert.equal((await stage.ask('ping')).output, 1, 'and the login stays');
  });

  for (const status of [400, 401, 403, 404]) {
    it(`is refused when the cloud answers ${status}`, async () => {
      await stage.newAccount();
      await stage.ask('authenticate');
      stage.simulator.fault('emaillogin', { status });
      stage.assertFailure(await stage.ask('authenticate', { otp: stage.code() }), 'COZIFY_OTP_REJECTED');
    });
  }
});
