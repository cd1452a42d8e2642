// The behaviours of stores: faults that a test gives to a disk or a context store.
import type { GlobalContext } from '../../../../nodes/store/context-store.js';
import type { Clock } from '../../../../src/async/clock.js';

/**
 * The behaviour of a store towards one process. `late`: answers only after the caller's timeout. `hanging`: does
 * nothing until the behaviour changes. `dropping`: does nothing even after that. `no answer`: saves immediately but does
 * not answer. `full`: refuses to save. A context store with `late`, `no answer` or `full` reads as usual. A disk treats
 * `dropping` and `no answer` like `hanging`.
 */
export type StoreBehaviour = 'normal' | 'slow' | 'late' | 'failing' | 'full' | 'hanging' | 'dropping' | 'no answer';

/** The faults from which tests draw. `late` is drawn twice as often as the others. */
export const FAULTS: readonly StoreBehaviour[] = [
  'slow',
  'late',
  'late',
  'failing',
  'full',
  'hanging',
  'dropping',
  'no answer',
];

const CONTEXT_MS: Partial<Record<StoreBehaviour, number>> = { slow: 1_000, late: 5_000 };
/** The duration of one disk operation. A save needs about twenty operations. */
const DISK_MS: Partial<Record<StoreBehaviour, number>> = { slow: 100, late: 900 };

/** The behaviours of the stores of one process, by the name of the store. The name of the disk is `''`. */
export class StoreBehaviours {
  readonly #clock: Clock;
  readonly #behaviours = new Map<string, StoreBehaviour>();
  readonly #held = new Map<string, (() => void)[]>();
  /** When a behaviour last changed (monotonic, ms). */
  changedAt = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get areNormal(): boolean {
    return [...this.#behaviours.values()].every((behaviour) => behaviour === 'normal');
  }

  of(store: string): StoreBehaviour {
    return this.#behaviours.get(store) ?? 'normal';
  }

  change(store: string, behaviour: StoreBehaviour): void {
    if (behaviour === this.of(store)) return;
    this.#behaviours.set(store, behaviour);
    this.changedAt = this.#clock.monotonic();
    const held = this.#held.get(store) ?? [];
    this.#held.delete(store);
    for (const go of held) go();
  }

  /** Delays a disk operation according to the behaviour of the disk. Throws if the disk fails. */
  async passDisk(): Promise<void> {
    const behaviour = this.of('');
    if (behaviour === 'failing') throw Object.assign(new Error('the disk fails'), { code: 'EIO' });
    const delayMs = DISK_MS[behaviour];
    if (delayMs !== undefined) return new Promise((resolve) => void this.#clock.setTimeout(resolve, delayMs));
    if (behaviour === 'hanging' || behaviour === 'dropping' || behaviour === 'no answer') {
      await new Promise<void>((resolve) => this.#hold('', resolve));
    }
  }

  /** Answers a call of a context store with the result of `work`, according to the behaviour of the store. */
  callContext(
    operation: 'get' | 'set',
    store: string,
    work: () => unknown,
    callback: (error: unknown, value?: unknown) => void,
  ): void {
    const answer = (): void => {
      let value: unknown;
      try {
        value = work();
      } catch {
        // A dead process receives no answer.
        return;
      }
      callback(undefined, value);
    };
    const behaviour = this.of(store);
    const isUntouched =
      operation === 'get' && (behaviour === 'late' || behaviour === 'no answer' || behaviour === 'full');
    switch (isUntouched ? 'normal' : behaviour) {
      case 'normal':
        return queueMicrotask(answer);
      case 'failing':
        return queueMicrotask(() => callback(Object.assign(new Error('away'), { code: 'ECONNREFUSED' })));
      case 'full':
        return queueMicrotask(() => callback(Object.assign(new Error('no space'), { code: 'ENOSPC' })));
      case 'hanging':
        return this.#hold(store, answer);
      case 'no answer': {
        let value: unknown;
        try {
          value = work();
        } catch {
          return;
        }
        return this.#hold(store, () => callback(undefined, value));
      }
      case 'dropping':
        return;
      case 'slow':
      case 'late':
        this.#clock.setTimeout(answer, CONTEXT_MS[behaviour] ?? 0);
    }
  }

  #hold(store: string, go: () => void): void {
    this.#held.set(store, [...(this.#held.get(store) ?? []), go]);
  }
}

/** The context stores that processes share, by name. */
export type SharedContexts = Record<string, Map<string, unknown>>;

/**
 * Returns the global context as one simulated process sees it. `step` runs at each access, and throws if the process is
 * dead.
 */
export function globalContext(contexts: SharedContexts, behaviours: StoreBehaviours, step: () => void): GlobalContext {
  const at = (store: string): Map<string, unknown> => (contexts[store] ??= new Map<string, unknown>());
  return {
    get: (key, store, callback) =>
      behaviours.callContext(
        'get',
        store,
        () => {
          step();
          return at(store).get(key);
        },
        callback,
      ),
    set: (key, value, store, callback) =>
      behaviours.callContext(
        'set',
        store,
        () => {
          step();
          if (value === undefined) at(store).delete(key);
          else at(store).set(key, value);
        },
        callback,
      ),
  };
}
