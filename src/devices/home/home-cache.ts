/**
 * The cache of one hub: its things, and how fresh the states of each kind are. Sends no requests and sets no timers.
 */
import { type Clock, Elapsed } from '../../async/clock.js';
import { OwnCommands, SETTLING_MS } from '../commands/own-commands.js';
import type { Change } from '../things/changes.js';
import type { Entry } from '../things/device.js';
import { type Kind, KINDS, STATES_MAX_AGE_MS } from '../things/kinds.js';
import { findPress, MAX_PRESS_AGE_MS, type Press } from '../things/presses.js';
import { asThingPairs, expectFewThings, presentThings } from '../things/raw.js';
import { type ThingPairs, Things, type ThingsOptions } from '../things/things.js';
import { ChangeLog } from './change-log.js';
import { type Delta, expectUsualThings, listsOf, type PollAnswer, readPollAnswer } from './hub-answer.js';

/** The maximum age of cached names, types and capabilities. */
export const NAMES_MAX_AGE_MS = 600_000;
/**
 * Milliseconds for which the cache ignores an empty list of a kind that had things before, or a first answer without
 * devices. A hub that has just started may not list its things yet.
 */
const EMPTY_MS = 120_000;
/**
 * While an empty list is being ignored, everything is requested again this many milliseconds after the last complete
 * answer.
 */
const EMPTY_RETRY_MS = 30_000;

/** Options of a {@link HomeCache}. */
export interface HomeCacheOptions extends ThingsOptions {
  clock: Pick<Clock, 'now' | 'monotonic'>;
}

/** The changes that the answer to a poll made in the cache. */
export interface PollOutcome {
  /** At most one change per thing. Empty for the first complete answer, because there is nothing to compare it with. */
  readonly changes: readonly Change[];
  readonly presses: readonly Press[];
  /** Whether the answer is complete: it lists everything, not only changes. */
  readonly isFull: boolean;
  /** Whether this is the first complete answer. */
  readonly isFirst: boolean;
  /** Kinds that the answer reports in an unknown format. The lists of these kinds have to be loaded separately. */
  readonly unread: readonly Kind[];
}

/** How the answer to a poll was requested. */
export interface PollOptions {
  /** Whether the poll requested everything (`ts=0`). */
  isFull: boolean;
  /** When the poll was requested (monotonic, ms). If omitted: now. */
  requestedAt?: number;
  /** The poll interval, in milliseconds. */
  intervalMs?: number;
}

/** The freshness of one kind. Times are monotonic, in milliseconds. */
interface KindState {
  /** When an answer last showed the current states of the kind; `undefined` if none has. */
  confirmed: Elapsed | undefined;
  /** When the last answer with current states of the kind was requested. */
  requestedAt: number;
  /** When the last command that could change things of the kind was sent. */
  commandedAt: number;
  /** Whether the answers to polls contain the things of the kind. */
  isReported: boolean;
  /**
   * When the hub first sent an empty list of the kind, or a complete answer without devices. The cache ignores such an
   * answer for {@link EMPTY_MS}. `undefined` if no such answer is being ignored.
   */
  emptySince: number | undefined;
}

/**
 * The things of one hub as the hub last reported them. Sends no requests and sets no timers. When an account is
 * replaced, the new one takes over the cache (docs/dev/rules.md, "Polls are compared with the cache").
 */
export class HomeCache {
  readonly things: Things;
  /** The log of the applied answers and their changes. */
  readonly log: ChangeLog;
  /** Recent commands of the account. */
  readonly own: OwnCommands;
  /** Whether the cache may have missed changes, so that the next poll must request everything. */
  isStale = false;
  /** The hub's software version at the last complete answer. */
  version: string | null = null;
  readonly #clock: HomeCacheOptions['clock'];
  readonly #kinds = new Map<Kind, KindState>(KINDS.map((kind) => [kind, newKindState()]));
  #timestamp = 0;
  #hasPolled = false;
  #lastAnswer: Elapsed | undefined;
  #lastFullAnswerAt = -Infinity;
  #lastTimestampAt = -Infinity;

