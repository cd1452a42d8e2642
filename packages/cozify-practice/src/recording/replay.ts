import {
  BEGINNING,
  LISTINGS,
  withTimes,
  type RecordedThings,
  type Recording,
} from '../../../../src/devices/recording/recording';
import { Hearers } from './hearers';

/**
 * Lets happen what was recorded, in its order and, up to a limit, as much faster as is asked for: a change of a thing waits
 * until everybody who polls has heard the one before of that thing, so that at any speed the same is heard. Changes of
 * several things may go together in one answer. It begins with the first poll.
 */
export class Replay {
  readonly #recording: Recording;
  readonly #speed: number;
  readonly #apply: (changes: RecordedThings) => void;
  readonly #hearers = new Hearers();
  /** The things of which something has happened that somebody has not heard. */
  readonly #untold = new Set<string>();
  /** The list that comes last in an answer with them. */
  #lastList = 0;
  #startedAt: number | undefined;
  #next = 0;

  constructor(recording: Recording, speed: number, apply: (changes: RecordedThings) => void) {
    this.#recording = recording;
    this.#speed = speed;
    this.#apply = apply;
  }

  /** Whether all has happened, and was told. */
  isOver(now: number): boolean {
    return this.#next >= this.#recording.polls.length && this.#hearers.haveHeard(this.#next, now);
  }

  /** When the next thing happens; Infinity while that is not known. */
  nextAt(now: number): number {
    const poll = this.#recording.polls[this.#next];
    if (poll === undefined || this.#startedAt === undefined || !this.#isHeardApart(poll.changes, now)) return Infinity;
    return this.#startedAt + poll.at / this.#speed;
  }

  /** Does what is due. */
  settle(now: number): void {
    while (this.nextAt(now) <= now) {
      const { changes = {} } = this.#recording.polls[this.#next] ?? {};
      this.#next += 1;
      for (const [list, thing] of placesOf(changes)) {
        this.#untold.add(thing);
        this.#lastList = Math.max(this.#lastList, list);
      }
      this.#apply(timesAt(changes, this.#startedAt ?? now, this.#speed));
    }
  }

  /** Whoever asked for what is newer than `ts` was answered, with a time of its own where the hub gave one. */
  wasTold(ts: number, time: number, now: number): void {
    this.#startedAt ??= now;
    this.#hearers.note(ts, time, { at: now, heard: this.#next });
  }

  /**
   * Whether changes can happen now without hiding an earlier one, or coming before it: an answer has each thing once, and
   * list after list.
   */
  #isHeardApart(changes: RecordedThings, now: number): boolean {
    if (this.#hearers.haveHeard(this.#next, now)) {
      this.#untold.clear();
      this.#lastList = 0;
    }
    return placesOf(changes).every(([list, thing]) => list >= this.#lastList && !this.#untold.has(thing));
  }
}

/** The changed things, each with the place of its list in an answer. */
function placesOf(changes: RecordedThings): [list: number, thing: string][] {
  return LISTINGS.flatMap((listing, place) =>
    Object.keys(changes[listing] ?? {}).map((id): [number, string] => [place, `${listing}/${id}`]),
  );
}

/** Recorded things with times that suit a home that begins now. */
export function timesAt<Things extends RecordedThings>(things: Things, startedAt: number, speed = 1): Things {
  const move = (time: number) => startedAt + (time - BEGINNING) / (time > BEGINNING ? speed : 1);
  return withTimes(things, move) as Things;
}
