import { Arrivals } from '../../async/arrivals.js';
import type { Clock } from '../../async/clock.js';
import { JobQueue } from '../../async/job-queue.js';
import { Listeners } from '../../async/listeners.js';
import { CozifyError, toCozifyError } from '../../errors.js';
import type { HubClient } from '../../hub/hub-client.js';
import type { CommandPlace } from '../home/commander.js';
import type { DeviceFilter } from '../targets/device-filter.js';
import { type Kind, thingKey } from '../things/kinds.js';
import {
  findThing,
  type FoundThing,
  homesToSearch,
  homeThatHas,
  type ListedThing,
  type NoteMiss,
  type SearchArea,
  selectFrom,
} from './target-resolver.js';
import type { ChangeRecord } from '../home/change-log.js';
import { HomeCache } from '../home/home-cache.js';
import { isConcerned, kindsByName, selectedKinds, type Selection } from '../targets/selection.js';
import { LiveHome, type LiveHomeOptions } from '../home/live-home.js';
import type { Language } from '../things/names.js';
import { FRESH, type CachePolicy } from './cache-policy.js';
import { hubsToListen, type KnownHubs, type Target } from '../targets/target.js';

export type { FoundThing, ListedThing } from './target-resolver.js';

/** What the homes need of the account, and how often each is polled. */
export interface HomesOptions extends Pick<LiveHomeOptions, 'intervals' | 'clock' | 'log'> {
  hubs: () => KnownHubs;
  client: (hub: string) => HubClient;
  version: (hub: string) => string | null;
  /** Read when it is used: see {@link Homes.noteLanguage}. */
  readonly language: Language;
  /** The homes of a run that is over, by their hubs: who opens one goes on with what is known of it. */
  left?: Map<string, LiveHome>;
  /** Takes each home when it is first asked for. */
  onOpen?: (live: LiveHome) => void;
}

/** Receives each record of the log of a home. */
export type HomeSubscriber = (live: LiveHome, record: ChangeRecord) => void;

/** The key of a thing among all homes. */
export function keyOf({ entry, live }: ListedThing): string {
  return `${live.home.hub} ${thingKey(entry)}`;
}

/** Each thing once. */
export function distinct<T extends ListedThing>(things: readonly T[]): T[] {
  return [...new Map(things.map((thing) => [keyOf(thing), thing])).values()];
}

/** A subscriber, and how to stop the subscription to each home, by hub. */
interface Subscriber {
  selection: Selection;
  subscriber: HomeSubscriber;
  onHome: (live: LiveHome) => void;
  stops: Map<string, () => void>;
}

/** The homes behind all hubs of an account. Each has its own loop, so that a failing hub delays no other. */
export class Homes {
  readonly #options: HomesOptions;
  readonly #homes = new Map<string, LiveHome>();
  readonly #subscribers = new Set<Subscriber>();
  readonly #hubListeners: Listeners;
  /** The work of nodes that read change logs. */
  readonly jobs: JobQueue;
  /** The messages of command nodes, in the order in which they came. */
  readonly arrivals: Arrivals;

  constructor(options: HomesOptions) {
    this.#options = options;
    const noteFailure = (error: unknown): void =>
      options.log.error(`A listener failed: ${toCozifyError(error).message}`);
    this.#hubListeners = new Listeners(noteFailure);
    this.jobs = new JobQueue(options.clock, noteFailure);
    this.arrivals = new Arrivals(options.clock);
  }

  /**
   * The hubs that the account has now. Throws `COZIFY_OTP_REQUIRED` or `COZIFY_NOT_FOUND` if there is none, and
   * `COZIFY_OTP_REQUIRED` after a log out.
   */
  get hubs(): KnownHubs {
    const { client } = this.#options;
    const hubs = this.#options.hubs();
    // The error of the missing client says why there is no hub.
    if (hubs.ids.length === 0) client('');
    if (hubs.ids.every((id) => client(id).needsLogin)) {
      throw new CozifyError('COZIFY_OTP_REQUIRED', 'The account is not logged in: log in with a one-time code.');
    }
    return hubs;
  }

  /** The hubs that the account has now, if any. */
  get known(): KnownHubs {
    return this.#options.hubs();
  }

  get clock(): Clock {
    return this.#options.clock;
  }

