import { Alarm } from '../async/alarm.js';
import type { Clock } from '../async/clock.js';
import type { TransportName } from './hub-transport.js';

/** A hub is offline after this many failures in a row. */
const FAILURES_TO_GO = 3;

/** A hub is also offline after 2 failures and 15 s. */
const FEWEST_FAILURES_TO_GO = 2;
const SILENCE_TO_GO_MS = 15_000;

/** A hub is also offline this long after the start of a failed poll, if no poll has been answered since. */
const LONGEST_SILENCE_MS: Readonly<Record<TransportName, number>> = { lan: 25_000, cloud: 45_000 };

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
  /** How long the hub counts as reachable after a single failure, in milliseconds. */
  patienceMs: number;
}

/**
 * Whether a hub can be reached, by what comes of the polls or, without these, of the steps that ask it something: a hub
 * that answers polls with something that is no list is as good as away for those who listen, whatever else it answers.
 */
export class HubHealth {
  readonly #options: HubHealthOptions;
  #isReachable: boolean | null = null;
  readonly #silences: Row = { count: 0, since: 0, patienceMs: Infinity };
  readonly #polls: Row = { count: 0, since: 0, patienceMs: Infinity };
  /** How many answers there have been: a hub that has given one since a step began is there, whatever comes of the step. */
  #answers = 0;
  /** How often the reachability was forgotten. */
  #epoch = 0;
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
    const epoch = this.#epoch;
    let wasSilent = false;
    return (hasAnswered) => {
      if (epoch !== this.#epoch) return;
      const isDoubt = this.#answers === answersBefore && !this.#isPolled;
      if (hasAnswered) this.#noteAnswer();
      else if (isDoubt && !wasSilent) noteFailure(this.#silences, startedAt);
      wasSilent ||= !hasAnswered;
      this.#update(hasAnswered);
    };
  }

  /** Notes the end of a poll: whether its answer was good. */
  notePoll(isGood: boolean, startedAt: number, transport: TransportName): void {
    this.#isPolled = true;
    if (isGood) {
      this.#polls.count = 0;
      this.#noteAnswer();
    } else noteFailure(this.#polls, startedAt, LONGEST_SILENCE_MS[transport]);
    this.#update(isGood);
  }

  /** Nobody polls any more: what else is asked tells how the hub is. */
  endPolls(): void {
    this.#isPolled = false;
    this.#polls.count = 0;
  }

  /**
   * Makes the reachability unknown without notifying anybody, and ignores the answers to steps that have begun already.
   * Returns whether the reachability was known.
   */
  forget(): boolean {
    const wasKnown = this.#isReachable !== null;
    this.#epoch += 1;
    this.#isReachable = null;
    this.#silences.count = this.#polls.count = 0;
    this.#alarm.clear();
    return wasKnown;
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
    const awayAt = Math.min(goesAwayAt(this.#silences), goesAwayAt(this.#polls));
    if (now >= awayAt) this.#change(false);
    else if (hasAnswered) this.#change(true);
    if (this.#isReachable === false) return;
    if (awayAt < Infinity) this.#alarm.set(awayAt - now, () => this.#update(false));
  }

  #change(isReachable: boolean): void {
    const before = this.#isReachable;
    this.#isReachable = isReachable;
    if (before === isReachable) return;
    this.#options.onChange();
    if (!isReachable || before === false) this.#options.onOutage(isReachable);
  }
}

/** When a row of failures makes the hub offline (monotonic, ms); Infinity for no failure. */
function goesAwayAt({ count, since, patienceMs }: Row): number {
  if (count === 0) return Infinity;
  if (count >= FAILURES_TO_GO) return since;
  return since + (count >= FEWEST_FAILURES_TO_GO ? Math.min(SILENCE_TO_GO_MS, patienceMs) : patienceMs);
}

function noteFailure(row: Row, startedAt: number, patienceMs = Infinity): void {
  if (row.count === 0) [row.since, row.patienceMs] = [startedAt, patienceMs];
  row.count += 1;
}
