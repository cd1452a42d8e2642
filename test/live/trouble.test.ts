import assert from 'node:assert/strict';
import { renameSync, statSync, writeFileSync } from 'node:fs';
import { sleep, Stage, until } from './harness';

/** Failures that happen to a logged-in account. */
const FAILURES: Record<string, (stage: Stage) => Promise<void>> = {
  'a wrong code': async (stage) => {
    await stage.ask('authenticate', { trustCloud: false });
    stage.assertFailure(await stage.ask('authenticate', { otp: 'WRONG1' }), 'COZIFY_OTP_REJECTED');
  },
  'an outage while asking for a code': async (stage) => {
    stage.simulator.fault('requestlogin', { status: 503 });
    stage.assertFailure(await stage.ask('authenticate', { trustCloud: false }), 'COZIFY_API');
  },
  'an HTML page instead of a token at the login': async (stage) => {
    await stage.ask('authenticate', { trustCloud: false });
    stage.simulator.fault('emaillogin', { status: 200, body: '<html>Welcome to our Wi-Fi</html>' });
    stage.assertFailure(await stage.ask('authenticate', { otp: stage.code() }), 'COZIFY_BAD_ANSWER');
  },
  'an HTML page instead of a token at the renewal': async (stage) => {
    stage.simulator.fault('refreshsession', { status: 200, body: '<html>Welcome to our Wi-Fi</html>' });
    stage.assertFailure(await stage.ask('refresh', { force: true }), 'COZIFY_BAD_ANSWER');
  },
  'a 503 at the renewal': async (stage) => {
    stage.simulator.fault('refreshsession', { status: 503 });
    stage.assertFailure(await stage.ask('refresh', { force: true }), 'COZIFY_API');
  },
};

describe('A login in trouble', () => {
  let stage: Stage;

  before(async () => {
    stage = await Stage.open();
  });
  after(() => stage.close());

  for (const [name, fail] of Object.entries(FAILURES)) {
    it(`is unchanged after ${name}, in memory and on disk`, async () => {
      await stage.newLogin();
      const before = await stage.snapshot();
      const token = (await stage.ask('token')).payload;
      await fail(stage);
      stage.simulator.clearFaults();
      for (const restart of [false, true]) {
        if (restart) await stage.nodeRed.restart('SIGKILL');
        const { state, email, lastRefresh, hubs } = await stage.snapshot();
        assert.deepEqual([state, email, lastRefresh], [before.state, before.email, before.lastRefresh]);
        assert.deepEqual(hubs, before.hubs);
        assert.equal((await stage.ask('token')).payload, token);
        assert.equal((await stage.ask('ping')).output, 1);
      }
    });
  }

  it('survives a kill -9 at any moment of repeated renewals', async () => {
    await stage.newLogin();
    for (const killAfterMs of [30, 60, 90, 120, 150]) {
      let isKilled = false;
      const storm = (async () => {
        while (!isKilled) await stage.ask('refresh', { force: true }).catch(() => undefined);
      })();
      await sleep(killAfterMs);
      await stage.nodeRed.kill();
      isKilled = true;
      await storm;
      await stage.nodeRed.launch();
      assert.equal((await stage.ask('ping')).output, 1);
    }
  });

  it('is not lost while its file can not be read', async () => {
    await stage.newLogin();
    const folder = stage.nodeRed.stateFile('').replace(/\/$/, '');
    await stage.nodeRed.stop();
    renameSync(folder, `${folder}-away`);
    writeFileSync(folder, 'in the way');
    await stage.nodeRed.launch();
    stage.assertFailure(await stage.ask('ping'), 'COZIFY_STORE');
    stage.assertFailure(await stage.ask('authenticate'), 'COZIFY_STORE');
    const seen = stage.topics().length;
    renameSync(folder, `${folder}-wrong`);
    renameSync(`${folder}-away`, folder);
    assert.equal((await stage.ask('ping')).output, 1);
    await until('the start event', () => stage.topics().slice(seen)[0] === 'authenticated');
  });

  it('is saved in a private folder', async () => {
    await stage.newLogin();
    assert.equal(modeOf(stage.nodeRed.stateFile('')), 0o700);
    for (const file of ['key', ...stage.stateFiles()]) assert.equal(modeOf(stage.nodeRed.stateFile(file)), 0o600, file);
  });
});

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}
