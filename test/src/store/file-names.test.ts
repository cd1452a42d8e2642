import assert from 'node:assert/strict';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import * as promises from 'node:fs/promises';
import { join } from 'node:path';
import type { FileSystem } from '../../../src/store/file-system.js';
import { FileStore, StateDirectory } from '../../../src/store/file-store.js';
import { fileStemOf } from '../../../src/store/file-stem.js';
import { shape } from '../../../src/schema.js';
import { caseIgnoringFs } from '../support/case-ignoring-fs.js';
import { filesIn, makeFolder, removeFolders } from '../support/folder.js';
import { Lines } from '../support/stage.js';
import { ownProcess } from '../support/own-process.js';

interface Content {
  token: string;
}

const contentShape = shape<Content>({ type: 'object', required: ['token'], properties: { token: { type: 'string' } } });
const IDS = ['koti', 'Koti', 'kOTI', 'KOTI', 'Äiti', 'äiti', `A${'x'.repeat(198)}A`, `a${'x'.repeat(198)}a`];

describe('ids that differ by case only', () => {
  let path: string;
  let log: Lines;

  beforeEach(async () => {
    path = join(await makeFolder(), 'cozify');
    log = new Lines();
  });

  afterEach(removeFolders);

  const at = (name: string): string => join(path, name);
  const process = (fs: FileSystem): StateDirectory => new StateDirectory(path, log, fs, ownProcess());
  const storeIn = (directory: StateDirectory, id: string): FileStore<Content> =>
    new FileStore<Content>(directory, `${fileStemOf(id)}.json`, contentShape);
  const open = (id: string, fs: FileSystem = caseIgnoringFs): FileStore<Content> => storeIn(process(fs), id);
  const kept = async (ids: readonly string[], fs?: FileSystem): Promise<(string | undefined)[]> => {
    const tokens = [];
    for (const id of ids) tokens.push((await open(id, fs).load())?.token);
    return tokens;
  };
  /** Saves as an earlier version did, to whom case counted everywhere. */
  const savedAsBefore = (id: string, token: string): Promise<void> => open(id, promises).save({ token });

  for (const [where, fs] of [
    ['ignores case', caseIgnoringFs],
    ['tells case apart', promises],
  ] as const) {
    it(`are kept apart on a file system that ${where}, over restarts`, async () => {
      for (const round of ['one', 'two', 'three']) {
        for (const id of IDS) await open(id, fs).save({ token: `${id} ${round}` });
        assert.deepEqual(
          await kept(IDS, fs),
          IDS.map((id) => `${id} ${round}`),
        );
      }
      assert.deepEqual(log.all, []);
    });

    it(`begin at once in a directory that is not there yet, on a file system that ${where}`, async () => {
      const directory = process(fs);
      await Promise.all(IDS.map((id) => storeIn(directory, id).save({ token: id })));
      assert.deepEqual(await kept(IDS, fs), IDS);
    });

    it(`are removed one without the other, on a file system that ${where}`, async () => {
      for (const token of ['one', 'two']) for (const id of ['koti', 'Koti']) await open(id, fs).save({ token });
      await open('Koti', fs).remove();
      assert.deepEqual(await kept(['koti', 'Koti'], fs), ['two', undefined]);
      assert.deepEqual(await filesIn(path), ['.gitignore', 'key', 'koti.json', 'koti.json.last']);
    });
  }

  it('lie under the names that they always had where case counts', async () => {
    for (const id of ['koti', 'Koti']) for (const token of ['one', 'two']) await open(id, promises).save({ token });
    const names = ['koti.json', 'koti.json.last', 'Koti.json', 'Koti.json.last'];
    assert.deepEqual(await filesIn(path), ['.gitignore', 'key', ...names].sort());
  });

  it('have the last good copy each of its own', async () => {
    for (const token of ['one', 'two']) for (const id of ['koti', 'Koti']) await open(id).save({ token: id + token });
    for (const name of ['koti.json', '=koti.json']) await writeFile(at(name), 'damaged');
    assert.deepEqual(await kept(['koti', 'Koti']), ['kotione', 'Kotione']);
  });

  for (const first of ['koti', 'Koti']) {
    it(`find what an earlier version left, whichever is read first (${first})`, async () => {
      await savedAsBefore('Koti', 'one');
      await savedAsBefore('Koti', 'two');
      const second = first === 'koti' ? 'Koti' : 'koti';
      const expected = { koti: undefined, Koti: 'two' } as Record<string, string | undefined>;
      assert.deepEqual(await kept([first, second]), [expected[first], expected[second]]);
      await open('koti').save({ token: 'mine' });
      assert.deepEqual(await kept(['koti', 'Koti']), ['mine', 'two']);
      assert.deepEqual(log.all, [], 'nothing was set aside');
    });
  }

  it('and all that lies there for them, as an earlier version left it, have new names at once', async () => {
    await savedAsBefore('Koti', 'one');
    await savedAsBefore('Koti', 'two');
    await open('Koti', promises).save({ token: 'three' });
    await writeFile(at('Koti.json.bad-123-456'), 'x');
    await writeFile(at('Notes of Matti.txt'), 'x');
    await open('koti').load();
    const moved = ['=koti.json', '=koti.json.bad-123-456', '=koti.json.last'];
    assert.deepEqual(await filesIn(path), [...moved, '.gitignore', 'key', 'Notes of Matti.txt'].sort());
    await open('Koti').remove();
    assert.deepEqual(await filesIn(path), ['.gitignore', 'key', 'Notes of Matti.txt'].sort());
  });

  it('are found again when the directory moves to where case counts, and back', async () => {
    for (const id of IDS) await open(id).save({ token: id });
    assert.deepEqual(await kept(IDS, promises), IDS);
    for (const id of IDS) await open(id, promises).save({ token: `${id} 2` });
    const apart = IDS.filter((id) => id === id.toLowerCase());
    assert.equal(apart.length, 3);
    const names = await filesIn(path);
    assert.ok(names.includes('Koti.json') && names.includes('koti.json') && !names.some((name) => /=/.test(name)));
    for (const id of IDS.filter((one) => one !== 'Koti')) await open(id, promises).remove();
    assert.deepEqual(await kept(['Koti', 'koti']), ['Koti 2', undefined]);
  });

  it('what an earlier version saved again meanwhile is the later, and the other is set aside', async () => {
    await open('Koti').save({ token: 'new version' });
    const [lying] = (await filesIn(path)).filter((name) => name.startsWith('=koti'));
    assert.ok(lying !== undefined);
    await mkdir(at('away'));
    await rename(at(lying), at('away/one'));
    await savedAsBefore('Koti', 'old version');
    await rename(at('away/one'), at(lying));
    assert.deepEqual(await kept(['Koti', 'koti']), ['old version', undefined]);
    const asides = (await filesIn(path)).filter((name) => name.startsWith('=koti.json.bad-'));
    assert.equal(asides.length, 1);
    await open('Koti').remove();
    assert.deepEqual(
      (await filesIn(path)).filter((name) => /koti/i.test(name)),
      [],
    );
  });

  it('nothing is taken for not being there when what an earlier version left can not get its new name', async () => {
    await savedAsBefore('Koti', 'one');
    let isReadOnly = true;
    const readOnly: FileSystem = {
      ...caseIgnoringFs,
      rename: (from, to) =>
        isReadOnly
          ? Promise.reject(Object.assign(new Error('EROFS'), { code: 'EROFS' }))
          : caseIgnoringFs.rename(from, to),
    };
    const store = open('Koti', readOnly);
    await assert.rejects(store.load(), { code: 'COZIFY_STORE', message: /EROFS/ });
    isReadOnly = false;
    assert.deepEqual(await store.load(), { token: 'one' });
  });

  it("a person's own files keep their names", async () => {
    await open('koti').save({ token: 'one' });
    await writeFile(at('My=file.txt'), 'mine');
    await open('Koti').save({ token: 'one' });
    assert.deepEqual(await kept(['koti', 'Koti'], promises), ['one', 'one']);
    assert.equal(await readFile(at('My=file.txt'), 'utf8'), 'mine');
    assert.ok((await process(caseIgnoringFs).list()).includes('My=file.txt'));
  });
});
