import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import sinon from 'sinon';
import { until } from '../support/wait';
import { accountNode, actionNode, type FlowNode, testFlow } from './support/flow';
import { Stage } from './support/stage';

describe('Unsaved renewal', () => {
  let stage: Stage;

  before(async () => {
    stage = await Stage.open();
    // The cloud revokes the old token at once.
    stage.simulator.graceRequests = 0;
  });
  afterEach(() => sinon.restore());
  after(() => stage.close());

  const flow = (name: string): FlowNode[] => testFlow(accountNode({ name }), actionNode('token'));

  function fillDisk(): void {
    const open = fs.open.bind(fs);
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
    sinon.stub(fs, 'open').callsFake((...args) => (args[1] === 'wx' ? Promise.reject(full) : open(...args)));
  }

  async function renewUnsaved(): Promise<string> {
    await stage.account().refresh({ force: true });
    assert.equal(stage.account().snapshot().saved, false);
    return (await stage.account().token()).value;
  }

  /** Deploys twice, and checks that the login is kept and unsaved. */
  async function keepOverDeploys(token: string): Promise<void> {
    for (const [name, kind] of [
      ['two', 'full'],
      ['three', 'nodes'],
    ] as const) {
      await stage.deploy(flow(name), kind);
      assert.equal((await stage.ask('token')).msg['payload'], token);
      const { state, saved, account } = await stage.account().readSnapshot();
      assert.deepEqual([state, saved, account], ['authenticated', false, name]);
    }
    assert.equal((await stage.account().ping()).value, true);
  }

  it('is kept over Deploys on a full disk, and saved when there is room', async () => {
    await stage.load(flow('one'));
    await stage.logIn();
    fillDisk();
    const token = await renewUnsaved();
    await keepOverDeploys(token);
    sinon.restore();
    await stage.deploy(flow('four'));
    await until('the save', async () => (await stage.account().readSnapshot()).saved);
    await stage.load(flow('four'), { isKept: true });
    assert.equal((await stage.ask('token')).msg['payload'], token);
    assert.equal((await stage.account().ping()).value, true);
  });

  it('is kept over Deploys without a user directory', async () => {
    await stage.load(flow('one'), { settings: { userDir: undefined } });
    await stage.logIn();
    await keepOverDeploys(await renewUnsaved());
  });
});
