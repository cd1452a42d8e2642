/** The homes of all hubs of an account. */
import { FifoGate } from '../../async/locks.js';
import { JobQueue } from '../../async/job-queue.js';
import { Subscribers } from '../../async/subscribers.js';
import { CozifyError, toCozifyError } from '../../errors.js';
import type { HubClient } from '../../hub/hub-client.js';
import type { ChangeRecord } from '../home/change-log.js';
import { HomeCache } from '../home/home-cache.js';
import { LiveHome, type LiveHomeOptions } from '../home/live-home.js';
import { isConcerned, kindsByName, selectedKinds, type Selection } from '../targets/selection.js';
import { hubsToSearch, hubsWithoutTargets, type KnownHubs, type Target } from '../targets/target.js';
import { KINDS, thingKey } from '../things/kinds.js';
import type { Language } from '../things/names.js';
import type { CachePolicy } from './cache-policy.js';
import { findThing, type FoundThing, homeWithId, type ListedThing, type OnMiss } from './target-resolver.js';

export type { FoundThing, ListedThing } from './target-resolver.js';

/** Options of the homes of an account. */
export interface HomesOptions extends Pick<LiveHomeOptions, 'intervals' | 'clock' | 'log'> {
  hubs: () => KnownHubs;
  client: (hub: string) => HubClient;
  version: (hub: string) => string | null;
  /**
   * The language of default names, such as "Living room". Read again on each use, because it may change: see
   * {@link Homes.noteLanguage}.
   */
  readonly language: Language;
  /**
   * The homes of this account from before a Deploy, now closed, by hub id. When a home is opened again, it reuses the
   * cache of its closed home.
   */
  closedHomes?: Map<string, LiveHome>;
  /** Receives each home when it is opened. */
  onOpen?: (live: LiveHome) => void;
}

/** Receives each record of a home's change log. */
export type HomeSubscriber = (live: LiveHome, record: ChangeRecord) => void;

/** Returns the key of a thing, which is unique among all homes. */
export function keyAcrossHubs({ entry, live }: ListedThing): string {
  return `${live.cache.hub} ${thingKey(entry)}`;
}

/** Removes things that occur more than once. */
export function distinct<T extends ListedThing>(things: readonly T[]): T[] {
  return [...new Map(things.map((thing) => [keyAcrossHubs(thing), thing])).values()];
}

/**
 * The homes of an account, one for each hub. Each home has its own poll loop, so that a failing hub does not delay
 * others.
 */
export class Homes {
  readonly #options: HomesOptions;
  readonly #homes = new Map<string, LiveHome>();
  readonly #hubSubscribers: Subscribers;
  /** Runs the jobs of nodes that read change logs. */
  readonly jobs: JobQueue;
  /** Keeps the messages of command nodes in the order in which they arrived. */
  readonly commandGate: FifoGate;

  constructor(options: HomesOptions) {
    this.#options = options;
    const noteFailure = (error: unknown): void =>
      options.log.error(`A subscriber failed: ${toCozifyError(error).message}`);
    this.#hubSubscribers = new Subscribers(noteFailure);
    this.jobs = new JobQueue(options.clock, noteFailure);
    this.commandGate = new FifoGate(options.clock);
  }

  /**
   * The current hubs of the account. Throws `COZIFY_OTP_REQUIRED` or `COZIFY_NOT_FOUND` if the account has no hub, and
   * `COZIFY_OTP_REQUIRED` if it is logged out.
   */
  get hubs(): KnownHubs {
    const { client } = this.#options;
    const hubs = this.#options.hubs();
    // Without a hub, `client` throws an error that explains why there is none.
    if (hubs.ids.length === 0) client('');
    if (hubs.ids.every((id) => client(id).needsLogin)) {
      throw new CozifyError('COZIFY_OTP_REQUIRED', 'The account is not logged in: log in with a one-time code.');
    }
    return hubs;
  }

  /** The current hubs of the account, if any. Never throws. */
  get known(): KnownHubs {
    return this.#options.hubs();
  }

