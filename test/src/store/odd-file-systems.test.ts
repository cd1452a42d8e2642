import assert from 'node:assert/strict';
import { chmod, lstat, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileSystem } from '../../../src/store/durable-directory.js';
import { type FileStore, StateDirectory } from '../../../src/store/file-store.js';
import { type DiskFault, FaultyFs } from '../support/faulty-fs.js';
import { filesIn, makeFolder, removeFolders } from '../support/folder.js';
import { Lines } from '../support/stage.js';
import { ownProcess } from '../support/own-process.js';
import { type Content, NAME, storeIn } from './support/content.js';

describe('FileStore on limited file systems', () => {
  let path: string;
  let log: Lines;
  let disk: FaultyFs;

  beforeEach(async () => {
    path = join(await makeFolder(), 'cozify');
    log = new Lines();
    disk = new FaultyFs();
  });

  afterEach(removeFolders);

  const at = (name: string): string => join(path, name);
  /** Opens a store as another process would. */
  const open = (): FileStore<Content> => storeIn(new StateDirectory(path, log, disk.fs, ownProcess()));
  const load = (): Promise<Content | null> => open().load();

  async function saved(store: FileStore<Content>, ...tokens: string[]): Promise<void> {
    for (const token of tokens) await store.save({ token });
  }

  describe('hard links', () => {
    const codes = ['EPERM', 'EACCES', 'EISDIR', 'EINVAL', 'EXDEV', 'ENOTSUP', 'ENOSYS', 'EMLINK', 'UNKNOWN'];
    for (const code of codes) {
      it(`saves and keeps a last good copy if a link fails with ${code}`, async () => {
        disk.failOn('link', code as DiskFault);
        await saved(open(), 'one', 'two', 'three');
        assert.deepEqual(await load(), { token: 'three' });
        assert.deepEqual(await filesIn(path), ['.gitignore', NAME, `${NAME}.last`, 'key']);
        await writeFile(at(NAME), 'damaged');
        assert.deepEqual(await load(), { token: 'two' });
      });
    }

    for (const code of ['EIO', 'ENOSPC'] as const) {
      it(`fails the save if a link fails with ${code}`, async () => {
        await saved(open(), 'one');
        disk.failOn('link', code);
        await assert.rejects(open().save({ token: 'two' }), { code: 'COZIFY_STORE', message: new RegExp(code) });
        assert.deepEqual(await load(), { token: 'one' });
      });
    }

    it('writes the last good copy to the disk before it renames the new state', async () => {
      disk.failOn('link', 'EPERM');
      await saved(open(), 'one');
      disk.steps.length = 0;
      await saved(open(), 'two');
      const order = disk.steps.filter((step) => ['file.writeFile', 'file.sync', 'link', 'rename'].includes(step));
      const write = ['file.writeFile', 'file.sync'];
      assert.deepEqual(order, [...write, 'link', ...write, 'rename', 'rename']);
    });

    it('never leaves half a last good copy when the process is killed', async () => {
      for (let index = 0, isDone = false; !isDone; index++) {
        path = join(await makeFolder(), 'cozify');
        disk = new FaultyFs().failOn('link', 'EPERM');
        await saved(open(), 'one', 'two');
        const dying = new FaultyFs().failAt(index, 'kill');
        const fs = { ...dying.fs, link: disk.fs.link };
        await storeIn(new StateDirectory(path, log, fs, ownProcess()))
          .save({ token: 'three' })
          .catch(() => undefined);
        isDone = dying.steps.length <= index;
        const last = await readFile(at(`${NAME}.last`), 'utf8').catch(() => undefined);
        if (last !== undefined) assert.doesNotThrow(() => JSON.parse(last) as unknown, `killed at step ${index}`);
        await load();
        assert.deepEqual(
          (await filesIn(path)).filter((name) => name.endsWith('.tmp')),
          [],
        );
      }
    });
  });

  describe('access modes', () => {
    const warnings = (): string[] => log.all.filter((line) => line.startsWith('warn'));

    for (const code of ['EPERM', 'EACCES', 'ENOTSUP', 'EROFS'] as const) {
      it(`logs one warning if they cannot be changed (${code}), and saves`, async () => {
        await saved(open(), 'one');
        await chmod(path, 0o770);
        await chmod(at('key'), 0o640);
        disk.failOn('chmod', code);
        const store = open();
        await saved(store, 'two', 'three', 'four');
        assert.deepEqual(await store.load(), { token: 'four' });
        assert.equal(warnings().length, 1, log.all.join('\n'));
        assert.match(warnings()[0] ?? '', new RegExp(`${path}.*${code}`));
      });
    }
  });

  describe('sync of directories', () => {
    const CANT = ['EINVAL', 'EPERM', 'EISDIR', 'EACCES', 'ENOTSUP', 'ENOSYS', 'EBADF'] as const;
    for (const step of ['directory.open', 'directory.sync', 'directory.close']) {
      for (const code of CANT) {
        it(`saves, resets and removes without a warning if ${step} fails with ${code}`, async () => {
          disk.failOn(step, code);
          await saved(open(), 'one', 'two');
          await open().save({ token: 'three' }, { isFinal: true });
          assert.deepEqual(await load(), { token: 'three' });
          await open().remove();
          assert.deepEqual(await filesIn(path), ['.gitignore', 'key']);
          assert.deepEqual(log.all, [], 'no warning');
        });
      }

      it(`logs a warning if ${step} fails with EIO`, async () => {
        disk.failOn(step, 'EIO');
        await saved(open(), 'one');
        assert.deepEqual(await load(), { token: 'one' });
        assert.match(log.all.join(), /warn .*has not confirmed.*EIO/);
        await open().remove();
        assert.equal(await load(), null);
      });
    }

    for (const code of ['EINVAL', 'ENOTSUP', 'ENOSYS'] as const) {
      it(`saves if file.sync fails with ${code}`, async () => {
        disk.failOn('file.sync', code);
        await saved(open(), 'one', 'two');
        assert.deepEqual(await load(), { token: 'two' });
      });
    }
  });

  describe('Windows with a virus scanner that holds files', () => {
    const pauses: number[] = [];
    const pause = (delayMs: number): Promise<void> => Promise.resolve(void pauses.push(delayMs));
    beforeEach(() => pauses.splice(0));

    /** Opens a store whose disk refuses the first `times` calls of `step`. */
    function openHeld(step: 'rename' | 'unlink', code: string, times: number, platform: NodeJS.Platform = 'win32') {
      let left = times;
      const refuse = (): void => {
        if (left-- > 0) throw Object.assign(new Error(code), { code });
      };
      const held: FileSystem = { ...disk.fs };
      if (step === 'rename') held.rename = async (from, to) => (refuse(), disk.fs.rename(from, to));
      else held.unlink = async (file) => (refuse(), disk.fs.unlink(file));
      return storeIn(new StateDirectory(path, log, held, { ...ownProcess(), platform, pause }));
    }

    for (const step of ['rename', 'unlink'] as const) {
      for (const code of ['EPERM', 'EACCES', 'EBUSY']) {
        it(`retries ${step} after ${code}`, async () => {
          await saved(open(), 'one', 'two');
          await saved(openHeld(step, code, 3), 'three');
          assert.deepEqual(await load(), { token: 'three' });
          assert.equal(pauses.length, 3);
        });
      }
    }

    it('fails the save within 3 s, and keeps the old state', async () => {
      await saved(open(), 'one');
      await assert.rejects(openHeld('rename', 'EPERM', Infinity).save({ token: 'two' }), { code: 'COZIFY_STORE' });
      assert.ok(pauses.length > 1);
      assert.ok(pauses.reduce((sum, delayMs) => sum + delayMs, 0) < 3_000, 'less than 3 s');
      assert.deepEqual(await load(), { token: 'one' });
    });

    it('does not retry after other errors or on other systems', async () => {
      await saved(open(), 'one');
      await assert.rejects(openHeld('rename', 'EIO', 1).save({ token: 'two' }), { code: 'COZIFY_STORE' });
      await assert.rejects(openHeld('rename', 'EPERM', 1, 'linux').save({ token: 'two' }), { code: 'COZIFY_STORE' });
      assert.deepEqual(pauses, []);
    });
  });
});

