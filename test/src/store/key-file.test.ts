import assert from 'node:assert/strict';
import { chmod, lstat, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DurableDirectory } from '../../../src/store/durable-directory.js';
import type { FileSystem } from '../../../src/store/file-system.js';
import { KeyFile } from '../../../src/store/key-file.js';
import { FaultyFs } from '../support/faulty-fs.js';
import { filesIn, makeFolder, removeFolders } from '../support/folder.js';
import { Lines } from '../support/stage.js';

describe('key-file', () => {
  let path: string;
  let log: Lines;

  beforeEach(async () => {
    path = await makeFolder();
    log = new Lines();
  });

  afterEach(removeFolders);

  const open = (disk = new FaultyFs()) => new KeyFile(new DurableDirectory(path, log, disk.fs, { pause }), log);
  const pause = (): Promise<void> => Promise.resolve();
  const text = () => readFile(join(path, 'key'), 'utf8');

  it('is created once, of 32 random bytes, for its owner alone', async () => {
    assert.equal(await open().read(), undefined);
    const key = await open().readOrCreate();
    assert.equal(key.length, 32);
    assert.notDeepEqual(key, Buffer.alloc(32));
    assert.deepEqual(await open().readOrCreate(), key);
    assert.deepEqual(await open().read(), key);
    assert.deepEqual(await filesIn(path), ['key']);
    assert.equal((await lstat(join(path, 'key'))).mode & 0o777, 0o600);
  });

  it('is taken from others when it was restored for all to read', async () => {
    await open().readOrCreate();
    await chmod(join(path, 'key'), 0o644);
    await open().readOrCreate();
    assert.equal((await lstat(join(path, 'key'))).mode & 0o777, 0o600);
  });

  it('that is a link is read, and what it points at left as it is', async () => {
    const key = await open().readOrCreate();
    const elsewhere = join(path, 'elsewhere');
    await rename(join(path, 'key'), elsewhere);
    await chmod(elsewhere, 0o644);
    await symlink(elsewhere, join(path, 'key'));
    assert.deepEqual(await open().readOrCreate(), key);
    assert.equal((await lstat(elsewhere)).mode & 0o777, 0o644);
  });

  it('is written back when it was deleted while we ran', async () => {
    const file = open();
    const key = await file.readOrCreate();
    await rm(join(path, 'key'));
    assert.deepEqual(await file.read(), key);
    assert.deepEqual(await file.readOrCreate(), key);
    assert.deepEqual(await open().read(), key);
  });

  for (const bad of ['', 'not a key', Buffer.alloc(31).toString('base64'), '\0'.repeat(44)]) {
    it(`that holds ${JSON.stringify(bad.slice(0, 12))} is set aside and said in the log`, async () => {
      await writeFile(join(path, 'key'), bad);
      assert.equal(await open().read(), undefined);
      const key = await open().readOrCreate();
      assert.deepEqual(await open().read(), key);
      const [aside] = (await filesIn(path)).filter((name) => name.startsWith('key.bad-'));
      assert.equal(await readFile(join(path, aside ?? ''), 'utf8'), bad);
      assert.match(log.all.join(), /error .*held no key/);
      assert.ok(!log.all.join().includes(key.toString('base64')));
    });
  }

  it('that can not be read is not replaced', async () => {
    await open().readOrCreate();
    const before = await text();
    const disk = new FaultyFs().failOn('readFile', 'EACCES');
    await assert.rejects(open(disk).read());
    await assert.rejects(open(disk).readOrCreate());
    assert.equal(await text(), before);
  });

  it('of a faster process counts, when two create one at the same time', async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => open().readOrCreate()));
    const onDisk = await open().read();
    for (const key of keys) assert.deepEqual(key, onDisk);
    assert.deepEqual(await filesIn(path), ['key']);
  });

  it('is on the disk before it takes its name, and its name before anything is encrypted with it', async () => {
    const disk = new FaultyFs();
    await open(disk).readOrCreate();
    const order = ['file.writeFile', 'file.stat', 'file.sync', 'file.close', 'rename', 'directory.sync'];
    assert.deepEqual(
      disk.steps.filter((step) => order.includes(step)),
      order,
    );
  });

  it('is put forward again when another process withdrew it, and theirs is taken that was faster', async () => {
    const theirs = Buffer.alloc(32, 7);
    const disk = new FaultyFs();
    let withdrawals = 0;
    const rename: FileSystem['rename'] = async (from, to) => {
      await rm(from);
      if (++withdrawals === 3) await writeFile(join(path, 'key'), theirs.toString('base64'));
      await disk.fs.rename(from, to);
    };
    const file = new KeyFile(new DurableDirectory(path, log, { ...disk.fs, rename }, { pause }), log);
    assert.deepEqual(await file.readOrCreate(), theirs);
    assert.deepEqual(await file.read(), theirs);
    assert.deepEqual(await filesIn(path), ['key']);
  });

  it('that others withdraw without end fails the save, and leaves nothing behind', async () => {
    const disk = new FaultyFs();
    const rename: FileSystem['rename'] = (from) => rm(from).then(() => disk.fs.rename(from, from));
    const file = new KeyFile(new DurableDirectory(path, log, { ...disk.fs, rename }, { pause }), log);
    await assert.rejects(file.readOrCreate(), { code: 'COZIFY_STORE' });
    assert.deepEqual(await filesIn(path), []);
  });

  it('of others that is half written somewhere is never taken for the key', async () => {
    await writeFile(join(path, `key.${process.ppid}-1.tmp`), 'half a k');
    const key = await open().readOrCreate();
    assert.deepEqual(await open().read(), key);
    assert.deepEqual(await filesIn(path), ['key']);
  });

  it('leaves nothing behind when the disk is full', async () => {
    const disk = new FaultyFs().failOn('file.writeFile', 'ENOSPC');
    await assert.rejects(open(disk).readOrCreate());
    assert.deepEqual(await filesIn(path), []);
  });
});
