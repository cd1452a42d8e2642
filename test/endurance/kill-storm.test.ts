import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { settlesWithin, systemClock } from '../../src/async/clock.js';
import type { FileSystem } from '../../src/store/durable-directory.js';
import { createHttp, type Http } from '../../src/http/http-client.js';
import { Simulator } from '../simulator/index.js';
import { FaultyFs } from '../src/support/faulty-fs.js';
import { crashFs } from './support/crash-fs.js';
import { EMAIL, openAccount, saveLogin } from './support/file-account.js';
import { KillLane, type KillCount, noKills } from './support/kill-lane.js';
import { seeded, type Seeded } from './support/seeded.js';
import { say, sized } from '../support/size.js';

/**
 * Number of requests for which a replaced token stays valid: enough for several processes to start, send a request and
 * be killed.
 */
const GRACE_REQUESTS = 30;
/** Number of processes that run and are killed in parallel. */
const LANES = 3;

/**
 * Kills processes about `kills` times, at least once in the middle of a save. Without a kill in the middle of a save,
 * the test would prove nothing.
 */
async function storm(kills: number, graceRequests: number, random: Seeded): Promise<KillCount> {
  const count = noKills();
  const lanes = await Promise.all(Array.from({ length: LANES }, () => KillLane.open(graceRequests, random, count)));
  const ride = async (lane: KillLane): Promise<void> => {
    while (count.kills < kills - LANES || count.midSave === 0) await lane.round();
    await lane.close();
  };
  await Promise.all(lanes.map(ride));
  say(`${count.kills} kills: ${count.early} while starting, ${count.midSave} in the middle of a save`);
  say(`${count.renewals} renewals; ${count.inWindow} kills between the cloud's answer and the end of the save`);
  return count;
}

describe('kill storm', () => {
  it(
    'loses no login by kill -9 at random moments if a replaced token works for a while',
    seeded(async (random) => {
      const { lost, lostInWindow } = await storm(sized(16, 1000), GRACE_REQUESTS, random);
      assert.deepEqual(lost, []);
      assert.equal(lostInWindow, 0, 'logins lost although the replaced token was still good');
    }),
  );

  it(
    'loses a login by kill -9 only between the answer and the save if a replaced token is revoked immediately',
    seeded(async (random) => {
      const { lost, lostInWindow, inWindow } = await storm(sized(9, 300), 0, random);
      say(`${lostInWindow} logins lost in that moment, which no client survives; ${lost.length} lost otherwise`);
      assert.deepEqual(lost, []);
      assert.ok(lostInWindow <= inWindow);
    }),
  );

  for (const isTorn of sized([true], [false, true])) {
    const how = isTorn ? 'at any step of a save, a write half done,' : 'at any step of a save';

    it(`loses no login if a process ends ${how}`, async () => {
      const { steps, lostAt } = await endAtEachStep(GRACE_REQUESTS, isTorn);
      say(`${steps.length} steps: ${steps.join(', ')}`);
      assert.deepEqual(lostAt, []);
    });

    it(`loses the login of a process that ends ${how} only before the new token is written, if the old token is revoked immediately`, async () => {
      const { steps, lostAt, sentAt } = await endAtEachStep(0, isTorn);
      const written = steps.indexOf('file.writeFile');
      say(`lost at ${lostAt.length} of ${steps.length} steps, from the answer to the written file`);
      assert.ok(written > sentAt);
      for (const place of lostAt) assert.ok(place >= sentAt && place <= written, `lost at ${place} (${steps[place]})`);
    });
  }
});

interface StepResult {
  /** The disk operations during a renewal, in order. */
  steps: string[];
  /** Index of the first disk operation that runs after the request to the cloud. */
  sentAt: number;
  /** Indexes of the disk operations at which an exit lost the login. */
  lostAt: number[];
}

/**
 * Repeats a renewal in a process that exits one disk operation later each time. Records at which operations an exit
 * loses the login.
 */
async function endAtEachStep(graceRequests: number, isTorn: boolean): Promise<StepResult> {
  const simulator = await Simulator.start({ hubs: [], graceRequests });
  const result: StepResult = { steps: [], sentAt: 0, lostAt: [] };
  try {
    for (let index = 0, isOver = false; !isOver; index++) {
      simulator.clearRequests();
      const folder = await mkdtemp(join(tmpdir(), 'cozify-steps-'));
      await saveLogin(folder, simulator.cloudUrl, simulator.issueToken(EMAIL));
      const steps = await renewAndEnd(folder, simulator.cloudUrl, index, isTorn);
      isOver = steps.length <= index;
      if (simulator.count('refreshsession') === 0) result.sentAt = index + 1;
      if (isOver) result.steps = steps;
      else if (!(await isLoggedIn(folder, simulator.cloudUrl))) result.lostAt.push(index);
      await rm(folder, { recursive: true });
    }
    return result;
  } finally {
    await simulator.stop();
  }
}

/**
 * Renews once in a process that exits at the disk operation with index `place`. Returns the names of all operations
 * that the process started.
 */
async function renewAndEnd(folder: string, cloudUrl: string, place: number, isTorn: boolean): Promise<string[]> {
  const disk = new FaultyFs();
  const ending: { fs?: FileSystem } = {};
  const fs = new Proxy(disk.fs, { get: (healthy, name: keyof FileSystem) => (ending.fs ?? healthy)[name] });
  const real = createHttp();
  let before = Infinity;
  // Drops requests after the simulated exit, because a process that has ended sends nothing.
  const send: Http = (request) =>
    disk.steps.length > before + place ? new Promise(() => undefined) : real.send(request);
  const http = { ...real, send };
  const { account, start } = openAccount(folder, cloudUrl, { fs, http, isAutorefresh: false });
  start();
  await account.ready;
  before = disk.steps.length;
  ending.fs = crashFs(disk, before + place, isTorn);
  const renewing = account.refresh({ force: true });
  while (!(await settlesWithin(systemClock, renewing, 5)) && disk.steps.length <= before + place);
  const steps = disk.steps.slice(before);
  void account.close();
  return steps;
}

/** Starts the next process on a healthy disk. Returns whether the cloud accepts its login. */
async function isLoggedIn(folder: string, cloudUrl: string): Promise<boolean> {
  const { account } = openAccount(folder, cloudUrl, { isAutorefresh: false });
  const { value } = await account.ping({ autorefresh: false });
  if (value) {
    const { isRefreshed } = await account.refresh({ force: true });
    assert.ok(isRefreshed && account.snapshot().saved, 'the next process renews and saves again');
  }
  await account.close();
  return value;
}
