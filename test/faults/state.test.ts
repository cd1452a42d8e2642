import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { copyFile, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seal } from '../../src/store/envelope.js';
import { filesIn } from '../src/support/folder.js';
import { EMAIL, failure } from '../src/support/stage.js';
import { until } from '../support/wait.js';
import { FIRST } from './support/first-version.js';
import { FILE, Home } from './support/home.js';
import { faultTable, type Row } from './support/table.js';

const LAST = `${FILE}.last`;
type Damage = (good: Buffer, home: Home) => Buffer | Promise<Buffer>;

const text = (value: string): Buffer => Buffer.from(value);
const envelope = (good: Buffer) => JSON.parse(good.toString()) as Record<string, unknown>;
const changed = (good: Buffer, changes: object): Buffer => text(JSON.stringify({ ...envelope(good), ...changes }));
const resealed = async (home: Home, content: unknown): Promise<Buffer> => {
  const key = Buffer.from(await readFile(join(home.path, 'key'), 'utf8'), 'base64');
  return text(seal(content, key, FILE, 9));
};

const DAMAGES: [string, Damage][] = [
  ['empty', () => Buffer.alloc(0)],
  ['cut in half', (good) => good.subarray(0, good.length / 2)],
  ['of the right form, with a token that is a number', (_good, home) => resealed(home, { clouds: [{ login: 5 }] })],
];

async function damage(home: Home, name: string, work: Damage): Promise<void> {
  const place = join(home.path, name);
  await writeFile(place, await work(await readFile(place), home));
}

const asideOf = async (home: Home): Promise<string[]> =>
  (await filesIn(home.path)).filter((name) => /\.bad-/.test(name));

const damages = DAMAGES.flatMap(([what, work]): Row<Home>[] => [
  {
    fault: `a state file that is ${what}`,
    expected: 'keep: the last good copy is loaded, the bad one is set aside and reported in the log',
    run: async (home) => {
      await home.close();
      await damage(home, FILE, work);
      await home.start();
      assert.equal((await asideOf(home)).length, 1);
      assert.ok(home.log.all.some((line) => line.startsWith('error') && line.includes('set aside')));
    },
  },
  {
    fault: `a state file and a last good copy that are both ${what}`,
    expected: 'otp-required, reported in the log; both are set aside and never overwritten',
    run: async (home) => {
      await home.close();
      const bytes = await work(await readFile(join(home.path, FILE)), home);
      for (const name of [FILE, LAST]) await writeFile(join(home.path, name), bytes);
      await home.start();
      assert.equal(home.account.snapshot().state, 'otp-required');
      assert.ok(home.log.all.some((line) => line.startsWith('error') && line.includes('no good copy left')));
      await home.account.requestOtp();
      await home.account.authenticate({ otp: home.simulator.latestCode(EMAIL) });
      await home.reopen();
      assert.equal(home.account.snapshot().state, 'authenticated');
      const aside = await asideOf(home);
      assert.equal(aside.length, 2);
      for (const name of aside) assert.deepEqual(await readFile(join(home.path, name)), bytes);
    },
  },
]);

const versions: Row<Home>[] = [FILE, LAST].map((name) => ({
  fault: `a ${name === FILE ? 'state file' : 'last good copy'} of a newer version of the package`,
  expected: 'keep: left unchanged, COZIFY_STORE, no event; works again after the old file is put back',
  run: async (home) => {
    const good = await readFile(join(home.path, name));
    await home.close();
    await damage(home, name, (bytes) => changed(bytes, { cozify: 2, tag: '' }));
    const newer = await readFile(join(home.path, name));
    const account = home.begin();
    await failure(account.ping(), 'COZIFY_STORE');
    await failure(account.token('foobar'), 'COZIFY_STORE');
    assert.deepEqual([home.topics, home.sent.length], [[], 0]);
    assert.deepEqual(await readFile(join(home.path, name)), newer);
    await writeFile(join(home.path, name), good);
    assert.equal((await account.token()).value, home.token);
  },
}));

