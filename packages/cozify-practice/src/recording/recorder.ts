import { setTimeout as sleep } from 'node:timers/promises';
import { HomeRecorder } from '../../../../src/devices/recording/home-recorder';
import {
  areThings,
  hubTimeIn,
  LISTINGS,
  thingsIn,
  type RecordedThings,
  type Recording,
} from '../../../../src/devices/recording/recording';

/** Gives what a hub answers to a GET below `/cc/<version>`, undefined for nothing new; throws where it fails. */
export type Ask = (path: string) => Promise<unknown>;

export interface RecorderClock {
  now: () => number;
  /** Comes to its end early when the signal is aborted. */
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

export interface RecorderOptions {
  ask: Ask;
  hubVersion: string;
  names: Recording['names'];
  lastsMs: number;
  everyMs: number;
  /** Called once the hub has told how the home is: from then on it may fail for a while. */
  onBegin?: () => void;
  /** Hears when the hub stops answering, and when it answers again. */
  onHearing?: (isHeard: boolean) => void;
  /** Ends the recording before its time, with what there is by then. */
  signal?: AbortSignal;
  /** The clock, in milliseconds; default that of this machine. */
  clock?: RecorderClock;
}

/** While nobody answers, the pause between two polls grows up to so many times. */
const LONGEST_PAUSE = 30;

const MACHINE: RecorderClock = {
  now: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, signal && { signal }).catch(() => undefined),
};

/**
 * Records a home: what there is, and what happens there for a while. Nothing private gets into what it gives. Throws where
 * the hub tells nothing of its devices or of changes.
 */
export async function recordHome(options: RecorderOptions): Promise<Recording> {
  return (await record(options)).recording;
}

/** The same, as what writes a file of it. */
export async function record(options: RecorderOptions): Promise<HomeRecorder> {
  const { ask, hubVersion, names, lastsMs, everyMs, signal, onBegin, onHearing, clock = MACHINE } = options;
  const first = await ask('/hub/poll?ts=0');
  let ts = hubTimeIn(first);
  if (ts === undefined) throw new Error('The hub tells of no changes.');
  const things = await listAll(ask, thingsIn(first));
  const recorder = new HomeRecorder({ names, hubVersion, startedAt: ts, things });
  const startedAt = clock.now();
  onBegin?.();
  const leftMs = () => lastsMs - (clock.now() - startedAt);
  let failures = 0;
  while (!signal?.aborted && !recorder.isTooLarge && leftMs() > 0) {
    await clock.sleep(Math.min(everyMs * Math.min(2 ** failures, LONGEST_PAUSE), leftMs()), signal);
    if (signal?.aborted) break;
    let answer: unknown;
    try {
      answer = await ask(`/hub/poll?ts=${ts}`);
    } catch {
      failures += 1;
      if (failures === 1) onHearing?.(false);
      continue;
    }
    if (failures > 0) onHearing?.(true);
    failures = 0;
    ts = hubTimeIn(answer) ?? ts;
    recorder.hear(answer, Math.round(clock.now() - startedAt));
  }
  return recorder;
}

/** What the first poll has told, and what it has not, from the lists. One that the hub does not have is empty. */
async function listAll(ask: Ask, told: RecordedThings): Promise<RecordedThings> {
  const { devices = await ask('/devices') } = told;
  if (!areThings(devices)) throw new Error('The hub tells of no devices.');
  const things: RecordedThings = { ...told, devices };
  for (const listing of LISTINGS) {
    const list = things[listing] ?? (await ask(`/${listing}`).catch(() => undefined));
    things[listing] = areThings(list) ? list : {};
  }
  return things;
}
