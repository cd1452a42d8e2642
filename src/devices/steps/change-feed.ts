import type { Clock } from '../../async/clock.js';
import { TimerQueue } from '../../async/timer-queue.js';
import { type Change, type ChangeEvent, heardOf } from '../things/changes.js';
import { type Condition, meets } from '../things/condition.js';
import type { Entry } from '../things/device.js';
import type { Kind } from '../things/kinds.js';
import type { ChangeMessage, Standing } from '../home/change-message.js';
import type { PollOutcome } from '../home/home.js';
import { type Homes, keyOf, type ListedThing } from '../home/homes.js';
import {
  goneProblem,
  isConcerned,
  isListenedTo,
  listenedKinds,
  listenedThings,
  listeningProblems,
  type Selection,
} from '../home/listening.js';
import type { CozifyError } from '../../errors.js';
import type { LiveHome } from '../home/live-home.js';
import { copyJson } from '../things/raw.js';
import type { State } from '../things/units.js';

/** What a listener wants to hear. */
export interface ChangeWishes extends Selection {
  /** Those that count; none means all but what tells only that something was heard. */
  readonly fields: readonly string[];
  readonly condition: Condition | null;
  /** How long the value, or the condition, has to stand, in milliseconds. */
  readonly forMs: number;
  /** "state" for the whole, or a field. */
  readonly payload: string;
  readonly events: readonly ChangeEvent[];
  /** What commands of this account bring about is told, too. */
  readonly own: boolean;
  /** How each thing is at first is told, too. */
  readonly initial: boolean;
}

/** Who listens to which changes, and where they go. */
export interface ChangeFeedOptions {
  /** The listener's own id: what was told at first is not told again to its successor after a Deploy. */
  id: string;
  homes: Homes;
  wishes: ChangeWishes;
  clock: Clock;
  /** Takes what is told, and the thing that it is about. */
  send: (message: ChangeMessage, thing: ListedThing) => void;
  /** Takes the things that are listened to in a home, when it begins. */
  onBegin?: (things: readonly ListedThing[]) => void;
  /** Takes what keeps a target from being heard. */
  onProblem?: (error: CozifyError) => void;
}

/** What a message tells of. */
type Told = Pick<Change, 'entry' | 'previous' | 'state'>;

/** What is kept of one thing: whether the condition holds, and what waits to have stood for long enough. */
interface Watch {
  isMet: boolean;
  /** What goes out once the time is over; while the hub is away it waits for the hub. */
  waiting?: { message: ChangeMessage; since: number; live: LiveHome; entry: Entry; isOver: boolean } | undefined;
}

/** Memory that was made sure of within this time needs no first answer. */
const FRESH_MS = 60_000;

/** The changes of a home that somebody wants to hear of, each once and none that is no change (docs/rules.md, "No ghosts"). */
export class ChangeFeed {
  readonly #options: ChangeFeedOptions;
  readonly #watches = new Map<string, Watch>();
  readonly #begun = new Set<LiveHome>();
  readonly #timers: TimerQueue;
  readonly #stop: () => void;
  readonly #stopHearing: (() => void)[] = [];
  readonly #startedAt: number;

