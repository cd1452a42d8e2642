/** Resolves targets of nodes for the editor, which shows whether they still exist. */
import { toCozifyError } from '../../errors.js';
import { NAMES_MAX_AGE_MS } from '../home/home-cache.js';
import { OfflinePolicy } from '../across-hubs/cache-policy.js';
import type { Homes, ListedThing } from '../across-hubs/homes.js';
import { selectFrom } from '../across-hubs/target-resolver.js';
import { parseFilter } from '../targets/device-filter.js';
import { findRooms, kindsOf, namedThings, parseNodeTargets, type Target } from '../targets/target.js';
import type { Language } from '../things/names.js';
import { type ListedState, showListed } from './thing-list.js';

/**
 * Targets and rooms that nodes have saved. The editor asks which things they refer to, and whether they still exist.
 */
export interface ResolveQuery {
  /** Targets as nodes save them. An invalid target is "unknown". */
  readonly targets: readonly unknown[];
  /** Ids or names of rooms. */
  readonly rooms: readonly string[];
  /**
   * The id of the node's hub. If empty, targets given by name are looked up at the default hub, and rooms at all hubs.
   */
  readonly hub: string;
  /** The language of default names such as "Living room"; `undefined` for the language of the account. */
  readonly language: Language | undefined;
}

/** The result for one target or room: the thing that a node would find. */
export interface Resolved {
  /** "unknown": the hub is offline, its lists are missing, or the name contains an environment variable. */
  is: 'found' | 'gone' | 'several' | 'unknown';
  thing: ListedState | null;
  /** For "several": the things of this name. */
  things?: ListedState[];
}

/** The results for all targets and rooms, in the order of the query. */
export interface AllResolved {
  targets: Resolved[];
  rooms: Resolved[];
}

/** How long to wait for a hub that does not answer. */
const TIMEOUT_MS = 3_000;
/** Targets are resolved in batches of this size, so that the event loop can do other work in between. */
const BATCH = 100;
/** The maximum number of things of one name in a result. */
const MAX_NAMED = 10;

const UNKNOWN: Resolved = { is: 'unknown', thing: null };

/**
 * Resolves targets and rooms as nodes do, without polling. A thing of a hub that is offline is "unknown", never "gone".
 * Throws if the account has no hub, or is not logged in.
 */
export async function resolveAll(homes: Homes, query: ResolveQuery): Promise<AllResolved> {
  // The getter throws if the account has no hub, or is not logged in.
  void homes.hubs;
  const policy = new OfflinePolicy({ timeoutMs: TIMEOUT_MS });
  return {
    targets: await resolveInBatches(query.targets, (target) => resolveTarget(homes, query, policy, target)),
    rooms: await resolveInBatches(query.rooms, (room) => resolveRoom(homes, query, policy, room)),
  };
}

async function resolveTarget(
  homes: Homes,
  { hub, language }: ResolveQuery,
  policy: OfflinePolicy,
  given: unknown,
): Promise<Resolved> {
  const target = parseOne(given);
  if (target === undefined) return UNKNOWN;
  try {
    const found = await homes.find(target, hub, policy);
    return { is: 'found', thing: showListed(found, language, false) };
  } catch (error) {
    const { code } = toCozifyError(error);
    if (code !== 'COZIFY_BAD_INPUT') return code === 'COZIFY_NOT_FOUND' ? { is: 'gone', thing: null } : UNKNOWN;
    const things = namesakes(homes, target, hub).map((thing) => showListed(thing, language, false));
    return { is: 'several', thing: null, things };
  }
}

async function resolveRoom(
  homes: Homes,
  { hub, language }: ResolveQuery,
  policy: OfflinePolicy,
  room: string,
): Promise<Resolved> {
  if (room === '' || isFromEnv(room)) return UNKNOWN;
  try {
    const all = homes.covered(hub);
    const filter = parseFilter({ kinds: [], rooms: [room] });
    const options = { filter, kinds: ['room'] as const, maxAgeMs: () => NAMES_MAX_AGE_MS };
    await selectFrom(all, options, policy);
    const [thing] = all.flatMap((live) => {
      const { things } = live.cache;
      const [entry] = findRooms(room, things).map((id) => things.get('room', id));
      return entry === undefined ? [] : [{ entry, live }];
    });
    return thing === undefined ? UNKNOWN : { is: 'found', thing: showListed(thing, language, false) };
  } catch (error) {
    return toCozifyError(error).code === 'COZIFY_NOT_FOUND' ? { is: 'gone', thing: null } : UNKNOWN;
  }
}

/** Returns the things with the name of a target. */
function namesakes(homes: Homes, target: Target, hub: string): ListedThing[] {
  const [live] = homes.mayBeAt(target, hub);
  if (live === undefined) return [];
  const entries = namedThings(target, kindsOf(target), live.cache.things);
  return entries.slice(0, MAX_NAMED).map((entry) => ({ entry, live }));
}

/** Parses a target; `undefined` if it is invalid, or contains an environment variable. */
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

async function resolveInBatches<T>(all: readonly T[], resolve: (one: T) => Promise<Resolved>): Promise<Resolved[]> {
  const resolved: Resolved[] = [];
  for (let start = 0; start < all.length; start += BATCH) {
    if (start > 0) await new Promise((next) => setImmediate(next));
    resolved.push(...(await Promise.all(all.slice(start, start + BATCH).map(resolve))));
  }
  return resolved;
}
