/** Polls one hub in a loop: starts each poll when `PollSchedule` says, and decides when a poll asks for everything. */
import { Timer } from '../../async/timers.js';
import type { Clock } from '../../async/clock.js';
import { CozifyError, toCozifyError } from '../../errors.js';
import { expectOk } from '../../http/response.js';
import type { HubClient, ReceivedAnswer } from '../../hub/hub-client.js';
import type { TransportName } from '../../hub/hub-api.js';
import { MAX_PRESS_AGE_MS } from '../things/presses.js';
import type { NewRecord } from './change-log.js';
import { parseHubAnswer } from './hub-answer.js';
import type { HomeCache, PollOutcome } from './home-cache.js';
import { type PollIntervals, PollSchedule, type PollTransports, type ScheduledPoll } from './poll-schedule.js';

/** The time limit of a whole poll: 5 s to find the hub, 20 s until the answer begins, 20 s for the rest of it. */
const POLL_DEADLINE_MS = 45_000;
/**
 * If a poll has no answer after this time, the hub is assumed to hold it: to answer only when something changes. Such a
 * poll is aborted if a caller needs an answer now.
 */
const HELD_AFTER_MS: Readonly<Record<TransportName, number>> = { lan: 300, cloud: 1_000 };

/**
 * The next poll asks for everything if the last complete answer is this old, see {@link HubLoop.#isFullAnswerNeeded}.
 */
const FULL_EVERY_MS: Readonly<Record<TransportName, number>> = { lan: 600_000, cloud: 7_200_000 };
/** The next poll asks for everything if all answers for this long had status 304 (nothing has changed). */
const ONLY_304_MS: Readonly<Record<TransportName, number>> = { lan: 60_000, cloud: 600_000 };
/** The next poll asks for everything after this long without an answer. */
const UNPOLLED_MS = 600_000;
/** The next poll asks for everything after polls have failed for longer than this. */
const FAILING_MS = 15_000;
/** Above this length in characters, complete answers are requested less often: half as often at twice the length. */
const LARGE_ANSWER = 1_000_000;

/** The parts of a hub's client that the loop uses. */
export type PolledHub = PollTransports & Pick<HubClient, 'needsLogin' | 'request' | 'notePoll' | 'endPolls'>;

/** Options of a {@link HubLoop}. */
export interface HubLoopOptions {
  cache: HomeCache;
  hub: PolledHub;
  /** Returns the current software version of the hub; `null` if it is unknown. */
  version: () => string | null;
  intervals: PollIntervals;
  clock: Clock;
  /** Loads the lists that are needed before an answer is applied. Returns `undefined` if none is missing. */
  loadMissing?: (answer: unknown) => Promise<unknown> | undefined;
  /** Receives each answer once it is applied. A 304 is passed on as an answer without changes. */
  onApplied: (outcome: PollOutcome, of: AppliedAnswer) => void;
  /** Receives each answer except a 304, as the hub sent it. */
  onAnswer?: (answer: unknown) => void;
}

/** An answer that was applied to the cache. */
export type AppliedAnswer = Pick<NewRecord, 'requestedAt' | 'isUpToDate' | 'unwatchedMs' | 'failingMs'>;

/** A caller of {@link HubLoop.next}: it waits for an answer that is requested at `since` (monotonic, ms) or later. */
interface Demand {
  readonly since: number;
  readonly resolve: () => void;
  readonly reject: (error: CozifyError) => void;
}

/** A poll in flight. */
interface Call {
  readonly controller: AbortController;
  /** When the poll began (monotonic, ms). */
  readonly startedAt: number;
  /**
   * The scheduled poll. `undefined` for a poll outside the schedule, sent because a caller needs an answer now. Like
   * any other request, such a poll may use the LAN and the cloud; a scheduled poll uses only one of them.
   */
  readonly scheduled: ScheduledPoll | undefined;
  readonly isFull: boolean;
  /** Whether the answer has arrived, and will be applied once the lists that it needs are loaded. */
  isAnswered: boolean;
}

/** The outcome of an answer with status 304: nothing has changed. */
const NO_CHANGES: PollOutcome = { changes: [], presses: [], isFull: false, isFirst: false, unread: [] };

/**
 * Polls one hub while the hub has subscribers, and whenever {@link HubLoop.next} is called. Two polls never run at the
 * same time (docs/dev/rules.md, "When a hub is polled").
 */
