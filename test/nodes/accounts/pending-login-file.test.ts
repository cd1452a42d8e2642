import assert from 'node:assert/strict';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StateDirectory } from '../../../src/nodes-api.js';
import { FaultyFs } from '../../src/support/faulty-fs';
import { DAY, HOUR, PendingLoginsStage } from '../support/pending-logins-stage';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
/** The content of a file that a later version has written. */
const NEWER = '{"cozify":99}';

describe('Damaged file of pending logins', () => {
  const stage = PendingLoginsStage.forSuite();
  let email: string;

  /** Makes a pending login whose file also has a last good copy (`.last`), and restarts the process. */
  beforeEach(async () => {
    email = await stage.logIn('one');
    assert.deepEqual(stage.files().sort(), ['+pending.json', '+pending.json.last']);
    stage.restart();
  });

  const file = (more = ''): string => join(stage.folder, `+pending.json${more}`);
  const askForAnother = (id = 'two'): Promise<unknown> =>
    stage.logins.use(id, stage.cloudUrl, (account) => account.requestOtp(`${id}@example.fi`));

  it('stays unchanged if a later version has written it, and no code is sent', async () => {
    for (const more of ['', '.last']) writeFileSync(file(more), NEWER);
    const sent = stage.simulator.mails.length;
    await assert.rejects(askForAnother(), { code: 'COZIFY_STORE' });
    assert.equal(stage.simulator.mails.length, sent);
    for (const more of ['', '.last']) assert.equal(readFileSync(file(more), 'utf8'), NEWER);
    await assert.rejects(stage.logins.get('one'), { code: 'COZIFY_STORE' });
  });

  it('does not prevent the use of the last good copy', async () => {
    writeFileSync(file(), 'garbage');
    await askForAnother();
    assert.ok(await stage.found('one', email));
    stage.restart();
    assert.ok(await stage.found('one', email));
    assert.equal(await stage.isThere('two'), true);
  });

  it('is set aside under a name that later saves do not touch', async () => {
    for (const more of ['', '.last']) writeFileSync(file(more), `garbage${more}`);
    await askForAnother();
    const kept = stage.files().filter((name) => name.includes('.bad-'));
    assert.deepEqual(kept.map((name) => readFileSync(join(stage.folder, name), 'utf8')).sort(), [
      'garbage',
      'garbage.last',
    ]);
    assert.equal(await stage.isThere('one'), false);
  });

  it('opens again when its key is restored', async () => {
    const key = join(stage.folder, 'key');
    const right = readFileSync(key);
    writeFileSync(key, `${Buffer.alloc(32, 7).toString('base64')}\n`);
    assert.equal(await stage.isThere('one'), false);
    const [aside] = stage.files().filter((name) => name.startsWith('+pending.json.bad-'));
    assert.ok(aside !== undefined, stage.files().join(', '));
    renameSync(join(stage.folder, aside), file());
    writeFileSync(key, right);
    stage.restart();
    assert.ok(await stage.found('one', email));
  });

  it('is read again when access is restored', async () => {
    const disk = new FaultyFs();
    stage.restart(new StateDirectory(stage.folder, silent, disk.fs));
    disk.failOn('readFile', 'EACCES');
    await assert.rejects(askForAnother(), { code: 'COZIFY_STORE' });
    await assert.rejects(stage.logins.get('one'), { code: 'COZIFY_STORE' });
    disk.heal();
    assert.ok((await stage.found('one', email))?.clouds[0]?.login);
    await askForAnother('three');
    stage.restart();
    for (const id of ['one', 'three']) assert.equal(await stage.isThere(id), true, id);
  });

  it('ends an expired login even if it cannot be deleted', async () => {
    const disk = new FaultyFs();
    stage.restart(new StateDirectory(stage.folder, silent, disk.fs));
    assert.equal(await stage.isThere('one'), true);
    await stage.passed(DAY + HOUR);
    disk.failOn('unlink', 'EACCES');
    assert.equal(await stage.logins.get('two'), undefined);
    assert.equal(await stage.isThere('one'), false);
    disk.heal();
    await askForAnother();
    await stage.logins.drop('two');
    assert.deepEqual(stage.files(), [], 'deleted when that is possible again');
  });

  it('is deleted after 24 hours if only the last good copy was left', async () => {
    writeFileSync(file(), 'garbage');
    assert.equal(await stage.logins.get('two'), undefined);
    stage.restart();
    await stage.passed(DAY + HOUR);
    assert.equal(await stage.logins.get('two'), undefined);
    assert.equal(await stage.isThere('one'), false);
    assert.deepEqual([existsSync(file()), existsSync(file('.last'))], [false, false]);
  });
});
