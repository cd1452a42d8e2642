import { Alarm } from '../async/alarm.js';
import type { Clock } from '../async/clock.js';

/** So many failures in a row mean that a hub is away. */
const FAILURES_TO_GO = 3;

/** And so do two of them in so much time without an answer. */
const FEWEST_FAILURES_TO_GO = 2;
const SILENCE_TO_GO_MS = 15_000;

/** Tells whether the hub has answered. Of a step that tells several times the last answer counts, or the first silence. */
export type NoteHealth = (hasAnswered: boolean) => void;

/** Who hears whether a hub can be reached. */
export interface HubHealthOptions {
  clock: Clock;
  /** Called when it is known, when the hub goes away and when it is back. */
  onChange: () => void;
  /** Called when the hub goes away, and when it is back after that. */
  onOutage: (isOver: boolean) => void;
}

/** Failures in a row, and when the first of them began. */
interface Row {
  count: number;
  since: number;
}

/**
 * Whether a hub can be reached, by what comes of the polls or, without these, of the steps that ask it something: a hub
 * that answers polls with something that is no list is as good as away for those who listen, whatever else it answers.
 */
export class HubHealth {
  readonly #options: HubHealthOptions;
  #isReachable: boolean | null = null;
  readonly #silences: Row = { count: 0, since: 0 };
  readonly #polls: Row = { count: 0, since: 0 };
  /** How many answers there have been: a hub that has given one since a step began is there, whatever comes of the step. */
  #answers = 0;
  /** What gets no answer beside polls says nothing. */
  #isPolled = false;
  #isClosed = false;
  /** Rings when a silence has lasted. */
  readonly #alarm: Alarm;

  constructor(options: HubHealthOptions) {
    this.#options = options;
    this.#alarm = new Alarm(options.clock, { keepsAlive: true });
  }

  /** `null` until something is known. */
  get isReachable(): boolean | null {
    return this.#isReachable;
  }

  /** A step other than a poll begins. */
  begin(): NoteHealth {
    const startedAt = this.#options.clock.monotonic();
    const answersBefore = this.#answers;
    let wasSilent = false;
    return (hasAnswered) => {
      const isDoubt = this.#answers === answersBefore && !this.#isPolled;
      if (hasAnswered) this.#noteAnswer();
      else if (isDoubt && !wasSilent) noteFailure(this.#silences, startedAt);
      wasSilent ||= !hasAnswered;
      this.#update(hasAnswered);
    };
  }

  /** What has come of a poll: whether it was answered as polls are. */
  notePoll(isGood: boolean, startedAt: number): void {
    this.#isPolled = true;
    if (isGood) {
      this.#polls.count = 0;
      this.#noteAnswer();
    } else noteFailure(this.#polls, startedAt);
    this.#update(isGood);
  }

  /** Nobody polls any more: what else is asked tells how the hub is. */
  endPolls(): void {
    this.#isPolled = false;
    this.#polls.count = 0;
  }

  /** Tells nothing more. */
  close(): void {
    this.#isClosed = true;
    this.#alarm.clear();
  }

  #noteAnswer(): void {
    this.#answers += 1;
    this.#silences.count = 0;
  }

  #update(hasAnswered: boolean): void {
    if (this.#isClosed) return;
    const { clock } = this.#options;
    this.#alarm.clear();
    const now = clock.monotonic();
    const rows = [this.#silences, this.#polls];
    const isAway = rows.some(
      ({ count, since }) =>
        count >= FAILURES_TO_GO || (count >= FEWEST_FAILURES_TO_GO && now - since >= SILENCE_TO_GO_MS),
    );
    if (isAway) this.#change(false);
    else if (hasAnswered) this.#change(true);
    if (this.#isReachable === false) return;
    const doubted = rows.filter(({ count }) => count >= FEWEST_FAILURES_TO_GO).map(({ since }) => since);
    if (doubted.length > 0) this.#alarm.set(Math.min(...doubted) + SILENCE_TO_GO_MS - now, () => this.#update(false));
  }

  #change(isReachable: boolean): void {
    const before = this.#isReachable;
    this.#isReachable = isReachable;
    if (before === isReachable) return;
    this.#options.onChange();
    if (!isReachable || before === false) this.#options.onOutage(isReachable);
  }
}

function noteFailure(row: Row, startedAt: number): void {
  if (row.count === 0) row.since = startedAt;
  row.count += 1;
}
