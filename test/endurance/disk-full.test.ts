import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Account } from '../../src/account/account.js';
import { tempFolder } from '../live/harness/leftovers.js';
import { Simulator } from '../simulator/index.js';
import { FakeClock } from '../src/support/fake-clock.js';
import { EMAIL, openAccount, saveLogin } from './support/file-account.js';
import { becomes } from '../support/becomes';
import { say } from '../support/size.js';
import { sleep, until } from '../support/wait.js';

/** Time in milliseconds until the account retries a failed save in the background, including jitter. */
const RETRY_MS = 40_000;

describe('disk full', () => {
  const clock = new FakeClock();
  let simulator: Simulator;
  let folder: string;
  let mounted: string | undefined;

  before(async () => {
    simulator = await Simulator.start({ hubs: [], now: () => clock.now() });
  });
  after(() => simulator.stop());
  beforeEach(() => {
    folder = join(tempFolder('disk-full'), 'cozify');
  });
  afterEach(unmount);
  process.once('exit', unmount);

  function unmount(): void {
    if (mounted !== undefined) execFileSync('umount', [mounted]);
    mounted = undefined;
  }

  async function open(): Promise<Account> {
    const { account, start } = openAccount(folder, simulator.cloudUrl, { clock });
    start();
    await account.ready;
    return account;
  }

  /**
   * Asserts that another process with the same files finds a login that the cloud accepts, while the first process
   * still runs.
   */
  async function checkSuccessor(what: string): Promise<void> {
    const { account: next } = openAccount(folder, simulator.cloudUrl, {
      clock,
      isAutorefresh: false,
      isPassive: true,
    });
    const { value } = await next.ping({ autorefresh: false });
    assert.ok(value, `${what}: the next process has no login`);
    await next.close();
  }

  async function untilSaved(account: Account): Promise<void> {
    // Advances the clock again and again, because an earlier try that still runs plans the next one when it fails.
    await until('saving to catch up', async () => {
      await clock.advance(RETRY_MS);
      return account.snapshot().saved;
    });
  }

  it('keeps the old state and later saves the new one, on a real file system of 64 KB that is full', async () => {
    mkdirSync(folder, { recursive: true });
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=700', 'tmpfs', folder], { stdio: 'pipe' });
    } catch {
      say('not run: mounting is not allowed here. The injected file system of test/src/store stands for it.');
      return;
    }
    mounted = folder;
    say('run on a real tmpfs of 64 KB');
    await saveLogin(folder, simulator.cloudUrl, simulator.issueToken(EMAIL));
    const account = await open();
    await account.refresh({ force: true });
    assert.ok(account.snapshot().saved);

    const filler = join(folder, 'filler');
    for (let isFull = false; !isFull;) isFull = !tryToGrow(filler);
    const before = contents(folder);
    assert.ok((await account.refresh({ force: true })).isRefreshed);
    assert.equal(account.snapshot().saved, false, 'it can not be saved, and the snapshot says so');
    assert.deepEqual(contents(folder), before, 'each file is as it was');
    await checkSuccessor('full');
    await clock.advance(RETRY_MS);
    await sleep(100);
    assert.equal(account.snapshot().saved, false, 'still full');
    await becomes(() => Promise.resolve(contents(folder)), before, 'each file is as it was, after trying again');

    rmSync(filler);
    await untilSaved(account);
    await account.close();
    await checkSuccessor('room again');
  });
});

function tryToGrow(path: string): boolean {
  try {
    writeFileSync(path, Buffer.alloc(1024), { flag: 'a' });
    return true;
  } catch {
    return false;
  }
}

/**
 * Returns the contents of all files by name, except the file that fills the disk. Skips a temporary file that
 * disappears before it is read.
 */
function contents(folder: string): Record<string, string> {
  const names = readdirSync(folder).filter((name) => name !== 'filler');
  return Object.fromEntries(names.map((name) => [name, contentOf(join(folder, name))]));
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'base64');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return 'no longer there';
  }
}
