import type { Clock } from '../../../src/async/clock.js';

/** Lets everything that can go on without time passing go on. */
export async function settle(turns = 4): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  /** What `random` gives; no jitter unless a test asks for it. */
  chance: () => number = () => 0;
  /** The longest timer anybody has set. */
  longestMs = 0;
  /** How long everything gets to go on after each timer; 1 is enough where nothing waits but for promises. */
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

  /** How many timers wait. */
  get timers(): number {
    return this.#timers.size;
  }

  /** The time it is for everybody else, the cloud for one. */
  outside(): number {
    return this.#true;
  }

  /** The wall clock alone moves: somebody set it. */
  jump(ms: number): void {
    this.#wall += ms;
  }

  /** The machine sleeps: time passes, but not for timers. */
  sleep(ms: number): void {
    this.#wall += ms;
    this.#true += ms;
  }

  /** Time passes, and each timer rings in its turn. */
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

  /** Time passes, but no timer rings before the next {@link advance}: a process that was held up. */
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
