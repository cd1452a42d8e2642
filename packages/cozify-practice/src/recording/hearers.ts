/** Whoever has not polled for so long is gone: programs ask a hub through the cloud every ten seconds. */
const PATIENCE_MS = 30_000;

interface Hearer {
  /** When it was answered. */
  at: number;
  /** How many of the recorded polls it has heard. */
  heard: number;
}

/**
 * The programs that poll a home, and how much of a recording each has heard. None says who it is, but each goes on from
 * the time of the answer before, which no other was given.
 */
export class Hearers {
  readonly #byTime = new Map<number, Hearer>();
  /** How many of the recorded polls somebody has heard. */
  #most = 0;

  /** Whoever asked for what is newer than `ts` was answered at `now`, by an answer of the time `told`. */
  note(ts: number, told: number, hearer: Hearer): void {
    this.#byTime.delete(ts);
    this.#byTime.set(told, hearer);
    this.#most = Math.max(this.#most, hearer.heard);
  }

  /** Whether somebody, and everybody who is still there, has heard so many of the recorded polls. */
  haveHeard(count: number, now: number): boolean {
    for (const [time, { at }] of this.#byTime) if (now - at > PATIENCE_MS) this.#byTime.delete(time);
    return this.#most >= count && [...this.#byTime.values()].every(({ heard }) => heard >= count);
  }
}
