import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import fc from 'fast-check';
import { type FileStore, StateDirectory } from '../../../src/store/file-store.js';
import { MemoryDisk } from '../../faults/support/memory-fs.js';
import { runs } from '../../faults/support/runs.js';
import { filesIn, makeFolder, removeFolders } from '../support/folder.js';
import { Lines } from '../support/stage.js';
import { type Content, storeIn } from './support/content.js';
import { type FirstSave, slowDisk } from './support/first-save.js';
import { ownProcess } from '../support/own-process.js';

const ACCOUNTS = ['a1', 'b2', 'c3'];
const storeOf = (directory: StateDirectory, id: string): FileStore<Content> => storeIn(directory, `${id}.json`);

describe('The first key', () => {
  afterEach(removeFolders);

  it('is the same for all accounts that save at the first start, on a slow disk without hard links', async () => {
    for (let run = 0; run < 40; run++) {
      const path = join(await makeFolder(), 'cozify');
      const log = new Lines();
      const directory = new StateDirectory(path, log, slowDisk);
      await Promise.all(ACCOUNTS.map((id) => storeOf(directory, id).save({ token: `of ${id}` })));
      const restarted = new StateDirectory(path, log);
      for (const id of ACCOUNTS) {
        assert.deepEqual(await storeOf(restarted, id).load(), { token: `of ${id}` }, `${id} in run ${run}`);
      }
      assert.deepEqual(log.all, []);
    }
  });

  it('is the same for several processes, in any order of their steps and even if some are killed', async () => {
    const process = fc.record({ steps: fc.option(fc.nat(40), { nil: Infinity }), id: fc.constantFrom(...ACCOUNTS) });
    const start = fc.constantFrom(undefined, '', 'no key', Buffer.alloc(31, 7).toString('base64'));
    const processes = fc.array(process, { minLength: 2, maxLength: 4 });
    const world = fc.tuple(fc.scheduler(), processes, start, fc.boolean());
    await fc.assert(
      fc.asyncProperty(world, async ([scheduler, all, broken, hasLinks]) => {
        const disk = new MemoryDisk();
        disk.hasLinks = hasLinks;
        await disk.mount().mkdir(PATH);
        if (broken !== undefined) disk.write(`${PATH}/key`, broken);
        const saved = all.map(({ steps, id }, number) => save(disk, scheduler, steps, `${id}-${number}`));
        const names = await scheduler.waitFor(Promise.all(saved));
        const log = new Lines();
        const restarted = new StateDirectory(PATH, log, disk.copy().mount());
        for (const name of names.filter((one) => one !== undefined)) {
          assert.deepEqual(await storeOf(restarted, name).load(), { token: name }, log.all.join('\n'));
        }
        const kept = [...disk.files].filter(([name]) => name.startsWith(`${PATH}/key.bad-`));
        if (broken === undefined) assert.deepEqual(kept, [], 'no key was set aside');
        for (const [, { bytes }] of kept) assert.equal(bytes.toString(), broken);
      }),
      runs(100),
    );
  });

  it('is the same for real processes that create it concurrently on a slow disk without hard links', async () => {
    const children = await Promise.all(ACCOUNTS.map(() => startChild()));
    try {
      for (let run = 0; run < 40; run++) {
        const path = join(await makeFolder(), 'cozify');
        const answers = await Promise.all(
          children.map((child, index) => ask(child, { path, id: ACCOUNTS[index] ?? '' })),
        );
        assert.deepEqual(
          answers,
          ACCOUNTS.map(() => 'saved'),
        );
        const log = new Lines();
        for (const id of ACCOUNTS) {
          const state = await storeOf(new StateDirectory(path, log), id).load();
          assert.deepEqual(state, { token: `of ${id}` }, `${id} in run ${run}: ${log.all.join()}`);
        }
        assert.ok(!(await filesIn(path)).some((name) => name.endsWith('.tmp') || name.includes('.bad-')));
      }
    } finally {
      for (const child of children) child.disconnect();
      await Promise.all(children.map((child) => once(child, 'exit')));
    }
  });
});

const PATH = '/state/cozify';

/** Saves once in a simulated process that is killed after `steps` steps. Returns `name` if the save succeeded. */
async function save(
  disk: MemoryDisk,
  scheduler: fc.Scheduler,
  steps: number,
  name: string,
): Promise<string | undefined> {
  let left = steps;
  const fs = disk.mount(async () => {
    await scheduler.schedule(Promise.resolve(), name);
    if (left-- <= 0) throw Object.assign(new Error('killed'), { code: 'EDEAD' });
  });
  const pause = (): Promise<void> => scheduler.schedule(Promise.resolve(), `${name} waits`);
  const directory = new StateDirectory(PATH, new Lines(), fs, { ...ownProcess(), pause });
  return storeOf(directory, name)
    .save({ token: name })
    .then(
      () => name,
      () => undefined,
    );
}

async function startChild(): Promise<ChildProcess> {
  const child = fork(join(__dirname, 'support', 'first-save.js'));
  await once(child, 'message');
  return child;
}

async function ask(child: ChildProcess, task: FirstSave): Promise<unknown> {
  const answered = once(child, 'message');
  child.send(task);
  const [answer] = (await answered) as [unknown];
  return answer;
}