describe('The state in a user directory under git', () => {
  let path: string;
  let log: Lines;

  beforeEach(async () => {
    path = join(await makeFolder(), 'cozify');
    log = new Lines();
  });

  afterEach(removeFolders);

  const open = (disk = new FaultyFs()): FileStore<Content> =>
    storeIn(new StateDirectory(path, log, disk.fs, ownProcess()));
  const ignored = (): Promise<string> => readFile(join(path, '.gitignore'), 'utf8');

  it('is ignored by git from the first save', async () => {
    await open().save({ token: 'one' });
    assert.equal(await ignored(), '*\n');
    assert.equal((await lstat(join(path, '.gitignore'))).mode & 0o777, 0o600);
  });

  it('is ignored if the directory existed before', async () => {
    await mkdir(path, { mode: 0o700 });
    await open().save({ token: 'one' });
    assert.equal(await ignored(), '*\n');
  });

  it('is ignored again after the directory was deleted', async () => {
    const store = open();
    await store.save({ token: 'one' });
    await rm(path, { recursive: true });
    await store.save({ token: 'two' });
    assert.equal(await ignored(), '*\n');
  });

  it('is ignored after a process was killed with an empty .gitignore', async () => {
    await mkdir(path, { mode: 0o700 });
    await writeFile(join(path, '.gitignore'), '');
    await open().save({ token: 'one' });
    assert.equal(await ignored(), '*\n');
  });

  it('keeps a .gitignore with content', async () => {
    await mkdir(path, { mode: 0o700 });
    await writeFile(join(path, '.gitignore'), 'key\n');
    await open().save({ token: 'one' });
    assert.equal(await ignored(), 'key\n');
  });

  it('is saved if the .gitignore cannot be written, with one line in the log', async () => {
    await mkdir(path, { mode: 0o700 });
    await mkdir(join(path, '.gitignore'));
    const store = open();
    await store.save({ token: 'one' });
    await store.save({ token: 'two' });
    assert.deepEqual(await open().load(), { token: 'two' });
    assert.equal(log.all.length, 1);
    assert.match(log.all[0] ?? '', /warn .*\.gitignore.*EISDIR/);
  });

  it('checks the .gitignore once, not with each save', async () => {
    const disk = new FaultyFs();
    const store = open(disk);
    await store.save({ token: 'one' });
    const opened = (): number => disk.steps.filter((step) => step === 'readFile').length;
    const before = opened();
    await store.save({ token: 'two' });
    assert.equal(opened() - before, 2, 'key and state only');
  });
});
