import assert from 'node:assert/strict';
import { Stage, sleep, until } from './harness';

const SECOND = { expiry: '1', expiryUnit: 'seconds' };
const DAY_MS = 86_400_000;

describe('renewal', () => {
  let stage: Stage;
  const refreshes = () => stage.simulator.count('refreshsession');

  before(async () => {
    stage = await Stage.open();
  });
  after(() => stage.close());

  it('answers 300 forced refreshes at once by one request', async () => {
    await stage.newLogin();
    stage.simulator.fault('refreshsession', { delayMs: 500 });
    const before = refreshes();
    const answers = await stage.askMany('refresh', 300, { force: true });
    assert.equal(answers.length, 300);
    for (const { output, payload, cozify } of answers) {
      assert.deepEqual([output, payload, cozify.refreshed], [1, true, true]);
    }
    assert.equal(refreshes(), before + 1);
    assert.equal((await stage.ask('ping')).output, 1);
  });

  it('happens about every second with an expiry of a second, also after 20 deploys', async () => {
    await stage.newLogin(SECOND);
    const inFiveSeconds = async () => {
      const before = refreshes();
      await sleep(5000);
      return refreshes() - before;
    };
    const first = await inFiveSeconds();
    assert.ok(first >= 3 && first <= 6, `${first} refreshes in 5 s`);
    for (let times = 0; times < 20; times += 1) await stage.deploy(stage.flows);
    const second = await inFiveSeconds();
    assert.ok(second >= 3 && second <= 6, `${second} refreshes in 5 s after 20 deploys`);
  });

  it('does not loop with an expiry longer than the token lives', async () => {
    const before = refreshes();
    const { cozify } = await stage.newLogin({ expiry: '30', expiryUnit: 'days' });
    const aheadMs = Date.parse(cozify.nextRefresh ?? '') - Date.now();
    assert.ok(aheadMs > 20 * DAY_MS && aheadMs < 28 * DAY_MS, `next in ${aheadMs / DAY_MS} days`);
    await sleep(3000);
    assert.equal((await stage.ask('refresh')).cozify.refreshed, false);
    assert.equal(refreshes(), before);
  });

  it('is left to the steps with autorefresh off', async () => {
    const { cozify } = await stage.newLogin({ ...SECOND, autorefresh: false });
    assert.equal(cozify.nextRefresh, null);
    const before = refreshes();
    await sleep(2500);
    assert.equal(refreshes(), before);
    assert.equal((await stage.ask('refresh')).cozify.refreshed, true);
  });

  it('tells of the first failure, of the recovery and of the renewal, in that order', async () => {
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
    await stage.untilTopic('recovered');
    await sleep(300);
    assert.deepEqual(stage.topics().slice(failedAt, failedAt + 3), ['refresh-failed', 'recovered', 'refreshed']);
    const recovered = stage.events().find(({ topic }) => topic === 'recovered');
    assert.equal(recovered?.payload.reachable, true);
  });

  it('comes by itself when the last refresh is unknown', async () => {
    await stage.newAccount({ expiry: '2', expiryUnit: 'seconds' });
    const answer = await stage.ask('set-token', { payload: stage.simulator.issueToken(stage.email) });
    assert.equal(answer.cozify.lastRefresh, null);
    await stage.untilTopic('refreshed');
    assert.ok((await stage.snapshot()).lastRefresh);
  });

  it('loses to a reset that comes while it runs', async () => {
    await stage.newLogin();
    stage.simulator.fault('refreshsession', { after: true, delayMs: 1000 });
    const refreshing = stage.ask('refresh', { force: true });
    await sleep(200);
    assert.equal((await stage.ask('reset')).payload, true);
    const answer = await refreshing;
    assert.deepEqual([answer.output, answer.payload], [2, false]);
    stage.assertFailure(await stage.ask('token'), 'COZIFY_OTP_REQUIRED');
  });

  it('loses to a login that comes while it runs', async () => {
    await stage.newLogin();
    await stage.ask('authenticate', { trustCloud: false });
    stage.simulator.fault('refreshsession', { after: true, delayMs: 1500 });
    const refreshing = stage.ask('refresh', { force: true });
    await sleep(200);
    assert.equal((await stage.ask('authenticate', { otp: stage.code() })).output, 1);
    const token = (await stage.ask('token')).payload;
    assert.equal((await refreshing).output, 1);
    assert.equal((await stage.ask('token')).payload, token);
  });

  it('that is on its way when Node-RED stops is saved, when the old token dies with it', async () => {
    await stage.newLogin();
    stage.simulator.graceRequests = 0;
    stage.simulator.fault('refreshsession', { after: true, delayMs: 1000 });
    void stage.ask('refresh', { force: true }).catch(() => undefined);
    await sleep(300);
    await stage.nodeRed.restart('SIGTERM');
    stage.simulator.graceRequests = 10_000;
    assert.equal((await stage.ask('ping')).output, 1);
  });

  it('that hangs keeps neither Node-RED from stopping nor a deploy from being done', async () => {
    await stage.newLogin();
    stage.simulator.fault('refreshsession', { hang: true });
    void stage.ask('refresh', { force: true }).catch(() => undefined);
    await sleep(200);
    const started = Date.now();
    await stage.deploy(stage.flows);
    assert.ok(Date.now() - started < 4000, `the deploy took ${Date.now() - started} ms`);
    void stage.ask('refresh', { force: true }).catch(() => undefined);
    await sleep(200);
    const stoppedInMs = await stage.nodeRed.stop();
    assert.ok(stoppedInMs < 4000, `stopping took ${stoppedInMs} ms`);
    stage.simulator.clearFaults();
    await stage.nodeRed.launch();
    assert.equal((await stage.ask('ping')).output, 1);
  });
});
