import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type FileStore, StateDirectory } from '../../../src/store/file-store.js';
import { FakeClock, SECOND, settle } from '../support/fake-clock.js';
import { filesIn, makeFolder, removeFolders } from '../support/folder.js';
import { HangingFs } from '../support/hanging-fs.js';
import { failure, Lines } from '../support/stage.js';
import { until } from '../../support/wait.js';
import { type Content, storeIn } from './support/content.js';

const LATE = { code: 'COZIFY_STORE', message: /ETIMEDOUT/ };

describe('Files that hang', () => {
  let path: string;
  let clock: FakeClock;
  let disk: HangingFs;
  let directory: StateDirectory;

  beforeEach(async () => {
    path = join(await makeFolder(), 'cozify');
    clock = new FakeClock();
    disk = new HangingFs();
    directory = new StateDirectory(path, new Lines(), disk.fs, { clock });
  });

  afterEach(async () => {
    disk.comeBack();
    await removeFolders();
  });

  const open = (name = 'a1.json'): FileStore<Content> => storeIn(directory, name);
  /** The result of a call so far: `none`, `good` or an error code. */
  const answerOf = (call: Promise<unknown>): { is: string } => {
    const answer = { is: 'none' };
    call.then(
      () => (answer.is = 'good'),
      (error: unknown) => (answer.is = (error as { code: string }).code),
    );
    return answer;
  };
  /** Waits until a load of the file succeeds. */
  const untilBack = (name = 'a1.json'): Promise<true> =>
    until('the files', () =>
      open(name)
        .load()
        .then(
          () => true,
          () => false,
        ),
    );
  const hangsAt = (count: number): Promise<true> => until(`${count} calls that hang`, () => disk.hung.length === count);

  it('fail a call after 10 s', async () => {
    await open().save({ token: 'one' });
    for (const [index, call] of [
      () => open().load(),
      () => open().save({ token: 'two' }),
      () => open().remove(),
      () => directory.list(),
    ].entries()) {
      disk.hang();
      const running = call();
      const answer = answerOf(running);
      await hangsAt(index + 1);
      await clock.advance(9.9 * SECOND);
      assert.equal(answer.is, 'none');
      await clock.advance(0.2 * SECOND);
      await assert.rejects(running, LATE);
      disk.comeBack();
      await untilBack();
    }
    assert.equal(clock.timers, 0);
  });

  it('immediately fail further calls, without a second call to the file system', async () => {
    await open().save({ token: 'one' });
    disk.hang();
    const first = answerOf(open().load());
    await hangsAt(1);
    await clock.advance(11 * SECOND);
    assert.equal(first.is, 'COZIFY_STORE');
    for (const call of [() => open().load(), () => open().save({ token: 'two' }), () => open().remove()]) {
      await assert.rejects(call(), LATE);
    }
    assert.equal(disk.hung.length, 1);
  });

  it('block at most two of the four threads of Node.js', async () => {
    const names = ['a1.json', 'b2.json', 'c3.json', 'd4.json', 'e5.json'];
    for (const name of names) await open(name).save({ token: name });
    disk.hang();
    const answers = names.map((name) => answerOf(open(name).load()));
    await hangsAt(2);
    await clock.advance(11 * SECOND);
    assert.deepEqual(
      answers.map(({ is }) => is),
      names.map(() => 'COZIFY_STORE'),
    );
    const later = await Promise.allSettled([...names, 'new.json'].map((name) => open(name).load()));
    assert.ok(later.every(({ status }) => status === 'rejected'));
    assert.equal(disk.hung.length, 2);
    disk.comeBack();
    await untilBack('e5.json');
  });

  it('immediately fail calls of other files after a timeout, until they are back', async () => {
    await open('a1.json').save({ token: 'one' });
    await open('b2.json').save({ token: 'two' });
    disk.hang((call) => call.endsWith('a1.json'));
    const hanging = answerOf(open('a1.json').load());
    await hangsAt(1);
    assert.deepEqual(await open('b2.json').load(), { token: 'two' }, 'before the timeout');
    await clock.advance(11 * SECOND);
    assert.equal(hanging.is, 'COZIFY_STORE');
    await assert.rejects(open('b2.json').load(), LATE);
    disk.comeBack();
    await untilBack('b2.json');
  });

  it('fail all calls in flight at the timeout of the first', async () => {
    for (const name of ['a1.json', 'b2.json', 'c3.json']) await open(name).save({ token: name });
    disk.hang();
    const first = answerOf(open('a1.json').load());
    await hangsAt(1);
    await clock.advance(7 * SECOND);
    const later = [open('b2.json').load(), open('c3.json').save({ token: 'new' })].map(answerOf);
    await clock.advance(2.9 * SECOND);
    assert.deepEqual(
      [first, ...later].map(({ is }) => is),
      ['none', 'none', 'none'],
    );
    await clock.advance(0.2 * SECOND);
    assert.deepEqual(
      [first, ...later].map(({ is }) => is),
      ['COZIFY_STORE', 'COZIFY_STORE', 'COZIFY_STORE'],
    );
    disk.comeBack();
    await untilBack('c3.json');
    assert.deepEqual(await open('c3.json').load(), { token: 'c3.json' });
  });

  for (const step of ['readFile', 'open', 'file.writeFile', 'file.sync', 'file.close', 'link']) {
    it(`keep their content when a save that failed with a timeout continues (${step})`, async () => {
      await open().save({ token: 'one' });
      disk.hang((call) => call.startsWith(`${step} `));
      const late = failure(open().save({ token: 'two' }), 'COZIFY_STORE');
      await hangsAt(1);
      await clock.advance(11 * SECOND);
      await late;
      disk.comeBack();
      await untilBack();
      assert.deepEqual(await open().load(), { token: 'one' });
      assert.deepEqual(
        (await filesIn(path)).filter((name) => name.endsWith('.tmp')),
        [],
      );
      await open().save({ token: 'three' });
      assert.deepEqual(await open().load(), { token: 'three' });
    });
  }

  it('keep their content after queued calls that failed with a timeout', async () => {
    await open().save({ token: 'one' });
    disk.hang();
    const reading = answerOf(open().load());
    await hangsAt(1);
    const writing = answerOf(open().save({ token: 'two' }));
    const removing = answerOf(open().remove());
    await clock.advance(11 * SECOND);
    assert.deepEqual([reading.is, writing.is, removing.is], ['COZIFY_STORE', 'COZIFY_STORE', 'COZIFY_STORE']);
    disk.comeBack();
    await untilBack();
    await settle();
    assert.deepEqual(await open().load(), { token: 'one' });
  });

  it('are not removed when a removal that failed with a timeout continues', async () => {
    for (const token of ['one', 'two']) await open().save({ token });
    disk.hang((call) => call.startsWith('readdir'));
    const late = failure(open().remove(), 'COZIFY_STORE');
    await hangsAt(1);
    await clock.advance(11 * SECOND);
    await late;
    disk.comeBack();
    await untilBack();
    assert.deepEqual(await open().load(), { token: 'two' });
  });

  it('are saved if they answer within 10 s', async () => {
    disk.hang();
    const saving = open().save({ token: 'one' });
    await hangsAt(1);
    await clock.advance(9 * SECOND);
    disk.comeBack();
    await saving;
    assert.deepEqual(await open().load(), { token: 'one' });
  });
});
