import assert from 'node:assert/strict';
import type { ErrorCode } from '../../../src/errors';
import { changed, NODE_RED_4, Stage, recorded, until, type Answer, type NodeRedVersion } from '../harness';

export function errorTests(version: NodeRedVersion): void {
  describe('Error codes in flows', () => {
    const stage = Stage.forSuiteOnSharedNodeRed(version);

    /** Asserts that a step fails with this code and the snapshot, and that Catch nodes receive the failure once. */
    async function assertFails(code: ErrorCode, step: () => Promise<Answer>): Promise<void> {
      const from = stage.nodeRed.log.length;
      const answer = await step();
      stage.assertFailure(answer, code);
      assert.equal(answer.cozify.refreshed, false);
      assert.equal(answer.cozify.id, stage.accountId, 'with the snapshot');
      assert.equal(answer.payload, 'left alone');
      const failures = () => recorded(stage.nodeRed, 'caught', from).filter((caught) => caught.code === code);
      // The line in the log may come after the answer.
      await until('the failure in the log', () => failures().length > 0);
      assert.equal(failures().length, 1, 'reported once');
    }

    it('are COZIFY_UNREACHABLE when the connection breaks', async () => {
      await stage.newLogin();
      stage.simulator.fault('hubkeys', { reset: true });
      await assertFails('COZIFY_UNREACHABLE', () => stage.ask('ping', { payload: 'left alone' }));
    });

    // Node-RED versions differ in the Catch node, and one test covers that.
    if (version !== NODE_RED_4) return;

    it('are COZIFY_CLOSED when the account is moved to another cloud while the step runs', async () => {
      await stage.newLogin();
      const held = stage.simulator.hold('hubkeys');
      const cloudUrl = stage.simulator.cloudUrl.replace('127.0.0.1', 'localhost');
      await assertFails('COZIFY_CLOSED', async () => {
        const asked = stage.ask('ping', { payload: 'left alone' });
        await until('the ping', () => held.isAsked);
        await stage.deploy(changed(stage.flows, stage.accountId, { cloudUrl }), 'nodes');
        return asked;
      });
    });
  });
}
