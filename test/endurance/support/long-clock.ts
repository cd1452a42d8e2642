import type { Clock, TimerHandle } from '../../../src/async/clock.js';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const YEAR = 365 * DAY;

interface Waiting {
  at: number;
  callback: () => void;
  isCleared: boolean;
}

/**
 * A clock for years and for thousands of timers, which lie in a heap. It tells three times apart: the clock that
 * never jumps and stands still while the machine sleeps, the machine's wall clock, and the true time, the cloud's.
 */
export class LongClock {
  readonly #heap: Waiting[] = [];
  #monotonic = 0;
  #trueOffset = Date.parse('2026-11-25T06:00:00Z');
  /** How far the wall clock is off. */
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

  /** The machine sleeps: timers wait, the world does not. */
  sleep(ms: number): void {
    this.#trueOffset += ms;
  }

  /** The wall clock is set, by so much. */
  jump(ms: number): void {
    this.#error += ms;
  }

  at(delayMs: number, callback: () => void): Waiting {
    const waiting = { at: this.#monotonic + Math.max(0, delayMs), callback, isCleared: false };
    this.#heap.push(waiting);
    this.#rise(this.#heap.length - 1);
    return waiting;
  }

  /** Time passes, and each timer rings in its turn. */
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
    for (let place = 0; ;) {
      const [left, right] = [2 * place + 1, 2 * place + 2];
      const child = at(heap, right) < at(heap, left) ? right : left;
      if (at(heap, child) >= at(heap, place)) return;
      swap(heap, place, child);
      place = child;
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

/** Lets everything go on that needs no time: nothing here waits for more than promises. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The clock as one process has it, which counts its timers and takes them along when it dies. */
export class ProcessClock implements Clock {
  /** The longest timer anybody has set. */
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
    const ring = (): void => {
      this.#timers.delete(id);
      callback();
    };
    this.#timers.set(id, this.#clock.at(delayMs, ring));
    return id;
  }

  clearTimeout(timer: TimerHandle): void {
    const waiting = this.#timers.get(timer as number);
    if (waiting !== undefined) waiting.isCleared = true;
    this.#timers.delete(timer as number);
  }

  /** How many timers wait. */
  get timers(): number {
    return this.#timers.size;
  }

  /** kill -9. */
  kill(): void {
    this.isDead = true;
    for (const id of [...this.#timers.keys()]) this.clearTimeout(id);
  }
}
