import assert from 'node:assert/strict';
import { chmod, lstat, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DurableDirectory, type FileSystem } from '../../../src/store/durable-directory.js';
import { KeyFile } from '../../../src/store/key-file.js';
import { FaultyFs } from '../support/faulty-fs.js';
import { filesIn, makeFolder, removeFolders } from '../support/folder.js';
import { Lines } from '../support/stage.js';

describe('KeyFile', () => {
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

  it('is created once with 32 random bytes and mode 0600', async () => {
    assert.equal(await open().read(), undefined);
    const key = await open().readOrCreate();
    assert.equal(key.length, 32);
    assert.notDeepEqual(key, Buffer.alloc(32));
    assert.deepEqual(await open().readOrCreate(), key);
    assert.deepEqual(await open().read(), key);
    assert.deepEqual(await filesIn(path), ['key']);
    assert.equal((await lstat(join(path, 'key'))).mode & 0o777, 0o600);
  });

  it('gets mode 0600 again', async () => {
    await open().readOrCreate();
    await chmod(join(path, 'key'), 0o644);
    await open().readOrCreate();
    assert.equal((await lstat(join(path, 'key'))).mode & 0o777, 0o600);
  });

  it('is read through a link, and its target keeps its mode', async () => {
    const key = await open().readOrCreate();
    const elsewhere = join(path, 'elsewhere');
    await rename(join(path, 'key'), elsewhere);
    await chmod(elsewhere, 0o644);
    await symlink(elsewhere, join(path, 'key'));
    assert.deepEqual(await open().readOrCreate(), key);
    assert.equal((await lstat(elsewhere)).mode & 0o777, 0o644);
  });

  it('is written again after it was deleted', async () => {
    const file = open();
    const key = await file.readOrCreate();
    await rm(join(path, 'key'));
    assert.deepEqual(await file.read(), key);
    assert.deepEqual(await file.readOrCreate(), key);
    assert.deepEqual(await open().read(), key);
  });

  for (const bad of ['', 'not a key', Buffer.alloc(31).toString('base64'), '\0'.repeat(44)]) {
    it(`is set aside and logged if it holds ${JSON.stringify(bad.slice(0, 12))}`, async () => {
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

  it('is not replaced if it cannot be read', async () => {
    await open().readOrCreate();
    const before = await text();
    const disk = new FaultyFs().failOn('readFile', 'EACCES');
    await assert.rejects(open(disk).read());
    await assert.rejects(open(disk).readOrCreate());
    assert.equal(await text(), before);
  });

  it('is synced before its rename, and its directory before the first encryption', async () => {
    const disk = new FaultyFs();
    await open(disk).readOrCreate();
    const order = ['file.writeFile', 'file.stat', 'file.sync', 'file.close', 'rename', 'directory.sync'];
    assert.deepEqual(
      disk.steps.filter((step) => order.includes(step)),
      order,
    );
  });

  it('is created again when another process withdraws it, unless a faster process has created one', async () => {
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

  it('fails with COZIFY_STORE when others always withdraw it, and leaves no file', async () => {
    const disk = new FaultyFs();
    const rename: FileSystem['rename'] = (from) => rm(from).then(() => disk.fs.rename(from, from));
    const file = new KeyFile(new DurableDirectory(path, log, { ...disk.fs, rename }, { pause }), log);
    await assert.rejects(file.readOrCreate(), { code: 'COZIFY_STORE' });
    assert.deepEqual(await filesIn(path), []);
  });

  it('ignores a half-written file of another process', async () => {
    await writeFile(join(path, `key.${process.ppid}-1.tmp`), 'half a k');
    const key = await open().readOrCreate();
    assert.deepEqual(await open().read(), key);
    assert.deepEqual(await filesIn(path), ['key']);
  });

  it('leaves no file on a full disk', async () => {
    const disk = new FaultyFs().failOn('file.writeFile', 'ENOSPC');
    await assert.rejects(open(disk).readOrCreate());
    assert.deepEqual(await filesIn(path), []);
  });
});
