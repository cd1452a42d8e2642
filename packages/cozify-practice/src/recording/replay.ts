import {
  BEGINNING,
  LISTINGS,
  withTimes,
  type RecordedThings,
  type Recording,
} from '../../../../src/devices/recording/recording';
import { Pollers } from './pollers';

/**
 * Replays the changes of a recording in their recorded order, up to `speed` times faster. A change of a thing waits
 * until all programs have received the thing's previous change, so that they get the same changes at any speed. Changes
 * of different things may share an answer. The replay starts with the first poll.
 */
export class Replay {
  readonly #recording: Recording;
  readonly #speed: number;
  readonly #apply: (changes: RecordedThings) => void;
  readonly #pollers = new Pollers();
  /** Keys of the things with a change that at least one client has not received yet. */
  readonly #unreceived = new Set<string>();
  /**
   * Index of the last list (0: devices, 1: groups, …) with a change that at least one client has not received yet. An
   * answer contains the lists in this order. So a change of an earlier list has to wait: in the same answer, it would
   * come first.
   */
  #lastList = 0;
  /** The last `timestamp` of each thing, as recorded and as replayed. */
  readonly #timestamps = new Map<string, { recorded: number; replayed: number }>();
  #startedAt: number | undefined;
  #next = 0;

  /** `now`: the time when the home is created from the things of the recording. */
  constructor(recording: Recording, speed: number, now: number, apply: (changes: RecordedThings) => void) {
    this.#recording = recording;
    this.#speed = speed;
    this.#apply = apply;
    for (const [key, thing] of thingsOf(recording.things)) {
      const recorded = thing?.['timestamp'];
      if (typeof recorded === 'number') {
        this.#timestamps.set(key, { recorded, replayed: Math.round(timeAt(recorded, now)) });
      }
    }
  }

  /** Whether all changes have been replayed and received. */
  isOver(now: number): boolean {
    return this.#next >= this.#recording.polls.length && this.#pollers.haveReceived(this.#next, now);
  }

  /** Returns the time of the next change; Infinity if there is none or it can't be applied yet. */
  nextAt(now: number): number {
    const poll = this.#recording.polls[this.#next];
    if (poll === undefined || this.#startedAt === undefined || !this.#canApply(poll.changes, now)) return Infinity;
    return this.#startedAt + poll.at / this.#speed;
  }

  /** Applies the changes that are due. */
  settle(now: number): void {
    while (this.nextAt(now) <= now) {
      const { at = 0, changes = {} } = this.#recording.polls[this.#next] ?? {};
      this.#next += 1;
      for (const [list, thing] of placesOf(changes)) {
        this.#unreceived.add(thing);
        this.#lastList = Math.max(this.#lastList, list);
      }
      this.#apply(this.#withTimestamps(timesAt(changes, this.#startedAt ?? now, this.#speed), changes, at, now));
    }
  }

  /**
   * Sets the `timestamp` of each thing in `moved`. It is as old as the recorded one was, at any speed and after any
   * wait, because programs ignore a press that is too old. It is later than the thing's last one, because programs
   * ignore a press that is not newer. If the recorded timestamp did not change, the replayed one does not change
   * either.
   */
  #withTimestamps(moved: RecordedThings, recorded: RecordedThings, at: number, now: number): RecordedThings {
    const recordedTimes = new Map(thingsOf(recorded).map(([key, thing]) => [key, thing?.['timestamp']]));
    for (const [key, thing] of thingsOf(moved)) {
      const time = recordedTimes.get(key);
      if (thing === null || typeof time !== 'number') continue;
      const last = this.#timestamps.get(key);
      if (last === undefined || time > last.recorded) {
        const ageMs = Math.max(0, BEGINNING + at - time);
        const replayed = Math.max(Math.round(now - ageMs), (last?.replayed ?? 0) + 1);
        this.#timestamps.set(key, { recorded: time, replayed });
      }
      thing['timestamp'] = this.#timestamps.get(key)?.replayed;
    }
    return moved;
  }

  /** Records that a client polled with the time `ts` of its previous answer, and got an answer with the time `time`. */
  noteAnswer(ts: number, time: number, now: number): void {
    this.#startedAt ??= now;
    this.#pollers.note(ts, time, { at: now, received: this.#next });
  }

  /**
   * Whether changes can be applied now. They have to wait while some program has not received an earlier change that
   * they would hide (of the same thing) or overtake (of a thing in a later list). An answer contains each thing only
   * once, list after list.
   */
  #canApply(changes: RecordedThings, now: number): boolean {
    if (this.#pollers.haveReceived(this.#next, now)) {
      this.#unreceived.clear();
      this.#lastList = 0;
    }
    return placesOf(changes).every(([list, thing]) => list >= this.#lastList && !this.#unreceived.has(thing));
  }
}

/** Returns the changed things, each with the index of its list in an answer. */
function placesOf(changes: RecordedThings): [list: number, thing: string][] {
  return LISTINGS.flatMap((listing, index) =>
    Object.keys(changes[listing] ?? {}).map((id): [number, string] => [index, `${listing}/${id}`]),
  );
}

/** Returns the things of all lists, each with its key, such as `devices/<id>`. */
function thingsOf(things: RecordedThings): [key: string, thing: Record<string, unknown> | null][] {
  return LISTINGS.flatMap((listing) =>
    Object.entries(things[listing] ?? {}).map(([id, thing]): [string, Record<string, unknown> | null] => [
      `${listing}/${id}`,
      thing,
    ]),
  );
}

/** Shifts the times in recorded things, as if the recording had started at `startedAt`. */
export function timesAt<Things extends RecordedThings>(things: Things, startedAt: number, speed = 1): Things {
  return withTimes(things, (time) => timeAt(time, startedAt, speed)) as Things;
}

function timeAt(time: number, startedAt: number, speed = 1): number {
  return startedAt + (time - BEGINNING) / (time > BEGINNING ? speed : 1);
}
