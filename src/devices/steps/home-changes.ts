import type { Clock, Timer } from '../../async/clock.js';
import { LONGEST_TIMER_MS } from '../../async/timer-queue.js';
import type { Work } from '../../async/turns.js';
import { type Change, type ChangeEvent, countedFields } from '../things/changes.js';
import { meets } from '../things/condition.js';
import type { Entry } from '../things/device.js';
import type { Kind } from '../things/kinds.js';
import type { State } from '../things/units.js';
import type { Standing, Telling } from '../home/change-message.js';
import type { Ear } from '../home/ear.js';
import type { PollOutcome } from '../home/home.js';
import { listenedKinds } from '../home/listening.js';
import type { LiveHome } from '../home/live-home.js';
import { type Taken, thingKey } from '../home/node-memory.js';
import type { ChangeWishes } from './change-wishes.js';

/** Memory that was made sure of within this time needs no first answer. */
const FRESH_MS = 60_000;

/** What a change that counts is, and whether a flow of this account made it. */
type Heard = Pick<Telling, 'entry' | 'state' | 'previous' | 'changed' | 'own'>;

/** The changes of a poll, and how many of them have been heard. */
interface Queued {
  readonly changes: readonly Change[];
  readonly isNews: (entry: Entry) => boolean;
  /** They came while nobody polled: what else was meanwhile, nobody knows. */
  readonly isOfGap: boolean;
  heard: number;
}

/** Whose changes these are, and where they go. */
export interface HomeChangesOptions {
  /** The listener's. */
  id: string;
  wishes: ChangeWishes;
  clock: Clock;
  live: LiveHome;
  ear: Ear;
  /** Does what may be long. */
  work: (work: Work) => void;
  send: (telling: Telling, live: LiveHome) => void;
  /** Takes a thing that is otherwise than before, whether or not that is told. */
  onNews: (entry: Entry) => void;
  /** Called when it is known how more things are at first. */
  onBegin: () => void;
}

/** The changes of one home that a listener wants to hear of: see {@link ChangeFeed}. */
export class HomeChanges {
  readonly #options: HomeChangesOptions;
  readonly #settings: string;
  readonly #fields: readonly string[];
  /** The kinds of which it is known how things were: what differs from that is news. */
  readonly #begun: Set<Kind>;
  /** What has to stand for a while yet, the oldest first. */
  readonly #standing: Map<string, Standing>;
  /** What has stood for long enough, and waits for the hub to say that it is still so. */
  readonly #over = new Map<string, Standing>();
  readonly #missed: readonly Change[];
  /** What the home has heard before has this place, and is in its memory. */
  readonly #place: number;
  /** What waits for its turn to be heard, the oldest first. */
  readonly #queue: Queued[] = [];
  #timer: Timer | undefined;
  #hasHeard = false;
  /** Polls stood still since the predecessor left, and the first answer is not there yet. */
  #isInGap = false;
  #isStopped = false;
  #count = 0;

