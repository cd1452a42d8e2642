import { toCozifyError } from '../../errors.js';
import { selectFrom } from '../homes/target-resolver.js';
import type { DeviceFilter } from '../targets/device-filter.js';
import { NAMES_MAX_AGE_MS } from '../home/home-cache.js';
import type { Homes, ListedThing } from '../homes/homes.js';
import { OfflinePolicy } from '../homes/cache-policy.js';
import { findRooms, namedLike, parseNodeTargets, type Target } from '../targets/target.js';
import type { Language } from '../things/names.js';
import { type ListedState, showListed } from './thing-list.js';

/** What nodes name, and where. */
export interface ResolveQuery {
  /** As nodes keep them; one that makes no sense is unknown. */
  readonly targets: readonly unknown[];
  /** By id or name. */
  readonly rooms: readonly string[];
  /** Of the node, for names; empty for the default hub, and for rooms all of them. */
  readonly hub: string;
  /** For factory names; by default that of the home. */
  readonly language: Language | undefined;
}

/** What a name or an id means to a node. */
export interface Resolved {
  /** "unknown": the hub is away, its lists are not there, or an environment variable is in it. */
  is: 'found' | 'gone' | 'several' | 'unknown';
  thing: ListedState | null;
  /** Where several have the name: these. */
  things?: ListedState[];
}

/** One of each that was asked for, in their order. */
export interface AllResolved {
  targets: Resolved[];
  rooms: Resolved[];
}

/** A hub that does not answer is not waited for longer; what is known of it has to do. */
const PATIENCE_MS = 3_000;
/** So many are looked up before others have their turn. */
const BATCH = 100;
/** More of one name are not shown. */
const MOST_NAMED = 10;

const UNKNOWN: Resolved = { is: 'unknown', thing: null };

/**
 * What nodes would find by their targets and rooms, by the code that they find it with, and nothing is polled for it.
 * What nobody can tell, since a hub is away or has not told its lists, is never gone. Throws where the account has no hub.
 */
export async function resolveAll(homes: Homes, wishes: ResolveQuery): Promise<AllResolved> {
  // Says why there is none, such as that nobody is logged in.
  void homes.hubs;
  const patience = { patienceMs: PATIENCE_MS, patienceForNothingMs: PATIENCE_MS };
  const resolver = new Resolver(homes, wishes, new OfflinePolicy({ clock: homes.clock, ...patience }));
  return {
    targets: await inBatches(wishes.targets, (target) => resolver.target(target)),
    rooms: await inBatches(wishes.rooms, (room) => resolver.room(room)),
  };
}

class Resolver {
  readonly #homes: Homes;
  readonly #wishes: ResolveQuery;
  readonly #knowledge: OfflinePolicy;

  constructor(homes: Homes, wishes: ResolveQuery, knowledge: OfflinePolicy) {
    this.#homes = homes;
    this.#wishes = wishes;
    this.#knowledge = knowledge;
  }

  async target(given: unknown): Promise<Resolved> {
    const target = parseOne(given);
    if (target === undefined) return UNKNOWN;
    try {
      const found = await this.#homes.find(target, this.#wishes.hub, this.#knowledge);
      return { is: 'found', thing: this.#show(found) };
    } catch (error) {
      return this.#missed(error, () => this.#several(target));
    }
  }

  async room(room: string): Promise<Resolved> {
    if (room === '' || isFromEnv(room)) return UNKNOWN;
    try {
      const homes = this.#homes.listened(this.#wishes.hub);
      const wishes = {
        filter: { ...NOTHING_OF, rooms: [room] },
        kinds: ['room'] as const,
        maxAgeMs: () => NAMES_MAX_AGE_MS,
        clock: this.#homes.clock,
      };
      await selectFrom(homes, wishes, this.#knowledge);
      const [found] = homes.flatMap((live) =>
        findRooms(room, live.home.things).map((id) => ({ entry: live.home.things.get('room', id), live })),
      );
      if (found?.entry === undefined) return UNKNOWN;
      return { is: 'found', thing: this.#show({ entry: found.entry, live: found.live }) };
    } catch (error) {
      return this.#missed(error, () => []);
    }
  }

  #missed(error: unknown, several: () => ListedThing[]): Resolved {
    const { code } = toCozifyError(error);
    if (code === 'COZIFY_NOT_FOUND') return { is: 'gone', thing: null };
    if (code !== 'COZIFY_BAD_INPUT') return UNKNOWN;
    return { is: 'several', thing: null, things: several().map((thing) => this.#show(thing)) };
  }

  #several(target: Target): ListedThing[] {
    const [live] = this.#homes.mayBeAt(target, this.#wishes.hub);
    if (live === undefined) return [];
    return namedLike(target, live.home.things)
      .slice(0, MOST_NAMED)
      .map((entry) => ({ entry, live }));
  }

  #show(thing: ListedThing): ListedState {
    return showListed(thing, this.#wishes.language, false);
  }
}

/** A filter that leaves no thing. */
const NOTHING_OF: DeviceFilter = { kinds: [], rooms: [], capabilities: [], match: 'all', reachable: 'any' };

/** `undefined` for what makes no sense, or is known only when the flow runs. */
function parseOne(given: unknown): Target | undefined {
  try {
    const [target] = parseNodeTargets([given]);
    return target !== undefined && !isFromEnv(target.name + target.id + target.hub) ? target : undefined;
  } catch {
    return undefined;
  }
}

function isFromEnv(text: string): boolean {
  return text.includes('${');
}

async function inBatches<T>(all: readonly T[], resolve: (one: T) => Promise<Resolved>): Promise<Resolved[]> {
  const resolved: Resolved[] = [];
  for (let start = 0; start < all.length; start += BATCH) {
    if (start > 0) await new Promise((next) => setImmediate(next));
    resolved.push(...(await Promise.all(all.slice(start, start + BATCH).map(resolve))));
  }
  return resolved;
}
