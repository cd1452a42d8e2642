import { type Clock, Deadline } from '../../async/clock.js';
import { TimerQueue } from '../../async/timers.js';
import { badInput, CozifyError } from '../../errors.js';
import { expectOk } from '../../http/response.js';
import { kindOf } from '../../input.js';
import type { Homes } from '../homes/homes.js';
import { parseHubAnswer } from '../home/hub-answer.js';
import type { LiveHome } from '../home/live-home.js';
import { HomeRecorder } from '../recording/home-recorder.js';
import { areThings, hubTimeIn, LISTINGS, type RecordedThings, type Recording } from '../recording/recording.js';

/** How long a recording may last, in minutes. */
const MOST_MINUTES = 1440;
/** The hub has so long for its first answer. */
const BEGIN_MS = 20_000;
/** So long after its end it can be had. */
const KEPT_MS = 86_400_000;

/** What is to be recorded. */
export interface RecordingOptions {
  /** Its id; the default one for `''`. */
  hub: string;
  names: Recording['names'];
  minutes: number;
}

/** How a recording stands. Times are ISO 8601 UTC; nothing of the home is in it. */
export interface RecordingState {
  state: 'none' | 'recording' | 'done';
  hub: string | null;
  startedAt: string | null;
  endsAt: string | null;
  /** How often something has happened. */
  count: number;
  /** It has grown so large that it ended before its time. */
  isTooLarge: boolean;
}

/** The one recording that there is, or was. */
interface Run {
  readonly hub: string;
  readonly startedAt: number;
  endsAt: number;
  /** Undefined until the hub has told how the home is. */
  recorder: HomeRecorder | undefined;
  /** Undefined when it is over. */
  stop: (() => void) | undefined;
}

/**
 * Records what happens at home, for a person who asks for it: hears what polls bring, and keeps it in memory alone until a
 * day after its end. One at a time; it goes on whoever looks at it.
 */
export class HomeRecording {
  readonly #clock: Clock;
  readonly #homes: () => Homes;
  readonly #version: (hub: string) => string | null;
  readonly #timers: TimerQueue;
  #run: Run | undefined;

  constructor(clock: Clock, homes: () => Homes, version: (hub: string) => string | null) {
    this.#clock = clock;
    this.#homes = homes;
    this.#version = version;
    this.#timers = new TimerQueue(clock, (due) => {
      if (due.has('end')) this.stop();
      if (due.has('forget')) this.forget();
    });
  }

  get state(): RecordingState {
    const run = this.#run;
    const isUnderWay = run?.stop !== undefined;
    return {
      state: run === undefined ? 'none' : isUnderWay ? 'recording' : 'done',
      hub: run?.hub ?? null,
      startedAt: run === undefined ? null : new Date(run.startedAt).toISOString(),
      endsAt: run === undefined ? null : new Date(run.endsAt).toISOString(),
      count: run?.recorder?.count ?? 0,
      isTooLarge: run?.recorder?.isTooLarge ?? false,
    };
  }

  /**
   * Begins once the hub has told how the home is; what was recorded before is forgotten. Throws as
   * {@link HubClient.request}, `COZIFY_BUSY` while another one is under way, and `COZIFY_NOT_FOUND`.
   */
  async start({ hub, names, minutes }: RecordingOptions): Promise<RecordingState> {
    if (this.#run?.stop !== undefined) {
      throw new CozifyError('COZIFY_BUSY', 'A recording is under way: stop it first.');
    }
    const live = this.#liveOf(hub);
    const startedAt = this.#clock.now();
    const run: Run = {
      hub: live.home.hub,
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
    if (run.stop !== undefined) this.#timers.set('end', minutes * 60_000);
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
      else run.recorder.hear(answer, at);
      if (run.recorder?.isTooLarge === true) this.stop();
    });
    // What does not answer says best why.
    const things = await listAll(live);
    const late = (): Error => live.loop.error ?? new CozifyError('COZIFY_HUB_OFFLINE', 'The hub gives no changes.');
    const answer = await new Deadline(this.#clock, BEGIN_MS).limit(first, late);
    const startedAt = hubTimeIn(answer) ?? run.startedAt;
    const hubVersion = this.#version(run.hub) ?? '';
    const recorder = new HomeRecorder({ names, hubVersion, startedAt, things });
    // What the first has told is in the lists.
    for (const { answer: told, at } of early.slice(1)) recorder.hear(told, at);
    run.recorder = recorder;
  }

  /** Ends it before its time; what there is by then is kept. */
  stop(): RecordingState {
    const run = this.#run;
    if (run?.stop !== undefined) {
      run.stop();
      run.stop = undefined;
      run.endsAt = Math.min(run.endsAt, this.#clock.now());
      this.#timers.clear('end');
      this.#timers.set('forget', KEPT_MS);
      if (run.recorder === undefined) this.#run = undefined;
    }
    return this.state;
  }

  /** Ends it, and keeps nothing of it. */
  forget(): RecordingState {
    this.stop();
    this.#timers.clear('forget');
    this.#run = undefined;
    return this.state;
  }

  /** The text of its file, piece by piece. Throws `COZIFY_NOT_FOUND` where nothing was recorded. */
  pieces(): Generator<string> {
    const recorder = this.#run?.recorder;
    if (recorder === undefined) throw new CozifyError('COZIFY_NOT_FOUND', 'There is no recording: start one first.');
    return recorder.pieces();
  }

  close(): void {
    this.forget();
    this.#timers.stop();
  }

  #liveOf(hub: string): LiveHome {
    const homes = this.#homes();
    const [live] = hub === '' ? [homes.of(homes.hubs.defaultId ?? homes.hubs.ids[0] ?? '')] : homes.listened(hub);
    if (live !== undefined) return live;
    throw new CozifyError('COZIFY_NOT_FOUND', 'There is no such hub.');
  }
}

/** What a body asks for. Throws `COZIFY_BAD_INPUT`. */
export function parseRecordingOptions(body: Record<string, unknown>): RecordingOptions {
  const { hub = '', names = 'replaced', minutes = 60 } = body;
  if (typeof hub !== 'string') throw badInput(`hub should be the id of one, but was ${kindOf(hub)}.`);
  if (names !== 'kept' && names !== 'replaced') throw badInput('names should be "kept" or "replaced".');
  if (!Number.isInteger(minutes) || Number(minutes) < 1 || Number(minutes) > MOST_MINUTES) {
    throw badInput(`minutes should be a whole number from 1 to ${MOST_MINUTES}.`);
  }
  return { hub: hub.trim(), names, minutes: Number(minutes) };
}

/** All lists of a hub. One that it does not have is empty, but for that of the devices. */
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
