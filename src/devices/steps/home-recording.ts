/** Records a home: a person starts and stops the recording in the editor. */
import { type Clock, Deadline } from '../../async/clock.js';
import { Timer } from '../../async/timers.js';
import { CozifyError } from '../../errors.js';
import { expectOk } from '../../http/response.js';
import type { Homes } from '../across-hubs/homes.js';
import { parseHubAnswer } from '../home/hub-answer.js';
import type { LiveHome } from '../home/live-home.js';
import { HomeRecorder } from '../recording/home-recorder.js';
import { areThings, hubTimeIn, LISTINGS, type RecordedThings, type Recording } from '../recording/recording.js';

/** The time limit for the first poll answer. */
const BEGIN_MS = 20_000;
/** How long a recording is kept after its end. */
const KEPT_MS = 86_400_000;

/** Options of a recording. */
export interface RecordingOptions {
  /** The id of the hub; empty for the default hub. */
  hub: string;
  names: Recording['names'];
  minutes: number;
}

/** The state of a recording, without data of the home. Times are ISO 8601 UTC. */
export interface RecordingState {
  state: 'none' | 'recording' | 'done';
  hub: string | null;
  startedAt: string | null;
  endsAt: string | null;
  /** The number of poll answers with changes. */
  count: number;
  /** Whether the recording ended early, because it reached its size limit. */
  isTooLarge: boolean;
}

/** The current or last recording. */
interface Run {
  readonly hub: string;
  readonly startedAt: number;
  endsAt: number;
  /** `undefined` until the first states of the home are known. */
  recorder: HomeRecorder | undefined;
  /** Stops the polls for the recording; `undefined` once the recording has ended. */
  stop: (() => void) | undefined;
}

/**
 * Records the answers to polls of one hub for a person, who downloads them as a file. The recording is kept in memory
 * until a day after its end. Only one recording runs at a time.
 */
export class HomeRecording {
  readonly #clock: Clock;
  readonly #homes: () => Homes;
  readonly #version: (hub: string) => string | null;
  /** Ends the recording when its time is over, and drops it a day later. */
  readonly #timer: Timer;
  #run: Run | undefined;

  constructor(clock: Clock, homes: () => Homes, version: (hub: string) => string | null) {
    this.#clock = clock;
    this.#homes = homes;
    this.#version = version;
    this.#timer = new Timer(clock, { keepsAlive: true });
  }

  get state(): RecordingState {
    const run = this.#run;
    const isRunning = run?.stop !== undefined;
    return {
      state: run === undefined ? 'none' : isRunning ? 'recording' : 'done',
      hub: run?.hub ?? null,
      startedAt: run === undefined ? null : new Date(run.startedAt).toISOString(),
      endsAt: run === undefined ? null : new Date(run.endsAt).toISOString(),
      count: run?.recorder?.count ?? 0,
      isTooLarge: run?.recorder?.isTooLarge ?? false,
    };
  }

  /**
   * Starts a recording, and resolves once the first states of the home are known. Drops the previous
   * recording. Throws as {@link HubClient.request}, `COZIFY_BUSY` while another recording runs, and
   * `COZIFY_NOT_FOUND` for an unknown hub.
   */
  async start({ hub, names, minutes }: RecordingOptions): Promise<RecordingState> {
    if (this.#run?.stop !== undefined) {
      throw new CozifyError('COZIFY_BUSY', 'A recording is under way: stop it first.');
    }
    const live = this.#liveOf(hub);
    const startedAt = this.#clock.now();
    const run: Run = {
      hub: live.cache.hub,
      startedAt,
      endsAt: startedAt + minutes * 60_000,
      recorder: undefined,
      stop: undefined,
    };
    this.#run = run;
    try {
      await this.#begin(run, live, names);
    } catch (error) {
      run.stop?.();
      if (this.#run === run) this.#run = undefined;
      throw error;
    }
    if (run.stop !== undefined) this.#timer.set(minutes * 60_000, () => this.stop());
    return this.state;
  }

  async #begin(run: Run, live: LiveHome, names: Recording['names']): Promise<void> {
    const from = this.#clock.monotonic();
    const early: { answer: unknown; at: number }[] = [];
    let noteFirst: (answer: unknown) => void = () => undefined;
    const first = new Promise<unknown>((resolve) => (noteFirst = resolve));
    run.stop = live.record((answer) => {
      const at = Math.round(this.#clock.monotonic() - from);
      noteFirst(answer);
      if (run.recorder === undefined) early.push({ answer, at });
      else run.recorder.add(answer, at);
      if (run.recorder?.isTooLarge === true) this.stop();
    });
    // The lists are loaded before the poll is awaited, because an error from a list says why the hub fails.
    const things = await listAll(live);
    const late = (): Error => live.loop.error ?? new CozifyError('COZIFY_HUB_OFFLINE', 'The hub gives no changes.');
    const answer = await new Deadline(this.#clock, BEGIN_MS).limit(first, late);
    const startedAt = hubTimeIn(answer) ?? run.startedAt;
    const hubVersion = this.#version(run.hub) ?? '';
    const recorder = new HomeRecorder({ names, hubVersion, startedAt, things });
    // Skips the first answer: the lists already contain its changes.
    for (const { answer: later, at } of early.slice(1)) recorder.add(later, at);
    run.recorder = recorder;
  }

  /** Ends the recording, and keeps it for a day. */
  stop(): RecordingState {
    const run = this.#run;
    if (run?.stop !== undefined) {
      run.stop();
      run.stop = undefined;
      run.endsAt = Math.min(run.endsAt, this.#clock.now());
      this.#timer.set(KEPT_MS, () => this.forget());
      if (run.recorder === undefined) this.#run = undefined;
    }
    return this.state;
  }

  /** Ends the recording, and drops it. */
  forget(): RecordingState {
    this.stop();
    this.#timer.clear();
    this.#run = undefined;
    return this.state;
  }

  /** Returns the text of the file, piece by piece. Throws `COZIFY_NOT_FOUND` if nothing was recorded. */
  pieces(): Generator<string> {
    const recorder = this.#run?.recorder;
    if (recorder === undefined) throw new CozifyError('COZIFY_NOT_FOUND', 'There is no recording: start one first.');
    return recorder.pieces();
  }

  #liveOf(hub: string): LiveHome {
    const homes = this.#homes();
    const [live] = hub === '' ? [homes.of(homes.hubs.defaultId ?? homes.hubs.ids[0] ?? '')] : homes.covered(hub);
    if (live !== undefined) return live;
    throw new CozifyError('COZIFY_NOT_FOUND', 'There is no such hub.');
  }
}

/** Loads all lists of a hub. A missing list is empty, but a failure of the list of devices is thrown. */
async function listAll({ client }: LiveHome): Promise<RecordedThings> {
  const things: RecordedThings = {};
  for (const listing of LISTINGS) {
    const answer = await client.request({ method: 'GET', path: `/${listing}` });
    if (listing === 'devices') expectOk(answer);
    const list = parseHubAnswer(answer.body);
    things[listing] = areThings(list) ? list : {};
  }
  return things;
}
