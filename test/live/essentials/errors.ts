import assert from 'node:assert/strict';
import type { ErrorCode } from '../../../src/errors';
import { changed, NODE_RED_4, Stage, recorded, until, without, type Answer, type NodeRedVersion } from '../harness';

/** Error codes of the cloud and of Deploys, and a situation that causes each in a flow. */
const SITUATIONS: [ErrorCode, string, (stage: Stage) => Promise<Answer>][] = [
  [
    'COZIFY_UNREACHABLE',
    'the connection breaks',
    async (stage) => {
      await stage.newLogin();
      stage.simulator.fault('hubkeys', { reset: true });
      return stage.ask('ping', { payload: 'left alone' });
    },
  ],
  [
    'COZIFY_CLOSED',
    'the account is deleted while the step runs',
    async (stage) => {
      const { asked } = await pingInFlight(stage);
      await stage.deploy(without(stage.flows, stage.accountId), 'nodes');
      return asked;
    },
  ],
  [
    'COZIFY_CLOSED',
    'the account is moved to another cloud while the step runs',
    async (stage) => {
      const { asked } = await pingInFlight(stage);
      const cloudUrl = stage.simulator.cloudUrl.replace('127.0.0.1', 'localhost');
      await stage.deploy(changed(stage.flows, stage.accountId, { cloudUrl }), 'nodes');
      return asked;
    },
  ],
];

/** Logs in, and pings while the cloud does not answer. */
async function pingInFlight(stage: Stage): Promise<{ asked: Promise<Answer> }> {
  await stage.newLogin();
  const held = stage.simulator.hold('hubkeys');
  const asked = stage.ask('ping');
  await until('the ping', () => held.isAsked);
  return { asked };
}

export function errorTests(version: NodeRedVersion): void {
  describe('Error codes in flows', () => {
    const stage = Stage.forSuiteOnSharedNodeRed(version);

    // Node-RED versions differ in the Catch node. The situations need one version.
    const situations = SITUATIONS.filter(([code]) => version === NODE_RED_4 || code === 'COZIFY_UNREACHABLE');
    for (const [code, when, provoke] of situations) {
      it(`are ${code} when ${when}`, async () => {
        const from = stage.nodeRed.log.length;
        const answer = await provoke(stage);
        stage.assertFailure(answer, code);
        assert.equal(answer.cozify.refreshed, false);
        assert.equal(answer.cozify.id, stage.accountId, 'with the snapshot');
        const failures = () => recorded(stage.nodeRed, 'caught', from).filter((caught) => caught.code === code);
        // The line in the log may come after the answer.
        await until('the failure in the log', () => failures().length > 0);
        assert.equal(failures().length, 1, 'reported once');
        if ('payload' in answer) assert.equal(answer.payload, 'left alone');
      });
    }

    it('are COZIFY_NO_ACCOUNT without a snapshot if no account is chosen, or if it is deleted or disabled', async () => {
      await stage.newAccount({}, { orphan: { type: 'cozify-ping', account: '' } });
      const check = (answer: Answer) => {
        stage.assertFailure(answer, 'COZIFY_NO_ACCOUNT');
        assert.deepEqual(Object.keys(answer.cozify).sort(), ['error', 'operation', 'refreshed']);
      };
      check(await stage.ask('orphan'));
      check(await stage.ask('orphan', { otp: 'P7BQ8E' }));
      const flows = stage.flows;
      await stage.deploy(changed(flows, stage.accountId, { d: true }));
      check(await stage.ask('ping'));
      await stage.deploy(changed(flows, 'ping', { account: 'gone' }));
      check(await stage.ask('ping'));
    });
  });
}
