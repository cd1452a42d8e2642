import type { Clock } from '../../async/clock.js';
import type { Kind } from '../things/kinds.js';
import type { Home } from './home.js';

/** Of this many polls one goes with the lists that polls don't tell of; of so many where one said that there is news. */
const EVERY_POLLS = 5;
const EVERY_POLLS_WITH_NEWS = 2;

/** By these the names of rooms and groups beside a thing are known, which rarely change. */
const NAMING: readonly Kind[] = ['room', 'group'];
const NAMES_EVERY_MS = 600_000;

/** Whose lists are loaded, and how often. */
export interface UntoldListsOptions {
  home: Home;
  /** Loads the list of a kind, unless what is known is no older than `maxAgeMs`. */
  ensure: (kinds: readonly Kind[], maxAgeMs: number) => Promise<void>;
  /** How long after the start of a poll the next one starts, in milliseconds. */
  intervalMs: () => number;
  clock: Pick<Clock, 'monotonic'>;
}

/**
 * The lists of what a hub's polls don't tell of, for as long as somebody listens to it. Only the deltas of devices are
 * documented: a hub may well say nothing of scenes, rules, groups, rooms and alarms (docs/rules.md, "Polls are there for
 * those who need them").
 */
export class UntoldLists {
  readonly #options: UntoldListsOptions;
  readonly #wants = new Set<() => readonly Kind[]>();
  readonly #triedAt = new Map<Kind, number>();
  readonly #withNews = new Set<Kind>();

  constructor(options: UntoldListsOptions) {
    this.#options = options;
  }

  /** Has the lists of these kinds loaded, until the function that this gives is called. */
  want(kinds: () => readonly Kind[]): () => void {
    this.#wants.add(kinds);
    return () => void this.#wants.delete(kinds);
  }

  /** There is news of these kinds, in a shape that nobody knows. */
  noteNews(kinds: readonly Kind[]): void {
    for (const kind of kinds) this.#withNews.add(kind);
  }

  /** Whether something that is listened to is not known at all yet, and may be by {@link refresh}. */
  get isMissing(): boolean {
    return this.#due().some((kind) => this.#options.home.asOf(kind) === null);
  }

  /** Loads what is old. Never rejects: what a hub does not list is tried again. */
  async refresh(): Promise<void> {
    const { ensure, clock } = this.#options;
    const load = async (kind: Kind): Promise<void> => {
      this.#triedAt.set(kind, clock.monotonic());
      this.#withNews.delete(kind);
      await ensure([kind], 0).catch(() => undefined);
    };
    await Promise.all(this.#due().map(load));
  }

  #due(): Kind[] {
    const { home, clock } = this.#options;
    if (this.#wants.size === 0) return [];
    const wanted = new Set([...this.#wants].flatMap((kinds) => [...kinds()]));
    const isOld = (kind: Kind): boolean => {
      const polls = this.#withNews.has(kind) ? EVERY_POLLS_WITH_NEWS : EVERY_POLLS;
      const isNaming = !wanted.has(kind) && !this.#withNews.has(kind);
      const everyMs = isNaming ? NAMES_EVERY_MS : this.#options.intervalMs() * polls;
      const sinceTry = clock.monotonic() - (this.#triedAt.get(kind) ?? -Infinity);
      return !home.isTold(kind) && Math.min(home.ageMs(kind), sinceTry) >= everyMs;
    };
    return [...new Set([...wanted, ...NAMING])].filter(isOld);
  }
}
