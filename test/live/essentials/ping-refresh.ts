import assert from 'node:assert/strict';
import { Stage, sleep, type NodeRedVersion } from '../harness';

export function pingAndRefreshTests(version: NodeRedVersion): void {
  describe('cozify-ping and cozify-refresh', () => {
    let stage: Stage;

    before(async () => {
      stage = await Stage.onSharedNodeRed(version);
    });
    after(() => stage.close());

    describe('ping', () => {
      it('returns false on output 2 without a token, and makes no request', async () => {
        await stage.newAccount();
        const requests = stage.simulator.requests.length;
        const answer = await stage.ask('ping');
        assert.equal(answer.output, 2);
        assert.equal(answer.payload, false);
        assert.equal(answer.cozify.state, 'otp-required');
        assert.equal(answer.cozify.operation, 'ping');
        assert.equal(answer.cozify.error, undefined, 'output 2 is no failure');
        assert.equal(stage.simulator.requests.length, requests);
      });

      it('returns true on output 1 with a valid token', async () => {
        await stage.newLogin();
        const answer = await stage.ask('ping');
        assert.equal(answer.output, 1);
        assert.equal(answer.payload, true);
        assert.equal(answer.cozify.refreshed, false);
      });

      it('returns false with a rejected token, and true when the cloud accepts it again', async () => {
        await stage.newLogin();
        stage.simulator.fault('hubkeys', { status: 401, times: 1 });
        const rejected = await stage.ask('ping');
        assert.equal(rejected.output, 2);
        assert.equal(rejected.cozify.state, 'otp-required');
        const accepted = await stage.ask('ping');
        assert.equal(accepted.output, 1);
        assert.equal(accepted.cozify.state, 'authenticated');
        await stage.untilTopic('authenticated', 2);
        assert.equal(stage.topics().at(-1), 'authenticated');
      });

      it('renews a due token, unless autorefresh is false', async () => {
        await stage.newLogin({}, { 'quiet-ping': { type: 'cozify-ping', autorefresh: false, expiry: '1s' } });
        await sleep(1100);
        assert.equal((await stage.ask('quiet-ping')).cozify.refreshed, false);
        assert.equal((await stage.ask('ping')).cozify.refreshed, false, 'a day has not passed');
        const answer = await stage.ask('quiet-ping', { autorefresh: true });
        assert.equal(answer.cozify.refreshed, true, 'the message overrides the node');
      });

      it('returns true when only the renewal fails', async () => {
        await stage.newLogin();
        await sleep(250);
        stage.simulator.fault('refreshsession', { status: 503 });
        const answer = await stage.ask('ping', { expiry: 0.2 });
        assert.equal(answer.output, 1);
        assert.equal(answer.payload, true);
        assert.equal(answer.cozify.refreshed, false);
        assert.equal(answer.cozify.state, 'authenticated');
      });
    });

    describe('refresh', () => {
      it('returns true without a request if the token is not due', async () => {
        await stage.newLogin();
        const before = stage.simulator.count('refreshsession');
        const answer = await stage.ask('refresh');
        assert.equal(answer.output, 1);
        assert.equal(answer.payload, true);
        assert.equal(answer.cozify.refreshed, false);
        assert.equal(stage.simulator.count('refreshsession'), before);
      });

      it('renews with force, by message or by property', async () => {
        const login = await stage.newLogin({}, { 'forced-refresh': { type: 'cozify-refresh', force: true } });
        const first = await stage.ask('refresh', { force: true });
        assert.equal(first.payload, true);
        assert.equal(first.cozify.refreshed, true);
        assert.ok((first.cozify.lastRefresh ?? '') > (login.cozify.lastRefresh ?? ''));
        assert.equal((await stage.ask('forced-refresh', { force: false })).cozify.refreshed, false);
        assert.equal((await stage.ask('forced-refresh')).cozify.refreshed, true);
      });

      it('reads an expiry in seconds or with a unit', async () => {
        await stage.newLogin();
        await sleep(1100);
        for (const expiry of ['', 3600, '90s', '15m', '12h', '20d', '2w']) {
          const answer = await stage.ask('refresh', { expiry });
          assert.deepEqual([answer.output, answer.cozify.refreshed], [1, false], `expiry ${expiry}`);
        }
        assert.equal((await stage.ask('refresh', { expiry: 1 })).cozify.refreshed, true);
        await sleep(1100);
        assert.equal((await stage.ask('refresh', { expiry: '1s' })).cozify.refreshed, true);
        await sleep(250);
        assert.equal((await stage.ask('refresh', { expiry: 0.2 })).cozify.refreshed, true);
      });

      it('returns false on output 2 without a token and with a rejected one', async () => {
        await stage.newAccount();
        assert.equal((await stage.ask('refresh')).output, 2);
        await stage.logIn();
        stage.simulator.revokeAll();
        const answer = await stage.ask('refresh', { force: true });
        assert.equal(answer.output, 2);
        assert.equal(answer.payload, false);
        assert.equal(answer.cozify.state, 'otp-required');
      });

      it('fails on an error of the cloud, and keeps the login', async () => {
        await stage.newLogin();
        stage.simulator.fault('refreshsession', { status: 500, times: 1 });
        const answer = await stage.ask('refresh', { force: true });
        stage.assertFailure(answer, 'COZIFY_API');
        assert.equal(answer.cozify.state, 'authenticated');
        assert.equal((await stage.ask('ping')).output, 1);
      });
    });
  });
}
