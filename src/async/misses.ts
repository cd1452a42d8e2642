import type { Clock } from './clock.js';

/** What was in vain twice is not tried for so long, then for twice as long, and so on. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** More names than this are not remembered: the oldest are let go of. */
const MOST = 500;

/** What was tried in vain, by its name, so that it is tried less and less often. */
export class Misses {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #missed = new Map<string, { at: number; times: number }>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** It was tried in vain. */
  note(name: string): void {
    const times = (this.#missed.get(name)?.times ?? 0) + 1;
    this.#missed.delete(name);
    this.#missed.set(name, { at: this.#clock.monotonic(), times });
    const [oldest] = this.#missed.keys();
    if (this.#missed.size > MOST && oldest !== undefined) this.#missed.delete(oldest);
  }

  forget(name: string): void {
    this.#missed.delete(name);
  }

  /** Whether it was in vain so lately that it is not worth another try. */
  has(name: string): boolean {
    const missed = this.#missed.get(name);
    if (missed === undefined || missed.times < 2) return false;
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(missed.times - 2, 10), LONGEST_PAUSE_MS);
    return this.#clock.monotonic() - missed.at < pauseMs;
  }
}