  /** Goes on where one of the same id and wishes was a moment ago. */
  constructor(options: HomeChangesOptions) {
    this.#options = options;
    const { id, wishes, live } = options;
    this.#settings = JSON.stringify(wishes);
    this.#fields = fieldsOf(wishes);
    this.#place = live.place;
    const { memories, things } = live.home;
    const taken = memories.take(id, this.#settings, (kind, of) => things.get(kind, of));
    this.#begun = new Set(taken?.kinds);
    this.#standing = taken?.standing ?? new Map<string, Standing>();
    this.#missed = taken?.changes ?? [];
    if (taken === undefined) return;
    this.#isInGap = hasStoodStill(live, options.clock.monotonic());
    this.#beginAnew(taken);
  }

  /** What has changed meanwhile has not stood for longer than since then, though it be as it was. */
  #beginAnew({ stirred }: Taken): void {
    const { condition } = this.#options.wishes;
    const moved = [...stirred].filter(([, { first, changed }]) => {
      if (this.#isInGap) return true;
      return condition === null
        ? countedFields({ ...first, changed: [...changed] }, this.#fields).length > 0
        : changed.has(condition.field);
    });
    for (const [key, { at }] of moved.sort(([, one], [, other]) => one.at - other.at)) {
      const one = this.#standing.get(key);
      if (one === undefined) continue;
      this.#standing.delete(key);
      this.#standing.set(key, { ...one, since: at });
    }
  }

  /** Tells what was missed, and begins with what is known. */
  start(): void {
    this.#arm();
    const { ear, work } = this.#options;
    if (this.hasBegun) work(this.#goOn(this.#hearAll(this.#missed, ear.hears)));
    this.begin();
  }

  /** How many things are listened to, as far as they are known. */
  get count(): number {
    return this.#count;
  }

  /** Whether it is known how any of the things are. */
  get hasBegun(): boolean {
    return this.#begun.size > 0;
  }

  /** Takes what a poll brought. */
  take({ changes, isFirst }: PollOutcome): void {
    if (!this.#options.live.home.hasPolled) return;
    const { ear, work } = this.#options;
    // What differs from memory that nobody kept fresh is no news.
    const before = new Set(this.#begun);
    const isNews = (entry: Entry): boolean => (isFirst || before.has(entry.kind)) && hears(entry);
    const { hears } = ear;
    const hearing = changes.length > 0 ? this.#hearAll(changes, isNews, this.#isInGap) : undefined;
    this.begin();
    if (hearing !== undefined) work(hearing);
  }

  /** How things of kinds are that are known by now: silent, or told where that is wished for. */
  begin(): void {
    const { wishes, live, ear } = this.#options;
    const { home } = live;
    if (!home.hasPolled) return;
    const kinds = listenedKinds(wishes, home.things);
    const known = kinds.filter((kind) => !this.#begun.has(kind) && home.ageMs(kind) <= FRESH_MS);
    if (known.length === 0) return;
    // By rooms that are not known yet nothing is found.
    if (kinds.includes('room') && home.asOf('room') === null && ear.listened.length === 0) return;
    for (const kind of known) this.#begun.add(kind);
    this.#options.work(this.#beginAll(known));
  }

  /** The hub has said how things are. */
  noteHeard(): void {
    this.#hasHeard = true;
    this.#isInGap = false;
    this.begin();
    this.#releaseOver();
  }

  /** Leaves what it knows to a successor. */
  stop(): void {
    const { id, live, clock } = this.#options;
    this.#isStopped = true;
    if (this.#timer !== undefined) clock.clearTimeout(this.#timer);
    if (!this.hasBegun) return;
    const standing = this.#over.size === 0 ? this.#standing : new Map([...this.#over, ...this.#standing]);
    live.home.memories.leave(id, this.#settings, { kinds: this.#begun, standing }, this.#unheard);
  }

  /** The changes that are in memory and will be heard yet, the oldest first. */
  get #unheard(): readonly Change[] {
    const queued = this.#queue.flatMap(({ changes, heard, isNews }) =>
      changes.slice(heard).filter(({ entry }) => isNews(entry)),
    );
    const untold = this.#options.live.untoldChanges(this.#place);
    return [...queued, ...untold.filter(({ entry }) => this.#begun.has(entry.kind))];
  }

  *#goOn(hearMissed: Work): Work {
    if (this.#isStopped) return;
    this.#countThings();
    this.#options.onBegin();
    yield* hearMissed;
  }

  /** Counts what is listened to, as it is before what will be heard yet, and gives that. */
  #countThings(): Entry[] {
    const { ear, live } = this.#options;
    const { listened, hears } = ear;
    const heard = this.#unheard.filter(({ entry }) => hears(entry));
    const came = heard.filter(({ events }) => events.includes('added'));
    const went = heard.filter(({ events }) => events.includes('removed'));
    this.#count = listened.length - came.length + went.length;
    const gone = went.map(({ entry }) => entry).filter(({ kind, id }) => live.home.things.get(kind, id) === undefined);
    return [...listened, ...new Map(gone.map((entry) => [thingKey(entry), entry])).values()];
  }

  *#beginAll(kinds: readonly Kind[]): Work {
    if (this.#isStopped) return;
    const { wishes, onBegin } = this.#options;
    const things = this.#countThings();
    onBegin();
    if (!wishes.initial && (wishes.condition === null || wishes.forMs === 0)) return;
    // What changes in a moment begins as it was before.
    const before = new Map(this.#unheard.toReversed().map(({ entry, previous }) => [thingKey(entry), previous]));
    for (const entry of things) {
      if (this.#isStopped) return;
      const previous = before.get(thingKey(entry));
      if (kinds.includes(entry.kind)) this.#beginOne(entry, previous === undefined ? entry.state : previous);
      yield;
    }
  }

  #beginOne(entry: Entry, state: State | null): void {
    const { wishes } = this.#options;
    if (state === null || !this.#isMet(state)) return;
    const first: Heard = { entry, state, previous: null, changed: [], own: false };
    if (wishes.initial) this.#tell(first, 'initial');
    if (wishes.condition !== null && wishes.forMs > 0) this.#become(first, false);
  }

  #hearAll(changes: readonly Change[], isNews: (entry: Entry) => boolean, isOfGap = false): Work {
    const queued = { changes, isNews, isOfGap, heard: 0 };
    this.#queue.push(queued);
    return this.#hearQueued(queued);
  }

  *#hearQueued(queued: Queued): Work {
    const { changes, isNews, isOfGap } = queued;
    try {
      for (const change of changes) {
        if (this.#isStopped) return;
        queued.heard += 1;
        if (isNews(change.entry)) this.#hear(change, changes, isOfGap);
        yield;
      }
    } finally {
      this.#queue.splice(this.#queue.indexOf(queued), 1);
    }
  }

  #hear(change: Change, poll: readonly Change[], isOfGap: boolean): void {
    const { wishes, live, clock } = this.#options;
    const { entry, events, previous, state } = change;
    const counted = countedFields(change, this.#fields);
    this.#note(change, counted.length > 0);
    const isGone = events.includes('removed');
    if (isGone) this.#end(entry);
    if (wishes.condition !== null && (isGone || !this.#isMet(state))) return this.#end(entry);
    const changed = counted.length > 0 || wishes.condition === null ? counted : change.changed;
    const own = live.home.own.isOwn(change, changed, clock.monotonic(), poll);
    const heard: Heard = { entry, previous, state, changed, own };
    const event = events.find((name) => name !== 'changed' && wishes.events.includes(name));
    if (event !== undefined) this.#tell(heard, event);
    if (this.#isNews(change, counted)) this.#become(heard, event !== undefined);
    else this.#keepUp(heard, isOfGap);
  }

  /** For who shows how things are. */
  #note({ entry, events }: Change, isCounted: boolean): void {
    if (events.includes('added')) this.#count += 1;
    if (events.includes('removed')) this.#count -= 1;
    else if (isCounted || !events.includes('changed') || events.length > 1) this.#options.onNews(entry);
  }

  /** Whether a change is what is waited for: fields that count or, with a condition, that it becomes true. */
  #isNews({ events, previous }: Change, counted: readonly string[]): boolean {
    const { wishes } = this.#options;
    if (wishes.condition === null) return events.includes('changed') && counted.length > 0;
    // A thing that is new has not become so; how long it stands so begins now.
    return previous === null ? wishes.forMs > 0 : !this.#isMet(previous);
  }

  /** Something is so now: told at once, or once it has stood for a while; a flow's doing may not be wished for. */
  #become(heard: Heard, isTold: boolean): void {
    const { wishes } = this.#options;
    if (!wishes.events.includes('changed')) return;
    if (!wishes.own && heard.own) return this.#end(heard.entry);
    if (wishes.forMs > 0) this.#stand(this.#tellingOf(heard, 'changed'));
    else if (!isTold) this.#tell(heard, 'changed');
  }

  /**
   * What stands, goes on standing with another value, unless a flow has overtaken it whose doing is not wished for. `isOfGap`:
   * it may have been otherwise meanwhile, and stands since now.
   */
  #keepUp({ entry, state, changed, own }: Heard, isOfGap: boolean): void {
    const { wishes } = this.#options;
    const key = thingKey(entry);
    const isOvertaken = own && !wishes.own && wishes.condition !== null && changed.includes(wishes.condition.field);
    if (isOvertaken) return this.#end(entry);
    for (const map of [this.#standing, this.#over]) {
      const one = map.get(key);
      if (one === undefined) continue;
      const telling = { ...one.telling, entry, state };
      if (isOfGap) return this.#stand(telling);
      map.set(key, { ...one, telling });
    }
  }

  #tell(heard: Heard, event: Telling['event']): void {
    this.#options.send(this.#tellingOf(heard, event), this.#options.live);
  }

  #tellingOf(heard: Heard, event: ChangeEvent | 'initial'): Telling {
    const { entry, state, previous, changed, own } = heard;
    return { entry, state, previous, changed, own, event, at: this.#options.clock.now() };
  }

  #stand(telling: Telling): void {
    this.#end(telling.entry);
    this.#standing.set(thingKey(telling.entry), { since: this.#options.clock.monotonic(), telling });
    this.#arm();
  }

  #end(entry: Entry): void {
    const key = thingKey(entry);
    this.#standing.delete(key);
    this.#over.delete(key);
  }

  /** One timer for all: they are over in the order in which they began. */
  #arm(): void {
    const { clock, wishes } = this.#options;
    const [first] = this.#standing.values();
    if (this.#timer !== undefined || first === undefined) return;
    const leftMs = Math.max(0, first.since + wishes.forMs - clock.monotonic());
    this.#timer = clock.setTimeout(() => this.#ring(), Math.min(leftMs, LONGEST_TIMER_MS));
  }

  #ring(): void {
    this.#timer = undefined;
    this.#options.work(this.#takeOver());
  }

  *#takeOver(): Work {
    const { clock, wishes } = this.#options;
    for (const [key, one] of this.#standing) {
      if (this.#isStopped) return;
      if (one.since + wishes.forMs > clock.monotonic()) break;
      this.#standing.delete(key);
      this.#over.set(key, one);
      yield;
    }
    this.#arm();
    this.#releaseOver();
  }

  /** While the hub is away, and before it was heard, what it says then decides. */
  #releaseOver(): void {
    const { client, poller } = this.#options.live;
    const isSure = this.#hasHeard && client.isReachable !== false && poller.isSure;
    if (this.#over.size > 0 && isSure) this.#options.work(this.#release());
  }

  *#release(): Work {
    for (const [key, { telling }] of this.#over) {
      if (this.#isStopped) return;
      this.#over.delete(key);
      this.#options.send(telling, this.#options.live);
      yield;
    }
  }

  #isMet(state: State): boolean {
    const { condition } = this.#options.wishes;
    return condition === null || meets(state, condition);
  }
}

/** A field as the payload is the only one that counts, unless others were chosen; that of the condition does, too. */
function fieldsOf({ fields, payload, condition }: ChangeWishes): readonly string[] {
  const chosen = fields.length > 0 || payload === 'state' ? fields : [payload];
  return condition === null || chosen.length === 0 ? chosen : [...chosen, condition.field];
}

/** Whether nobody has polled for longer than between two polls: what happened since is seen by its traces alone. */
function hasStoodStill({ home, poller }: LiveHome, now: number): boolean {
  const { heardAt } = home.sync;
  const isWatched = poller.isRunning && heardAt >= poller.runningSince;
  return !isWatched && now - heardAt > 2 * poller.intervalMs;
}
