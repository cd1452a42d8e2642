import type { Clock, Timer } from '../../async/clock.js';
import { type CozifyError, toCozifyError } from '../../errors.js';
import type { HubAnswer, HubRequest } from '../../hub/hub-client.js';
import { parseJson } from '../../schema.js';
import type { Home, PollOutcome, Sync } from './home.js';
import { MAX_PRESS_AGE_MS } from '../things/presses.js';

/** A hub may hold a poll for 12 s before it answers that nothing has changed. */
const POLL_DEADLINE_MS = 20_000;
/** One that is not answered for so long is held, or the hub is slow. */
const HELD_MS = 300;
const LONGEST_RETRY_MS = 60_000;
const FIRST_RETRY_MS = 1_000;
/** Everything is asked for after so long, to be sure, and after an absence of this length. */
const RESYNC_EVERY_MS = 12 * 3_600_000;
const LONG_AWAY_MS = 600_000;
/** A hub may say so often that everything is to be loaded anew; above that it waits so long, then twice as long, and so on. */
const FREE_WISHES = 5;
const WISHES_FORGOTTEN_MS = 1_200_000;
const FIRST_BRAKE_MS = 10_000;
const LONGEST_BRAKE_MS = 600_000;
/** Through the cloud a home where nothing happens is asked less often. */
const QUIET_MS = 600_000;
const QUIET_INTERVAL_MS = 30_000;

/** Which home is polled, how often, and who hears of it. */
export interface DevicePollerOptions {
  home: Home;
  /** Asks the hub; fails with a {@link CozifyError}. */
  ask: (request: HubRequest) => Promise<HubAnswer>;
  /** Whether the hub answers through the cloud now. */
  isThroughCloud: () => boolean;
  /** The hub's version as it is known now: another one may count anew. */
  version: () => string | null;
  pollLanMs: number;
  pollCloudMs: number;
  clock: Clock;
  onOutcome: (outcome: PollOutcome) => void;
  /** Called after each good answer, one without news included, with when it was asked for (monotonic, ms). */
  onHeard?: (startedAt: number) => void;
}

/**
 * Asks a hub what has changed, for as long as somebody needs to know: one poll at a time, each one interval after the
 * start of the last; everything anew where what is known may be wrong; less and less often while the hub is away
 * (docs/rules.md, "Polls are there for those who need them").
 */
export class DevicePoller {
  readonly #options: DevicePollerOptions;
  readonly #needs = new Set<symbol>();
  #timer: Timer | undefined;
  #call: { controller: AbortController; startedAt: number } | undefined;
  #failures = 0;
  #error: CozifyError | undefined;
  /** Not before then, where the hub wished for it. */
  #resyncAt = -Infinity;
  /** When it did, as long as that is not forgotten, and how often it had to wait meanwhile. */
  #wishes: number[] = [];
  #brakes = 0;
  #changedAt: number;

  constructor(options: DevicePollerOptions) {
    this.#options = options;
    this.#changedAt = options.clock.monotonic();
  }

