import assert from 'node:assert/strict';
import { lstat, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileSystem } from '../../../src/store/durable-directory.js';
import { type FileStore, StateDirectory } from '../../../src/store/file-store.js';
import { FaultyFs } from '../support/faulty-fs.js';
import { filesIn, makeFolder, removeFolders } from '../support/folder.js';
import { Lines } from '../support/stage.js';
import { ownProcess } from '../support/own-process.js';
import { type Content, NAME, storeIn } from './support/content.js';

describe('FileStore', () => {
  let path: string;
  let log: Lines;

  beforeEach(async () => {
    path = join(await makeFolder(), 'cozify');
    log = new Lines();
  });

  afterEach(removeFolders);

  /** Opens a store as another process would. */
  const open = (name = NAME, disk = new FaultyFs()) =>
    storeIn(new StateDirectory(path, log, disk.fs, ownProcess()), name);
  const at = (name: string) => join(path, name);
  const text = (name = NAME) => readFile(at(name), 'utf8');
  const asides = async () => (await filesIn(path)).filter((name) => name.includes('.bad-'));

  async function saved(...tokens: string[]): Promise<void> {
    for (const token of tokens) await open().save({ token });
  }

  it('returns null and creates nothing before the first save', async () => {
    assert.equal(await open().load(), null);
    await open().remove();
    await assert.rejects(lstat(path), { code: 'ENOENT' });
  });

  it('returns the last save, even in another process', async () => {
    await saved('one', 'two', 'three');
    assert.deepEqual(await open().load(), { token: 'three' });
    assert.deepEqual(await filesIn(path), ['.gitignore', NAME, `${NAME}.last`, 'key']);
  });

  it('hides its content and its files from other users', async () => {
    await saved('secret-one', 'secret-two');
    assert.equal((await lstat(path)).mode & 0o777, 0o700);
    for (const name of await filesIn(path)) {
      assert.equal((await lstat(at(name))).mode & 0o777, 0o600, name);
      assert.ok(!(await text(name)).includes('secret'), name);
    }
  });

  it('leaves no old copy after a final save', async () => {
    await saved('one', 'two');
    await open().save({ token: 'three' }, { isFinal: true });
    assert.deepEqual(await filesIn(path), ['.gitignore', NAME, 'key']);
    assert.deepEqual(await open().load(), { token: 'three' });
  });

  it('removes all of its own files, and no others', async () => {
    await saved('one', 'two');
    await open('b2.json').save({ token: 'other' });
    await writeFile(at(`${NAME}.bad-123-456`), 'x');
    await writeFile(at(`${NAME}.77-1.tmp`), 'x');
    await writeFile(at(`${NAME}.notes`), 'x');
    await open().remove();
    assert.deepEqual(await filesIn(path), ['.gitignore', `${NAME}.notes`, 'b2.json', 'key']);
    assert.equal(await open().load(), null);
  });

  const damages: [string, (good: string) => string][] = [
    ['truncated', (good) => good.slice(0, 40)],
    ['empty', () => ''],
    ['filled with NULs', (good) => '\0'.repeat(good.length)],
    ['garbage', () => '\u0007%PDF-1.4 ��'],
    ['JSON of another shape', () => '{"cloud_token":"x"}'],
  ];
  for (const [state, damage] of damages) {
    it(`returns the last good copy of a file that is ${state}, and sets the file aside`, async () => {
      await saved('one', 'two');
      const bad = damage(await text());
      await writeFile(at(NAME), bad);
      assert.deepEqual(await open().load(), { token: 'one' });
      const [aside] = await asides();
      assert.equal(await text(aside), bad);
      assert.match(log.all.join(), /set aside/);
    });

    it(`returns null, and logs an error, when both copies are ${state}`, async () => {
      await saved('one', 'two');
      const bad = damage(await text());
      await writeFile(at(NAME), bad);
      await writeFile(at(`${NAME}.last`), bad);
      assert.equal(await open().load(), null);
      assert.equal((await asides()).length, 2);
      assert.match(log.all.join(), /error .*no good copy left/);
      await saved('three');
      for (const aside of await asides()) assert.equal(await text(aside), bad);
      assert.deepEqual(await open().load(), { token: 'three' });
    });
  }

  it('sets aside sealed content of the wrong shape', async () => {
    await open().save({ token: 5 } as unknown as Content);
    assert.equal(await open().load(), null);
    assert.equal((await asides()).length, 1);
  });

  it('sets each damaged file aside under a name of its own', async () => {
    await saved('one');
    for (const bad of ['bad one', 'bad two', 'bad three']) {
      await writeFile(at(NAME), bad);
      await saved('after');
    }
    const texts = await Promise.all((await asides()).map(text));
    assert.deepEqual(texts.sort(), ['bad one', 'bad three', 'bad two']);
  });

  it('leaves a file of a later version unchanged', async () => {
    await saved('one', 'two');
    const later = '{"cozify":2,"something":"else"}';
    await writeFile(at(NAME), later);
    const before = await filesIn(path);
    await assert.rejects(open().load(), { code: 'COZIFY_STORE' });
    await assert.rejects(open().save({ token: 'three' }), { code: 'COZIFY_STORE' });
    assert.equal(await text(), later);
    assert.deepEqual(await filesIn(path), before);
  });

  it('sets aside a file of another key, and logs it', async () => {
    await saved('one');
    const old = await text();
    await writeFile(at('key'), Buffer.alloc(32, 7).toString('base64'));
    assert.equal(await open().load(), null);
    const [aside] = await asides();
    assert.equal(await text(aside), old);
    assert.match(log.all.join(), /another key/);
  });

  it('refuses a copy of a file of another account', async () => {
    await open('b2.json').save({ token: 'other' });
    await writeFile(at(NAME), await text('b2.json'));
    assert.equal(await open().load(), null);
  });

  for (const step of ['lstat', 'readdir', 'readFile']) {
    it(`fails to load if ${step} fails`, async () => {
      await saved('one', 'two');
      const before = await filesIn(path);
      for (const fault of ['EACCES', 'EIO'] as const) {
        const disk = new FaultyFs().failOn(step, fault);
        await assert.rejects(open(NAME, disk).load(), { code: 'COZIFY_STORE', message: new RegExp(fault) });
      }
      assert.deepEqual(await filesIn(path), before);
      assert.deepEqual(await open().load(), { token: 'two' });
    });
  }

  it('refuses a directory that is a link', async () => {
    await saved('one');
    await rename(path, `${path}-moved`);
    await symlink(`${path}-moved`, path);
    await assert.rejects(open().load(), { code: 'COZIFY_STORE' });
    await assert.rejects(open().save({ token: 'two' }), { code: 'COZIFY_STORE' });
    await assert.rejects(open().remove(), { code: 'COZIFY_STORE' });
  });

  it('replaces links in place of its files, and never writes through them', async () => {
    await saved('one');
    const elsewhere = await makeFolder();
    const names = [NAME, `${NAME}.last`, 'key', `${NAME}.1-1.tmp`];
    for (const name of names) {
      await rm(at(name), { force: true });
      await writeFile(join(elsewhere, name), 'of somebody else');
      await symlink(join(elsewhere, name), at(name));
    }
    await symlink(join(elsewhere, 'nowhere'), at('b2.json'));
    await saved('two', 'three');
    await open('b2.json').save({ token: 'other' });
    for (const name of names) assert.equal(await readFile(join(elsewhere, name), 'utf8'), 'of somebody else');
    assert.deepEqual(await filesIn(elsewhere), names.sort());
    for (const name of [NAME, 'key', 'b2.json']) assert.ok((await lstat(at(name))).isFile(), name);
    assert.deepEqual(await open().load(), { token: 'three' });
  });

  describe('with temporary files of a killed process', () => {
    it('adopts a complete and newer temporary file, and removes the others', async () => {
      await saved('one');
      const one = await text();
      await saved('two');
      await writeFile(at(`${NAME}.999999999-1.tmp`), await text());
      await writeFile(at(`${NAME}.999999999-2.tmp`), (await text()).slice(0, 50));
      await writeFile(at(`${NAME}.999999999-3.tmp`), '');
      await writeFile(at(NAME), one);
      assert.deepEqual(await open().load(), { token: 'two' });
      assert.deepEqual(await filesIn(path), ['.gitignore', NAME, `${NAME}.last`, 'key']);
      assert.deepEqual(await open().load(), { token: 'two' });
    });

    it('keeps the file of a running process', async () => {
      await saved('one');
      const theirs = `${NAME}.${process.ppid}-1.tmp`;
      await writeFile(at(theirs), 'half a fi');
      assert.deepEqual(await open().load(), { token: 'one' });
      assert.ok((await filesIn(path)).includes(theirs));
    });
  });

  it('saves one at a time from two stores of one file', async () => {
    const directory = new StateDirectory(path, log);
    const a = storeIn(directory);
    const b = storeIn(directory);
    await Promise.all(Array.from({ length: 20 }, (_, index) => (index % 2 ? a : b).save({ token: `t${index}` })));
    assert.deepEqual(await open().load(), { token: 't19' });
    assert.deepEqual(await filesIn(path), ['.gitignore', NAME, `${NAME}.last`, 'key']);
  });

  describe('with two directory objects in one process', () => {
    /**
     * Saves `save` and runs `other` just before step number `place` of the save. Returns whether the save reached that
     * step.
     */
    async function during(place: number, save: Content, other: (store: FileStore<Content>) => Promise<unknown>) {
      const here = storeIn(new StateDirectory(path, log));
      let [step, isReached] = [0, false];
      const fs = Object.fromEntries(
        Object.entries(new FaultyFs().fs).map(([name, work]: [string, (...args: never[]) => Promise<unknown>]) => [
          name,
          async (...args: never[]) => {
            if (step++ === place) {
              isReached = true;
              await other(here);
            }
            return work(...args);
          },
        ]),
      ) as unknown as FileSystem;
      await storeIn(new StateDirectory(path, log, fs)).save(save);
      return isReached;
    }

    const freshFolder = async (): Promise<void> => {
      path = join(await makeFolder(), 'cozify');
      await saved('one', 'two');
    };

    it('saves while the other loads', async () => {
      let [place, isReached] = [0, true];
      for (; isReached; place++) {
        await freshFolder();
        isReached = await during(place, { token: 'three' }, async (other) => {
          const { token } = (await other.load()) ?? {};
          assert.ok(token === 'two' || token === 'three', `step ${place}: ${token}`);
        });
        assert.deepEqual(await open().load(), { token: 'three' }, `step ${place}`);
        assert.deepEqual(await filesIn(path), ['.gitignore', NAME, `${NAME}.last`, 'key'], `step ${place}`);
      }
      assert.ok(place > 8, 'there were steps');
      assert.deepEqual(log.all, []);
    });

    it('saves while the other saves', async () => {
      let [place, isReached] = [0, true];
      for (; isReached; place++) {
        await freshFolder();
        isReached = await during(place, { token: 'three' }, (other) => other.save({ token: 'four' }));
        const { token } = (await open().load()) ?? {};
        assert.ok(token === 'three' || token === 'four', `step ${place}: ${token}`);
        assert.deepEqual(await filesIn(path), ['.gitignore', NAME, `${NAME}.last`, 'key'], `step ${place}`);
      }
      assert.ok(place > 8, 'there were steps');
      assert.deepEqual(log.all, []);
    });
  });

  it('saves after a backup of its file was restored', async () => {
    const store = open();
    await store.save({ token: 'one' });
    const backup = await text();
    await store.save({ token: 'two' });
    await store.save({ token: 'three' });
    await writeFile(at(NAME), backup);
    await store.save({ token: 'four' });
    assert.deepEqual(await open().load(), { token: 'four' });
  });
});
