import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createNoStore } from '../../src/store/store.js';
import { MINUTE } from '../src/support/fake-clock.js';
import type { DiskFault } from '../src/support/faulty-fs.js';
import { filesIn } from '../src/support/folder.js';
import { EMAIL, failure } from '../src/support/stage.js';
import { until } from '../support/wait.js';
import { FILE, Home } from './support/home.js';
import { faultTable, type Row } from './support/table.js';

/** The steps of a save, in the order that survives a power cut: see the row "the order of a save". */
const SAVE = ['open', 'file.writeFile', 'file.stat', 'file.sync', 'file.close', 'link', 'rename'] as const;
const FAULTS: DiskFault[] = ['ENOSPC', 'EIO', 'EACCES', 'EROFS'];

/** Renews on a disk that fails, and again on one that works. */
async function renewOn(home: Home, isSaved: boolean): Promise<void> {
  const before = home.token;
  assert.deepEqual(await home.account.refresh({ force: true }), { value: true, isRefreshed: true });
  const after = (await home.account.token()).value;
  assert.equal(home.account.snapshot().saved, isSaved);
  assert.equal(await home.stored(), isSaved ? after : before, 'what lies there is whole');
  home.disk.heal();
  if (!isSaved) {
    await home.clock.advance(MINUTE);
    await until('saving again', () => home.account.snapshot().saved);
  }
  home.token = after;
}

/** A file system may be unable to make links; a disk that is full or broken is another matter. */
const isDoneWithout = (what: DiskFault, step: string): boolean => step === 'link' && !['ENOSPC', 'EIO'].includes(what);

const failing = FAULTS.flatMap((what) =>
  SAVE.map((step): Row<Home> => ({
    fault: `${what} at ${step} of the save after a refresh`,
    expected: isDoneWithout(what, step)
      ? 'keep: saved, the last good copy being a copy'
      : 'keep: true, saved false, the old file whole; saved by itself once that works',
    run: (home) => {
      home.disk.failOn(step, what);
      return renewOn(home, isDoneWithout(what, step));
    },
  })),
);

const STRICT: [string, (home: Home) => Promise<unknown>][] = [
  ['token set', (home) => home.account.token('foobar')],
  ['email set', (home) => home.account.email('maija@example.fi')],
  ['reset', (home) => home.account.reset()],
];
const strict = FAULTS.flatMap((what) =>
  STRICT.map(([doing, work]): Row<Home> => ({
    fault: `${what} on ${doing}`,
    expected: 'keep: COZIFY_STORE, and nothing changes',
    run: async (home) => {
      home.disk.failOn('file.writeFile', what);
      await failure(work(home), 'COZIFY_STORE');
      assert.deepEqual([home.account.snapshot().email, home.topics], [EMAIL, []]);
    },
  })),
);

/** A disk that can't be read is not an empty one. */
const unreadable = ['EACCES', 'EIO'].flatMap((what) =>
  ['readFile', 'lstat', 'readdir'].map((step): Row<Home> => ({
    fault: `${what} at ${step} of the load at boot`,
    expected: 'keep: COZIFY_STORE, no event; read again by itself',
    run: async (home) => {
      await home.close();
      home.disk.failOn(step, what as DiskFault);
      const account = home.begin();
      await failure(account.ping(), 'COZIFY_STORE');
      assert.deepEqual([home.topics, home.sent.length, account.isReady], [[], 0, false]);
      home.disk.heal();
      await home.clock.advance(10_000);
      await account.ready;
      assert.deepEqual(home.topics, []);
    },
  })),
);

/** As many steps as a refresh takes on the disk, with some to spare: what dies after the last has saved everything. */
const kills = Array.from({ length: 48 }, (_, place) => place).map((place): Row<Home> => ({
  fault: `kill -9 at disk step ${place + 1} after a refresh`,
  expected: 'keep: the old token or the new one, whole',
  run: async (home) => {
    // Both are good: the cloud takes the old one for a while longer.
    home.simulator.graceRequests = Infinity;
    const dying = home.account;
    const before = home.disk.steps.length;
    home.disk.failAt(before + place, 'kill');
    await dying.refresh({ force: true });
    const renewed = (await dying.token()).value;
    if (place === 47) assert.ok(home.disk.steps.length - before < 47, 'the last one is after the save');
    await home.close(dying);
    home.disk.heal();
    await home.start();
    const kept = (await home.account.token()).value;
    assert.ok([home.token, renewed].includes(kept), 'one of the two');
    const left = (await filesIn(home.path)).filter((name) => name.endsWith('.tmp'));
    assert.deepEqual(left, []);
    home.token = kept;
  },
}));

