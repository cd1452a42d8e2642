import type { Clock } from '../../async/clock.js';
import { Elapsed } from '../../async/elapsed.js';
import type { Change } from '../things/changes.js';
import type { Entry } from '../things/device.js';
import type { Kind } from '../things/kinds.js';
import { FutureTimes } from './future-times.js';
import { HubTime } from './hub-time.js';
import { OwnCommands } from '../commands/own-commands.js';
import { ChangeLog } from './change-log.js';
import { type Delta, listsOf, type PollAnswer, readPollAnswer } from './poll-answer.js';
import { beginning } from './sync.js';
import { findPress, MAX_PRESS_AGE_MS, type Press } from '../things/presses.js';
import { expectUsualThings } from '../things/answer-limits.js';
import { asListing, expectFewThings, thingsIn } from '../things/raw.js';
import { type Listing, Things, type ThingsOptions } from '../things/things.js';
import { Turnover } from './turnover.js';

/** What is known of names, types and capabilities is good for so long. */
export const NAMES_MAX_AGE_MS = 600_000;
/** What is known of states is good for so long. */
export const STATES_MAX_AGE_MS = 3_000;
/** What was pressed after the answer before is told of, with so much more for what was on its way. */
const PRESS_DELAY_MS = 5_000;
/** What a command did shows up within this: before that, what the hub says may be how things were. */
const SETTLING_MS = 1_500;

/** What a home is told at its beginning. */
export interface HomeOptions extends ThingsOptions {
  clock: Pick<Clock, 'now' | 'monotonic'>;
}

/** What came of an answer to a poll. */
export interface PollOutcome {
  /** At most one a thing; none of the first full answer, which only says how things are. */
  readonly changes: readonly Change[];
  readonly presses: readonly Press[];
  readonly isFirst: boolean;
  /** Ask for everything next, with `ts=0`: the hub says so, its clock went back, or a list is empty all of a sudden. */
  readonly needsResync: boolean;
  /** It can't wait: the hub did not merely wish for it, but its clock went back. */
  readonly isOverdue?: boolean;
  /** Kinds whose lists have to be loaded, because their news came in a shape that nobody knows. */
  readonly unread: readonly Kind[];
}

/** A hub that has started so lately may not have found its things yet. */
const STARTING_MS = 120_000;

/** More deltas than this before the first full answer are not kept: that answer tells of them, too. */
const MAX_HELD = 20;

/**
 * The memory of one hub's home: what it has and how that is, as the hub told last. It makes no requests and sets no
 * timers, and takes answers of any shape. An account hands it to its successor with all that it knows (docs/dev/rules.md,
 * "What polls tell is compared, not believed").
 */
export class Home {
  readonly things: Things;
  /** The answers that were applied, with the changes in them. */
  readonly log: ChangeLog;
  /** How far the polls are. */
  readonly sync = beginning();
  /** What commands of the account asked for. */
  readonly own = new OwnCommands();
  readonly #clock: HomeOptions['clock'];
  /** When each kind was last known to be as the hub has it. */
  readonly #confirmed = new Map<Kind, { since: Elapsed; askedAt: number }>();
  /** When something was last sent that may have changed things of a kind, on the monotonic clock. */
  readonly #touched = new Map<Kind, number>();
  /** The kinds that polls tell of: of the others, what they don't say means nothing. */
  readonly #told = new Set<Kind>();
  #held: PollAnswer[] = [];
  /** How polls have told of remote controls that a list has shown otherwise since. */
  readonly #heard = new Map<string, Entry>();
  /** The first full answer listed no devices, as that of a hub that has just started. */
  #hasSeenEmpty = false;
  #timestamp = 0;
  #hasPolled = false;
  /** When the hub last answered a poll, and when it last said what time it is there, on the monotonic clock. */
  #heardAt = -Infinity;
  #timedAt = -Infinity;
  readonly #hubTime = new HubTime();
  readonly #turnover = new Turnover();
  /** The hub's clock was set back, and not all was told by it yet: timestamps say nothing of what is newer. */
  #wasSetBack = false;
  readonly #futureTimes = new FutureTimes();

  constructor({ hub, language, clock }: HomeOptions) {
    this.things = new Things({ hub, language });
    this.#clock = clock;
    this.log = new ChangeLog(clock);
  }

  get hub(): string {
    return this.things.hub;
  }

  /** The hub's clock at its last answer: what the next poll asks from. 0 asks for everything. */
  get timestamp(): number {
    return this.#timestamp;
  }

  /** When the hub last told what time it is there (monotonic, ms): one that says only that nothing is new does not. */
  get timedAt(): number {
    return this.#timedAt;
  }

