// The moods of stores: faults that a test gives to a disk or a context store.
import type { GlobalContext } from '../../../../nodes/store/context-store.js';
import type { Clock } from '../../../../src/async/clock.js';

/**
 * The behaviour of a store towards one process. `late`: answers only after the caller's timeout. `hanging`: does
 * nothing until the mood changes. `dropping`: does nothing even after that. `mute`: saves at once but does not answer.
 * `full`: refuses to save. A late, mute or full context store reads as usual. A disk treats `dropping` and `mute` like
 * `hanging`.
 */
export type Mood = 'well' | 'slow' | 'late' | 'failing' | 'full' | 'hanging' | 'dropping' | 'mute';

export const MOODS: readonly Mood[] = ['slow', 'late', 'late', 'failing', 'full', 'hanging', 'dropping', 'mute'];

const CONTEXT_MS: Partial<Record<Mood, number>> = { slow: 1_000, late: 5_000 };
/** The duration of one disk operation. A save needs about twenty operations. */
const DISK_MS: Partial<Record<Mood, number>> = { slow: 100, late: 900 };

/** The moods of the stores of one process, by the name of the store. The name of the disk is `''`. */
export class Moods {
  readonly #clock: Clock;
  readonly #moods = new Map<string, Mood>();
  readonly #held = new Map<string, (() => void)[]>();
  /** When a mood last changed (monotonic, ms). */
  changedAt = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get areWell(): boolean {
    return [...this.#moods.values()].every((mood) => mood === 'well');
  }

  of(store: string): Mood {
    return this.#moods.get(store) ?? 'well';
  }

  change(store: string, mood: Mood): void {
    if (mood === this.of(store)) return;
    this.#moods.set(store, mood);
    this.changedAt = this.#clock.monotonic();
    const held = this.#held.get(store) ?? [];
    this.#held.delete(store);
    for (const go of held) go();
  }

  /** Delays a disk operation according to the mood of the disk. Throws if the disk fails. */
  async passDisk(): Promise<void> {
    const mood = this.of('');
    if (mood === 'failing') throw Object.assign(new Error('the disk fails'), { code: 'EIO' });
    const delayMs = DISK_MS[mood];
    if (delayMs !== undefined) return new Promise((resolve) => void this.#clock.setTimeout(resolve, delayMs));
    if (mood === 'hanging' || mood === 'dropping' || mood === 'mute') {
      await new Promise<void>((resolve) => this.#hold('', resolve));
    }
  }

  /** Answers a call of a context store with the result of `work`, according to the mood of the store. */
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
    const mood = this.of(store);
    const isUntouched = operation === 'get' && (mood === 'late' || mood === 'mute' || mood === 'full');
    switch (isUntouched ? 'well' : mood) {
      case 'well':
        return queueMicrotask(answer);
      case 'failing':
        return queueMicrotask(() => callback(Object.assign(new Error('away'), { code: 'ECONNREFUSED' })));
      case 'full':
        return queueMicrotask(() => callback(Object.assign(new Error('no space'), { code: 'ENOSPC' })));
      case 'hanging':
        return this.#hold(store, answer);
      case 'mute': {
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
        this.#clock.setTimeout(answer, CONTEXT_MS[mood] ?? 0);
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
export function globalContext(contexts: SharedContexts, moods: Moods, step: () => void): GlobalContext {
  const at = (store: string): Map<string, unknown> => (contexts[store] ??= new Map<string, unknown>());
  return {
    get: (key, store, callback) =>
      moods.callContext(
        'get',
        store,
        () => {
          step();
          return at(store).get(key);
        },
        callback,
      ),
    set: (key, value, store, callback) =>
      moods.callContext(
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