  /** The homes that have been opened so far. */
  get open(): LiveHome[] {
    return [...this.#homes.values()];
  }

  /** Updates default names, such as "Living room", after a change of the language. */
  noteLanguage(): void {
    for (const { cache } of this.open) cache.things.speak(this.#options.language);
  }

  /** Returns the home of a hub. The first call opens the home. */
  of(hub: string): LiveHome {
    const known = this.#homes.get(hub);
    if (known !== undefined) return known;
    const { client, version, clock, log, language, intervals, closedHomes } = this.#options;
    const before = closedHomes?.get(hub)?.cache;
    const cache = before ?? new HomeCache({ hub, language, clock });
    cache.things.speak(language);
    // The hub was not polled while the account was closed, so the cache may have missed changes.
    if (before !== undefined) cache.isStale = true;
    const live = new LiveHome({ cache, client: client(hub), clock, log, intervals, version: () => version(hub) });
    closedHomes?.delete(hub);
    this.#homes.set(hub, live);
    this.#options.onOpen?.(live);
    return live;
  }

  /**
   * Returns the homes that a node without targets covers: the home of the node's hub, or all homes if the node has no
   * hub. Throws `COZIFY_NOT_FOUND` for an unknown hub.
   */
  covered(nodeHub: string): LiveHome[] {
    return hubsWithoutTargets(nodeHub, this.hubs).map((hub) => this.of(hub));
  }

  /**
   * Finds a target, see {@link findThing}. `nodeHub` is the id of the hub at which names are looked up; empty for the
   * default hub.
   */
  async find(target: Target, nodeHub: string, policy: CachePolicy, onMiss?: OnMiss): Promise<FoundThing> {
    return findThing(this.#homesFor(target, nodeHub), target, this.#options.clock, policy, onMiss);
  }

  /**
   * Returns the homes in which a target could be, according to the caches. Sends no request. Returns an empty array for
   * an unknown hub.
   */
  mayBeAt(target: Target, nodeHub: string): LiveHome[] {
    try {
      const homes = this.#homesFor(target, nodeHub);
      const known = homeWithId(homes, target);
      if (known !== undefined) return [known];
      // A text is more likely a name than an id, and names are looked up only at the first hub.
      return target.isText ? homes.slice(0, 1) : homes;
    } catch {
      return [];
    }
  }

  /** Whether commands are queued or in flight. */
  get isSending(): boolean {
    return this.open.some(({ commands }) => commands.isSending);
  }

  /** Resolves when no command is queued or in flight. */
  async drain(): Promise<void> {
    await Promise.all(this.open.map(({ commands }) => commands.drain()));
  }

  /**
   * Polls the homes that may contain selected things, and calls `subscriber` with each record of their change logs,
   * until the returned function is called. Covers hubs that are added later, for example by another login. `onHome`
   * receives each home before its first record.
   */
  subscribe(
    selection: Selection,
    subscriber: HomeSubscriber,
    onHome: (live: LiveHome) => void = () => undefined,
  ): () => void {
    const stops = new Map<string, () => void>();
    const subscribeTo = (live: LiveHome): (() => void) => {
      const { things } = live.cache;
      onHome(live);
      return live.subscribe(
        (record) => subscriber(live, record),
        () => selectedKinds(selection, things),
        () => kindsByName(selection, things, this.known),
      );
    };
    const follow = (): void => {
      const hubs = this.known;
      const concerned = hubs.ids.filter((id) => isConcerned(selection, id, hubs));
      for (const id of concerned) if (!stops.has(id)) stops.set(id, subscribeTo(this.of(id)));
      for (const [id, stop] of stops) {
        if (concerned.includes(id)) continue;
        stops.delete(id);
        stop();
      }
    };
    const stopFollowing = this.onHubs(follow);
    follow();
    return () => {
      stopFollowing();
      for (const stop of stops.values()) stop();
    };
  }

  /** Calls `subscriber` when the hubs of the account may have changed, until the returned function is called. */
  onHubs(subscriber: () => void): () => void {
    return this.#hubSubscribers.add(subscriber);
  }

  /** Records that the hubs of the account, or their keys, may have changed. */
  noteHubs(): void {
    this.#hubSubscribers.notify(() => []);
    for (const { loop } of this.#homes.values()) loop.noteKey();
  }

  /** Closes all homes, which ends their polls, and drops the queued jobs of nodes. */
  close(): void {
    for (const live of this.#homes.values()) live.close();
    this.jobs.stop();
  }

  /** Records that a flow sent its own request to a hub. The request may have changed anything there. */
  noteRequest(hub: string): void {
    const cache = this.#homes.get(hub)?.cache;
    cache?.noteCommand(KINDS);
    cache?.own.noteUncertain();
  }

  /** Ends the polls of all homes until the next login. */
  noteLogOut(): void {
    for (const { loop } of this.#homes.values()) loop.noteLogOut();
  }

  /** Ends the back-off of all polls. Called after a login, or when a hub may be reachable again. */
  wake(): void {
    for (const { loop } of this.#homes.values()) loop.wake();
  }

  /** Returns the homes to search for a target, the most likely first. Throws `COZIFY_NOT_FOUND` for an unknown hub. */
  #homesFor(target: Target, nodeHub: string): LiveHome[] {
    return hubsToSearch(target, nodeHub, this.hubs).map((hub) => this.of(hub));
  }
}