const whole = (home: Home): Promise<Buffer> => readFile(join(home.path, FILE));
const LEFT: [string, string, (good: Buffer) => Buffer][] = [
  ['a whole one', `${FILE}.999999999-1.tmp`, (good) => good],
  ['half of one', `${FILE}.999999999-2.tmp`, (good) => good.subarray(0, good.length / 2)],
  ['an empty one', `${FILE}.999999999-3.tmp`, () => Buffer.alloc(0)],
  ['one of the key', 'key.999999999-4.tmp', () => Buffer.from('half a k')],
];
const leftovers = LEFT.map(([what, name, content]): Row<Home> => ({
  fault: `a temporary file left by a dead process: ${what}`,
  expected: 'keep: cleared away',
  run: async (home) => {
    await home.close();
    await writeFile(join(home.path, name), content(await whole(home)));
    await home.start();
    await home.account.refresh({ force: true });
    home.token = (await home.account.token()).value;
    assert.ok(!(await filesIn(home.path)).includes(name));
  },
}));

const others: Row<Home>[] = [
  {
    fault: 'a state file lost, with a newer whole temporary file beside the last good copy',
    expected: 'keep: the newest valid one is loaded',
    run: async (home) => {
      await home.account.refresh({ force: true });
      home.token = (await home.account.token()).value;
      await home.close();
      const newest = await whole(home);
      await writeFile(join(home.path, FILE), 'cut');
      await writeFile(join(home.path, `${FILE}.999999999-1.tmp`), newest);
      await home.start();
    },
  },
  {
    fault: 'a write that stops short without an error',
    expected: 'keep: noticed by the size; the old file whole, saved later',
    run: (home) => {
      home.disk.failOn('file.writeFile', 'short write');
      return renewOn(home, false);
    },
  },
  {
    fault: 'a directory that can not be forced to the disk',
    expected: 'keep: saved all the same, with a line in the log',
    run: async (home) => {
      const count = home.disk.steps.length;
      await home.account.refresh({ force: true });
      const opened = home.disk.steps.lastIndexOf('directory.sync') - count;
      home.token = (await home.account.token()).value;
      home.disk.failAt(home.disk.steps.length + opened, 'EIO');
      await renewOn(home, true);
      assert.ok(home.log.all.some((line) => line.startsWith('warn') && line.includes('has not confirmed')));
    },
  },
  {
    fault: 'no user directory',
    expected: 'a login works, with saved false',
    run: async (home) => {
      await home.close();
      await home.start({ store: createNoStore('none') });
      await home.account.requestOtp();
      await home.account.authenticate({ otp: home.simulator.latestCode(EMAIL) });
      const { state, saved } = home.account.snapshot();
      assert.deepEqual([state, saved, (await home.account.ping()).value], ['authenticated', false, true]);
    },
  },
  {
    fault: 'a hundred pings and refreshes that are not due',
    expected: 'keep: nothing is written',
    run: async (home) => {
      const before = await whole(home);
      await home.account.ping();
      const writes = home.disk.steps.filter((step) => step === 'rename').length;
      for (let time = 0; time < 50; time++) {
        await home.account.ping();
        assert.equal((await home.account.refresh()).isRefreshed, false);
      }
      assert.equal(home.disk.steps.filter((step) => step === 'rename').length, writes);
      assert.deepEqual(await whole(home), before);
    },
  },
  {
    fault: 'the order of a save',
    expected: 'keep: temporary file, write, size, fsync, last good copy, rename, fsync of the directory',
    run: async (home) => {
      const before = home.disk.steps.length;
      await home.account.refresh({ force: true });
      home.token = (await home.account.token()).value;
      const done = home.disk.steps.slice(before);
      const from = done.indexOf('file.writeFile') - 1;
      const order = done.slice(from).filter((step) => !['unlink', 'lstat', 'readFile', 'readdir'].includes(step));
      assert.deepEqual(order, [...SAVE, 'directory.open', 'directory.sync', 'directory.close']);
    },
  },
];

faultTable('State', () => Home.open(), [...failing, ...strict, ...unreadable, ...kills, ...leftovers, ...others]);
