import assert from 'node:assert/strict';
import { existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stage, tempFolder } from '../live/harness';
import { installedUserDir } from '../live/harness/packed';

describe('links in place of the state', () => {
  let stage: Stage | undefined;

  afterEach(async () => {
    await stage?.close();
    stage = undefined;
  });

  it('are replaced by files in place of a file, and never written through', async () => {
    const [userDir, elsewhere] = [await installedUserDir(), tempFolder('elsewhere')];
    const folder = join(userDir, 'cozify');
    mkdirSync(folder, { mode: 0o700 });
    const names = ['linked.json', 'linked.json.last', 'codes', 'key', 'linked.json.1-1.tmp'];
    for (const name of names) {
      writeFileSync(join(elsewhere, name), `the ${name} of somebody else`);
      symlinkSync(join(elsewhere, name), join(folder, name));
    }
    symlinkSync(join(elsewhere, 'nowhere'), join(folder, 'other.json'));
    stage = await Stage.open({ nodeRed: { userDir } });
    await stage.newLogin({ id: 'linked' });
    await stage.newLogin({ id: 'other' });
    for (const name of names) {
      assert.equal(readFileSync(join(elsewhere, name), 'utf8'), `the ${name} of somebody else`);
    }
    assert.ok(!existsSync(join(elsewhere, 'nowhere')));
    for (const name of ['other.json', 'key']) assert.ok(lstatSync(join(folder, name)).isFile(), name);
    await stage.nodeRed.restart('SIGKILL');
    assert.equal((await stage.ask('ping')).output, 1);
  });
});
