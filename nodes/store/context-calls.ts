import type { Clock } from '../../src/index.js';
import { systemClock } from '../../src/nodes-api.js';

/** The global context of a node. Uses callbacks, because stores may be remote. */
export interface GlobalContext {
  get(key: string, store: string, callback: (error: unknown, value?: unknown) => void): void;
  set(key: string, value: unknown, store: string, callback: (error?: unknown) => void): void;
}

const DEADLINE_MS = 3_000;

/**
 * A call is considered lost this long after its deadline, because some stores never answer a call that was open when
 * their connection broke.
 */
const LOST_AFTER_MS = 45_000;

/** An error from a store. Does not contain the store's message, which may contain anything. */
export class StoreTrouble extends Error {
  /** The error code from the system or the driver. Set if the connection or the whole store has failed. */
  readonly code: unknown;

  constructor(error: unknown) {
    super('The store has failed.');
    this.code = (error as { code?: unknown }).code;
  }
}

type Operation = 'get' | 'set';
type Callback = (error?: unknown, value?: unknown) => void;

/** A call that the store has not answered. An answer to a later call for the same key also ends it. */
interface OpenCall {
  operation: Operation;
  store: string;
  key: string;
  /** Start of the call (monotonic, ms). */
  at: number;
  /** Whether the store has answered a later call for another key, which shows that the store no longer hangs. */
  isSuperseded: boolean;
}

/** The open calls of each global context. A Node-RED process has one global context. */
// oxlint-disable-next-line house/no-module-state -- Weak, and keyed by the context: a hanging call outlives the store object, and the next one must not repeat it.
const open = new WeakMap<GlobalContext, readonly OpenCall[]>();

/**
 * Makes calls to one context store, each with a deadline. While a call hangs, no account repeats it. Otherwise the
 * values to save would pile up in a store that does not answer. Calls reject with a {@link StoreTrouble}.
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

  /**
   * Whether the store may still save an earlier value for a key. This is the case while the store has not answered a
   * `set` for the key.
   */
  mayStillSave(key: string): boolean {
    return this.#open.some((call) => this.#isLike(call, 'set') && call.key === key);
  }

  #make(operation: Operation, key: string, ask: (callback: Callback) => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => reject(new StoreTrouble({ code: 'ETIMEDOUT' }));
      const now = this.#clock.monotonic();
      const isHanging = (one: OpenCall): boolean => !one.isSuperseded && now - one.at >= DEADLINE_MS;
      if (this.#open.some((one) => this.#isLike(one, operation) && isHanging(one))) return giveUp();
      const call: OpenCall = { operation, store: this.#store, key, at: now, isSuperseded: false };
      open.set(this.#global, [...this.#open, call]);
      const timer = this.#clock.setTimeout(giveUp, DEADLINE_MS);
      const callback: Callback = (error, value) => {
        this.#clock.clearTimeout(timer);
        // The answer shows that the store works, so earlier calls no longer count as hanging. Those for the same key
        // are removed.
        const earlier = this.#open.filter((one) => this.#isLike(one, operation) && one.at < call.at);
        for (const one of earlier) one.isSuperseded = true;
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

  #isLike({ operation, store }: OpenCall, other: Operation): boolean {
    return operation === other && store === this.#store;
  }

  /** The open calls, except calls that count as lost because they have been open too long. */
  get #open(): readonly OpenCall[] {
    const now = this.#clock.monotonic();
    return (open.get(this.#global) ?? []).filter(({ at }) => now - at < DEADLINE_MS + LOST_AFTER_MS);
  }
}
