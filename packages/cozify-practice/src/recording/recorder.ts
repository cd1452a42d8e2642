import { setTimeout as sleep } from 'node:timers/promises';
import { HomeRecorder } from '../../../../src/devices/recording/home-recorder';
import {
  areThings,
  hubTimeIn,
  LISTINGS,
  thingsInPoll,
  type RecordedThings,
  type Recording,
} from '../../../../src/devices/recording/recording';

/** Returns a hub's answer to a GET below `/cc/<version>`; undefined for 304. Throws if the call fails. */
export type Ask = (path: string) => Promise<unknown>;

export interface RecorderClock {
  now: () => number;
  /** Resolves early when the signal is aborted. */
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

export interface RecorderOptions {
  ask: Ask;
  hubVersion: string;
  names: Recording['names'];
  lastsMs: number;
  everyMs: number;
  /** Called when all things of the home have been read. From then on, failures do not end the recording. */
  onBegin?: () => void;
  /** Called when the hub stops answering and when it answers again. */
  onContactChange?: (isAnswering: boolean) => void;
  /** Ends the recording early. The events so far are kept. */
  signal?: AbortSignal;
  /** The clock, in milliseconds. Defaults to this machine's clock. */
  clock?: RecorderClock;
}

/** Upper limit of the pause between polls during an outage, as a multiple of the normal pause. */
const LONGEST_PAUSE = 30;

const MACHINE: RecorderClock = {
  now: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, signal && { signal }).catch(() => undefined),
};

/**
 * Records the things of a home and their changes for a while. The result contains no private data, except names if
 * `names` is `kept`. Throws if the hub sends no devices or no changes.
 */
export async function recordHome(options: RecorderOptions): Promise<Recording> {
  return (await record(options)).recording;
}

/** Records a home as {@link recordHome} does. Returns the recorder, which can write the file. */
export async function record(options: RecorderOptions): Promise<HomeRecorder> {
  const { ask, hubVersion, names, lastsMs, everyMs, signal, onBegin, onContactChange, clock = MACHINE } = options;
  const first = await ask('/hub/poll?ts=0');
  let ts = hubTimeIn(first);
  if (ts === undefined) throw new Error('The hub sends no changes.');
  const things = await listAll(ask, thingsInPoll(first));
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
      if (failures === 1) onContactChange?.(false);
      continue;
    }
    if (failures > 0) onContactChange?.(true);
    failures = 0;
    ts = hubTimeIn(answer) ?? ts;
    recorder.add(answer, Math.round(clock.now() - startedAt));
  }
  return recorder;
}

/** Adds the lists that the answer to the first poll did not contain. A list that the hub does not have is empty. */
async function listAll(ask: Ask, given: RecordedThings): Promise<RecordedThings> {
  const { devices = await ask('/devices') } = given;
  if (!areThings(devices)) throw new Error('The hub sends no devices.');
  const things: RecordedThings = { ...given, devices };
  for (const listing of LISTINGS) {
    const list = things[listing] ?? (await ask(`/${listing}`).catch(() => undefined));
    things[listing] = areThings(list) ? list : {};
  }
  return things;
}
