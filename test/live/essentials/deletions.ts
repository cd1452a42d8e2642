import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stage, until, without, type NodeRedVersion } from '../harness';

type FlowNode = Stage['flows'][number];

/** Of a package that is not installed: flows with it do not start. */
const OF_A_MISSING_TYPE: FlowNode = { id: 'of-a-missing-type', type: 'not-installed', z: '', wires: [] };

/** What keeps Node-RED from starting the flows of a Deploy, and what lets it again. */
const STANDSTILLS: Record<string, { begin: (stage: Stage) => Promise<void>; end: (stage: Stage) => Promise<void> }> = {
  'the flows are stopped': {
    begin: (stage) => setState(stage, 'stop'),
    end: (stage) => setState(stage, 'start'),
  },
  'the flows were stopped before the last restart': {
    begin: async (stage) => {
      await setState(stage, 'stop');
      const remembered = join(stage.nodeRed.userDir, '.config.runtime.json');
      await until('Node-RED to remember that', () =>
        /"runtimeFlowState": *"stop"/.test(readFileSync(remembered, 'utf8')),
      );
      await stage.nodeRed.restart();
    },
    end: (stage) => setState(stage, 'start'),
  },
  'a node type is missing': {
    begin: (stage) => post(stage, [...stage.flows, OF_A_MISSING_TYPE]),
    end: () => Promise.resolve(),
  },
};

async function setState(stage: Stage, state: 'start' | 'stop'): Promise<void> {
  const reply = await stage.nodeRed.admin('POST', '/flows/state', { state });
  assert.equal(reply.status, 200, reply.text);
}

/** A full Deploy of which nobody expects that flows start. */
async function post(stage: Stage, flows: FlowNode[]): Promise<void> {
  const headers = { 'Node-RED-API-Version': 'v2', 'Node-RED-Deployment-Type': 'full' };
  const reply = await stage.nodeRed.admin('POST', '/flows', { flows }, headers);
  assert.equal(reply.status, 200, reply.text);
}

export function deletionTests(version: NodeRedVersion): void {
  describe('the secrets of an account', () => {
    let stage: Stage;

    before(async () => {
      const extra = { runtimeState: { enabled: true, ui: false } };
      stage = await Stage.open({ version, nodeRed: { settings: { extra } } });
    });
    after(() => stage.close());

    for (const [what, { begin, end }] of Object.entries(STANDSTILLS)) {
      it(`go with it when ${what}, and not before`, async () => {
        await stage.newLogin();
        await begin(stage);
        const others = stage.flows.filter(({ type }) => type === 'tab');
        const account = stage.flows.find(({ id }) => id === stage.accountId);
        assert.ok(account);
        const missing = what.includes('missing') ? [OF_A_MISSING_TYPE] : [];
        await post(stage, [...others, account, ...missing]);
        assert.notDeepEqual(stage.stateFiles(), []);
        await post(stage, [...others, ...missing]);
        await until('the files to go', () => stage.stateFiles().length === 0);
        await end(stage);
      });
    }

    it('stay when other flows are loaded, whether they start or not', async () => {
      await stage.newLogin();
      const file = join(stage.nodeRed.userDir, 'flows.json');
      const flows = JSON.parse(readFileSync(file, 'utf8')) as FlowNode[];
      await stage.nodeRed.stop();
      writeFileSync(file, JSON.stringify(without(flows, stage.accountId)));
      await stage.nodeRed.launch();
      writeFileSync(file, JSON.stringify(flows));
      await stage.nodeRed.deploy([], 'reload');
      assert.equal((await stage.ask('ping')).output, 1);
      await setState(stage, 'stop');
      for (const loaded of [[], flows]) {
        writeFileSync(file, JSON.stringify(loaded));
        const reply = await stage.nodeRed.admin('POST', '/flows', {}, { 'Node-RED-Deployment-Type': 'reload' });
        assert.ok(reply.status < 300, reply.text);
      }
      await setState(stage, 'start');
      assert.equal((await stage.ask('ping')).output, 1);
    });
  });
}
