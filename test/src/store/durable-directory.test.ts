import assert from 'node:assert/strict';
import { lstat, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DurableDirectory, isCode } from '../../../src/store/durable-directory.js';
import { FaultyFs } from '../support/faulty-fs.js';
import { filesIn, makeFolder, removeFolders } from '../support/folder.js';
import { ownProcess } from '../support/own-process.js';
import { Lines } from '../support/stage.js';

const modeOf = async (path: string): Promise<number> => (await lstat(path)).mode & 0o777;

describe('DurableDirectory', () => {
  let path: string;
  let disk: FaultyFs;
  let log: Lines;
  let directory: DurableDirectory;

  beforeEach(async () => {
    path = join(await makeFolder(), 'user', 'cozify');
    disk = new FaultyFs();
    log = new Lines();
    directory = new DurableDirectory(path, log, disk.fs);
  });

  afterEach(removeFolders);

  it('writes, syncs and renames in an order that survives a power cut', async () => {
    await directory.prepare();
    disk.steps.length = 0;
    const temporary = await directory.writeTemporary('a', 'text');
    await directory.rename(temporary, 'a');
    await directory.sync();
    const order = ['open', 'file.writeFile', 'file.stat', 'file.sync', 'file.close', 'rename'];
    assert.deepEqual(disk.steps, [...order, 'directory.open', 'directory.sync', 'directory.close']);
    assert.equal(await modeOf(join(path, 'a')), 0o600);
    assert.equal(await directory.read('a'), 'text');
  });

  for (const [step, fault] of [
    ['open', 'EACCES'],
    ['file.writeFile', 'ENOSPC'],
    ['file.writeFile', 'short write'],
    ['file.stat', 'EIO'],
    ['file.sync', 'EIO'],
    ['file.close', 'ENOSPC'],
  ] as const) {
    it(`leaves no temporary file when ${step} fails with ${fault}`, async () => {
      await directory.prepare();
      disk.failOn(step, fault);
      await assert.rejects(directory.writeTemporary('a', 'text'));
      assert.deepEqual(await filesIn(path), ['.gitignore']);
    });
  }

  it('replaces the second name of a file with the same bytes', async () => {
    await directory.prepare();
    const bytes = Buffer.from([0xff, 0x00, 0xfe, 0x80]);
    const noLinks = { ...disk.fs, link: () => Promise.reject(Object.assign(new Error(), { code: 'EPERM' })) };
    for (const one of [directory, new DurableDirectory(path, log, noLinks)]) {
      await writeFile(join(path, 'a'), bytes);
      await writeFile(join(path, 'b'), 'earlier');
      await one.keepAs('a', 'b');
      assert.deepEqual(await readFile(join(path, 'b')), bytes);
      await rm(join(path, 'a'));
    }
  });

  it('throws all errors except ENOENT', async () => {
    await directory.prepare();
    const troubles: [string, () => Promise<unknown>][] = [
      ['readFile', () => directory.read('a')],
      ['readdir', () => directory.list()],
      ['lstat', () => directory.exists()],
      ['unlink', () => directory.removeIfThere('a')],
      ['link', () => directory.keepAs('a', 'b')],
    ];
    for (const [step, work] of troubles) {
      disk.failOn(step, 'EIO');
      await assert.rejects(work(), { code: 'EIO' }, step);
      disk.heal();
    }
  });

  it('recognizes the writer of a temporary file as alive', async () => {
    const isAlive = (name: string): boolean => directory.isWriterAlive(name);
    await directory.prepare();
    const ours = await directory.writeTemporary('a.json', 'text');
    assert.equal(isAlive(ours), true);
    assert.equal(new DurableDirectory(path, log).isWriterAlive(ours), true, 'this process, another directory object');
    assert.equal(
      new DurableDirectory(path, log, disk.fs, ownProcess()).isWriterAlive(ours),
      false,
      'an earlier process',
    );
    assert.equal(isAlive(`a.json.${process.ppid}-1.tmp`), true);
    assert.equal(isAlive(`a.json.${process.pid}-1.tmp`), false, 'an earlier process with the same pid');
    assert.equal(isAlive('a.json.999999999-1.tmp'), false);
    assert.equal(isAlive('a.json.0-1.tmp'), false);
    assert.equal(isAlive('a.json.tmp'), false);
    assert.equal(isCode(undefined, 'EIO'), false);
  });
});
