import type { Clock } from './clock.js';

/** The pause after the second failure, which doubles with each further failure. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** The limit of names. The oldest are dropped over this. */
const MAX_NAMES = 500;

/** Counts failed tries by name, so that callers can retry less and less often. */
export class Misses {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #failures = new Map<string, { at: number; times: number }>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Counts a failed try. */
  note(name: string): void {
    const times = (this.#failures.get(name)?.times ?? 0) + 1;
    this.#failures.delete(name);
    this.#failures.set(name, { at: this.#clock.monotonic(), times });
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > MAX_NAMES && oldest !== undefined) this.#failures.delete(oldest);
  }

  forget(name: string): void {
    this.#failures.delete(name);
  }

  /** Whether the pause after the last failure is not over, so that a try is not worthwhile. */
  has(name: string): boolean {
    const failed = this.#failures.get(name);
    if (failed === undefined || failed.times < 2) return false;
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failed.times - 2, 10), LONGEST_PAUSE_MS);
    return this.#clock.monotonic() - failed.at < pauseMs;
  }
}
