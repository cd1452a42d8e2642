// Receives the events at home by long polls.
import type { Failure, Reply } from '../account/api.js';
import type { FeedAnswer } from '../../../src/devices/steps/sidebar-feed.js';

/** Duration of a long poll, in seconds. */
const LONG_POLL_S = 20;

/** Delays after the first failures in a row, in seconds. After more failures the delay is {@link LONGEST_BACKOFF_S}. */
const BACKOFF_S = [1, 5, 15];
const LONGEST_BACKOFF_S = 60;

/**
 * The minimum duration of a long poll without events, in seconds. After a shorter poll, the follower pauses for this
 * time.
 */
const SHORTEST_POLL_S = 1;

/** Options of a follower: the function that requests events, and the callbacks. */
interface FollowerOptions {
  feed: (after: string, wait: number, signal: AbortSignal) => Promise<Reply<FeedAnswer>>;
  /**
   * Called when the follower knows its position in the stream of events, to load lists. Every event after that position
   * is delivered, so a list that is loaded now can be kept up to date. Returns whether all lists arrived; otherwise the
   * follower starts again after a delay.
   */
  onStart: () => Promise<boolean>;
  onNews: (answer: FeedAnswer) => void;
  onFailure: (failure: Failure) => void;
}

/** Requests the events at home by one long poll after another, until it is stopped. */
export class Follower {
  readonly #options: FollowerOptions;
  #last = '';
  #round: AbortController | undefined;
  /** The timer of a pause between two requests. */
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  get isOn(): boolean {
    return this.#round !== undefined;
  }

  start(): void {
    if (this.isOn) return;
    this.#round = new AbortController();
    void this.#follow(this.#round.signal);
  }

  stop(): void {
    this.#round?.abort();
    this.#round = undefined;
    clearTimeout(this.#timer);
  }

  /** Restarts the follower if it is running. */
  again(): void {
    if (!this.isOn) return;
    this.stop();
    this.start();
  }

  async #follow(signal: AbortSignal): Promise<void> {
    let failures = 0;
    let hasStarted = false;
    while (!signal.aborted) {
      const askedAt = Date.now();
      const reply = await this.#options.feed(this.#last, hasStarted ? LONG_POLL_S : 0, signal);
      if (signal.aborted) return;
      if (reply.isOk) {
        const { last, reset, events } = reply.answer;
        this.#last = last;
        this.#options.onNews(reply.answer);
        if (!hasStarted || reset) hasStarted = await this.#options.onStart();
        // While an account is closing, the server answers each poll at once. The pause prevents requests in a tight
        // loop.
        else if (events.length === 0 && Date.now() - askedAt < SHORTEST_POLL_S * 1000) {
          await this.#pause(SHORTEST_POLL_S, signal);
        }
      } else {
        const { retryAfter } = reply.failure;
        this.#options.onFailure(reply.failure);
        if (retryAfter !== undefined) {
          // Too many editors poll for events. The position in the stream of events stays valid, so no list has to be
          // loaded again.
          await this.#pause(retryAfter, signal);
          continue;
        }
        hasStarted = false;
      }
      if (!hasStarted) await this.#pause(BACKOFF_S[failures] ?? LONGEST_BACKOFF_S, signal);
      failures = hasStarted ? 0 : failures + 1;
    }
  }
  /** Resolves after the given time. Never resolves if the signal has aborted or aborts. */
  #pause(seconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (!signal.aborted) this.#timer = setTimeout(resolve, seconds * 1000);
    });
  }
}
