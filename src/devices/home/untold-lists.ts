import { type Clock, settlesWithin } from '../../async/clock.js';
import type { Kind } from '../things/kinds.js';
import type { Home } from './home.js';
import { readPollAnswer } from './poll-answer.js';

/** Of this many polls one goes with the lists that polls don't tell of; of so many where one said that there is news. */
const EVERY_POLLS = 5;
const EVERY_POLLS_WITH_NEWS = 2;

/** In which something is known only by its name: that goes with each second poll, however long the one before took. */
const EVERY_POLLS_BY_NAME = 1.5;

/** Through the cloud a list comes sooner or later: after 0.8 to 1.4 of its time. */
const LEAST_PART = 0.8;
const MORE_PARTS = 0.6;

/** By these the names of rooms and groups beside a thing are known, which rarely change. */
const NAMING: readonly Kind[] = ['room', 'group'];
const NAMES_EVERY_MS = 600_000;

/** An answer waits this long for the lists that belong to it, and not again for a list that took longer. */
const LISTS_TIMEOUT_MS = 3_000;

/** A try to load a list. Times are monotonic, in milliseconds. */
interface Try {
  readonly at: number;
  /** The first of those in a row before which nothing was known. */
  readonly firstAt: number;
  /** From 0 to 1: how late the next one through the cloud comes. */
  readonly chance: number;
}

const NO_TRY: Try = { at: -Infinity, firstAt: 0, chance: 0 };

/** Whose lists are loaded, and how often. */
export interface UntoldListsOptions {
  home: Home;
  /** Loads the list of a kind, unless what is known is no older than `maxAgeMs`. */
  ensure: (kinds: readonly Kind[], maxAgeMs: number) => Promise<void>;
  /** How long after the start of a poll the next one starts, in milliseconds. */
  intervalMs: () => number;
  /** They go through the cloud, where many homes are not to ask in step. */
  isThroughCloud: () => boolean;
  clock: Clock;
}

/**
 * The lists of what a hub's polls don't tell of, for as long as somebody listens to it. Only the deltas of devices are
 * documented: a hub may well say nothing of scenes, rules, groups, rooms and alarms (docs/dev/rules.md, "Polls are there for
 * those who need them").
 */
export class UntoldLists {
  readonly #options: UntoldListsOptions;
  readonly #wants = new Set<{ kinds: () => readonly Kind[]; named: () => readonly Kind[] }>();
  /** The last of each list. */
  readonly #tries = new Map<Kind, Try>();
  readonly #withNews = new Set<Kind>();
  /** Kinds whose first list took too long. */
  readonly #slow = new Set<Kind>();
  #loading: Promise<void> | undefined;

  constructor(options: UntoldListsOptions) {
    this.#options = options;
  }

  /** Has the lists of these kinds loaded, and of those `named` sooner, until the function that this gives is called. */
  want(kinds: () => readonly Kind[], named: () => readonly Kind[] = () => []): () => void {
    const want = { kinds, named };
    if (this.#wants.size === 0) this.#tries.clear();
    this.#wants.add(want);
    return () => void this.#wants.delete(want);
  }

  /** There is news of these kinds, in a shape that nobody knows. */
  noteNews(kinds: readonly Kind[]): void {
    for (const kind of kinds) this.#withNews.add(kind);
  }

  /**
   * Loads the wanted lists of which nothing is known and which a poll answer does not have. Resolves when they are loaded,
   * or after 3 s; `undefined` if none is missing.
   */
  loadMissing(answer: unknown): Promise<void> | undefined {
    const isMissing = (kind: Kind): boolean => this.#isUnknown(kind) && !this.#slow.has(kind);
    if (this.#loading !== undefined || !this.#due().some(isMissing)) return this.#loading;
    const listed = readPollAnswer(answer)?.deltas.map(({ kind }) => kind);
    const missing = listed && this.#due().filter((kind) => isMissing(kind) && !listed.includes(kind));
    if (missing === undefined || missing.length === 0) return undefined;
    const wait = async (): Promise<void> => {
      await settlesWithin(this.#options.clock, this.#load(missing), LISTS_TIMEOUT_MS);
      for (const kind of missing) if (this.#isUnknown(kind)) this.#slow.add(kind);
      this.#loading = undefined;
    };
    return (this.#loading = wait());
  }

  /** Loads what is old. Never rejects: what a hub does not list is tried again. */
  async refresh(): Promise<void> {
    await this.#load(this.#due());
  }

  async #load(kinds: readonly Kind[]): Promise<void> {
    const { ensure, clock } = this.#options;
    const load = async (kind: Kind): Promise<void> => {
      const at = clock.monotonic();
      const firstAt = (this.#isUnknown(kind) ? this.#tries.get(kind)?.firstAt : undefined) ?? at;
      this.#tries.set(kind, { at, firstAt, chance: clock.random() });
      this.#withNews.delete(kind);
      await ensure([kind], 0).catch(() => undefined);
    };
    await Promise.all(kinds.map(load));
  }

  #isUnknown(kind: Kind): boolean {
    return this.#options.home.asOf(kind) === null;
  }

  #due(): Kind[] {
    const { home, clock, isThroughCloud } = this.#options;
    if (this.#wants.size === 0) return [];
    const wanted = new Set([...this.#wants].flatMap(({ kinds }) => [...kinds()]));
    const named = new Set([...this.#wants].flatMap((want) => [...want.named()]));
    const isOld = (kind: Kind): boolean => {
      const intervalMs = this.#options.intervalMs();
      const listEveryMs = intervalMs * (this.#withNews.has(kind) ? EVERY_POLLS_WITH_NEWS : EVERY_POLLS);
      const isNaming = !wanted.has(kind) && !this.#withNews.has(kind);
      const { at, firstAt, chance } = this.#tries.get(kind) ?? NO_TRY;
      // Less and less often: a hub may never give one.
      const unknownEveryMs = Math.min(Math.max(listEveryMs, at - firstAt), NAMES_EVERY_MS);
      const namesEveryMs = this.#isUnknown(kind) ? unknownEveryMs : NAMES_EVERY_MS;
      // What came over the LAN is not asked for in step through the cloud either.
      const part = isThroughCloud() ? LEAST_PART + MORE_PARTS * chance : 1;
      const soonMs = named.has(kind) ? intervalMs * EVERY_POLLS_BY_NAME : Infinity;
      const everyMs = Math.min(soonMs, part * (isNaming ? namesEveryMs : listEveryMs));
      return !home.isTold(kind) && Math.min(home.ageMs(kind), clock.monotonic() - at) >= everyMs;
    };
    return [...new Set([...wanted, ...NAMING])].filter(isOld);
  }
}