  /** The homes that somebody has asked for so far. */
  get open(): LiveHome[] {
    return [...this.#homes.values()];
  }

  /** Factory names are in another language. */
  noteLanguage(): void {
    for (const { home } of this.open) home.things.speak(this.#options.language);
  }

  /** The home behind a hub that the account has. */
  of(hub: string): LiveHome {
    const known = this.#homes.get(hub);
    if (known !== undefined) return known;
    const { client, version, clock, log, language, intervals, left } = this.#options;
    const before = left?.get(hub);
    const home = before?.home ?? new HomeCache({ hub, language, clock });
    home.things.speak(language);
    // Nobody has asked the hub for a while: all is to be compared.
    if (before !== undefined) home.isStale = true;
    const live = new LiveHome({
      cache: home,
      client: client(hub),
      clock,
      log,
      intervals,
      version: () => version(hub),
    });
    left?.delete(hub);
    this.#homes.set(hub, live);
    this.#options.onOpen?.(live);
    return live;
  }

  /** The homes that a node means which has no targets: that of its hub, or all. Throws `COZIFY_NOT_FOUND`. */
  listened(nodeHub: string): LiveHome[] {
    return hubsToListen(nodeHub, this.hubs).map((hub) => this.of(hub));
  }

  /** As {@link findThing}; `knowledge`: what is gone by, nothing old by default. */
  async find(target: Target, nodeHub = '', knowledge: CachePolicy = FRESH, noteMiss?: NoteMiss): Promise<FoundThing> {
    return findThing(this.#area, target, nodeHub, { knowledge, noteMiss });
  }

  /** The things that a filter leaves at the homes that a node means, as {@link selectFrom}. */
  async select(
    filter: DeviceFilter,
    nodeHub: string,
    maxAgeMs: number,
    knowledge: CachePolicy = FRESH,
  ): Promise<readonly ListedThing[]> {
    const { things } = await selectFrom(
      this.listened(nodeHub),
      { filter, maxAgeMs: () => maxAgeMs, clock: this.clock },
      knowledge,
    );
    return things;
  }

  /**
   * The homes where a target may be, as far as is known without asking any; none where it makes no sense. A text is rather
   * a name than an id, which is in the first.
   */
  mayBeAt(target: Target, nodeHub: string): LiveHome[] {
    try {
      const homes = homesToSearch(this.#area, target, nodeHub);
      const known = homeThatHas(homes, target);
      if (known !== undefined) return [known];
      return target.isText ? homes.slice(0, 1) : homes;
    } catch {
      return [];
    }
  }

  /**
   * Takes a place in the line of each hub where something of these targets may be, whatever has to be looked up before that
   * is known. Targets that make no sense have none: who looks for them is told.
   */
  enter(targets: readonly Target[], nodeHub: string): ReadonlyMap<LiveHome, CommandPlace> {
    const places = new Map<LiveHome, CommandPlace>();
    for (const live of new Set(targets.flatMap((target) => this.mayBeAt(target, nodeHub)))) {
      places.set(live, live.commander.enter());
    }
    return places;
  }

  /** Whether commands wait, or are on their way. */
  get isSending(): boolean {
    return this.open.some(({ commander }) => commander.isSending);
  }

  /** Resolves when no command waits any more, nor is on its way. */
  async drain(): Promise<void> {
    await Promise.all(this.open.map(({ commander }) => commander.drain()));
  }

  /**
   * Polls the homes that may have selected things, and calls `subscriber` with each record of their logs, until the returned
   * function is called. Hubs that come later are included, also those of a later login. `onHome` receives each home before
   * its first record.
   */
  subscribe(
    selection: Selection,
    subscriber: HomeSubscriber,
    onHome: (live: LiveHome) => void = () => undefined,
  ): () => void {
    const one: Subscriber = { selection, subscriber, onHome, stops: new Map() };
    this.#subscribers.add(one);
    this.#follow(one);
    return () => {
      this.#subscribers.delete(one);
      for (const stop of one.stops.values()) stop();
    };
  }

  /** Calls `listener` when the account's hubs may be others, until the function that this gives is called. */
  onHubs(listener: () => void): () => void {
    return this.#hubListeners.add(listener);
  }

  noteHubs(): void {
    for (const one of this.#subscribers) this.#follow(one);
    for (const { loop } of this.#homes.values()) loop.noteKey();
    this.#hubListeners.tell(() => []);
  }

  /** Ends all polls. */
  close(): void {
    for (const live of this.#homes.values()) live.close();
    this.jobs.stop();
  }

  /** Ends the polls of all homes until the next login. */
  noteLogOut(): void {
    for (const { loop } of this.#homes.values()) loop.noteLogOut();
  }

  /** A hub may be reachable again, or the login back: polls that wait are sent at once. */
  wake(): void {
    for (const { loop } of this.#homes.values()) loop.wake();
  }

  get #area(): SearchArea {
    return { hubs: this.hubs, of: (hub) => this.of(hub), clock: this.clock };
  }

  #follow({ selection, subscriber, onHome, stops }: Subscriber): void {
    const hubs = this.known;
    const wanted = hubs.ids.filter((id) => isConcerned(selection, id, hubs));
    for (const id of wanted) {
      if (stops.has(id)) continue;
      const live = this.of(id);
      const kinds = (): readonly Kind[] => selectedKinds(selection, live.home.things);
      const named = (): readonly Kind[] => kindsByName(selection, live.home.things, this.known);
      onHome(live);
      stops.set(
        id,
        live.subscribe((record) => subscriber(live, record), kinds, named),
      );
    }
    for (const [id, stop] of stops) {
      if (wanted.includes(id)) continue;
      stops.delete(id);
      stop();
    }
  }
}
