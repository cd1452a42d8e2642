import type { Clock, TimerHandle } from './clock.js';

/** A single timer of a clock. Setting it again replaces the earlier time. */
export class Timer {
  readonly #clock: Clock;
  readonly #keepsAlive: boolean;
  #timer: TimerHandle | undefined;

  /** `keepsAlive`: whether the timer keeps the process running. */
  constructor(clock: Clock, { keepsAlive = false } = {}) {
    this.#clock = clock;
    this.#keepsAlive = keepsAlive;
  }

  get isSet(): boolean {
    return this.#timer !== undefined;
  }

  set(delayMs: number, callback: () => void): void {
    this.clear();
    const fire = (): void => {
      this.#timer = undefined;
      callback();
    };
    this.#timer = this.#clock.setTimeout(fire, delayMs);
    if (!this.#keepsAlive && typeof this.#timer === 'object') this.#timer.unref();
  }

  clear(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

/**
 * Upper limit of a timer's delay, so that a jump of the wall clock or a sleep of the machine is noticed within this
 * time.
 */
export const LONGEST_TIMER_MS = 3_600_000;

/** Named timers that share one timer of the clock. */
export class TimerQueue {
  readonly #clock: Clock;
  readonly #onFire: (due: ReadonlySet<string>) => void;
  readonly #times = new Map<string, number>();
  #timer: TimerHandle | undefined;
  #isStopped = false;

  /**
   * `onFire` is called with the names of the timers that have fired. While any timer is set, it is called at least once
   * an hour, possibly without names.
   */
  constructor(clock: Clock, onFire: (due: ReadonlySet<string>) => void) {
    this.#clock = clock;
    this.#onFire = onFire;
  }

  /** Sets a timer, or moves it if it is set. */
  set(name: string, delayMs: number): void {
    this.#times.set(name, this.#clock.monotonic() + Math.max(0, delayMs));
    this.#arm();
  }

  clear(name: string): void {
    if (this.#times.delete(name)) this.#arm();
  }

  /** Returns the milliseconds until a timer fires, or `undefined` when it is not set. */
  remaining(name: string): number | undefined {
    const time = this.#times.get(name);
    return time === undefined ? undefined : Math.max(0, time - this.#clock.monotonic());
  }

  /** Clears all timers. Timers that are set after that never fire. */
  stop(): void {
    this.#isStopped = true;
    this.#times.clear();
    this.#disarm();
  }

  #arm(): void {
    this.#disarm();
    if (this.#isStopped || this.#times.size === 0) return;
    const next = Math.min(...this.#times.values()) - this.#clock.monotonic();
    this.#timer = this.#clock.setTimeout(() => this.#fire(), Math.min(Math.max(0, next), LONGEST_TIMER_MS));
  }

  #disarm(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #fire(): void {
    const now = this.#clock.monotonic();
    const due = new Set<string>();
    for (const [name, time] of this.#times) if (time <= now) due.add(name);
    for (const name of due) this.#times.delete(name);
    this.#arm();
    this.#onFire(due);
  }
}