  /** Begins at once: memory that is fresh counts as the first answer. */
  constructor(options: ChangeFeedOptions) {
    this.#options = options;
    const { homes, wishes } = options;
    this.#startedAt = options.clock.monotonic();
    this.#timers = new TimerQueue(options.clock, (due) => this.#ring(due));
    this.#stop = homes.listen(wishes, (live, outcome) => this.#take(live, outcome));
    for (const live of homes.open) if (this.#isHeard(live)) this.#begin(live);
  }

  stop(): void {
    const { id, clock, homes } = this.#options;
    for (const { home } of new Set([...this.#begun, ...homes.open])) {
      const told = home.told.get(id);
      if (told !== undefined) told.leftAt = clock.monotonic();
    }
    this.#stop();
    for (const stop of this.#stopHearing) stop();
    this.#timers.stop();
    this.#watches.clear();
  }

  #isHeard({ home }: LiveHome): boolean {
    const { wishes, homes } = this.#options;
    const isFresh = home.hasPolled && home.ageMs('device') <= FRESH_MS;
    const isKnown = (kind: Kind): boolean => home.asOf(kind) !== null;
    return isFresh && isConcerned(wishes, home.hub, homes.known) && listenedKinds(wishes, home.things).every(isKnown);
  }

  #take(live: LiveHome, outcome: PollOutcome): void {
    if (!live.home.hasPolled) return;
    const isNew = !this.#begun.has(live);
    const late = outcome.isFirst || live.isInherited ? outcome.changes : [];
    if (isNew) this.#begin(live, new Map(late.map((change) => [keyOf({ entry: change.entry, live }), change])));
    // What differs from memory that nobody kept fresh is no news.
    for (const change of isNew ? late : outcome.changes) {
      if (!isListenedTo(this.#options.wishes, live.home.things, change.entry, this.#options.homes.known)) continue;
      this.#hear(live, change, outcome);
      const isGone = change.events.includes('removed');
      const problem = isGone ? goneProblem(this.#options.wishes, change.entry) : undefined;
      if (problem !== undefined) this.#options.onProblem?.(problem);
    }
    this.#releaseOver(live);
  }

  /**
   * How things are at first: silent, or told where that is wished for. What is about to be heard as changed is not. What
   * a predecessor was waiting for goes on from where it was, and what that has told is not told again.
   */
  #begin(live: LiveHome, changing: ReadonlyMap<string, Change> = new Map()): void {
    const { id, wishes, homes } = this.#options;
    this.#begun.add(live);
    const isTold = wishes.initial && !this.#isSuccessor(live);
    live.home.told.set(id, { wishes: JSON.stringify(wishes), leftAt: Infinity });
    const listened = listenedThings(wishes, live.home.things, homes.known);
    this.#options.onBegin?.(listened.map((entry) => ({ entry, live })));
    for (const problem of listeningProblems(wishes, live.home.things, homes.known)) this.#options.onProblem?.(problem);
    this.#stopHearing.push(live.onHeard(() => this.#releaseOver(live)));
    for (const entry of listened) {
      const key = keyOf({ entry, live });
      const standing = { entry, previous: null, state: entry.state };
      const change = changing.get(key);
      const before = change === undefined ? entry.state : change.previous;
      const isMet = before !== null && this.#isMet(before);
      if (wishes.condition !== null) this.#watches.set(key, { isMet });
      const left = wishes.forMs > 0 ? live.home.standing.get(this.#standingKey(key)) : undefined;
      if (left !== undefined) this.#goOn(live, entry, left, isMet);
      else if (change !== undefined || !isMet) continue;
      else if (isTold) this.#tell(live, standing, 'initial', [], false);
      else if (wishes.condition !== null && wishes.forMs > 0)
        this.#await(live, entry, this.#messageOf(live, standing, 'changed', [], false));
    }
  }

  /** Whether one that wished for the same listened until a moment ago: what it was told at first is known. */
  #isSuccessor({ home }: LiveHome): boolean {
    const { id, wishes } = this.#options;
    const before = home.told.get(id);
    // It may have to wait long for its hub.
    return before?.wishes === JSON.stringify(wishes) && this.#startedAt - before.leftAt <= FRESH_MS;
  }

  #goOn(live: LiveHome, entry: Entry, { message, since }: Standing, isStanding: boolean): void {
    if (!isStanding) live.home.standing.delete(this.#standingKey(keyOf({ entry, live })));
    else if (message !== null) this.#await(live, entry, message, since);
  }

  #hear(live: LiveHome, change: Change, { changes }: PollOutcome): void {
    const { wishes } = this.#options;
    const { entry } = change;
    const heard = heardOf(change, { events: wishes.events, fields: this.#fields });
    const own = live.home.own.isOwn(change, heard?.changed ?? change.changed, this.#options.clock.monotonic(), changes);
    if (wishes.condition === null) {
      if (heard !== undefined && (wishes.own || !own)) this.#tell(live, change, heard.event, heard.changed, own);
      else if (change.events.includes('removed')) this.#forget(live, entry);
      return;
    }
    this.#judge(live, change, heard ?? { event: 'changed', changed: [...change.changed] }, own);
  }

  /** With a condition: told when it becomes true, and again only after it was false. */
  #judge(live: LiveHome, change: Change, heard: { event: ChangeEvent; changed: string[] }, own: boolean): void {
    const { wishes } = this.#options;
    const { entry } = change;
    if (change.events.includes('removed')) return this.#forget(live, entry);
    const watch = this.#watch(live, entry);
    const wasMet = watch.isMet;
    watch.isMet = this.#isMet(change.state);
    if (!watch.isMet) return this.#disarm(live, keyOf({ entry, live }), watch);
    const isWished = wishes.events.includes(heard.event) && (wishes.own || !own);
    const isOther = heard.event !== 'changed';
    if (isWished && (isOther || !wasMet)) this.#tell(live, change, heard.event, heard.changed, own);
  }

  #tell(live: LiveHome, told: Told, event: ChangeMessage['event'], changed: string[], own: boolean): void {
    const { wishes, send } = this.#options;
    const { entry } = told;
    if (!this.#hasPayload(told.state, event)) return;
    const message = this.#messageOf(live, told, event, changed, own);
    if (wishes.forMs > 0 && event === 'changed') this.#await(live, entry, message);
    else send(message, { entry, live });
  }

  #messageOf(
    live: LiveHome,
    { entry, previous, state }: Told,
    event: ChangeMessage['event'],
    changed: string[],
    own: boolean,
  ): ChangeMessage {
    return {
      topic: entry.name,
      payload: this.#payloadOf(state),
      previous: this.#payloadOf(previous),
      changed,
      event,
      own,
      at: new Date(this.#options.clock.now()).toISOString(),
      device: live.home.things.show(entry),
    };
  }

  /** A value that has to stand for a while goes out then, unless another comes first. */
  #await(live: LiveHome, entry: Entry, message: ChangeMessage, since = this.#options.clock.monotonic()): void {
    const key = keyOf({ entry, live });
    this.#watch(live, entry).waiting = { message, since, live, entry, isOver: false };
    live.home.standing.set(this.#standingKey(key), { message, since });
    this.#timers.set(key, Math.max(0, since + this.#options.wishes.forMs - this.#options.clock.monotonic()));
  }

  #ring(due: ReadonlySet<string>): void {
    for (const key of due) {
      const waiting = this.#watches.get(key)?.waiting;
      if (waiting === undefined) continue;
      waiting.isOver = true;
      // While the hub is away, and before it was heard after a Deploy, what it says then decides.
      if (waiting.live.client.isReachable !== false && !waiting.live.isInherited) this.#release(key);
    }
  }

  #releaseOver(live: LiveHome): void {
    if (live.isTelling) return;
    for (const [key, { waiting }] of this.#watches)
      if (waiting?.isOver === true && waiting.live === live) this.#release(key);
  }

  #release(key: string): void {
    const watch = this.#watches.get(key);
    const waiting = watch?.waiting;
    if (watch === undefined || waiting === undefined) return;
    watch.waiting = undefined;
    // A condition is told again only after it was false.
    const { standing } = waiting.live.home;
    if (this.#options.wishes.condition === null) standing.delete(this.#standingKey(key));
    else standing.set(this.#standingKey(key), { since: waiting.since, message: null });
    this.#options.send(waiting.message, waiting);
  }

  #forget(live: LiveHome, entry: Entry): void {
    const key = keyOf({ entry, live });
    this.#timers.clear(key);
    this.#watches.delete(key);
    live.home.standing.delete(this.#standingKey(key));
  }

  #disarm(live: LiveHome, key: string, watch: Watch): void {
    this.#timers.clear(key);
    watch.waiting = undefined;
    live.home.standing.delete(this.#standingKey(key));
  }

  #standingKey(key: string): string {
    return `${this.#options.id} ${key}`;
  }

  #watch(live: LiveHome, entry: Entry): Watch {
    const key = keyOf({ entry, live });
    const watch = this.#watches.get(key) ?? { isMet: false };
    this.#watches.set(key, watch);
    return watch;
  }

  #isMet(state: State): boolean {
    const { condition } = this.#options.wishes;
    return condition === null || meets(state, condition);
  }

  /** A field as the payload is the only one that counts, unless others were chosen; that of the condition does, too. */
  get #fields(): readonly string[] {
    const { fields, payload, condition } = this.#options.wishes;
    const chosen = fields.length > 0 || payload === 'state' ? fields : [payload];
    return condition === null || chosen.length === 0 ? chosen : [...chosen, condition.field];
  }

  #hasPayload(state: State, event: ChangeMessage['event']): boolean {
    const { payload } = this.#options.wishes;
    return payload === 'state' || event === 'changed' || event === 'removed' || Object.hasOwn(state, payload);
  }

  #payloadOf(state: State | null): unknown {
    const { payload } = this.#options.wishes;
    if (state === null) return null;
    return copyJson(payload === 'state' ? state : (state[payload] ?? null));
  }
}
