import { HomeCache } from '../../src/devices/home/home-cache.js';
import { heapInUse } from '../../test/endurance/support/heap';
import { FakeClock } from '../../test/src/support/fake-clock';
import { furnish } from '../../packages/cozify-practice/src/home/furnish';
import { runInChildProcess } from './child-process';
import { type Row, type Section, timesRow } from './report';
import { costOf } from './rounds';

interface Taken {
  /** Processor time for the first complete poll answer, in milliseconds. */
  ms: number;
  /** Memory that the cache keeps per device, in bytes. */
  bytes: number;
}

/** Runs in its own process: measures the cost of reading one complete poll answer with this many devices. */
export async function fullAnswer({ devices }: { devices: number }): Promise<Taken> {
  const { things } = furnish('hub-1', Date.now(), { devices });
  const delta = { type: 'DEVICE_DELTA', timestamp: 1, devices: Object.fromEntries(things.devices) };
  const body = JSON.stringify({ type: 'POLL_DELTA', full: true, timestamp: 1, polls: [delta] });
  const home = new HomeCache({ hub: 'hub-1', language: 'fi', clock: new FakeClock() });
  const before = await heapInUse();
  const { cpuUs } = await costOf(1, () => {
    home.applyPoll(JSON.parse(body), { isFull: true });
    return Promise.resolve();
  });
  return { ms: cpuUs / 1000, bytes: ((await heapInUse()) - before) / home.things.list('device').length };
}

/** Measures the time and memory of a home with many devices. */
export async function measureDevices(repeats: number): Promise<Section> {
  const rows: Row[] = [];
  for (const [devices, most] of [
    [1000, 60],
    [10_000, 500],
  ] as const) {
    const all: Taken[] = [];
    for (let round = 0; round < repeats; round++)
      all.push(await runInChildProcess('devices', 'fullAnswer', { devices }));
    rows.push(
      timesRow(
        `a full answer of ${devices} devices (ms of processor time)`,
        { median: most },
        all.map(({ ms }) => ms),
      ),
      timesRow(
        `memory, ${devices} devices (bytes a device)`,
        { median: 3072 },
        all.map(({ bytes }) => bytes),
        0,
      ),
    );
  }
  return {
    title: 'Many devices',
    measured: 'library',
    about: 'The library alone, each time in a new process.',
    rows,
  };
}
