import type { Clock } from '../../src/index.js';
import { systemClock } from '../../src/nodes-api.js';

/** The global context of any node; the callback form, because stores may be remote. */
export interface GlobalContext {
  get(key: string, store: string, callback: (error: unknown, value?: unknown) => void): void;
  set(key: string, value: unknown, store: string, callback: (error?: unknown) => void): void;
}

const DEADLINE_MS = 3_000;

/** Some stores never answer what was under way when they went away. After so long one more call finds out. */
const LOST_AFTER_MS = 45_000;

/** What a store has said, or thrown, as far as it may be told: its text may hold anything. */
export class StoreTrouble extends Error {
  /** A system's or a driver's word for what is wrong with the way there, or with the store as a whole. */
  readonly code: unknown;

  constructor(said: unknown) {
    super('The store has failed.');
    this.code = (said as { code?: unknown }).code;
  }
}

type Way = 'get' | 'set';
type Callback = (error?: unknown, value?: unknown) => void;

/** A call that a store has not answered, nor one about the same key that it was given later. */
interface OpenCall {
  way: Way;
  store: string;
  key: string;
  /** When it was made, by the clock that never jumps. */
  at: number;
  /** The store has answered a call about another key that it was given later: it hangs no more. */
  isOutrun: boolean;
}

/** The calls that are open in each global context: a Node-RED has one. */
// eslint-disable-next-line no-restricted-syntax -- What hangs outlives the store that asked: the next one must not ask again.
const open = new WeakMap<GlobalContext, readonly OpenCall[]>();

/**
 * The calls to one context store, each within its deadline. While one hangs it is not made a second time, by whichever
 * account: what a silent store was told to keep would pile up there. They reject with what the store has said.
 */
export class ContextCalls {
  readonly #global: GlobalContext;
  readonly #store: string;
  readonly #clock: Clock;

  constructor(global: GlobalContext, store: string, clock: Clock = systemClock) {
    this.#global = global;
    this.#store = store;
    this.#clock = clock;
  }

  get(key: string): Promise<unknown> {
    return this.#make('get', key, (callback) => this.#global.get(key, this.#store, callback));
  }

  set(key: string, value: unknown): Promise<unknown> {
    return this.#make('set', key, (callback) => this.#global.set(key, value, this.#store, callback));
  }

  /** What the store was given for a key and has not answered to may still come to lie there, whatever else it answers. */
  isKeepingLate(key: string): boolean {
    return this.#open.some((call) => this.#isLike(call, 'set') && call.key === key);
  }

  #make(way: Way, key: string, ask: (callback: Callback) => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => reject(new StoreTrouble({ code: 'ETIMEDOUT' }));
      const now = this.#clock.monotonic();
      const isHanging = (one: OpenCall): boolean => !one.isOutrun && now - one.at >= DEADLINE_MS;
      if (this.#open.some((one) => this.#isLike(one, way) && isHanging(one))) return giveUp();
      const call: OpenCall = { way, store: this.#store, key, at: now, isOutrun: false };
      open.set(this.#global, [...this.#open, call]);
      const timer = this.#clock.setTimeout(giveUp, DEADLINE_MS);
      const callback: Callback = (error, value) => {
        this.#clock.clearTimeout(timer);
        // What it was given before for the same key is answered by then, or lost.
        const earlier = this.#open.filter((one) => this.#isLike(one, way) && one.at < call.at);
        for (const one of earlier) one.isOutrun = true;
        const isOver = (one: OpenCall): boolean => one === call || (earlier.includes(one) && one.key === key);
        open.set(
          this.#global,
          this.#open.filter((one) => !isOver(one)),
        );
        if (error === undefined || error === null) resolve(value);
        else reject(new StoreTrouble(error));
      };
      try {
        ask(callback);
      } catch (error) {
        callback(error ?? {});
      }
    });
  }

  #isLike({ way, store }: OpenCall, other: Way): boolean {
    return way === other && store === this.#store;
  }

  /** Those that are not lost. */
  get #open(): readonly OpenCall[] {
    const now = this.#clock.monotonic();
    return (open.get(this.#global) ?? []).filter(({ at }) => now - at < DEADLINE_MS + LOST_AFTER_MS);
  }
}
