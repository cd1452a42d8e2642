/** The events of all homes for the sidebar, by long polling. */
import type { Clock, TimerHandle } from '../../async/clock.js';
import { CozifyError } from '../../errors.js';
import type { LiveHome } from '../home/live-home.js';
import type { Homes } from '../across-hubs/homes.js';
import { parseFilter } from '../targets/device-filter.js';
import { KINDS } from '../things/kinds.js';
import { EventRing, eventsOf, type EventsSince, hubEvent, type NewEvent } from './home-events.js';

/** A request for the events of homes. */
export interface FeedQuery {
  /** `last` of the previous answer: only later events are returned. Empty for all stored events. */
  readonly after: string;
  /** How long to wait for an event, in milliseconds. */
  readonly waitMs: number;
  /** The id of a hub; empty for all hubs. */
  readonly hub: string;
}

/** Events, and the states of the hubs. */
export interface FeedAnswer extends EventsSince {
  readonly hubs: readonly FollowedHub[];
}

/** The state of a hub. */
export interface FollowedHub {
  readonly id: string;
  /** When the hub last confirmed the states of its devices, ISO 8601 UTC; `null` if it never has. */
  readonly asOf: string | null;
  readonly away: boolean;
  /**
   * A number that changes when a thing is added, removed, moved or renamed, or the hub is renamed; 0 while nothing is
   * known.
   */
  readonly revision: number;
}

/** The maximum number of requests that are held at the same time. */
const MAX_HELD = 20;

/** The time after which a request that was refused may be sent again, in seconds. */
const RETRY_AFTER_S = 15;

/**
 * The hubs are polled for this long after a request of the sidebar was answered, because the next request usually
 * follows.
 */
const ATTENTION_MS = 5_000;

/** Selects things of all kinds but rooms, because rooms have no state that can change. */
const FOLLOWED = parseFilter({ kinds: KINDS.filter((kind) => kind !== 'room') });

/** Options of a {@link SidebarFeed}. */
export interface SidebarFeedOptions {
  readonly clock: Clock;
  readonly nameOfHub: (id: string) => string;
}

/**
 * The events of all homes, for subscribers that use long polling. Events are recorded whenever a hub is polled.
 * Requests to the feed also start polls.
 */
export class SidebarFeed {
  readonly #options: SidebarFeedOptions;
  readonly #homes: () => Homes;
  readonly #ring = new EventRing();
  readonly #followed = new Set<LiveHome>();
  readonly #away = new Set<LiveHome>();
  /** The name of each hub at the last request, and how many times the name has changed. */
  readonly #names = new Map<string, { name: string; changes: number }>();
  readonly #held = new Set<{ readonly hub: string; readonly answer: () => void }>();
  /** Functions that end the polls that requests have started. */
  readonly #ends = new Set<() => void>();
  #isClosed = false;

  constructor(options: SidebarFeedOptions, homes: () => Homes) {
    this.#options = options;
    this.#homes = homes;
  }

  /** Adds the events of a home to the feed from now on. */
  follow(live: LiveHome): void {
    this.#followed.add(live);
    live.observe((record) => this.#add(eventsOf(live, record)));
  }

  /**
   * Adds an event for each hub that has gone offline or has come back. Adds none while it is unknown whether a hub can
   * be reached.
   */
  noteReach(): void {
    for (const live of this.#followed) {
      const { isReachable } = live.client;
      if (isReachable === null) this.#away.delete(live);
      const isAway = isReachable === false;
      if (isAway === this.#away.has(live)) continue;
      if (isAway) this.#away.add(live);
      else this.#away.delete(live);
      const { hub: id } = live.cache;
      const hub = { id, name: this.#options.nameOfHub(id) };
      this.#add([hubEvent(isAway ? 'hub-away' : 'hub-back', hub, this.#options.clock.now())]);
    }
  }

  /**
   * Returns the events after a position: at once if there are any, otherwise at the next event. Returns none if
   * `waitMs` is over, the account closes or the signal is aborted before that. Throws `COZIFY_BUSY` if the request
   * would have to wait and {@link MAX_HELD} requests are waiting already.
   */
  async read({ after, waitMs, hub }: FeedQuery, signal?: AbortSignal): Promise<FeedAnswer> {
    const { events, reset } = this.#ring.since(after, hub);
    const isOver = this.#isClosed || signal?.aborted === true;
    const isToBeHeld = events.length === 0 && !reset && waitMs > 0 && !isOver;
    if (isToBeHeld && this.#held.size >= MAX_HELD) {
      throw new CozifyError('COZIFY_BUSY', `${MAX_HELD} requests are held already: close an editor, or try later.`, {
        retryAfter: RETRY_AFTER_S,
      });
    }
    const endPolls = this.#poll(hub);
    try {
      if (isToBeHeld) await this.#hold(hub, waitMs, signal);
    } finally {
      endPolls();
    }
    return { ...this.#ring.since(after, hub), hubs: this.#hubs(hub) };
  }

  /** Closes the feed: answers all waiting requests at once, and ends the polls that requests have started. */
  close(): void {
    this.#isClosed = true;
    for (const { answer } of [...this.#held]) answer();
    for (const end of [...this.#ends]) end();
  }

  #hubs(hub: string): FeedAnswer['hubs'] {
    const homes = this.#homes();
    return homes.open
      .filter(({ cache }) => homes.known.ids.includes(cache.hub) && (hub === '' || hub === cache.hub))
      .map(({ cache, client }) => {
        const asOf = cache.asOf('device');
        const time = asOf === null ? null : new Date(asOf).toISOString();
        const { revision } = cache.things;
        const renamed = revision === 0 ? 0 : this.#renamingsOf(cache.hub);
        return { id: cache.hub, asOf: time, away: client.isReachable === false, revision: revision + renamed };
      });
  }

  /** Returns how many times the name of a hub has changed between requests. */
  #renamingsOf(id: string): number {
    const name = this.#options.nameOfHub(id);
    const { name: before = name, changes = 0 } = this.#names.get(id) ?? {};
    const now = { name, changes: changes + (name === before ? 0 : 1) };
    this.#names.set(id, now);
    return now.changes;
  }

  #add(events: readonly NewEvent[]): void {
    if (events.length === 0) return;
    this.#ring.add(events);
    const hubs = new Set(events.map(({ thing }) => thing.hub));
    for (const { hub, answer } of [...this.#held]) if (hub === '' || hubs.has(hub)) answer();
  }

  #hold(hub: string, waitMs: number, signal: AbortSignal | undefined): Promise<void> {
    const { clock } = this.#options;
    return new Promise((resolve) => {
      const answer = (): void => {
        this.#held.delete(request);
        clock.clearTimeout(timer);
        signal?.removeEventListener('abort', answer);
        resolve();
      };
      const request = { hub, answer };
      const timer = clock.setTimeout(answer, waitMs);
      signal?.addEventListener('abort', answer);
      this.#held.add(request);
    });
  }

  /** Polls a hub, or all hubs, until 5 s after the returned function is called. */
  #poll(hub: string): () => void {
    if (this.#isClosed) return () => undefined;
    const { clock } = this.#options;
    const stop = this.#homes().subscribe({ targets: [], filter: FOLLOWED, hub }, () => undefined);
    let timer: TimerHandle | undefined;
    const end = (): void => {
      this.#ends.delete(end);
      if (timer !== undefined) clock.clearTimeout(timer);
      stop();
    };
    this.#ends.add(end);
    return () => {
      if (this.#ends.has(end)) timer = clock.setTimeout(end, ATTENTION_MS);
    };
  }
}
