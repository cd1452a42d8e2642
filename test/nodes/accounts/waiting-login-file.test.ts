import assert from 'node:assert/strict';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StateDirectory } from '../../../src/nodes-api.js';
import { FaultyFs } from '../../src/support/faulty-fs';
import { DAY, HOUR, WaitingRoom } from '../support/waiting-room';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
/** A file of a later version. */
const NEWER = '{"cozify":99}';

describe('Damaged file of pending logins', () => {
  const room = WaitingRoom.forSuite();
  let email: string;

  /** A pending login with a last good copy, after a restart. */
  beforeEach(async () => {
    email = await room.logIn('one');
    assert.deepEqual(room.files().sort(), ['+waiting.json', '+waiting.json.last']);
    room.restart();
  });

  const file = (more = ''): string => join(room.folder, `+waiting.json${more}`);
  const askForAnother = (id = 'two'): Promise<unknown> =>
    room.logins.use(id, room.cloudUrl, (account) => account.requestOtp(`${id}@example.fi`));

  it('stays unchanged if it is of a newer version, and no code is sent', async () => {
    for (const more of ['', '.last']) writeFileSync(file(more), NEWER);
    const sent = room.simulator.mails.length;
    await assert.rejects(askForAnother(), { code: 'COZIFY_STORE' });
    assert.equal(room.simulator.mails.length, sent);
    for (const more of ['', '.last']) assert.equal(readFileSync(file(more), 'utf8'), NEWER);
    await assert.rejects(room.logins.get('one'), { code: 'COZIFY_STORE' });
  });

  it('leaves the last good copy in use', async () => {
    writeFileSync(file(), 'garbage');
    await askForAnother();
    assert.ok(await room.found('one', email));
    room.restart();
    assert.ok(await room.found('one', email));
    assert.equal(await room.isThere('two'), true);
  });

  it('is set aside under a name that stays', async () => {
    for (const more of ['', '.last']) writeFileSync(file(more), `garbage${more}`);
    await askForAnother();
    const kept = room.files().filter((name) => name.includes('.bad-'));
    assert.deepEqual(kept.map((name) => readFileSync(join(room.folder, name), 'utf8')).sort(), [
      'garbage',
      'garbage.last',
    ]);
    assert.equal(await room.isThere('one'), false);
  });

  it('opens again when its key is restored', async () => {
    const key = join(room.folder, 'key');
    const right = readFileSync(key);
    writeFileSync(key, `${Buffer.alloc(32, 7).toString('base64')}\n`);
    assert.equal(await room.isThere('one'), false);
    const [aside] = room.files().filter((name) => name.startsWith('+waiting.json.bad-'));
    assert.ok(aside !== undefined, room.files().join(', '));
    renameSync(join(room.folder, aside), file());
    writeFileSync(key, right);
    room.restart();
    assert.ok(await room.found('one', email));
  });

  it('is read again when access is restored', async () => {
    const disk = new FaultyFs();
    room.restart(new StateDirectory(room.folder, silent, disk.fs));
    disk.failOn('readFile', 'EACCES');
    await assert.rejects(askForAnother(), { code: 'COZIFY_STORE' });
    await assert.rejects(room.logins.get('one'), { code: 'COZIFY_STORE' });
    disk.heal();
    assert.ok((await room.found('one', email))?.clouds[0]?.login);
    await askForAnother('three');
    room.restart();
    for (const id of ['one', 'three']) assert.equal(await room.isThere(id), true, id);
  });

  it('ends an expired login though the file can not be deleted', async () => {
    const disk = new FaultyFs();
    room.restart(new StateDirectory(room.folder, silent, disk.fs));
    assert.equal(await room.isThere('one'), true);
    await room.passed(DAY + HOUR);
    disk.failOn('unlink', 'EACCES');
    assert.equal(await room.logins.get('two'), undefined);
    assert.equal(await room.isThere('one'), false);
    disk.heal();
    await askForAnother();
    await room.logins.drop('two');
    assert.deepEqual(room.files(), [], 'deleted when that is possible again');
  });

  it('is deleted after 24 hours if only the last good copy was left', async () => {
    writeFileSync(file(), 'garbage');
    assert.equal(await room.logins.get('two'), undefined);
    room.restart();
    await room.passed(DAY + HOUR);
    assert.equal(await room.logins.get('two'), undefined);
    assert.equal(await room.isThere('one'), false);
    assert.deepEqual([existsSync(file()), existsSync(file('.last'))], [false, false]);
  });
});
