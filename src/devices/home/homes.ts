import { CozifyError, toCozifyError } from '../../errors.js';
import type { HubClient } from '../../hub/hub-client.js';
import { type DeviceFilter, selectThings } from './device-filter.js';
import type { Entry } from '../things/device.js';
import { type Kind, KINDS } from '../things/kinds.js';
import { Home, NAMES_MAX_AGE_MS, type PollOutcome } from './home.js';
import type { HomeHandover, LeftHome } from './home-handover.js';
import { isConcerned, listenedKinds, type Selection } from './listening.js';
import { LiveHome, type LiveHomeOptions } from './live-home.js';
import type { Language } from '../things/names.js';
import { type Ensure, ensureFresh } from './recall.js';
import {
  expectRoom,
  findRooms,
  findTarget,
  type Found,
  hubsToListen,
  hubsToSearch,
  type KnownHubs,
  type Target,
} from './targets.js';

/** What the homes need of the account, and how often each is polled. */
export interface HomesOptions extends Pick<LiveHomeOptions, 'pollLanMs' | 'pollCloudMs' | 'clock' | 'log'> {
  /** The account's storage id, under which a predecessor has left its homes. */
  account: string;
  hubs: () => KnownHubs;
  client: (hub: string) => HubClient;
  version: (hub: string) => string | null;
  handover: HomeHandover;
  language: Language;
}

/** Called with what a poll of a home brought. */
export type HomeListener = (live: LiveHome, outcome: PollOutcome) => void;

/** A thing, with the home it is in. */
export interface ListedThing {
  readonly entry: Entry;
  readonly live: LiveHome;
}

/** A thing that was found, with the home it is in. */
export interface FoundThing extends Found, ListedThing {}

/** What tells a thing from all others of all homes. */
export function keyOf({ entry: { kind, id }, live }: ListedThing): string {
  return `${live.home.hub} ${kind} ${id}`;
}

/** Each thing once. */
export function distinct<T extends ListedThing>(things: readonly T[]): T[] {
  return [...new Map(things.map((thing) => [keyOf(thing), thing])).values()];
}

/** Somebody who listens to the homes of an account, and how to stop listening to each. */
interface Subscription {
  selection: Selection;
  listener: HomeListener;
  stops: Map<string, () => void>;
}

/** The homes behind all hubs of an account. Each has a poller of its own; trouble of one delays no other. */
export class Homes {
  readonly #options: HomesOptions;
  readonly #homes = new Map<string, LiveHome>();
  readonly #inherited: ReadonlyMap<string, LeftHome>;
  readonly #subscriptions = new Set<Subscription>();

  constructor(options: HomesOptions) {
    this.#options = options;
    this.#inherited = options.handover.take(options.account);
  }

  /** The hubs that the account has now. Throws `COZIFY_OTP_REQUIRED` or `COZIFY_NOT_FOUND` when there is none. */
  get hubs(): KnownHubs {
    const hubs = this.#options.hubs();
    // What asks for a client says best why there is none.
    if (hubs.ids.length === 0) this.#options.client('');
    return hubs;
  }

  /** The hubs that the account has now, if any. */
  get known(): KnownHubs {
    return this.#options.hubs();
  }