export class HubLoop {
  readonly #options: HubLoopOptions;
  readonly #needs = new Set<symbol>();
  readonly #demands = new Set<Demand>();
  readonly #schedule: PollSchedule;
  readonly #nextPoll: Timer;
  readonly #heldPoll: Timer;
  #call: Call | undefined;
  /** Start of the current or last period with subscribers (monotonic, ms). */
  #runningSince = Infinity;
  /**
   * The error of the last poll, if it failed. `since`: when the first failed poll after the last valid answer
   * began (monotonic, ms).
   */
  #failure: { readonly error: CozifyError; readonly since: number } | undefined;
  /** Whether the hub holds each poll until something changes, or answers as slowly as a hub that does. */
  #holdsPolls = false;
  /** The length of the last complete answer, in characters. */
  #fullLength = 0;

  constructor(options: HubLoopOptions) {
    const { hub: transports, intervals, clock } = options;
    this.#options = options;
    this.#schedule = new PollSchedule({ transports, intervals, clock });
    this.#nextPoll = new Timer(clock, { keepsAlive: true });
    this.#heldPoll = new Timer(clock);
  }

  /** Why the last poll failed; `undefined` after a valid answer, and once the hub has no subscribers. */
  get error(): CozifyError | undefined {
    return this.#failure?.error;
  }

  /** Whether the last poll succeeded and the cache is up to date. */
  get isUpToDate(): boolean {
    return this.#failure === undefined && !this.#options.cache.isStale;
  }

  /** The nominal poll interval, see {@link PollSchedule.intervalMs}. */
  get intervalMs(): number {
    return this.#schedule.intervalMs;
  }

  /** Whether the loop runs, because the hub has at least one subscriber. */
  get isRunning(): boolean {
    return this.#needs.size > 0;
  }

  /**
   * Milliseconds since the last answer, if the hub had no subscribers for some of that time; otherwise 0. Failed polls
   * do not count as answers.
   */
  get unwatchedMs(): number {
    const { lastAnswerAt } = this.#options.cache;
    const isWatched = this.isRunning && lastAnswerAt >= this.#runningSince;
    return isWatched ? 0 : this.#now - lastAnswerAt;
  }