  /**
   * A time by the hub's clock just before the last change that is known: who asks from there is told of it again, and what
   * time it is. `undefined` where no device says when it changed.
   */
  get beforeLastChange(): number | undefined {
    let last: number | undefined;
    for (const { timestamp } of this.things.list('device')) {
      if (timestamp !== null && timestamp <= this.#timestamp && timestamp > (last ?? 0)) last = timestamp;
    }
    return last === undefined ? undefined : last - 1;
  }

  /** Whether a full answer was taken, so that what differs from then on is a change. */
  get hasPolled(): boolean {
    return this.#hasPolled;
  }

  /**
   * Takes the answer to a poll. `isResync`: it was asked for with `ts=0`, so that it is everything, whatever it says.
   * After more than `pauseMs` since the last answer its presses don't count: they were meant for somebody else. `askedAt`:
   * when it was asked for (monotonic, ms); by default just now.
   * `undefined` for what is no answer to a poll, of which nothing is taken.
   */
  applyPoll(
    answer: unknown,
    {
      isResync,
      pauseMs = MAX_PRESS_AGE_MS,
      askedAt = this.#clock.monotonic(),
    }: { isResync: boolean; pauseMs?: number; askedAt?: number },
  ): PollOutcome | undefined {
    const poll = readPollAnswer(answer);
    if (poll === undefined) return undefined;
    if (!isResync) this.#expectFew(poll);
    const outcome = isResync ? this.#applyFull(poll, askedAt) : this.#applyPart(poll, pauseMs, askedAt);
    this.#turnover.note(outcome.changes, this.#clock.monotonic());
    return outcome;
  }

  /** Throws `COZIFY_BAD_ANSWER` if a home grows beyond the limit by many answers, each of which is within the limit. */
  #expectFew({ deltas }: PollAnswer): void {
    for (const { kind, things } of deltas) {
      const isNew = ([id, value]: Delta['things'][number]): boolean =>
        value !== null && this.things.get(kind, id) === undefined;
      expectFewThings(this.things.count(kind) + things.filter(isNew).length);
    }
  }

  #applyPart(poll: PollAnswer, pauseMs: number, askedAt: number): PollOutcome {
    if (this.#hasPolled) return this.#applyDeltas(poll, pauseMs, askedAt);
    this.#held = [...this.#held, poll].slice(-MAX_HELD);
    return { changes: [], presses: [], isFirst: false, needsResync: true, unread: [] };
  }

