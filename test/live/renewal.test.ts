import assert from 'node:assert/strict';
import { changed, Stage, sleep, until } from './harness';

const SECOND = { expiry: '1', expiryUnit: 'seconds' };
const DAY_MS = 86_400_000;

describe('Renewal', () => {
  let stage: Stage;
  const refreshes = () => stage.simulator.count('refreshsession');

  before(async () => {
    // The timeout of a closing node is shorter than the deadline of a call. Node-RED logs an error for a node that
    // waits longer than the timeout.
    stage = await Stage.open({ nodeRed: { settings: { extra: { nodeCloseTimeout: 12_000 } } } });
  });
  after(() => stage.close());

  it('is one request for 300 forced refreshes at once', async () => {
    await stage.newLogin();
    const held = stage.simulator.hold('refreshsession');
    const before = refreshes();
    const asked = stage.askMany('refresh', 300, { force: true });
    await until('the request', () => held.isAsked);
    // The answer to this later message shows that all messages have reached their node. Then release the held request.
    await stage.ask('email');
    held.release();
    const answers = await asked;
    assert.equal(answers.length, 300);
    for (const { output, payload, cozify } of answers) {
      assert.deepEqual([output, payload, cozify.refreshed], [1, true, true]);
    }
    assert.equal(refreshes(), before + 1);
    assert.equal((await stage.ask('ping')).output, 1);
  });

  it('is repeated each second with an expiry of a second, not more often after 20 Deploys', async () => {
    await stage.newLogin(SECOND);
    /** Returns the seconds that five renewals take, measured from the renewal before them. */
    const secondsForFive = async () => {
      const before = refreshes();
      await until('a renewal', () => refreshes() > before);
      const [first, startedAt] = [refreshes(), performance.now()];
      await until('five renewals', () => refreshes() >= first + 5);
      return (performance.now() - startedAt) / 1000;
    };
    const first = await secondsForFive();
    for (let times = 0; times < 20; times += 1) await stage.deploy(stage.flows);
    // A busy machine makes the time longer, not shorter.
    for (const seconds of [first, await secondsForFive()]) assert.ok(seconds > 3, `five renewals in ${seconds} s`);
  });

  it("is not repeated with an expiry longer than the token's life", async () => {
    const before = refreshes();
    const { cozify } = await stage.newLogin({ expiry: '30', expiryUnit: 'days' });
    const aheadMs = Date.parse(cozify.nextRefresh ?? '') - Date.now();
    assert.ok(aheadMs > 20 * DAY_MS && aheadMs < 28 * DAY_MS, `next in ${aheadMs / DAY_MS} days`);
    await sleep(3000);
    assert.equal((await stage.ask('refresh')).cozify.refreshed, false);
    assert.equal(refreshes(), before);
  });

  it('is made by steps only with autorefresh off', async () => {
    const { cozify } = await stage.newLogin({ ...SECOND, autorefresh: false });
    assert.equal(cozify.nextRefresh, null);
    const before = refreshes();
    await sleep(2500);
    assert.equal(refreshes(), before);
    assert.equal((await stage.ask('refresh')).cozify.refreshed, true);
  });

  it('emits refresh-failed once, then recovered and refreshed', async () => {
    await stage.newLogin(SECOND);
    stage.simulator.fault('refreshsession', { reset: true });
    await stage.untilTopic('refresh-failed');
    const failed = stage.events().find(({ topic }) => topic === 'refresh-failed');
    assert.equal(failed?.payload.state, 'authenticated');
    assert.equal(failed?.payload.reachable, false);
    const failures = refreshes();
    await until('another failure', () => refreshes() > failures);
    stage.simulator.clearFaults();
    const failedAt = stage.topics().indexOf('refresh-failed');
    await until('the renewal', () => stage.topics().length >= failedAt + 3);
    assert.deepEqual(stage.topics().slice(failedAt, failedAt + 3), ['refresh-failed', 'recovered', 'refreshed']);
    const recovered = stage.events().find(({ topic }) => topic === 'recovered');
    assert.equal(recovered?.payload.reachable, true);
  });

  it('is made in the background when the last refresh is unknown', async () => {
    await stage.newAccount({ expiry: '2', expiryUnit: 'seconds' });
    const answer = await stage.ask('set-token', { payload: stage.simulator.issueToken(stage.email) });
    assert.equal(answer.cozify.lastRefresh, null);
    await stage.untilTopic('refreshed');
    assert.ok((await stage.snapshot()).lastRefresh);
  });

  it('is dropped when a reset comes during it', async () => {
    await stage.newLogin();
    const held = stage.simulator.hold('refreshsession', { after: true });
    const refreshing = stage.ask('refresh', { force: true });
    await until('the request', () => held.isAsked);
    assert.equal((await stage.ask('reset')).payload, true);
    held.release();
    const answer = await refreshing;
    assert.deepEqual([answer.output, answer.payload], [2, false]);
    stage.assertFailure(await stage.ask('token'), 'COZIFY_OTP_REQUIRED');
  });

  it('is dropped when a login comes during it', async () => {
    await stage.newLogin();
    await stage.ask('authenticate', { trustCloud: false });
    const held = stage.simulator.hold('refreshsession', { after: true });
    const refreshing = stage.ask('refresh', { force: true });
    await until('the request', () => held.isAsked);
    assert.equal((await stage.ask('authenticate', { otp: stage.code() })).output, 1);
    const token = (await stage.ask('token')).payload;
    held.release();
    assert.equal((await refreshing).output, 1);
    assert.equal((await stage.ask('token')).payload, token);
  });

  it('is saved when Node-RED stops during it', async () => {
    await stage.newLogin();
    stage.simulator.graceRequests = 0;
    const held = stage.simulator.hold('refreshsession', { after: true });
    void stage.ask('refresh', { force: true }).catch(() => undefined);
    await until('the request', () => held.isAsked);
    const restarting = stage.nodeRed.restart('SIGTERM');
    held.release();
    await restarting;
    stage.simulator.graceRequests = 100;
    assert.equal((await stage.ask('ping')).output, 1);
  });

  it('does not delay a stop of Node-RED or a Deploy when it hangs', async () => {
    await stage.newLogin();
    const refreshThatHangs = async () => {
      const held = stage.simulator.hold('refreshsession');
      const asked = stage.ask('refresh', { force: true });
      await until('the request', () => held.isAsked);
      return { asked, answer: () => held.release() };
    };
    const { asked, answer } = await refreshThatHangs();
    await stage.deploy(changed(stage.flows, stage.accountId, { name: 'Renamed' }), 'nodes');
    answer();
    const { cozify } = await asked;
    assert.deepEqual([cozify.refreshed, cozify.account], [true, 'Renamed'], 'the step continues over the Deploy');
    const { asked: askedAgain } = await refreshThatHangs();
    await Promise.all([stage.nodeRed.restart(), askedAgain.catch(() => undefined)]);
    assert.doesNotMatch(stage.log(), /Error stopping/);
    assert.equal((await stage.ask('ping')).output, 1);
  });
});