  constructor({ hub, language, clock }: HomeCacheOptions) {
    this.things = new Things({ hub, language });
    this.#clock = clock;
    this.log = new ChangeLog(clock);
    this.own = new OwnCommands(this.things, clock);
  }

  get hub(): string {
    return this.things.hub;
  }

  /** The hub's own time at its last answer. The next poll requests the changes since then. */
  get timestamp(): number {
    return this.#timestamp;
  }

  /** Whether a complete answer was applied. From then on, a difference counts as a change. */
  get hasPolled(): boolean {
    return this.#hasPolled;
  }

  /**
   * When the last answer to a poll came (monotonic, ms). Includes a correction for sleep of the machine, during which
   * the monotonic clock may not advance.
   */
  get lastAnswerAt(): number {
    return this.#clock.monotonic() - (this.#lastAnswer?.ms ?? Infinity);
  }

  /** When the last complete answer came (monotonic, ms). */
  get lastFullAnswerAt(): number {
    return this.#lastFullAnswerAt;
  }

  /** When the last answer with a timestamp came (monotonic, ms). An answer with status 304 has no timestamp. */
  get lastTimestampAt(): number {
    return this.#lastTimestampAt;
  }

  /** Whether the cache is ignoring an empty list from the hub, and it is time to request the list again. */
  get isEmptyListRetryDue(): boolean {
    const isAnyIgnored = KINDS.some((kind) => this.isEmptyListIgnored(kind) && this.isPolled(kind));
    return isAnyIgnored && this.#clock.monotonic() - this.#lastFullAnswerAt >= EMPTY_RETRY_MS;
  }