  /** The hub answered that nothing has changed (304). */
  noteUnchanged(askedAt = this.#clock.monotonic()): void {
    this.#heardAt = this.#clock.monotonic();
    if (this.#hasPolled) this.#confirmTold(askedAt);
  }

  /**
   * Takes a list that was loaded by itself, such as the answer of `/devices`. Gives what differs from what polls have
   * told (nothing before the first, nor of a kind that was not known at all), or `undefined` for what is no list, of which nothing is taken.
   */
  load(kind: Kind, list: unknown, askedAt = this.#clock.monotonic()): readonly Change[] | undefined {
    const listing = thingsIn(asListing(list));
    if (listing === undefined) return undefined;
    expectUsualThings(kind, listing);
    // A list may have been on its way for longer than the last poll, or than another.
    const isLate = Math.max(this.#heardAt, this.#askedAt(kind)) > askedAt;
    const before = kind === 'device' ? listing.map(([id]) => this.things.get(kind, id)) : [];
    const isBelieved = this.#replace(kind, listing, { askedAt, isLate });
    for (const entry of before) if (entry !== undefined && 'button' in entry.raw) this.#keepHeard(entry);
    const isFirst = !this.#confirmed.has(kind);
    if (isBelieved) this.#confirm([kind], askedAt);
    const news = this.#takeNews(!isFirst, askedAt);
    if (!isLate && this.#told.has(kind) && news.some((change) => this.#isOfPast(change))) this.sync.at = -Infinity;
    return news;
  }

  /** Takes what a hub answered to a command of scenes or rules: how those are now that it names. Gives what differs, as {@link load}. */
  noteSwitched(kind: Kind, answer: unknown): readonly Change[] {
    for (const [id, value] of asListing(answer) ?? []) this.things.noteSwitched(kind, id, value);
    return this.#takeNews(this.#confirmed.has(kind), this.#clock.monotonic());
  }

  /** What differs from what polls have told, if it was known before; before the first of them nothing is news. */
  #takeNews(isKnown: boolean, askedAt: number): readonly Change[] {
    const changes = this.things.takeChanges();
    if (!this.#hasPolled || !isKnown) return [];
    this.#turnover.note(changes, askedAt);
    return changes;
  }

  /** Things of these kinds may just have been changed: what was asked for before says how they were. */
  touch(kinds: readonly Kind[]): void {
    for (const kind of kinds) this.#touched.set(kind, this.#clock.monotonic());
  }

  /** When things of a kind were last touched, on the monotonic clock; -Infinity if they never were. */
  touchedAt(kind: Kind): number {
    return this.#touched.get(kind) ?? -Infinity;
  }

  /** Whether what is known of states says how things were, and perhaps not how they are: it is old, or something was sent since. */
  isStale(kind: Kind): boolean {
    return this.ageMs(kind) > STATES_MAX_AGE_MS || this.#askedAt(kind) < this.touchedAt(kind);
  }

  /**
   * Whether what is known of a kind is no older than `maxAgeMs`. Who asks for so little wants states, in which what a
   * command did has to show; names outlive commands (docs/dev/rules.md, "A command makes memory of states doubtful").
   */
  isFresh(kind: Kind, maxAgeMs: number): boolean {
    const isSettled = this.#askedAt(kind) >= this.touchedAt(kind) + SETTLING_MS;
    return this.ageMs(kind) <= maxAgeMs && (isSettled || maxAgeMs > STATES_MAX_AGE_MS);
  }

  /** Whether polls tell of a kind. Of another one they say nothing, however much changes. */
  isTold(kind: Kind): boolean {
    return this.#told.has(kind);
  }

  /** How long ago memory was last sure of what the hub has of a kind, in milliseconds; Infinity if it never was. */
  ageMs(kind: Kind): number {
    return this.#confirmed.get(kind)?.since.steadyMs ?? Infinity;
  }

  /** The moment of which memory tells, in milliseconds since the epoch; `null` if the kind was never loaded. */
  asOf(kind: Kind): number | null {
    return this.#confirmed.get(kind)?.since.at ?? null;
  }

  /** By the hub's clock it was so when polls had not heard of it: that clock went back. */
  #isOfPast({ entry }: Change): boolean {
    return entry.timestamp !== null && entry.timestamp <= this.#timestamp;
  }

  /** The hub's clock was set back by more than has passed. */
  #isBack({ timestamp }: PollAnswer): boolean {
    return timestamp !== null && timestamp < this.#timestamp;
  }

  /** What was asked for at a moment may be older than what is known of a kind: a list that was asked for later came first. */
  #isOutdated(kind: Kind, askedAt: number): boolean {
    return !this.#wasSetBack && this.#askedAt(kind) > askedAt;
  }

