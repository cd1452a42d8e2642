/**
 * A program that has not polled for this long is gone, because programs poll a hub through the cloud every ten seconds.
 */
const PATIENCE_MS = 30_000;

interface Hearer {
  /** Time of its last answer. */
  at: number;
  /** Number of the recorded polls that it has received. */
  heard: number;
}

/**
 * The programs that poll a home, and how much of a recording each has received. A program does not identify itself, but
 * it polls with the time of its previous answer, which is unique.
 */
export class Hearers {
  readonly #byTime = new Map<number, Hearer>();
  /** Highest number of recorded polls that any program has received. */
  #most = 0;

  /** Notes that the program that polled with `ts` got an answer with the time `told`. */
  note(ts: number, told: number, hearer: Hearer): void {
    this.#byTime.delete(ts);
    this.#byTime.set(told, hearer);
    this.#most = Math.max(this.#most, hearer.heard);
  }

  /** Whether every active program, and at least one program ever, has received this many recorded polls. */
  haveHeard(count: number, now: number): boolean {
    for (const [time, { at }] of this.#byTime) if (now - at > PATIENCE_MS) this.#byTime.delete(time);
    return this.#most >= count && [...this.#byTime.values()].every(({ heard }) => heard >= count);
  }
}
