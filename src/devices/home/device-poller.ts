import { Alarm } from '../../async/alarm.js';
import type { Clock } from '../../async/clock.js';
import { CozifyError, toCozifyError } from '../../errors.js';
import { expectOk } from '../../http/response.js';
import type { HubAnswer, HubRequest } from '../../hub/hub-client.js';
import type { TransportName } from '../../hub/hub-transport.js';
import { parseHubAnswer } from '../things/answer-limits.js';
import type { NewRecord } from './change-log.js';
import type { Home, PollOutcome } from './home.js';
import { type PollIntervals, PollSchedule, type PollTransports, type ScheduledPoll } from './poll-schedule.js';
import { ResyncBrake } from './resync-brake.js';
import type { Sync } from './sync.js';
import { TimeLooks } from './time-looks.js';
import { MAX_PRESS_AGE_MS } from '../things/presses.js';

/** Limits a poll with all that belongs to it: 5 s to find the hub, 20 s until the answer begins, 20 s for the rest. */
const POLL_DEADLINE_MS = 45_000;
/** One that is not answered for so long is held, or the hub is slow. */
const HELD_MS = 300;
/** One that is asked in place of another, which was ended, goes on for so long at least; the next in its place for twice as long. */
const FIRST_PATIENCE_MS = 5_000;
/**
 * Everything is asked for after so long, to be sure; where nobody asked for so long; and after an absence in which the hub
 * may have started anew: until it knows again what time it is, changes get times of which it has told already.
 */
const RESYNC_EVERY_MS = 12 * 3_600_000;
const LONG_AWAY_MS = 600_000;
/** A hub does not start anew in less time than this. */
const ABSENT_MS = 15_000;

/** The hub that is polled: its client. */
export interface PolledHub extends PollTransports {
  /** Whether the hub can't be asked anything before the next login. */
  readonly needsLogin: boolean;
  /** Fails with a {@link CozifyError}. */
  request(request: HubRequest): Promise<HubAnswer>;
  /** Notes the end of a poll: whether the answer was good, when the poll began (monotonic, ms), and its transport. */
  notePoll(isGood: boolean, startedAt: number, transport: TransportName): void;
  /** Hears that nobody polls any more. */
  endPolls(): void;
}

/** Which home is polled, how often, and who hears of it. */
export interface DevicePollerOptions {
  home: Home;
  hub: PolledHub;
  /** The hub's version as it is known now: another one may count anew. */
  version: () => string | null;
  intervals: PollIntervals;
  clock: Clock;
  /** Receives each answer once it is applied: a 304 as one without changes. */
  onApplied: (outcome: PollOutcome, of: AppliedAnswer) => void;
  /** Loads the lists that an answer needs before it is applied; `undefined` if none is missing. */
  loadMissing?: (answer: unknown) => Promise<void> | undefined;
  /** Called with each answer that has news, as the hub sent it. */
  onAnswer?: (answer: unknown) => void;
}

/** An answer that was applied to the cache. */
export type AppliedAnswer = Pick<NewRecord, 'requestedAt' | 'isSure' | 'unwatchedMs'>;

/** The outcome of a 304. */
const UNCHANGED: PollOutcome = { changes: [], presses: [], isFirst: false, needsResync: false, unread: [] };

/** A poll under way. */
interface Call extends ScheduledPoll {
  readonly controller: AbortController;
  /** A poll that replaces an ended one is not ended before this time itself. */
  readonly patienceMs: number;
  /** Whether another poll follows at once, because somebody needs an answer that was requested later. */
  isAskedAgain: boolean;
  /** Whether the answer is here and waits for the lists that belong to it. */
  isAnswered: boolean;
}

/**
 * Asks a hub what has changed, for as long as somebody needs to know: one poll at a time, each one interval after the
 * start of the last; everything anew where what is known may be wrong; less and less often while the hub is away
 * (docs/dev/rules.md, "Polls are there for those who need them").
 */
