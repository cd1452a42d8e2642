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

/** Gives what a hub answers to a GET below `/cc/<version>`; undefined for what it doesn't know, and for nothing new. */
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
  /** Ends the recording before its time, with what there is by then. */
  signal?: AbortSignal;
  /** The clock, in milliseconds; default that of this machine. */
  clock?: RecorderClock;
}

const MACHINE: RecorderClock = {
  now: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, signal && { signal }).catch(() => undefined),
};

/** Records a home: what there is, and what happens there for a while. Nothing private gets into what it gives. */
export async function recordHome(options: RecorderOptions): Promise<Recording> {
  return (await record(options)).recording;
}

/** The same, as what writes a file of it. */
export async function record(options: RecorderOptions): Promise<HomeRecorder> {
  const { ask, hubVersion, names, lastsMs, everyMs, signal, clock = MACHINE } = options;
  const first = await ask('/hub/poll?ts=0');
  let ts = hubTimeIn(first) ?? 0;
  const things = await listAll(ask, thingsIn(first));
  const recorder = new HomeRecorder({ names, hubVersion, startedAt: ts, things });
  const startedAt = clock.now();
  while (!signal?.aborted && !recorder.isTooLarge && clock.now() - startedAt < lastsMs) {
    await clock.sleep(everyMs, signal);
    if (signal?.aborted) break;
    const answer = await ask(`/hub/poll?ts=${ts}`).catch(() => undefined);
    ts = hubTimeIn(answer) ?? ts;
    recorder.hear(answer, Math.round(clock.now() - startedAt));
  }
  return recorder;
}

/** What the first poll has told, and what it has not, from the lists. */
async function listAll(ask: Ask, told: RecordedThings): Promise<RecordedThings> {
  const things: RecordedThings = { ...told };
  for (const listing of LISTINGS) {
    const list = things[listing] ?? (await ask(`/${listing}`).catch(() => undefined));
    things[listing] = areThings(list) ? list : {};
  }
  return things;
}
