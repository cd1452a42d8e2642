import { join } from 'node:path';
import { createAccount } from '../../src/account/create-account.js';
import { type AccountRecord, accountShape } from '../../src/state/account-record.js';
import { FileStore, StateDirectory } from '../../src/store/file-store.js';
import { tempFolder } from '../../test/live/harness/leftovers';
import { FaultyFs } from '../../test/src/support/faulty-fs';
import type { BenchCloud } from './cloud';
import { countRow, type Section } from './report';

const STEPS = 100;

/** Counts the file operations of one save, and of calls that change nothing, such as a ping. */
export async function countSaves(cloud: BenchCloud): Promise<Section> {
  const disk = new FaultyFs();
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const directory = new StateDirectory(join(tempFolder('bench'), 'cozify'), log, disk.fs);
  const store = new FileStore<AccountRecord>(directory, 'account.json', accountShape);
  const account = createAccount({ store, email: 'owner@example.fi', cloudUrl: cloud.url });
  await account.authenticate({ otp: 'ABC123' });
  const during = async (work: () => Promise<unknown>): Promise<string[]> => {
    const before = disk.steps.length;
    await work();
    return disk.steps.slice(before);
  };
  const renewal = await during(() => account.refresh({ force: true }));
  const steps = await during(async () => {
    for (let made = 0; made < STEPS; made++) {
      await account.ping();
      await account.refresh();
      await account.token();
    }
  });
  await account.close();
  const syncs = renewal.filter((step) => step.endsWith('.sync')).length;
  return {
    title: 'The disk',
    measured: 'library',
    about: 'Counted at the file system. Before each save the file is read, so that a newer one is never overwritten.',
    rows: [
      countRow('syncs a save', 2, syncs, `${renewal.length} calls in all: ${inWords(renewal)}`),
      countRow(`calls of ${3 * STEPS} steps that change nothing`, 0, steps.length),
    ],
  };
}

function inWords(steps: string[]): string {
  return [...new Set(steps)].map((step) => `${steps.filter((one) => one === step).length} ${step}`).join(', ');
}
