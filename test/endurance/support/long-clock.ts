// A simulated clock for years of simulated time.
import type { Clock, TimerHandle } from '../../../src/async/clock.js';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const YEAR = 365 * DAY;

/** A running timer. `at` is the monotonic time at which it fires, in milliseconds. */
interface Waiting {
  at: number;
  callback: () => void;
  isCleared: boolean;
}

/**
 * A simulated clock for years and thousands of timers. It has three times. The monotonic time never jumps, but stops
 * while the machine sleeps. The wall time is the time of the machine's clock. The true time is the time of the cloud.
 */
export class LongClock {
  readonly #heap: Waiting[] = [];
  #monotonic = 0;
  #trueOffset = Date.parse('2026-11-25T06:00:00Z');
  /** Wall clock minus true time, in milliseconds. */
  #error = 0;

  get monotonic(): number {
    return this.#monotonic;
  }

  get trueTime(): number {
    return this.#monotonic + this.#trueOffset;
  }

  get wall(): number {
    return this.trueTime + this.#error;
  }

  /** Lets the machine sleep: the true time advances, but no timer fires. */
  sleep(ms: number): void {
    this.#trueOffset += ms;
  }

  /** Moves the wall clock forward, or back if `ms` is negative. */
  jump(ms: number): void {
    this.#error += ms;
  }

  /** Sets a timer that fires once, `delayMs` of monotonic time later. */
  at(delayMs: number, callback: () => void): Waiting {
    const waiting = { at: this.#monotonic + Math.max(0, delayMs), callback, isCleared: false };
    this.#heap.push(waiting);
    this.#rise(this.#heap.length - 1);
    return waiting;
  }

  /** Advances the time, and fires each timer at its time. */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    await settle();
    for (let next = this.#heap[0]; next !== undefined && next.at <= end; next = this.#heap[0]) {
      this.#removeFirst();
      if (next.isCleared) continue;
      this.#monotonic = Math.max(this.#monotonic, next.at);
      next.callback();
      await settle();
    }
    this.#monotonic = end;
  }

  #rise(place: number): void {
    const heap = this.#heap;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (at(heap, parent) <= at(heap, place)) return;
      swap(heap, place, parent);
      place = parent;
    }
  }

  #removeFirst(): void {
    const heap = this.#heap;
    swap(heap, 0, heap.length - 1);
    heap.pop();
    for (let index = 0; ;) {
      const [left, right] = [2 * index + 1, 2 * index + 2];
      const child = at(heap, right) < at(heap, left) ? right : left;
      if (at(heap, child) >= at(heap, index)) return;
      swap(heap, index, child);
      index = child;
    }
  }
}

function at(heap: readonly Waiting[], place: number): number {
  return heap[place]?.at ?? Infinity;
}

function swap(heap: Waiting[], one: number, other: number): void {
  const [a, b] = [heap[one], heap[other]];
  if (a === undefined || b === undefined) return;
  heap[one] = b;
  heap[other] = a;
}

/** Waits until all resolved promises have been handled. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The clock of one process. It counts the timers of the process, and cancels them when the process dies. */
export class ProcessClock implements Clock {
  /** The longest delay of any timer so far, in milliseconds. */
  longestMs = 0;
  isDead = false;
  readonly random: () => number;
  readonly #clock: LongClock;
  readonly #timers = new Map<number, Waiting>();
  #made = 0;

  constructor(clock: LongClock, random: () => number) {
    this.#clock = clock;
    this.random = random;
  }

  now(): number {
    return this.#clock.wall;
  }

  monotonic(): number {
    return this.#clock.monotonic;
  }

  setTimeout(callback: () => void, delayMs: number): number {
    const id = ++this.#made;
    if (this.isDead) return id;
    this.longestMs = Math.max(this.longestMs, delayMs);
    const fire = (): void => {
      this.#timers.delete(id);
      callback();
    };
    this.#timers.set(id, this.#clock.at(delayMs, fire));
    return id;
  }

  clearTimeout(timer: TimerHandle): void {
    const waiting = this.#timers.get(timer as number);
    if (waiting !== undefined) waiting.isCleared = true;
    this.#timers.delete(timer as number);
  }

  /** The number of running timers. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Ends the process without clean-up, as `kill -9` does. */
  kill(): void {
    this.isDead = true;
    for (const id of [...this.#timers.keys()]) this.clearTimeout(id);
  }
}
