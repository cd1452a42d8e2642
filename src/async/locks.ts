import { type Clock, settlesWithin } from './clock.js';

/** Runs jobs with the same name one after another. Jobs with different names run in parallel. */
export class KeyedMutex {
  /** The last job of each name. Created on demand to save memory, because there are many mutexes. */
  #last: Map<string, Promise<unknown>> | undefined;

  /** Runs `work` after all earlier jobs of this name have settled. */
  async runExclusive<T>(name: string, work: () => Promise<T>): Promise<T> {
    const job = (this.#last?.get(name) ?? Promise.resolve()).then(work);
    const settled = job.catch(() => undefined);
    this.#last ??= new Map();
    this.#last.set(name, settled);
    try {
      return await job;
    } finally {
      this.#end(name, settled);
    }
  }

  #end(name: string, settled: Promise<unknown>): void {
    if (this.#last?.get(name) === settled) this.#last.delete(name);
    if (this.#last?.size === 0) this.#last = undefined;
  }
}

/** Limits the number of jobs that run at once. The other jobs wait in order. */
export class Semaphore {
  #free: number;
  readonly #waiters: (() => void)[] = [];

  constructor(limit: number) {
    this.#free = limit;
  }

  /** Runs `work` as soon as the number of running jobs is below the limit. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiters.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiters.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}

/** How long a ticket waits for each earlier ticket, in milliseconds. */
const GATE_TIMEOUT_MS = 1_000;

/** A place in the queue of a {@link FifoGate}. */
export interface Ticket {
  /** Resolves when all earlier tickets are released or have timed out; `undefined` if that is already the case. */
  readonly untilFirst: () => Promise<void> | undefined;
  /** Gives up the place, so that the next ticket may pass. */
  readonly release: () => void;
}

/** A gate that callers pass in the order in which they took their tickets, even if a later caller is ready earlier. */
export class FifoGate {
  readonly #clock: Clock;
  readonly #queue = new Set<Promise<void>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  takeTicket(): Ticket {
    let resolve: () => void = () => undefined;
    const released = new Promise<void>((done) => (resolve = done));
    this.#queue.add(released);
    const release = (): void => {
      this.#queue.delete(released);
      resolve();
    };
    return { release, untilFirst: () => (this.#isFirst(released) ? undefined : this.#waitFor(released)) };
  }

  #isFirst(own: Promise<void>): boolean {
    const [first] = this.#queue;
    return first === own || !this.#queue.has(own);
  }

  async #waitFor(own: Promise<void>): Promise<void> {
    while (!this.#isFirst(own)) {
      const [first] = this.#queue;
      if (first === undefined) return;
      await settlesWithin(this.#clock, first, GATE_TIMEOUT_MS);
      this.#queue.delete(first);
    }
  }
}