const labels: Row<Home>[] = ['cozify', 'key'].map((field) => ({
  fault: `a state file whose ${field === 'key' ? 'key id' : 'version'} alone is damaged`,
  expected: 'keep: the content is whole, and is loaded',
  run: async (home) => {
    await home.account.refresh({ force: true });
    home.token = (await home.account.token()).value;
    await home.close();
    await damage(home, FILE, (good) => changed(good, { [field]: 2 }));
    await home.start();
    assert.deepEqual(await asideOf(home), []);
  },
}));

const keys: Row<Home>[] = [
  {
    fault: 'a state file that version 0.1.0 wrote',
    expected: 'opened, with its login and hubs',
    run: async (home) => {
      await home.close();
      await rm(join(home.path, LAST));
      await writeFile(join(home.path, 'key'), FIRST.key);
      await writeFile(join(home.path, FILE), JSON.stringify(FIRST.state));
      home.simulator.acceptToken(FIRST.token, EMAIL);
      await home.start({ cloudUrl: FIRST.cloudUrl });
      home.detour = ({ pathname }) => new URL(pathname, home.simulator.origin);
      assert.equal((await home.account.token()).value, FIRST.token);
      const { state, email, lastRefresh, hubs } = home.account.snapshot();
      assert.deepEqual([state, email, lastRefresh], ['authenticated', EMAIL, '2026-03-02T05:00:00.000Z']);
      assert.deepEqual(
        hubs.map(({ id, host }) => [id, host]),
        [['hub-1', '192.168.1.5']],
      );
      assert.equal((await home.account.ping()).value, true);
    },
  },
  {
    fault: 'a changed encryption key',
    expected: 'otp-required, reported in the log; the files are set aside, and load again with their old key',
    run: async (home) => {
      await home.close();
      const key = await readFile(join(home.path, 'key'));
      await writeFile(join(home.path, 'key'), `${randomBytes(32).toString('base64')}\n`);
      await home.start();
      assert.equal(home.account.snapshot().state, 'otp-required');
      assert.ok(home.log.all.some((line) => line.includes('another key')));
      await home.close();
      const [aside] = await asideOf(home);
      await writeFile(join(home.path, 'key'), key);
      await rename(join(home.path, aside ?? ''), join(home.path, FILE));
      await home.start();
      await home.assertKept();
    },
  },
  ...(['deleted', 'emptied', 'replaced by garbage'] as const).map((what): Row<Home> => ({
    fault: `a key file that is ${what} while we run`,
    expected: 'keep: the next save writes the key back',
    run: async (home) => {
      const place = join(home.path, 'key');
      if (what === 'deleted') await rm(place);
      else await writeFile(place, what === 'emptied' ? '' : randomBytes(50));
      assert.equal((await home.account.refresh({ force: true })).isRefreshed, true);
      assert.equal(home.account.snapshot().saved, true);
      home.token = (await home.account.token()).value;
    },
  })),
];

const restored: Row<Home>[] = [
  {
    fault: 'an older file put back from a backup while we run',
    expected: 'keep: the newer token in memory wins, and is there after the next save',
    run: async (home) => {
      const backup = join(home.path, 'backup');
      await copyFile(join(home.path, FILE), backup);
      await home.account.refresh({ force: true });
      await copyFile(backup, join(home.path, FILE));
      assert.equal((await home.account.refresh({ force: true })).isRefreshed, true);
      home.token = (await home.account.token()).value;
    },
  },
  {
    fault: 'the whole directory deleted while we run',
    expected: 'keep: the next save writes everything again',
    run: async (home) => {
      await rm(home.path, { recursive: true });
      await home.account.refresh({ force: true });
      home.token = (await home.account.token()).value;
      await until('a save', () => home.account.snapshot().saved);
    },
  },
];

faultTable('State', () => Home.open(), [...damages, ...versions, ...labels, ...keys, ...restored]);
