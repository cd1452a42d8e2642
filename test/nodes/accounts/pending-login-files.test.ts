import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StateDirectory } from '../../../src/nodes-api.js';
import { FaultyFs } from '../../src/support/faulty-fs';
import { DAY, HOUR, WaitingRoom } from '../support/waiting-room';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
/** What a later version of this package leaves, as far as this one can tell. */
const NEWER = '{"cozify":99}';

describe('files of logins in waiting that are in trouble', () => {
  const room = WaitingRoom.forSuite();
  let email: string;

  /** A login in waiting, with a last good copy, and a restart since. */
  beforeEach(async () => {
    email = await room.logIn('one');
    assert.deepEqual(room.files().sort(), ['one+waiting.json', 'one+waiting.json.last']);
    room.restart();
  });

  const file = (more = ''): string => join(room.folder, `one+waiting.json${more}`);
  const askForAnother = (id = 'two'): Promise<unknown> =>
    room.logins.use(id, room.cloudUrl, (account) => account.requestOtp(`${id}@example.fi`));
  /** All that the dialogs of other accounts do, long after. */
  async function othersAreAsked(): Promise<void> {
    assert.equal(await room.logins.get('two'), undefined);
    await askForAnother();
    assert.equal(await room.isThere('two'), true);
    await room.logins.drop('two');
  }

  it('of a newer version are left alone, whoever else is asked for', async () => {
    for (const more of ['', '.last']) writeFileSync(file(more), NEWER);
    await othersAreAsked();
    for (const more of ['', '.last']) assert.equal(readFileSync(file(more), 'utf8'), NEWER);
    await assert.rejects(room.logins.get('one'), { code: 'COZIFY_STORE' });
  });

  it('that are damaged do no harm to the last good copy', async () => {
    writeFileSync(file(), 'garbage');
    await othersAreAsked();
    assert.ok(await room.found('one', email));
    assert.ok(existsSync(file('.last')));
  });

  it('that are damaged without a good copy stay where they were set aside', async () => {
    for (const more of ['', '.last']) writeFileSync(file(more), `garbage${more}`);
    await othersAreAsked();
    await othersAreAsked();
    const kept = room.files().map((name) => readFileSync(join(room.folder, name), 'utf8'));
    assert.deepEqual(kept.sort(), ['garbage', 'garbage.last']);
    assert.equal(await room.isThere('one'), false);
  });

  it('of another key open again when that comes back', async () => {
    const key = join(room.folder, 'key');
    const right = readFileSync(key);
    writeFileSync(key, `${Buffer.alloc(32, 7).toString('base64')}\n`);
    await othersAreAsked();
    const [aside] = room.files().filter((name) => name.startsWith('one+waiting.json.bad-'));
    assert.ok(aside !== undefined, room.files().join(', '));
    renameSync(join(room.folder, aside), file());
    writeFileSync(key, right);
    room.restart();
    assert.ok(await room.found('one', email));
  });

  it('that can not be opened fail no other account, and are there when they can', async () => {
    const copy = join(room.folder, 'copy');
    copyFileSync(file(), copy);
    renameSync(file(), join(room.folder, 'gone'));
    mkdirSync(file());
    await othersAreAsked();
    assert.ok(existsSync(file('.last')));
    await assert.rejects(room.logins.get('one'), { code: 'COZIFY_STORE' });
    rmdirSync(file());
    renameSync(copy, file());
    assert.ok((await room.found('one', email))?.clouds[0]?.login);
  });

  it('do not count among the twenty', async () => {
    for (let number = 0; number < 25; number += 1) {
      writeFileSync(join(room.folder, `old-${number}+waiting.json`), NEWER);
      writeFileSync(join(room.folder, `bad-${number}+waiting.json.bad-1-2`), 'set aside');
    }
    await askForAnother();
    assert.ok((await room.found('one', email))?.clouds[0]?.login, 'none went for them');
    assert.equal(room.files().filter((name) => /^(old|bad)-/.test(name)).length, 50);
  });

  it('that can not be deleted fail no other account, and their login is over all the same', async () => {
    const disk = new FaultyFs();
    room.restart(new StateDirectory(room.folder, silent, disk.fs));
    assert.equal(await room.isThere('one'), true);
    await room.passed(DAY + HOUR);
    disk.failOn('unlink', 'EACCES');
    assert.equal(await room.logins.get('two'), undefined);
    assert.equal(await room.isThere('one'), false);
    disk.heal();
    assert.equal(await room.logins.get('two'), undefined);
    assert.deepEqual(room.files(), [], 'deleted when that is possible again');
  });

  it('go after 24 hours also when only the last good copy was left', async () => {
    writeFileSync(file(), 'garbage');
    assert.equal(await room.logins.get('two'), undefined);
    room.restart();
    await room.passed(DAY + HOUR);
    assert.equal(await room.logins.get('two'), undefined);
    assert.equal(await room.isThere('one'), false);
    assert.deepEqual(room.files(), []);
  });
});
