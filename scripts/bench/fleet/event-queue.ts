import type { Clock } from '../../../src/async/clock.js';
import { Seeded } from '../../../packages/cozify-practice/src/seeded';

/** A scheduled callback. */
interface Moment {
  readonly id: number;
  readonly at: number;
  callback: (() => void) | undefined;
}

/** The simulated time of a whole fleet. It jumps from one scheduled callback to the next. */
export class EventQueue {
  /** Milliseconds since the start. */
  now = 0;
  /** Binary heap, ordered by time. */
  readonly #heap: Moment[] = [];
  readonly #byId = new Map<number, Moment>();
  #made = 0;

  /** Schedules `callback` after a delay. Returns an id for cancelling the callback. */
  after(delayMs: number, callback: () => void): number {
    const moment: Moment = { id: ++this.#made, at: this.now + Math.max(0, delayMs), callback };
    this.#byId.set(moment.id, moment);
    this.#rise(moment);
    return moment.id;
  }

  callOff(id: number): void {
    const moment = this.#byId.get(id);
    if (moment === undefined) return;
    moment.callback = undefined;
    this.#byId.delete(id);
  }

  /** Resolves after a delay. */
  pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.after(delayMs, resolve));
  }

  /**
   * Advances the simulated time by `ms`. Runs the callbacks that become due, each only after all work started by the
   * previous one is done.
   */
  async run(ms: number): Promise<void> {
    const end = this.now + ms;
    await settled();
    for (let next = this.#heap[0]; next !== undefined && next.at <= end; next = this.#heap[0]) {
      this.#takeFirst();
      const { callback } = next;
      if (callback === undefined) continue;
      this.#byId.delete(next.id);
      this.now = next.at;
      callback();
      await settled();
    }
    this.now = end;
  }

  #rise(moment: Moment): void {
    let index = this.#heap.length;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const other = this.#heap[above] as Moment;
      if (!isBefore(moment, other)) break;
      this.#heap[index] = other;
      index = above;
    }
    this.#heap[index] = moment;
  }

  #takeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const [one, other] = [this.#heap[left], this.#heap[left + 1]];
      if (one === undefined) break;
      const isRight = other !== undefined && isBefore(other, one);
      const least = isRight ? other : one;
      if (!isBefore(least, last)) break;
      this.#heap[index] = least;
      index = isRight ? left + 1 : left;
    }
    this.#heap[index] = last;
  }
}

function isBefore(one: Moment, other: Moment): boolean {
  return one.at < other.at || (one.at === other.at && one.id < other.id);
}

/**
 * Resolves when all work that takes no simulated time is done. One turn of the event loop is enough, because the
 * accounts and the benchmark's cloud wait only for simulated time.
 */
function settled(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** Returns the clock of one home, with the shared time and the home's own random numbers. */
export function clockOf(queue: EventQueue, startsAt: number, seed: number): Clock {
  const draw = new Seeded(seed);
  return {
    now: () => startsAt + queue.now,
    monotonic: () => queue.now,
    setTimeout: (callback, delayMs) => queue.after(delayMs, callback),
    clearTimeout: (timer) => queue.callOff(timer as number),
    random: draw.next,
  };
}
