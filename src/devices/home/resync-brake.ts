/** A hub may say so often that everything is to be loaded anew; above that it waits so long, then twice as long, and so on. */
const FREE_WISHES = 5;
const WISHES_FORGOTTEN_MS = 1_200_000;
const FIRST_BRAKE_MS = 10_000;
const LONGEST_BRAKE_MS = 600_000;

/** How long a hub waits that says that everything is to be loaded anew: one that says so ever again, longer and longer. */
export class ResyncBrake {
  /** When it said so, as long as that is not forgotten, and how often it had to wait meanwhile. */
  #wishes: number[] = [];
  #brakes = 0;

  /** Takes one more wish. Gives in how many milliseconds it is granted. */
  take(now: number): number {
    this.#wishes = this.#wishes.filter((at) => now - at <= WISHES_FORGOTTEN_MS);
    if (this.#wishes.length === 0) this.#brakes = 0;
    this.#wishes.push(now);
    if (this.#wishes.length <= FREE_WISHES) return 0;
    const brakeMs = FIRST_BRAKE_MS * 2 ** Math.min(this.#brakes, 10);
    this.#brakes += 1;
    return Math.min(brakeMs, LONGEST_BRAKE_MS);
  }
}
