import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ACCOUNT, accountNode, actionNode, testFlow, type FlowNode } from '../support/flow';
import { Stage } from '../support/stage';

describe('Deploy with another store', () => {
  const stage = Stage.forSuite();

  const flow = (store: string): FlowNode[] => testFlow(accountNode({ store }), actionNode('token'));
  const file = (): boolean => existsSync(join(stage.userDir, 'cozify', `${ACCOUNT}.json`));
  const kept = (): unknown => stage.node('token').context().global.get('cozify_account');

  it('moves the login there and back, and leaves no copy', async () => {
    const settings = { contextStorage: { shelf: { module: 'memory' } }, credentialSecret: 'a credential secret' };
    await stage.load(flow(''), { settings });
    const { value: token } = await (await stage.logIn()).token();
    for (const type of ['full', 'flows', 'nodes'] as const) {
      await stage.deploy(flow('shelf'), type);
      assert.equal((await stage.ask('token')).msg['payload'], token, type);
      assert.deepEqual([file(), typeof kept()], [false, 'string'], type);
      await stage.deploy(flow(''), type);
      assert.equal((await stage.ask('token')).msg['payload'], token, type);
      assert.deepEqual([file(), kept()], [true, undefined], type);
    }
  });
});
