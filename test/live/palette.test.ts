import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Simulator } from '../simulator';
import { accountNode, type CozifyReport, NodeRed, TAB, tempFolder } from './harness';
import { pack } from './harness/packed';

const MODULE = '@cozify-community/node-red-cozify';

describe('The package, installed by the palette into a running Node-RED', () => {
  let nodeRed: NodeRed;
  let simulator: Simulator;
  let tarball: string;

  before(async () => {
    tarball = await pack();
    const userDir = join(tempFolder('palette'), 'user-dir');
    mkdirSync(userDir);
    writeFileSync(join(userDir, 'package.json'), JSON.stringify({ name: 'node-red-project', private: true }));
    [nodeRed, simulator] = await Promise.all([
      NodeRed.start({
        userDir,
        env: { npm_config_prefer_offline: 'true' },
        settings: { extra: { externalModules: {} } },
      }),
      Simulator.start(),
    ]);
  });
  after(async () => {
    await nodeRed.dispose();
    await simulator.stop();
  });

  async function install(): Promise<void> {
    const reply = await nodeRed.admin('POST', '/nodes', { module: MODULE, url: tarball });
    assert.equal(reply.status, 200, reply.text);
  }

  it('has admin endpoints', async () => {
    await install();
    const reply = await nodeRed.admin('GET', '/cozify/accounts/new');
    assert.equal((reply.body as CozifyReport).state, 'otp-required');
  });

  it('works after it was removed and installed again', async () => {
    assert.equal((await nodeRed.admin('DELETE', `/nodes/${MODULE}`)).status, 204);
    await install();
    const account = accountNode({ id: 'account', email: 'owner@example.fi', cloudUrl: simulator.cloudUrl });
    await nodeRed.deploy([{ id: TAB, type: 'tab', label: 'Test' }, account]);
    const reply = await nodeRed.admin('POST', '/cozify/accounts/account/otp', {});
    assert.equal(reply.status, 202, reply.text);
    assert.equal((reply.body as CozifyReport).email, 'owner@example.fi');
    assert.equal(simulator.mails.length, 1);
  });
});
