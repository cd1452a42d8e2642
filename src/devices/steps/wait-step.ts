import type { Clock } from '../../async/clock.js';
import { TimerQueue } from '../../async/timer-queue.js';
import { badInput, CozifyError, toCozifyError } from '../../errors.js';
import type { Condition } from '../things/condition.js';
import type { Kind } from '../things/kinds.js';
import type { ChangeRecord } from '../home/change-log.js';
import { STATES_MAX_AGE_MS } from '../home/home-cache.js';
import { type Homes, keyOf, type ListedThing } from '../homes/homes.js';
import type { LiveHome } from '../home/live-home.js';
import { isHubTrouble } from '../../hub/hub-client.js';
import { OfflinePolicy } from '../homes/cache-policy.js';
import { findStates, kindsOfState } from './states.js';
import type { Target } from '../targets/target.js';
import { NO_TARGET } from '../commands/briefs.js';
import { Watch, type WatchOptions } from './watch.js';

/** What a message asks for. */
export interface WaitOptions extends Omit<WatchOptions, 'condition'> {
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

/** A hub that does not answer is waited for no longer before memory says what to watch. */
const PATIENCE_MS = 5_000;
/** A time of none is a look, which takes some. */
const LOOK_MS = 2_000;

/** What to do about a wait without one. */
const NO_CONDITION = { en: 'choose a condition', fi: 'valitse ehto' };

/** So many messages a node can hold. */
export const MOST_WAITING = 1000;

interface Waiter {
  readonly key: string;
  readonly end: (end: WaitEnd) => void;
  readonly fail: (error: unknown) => void;
  readonly watches: Watch[];
  /** Looks again once a hub that told nothing is heard, from a moment on (monotonic, ms). */
  readonly missed: Map<LiveHome, { readonly from: number; readonly look: () => Promise<unknown> }>;
}

/** What a message asks for, of which something is there to wait for. */
type Wait = WaitOptions & { readonly targets: readonly Target[]; readonly condition: Condition };

/** A home in which somebody waits for something. */
interface WatchedHome {
  readonly waiting: Set<Waiter>;
  stop: () => void;
}

/** The messages that one node holds until things at home meet a condition (docs/dev/rules.md, "A message that waits leaves once"). */
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
  async run(user: HomesUser, wishes: WaitOptions): Promise<WaitEnd> {
    const { targets, condition } = wishes;
    if (this.#isClosed) throw new CozifyError('COZIFY_CLOSED', 'The node was closed.');
    if (condition === null) throw badInput('There is no condition: choose one in the node.', NO_CONDITION);
    if (targets === undefined)
      throw badInput('No device is chosen: choose one in the node, or set msg.target.', NO_TARGET);
    if (targets.length === 0) return { reason: 'met', thing: undefined };
    if (this.#waiters.size >= MOST_WAITING)
      throw new CozifyError(
        'COZIFY_BUSY',
        `${MOST_WAITING} messages are already waiting: send fewer, or reset the node.`,
      );
    let [end, fail]: [Waiter['end'], Waiter['fail']] = [() => undefined, () => undefined];
    const ended = new Promise<WaitEnd>((resolve, reject) => ([end, fail] = [resolve, reject]));
    const waiter: Waiter = { key: String((this.#count += 1)), end, fail, watches: [], missed: new Map() };
    this.#waiters.set(waiter.key, waiter);
    // It is over in time even while nobody tells what there is to wait for.
    this.#timers.set(waiter.key, wishes.timeoutMs || LOOK_MS);
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

  async #watch(user: HomesUser, wishes: Wait, waiter: Waiter, ended: Promise<WaitEnd>): Promise<WaitEnd> {
    const { targets, hub, match, timeoutMs } = wishes;
    const parts =
      match === 'all'
        ? [targets]
        : await user.useHomes('wait', (homes) => Promise.resolve(byHomes(homes, targets, hub)));
    const failures: CozifyError[] = [];
    const begin = async (part: readonly Target[]): Promise<void> => {
      const failure = await this.#watchPart(user, wishes, part, waiter);
      if (failure !== undefined && failures.push(failure) === parts.length) throw failures[0] as CozifyError;
    };
    await Promise.race([Promise.all(parts.map(begin)), ended]);
    // A look is over once all has been looked at.
    if (timeoutMs === 0 && this.#waiters.has(waiter.key)) this.#timers.set(waiter.key, 0);
    return ended;
  }

  /**
   * Watches some of the things, from what they are now. Gives what keeps their hubs from telling anything: these are heard
   * once they tell. Throws what is no trouble of a hub, and any where all of the things count.
   */
  async #watchPart(
    user: HomesUser,
    wishes: Wait,
    targets: readonly Target[],
    waiter: Waiter,
  ): Promise<CozifyError | undefined> {
    const { hub, match } = wishes;
    const knowledge = new OfflinePolicy({ clock: this.#clock, patienceMs: PATIENCE_MS });
    const maxAgeMs = (): number => STATES_MAX_AGE_MS;
    let missing: readonly LiveHome[] = [];
    const found = await user
      .useHomes('wait', async (homes) => {
        missing = targets.flatMap((target) => homes.mayBeAt(target, hub));
        return findStates({ homes, hub, knowledge, maxAgeMs }, targets);
      })
      .catch((error: unknown) => toCozifyError(error));
    // It may have been let go of meanwhile.
    if (!this.#waiters.has(waiter.key)) return undefined;
    const failure = found instanceof CozifyError ? found : found.failure;
    if (failure !== undefined && (match === 'all' || !isHubTrouble(failure))) throw failure;
    if (!(found instanceof CozifyError)) {
      missing = found.missing;
      this.#begin(new Watch(wishes, found.things), waiter);
    }
    const look = (): Promise<unknown> => this.#watchPart(user, wishes, targets, waiter);
    for (const live of missing) {
      waiter.missed.set(live, { from: this.#clock.monotonic() + PATIENCE_MS, look });
      this.#listen(live, waiter);
    }
    return found instanceof CozifyError ? found : undefined;
  }

  #begin(watch: Watch, waiter: Waiter): void {
    const { metNow } = watch;
    if (metNow !== undefined) return waiter.end({ reason: 'met', thing: metNow });
    waiter.watches.push(watch);
    for (const { live } of watch.things) this.#listen(live, waiter);
  }

  #listen(live: LiveHome, waiter: Waiter): void {
    const known = this.#homes.get(live);
    if (known !== undefined) return void known.waiting.add(waiter);
    const waiting = new Set([waiter]);
    const watched: WatchedHome = { waiting, stop: () => undefined };
    this.#homes.set(live, watched);
    watched.stop = live.subscribe(
      (record) => this.#take(live, record),
      () => kindsIn(live, waiting),
    );
  }

  #take(live: LiveHome, { source, isFirst, isSure, changes }: ChangeRecord): void {
    const isPoll = source === 'poll';
    if (live.home.hasPolled) {
      // The first full answer has states, but no changes.
      const changed = new Set(changes.map(({ entry }) => keyOf({ entry, live })));
      const isAwaited = (watch: Watch): boolean => isFirst || (isPoll && isSure && watch.isUnsureOf(live));
      this.#look(live, (watch) => isAwaited(watch) || watch.things.some((thing) => changed.has(keyOf(thing))));
    }
    if (isPoll && isSure) this.#lookForMissed(live);
  }

  #look(live: LiveHome, isConcerned: (watch: Watch) => boolean): void {
    for (const { watches, end } of [...(this.#homes.get(live)?.waiting ?? [])]) {
      for (const watch of watches.filter(isConcerned)) {
        const thing = watch.look(live);
        if (thing !== undefined) end({ reason: 'met', thing });
      }
    }
  }

  /** A hub that told nothing is heard: what may be there is looked for again. */
  #lookForMissed(live: LiveHome): void {
    for (const { missed, fail } of [...(this.#homes.get(live)?.waiting ?? [])]) {
      const again = missed.get(live);
      if (again === undefined || again.from > this.#clock.monotonic()) continue;
      missed.delete(live);
      again.look().catch(fail);
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
  const things = [...waiting].flatMap(({ watches }) => watches.flatMap((watch) => watch.things));
  return [...new Set(things.filter((thing) => thing.live === live).flatMap(({ entry }) => kindsOfState(entry)))];
}

/** Targets by the hubs where they may be, so that one of these that hangs keeps nobody from hearing the others. */
function byHomes(homes: Homes, targets: readonly Target[], hub: string): (readonly Target[])[] {
  const parts = new Map<string, Target[]>();
  for (const target of targets) {
    const key = homes
      .mayBeAt(target, hub)
      .map(({ home }) => home.hub)
      .join(' ');
    parts.set(key, [...(parts.get(key) ?? []), target]);
  }
  return [...parts.values()];
}
