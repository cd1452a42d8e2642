import type { Clock } from '../../../src/async/clock.js';

/** Waits a few turns of the event loop, so that all work that does not depend on time can continue. */
export async function settle(turns = 4): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** A clock whose time passes only when a test advances it. */
export class FakeClock implements Clock {
  /** Computes the result of `random`. Defaults to 0, which means no jitter. */
  chance: () => number = () => 0;
  /** The longest delay of any timer so far, in milliseconds. */
  longestMs = 0;
  /** Number of turns of the event loop to wait after each timer. 1 is enough for work that waits for promises only. */
  turns = 4;
  #wall: number;
  #true: number;
  #monotonic = 0;
  #made = 0;
  readonly #timers = new Map<number, { at: number; callback: () => void }>();

  constructor(startsAt = '2026-03-02T06:00:00Z') {
    this.#wall = Date.parse(startsAt);
    this.#true = this.#wall;
  }

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  random(): number {
    return this.chance();
  }

  setTimeout(callback: () => void, delayMs: number): number {
    this.longestMs = Math.max(this.longestMs, delayMs);
    this.#timers.set(++this.#made, { at: this.#monotonic + Math.max(0, delayMs), callback });
    return this.#made;
  }

  clearTimeout(timer: NodeJS.Timeout | number): void {
    this.#timers.delete(timer as number);
  }

  /** Number of pending timers. */
  get timers(): number {
    return this.#timers.size;
  }

  /** The true time, as on the cloud's clock; `jump` does not change it. */
  outside(): number {
    return this.#true;
  }

  /** Moves only the wall clock, as when a user sets it. */
  jump(ms: number): void {
    this.#wall += ms;
  }

  /** Simulates a sleep of the machine: the wall clock advances, but timers do not. */
  sleep(ms: number): void {
    this.#wall += ms;
    this.#true += ms;
  }

  /** Advances the time, and fires timers in order. */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    await settle();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      const [id, timer] = next;
      this.#timers.delete(id);
      this.#moveTo(timer.at);
      timer.callback();
      await settle(this.turns);
    }
    this.#moveTo(end);
    await settle();
  }

  /** Advances the time without firing timers before the next {@link advance}, as in a blocked process. */
  skip(ms: number): Promise<void> {
    this.#moveTo(this.#monotonic + ms);
    return settle();
  }

  #next(end: number): [number, { at: number; callback: () => void }] | undefined {
    let next: [number, { at: number; callback: () => void }] | undefined;
    for (const entry of this.#timers)
      if (entry[1].at <= end && (next === undefined || entry[1].at < next[1].at)) next = entry;
    return next;
  }

  #moveTo(at: number): void {
    const passed = Math.max(0, at - this.#monotonic);
    this.#wall += passed;
    this.#true += passed;
    this.#monotonic += passed;
  }
}

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
