/** Compares things with the condition of a wait. */
import type { LiveHome } from '../home/live-home.js';
import { distinct, type ListedThing } from '../across-hubs/homes.js';
import { type Condition, meets } from '../things/condition.js';
import type { State } from '../things/state.js';
import { kindsOfState } from './states.js';

/** Options of a {@link ConditionWatch}. */
export interface WatchOptions {
  /** The condition. Its operator "changes" is met by the first change of the field. */
  readonly condition: Condition;
  /** Whether one thing is enough to meet the condition, or all things have to meet it at the same time. */
  readonly match: 'any' | 'all';
  /**
   * Whether the watch ends at once if the condition is already met. If false, only a change from not met to met ends
   * it.
   */
  readonly checkNow: boolean;
}

interface WatchedThing {
  thing: ListedThing;
  state: State;
  isMet: boolean;
}

const NO_STATE: State = Object.freeze({});

/**
 * Compares things with a condition each time their home may have changed. A removed thing is treated as a thing without
 * fields.
 */
export class ConditionWatch {
  readonly #options: WatchOptions;
  readonly #watched: WatchedThing[];
  /**
   * Homes whose cached states were old when the watch started. A home is removed once an answer shows the current
   * states.
   */
  readonly #unsure = new Set<LiveHome>();

  /**
   * Starts with the cached states. With `checkNow`, a state that may be outdated does not meet the condition: the next
   * answer from the hub decides. The operator "changes" compares that answer with the cached state.
   */
  constructor(options: WatchOptions, things: readonly ListedThing[]) {
    this.#options = options;
    this.#watched = distinct(things).map(({ entry, live }) => {
      const isOld = kindsOfState(entry).some((kind) => live.cache.isOld(kind));
      if (isOld) this.#unsure.add(live);
      const isMet = meets(entry.state, options.condition) && !(isOld && options.checkNow);
      return { thing: { entry, live }, state: entry.state, isMet };
    });
  }

  get things(): readonly ListedThing[] {
    return this.#watched.map(({ thing }) => thing);
  }

  /**
   * The first thing that already meets the condition, if the wait may end at once: `checkNow` is set and, if `match` is
   * "all", every thing meets the condition. Otherwise `undefined`.
   */
  get metNow(): ListedThing | undefined {
    const { checkNow, match } = this.#options;
    const met = this.#watched.filter(({ isMet }) => isMet);
    const isEnough = match === 'any' || met.length === this.#watched.length;
    return checkNow && isEnough ? met[0]?.thing : undefined;
  }

  /** Compares the things of a home again. Returns the thing that has made the condition true, if any. */
  check(live: LiveHome): ListedThing | undefined {
    this.#unsure.delete(live);
    const met = this.#watched.filter((one) => one.thing.live === live && this.#hasMet(one));
    if (this.#options.match === 'any') return met[0]?.thing;
    return this.#watched.every(({ isMet }) => isMet) ? met.at(-1)?.thing : undefined;
  }

  /**
   * Whether cached states of a home were outdated at the start. If so, the next answer is checked even if it has no
   * changes.
   */
  isUnsureOf(live: LiveHome): boolean {
    return this.#unsure.has(live);
  }

  /** Updates a thing from the cache. Returns whether the thing has begun to meet the condition. */
  #hasMet(one: WatchedThing): boolean {
    const { condition } = this.#options;
    const { live, entry: before } = one.thing;
    const entry = live.cache.things.get(before.kind, before.id);
    const state = entry?.state ?? NO_STATE;
    const wasMet = one.isMet;
    const isMet = meets(state, condition, one.state);
    // Once "changes" is met it stays met; any other condition may become false again.
    one.isMet = condition.op === 'changes' ? wasMet || isMet : isMet;
    if (entry !== undefined) one.thing = { entry, live };
    one.state = state;
    return one.isMet && !wasMet;
  }
}
