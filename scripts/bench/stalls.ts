import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/async/clock.js';
import { JobQueue } from '../../src/async/job-queue.js';
import type { ChangeRecord } from '../../src/devices/home/change-log.js';
import { parseFilter } from '../../src/devices/targets/device-filter.js';
import { HomeCache, type PollOutcome } from '../../src/devices/home/home-cache.js';
import type { Homes } from '../../src/devices/across-hubs/homes.js';
import type { LiveHome } from '../../src/devices/home/live-home.js';
import { ChangeFeed } from '../../src/devices/steps/change-feed.js';
import type { ChangeConfig } from '../../src/devices/steps/change-config.js';
import { runInChildProcess } from './child-process';
import { type Section, timesRow } from './report';

const DEVICES = 10_000;
const GROUPS = 500;
const SUBSCRIBERS = 20;
const FOR_MS = 2_000;

const MOMENTS = ['first', 'idle', 'mass', 'holdsEnd'] as const;

/** The longest stall of the event loop in each measured situation, in milliseconds. */
type Stalls = Record<(typeof MOMENTS)[number], number>;

const CONFIGS: Record<string, Partial<ChangeConfig>> = {
  'every change': { filter: parseFilter({ kinds: ['device', 'group'] }) },
  'a condition with a hold time': { condition: { field: 'brightness', op: 'below', value: 90 }, forMs: FOR_MS },
};

/** A home with many devices and many subscribers. */
class LargeHome {
  readonly cache = new HomeCache({ hub: 'hub-1', language: 'en', clock: systemClock });
  readonly #live = {
    ...{ cache: this.cache, client: { isReachable: true }, loop: { isUpToDate: true, intervalMs: 1000 } },
  } as unknown as LiveHome;
  readonly homes = {
    known: { ids: ['hub-1'], defaultId: 'hub-1' },
    jobs: new JobQueue(systemClock, (error) => console.error(error)),
    onHubs: () => () => undefined,
    subscribe: (
      _selection: unknown,
      subscriber: (live: LiveHome, record: ChangeRecord) => void,
      onHome: (live: LiveHome) => void,
    ) => {
      onHome(this.#live);
      return this.cache.log.subscribe((record) => subscriber(this.#live, record));
    },
  } as unknown as Homes;
  #timestamp = 0;

  /** Applies a poll answer to the cache. Does not notify the subscribers; {@link notify} does. */
  poll(brightness: number | undefined, isFirst = false): PollOutcome {
    const devices = brightness === undefined ? {} : devicesAt(brightness);
    const polls = [{ type: 'DEVICE_DELTA', devices }, ...(isFirst ? [{ type: 'GROUP_DELTA', groups: groups() }] : [])];
    const answer = { type: 'POLL_DELTA', full: isFirst, timestamp: (this.#timestamp += 10), polls };
    const outcome = this.cache.applyPoll(answer, { isFull: isFirst });
    if (outcome === undefined) throw new Error('That is no answer to a poll.');
    return outcome;
  }

  notify({ changes, presses, isFirst }: PollOutcome): void {
    const requestedAt = systemClock.monotonic();
    const record = {
      source: 'poll',
      requestedAt,
      isUpToDate: true,
      unwatchedMs: 0,
      failingMs: 0,
      changes,
      presses,
      isFirst,
    } as const;
    this.cache.log.append(record);
  }
}

/** Runs in its own process: returns the longest stall in each situation. Parsing the answer is not included. */
export async function stallsOf({ config }: { config: string }): Promise<Stalls> {
  const home = new LargeHome();
  const all = { hub: '', targets: [], filter: parseFilter({}), fields: [], condition: null, forMs: 0 };
  const defaults = { payload: 'state', events: ['changed'] as const, own: true, initial: false, ...CONFIGS[config] };
  Array.from(
    { length: SUBSCRIBERS },
    (_, index) =>
      new ChangeFeed({
        ...{ id: `n${index}`, homes: home.homes, clock: systemClock, send: () => undefined },
        config: { ...all, ...defaults },
      }),
  );
  const stalls = { first: 0, idle: 0, mass: 0, holdsEnd: 0 };
  const holdOf = async (outcome: PollOutcome): Promise<number> => {
    await sleep(50);
    return longestHold(home.homes, () => home.notify(outcome));
  };
  stalls.first = await holdOf(home.poll(10, true));
  stalls.idle = await holdOf(home.poll(undefined));
  stalls.mass = await holdOf(home.poll(30));
  stalls.holdsEnd = await longestHold(home.homes, () => undefined, FOR_MS + 500);
  return stalls;
}

/**
 * Runs `work` and returns the longest stall of the event loop until all jobs are done and `leastMs` have passed. The
 * length of a stall is its wall-clock time or its processor time, whichever is shorter, because other processes may
 * delay this process.
 */
async function longestHold({ jobs }: Homes, work: () => void, leastMs = 0): Promise<number> {
  const startedAt = performance.now();
  let [last, lastAt, longest] = [process.cpuUsage(), startedAt, 0];
  work();
  do {
    const { user, system } = process.cpuUsage(last);
    longest = Math.max(longest, Math.min((user + system) / 1000, performance.now() - lastAt));
    [last, lastAt] = [process.cpuUsage(), performance.now()];
    await new Promise<void>((resolve) => setImmediate(resolve));
  } while (jobs.isBusy || performance.now() - startedAt < leastMs);
  return longest;
}

function devicesAt(brightness: number): object {
  const of = (id: string): object => ({
    ...{ id, name: id, type: 'LIGHT', room: ['r1'], capabilities: ['ON_OFF', 'CONTROL_LIGHT'] },
    state: { type: 'STATE_LIGHT', isOn: brightness > 20, brightness: brightness / 100, reachable: true },
  });
  return Object.fromEntries(Array.from({ length: DEVICES }, (_, index) => [`d${index}`, of(`d${index}`)]));
}

function groups(): object {
  const members = (group: number): string[] => Array.from({ length: 20 }, (_, index) => `d${group * 20 + index}`);
  const all = Array.from({ length: GROUPS }, (_, index) => ({
    id: `g${index}`,
    name: `g${index}`,
    members: members(index),
  }));
  return Object.fromEntries(all.map((group) => [group.id, group]));
}

/** Measures how long the event loop stalls because of many subscribers to a very large home. */
export async function measureStalls(repeats: number): Promise<Section> {
  const rows = [];
  const words = {
    first: 'the first answer',
    idle: 'an answer without changes',
    mass: 'a change of all devices',
    holdsEnd: 'the end of the hold times',
  };
  for (const config of Object.keys(CONFIGS)) {
    const all: Stalls[] = [];
    for (let round = 0; round < repeats; round++) all.push(await runInChildProcess('stalls', 'stallsOf', { config }));
    for (const moment of MOMENTS) {
      const times = all.map((stalls) => stalls[moment]);
      rows.push(timesRow(`${config}: ${words[moment]} (ms)`, { median: 50, most: 50 }, times));
    }
  }
  const about =
    `${SUBSCRIBERS} subscribers to ${DEVICES} devices and ${GROUPS} groups, the library alone. The longest stall of the event ` +
    'loop, without the parsing of the answer, by the wall clock or, if that is less, by processor time.';
  return { title: 'Stalls', measured: 'library', about, rows };
}