  /** What is known of it is the home's: the poller of a successor goes on from there. */
  get #sync(): Sync {
    return this.#options.home.sync;
  }

  /** Why the last poll failed; `undefined` while all is well. */
  get error(): CozifyError | undefined {
    return this.#error;
  }

  get isRunning(): boolean {
    return this.#needs.size > 0;
  }

  /** Whether the hub holds the poll that is under way: it has nothing to say. */
  get isHeld(): boolean {
    const call = this.#call;
    if (call === undefined || call.controller.signal.aborted) return false;
    return this.#options.clock.monotonic() - call.startedAt >= HELD_MS;
  }

  /** Polls until the function that this gives is called. */
  need(): () => void {
    const need = Symbol('need');
    this.#needs.add(need);
    if (this.#needs.size === 1 && this.#call === undefined) this.#schedule(0);
    return () => {
      if (this.#needs.delete(need) && !this.isRunning) this.#stop();
    };
  }

  /** Asks now rather than later. A poll that began before `since` (monotonic, ms) is ended and asked anew. */
  pollNow(since: number): void {
    if (!this.isRunning) return;
    if (this.#call === undefined) this.#schedule(0);
    else if (this.#call.startedAt < since) this.#call.controller.abort();
  }

  /** Something has changed on the way to the hub: another try is worth it at once. */
  wake(): void {
    if (this.#failures === 0) return;
    this.#failures = 0;
    if (this.isRunning && this.#call === undefined) this.#schedule(0);
  }

  /** Ends all needs. */
  close(): void {
    this.#needs.clear();
    this.#stop();
  }

  #stop(): void {
    this.#disarm();
    this.#call?.controller.abort();
  }

  #disarm(): void {
    if (this.#timer !== undefined) this.#options.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #schedule(delayMs: number): void {
    this.#disarm();
    this.#timer = this.#options.clock.setTimeout(() => {
      this.#timer = undefined;
      void this.#poll();
    }, delayMs);
  }

  async #poll(): Promise<void> {
    const { clock, ask, home } = this.#options;
    const call = { controller: new AbortController(), startedAt: clock.monotonic() };
    const isResync = this.#needsResync(call.startedAt);
    const path = `/hub/poll?ts=${isResync ? 0 : home.timestamp}`;
    this.#call = call;
    try {
      const { signal } = call.controller;
      const answer = await ask({ method: 'GET', path, deadlineMs: POLL_DEADLINE_MS, signal });
      if (this.isRunning && !signal.aborted) this.#take(answer, isResync, call.startedAt);
    } catch (error) {
      if (!call.controller.signal.aborted) this.#noteFailure(toCozifyError(error));
    }
    this.#call = undefined;
    if (this.isRunning) this.#schedule(this.#delayAfter(call));
  }

  #take({ status, body }: HubAnswer, isResync: boolean, startedAt: number): void {
    const { home, version, onOutcome, onHeard } = this.#options;
    const now = this.#options.clock.monotonic();
    if (status !== 304) {
      // A hub that is asked less often makes no pause by that.
      const pauseMs = Math.max(MAX_PRESS_AGE_MS, this.intervalMs * 1.5);
      const outcome = home.applyPoll(parseJson(body), { isResync, pauseMs, askedAt: startedAt });
      if (outcome === undefined) return this.#noteFailure(undefined);
      this.#noteWish(outcome, isResync);
      if (isResync) [this.#sync.at, this.#sync.version] = [now, version()];
      if (outcome.changes.length > 0 || outcome.presses.length > 0) this.#changedAt = now;
      onOutcome(outcome);
    } else home.noteUnchanged(startedAt);
    this.#sync.heardAt = now;
    this.#failures = 0;
    this.#error = undefined;
    onHeard?.(startedAt);
  }

  /** A hub that says time and again that everything is to be loaded anew gets that less and less often. */
  #noteWish({ needsResync, isOverdue }: PollOutcome, isResync: boolean): void {
    const now = this.#options.clock.monotonic();
    const isWaiting = this.#sync.isStale && !isResync;
    if (isResync) this.#sync.isStale = needsResync;
    if (!needsResync) return;
    this.#sync.isStale = true;
    if (isResync || isOverdue) this.#resyncAt = now;
    else if (!isWaiting) this.#resyncAt = now + this.#brakeMs(now);
  }

  #brakeMs(now: number): number {
    this.#wishes = this.#wishes.filter((at) => now - at <= WISHES_FORGOTTEN_MS);
    if (this.#wishes.length === 0) this.#brakes = 0;
    this.#wishes.push(now);
    if (this.#wishes.length <= FREE_WISHES) return 0;
    const brakeMs = FIRST_BRAKE_MS * 2 ** Math.min(this.#brakes, 10);
    this.#brakes += 1;
    return Math.min(brakeMs, LONGEST_BRAKE_MS);
  }

  #noteFailure(error: CozifyError | undefined): void {
    this.#failures += 1;
    this.#error = error;
  }

  #needsResync(now: number): boolean {
    const { home, version } = this.#options;
    return (
      (this.#sync.isStale && now >= this.#resyncAt) ||
      !home.hasPolled ||
      now - this.#sync.at >= RESYNC_EVERY_MS ||
      now - this.#sync.heardAt >= LONG_AWAY_MS ||
      version() !== this.#sync.version
    );
  }

  #delayAfter({ startedAt, controller }: { startedAt: number; controller: AbortController }): number {
    const { clock } = this.#options;
    if (controller.signal.aborted) return 0;
    const spentMs = clock.monotonic() - startedAt;
    if (this.#failures === 0) return Math.max(0, this.intervalMs - spentMs);
    const backOffMs = FIRST_RETRY_MS * 2 ** Math.min(this.#failures - 1, 10) * (1 + clock.random() / 10);
    const longestMs = Math.max(this.intervalMs, LONGEST_RETRY_MS);
    // A way that asks to wait is left alone by the hub's client; the other may be free long before.
    return Math.min(Math.max(backOffMs, this.intervalMs), longestMs);
  }

  /** How long after the start of a poll the next one starts, while all is well. */
  get intervalMs(): number {
    const { clock, isThroughCloud, pollLanMs, pollCloudMs } = this.#options;
    if (!isThroughCloud()) return pollLanMs;
    const isQuiet = clock.monotonic() - this.#changedAt >= QUIET_MS;
    return isQuiet ? Math.max(pollCloudMs, QUIET_INTERVAL_MS) : pollCloudMs;
  }
}
