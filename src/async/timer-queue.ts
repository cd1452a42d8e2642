import type { Clock, Timer } from './clock.js';

/** No timer is longer: a jump of the wall clock or a sleep of the machine is noticed within this time. */
export const LONGEST_TIMER_MS = 3_600_000;

/** Many named moments, one timer. */
export class TimerQueue {
  readonly #clock: Clock;
  readonly #ring: (due: ReadonlySet<string>) => void;
  readonly #moments = new Map<string, number>();
  #timer: Timer | undefined;
  #isStopped = false;

  /**
   * `ring` is called with the names whose moment has come and, as long as there is one, at least once an hour with
   * whatever is due: maybe none.
   */
  constructor(clock: Clock, ring: (due: ReadonlySet<string>) => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Sets or moves a moment. */
  set(name: string, delayMs: number): void {
    this.#moments.set(name, this.#clock.monotonic() + Math.max(0, delayMs));
    this.#arm();
  }

  clear(name: string): void {
    if (this.#moments.delete(name)) this.#arm();
  }

  /** Milliseconds until a moment, or `undefined` when it is not set. */
  remaining(name: string): number | undefined {
    const moment = this.#moments.get(name);
    return moment === undefined ? undefined : Math.max(0, moment - this.#clock.monotonic());
  }

  /** Forgets all moments for good. */
  stop(): void {
    this.#isStopped = true;
    this.#moments.clear();
    this.#disarm();
  }

  #arm(): void {
    this.#disarm();
    if (this.#isStopped || this.#moments.size === 0) return;
    const next = Math.min(...this.#moments.values()) - this.#clock.monotonic();
    this.#timer = this.#clock.setTimeout(() => this.#fire(), Math.min(Math.max(0, next), LONGEST_TIMER_MS));
  }

  #disarm(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #fire(): void {
    const now = this.#clock.monotonic();
    const due = new Set<string>();
    for (const [name, moment] of this.#moments) if (moment <= now) due.add(name);
    for (const name of due) this.#moments.delete(name);
    this.#arm();
    this.#ring(due);
  }
}