  get #now(): number {
    return this.#options.clock.monotonic();
  }

  /**
   * Polls until the returned function is called. After a short pause without subscribers, for example during a Deploy,
   * the next poll keeps its scheduled time.
   */
  need(): () => void {
    const need = Symbol('need');
    this.#needs.add(need);
    if (this.#needs.size === 1) {
      this.#runningSince = this.#now;
      this.#reschedule();
    }
    return () => {
      if (this.#needs.delete(need) && !this.isRunning) this.#stop();
    };
  }

  /** Resolves when an answer to a later request is in the cache. Rejects with the error if there is none. */
  next(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#demands.add({ since: this.#now, resolve, reject });
      if (this.#call === undefined) this.#pollForDemands();
      else this.#endIfHeld(this.#call);
    });
  }

  /** Ends the back-off after failed polls. Called after a login, or when the hub may be reachable again. */
  wake(): void {
    if (this.#failure === undefined) return;
    this.#schedule.reset();
    this.#reschedule();
  }

  /** Records a valid answer to a request other than a poll. Ends the back-off, and the wait for a retry of the LAN. */
  noteAnswer(transport: TransportName): void {
    const isLanBack = transport === 'lan' && this.#schedule.isLanFailed;
    if (this.#failure === undefined && !isLanBack) return;
    this.#schedule.noteAnswer(transport);
    this.#reschedule();
  }

  /** Records that the key of the hub may have changed. A new key ends the back-off for a refused key. */
  noteKey(): void {
    if (this.#failure !== undefined) this.#reschedule();
  }

  /**
   * Records a logout. The next poll fails, because a logout deletes the hub keys. Then no poll follows until
   * {@link wake}.
   */
  noteLogOut(): void {
    this.#call?.controller.abort();
    this.#reschedule(0);
  }

  /** Stops polling. Rejects callers that wait for an answer with `COZIFY_CLOSED`. */
  close(): void {
    this.#needs.clear();
    const error = new CozifyError('COZIFY_CLOSED', 'The account was closed.');
    for (const { reject } of this.#takeDemands(Infinity)) reject(error);
    this.#stop();
  }

  #stop(): void {
    const { cache, hub } = this.#options;
    this.#nextPoll.clear();
    if (this.#demands.size === 0) this.#call?.controller.abort();
    if (this.#failure !== undefined) {
      // Changes may have been missed while polls failed.
      cache.isStale = true;
      this.#failure = undefined;
      this.#schedule.endBackoff();
    }
    hub.endPolls();
  }

  /** Sets the time of the next poll, unless a poll is in flight: its end sets the time. */
  #reschedule(delayMs = this.#schedule.delayMs): void {
    if (!this.isRunning || this.#call !== undefined) return;
    if (this.#demands.size > 0) return this.#pollForDemands();
    this.#nextPoll.set(delayMs, () => void this.#poll(this.#schedule.begin()));
  }

  /**
   * Polls for callers of {@link next}: at once, or a second after a failed poll. One poll serves all that call at the
   * same moment.
   */
  #pollForDemands(): void {
    queueMicrotask(() => {
      if (this.#call !== undefined || this.#demands.size === 0) return;
      const { pauseMs } = this.#schedule;
      if (pauseMs > 0) return this.#nextPoll.set(pauseMs, () => this.#pollForDemands());
      const isRegular = this.isRunning && this.#failure === undefined && !this.#holdsPolls;
      void this.#poll(isRegular ? this.#schedule.begin({ isUrgent: true }) : undefined);
    });
  }

  /**
   * Aborts a poll that the hub may be holding, because a caller needs an answer now. A hub does not hold a poll that
   * requests everything.
   */
  #endIfHeld(call: Call): void {
    const { scheduled, isFull, startedAt, controller } = call;
    if (scheduled === undefined || isFull || this.#heldPoll.isSet) return;
    const endAt = startedAt + HELD_AFTER_MS[scheduled.transport];
    this.#heldPoll.set(Math.max(0, endAt - this.#now), () => {
      if (call.isAnswered) return;
      this.#holdsPolls = true;
      controller.abort();
    });
  }

  async #poll(scheduled: ScheduledPoll | undefined): Promise<void> {
    this.#nextPoll.clear();
    const isFull = scheduled === undefined || this.#isFullAnswerNeeded(scheduled.transport);
    const controller = new AbortController();
    const call: Call = { controller, startedAt: this.#now, scheduled, isFull, isAnswered: false };
    this.#call = call;
    if (this.#demands.size > 0) this.#endIfHeld(call);
    const error = await this.#ask(call);
    this.#call = undefined;
    this.#heldPoll.clear();
    if (error !== undefined && !controller.signal.aborted) {
      // Without a login nothing was sent, so the state of the hub is unknown. `wake` continues the polls.
      if (this.#options.hub.needsLogin) {
        this.#fail(call, error);
        for (const { reject } of this.#takeDemands(Infinity)) reject(error);
        return;
      }
      this.#noteFailure(call, error);
    }
    if (this.#demands.size > 0) this.#pollForDemands();
    // If the hub holds polls, the next one starts at once, so that it reports the next change without delay, for
    // example the result of a command.
    else this.#reschedule(scheduled === undefined && this.#holdsPolls && error === undefined ? 0 : undefined);
  }

  /**
   * Records a valid answer. Called before subscribers receive the answer, because they should see the hub as online,
   * and because they may end the polls.
   */
  #noteSuccess({ startedAt, scheduled }: Call, { transport }: ReceivedAnswer): void {
    this.#failure = undefined;
    if (this.isRunning) {
      this.#schedule.noteSuccess(scheduled ?? { startedAt, transport });
      this.#options.hub.notePoll(true, startedAt, transport);
    }
    for (const { resolve } of this.#takeDemands(startedAt)) resolve();
  }

  #noteFailure(call: Call, error: CozifyError): void {
    const { startedAt, scheduled } = call;
    // A failed retry of the LAN is no failure of the hub: the polls through the cloud show whether the hub is online.
    const isLanRetry = scheduled?.isLanRetry === true;
    if (!isLanRetry) this.#fail(call, error);
    // After a failed scheduled poll, the callers of `next` wait for one more poll, which may use both transports.
    if (scheduled === undefined) for (const { reject } of this.#takeDemands(startedAt)) reject(error);
    if (scheduled === undefined) this.#schedule.noteOtherFailure();
    else if (this.isRunning) this.#schedule.noteFailure(scheduled, error);
    if (!this.isRunning || isLanRetry) return;
    const { hub } = this.#options;
    hub.notePoll(false, startedAt, scheduled?.transport ?? (hub.isLanAllowed ? 'lan' : 'cloud'));
  }

  #fail({ startedAt }: Call, error: CozifyError): void {
    this.#failure = { error, since: this.#failure?.since ?? startedAt };
  }

  /**
   * Removes and returns the callers of {@link next} that an answer requested at `requestedAt` (monotonic, ms)
   * satisfies.
   */
  #takeDemands(requestedAt: number): readonly Demand[] {
    const met = [...this.#demands].filter(({ since }) => since <= requestedAt);
    for (const demand of met) this.#demands.delete(demand);
    return met;
  }

  /** Sends a poll and applies its answer. Returns the error if the poll fails, otherwise `undefined`. */
  async #ask(call: Call): Promise<CozifyError | undefined> {
    const { cache, hub } = this.#options;
    const { scheduled, isFull } = call;
    const { signal } = call.controller;
    const path = `/hub/poll?ts=${isFull ? 0 : cache.timestamp}`;
    const kind = scheduled === undefined ? { isLarge: true } : { poll: scheduled.transport };
    try {
      const answer = await hub.request({ method: 'GET', path, signal, deadlineMs: POLL_DEADLINE_MS, ...kind });
      if (!signal.aborted) await this.#take(call, answer);
      return undefined;
    } catch (error) {
      return toCozifyError(error);
    }
  }

  /** Applies the answer to a poll to the cache. Throws if it is something else, for example an error message. */
  async #take(call: Call, answer: ReceivedAnswer): Promise<void> {
    const { cache, loadMissing, onAnswer, version } = this.#options;
    const { startedAt, scheduled, isFull, controller } = call;
    const { intervalMs } = this;
    call.isAnswered = true;
    // After a 410 the next poll asks for everything, unless this one already has.
    if (answer.wasObsolete === true) cache.isStale = true;
    if (scheduled !== undefined && !isFull) {
      this.#holdsPolls = this.#now - startedAt >= HELD_AFTER_MS[scheduled.transport];
    }
    if (answer.status === 304) {
      const { unwatchedMs } = this;
      // After failed polls, a 304 is never trusted, because the hub may have restarted with a wrong clock.
      const pauseMs = this.#failure === undefined ? Math.max(MAX_PRESS_AGE_MS, 1.5 * intervalMs) : 0;
      cache.noteUnchanged(startedAt, pauseMs);
      return this.#noteApplied(call, answer, NO_CHANGES, unwatchedMs);
    }
    expectOk(answer);
    const parsed = parseHubAnswer(answer.body);
    const lists = loadMissing?.(parsed);
    if (lists !== undefined) await lists;
    if (controller.signal.aborted) return;
    const { unwatchedMs } = this;
    if (this.#failure !== undefined) cache.noteReturn();
    const outcome = cache.applyPoll(parsed, { isFull, requestedAt: startedAt, intervalMs });
    if (outcome === undefined) {
      throw new CozifyError('COZIFY_BAD_ANSWER', 'The hub should have sent its changes, but sent something else.');
    }
    onAnswer?.(parsed);
    if (outcome.isFull) [cache.version, this.#fullLength] = [version(), answer.body.length];
    if (outcome.changes.length > 0 || outcome.presses.length > 0) this.#schedule.noteChange();
    this.#noteApplied(call, answer, outcome, unwatchedMs);
  }

  #noteApplied(call: Call, answer: ReceivedAnswer, outcome: PollOutcome, unwatchedMs: number): void {
    const { cache, onApplied } = this.#options;
    const failingMs = this.#now - (this.#failure?.since ?? this.#now);
    this.#noteSuccess(call, answer);
    onApplied(outcome, { requestedAt: call.startedAt, isUpToDate: !cache.isStale, unwatchedMs, failingMs });
  }

  /** Whether the next poll asks for everything (docs/dev/rules.md, "When everything is requested"). */
  #isFullAnswerNeeded(transport: TransportName): boolean {
    const { cache, version } = this.#options;
    const now = this.#now;
    const everyMs = FULL_EVERY_MS[transport] * Math.max(1, this.#fullLength / LARGE_ANSWER);
    return (
      !cache.hasPolled ||
      cache.isStale ||
      cache.isEmptyListRetryDue ||
      cache.version !== version() ||
      now - (this.#failure?.since ?? now) > FAILING_MS ||
      now - cache.lastAnswerAt >= UNPOLLED_MS ||
      now - cache.lastTimestampAt >= ONLY_304_MS[transport] ||
      now - cache.lastFullAnswerAt >= everyMs
    );
  }
}
