/**
 * A program that has not polled for this long is considered to have stopped. Programs poll a hub through the cloud
 * every ten seconds.
 */
const TIMEOUT_MS = 30_000;

interface Poller {
  /** Time of the last answer to the program. */
  at: number;
  /** Number of the recording's polls whose changes the program has received. */
  received: number;
}

/**
 * The programs that poll a home, and how much of a recording each has received. Programs do not identify themselves,
 * but each polls with the time of its previous answer, which is unique.
 */
export class Pollers {
  readonly #byTime = new Map<number, Poller>();
  /** The highest `received` of any program so far. */
  #most = 0;

  /** Records an answer to a program. The program has polled with `ts` and got an answer with the time `answeredAt`. */
  note(ts: number, answeredAt: number, poller: Poller): void {
    this.#byTime.delete(ts);
    this.#byTime.set(answeredAt, poller);
    this.#most = Math.max(this.#most, poller.received);
  }

  /**
   * Whether every program that still polls has received the changes of the recording's first `count` polls. At least
   * one program must have received them, even if it no longer polls.
   */
  haveReceived(count: number, now: number): boolean {
    for (const [time, { at }] of this.#byTime) if (now - at > TIMEOUT_MS) this.#byTime.delete(time);
    return this.#most >= count && [...this.#byTime.values()].every(({ received }) => received >= count);
  }
}
