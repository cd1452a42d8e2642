import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StateDirectory } from '../../../src/store/file-store.js';
import { type DiskFault, FaultyFs } from '../support/faulty-fs.js';
import { filesIn, makeFolder, removeFolders } from '../support/folder.js';
import { Lines } from '../support/stage.js';
import { ownProcess } from '../support/own-process.js';
import { type Content, NAME, storeIn } from './support/content.js';

type Prepare = (path: string) => Promise<void>;

const open = (path: string, disk = new FaultyFs()) =>
  storeIn(new StateDirectory(path, new Lines(), disk.fs, ownProcess()));

const save = async (path: string, ...tokens: string[]): Promise<void> => {
  for (const token of tokens) await open(path).save({ token });
};

const faults: DiskFault[] = ['ENOSPC', 'EIO', 'short write'];

/** Contents before the failing save, each with the result of a load at that time. */
const starts: Record<string, { prepare: Prepare; old: Content | null }> = {
  'nothing at all': { prepare: () => Promise.resolve(), old: null },
  'one save': { prepare: (path) => save(path, 'old'), old: { token: 'old' } },
  'several saves': { prepare: (path) => save(path, 'older', 'old'), old: { token: 'old' } },
  'a damaged file with a good copy': {
    prepare: async (path) => {
      await save(path, 'old', 'lost');
      await writeFile(join(path, NAME), 'damaged');
    },
    old: { token: 'old' },
  },
};

describe('FileStore: a failing save', () => {
  let path: string;

  const again = async (): Promise<string> => (path = join(await makeFolder(), 'cozify'));

  beforeEach(again);
  afterEach(removeFolders);

  /** Returns the file-system calls (steps) of a save, after `prepare` has made the earlier content. */
  async function stepsOf(prepare: Prepare, isFinal: boolean): Promise<string[]> {
    await prepare(await again());
    const disk = new FaultyFs();
    await open(path, disk).save({ token: 'new' }, { isFinal });
    return disk.steps;
  }

  /** Fails each step in each way, and checks that a load agrees with the result of the save. */
  async function failEach(steps: string[], prepare: Prepare, isFinal: boolean, old: Content | null, first = 0) {
    for (const [place, step] of [...steps.entries()].slice(first)) {
      for (const fault of faults) {
        if (fault === 'short write' && step !== 'file.writeFile') continue;
        await prepare(await again());
        const disk = new FaultyFs().failAt(place, fault);
        const error: unknown = await open(path, disk)
          .save({ token: 'new' }, { isFinal })
          .then(
            () => undefined,
            (thrown: unknown) => thrown,
          );
        const state = await open(path).load();
        const where = `${fault} at step ${place} (${step})`;
        if (error === undefined) assert.deepEqual(state, { token: 'new' }, `${where}: saved`);
        else {
          assert.equal((error as { code?: string }).code, 'COZIFY_STORE', where);
          assert.deepEqual(state, old, `${where}: not saved`);
        }
      }
    }
  }

  for (const [start, { prepare, old }] of Object.entries(starts)) {
    for (const isFinal of [false, true]) {
      const action = `${isFinal ? 'the final save' : 'a save'} over ${start}`;

      it(`leaves the old or the new state, and later no temporary file, when the process is killed during ${action}`, async () => {
        const steps = await stepsOf(prepare, isFinal);
        for (let index = 0; index < steps.length; index++) {
          await prepare(await again());
          const disk = new FaultyFs().failAt(index, 'kill');
          // A killed process reports nothing, so the outcome of the save is ignored.
          await open(path, disk)
            .save({ token: 'new' }, { isFinal })
            .catch(() => undefined);
          const state = await open(path).load();
          const isGood = [old?.token, 'new'].includes(state?.token);
          assert.ok(isGood, `killed at step ${index} (${steps[index]}): ${JSON.stringify(state)}`);
          await open(path).save({ token: 'next' });
          assert.deepEqual(await open(path).load(), { token: 'next' });
          const left = (await filesIn(path)).filter((name) => name.endsWith('.tmp'));
          assert.deepEqual(left, [], `killed at step ${index} (${steps[index]})`);
        }
      });

      it(`keeps the old state when a step of ${action} fails before the rename`, async () => {
        const steps = await stepsOf(prepare, isFinal);
        await failEach(steps.slice(0, steps.lastIndexOf('rename') + 1), prepare, isFinal, old);
      });
    }
  }

  for (const isFinal of [false, true]) {
    it(`keeps the old state, or reports the new one as saved, when a later step of a ${isFinal ? 'final ' : ''}save fails`, async () => {
      const { prepare, old } = starts['several saves'] ?? assert.fail();
      const steps = await stepsOf(prepare, isFinal);
      await failEach(steps, prepare, isFinal, old, steps.lastIndexOf('rename') + 1);
    });
  }

  it('can be repeated with the same store once there is room', async () => {
    const disk = new FaultyFs();
    const store = open(path, disk);
    await store.save({ token: 'one' });
    disk.failOn('file.writeFile', 'ENOSPC');
    await assert.rejects(store.save({ token: 'two' }), { code: 'COZIFY_STORE', message: /ENOSPC/ });
    disk.heal();
    await store.save({ token: 'three' });
    assert.deepEqual(await open(path).load(), { token: 'three' });
  });

  it('keeps a damaged file that was set aside', async () => {
    await save(path, 'old');
    await writeFile(join(path, NAME), 'damaged');
    await open(path, new FaultyFs().failOn('rename', 'EIO')).load();
    await open(path).load();
    const [aside] = (await filesIn(path)).filter((name) => name.includes('.bad-'));
    assert.equal(await readFile(join(path, aside ?? ''), 'utf8'), 'damaged');
  });
});

describe('FileStore: a failing load', () => {
  afterEach(removeFolders);

  it('leaves the state unchanged when the process is killed', async () => {
    for (let index = 0, isDone = false; !isDone; index++) {
      const path = join(await makeFolder(), 'cozify');
      await save(path, 'old', 'lost');
      await writeFile(join(path, NAME), 'damaged');
      const disk = new FaultyFs().failAt(index, 'kill');
      await open(path, disk)
        .load()
        .catch(() => undefined);
      isDone = disk.steps.length <= index;
      assert.deepEqual(await open(path).load(), { token: 'old' }, `killed at step ${index}`);
    }
  });
});
