import type { Failure, Reply } from '../account/api.js';
import type { FeedAnswer } from '../../../src/devices/steps/event-feed.js';

/** How long a question is held, in seconds. */
const HELD_S = 20;

/** So long after a failure it is asked again, in seconds; at last again and again. */
const PATIENCE_S = [1, 5, 15, 60];

/** The pause after a held request that was answered with nothing sooner than this, in seconds. */
const LEAST_HELD_S = 1;

/** Whom a follower asks, and who hears what came of it. */
export interface FollowerOptions {
  feed: (after: string, wait: number, signal: AbortSignal) => Promise<Reply<FeedAnswer>>;
  /**
   * It is known where the feed stands: what it tells later overrides what is asked for now. Gives whether all came that
   * was asked for; else it is begun again.
   */
  onBegin: () => Promise<boolean>;
  onNews: (answer: FeedAnswer) => void;
  onFailure: (failure: Failure) => void;
}

/** Follows what happens at home by one held question after the other, from when it is started until it is stopped. */
export class Follower {
  readonly #options: FollowerOptions;
  #last = '';
  #round: AbortController | undefined;

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
  }

  /** Begins again, if it is on. */
  again(): void {
    if (!this.isOn) return;
    this.stop();
    this.start();
  }

  async #follow(signal: AbortSignal): Promise<void> {
    let failures = 0;
    let hasBegun = false;
    while (!signal.aborted) {
      const askedAt = Date.now();
      const reply = await this.#options.feed(this.#last, hasBegun ? HELD_S : 0, signal);
      if (signal.aborted) return;
      if (!reply.isOk) {
        const { retryAfter } = reply.failure;
        this.#options.onFailure(reply.failure);
        if (retryAfter !== undefined) {
          // Too many editors are open. The position in the feed stays valid, so that no list has to be loaded again.
          await pause(retryAfter, signal);
          continue;
        }
        hasBegun = false;
      } else {
        const { last, reset, events } = reply.answer;
        this.#last = last;
        this.#options.onNews(reply.answer);
        if (hasBegun && !reset) {
          // The account is closing: otherwise the requests would follow each other without a pause.
          const isEmpty = events.length === 0 && Date.now() - askedAt < LEAST_HELD_S * 1000;
          if (isEmpty) await pause(LEAST_HELD_S, signal);
          continue;
        }
        hasBegun = await this.#options.onBegin();
      }
      if (hasBegun) {
        failures = 0;
        continue;
      }
      await pause(PATIENCE_S[Math.min(failures, PATIENCE_S.length - 1)] ?? 60, signal);
      failures += 1;
    }
  }
}

/** Waits so long, or until the signal. */
export function pause(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, seconds * 1000);
    signal.addEventListener('abort', end);
  });
}
