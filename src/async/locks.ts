/** Runs the jobs of one name one after another. Jobs of different names run in parallel. */
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
  readonly #waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.#free = limit;
  }

  /** Runs `work` as soon as fewer jobs than the limit run. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
