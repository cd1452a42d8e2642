/**
 * A program that has not polled for this long is gone, because programs poll a hub through the cloud every ten seconds.
 */
const PATIENCE_MS = 30_000;

interface Poller {
  /** Time of its last answer. */
  at: number;
  /** Number of the recorded polls that it has received. */
  received: number;
}

/**
 * The programs that poll a home, and how much of a recording each has received. A program does not identify itself, but
 * it polls with the time of its previous answer, which is unique.
 */
export class Pollers {
  readonly #byTime = new Map<number, Poller>();
  /** Highest number of recorded polls that any program has received. */
  #most = 0;

  /** Notes that the program that polled with `ts` got an answer with the time `answeredAt`. */
  note(ts: number, answeredAt: number, poller: Poller): void {
    this.#byTime.delete(ts);
    this.#byTime.set(answeredAt, poller);
    this.#most = Math.max(this.#most, poller.received);
  }

  /** Whether every active program, and at least one program ever, has received this many recorded polls. */
  haveReceived(count: number, now: number): boolean {
    for (const [time, { at }] of this.#byTime) if (now - at > PATIENCE_MS) this.#byTime.delete(time);
    return this.#most >= count && [...this.#byTime.values()].every(({ received }) => received >= count);
  }
}
