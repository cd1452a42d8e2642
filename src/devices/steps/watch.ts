import { type Condition, meets } from '../things/condition.js';
import { distinct, type FoundThing, type ListedThing } from '../homes/homes.js';
import type { LiveHome } from '../home/live-home.js';
import { kindsOfState } from './states.js';
import type { State } from '../things/units.js';

/** What a message waits for. */
export interface WatchOptions {
  /** The op "changes" is met by the first change of the field. */
  readonly condition: Condition;
  /** Whether one of the things has to meet it, or all at the same time. */
  readonly match: 'any' | 'all';
  /** A condition that holds already will do; otherwise it has to become true. */
  readonly checkNow: boolean;
}

interface Watched {
  thing: ListedThing;
  state: State;
  isMet: boolean;
}

const NO_STATE: State = Object.freeze({});

/** Things that are watched until they meet a condition. Values are those of memory: of a thing that is gone, none. */
export class Watch {
  readonly #wishes: WatchOptions;
  readonly #watched: Watched[];
  /** Which homes have to be heard of before it is known how things are there. */
  readonly #unsure = new Set<LiveHome>();

  /** Each thing once, as it is known now. What is old says nothing of now, only of what may have changed since. */
  constructor(wishes: WatchOptions, things: readonly FoundThing[]) {
    this.#wishes = wishes;
    this.#watched = distinct(things).map(({ entry, live }) => {
      const isOld = kindsOfState(entry).some((kind) => live.home.isOld(kind));
      if (isOld) this.#unsure.add(live);
      const isMet = meets(entry.state, wishes.condition) && !(isOld && wishes.checkNow);
      return { thing: { entry, live }, state: entry.state, isMet };
    });
  }

  get things(): readonly ListedThing[] {
    return this.#watched.map(({ thing }) => thing);
  }

  /** The one that meets the condition already, where that will do: the first of them. */
  get metNow(): ListedThing | undefined {
    const { checkNow, match } = this.#wishes;
    const met = this.#watched.filter(({ isMet }) => isMet);
    const isEnough = match === 'any' || met.length === this.#watched.length;
    return checkNow && isEnough ? met[0]?.thing : undefined;
  }

  /** Looks at the things of a home again. Gives the one by which the condition has become met, if it has. */
  look(live: LiveHome): ListedThing | undefined {
    this.#unsure.delete(live);
    const turned = this.#watched.filter((one) => one.thing.live === live && this.#hasTurned(one));
    if (this.#wishes.match === 'any') return turned[0]?.thing;
    return this.#watched.every(({ isMet }) => isMet) ? turned.at(-1)?.thing : undefined;
  }

  /** Whether a home has to be looked at, though nothing has changed there. */
  isUnsureOf(live: LiveHome): boolean {
    return this.#unsure.has(live);
  }

  /** Whether it has come to meet the condition since it was looked at last. */
  #hasTurned(one: Watched): boolean {
    const { condition } = this.#wishes;
    const { live, entry: before } = one.thing;
    const entry = live.home.things.get(before.kind, before.id);
    const state = entry?.state ?? NO_STATE;
    const wasMet = one.isMet;
    const isMet = meets(state, condition, one.state);
    // A change has been; a condition can end again.
    one.isMet = condition.op === 'changes' ? wasMet || isMet : isMet;
    if (entry !== undefined) one.thing = { entry, live };
    one.state = state;
    return one.isMet && !wasMet;
  }
}
