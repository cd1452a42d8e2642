import assert from 'node:assert/strict';
import { changed, Stage, until } from './harness';

describe('Renewal', () => {
  // Makes Node-RED's timeout for closing nodes shorter than the deadline of a call. If a node waited for the call,
  // Node-RED would log an error.
  const stage = Stage.forSuite({ nodeRed: { settings: { extra: { nodeCloseTimeout: 12_000 } } } });

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
