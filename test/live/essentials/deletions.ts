import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stage, until, without, type NodeRedVersion } from '../harness';

type FlowNode = Stage['flows'][number];

/** A node whose type is not installed. Node-RED starts no flows while such a node is deployed. */
const OF_A_MISSING_TYPE: FlowNode = { id: 'of-a-missing-type', type: 'not-installed', z: '', wires: [] };

/** Situations in which a Deploy starts no flows, each with functions that begin and end it. */
const STANDSTILLS: Record<string, { begin: (stage: Stage) => Promise<void>; end: (stage: Stage) => Promise<void> }> = {
  'the flows are stopped': {
    begin: (stage) => stage.nodeRed.setFlowsState('stop'),
    end: (stage) => stage.nodeRed.setFlowsState('start'),
  },
  'a node type is missing': {
    begin: (stage) => stage.nodeRed.postFlows([...stage.flows, OF_A_MISSING_TYPE]),
    end: () => Promise.resolve(),
  },
};

export function deletionTests(version: NodeRedVersion): void {
  describe('The secrets of an account', () => {
    const stage = Stage.forSuiteOnSharedNodeRed(version);

    for (const [situation, { begin, end }] of Object.entries(STANDSTILLS)) {
      it(`are deleted with the account when ${situation}`, async () => {
        await stage.newLogin();
        await begin(stage);
        const others = stage.flows.filter(({ type }) => type === 'tab');
        const account = stage.flows.find(({ id }) => id === stage.accountId);
        assert.ok(account);
        const missing = situation.includes('missing') ? [OF_A_MISSING_TYPE] : [];
        await stage.nodeRed.postFlows([...others, account, ...missing]);
        assert.notDeepEqual(stage.stateFiles(), []);
        await stage.nodeRed.postFlows([...others, ...missing]);
        await until('the files to go', () => stage.stateFiles().length === 0);
        await end(stage);
      });
    }

    it('stay when other flows are loaded, whether these start or not', async () => {
      await stage.newLogin();
      const file = join(stage.nodeRed.userDir, 'flows.json');
      const flows = JSON.parse(readFileSync(file, 'utf8')) as FlowNode[];
      await stage.nodeRed.stop();
      writeFileSync(file, JSON.stringify(without(flows, stage.accountId)));
      await stage.nodeRed.launch();
      writeFileSync(file, JSON.stringify(flows));
      await stage.nodeRed.deploy([], 'reload');
      assert.equal((await stage.ask('ping')).output, 1);
      await stage.nodeRed.setFlowsState('stop');
      for (const loaded of [[], flows]) {
        writeFileSync(file, JSON.stringify(loaded));
        await stage.nodeRed.postFlows([], 'reload');
      }
      await stage.nodeRed.setFlowsState('start');
      assert.equal((await stage.ask('ping')).output, 1);
    });
  });
}