export class DevicePoller {
  readonly #options: DevicePollerOptions;
  readonly #needs = new Set<symbol>();
  #runningSince = Infinity;
  readonly #schedule: PollSchedule;
  readonly #looks = new TimeLooks();
  readonly #nextPoll: Alarm;
  #call: Call | undefined;
  /** That of the next poll: none where the last was not ended. */
  #patienceMs = 0;
  #error: CozifyError | undefined;
  /** The last answer has said only a part of what has changed, and not which. */
  #isHalf = false;
  /** When the next poll after the last good one is to come. */
  #expectedAt: number | undefined;
  /** Not before then, where the hub wished for it. */
  #resyncAt = -Infinity;
  readonly #brake = new ResyncBrake();

  constructor(options: DevicePollerOptions) {
    const { hub: transports, intervals, clock } = options;
    this.#options = options;
    this.#schedule = new PollSchedule({ transports, intervals, clock });
    this.#nextPoll = new Alarm(clock, { keepsAlive: true });
  }

  /** What is known of it is the home's: the poller of a successor goes on from there. */
  get #sync(): Sync {
    return this.#options.home.sync;
  }

  /** Why the last poll failed; `undefined` while all is well, and where nobody has polled since. */
  get error(): CozifyError | undefined {
    return this.#error;
  }

  /** Whether the last answer has said how things are: it came, and does not make it necessary to load all anew at once. */
  get isSure(): boolean {
    return !this.#isFailing && !this.#isHalf;
  }

  /**
   * When the first of the polls began (monotonic, ms) that have failed since the last good one, whatever they got;
   * `undefined` while all is well. Nobody may have polled in between.
   */
  get failingSince(): number | undefined {
    return this.#sync.failingSince;
  }

  get #isFailing(): boolean {
    return this.#sync.failingSince !== undefined;
  }

  /** How long after the start of a poll the next one starts, while all is well. */
  get intervalMs(): number {
    return this.#schedule.intervalMs;
  }

  get isRunning(): boolean {
    return this.#needs.size > 0;
  }

  /** How long nobody has polled until now, in milliseconds; 0 if somebody polled all the time since the last answer. */
  get unwatchedMs(): number {
    const { heardAt } = this.#sync;
    const isWatched = this.isRunning && heardAt >= this.#runningSince;
    return isWatched ? 0 : this.#options.clock.monotonic() - heardAt;
  }

  /** Since when somebody has needed it, or had until now (monotonic, ms); Infinity before that. */
  get runningSince(): number {
    return this.#runningSince;
  }

  /** Whether the hub holds the poll that is under way: it has nothing to say. */
  get isHeld(): boolean {
    const call = this.#call;
    if (call === undefined || call.isAnswered || call.controller.signal.aborted) return false;
    return this.#options.clock.monotonic() - call.startedAt >= HELD_MS;
  }

  /**
   * Polls until the function that this gives is called. Where nobody has needed it for a moment, as at a Deploy, the next
   * poll comes when it would have come.
   */
  need(): () => void {
    const need = Symbol('need');
    this.#needs.add(need);
    if (this.#needs.size === 1) this.#runningSince = this.#options.clock.monotonic();
    if (this.#needs.size === 1 && this.#call === undefined) {
      this.#pollIn(Math.max(this.#turnMs, this.#schedule.delayMs));
    }
    return () => {
      if (this.#needs.delete(need) && !this.isRunning) this.#stop();
    };
  }

  /**
   * Asks now rather than later. A poll that began before `since` (monotonic, ms) is ended and asked anew; but one asked in
   * place of another is given time, or many who want to know would keep each other from hearing anything.
   */
  pollNow(since: number): void {
    const call = this.#call;
    if (!this.isRunning) return;
    if (call === undefined) return this.#pollIn(0, true);
    if (call.startedAt >= since) return;
    const isLongEnough = this.#options.clock.monotonic() - call.startedAt >= call.patienceMs;
    if (isLongEnough && !call.isAnswered) call.controller.abort();
    else call.isAskedAgain = true;
  }

  /** Polls again at once after a login, if polls have failed or wait for a login. */
  wake(): void {
    const isWaitingForLogin = this.#call === undefined && !this.#nextPoll.isSet;
    if (!this.#isFailing && !isWaitingForLogin) return;
    this.#schedule.reset();
    if (this.isRunning && this.#call === undefined) this.#pollIn(0, true);
  }

  /** Polls anew after a log out. The next poll fails for lack of a key, and none follows until {@link wake}. */
  noteLogOut(): void {
    if (!this.isRunning) return;
    if (this.#call === undefined) this.#pollIn(0, true);
    else this.#call.controller.abort();
  }

  /** Notes a good answer to another request, by its transport: it ends the back-off of failed polls. */
  noteAnswer(transport: TransportName): void {
    if (!this.#isFailing) return;
    this.#schedule.noteAnswer(transport);
    if (this.isRunning && this.#call === undefined) this.#pollIn(this.#schedule.delayMs);
  }

  /** Polls again if the hub has another key than the one that it refused. */
  noteKey(): void {
    if (this.#isFailing && this.isRunning && this.#call === undefined) this.#pollIn(this.#schedule.delayMs);
  }

  /** Ends all needs. */
  close(): void {
    this.#needs.clear();
    this.#stop();
  }

  #stop(): void {
    this.#nextPoll.clear();
    this.#call?.controller.abort();
    this.#error = undefined;
    this.#schedule.endBackoff();
    this.#options.hub.endPolls();
  }

  /** How long it is until the next poll's turn, after the last good one. */
  get #turnMs(): number {
    const now = this.#options.clock.monotonic();
    return this.#needsResync(now) ? 0 : Math.max(0, (this.#expectedAt ?? now) - now);
  }

  /** Begins the next poll after a delay. `isUrgent`: as {@link PollSchedule.begin}. */
  #pollIn(delayMs: number, isUrgent = false): void {
    this.#nextPoll.set(delayMs, () => void this.#poll(isUrgent));
  }

  async #poll(isUrgent: boolean): Promise<void> {
    const call: Call = {
      ...this.#schedule.begin(isUrgent),
      controller: new AbortController(),
      patienceMs: this.#patienceMs,
      isAskedAgain: false,
      isAnswered: false,
    };
    this.#call = call;
    const error = await this.#ask(call);
    this.#call = undefined;
    const isEnded = call.controller.signal.aborted;
    this.#patienceMs = isEnded ? Math.max(FIRST_PATIENCE_MS, call.patienceMs * 2) : 0;
    if (!this.isRunning) return;
    // Somebody ended the poll, and needs an answer that is requested now.
    if (isEnded) return this.#pollIn(0, true);
    // Nothing was sent, so the hub's reachability is unknown, and a login wakes the poller.
    if (this.#options.hub.needsLogin) {
      this.#error = error;
      return;
    }
    const { startedAt, transport, isTry } = call;
    this.#schedule.noteEnd(call, error);
    // While a LAN that has failed is only tried, the polls through the cloud show whether the hub is there.
    if (error === undefined || !isTry) this.#options.hub.notePoll(error === undefined, startedAt, transport);
    const { delayMs } = this.#schedule;
    if (!this.#isFailing) this.#expectedAt = this.#options.clock.monotonic() + delayMs;
    this.#pollIn(call.isAskedAgain ? 0 : delayMs, call.isAskedAgain);
  }

  /** Sends a poll and takes its answer. Returns why the poll failed. */
  async #ask(call: Call): Promise<CozifyError | undefined> {
    const { home, hub } = this.#options;
    const { startedAt, transport, isTry } = call;
    const { signal } = call.controller;
    const isResync = this.#needsResync(startedAt);
    const lookFrom = !isResync && this.#looks.isDue(startedAt, home.timedAt) ? home.beforeLastChange : undefined;
    const path = `/hub/poll?ts=${isResync ? 0 : (lookFrom ?? home.timestamp)}`;
    try {
      const request = { method: 'GET', path, deadlineMs: POLL_DEADLINE_MS, signal, poll: transport } as const;
      const answer = await hub.request(request);
      if (!this.isRunning || signal.aborted) return undefined;
      call.isAnswered = true;
      const isUnchanged = answer.status === 304;
      if (!isUnchanged) expectOk(answer);
      const parsed = isUnchanged ? undefined : parseHubAnswer(answer.body);
      const lists = this.#options.loadMissing?.(parsed);
      if (lists !== undefined) await lists;
      if (this.isRunning && !signal.aborted) {
        this.#take(parsed, { isUnchanged, isResync, isLook: lookFrom !== undefined, startedAt });
      }
      return undefined;
    } catch (error) {
      const problem = toCozifyError(error);
      if (isTry) return problem;
      this.#looks.noteFailure();
      if (signal.aborted) return problem;
      this.#sync.failingSince ??= startedAt;
      this.#error = problem;
      return problem;
    }
  }

  /** Applies an answer. `isUnchanged`: it was a 304. Throws if it is not the answer to a poll. */
  #take(answer: unknown, of: { isUnchanged: boolean; isResync: boolean; isLook: boolean; startedAt: number }): void {
    const { isUnchanged, isResync, isLook, startedAt } = of;
    const { home, version, onApplied, onAnswer } = this.#options;
    const now = this.#options.clock.monotonic();
    const wasAbsent = this.#isAbsent(now);
    if (wasAbsent) this.#sync.backAt = now;
    const { unwatchedMs } = this;
    let [outcome, isInVain] = [UNCHANGED, false];
    if (!isUnchanged) {
      const applied = home.applyPoll(answer, { isResync, pauseMs: this.#pauseMs, askedAt: startedAt });
      if (applied === undefined) {
        throw new CozifyError('COZIFY_BAD_ANSWER', 'The hub should have sent its changes, but sent something else.');
      }
      outcome = applied;
      onAnswer?.(answer);
      this.#noteWish(outcome, isResync);
      isInVain = isResync && outcome.needsResync;
      if (isResync) [this.#sync.at, this.#sync.version] = [now, version()];
    } else if (now - this.#sync.heardAt <= this.#pauseMs) home.noteUnchanged(startedAt);
    // Nor would there be anything new for a hub whose clock went back meanwhile.
    else this.#sync.isStale = true;
    const hasChanges = outcome.changes.length > 0 || outcome.presses.length > 0;
    if (hasChanges) this.#schedule.noteChange();
    const isTold = home.timedAt >= startedAt;
    const isDeaf = this.#looks.noteAnswer({ isLook, isTold, hasChanges, now });
    if (isDeaf || (wasAbsent && !isResync)) this.#sync.isStale = true;
    const isDue = this.#sync.isStale && now >= this.#resyncAt;
    // A hub that has just started, say, is asked as one in whose home something happens: not all is known yet.
    if (isDue) this.#schedule.noteChange();
    // What else has changed says the next poll, for which all is loaded anew: nobody has heard how things are before that.
    this.#isHalf = isDue && (!isResync || isInVain);
    this.#sync.heardAt = now;
    this.#error = this.#sync.failingSince = undefined;
    onApplied(outcome, { requestedAt: startedAt, isSure: !this.#isHalf, unwatchedMs });
  }

  /** So long after the last answer a poll comes late. A hub that is asked less often makes no pause by that. */
  get #pauseMs(): number {
    const plannedMs = this.#expectedAt === undefined ? 0 : this.#expectedAt - this.#sync.heardAt;
    return Math.max(MAX_PRESS_AGE_MS, plannedMs * 1.5);
  }

  /** A hub that says time and again that everything is to be loaded anew gets that less and less often. */
  #noteWish({ needsResync, isOverdue }: PollOutcome, isResync: boolean): void {
    const now = this.#options.clock.monotonic();
    const isWaiting = this.#sync.isStale && !isResync;
    if (isResync) this.#sync.isStale = needsResync;
    if (!needsResync) return;
    this.#sync.isStale = true;
    if (isResync || isOverdue) this.#resyncAt = now;
    else if (!isWaiting) this.#resyncAt = now + this.#brake.take(now);
  }

  /** Whether polls have failed for so long that the hub may have started anew meanwhile. */
  #isAbsent(now: number): boolean {
    return now - (this.#sync.failingSince ?? now) > ABSENT_MS && now - this.#sync.heardAt > this.#pauseMs;
  }

  #needsResync(now: number): boolean {
    const { home, version } = this.#options;
    return (
      (this.#sync.isStale && now >= this.#resyncAt) ||
      !home.hasPolled ||
      now - this.#sync.at >= RESYNC_EVERY_MS ||
      now - this.#sync.heardAt >= LONG_AWAY_MS ||
      this.#isAbsent(now) ||
      version() !== this.#sync.version
    );
  }
}