  #askedAt(kind: Kind): number {
    return this.#confirmed.get(kind)?.askedAt ?? -Infinity;
  }

  #applyFull(poll: PollAnswer, askedAt: number): PollOutcome {
    const { lists, unread } = listsOf(poll);
    const isFirst = this.#beginsWith(lists);
    this.#heard.clear();
    const hasGoneBack = this.#isBack(poll);
    const believed = [...lists].flatMap(([kind, list]) => {
      const isLate = !hasGoneBack && this.#isOutdated(kind, askedAt);
      return this.#replace(kind, list, { askedAt, isLate }) ? [kind] : [];
    });
    const changes = this.things.takeChanges();
    if (hasGoneBack || !this.#isOutdated('device', askedAt)) {
      this.#futureTimes.note(this.things.list('device'), poll.timestamp);
    }
    this.#wasSetBack = false;
    this.#noteHeard(poll, askedAt);
    if (!this.#hasPolled) return { changes: [], presses: [], isFirst, needsResync: true, unread };
    for (const kind of believed) this.#told.add(kind);
    for (const kind of unread) this.#told.delete(kind);
    this.#confirm(believed, askedAt);
    const late = this.#applyHeld(poll);
    // A hub that has just started has not found its devices yet.
    const areDevicesTold = this.#told.has('device') || unread.includes('device');
    const hasNoDevices = !lists.has('device') && areDevicesTold && this.things.list('device').length > 0;
    const needsResync = believed.length < lists.size || hasNoDevices;
    return { changes: isFirst ? late : [...changes, ...late], presses: [], isFirst, needsResync, unread };
  }

  /** Takes a list, unless it is one of nothing by a hub that may just have started. Gives whether it is believed. */
  #replace(kind: Kind, listing: Listing, { askedAt, isLate }: { askedAt: number; isLate: boolean }): boolean {
    // One that lists devices has found what it has.
    if (kind === 'device' && listing.length > 0) this.sync.backAt = -Infinity;
    const isStarting = this.#clock.monotonic() - this.sync.backAt <= STARTING_MS;
    if (isStarting && listing.length === 0 && this.things.list(kind).length > 0) return false;
    return this.things.replace(kind, listing, {
      isLate: (id) => isLate && !this.#futureTimes.has(this.things.get(kind, id)),
      hasTurned: (id) => this.#turnover.isSince(askedAt, kind, id),
    });
  }

  /** Whether this is the full answer to begin with. One without devices may be that of a hub that has just started. */
  #beginsWith(lists: ReadonlyMap<Kind, Listing>): boolean {
    if (this.#hasPolled) return false;
    const isEmpty = (lists.get('device') ?? []).length === 0;
    this.#hasPolled = !isEmpty || this.#hasSeenEmpty;
    this.#hasSeenEmpty = isEmpty;
    return this.#hasPolled;
  }

  /** What came before the first full answer and is newer than it: changes already. */
  #applyHeld({ timestamp }: PollAnswer): Change[] {
    const held = this.#held.filter((poll) => (poll.timestamp ?? 0) > (timestamp ?? Infinity));
    this.#held = [];
    const asNews = { hubTime: null, askedAt: Infinity, isLate: false };
    for (const { deltas } of held) for (const delta of deltas) this.#applyDelta(delta, asNews);
    return this.things.takeChanges();
  }

  #applyDeltas(poll: PollAnswer, pauseMs: number, askedAt: number): PollOutcome {
    const sinceMs = this.#clock.monotonic() - this.#heardAt;
    const hasPaused = sinceMs > pauseMs;
    const hasGoneBack = this.#isBack(poll);
    const wasSetBack = this.#noteHeard(poll, askedAt) || hasGoneBack;
    if (wasSetBack) this.#wasSetBack = true;
    const maxAgeMs = Math.max(MAX_PRESS_AGE_MS, sinceMs + PRESS_DELAY_MS);
    const found = poll.deltas.flatMap((delta) => {
      const isLate = this.#isOutdated(delta.kind, askedAt);
      return this.#applyDelta(delta, { hubTime: poll.timestamp, maxAgeMs, askedAt, isLate });
    });
    for (const { kind } of poll.deltas) this.#told.add(kind);
    for (const kind of poll.unread) this.#told.delete(kind);
    // What it did not tell may have happened at a time that it has told of already.
    if (!wasSetBack) this.#confirmTold(askedAt);
    return {
      changes: this.things.takeChanges(),
      presses: hasPaused || poll.isFull ? [] : found,
      isFirst: false,
      needsResync: poll.isFull || wasSetBack,
      isOverdue: hasGoneBack,
      unread: poll.unread,
    };
  }

  /** A list may show what the next poll is to tell of as a press. */
  #keepHeard(remote: Entry): void {
    const { id } = remote;
    if (!this.#heard.has(id) && this.things.get('device', id) !== remote) this.#heard.set(id, remote);
  }

  /** Takes what a delta says, and gives the presses in it. */
  #applyDelta(
    { kind, things }: Delta,
    of: { hubTime: number | null; maxAgeMs?: number; askedAt: number; isLate: boolean },
  ): Press[] {
    const { hubTime, maxAgeMs, askedAt, isLate } = of;
    const presses = things.map(([id, value]) => {
      const isThere = this.things.get(kind, id) !== undefined;
      // It came or went in a list that was asked for later.
      if (isThere === (value === null) && this.#turnover.isSince(askedAt, kind, id)) return undefined;
      const before = (kind === 'device' ? this.#heard.get(id) : undefined) ?? this.things.get(kind, id);
      if (kind === 'device') this.#heard.delete(id);
      const isPerhapsOld = isLate && !this.#futureTimes.has(this.things.get(kind, id));
      const told = this.things.put(kind, id, value, isPerhapsOld);
      return told === undefined ? undefined : findPress(before, told, hubTime, maxAgeMs);
    });
    return presses.filter((press) => press !== undefined);
  }

  /** Gives whether the hub's clock was set back since its last answer, by less than that was ago. */
  #noteHeard({ timestamp }: PollAnswer, askedAt: number): boolean {
    this.#heardAt = this.#clock.monotonic();
    if (timestamp === null) return false;
    this.#timestamp = timestamp;
    this.#timedAt = this.#heardAt;
    return this.#hubTime.note({ stamp: timestamp, askedAt, answeredAt: this.#heardAt });
  }

  /** Polls have told all that has changed since what is known whole was last confirmed. */
  #confirmTold(askedAt: number): void {
    const known = [...this.#told].filter((kind) => this.#confirmed.has(kind));
    this.#confirm(known, askedAt);
  }

  /** What was asked for earlier may be answered later. */
  #confirm(kinds: readonly Kind[], askedAt: number): void {
    const since = new Elapsed(this.#clock);
    for (const kind of kinds) this.#confirmed.set(kind, { since, askedAt: Math.max(askedAt, this.#askedAt(kind)) });
  }
}
