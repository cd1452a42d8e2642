import type { Clock } from '../../async/clock.js';
import { TimerQueue } from '../../async/timer-queue.js';
import { badInput, CozifyError, toCozifyError } from '../../errors.js';
import type { Condition } from '../things/condition.js';
import type { Kind } from '../things/kinds.js';
import { type PollOutcome, STATES_MAX_AGE_MS } from '../home/home.js';
import { type Homes, keyOf, type ListedThing } from '../home/homes.js';
import type { LiveHome } from '../home/live-home.js';
import { createRecall } from '../home/recall.js';
import { findStates, kindsOfState } from './states.js';
import type { Target } from '../home/targets.js';
import { Watch, type WatchWishes } from './watch.js';

/** What a message asks for. */
export interface WaitWishes extends Omit<WatchWishes, 'condition'> {
  /** `undefined` where neither the node nor the message says any; none for nothing to wait for. */
  readonly targets: readonly Target[] | undefined;
  /** Of the node, for names; empty for the default hub. */
  readonly hub: string;
  /** `null` where the node has none. */
  readonly condition: Condition | null;
  /** How long to wait at most, in milliseconds. */
  readonly timeoutMs: number;
}

/** How it ended: `thing` is the one that met the condition, `undefined` where there was nothing to wait for. */
export type WaitEnd =
  { readonly reason: 'met'; readonly thing: ListedThing | undefined } | { readonly reason: 'timeout' | 'let go' };

/** An account, whose end ends what is done with its homes. */
export interface HomesUser {
  useHomes<T>(operation: string, work: (homes: Homes) => Promise<T>): Promise<T>;
}

/** So many messages a node can hold. */
export const MOST_WAITING = 1000;

interface Waiter {
  readonly key: string;
  end: (end: WaitEnd) => void;
  watch: Watch | undefined;
}

/** A home in which somebody waits for something. */
interface WatchedHome {
  readonly waiting: Set<Waiter>;
  stop: () => void;
}

/** The messages that one node holds until things at home meet a condition (docs/rules.md, "A message that waits leaves once"). */
export class WaitStep {
  readonly #waiters = new Map<string, Waiter>();
  readonly #homes = new Map<LiveHome, WatchedHome>();
  readonly #clock: Clock;
  readonly #timers: TimerQueue;
  #count = 0;
  #isClosed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#timers = new TimerQueue(clock, (due) => {
      for (const key of due) this.#waiters.get(key)?.end({ reason: 'timeout' });
    });
  }

  /**
   * Holds a message until its condition is met, its time is over or it is let go of. Throws `COZIFY_BAD_INPUT` without
   * targets or condition and for a room, `COZIFY_BUSY` above {@link MOST_WAITING}, `COZIFY_CLOSED` once
   * it is closed, and as {@link Homes.find}.
   */
  async run(user: HomesUser, wishes: WaitWishes): Promise<WaitEnd> {
    const { targets, condition } = wishes;
    if (this.#isClosed) throw new CozifyError('COZIFY_CLOSED', 'The node was closed.');
    if (condition === null) throw badInput('There is no condition: choose one in the node.');
    if (targets === undefined)
      throw badInput('There is nothing to wait for: choose it in the node, or give msg.target.');
    if (targets.length === 0) return { reason: 'met', thing: undefined };
    if (this.#waiters.size >= MOST_WAITING)
      throw new CozifyError(
        'COZIFY_BUSY',
        `${MOST_WAITING} messages are waiting already: send fewer, or reset the node.`,
      );
    const waiter: Waiter = { key: String((this.#count += 1)), end: () => undefined, watch: undefined };
    const ended = new Promise<WaitEnd>((resolve) => (waiter.end = resolve));
    this.#waiters.set(waiter.key, waiter);
    try {
      return await Promise.race([ended, this.#watch(user, { ...wishes, targets, condition }, waiter, ended)]);
    } finally {
      this.#forget(waiter);
    }
  }

  letGo(): void {
    for (const { end } of [...this.#waiters.values()]) end({ reason: 'let go' });
  }

  /** Forgets all messages; none of them ends any more. Gives how many those were. */
  close(): number {
    const count = this.#waiters.size;
    this.#isClosed = true;
    this.#waiters.clear();
    this.#timers.stop();
    for (const { stop } of this.#homes.values()) stop();
    this.#homes.clear();
    return count;
  }

  async #watch(
    user: HomesUser,
    wishes: WaitWishes & { targets: readonly Target[]; condition: Condition },
    waiter: Waiter,
    ended: Promise<WaitEnd>,
  ): Promise<WaitEnd> {
    const { targets, hub, timeoutMs } = wishes;
    const startedAt = this.#clock.monotonic();
    const found = await user
      .useHomes('wait', (homes) =>
        findStates({ homes, hub, ensure: createRecall(), maxAgeMs: () => STATES_MAX_AGE_MS }, targets),
      )
      .catch((error: unknown) => toCozifyError(error));
    // It may have been let go of meanwhile.
    if (!this.#waiters.has(waiter.key)) return ended;
    if (found instanceof CozifyError) throw found;
    const watch = new Watch(wishes, found.things);
    const { metNow } = watch;
    if (metNow !== undefined) return { reason: 'met', thing: metNow };
    waiter.watch = watch;
    this.#timers.set(waiter.key, timeoutMs - (this.#clock.monotonic() - startedAt));
    for (const { live } of watch.things) this.#listen(live, waiter);
    return ended;
  }

  #listen(live: LiveHome, waiter: Waiter): void {
    const known = this.#homes.get(live);
    if (known !== undefined) return void known.waiting.add(waiter);
    const waiting = new Set([waiter]);
    const watched: WatchedHome = { waiting, stop: () => undefined };
    this.#homes.set(live, watched);
    const stopListening = live.listen(
      (outcome) => this.#take(live, outcome),
      () => kindsIn(live, waiting),
    );
    const stopHearing = live.onHeard(() => this.#look(live, (watch) => watch.isUnsureOf(live)));
    watched.stop = () => {
      stopListening();
      stopHearing();
    };
  }

  #take(live: LiveHome, { isFirst, changes }: PollOutcome): void {
    if (!live.home.hasPolled) return;
    // The first full answer says how things are, and of no change.
    const changed = isFirst ? undefined : new Set(changes.map(({ entry }) => keyOf({ entry, live })));
    this.#look(live, ({ things }) => changed === undefined || things.some((thing) => changed.has(keyOf(thing))));
  }

  #look(live: LiveHome, isConcerned: (watch: Watch) => boolean): void {
    for (const waiter of [...(this.#homes.get(live)?.waiting ?? [])]) {
      if (waiter.watch === undefined || !isConcerned(waiter.watch)) continue;
      const thing = waiter.watch.look(live);
      if (thing !== undefined) waiter.end({ reason: 'met', thing });
    }
  }

  #forget(waiter: Waiter): void {
    this.#waiters.delete(waiter.key);
    this.#timers.clear(waiter.key);
    for (const [live, { waiting, stop }] of this.#homes) {
      if (!waiting.delete(waiter) || waiting.size > 0) continue;
      this.#homes.delete(live);
      stop();
    }
  }
}

/** The kinds by which the things at a home are known that somebody waits for. */
function kindsIn(live: LiveHome, waiting: ReadonlySet<Waiter>): readonly Kind[] {
  const things = [...waiting].flatMap(({ watch }) => watch?.things ?? []);
  return [...new Set(things.filter((thing) => thing.live === live).flatMap(({ entry }) => kindsOfState(entry)))];
}