  /** The homes that somebody has asked for so far. */
  get open(): LiveHome[] {
    return [...this.#homes.values()];
  }

  /** The home behind a hub that the account has. */
  of(hub: string): LiveHome {
    const known = this.#homes.get(hub);
    if (known !== undefined) return known;
    const { client, version, clock, log, language, pollLanMs, pollCloudMs } = this.#options;
    const inherited = this.#inherited.get(hub)?.home;
    const home = inherited ?? new Home({ hub, language, clock });
    const live = new LiveHome({
      isInherited: inherited !== undefined,
      home,
      client: client(hub),
      clock,
      log,
      pollLanMs,
      pollCloudMs,
      version: () => version(hub),
    });
    this.#homes.set(hub, live);
    return live;
  }

  /** The homes that a node means which has no targets: that of its hub, or all. Throws `COZIFY_NOT_FOUND`. */
  listened(nodeHub: string): LiveHome[] {
    return hubsToListen(nodeHub, this.hubs).map((hub) => this.of(hub));
  }

  /**
   * Finds a target, by lists that are at most 10 minutes old; what is not in them is looked for once in fresh ones. Throws
   * as {@link findTarget}, or what keeps a hub from answering. `ensure` may be content with older lists.
   */
  async find(target: Target, nodeHub = '', ensure: Ensure = ensureFresh): Promise<FoundThing> {
    try {
      return await this.#find(target, nodeHub, NAMES_MAX_AGE_MS, ensure);
    } catch (error) {
      if (toCozifyError(error).code !== 'COZIFY_NOT_FOUND') throw error;
      return this.#find(target, nodeHub, 0, ensure);
    }
  }

  /**
   * The things that a filter leaves, by lists no older than `maxAgeMs`, each with its home. Throws `COZIFY_NOT_FOUND` for
   * a room that no home has. `ensure` may be content with older lists.
   */
  async select(
    filter: DeviceFilter,
    nodeHub: string,
    maxAgeMs: number,
    ensure: Ensure = ensureFresh,
  ): Promise<ListedThing[]> {
    const homes = this.listened(nodeHub);
    await Promise.all(homes.map((live) => ensure(live, filter.kinds, maxAgeMs)));
    await Promise.all(homes.map((live) => ensure(live, ['room', 'group'], NAMES_MAX_AGE_MS)));
    const known = homes.map((live) => live.home.things);
    const isKnown = (room: string): boolean => known.some((things) => findRooms(room, things).length > 0);
    if (!filter.rooms.every(isKnown)) await Promise.all(homes.map((live) => ensure(live, ['room'], 0)));
    for (const room of filter.rooms) expectRoom(room, known);
    return homes.flatMap((live) => selectThings(live.home.things, filter).map((entry) => ({ entry, live })));
  }

  /**
   * Polls the homes where something of a selection may be, and calls `listener` with what comes of it, until the function
   * that this gives is called. A hub that comes later is listened to from then on; without a login that is when it is there.
   */
  listen(selection: Selection, listener: HomeListener): () => void {
    const subscription: Subscription = { selection, listener, stops: new Map() };
    this.#subscriptions.add(subscription);
    this.#follow(subscription);
    return () => {
      this.#subscriptions.delete(subscription);
      for (const stop of subscription.stops.values()) stop();
    };
  }

  noteHubs(): void {
    for (const subscription of this.#subscriptions) this.#follow(subscription);
  }

  /** Leaves what the homes know to a successor, and ends all polls. */
  close(): void {
    const { account, handover, clock } = this.#options;
    // The next Deploy may come before anybody has asked for what a predecessor has left.
    const left = new Map(this.#inherited);
    for (const [hub, live] of this.#homes) {
      live.close();
      live.home.forgetPresses();
      left.set(hub, { home: live.home, since: clock.monotonic() });
    }
    handover.leave(account, left);
  }

  /** A hub may be reachable again, or the login back: polls that wait are sent at once. */
  wake(): void {
    for (const { poller } of this.#homes.values()) poller.wake();
  }

  #follow({ selection, listener, stops }: Subscription): void {
    const hubs = this.known;
    const wanted = hubs.ids.filter((id) => isConcerned(selection, id, hubs));
    for (const id of wanted) {
      if (stops.has(id)) continue;
      const live = this.of(id);
      const kinds = (): readonly Kind[] => listenedKinds(selection, live.home.things);
      stops.set(
        id,
        live.listen((outcome) => listener(live, outcome), kinds),
      );
    }
    for (const [id, stop] of stops) {
      if (wanted.includes(id)) continue;
      stops.delete(id);
      stop();
    }
  }

  async #find(target: Target, nodeHub: string, maxAgeMs: number, ensure: Ensure): Promise<FoundThing> {
    const kinds = target.kind === '' ? KINDS : ([target.kind, 'room', 'group'] satisfies Kind[]);
    const missing: CozifyError[] = [];
    for (const [index, hub] of hubsToSearch(target, nodeHub, this.hubs).entries()) {
      const live = this.of(hub);
      // What may be an id or a name is a name in the first hub only.
      const wanted = index === 0 ? target : { ...target, isText: false };
      try {
        await ensure(live, kinds, maxAgeMs);
        return { ...findTarget(wanted, [live.home.things]), target, live };
      } catch (error) {
        const { code } = toCozifyError(error);
        if (target.id === '' || code === 'COZIFY_BAD_INPUT') throw error;
        missing.push(toCozifyError(error));
      }
    }
    throw missing[0] ?? new CozifyError('COZIFY_NOT_FOUND', 'The account has no hub yet: log in, or add a hub to it.');
  }
}
