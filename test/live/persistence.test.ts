import assert from 'node:assert/strict';
import { readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { assertFailure, changed, sleep, Stage, TAB, until, without } from './harness';

const OTHER_TAB = { id: 'other-tab', type: 'tab', label: 'Other', disabled: false, info: '' };

/** What people do to their Node-RED after they have logged in. */
const UPHEAVALS: Record<string, (stage: Stage) => Promise<void>> = {
  'kill -9 right after the answer': (stage) => stage.nodeRed.restart('SIGKILL'),
  'a restart by SIGTERM': (stage) => stage.nodeRed.restart('SIGTERM'),
  'a full deploy': (stage) => stage.deploy(stage.flows, 'full'),
  'a deploy of modified flows': (stage) =>
    stage.deploy(changed(stage.flows, stage.accountId, { name: 'Renamed' }), 'flows'),
  'a deploy of modified nodes': (stage) =>
    stage.deploy(changed(stage.flows, stage.accountId, { name: 'Renamed' }), 'nodes'),
  'a deploy of modified nodes that are others': (stage) =>
    stage.deploy(changed(stage.flows, 'ping', { name: 'Renamed' }), 'nodes'),
  'a restart of the flows': (stage) => stage.deploy(stage.flows, 'reload'),
  'disabling and enabling the account': async (stage) => {
    const flows = stage.flows;
    await stage.deploy(changed(flows, stage.accountId, { d: true }));
    assertFailure(await stage.ask('ping'), 'COZIFY_NO_ACCOUNT');
    await stage.deploy(flows);
  },
  'disabling the account, a kill -9, and enabling it': async (stage) => {
    const flows = stage.flows;
    await stage.deploy(changed(flows, stage.accountId, { d: true }), 'nodes');
    await stage.nodeRed.restart('SIGKILL');
    await stage.deploy(flows, 'nodes');
  },
  'disabling and enabling the flow it is in': async (stage) => {
    const flows = changed(stage.flows, stage.accountId, { z: TAB });
    await stage.deploy(flows);
    await stage.deploy(changed(flows, TAB, { disabled: true }));
    await stage.deploy(flows);
  },
  'moving it into a flow and out again': async (stage) => {
    const flows = stage.flows;
    await stage.deploy(changed(flows, stage.accountId, { z: TAB }), 'nodes');
    await stage.deploy(flows, 'nodes');
  },
  'moving it out of a flow that is deleted by the same deploy': async (stage) => {
    const flows = stage.flows;
    await stage.deploy([OTHER_TAB, ...changed(flows, stage.accountId, { z: OTHER_TAB.id })]);
    await stage.deploy(flows, 'flows');
  },
  'a start without the cloud': async (stage) => {
    await stage.simulator.goOffline();
    await stage.nodeRed.restart('SIGKILL');
    assert.equal((await stage.snapshot()).state, 'authenticated');
    assertFailure(await stage.ask('ping'), 'COZIFY_UNREACHABLE');
    await stage.simulator.goOnline();
  },
};

/** What goes wrong now and then while one is logged in. */
const MISHAPS: Record<string, (stage: Stage) => Promise<void>> = {
  'a wrong code': async (stage) => {
    await stage.ask('authenticate', { trustCloud: false });
    assertFailure(await stage.ask('authenticate', { otp: 'WRONG1' }), 'COZIFY_OTP_REJECTED');
  },
  'an outage while asking for a code': async (stage) => {
    stage.simulator.fault('requestlogin', { status: 503 });
    assertFailure(await stage.ask('authenticate', { trustCloud: false }), 'COZIFY_API');
  },
  'an HTML page instead of a token at the login': async (stage) => {
    await stage.ask('authenticate', { trustCloud: false });
    stage.simulator.fault('emaillogin', { status: 200, body: '<html>Welcome to our Wi-Fi</html>' });
    assertFailure(await stage.ask('authenticate', { otp: stage.code() }), 'COZIFY_BAD_ANSWER');
  },
  'an HTML page instead of a token at the renewal': async (stage) => {
    stage.simulator.fault('refreshsession', { status: 200, body: '<html>Welcome to our Wi-Fi</html>' });
    assertFailure(await stage.ask('refresh', { force: true }), 'COZIFY_BAD_ANSWER');
  },
  'a 503 at the renewal': async (stage) => {
    stage.simulator.fault('refreshsession', { status: 503 });
    assertFailure(await stage.ask('refresh', { force: true }), 'COZIFY_API');
  },
};

describe('a login', () => {
  let stage: Stage;

  before(async function () {
    this.timeout(90_000);
    const contextStorage = { default: { module: 'memory' }, disk: { module: 'localfilesystem' } };
    stage = await Stage.open({ nodeRed: { settings: { contextStorage } } });
  });
  after(() => stage.close());

  for (const [name, upheaval] of Object.entries(UPHEAVALS)) {
    it(`survives ${name}`, async () => {
      await stage.newLogin();
      const mails = stage.simulator.mails.length;
      const token = (await stage.ask('token')).payload;
      const before = await stage.snapshot();
      await upheaval(stage);
      const answer = await stage.ask('ping');
      assert.equal(answer.output, 1, JSON.stringify(answer));
      assert.equal(answer.payload, true);
      assert.equal(answer.cozify.lastRefresh, before.lastRefresh);
      assert.equal(answer.cozify.email, stage.email);
      assert.deepEqual(answer.cozify.hubs, before.hubs);
      assert.equal((await stage.ask('token')).payload, token);
      assert.equal(stage.simulator.mails.length, mails, 'no new code');
    });
  }

  for (const [name, mishap] of Object.entries(MISHAPS)) {
    it(`is as before after ${name}, in memory and on disk`, async () => {
      await stage.newLogin();
      const before = await stage.snapshot();
      const token = (await stage.ask('token')).payload;
      await mishap(stage);
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

  it('survives a kill -9 while its code is on the way', async () => {
    await stage.newAccount();
    await stage.ask('authenticate');
    await stage.nodeRed.restart('SIGKILL');
    const { state, otpSentAt } = await stage.snapshot();
    assert.equal(state, 'otp-sent');
    assert.ok(otpSentAt);
    assert.equal((await stage.ask('authenticate', { otp: stage.code() })).output, 1);
  });

  it('is renewed durably: the new token is there after kill -9', async () => {
    await stage.newLogin();
    assert.equal((await stage.ask('refresh', { force: true })).cozify.refreshed, true);
    const token = (await stage.ask('token')).payload;
    await stage.nodeRed.restart('SIGKILL');
    assert.equal((await stage.ask('token')).payload, token);
  });

  it('survives kill -9 at any moment of one renewal after another', async () => {
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

  it('is not taken for none while it can not be read, and is back when it can', async () => {
    await stage.newLogin();
    const folder = stage.nodeRed.stateFile('').replace(/\/$/, '');
    await stage.nodeRed.stop();
    renameSync(folder, `${folder}-away`);
    writeFileSync(folder, 'in the way');
    await stage.nodeRed.launch();
    assertFailure(await stage.ask('ping'), 'COZIFY_STORE');
    assertFailure(await stage.ask('authenticate'), 'COZIFY_STORE');
    const seen = stage.topics().length;
    renameSync(folder, `${folder}-wrong`);
    renameSync(`${folder}-away`, folder);
    assert.equal((await stage.ask('ping')).output, 1);
    await until('the start event', () => stage.topics().slice(seen)[0] === 'authenticated');
  });

  it('stays forgotten after a reset and kill -9', async () => {
    await stage.newLogin();
    await stage.ask('reset');
    await stage.nodeRed.restart('SIGKILL');
    assert.equal((await stage.ask('ping')).output, 2);
    assert.equal((await stage.snapshot()).state, 'otp-required');
  });

  it('keeps an address set at run time', async () => {
    await stage.newLogin();
    await stage.ask('set-email', { payload: 'later@example.fi' });
    await stage.nodeRed.restart('SIGKILL');
    assert.equal((await stage.ask('email')).payload, 'later@example.fi');
    await stage.deploy(changed(stage.flows, stage.accountId, { credentials: { email: 'deployed@example.fi' } }));
    assert.equal((await stage.ask('email')).payload, 'deployed@example.fi', 'the one set last');
  });

  it('can be kept in a context store', async () => {
    await stage.newLogin({ store: 'disk' });
    await stage.nodeRed.restart('SIGTERM');
    assert.equal((await stage.ask('ping')).output, 1);
    assert.deepEqual(filesOf(stage), []);
  });

  it('lies in a private folder', async () => {
    await stage.newLogin();
    assert.equal(modeOf(stage.nodeRed.stateFile('')), 0o700);
    for (const file of ['key', ...filesOf(stage)]) assert.equal(modeOf(stage.nodeRed.stateFile(file)), 0o600, file);
  });

  for (const disabledFirst of [false, true]) {
    it(`goes with its account when that is deleted${disabledFirst ? ' while disabled' : ''}`, async () => {
      await stage.newLogin();
      assert.ok(filesOf(stage).length > 0);
      const flows = stage.flows;
      if (disabledFirst) await stage.deploy(changed(flows, stage.accountId, { d: true }));
      await stage.deploy(without(flows, stage.accountId), 'flows');
      await until('the files to be gone', () => filesOf(stage).length === 0);
      await stage.deploy(flows);
      assert.equal((await stage.ask('ping')).output, 2);
    });
  }
});

/** The files that belong to the account. */
function filesOf(stage: Stage): string[] {
  return readdirSync(stage.nodeRed.stateFile('')).filter((name) => new RegExp(`^${stage.accountId}\\b`).test(name));
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}
