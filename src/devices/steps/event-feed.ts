import type { Clock, TimerHandle } from '../../async/clock.js';
import { CozifyError } from '../../errors.js';
import { parseFilter } from '../targets/device-filter.js';
import { EventRing, type EventsSince } from './home-events.js';
import type { Homes } from '../homes/homes.js';
import type { LiveHome } from '../home/live-home.js';
import { KINDS } from '../things/kinds.js';
import { eventsOf, hubEvent, type NewEvent } from './home-events.js';

/** What somebody who follows a home asks for. */
export interface FeedQuery {
  /** `last` of the answer before; empty for all that is kept. */
  readonly after: string;
  /** How long to wait for something to happen, in milliseconds. */
  readonly waitMs: number;
  /** The id of a hub; empty for all. */
  readonly hub: string;
}

/** What has happened, and how the hubs are. */
export interface FeedAnswer extends EventsSince {
  readonly hubs: readonly FollowedHub[];
}

/** How a hub is. */
export interface FollowedHub {
  readonly id: string;
  /** Of when what is known of its devices is, ISO 8601 UTC. */
  readonly asOf: string | null;
  readonly away: boolean;
  /** Another one than before once something there came, went, moved or was renamed, or the hub itself was; 0: nothing is known. */
  readonly revision: number;
}

/** The most requests that are held at once. */
const MOST_HELD = 20;

/** The time after which a request that was refused may be sent again, in seconds. */
const RETRY_AFTER_S = 15;

/** Who was just answered is about to ask again. */
const ATTENTION_MS = 5_000;

/** All that has changes worth telling. */
const FOLLOWED = parseFilter({ kinds: KINDS.filter((kind) => kind !== 'room') });

/** The feed's own: what it needs of the account beside its homes. */
export interface EventFeedOptions {
  readonly clock: Clock;
  readonly nameOfHub: (id: string) => string;
}

/**
 * What happens at home, for those who follow it by one held question after the other. It is written down whenever a hub
 * is polled, whoever wants that; only who waits, or was answered a moment ago, has it polled.
 */
export class EventFeed {
  readonly #options: EventFeedOptions;
  readonly #homes: () => Homes;
  readonly #ring = new EventRing();
  readonly #followed = new Set<LiveHome>();
  readonly #away = new Set<LiveHome>();
  /** What hubs were called when somebody asked last, and how often that has changed. */
  readonly #names = new Map<string, { name: string; changes: number }>();
  readonly #held = new Set<{ readonly hub: string; readonly answer: () => void }>();
  /** Those who want a hub polled, or all of them, by the hub's id. */
  readonly #attention = new Map<string, { count: number; timer: TimerHandle | undefined; readonly stop: () => void }>();
  #isClosed = false;

  constructor(options: EventFeedOptions, homes: () => Homes) {
    this.#options = options;
    this.#homes = homes;
  }

  /** Writes down what happens in a home from now on. */
  follow(live: LiveHome): void {
    this.#followed.add(live);
    live.observe((record) => this.#add(eventsOf(live, record)));
  }

  /** Adds an event for each hub that has gone away or has come back. A hub of unknown reachability has done neither. */
  noteReach(): void {
    for (const live of this.#followed) {
      const { isReachable } = live.client;
      if (isReachable === null) this.#away.delete(live);
      const isAway = isReachable === false;
      if (isAway === this.#away.has(live)) continue;
      if (isAway) this.#away.add(live);
      else this.#away.delete(live);
      const { hub: id } = live.home;
      const hub = { id, name: this.#options.nameOfHub(id) };
      this.#add([hubEvent(isAway ? 'hub-away' : 'hub-back', hub, this.#options.clock.now())]);
    }
  }

  /**
   * Returns the events after a position: at once if there are any, otherwise at the next event. Returns none if the time
   * is over, the account closes or the signal is aborted before that. Throws `COZIFY_BUSY` if the request would have to be
   * held and {@link MOST_HELD} are already.
   */
  async read({ after, waitMs, hub }: FeedQuery, signal?: AbortSignal): Promise<FeedAnswer> {
    const { events, reset } = this.#ring.since(after, hub);
    const isOver = this.#isClosed || signal?.aborted === true;
    const isToBeHeld = events.length === 0 && !reset && waitMs > 0 && !isOver;
    if (isToBeHeld && this.#held.size >= MOST_HELD) {
      throw new CozifyError('COZIFY_BUSY', `${MOST_HELD} requests are held already: close an editor, or try later.`, {
        retryAfter: RETRY_AFTER_S,
      });
    }
    const lookAway = this.#attend(hub);
    try {
      if (isToBeHeld) await this.#hold(hub, waitMs, signal);
    } finally {
      lookAway();
    }
    return { ...this.#ring.since(after, hub), hubs: this.#hubs(hub) };
  }

  /** Answers all who wait. */
  close(): void {
    this.#isClosed = true;
    for (const { answer } of [...this.#held]) answer();
    for (const { timer, stop } of this.#attention.values()) {
      if (timer !== undefined) this.#options.clock.clearTimeout(timer);
      stop();
    }
    this.#attention.clear();
  }

  #hubs(hub: string): FeedAnswer['hubs'] {
    const homes = this.#homes();
    return homes.open
      .filter(({ home }) => homes.known.ids.includes(home.hub) && (hub === '' || hub === home.hub))
      .map(({ home, client }) => {
        const asOf = home.asOf('device');
        const time = asOf === null ? null : new Date(asOf).toISOString();
        const { revision } = home.things;
        const renamed = revision === 0 ? 0 : this.#renamingsOf(home.hub);
        return { id: home.hub, asOf: time, away: client.isReachable === false, revision: revision + renamed };
      });
  }

  /** How often a hub was renamed, as far as anybody could have noticed. */
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
        this.#held.delete(one);
        clock.clearTimeout(timer);
        signal?.removeEventListener('abort', answer);
        resolve();
      };
      const one = { hub, answer };
      const timer = clock.setTimeout(answer, waitMs);
      signal?.addEventListener('abort', answer);
      this.#held.add(one);
    });
  }

  /** Has hubs polled until a while after the function that this gives is called. */
  #attend(hub: string): () => void {
    if (this.#isClosed) return () => undefined;
    const { clock } = this.#options;
    const known = this.#attention.get(hub);
    const selection = { targets: [], filter: FOLLOWED, hub };
    const one = known ?? { count: 0, timer: undefined, stop: this.#homes().subscribe(selection, () => undefined) };
    this.#attention.set(hub, one);
    one.count += 1;
    if (one.timer !== undefined) clock.clearTimeout(one.timer);
    one.timer = undefined;
    const lookAway = (): void => {
      this.#attention.delete(hub);
      one.stop();
    };
    return () => {
      one.count -= 1;
      if (one.count === 0 && !this.#isClosed) one.timer = clock.setTimeout(lookAway, ATTENTION_MS);
    };
  }
}
