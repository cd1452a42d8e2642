/** Requests to a cloud, counted per second. */
export class Traffic {
  readonly #all: number[] = [];
  readonly #byCall = new Map<string, number[]>();

  /** Counts a request at `at` milliseconds since the start. */
  note(call: string, at: number): void {
    const second = Math.floor(at / 1000);
    const ofCall = this.#byCall.get(call) ?? [];
    this.#byCall.set(call, ofCall);
    for (const counts of [this.#all, ofCall]) counts[second] = (counts[second] ?? 0) + 1;
  }

  /** Returns the number of requests between two times, of one call or of all calls. */
  count(fromMs: number, toMs: number, call?: string): number {
    return this.#seconds(fromMs, toMs, call).reduce((sum, count) => sum + count, 0);
  }

  /** Returns the mean number of requests per second between two times. */
  mean(fromMs: number, toMs: number): number {
    return (this.count(fromMs, toMs) * 1000) / (toMs - fromMs);
  }

  /** Returns the highest number of requests in `seconds` consecutive seconds. */
  peak(fromMs: number, toMs: number, seconds = 1, call?: string): number {
    const counts = this.#seconds(fromMs, toMs, call);
    let sum = 0;
    let most = 0;
    for (const [index, count] of counts.entries()) {
      sum += count - (counts[index - seconds] ?? 0);
      most = Math.max(most, sum);
    }
    return most;
  }

  #seconds(fromMs: number, toMs: number, call?: string): number[] {
    const counts = call === undefined ? this.#all : (this.#byCall.get(call) ?? []);
    const first = Math.floor(fromMs / 1000);
    return Array.from({ length: Math.ceil(toMs / 1000) - first }, (_, index) => counts[first + index] ?? 0);
  }
}