  /** Applies the answer to a poll. Returns `undefined` if `answer` does not have the form of such an answer. */
  applyPoll(answer: unknown, options: PollOptions): PollOutcome | undefined {
    const poll = readPollAnswer(answer);
    if (poll === undefined) return undefined;
    const { requestedAt = this.#clock.monotonic(), intervalMs = 0 } = options;
    const isFull = options.isFull || poll.isFull;
    if (!isFull) this.#expectFew(poll);
    if (!isFull && !this.#hasPolled) return { changes: [], presses: [], isFull, isFirst: false, unread: [] };
    const isBack = poll.timestamp !== null && poll.timestamp < this.#timestamp;
    const isRecent = requestedAt - this.lastAnswerAt <= 1.5 * intervalMs;
    const hadPolled = this.#hasPolled;
    this.#noteAnswer(poll.timestamp);
    const presses: Press[] = [];
    const maxAgeMs = Math.max(MAX_PRESS_AGE_MS, 1.5 * intervalMs);
    const notePress = (before: Entry | undefined): void => {
      const now = before && this.things.get('device', before.id);
      const press = now && findPress(before, now, poll.timestamp, maxAgeMs);
      if (press !== undefined) presses.push(press);
    };
    const unread = isFull
      ? this.#applyFull(poll, requestedAt, hadPolled && isRecent && !isBack ? notePress : () => undefined)
      : this.#applyDeltas(poll, requestedAt, isBack, notePress);
    const changes = this.things.takeChanges();
    return { changes: hadPolled ? changes : [], presses, isFull, isFirst: this.#hasPolled && !hadPolled, unread };
  }

  /**
   * Applies an answer with status 304: nothing has changed. After more than `pauseMs` without an answer, the 304 is not
   * trusted, because the hub may have restarted with a wrong clock and compared the wrong times.
   */
  noteUnchanged(requestedAt = this.#clock.monotonic(), pauseMs = Infinity): void {
    if (requestedAt - this.lastAnswerAt > pauseMs) this.isStale = true;
    else this.#confirmReported(requestedAt);
    this.#lastAnswer = new Elapsed(this.#clock);
  }

  /**
   * Records that the hub answers again after failed polls. The hub may have restarted and not know its things yet, so
   * the time for which an empty list is ignored starts again.
   */
  noteReturn(): void {
    const states = [...this.#kinds.values()].filter(({ emptySince }) => emptySince !== undefined);
    for (const state of states) state.emptySince = this.#clock.monotonic();
  }

  /**
   * Applies a list that was requested without a poll. Returns the changes in it (none in the first list of a kind), or
   * `undefined` if the answer is not a list.
   */
  load(kind: Kind, list: unknown, requestedAt = this.#clock.monotonic()): readonly Change[] | undefined {
    const pairs = presentThings(asThingPairs(list));
    if (pairs === undefined) return undefined;
    expectUsualThings(kind, pairs);
    const { confirmed, requestedAt: last } = this.#of(kind);
    // An answer to a later request has already been applied.
    if (last > requestedAt) return [];
    if (this.#replace(kind, pairs)) this.#confirm([kind], requestedAt);
    const changes = this.things.takeChanges();
    return this.#hasPolled && confirmed !== undefined ? changes : [];
  }

  /**
   * Applies the hub's answer to a command for scenes or rules. The answer shows their new states. Returns the changes.
   */
  noteSwitched(kind: Kind, answer: unknown): readonly Change[] {
    for (const [id, value] of asThingPairs(answer) ?? []) this.things.noteSwitched(kind, id, value);
    const changes = this.things.takeChanges();
    return this.#hasPolled && this.asOf(kind) !== null ? changes : [];
  }

  /** Records that a command may have changed things of these kinds. */
  noteCommand(kinds: readonly Kind[]): void {
    for (const kind of kinds) this.#of(kind).commandedAt = this.#clock.monotonic();
  }

  /** When things of a kind were last commanded (monotonic, ms). */
  commandedAt(kind: Kind): number {
    return this.#of(kind).commandedAt;
  }

  /** When the last answer that confirmed a kind was requested (monotonic, ms). */
  requestedAt(kind: Kind): number {
    return this.#of(kind).requestedAt;
  }

  /** Whether the cached states of a kind are more than 3 s old, or were requested before the last command. */
  isOld(kind: Kind): boolean {
    return this.ageMs(kind) > STATES_MAX_AGE_MS || this.requestedAt(kind) < this.commandedAt(kind);
  }

  /**
   * Whether the cached things of a kind are at most `maxAgeMs` old. If `maxAgeMs` is short enough for current states,
   * the last answer must also have been requested long enough after the last command to show its result
   * (docs/dev/rules.md, "After a command the cache is not fresh").
   */
  isFresh(kind: Kind, maxAgeMs: number): boolean {
    const isSettled = this.requestedAt(kind) >= this.commandedAt(kind) + SETTLING_MS;
    return this.ageMs(kind) <= maxAgeMs && (isSettled || maxAgeMs > STATES_MAX_AGE_MS);
  }

  /**
   * Whether polls report the things of a kind: always for devices, and for another kind once a poll has reported it.
   */
  isPolled(kind: Kind): boolean {
    return kind === 'device' || this.isReported(kind);
  }

  /** Whether the answers to polls include things of a kind. False if they do so in an unknown format. */
  isReported(kind: Kind): boolean {
    return this.#of(kind).isReported;
  }

  /**
   * Whether the cache ignores the hub's last list of a kind, because the list was empty or missing. A hub that has just
   * started may not list its things yet.
   */
  isEmptyListIgnored(kind: Kind): boolean {
    return this.#of(kind).emptySince !== undefined;
  }

  /** Milliseconds since the states of a kind were last confirmed; Infinity if they never were. */
  ageMs(kind: Kind): number {
    return this.#of(kind).confirmed?.ms ?? Infinity;
  }

  /** When the states of a kind were last confirmed, in milliseconds since the epoch; `null` if they never were. */
  asOf(kind: Kind): number | null {
    return this.#of(kind).confirmed?.at ?? null;
  }

  #of(kind: Kind): KindState {
    return this.#kinds.get(kind) as KindState;
  }

  /** Throws `COZIFY_BAD_ANSWER` if the home would have too many things with the new ones in this answer. */
  #expectFew({ deltas }: PollAnswer): void {
    for (const { kind, things } of deltas) {
      const isNew = ([id, value]: Delta['things'][number]): boolean =>
        value !== null && this.things.get(kind, id) === undefined;
      expectFewThings(this.things.count(kind) + things.filter(isNew).length);
    }
  }

  #noteAnswer(timestamp: number | null): void {
    this.#lastAnswer = new Elapsed(this.#clock);
    if (timestamp === null) return;
    this.#timestamp = timestamp;
    this.#lastTimestampAt = this.#clock.monotonic();
  }

  /**
   * Applies a complete answer. Calls `notePress` with the previous entry of each listed device. Returns the kinds that
   * could not be read.
   */
  #applyFull(poll: PollAnswer, requestedAt: number, notePress: NotePress): readonly Kind[] {
    const { lists, unread } = listsOf(poll);
    const before = (lists.get('device') ?? []).map(([id]) => this.things.get('device', id));
    this.#lastFullAnswerAt = this.#clock.monotonic();
    this.isStale = false;
    const believed = [...lists].flatMap(([kind, list]) => (this.#replace(kind, list) ? [kind] : []));
    for (const device of before) notePress(device);
    const devices = this.#of('device');
    // A hub that has just started may list no devices, or leave their list out.
    const isWithoutDevices = (lists.get('device') ?? []).length === 0;
    if (isWithoutDevices && (!this.#hasPolled || this.things.count('device') > 0)) {
      devices.emptySince ??= this.#clock.monotonic();
    }
    if (!isWithoutDevices || this.#isEmptyLongEnough(devices)) this.#hasPolled = true;
    if (!this.#hasPolled) return unread;
    for (const kind of believed) this.#of(kind).isReported = true;
    for (const kind of unread) this.#of(kind).isReported = false;
    this.#confirm(believed, requestedAt);
    return unread;
  }

  #applyDeltas(poll: PollAnswer, requestedAt: number, isBack: boolean, notePress: NotePress): readonly Kind[] {
    for (const { kind, things } of poll.deltas) {
      for (const [id, value] of things) {
        const before = this.things.get(kind, id);
        this.things.put(kind, id, value);
        if (kind === 'device') notePress(before);
      }
      this.#of(kind).isReported = true;
    }
    for (const kind of poll.unread) this.#of(kind).isReported = false;
    // The hub's clock was set back. Newer changes then have timestamps before the last poll, so this answer may lack
    // them.
    if (isBack) this.isStale = true;
    else this.#confirmReported(requestedAt);
    return poll.unread;
  }

  /**
   * Applies a list to the cache, unless it is an empty list that is still ignored. Returns whether the list was
   * applied.
   */
  #replace(kind: Kind, pairs: ThingPairs): boolean {
    const state = this.#of(kind);
    const isNowEmpty = pairs.length === 0 && this.things.count(kind) > 0;
    if (isNowEmpty) state.emptySince ??= this.#clock.monotonic();
    if (isNowEmpty && !this.#isEmptyLongEnough(state)) return false;
    // An empty list of a kind that had no things does not clear `emptySince`: a first answer without devices may have
    // set it.
    if (pairs.length > 0 || isNowEmpty) state.emptySince = undefined;
    this.things.replace(kind, pairs);
    return true;
  }

  #isEmptyLongEnough({ emptySince }: KindState): boolean {
    return emptySince !== undefined && this.#clock.monotonic() - emptySince >= EMPTY_MS;
  }

  /** Resets the age of all kinds that polls report, because an answer contains all of their changes. */
  #confirmReported(requestedAt: number): void {
    if (!this.#hasPolled) return;
    const isConfirmed = (kind: Kind): boolean => this.isReported(kind) && this.asOf(kind) !== null;
    this.#confirm(KINDS.filter(isConfirmed), requestedAt);
  }

  #confirm(kinds: readonly Kind[], requestedAt: number): void {
    const confirmed = new Elapsed(this.#clock);
    for (const kind of kinds) Object.assign(this.#of(kind), { confirmed, requestedAt });
  }
}

/**
 * A function that adds the press of a device, if the applied answer shows one. `before`: the device before the answer.
 */
type NotePress = (before: Entry | undefined) => void;

function newKindState(): KindState {
  return {
    confirmed: undefined,
    requestedAt: -Infinity,
    commandedAt: -Infinity,
    isReported: false,
    emptySince: undefined,
  };
}
