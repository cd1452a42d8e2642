import { BEGINNING, withTimes, type RecordedThings, type Recording } from '../../../../src/devices/recording/recording';

/**
 * Lets happen what was recorded, in its order and, up to a limit, as much faster as is asked for: what one recorded poll
 * told waits until the one before was told, so that at any speed the same is heard. It begins with the first poll.
 */
export class Replay {
  readonly #recording: Recording;
  readonly #speed: number;
  readonly #apply: (changes: RecordedThings) => void;
  #startedAt: number | undefined;
  #next = 0;
  #isUntold = false;

  constructor(recording: Recording, speed: number, apply: (changes: RecordedThings) => void) {
    this.#recording = recording;
    this.#speed = speed;
    this.#apply = apply;
  }

  /** Whether all has happened, and was told. */
  get isOver(): boolean {
    return this.#next >= this.#recording.polls.length && !this.#isUntold;
  }

  /** When the next thing happens; Infinity while that is not known. */
  get nextAt(): number {
    const poll = this.#recording.polls[this.#next];
    if (poll === undefined || this.#startedAt === undefined || this.#isUntold) return Infinity;
    return this.#startedAt + poll.at / this.#speed;
  }

  /** Does what is due. */
  settle(now: number): void {
    const poll = this.#recording.polls[this.#next];
    if (poll === undefined || this.nextAt > now) return;
    this.#next += 1;
    this.#isUntold = true;
    this.#apply(timesAt(poll.changes, this.#startedAt ?? now, this.#speed));
  }

  /** A poll was answered. */
  wasTold(now: number): void {
    this.#startedAt ??= now;
    this.#isUntold = false;
  }
}

/** Recorded things with times that suit a home that begins now. */
export function timesAt<Things extends RecordedThings>(things: Things, startedAt: number, speed = 1): Things {
  const move = (time: number) => startedAt + (time - BEGINNING) / (time > BEGINNING ? speed : 1);
  return withTimes(things, move) as Things;
}
