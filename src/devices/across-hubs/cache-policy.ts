/** Policies for lists of hubs that do not answer: when cached lists take their place. */
import { settlesWithin } from '../../async/clock.js';
import { CozifyError, toCozifyError } from '../../errors.js';
import { isSilence } from '../../hub/hub-client.js';
import type { LiveHome } from '../home/live-home.js';
import type { Kind } from '../things/kinds.js';

/** Decides when a step uses cached lists because the hub does not answer. */
export interface CachePolicy {
  /** Makes sure that lists of a home are usable: at most `maxAgeMs` old, or cached if the policy allows that. */
  ensure(live: LiveHome, kinds: readonly Kind[], maxAgeMs: number): Promise<void>;
  /** Makes sure that lists are at most `maxAgeMs` old, because something was not found in the cached ones. */
  renew(live: LiveHome, kinds: readonly Kind[], maxAgeMs: number): Promise<void>;
}

/** The time limit of a hub that is known to be offline: it may be back. */
const OFFLINE_PATIENCE_MS = 2_000;

/** Time limits for lists that a command needs, so that the commands behind it in the queue do not wait any longer. */
const LIST_MS = { lan: 5_000, cloud: 15_000 } as const;

/** Options of an {@link OfflinePolicy}. */
export interface OfflinePolicyOptions {
  /** Whether cached lists are not allowed at all. */
  isFresh?: boolean;
  /** Time limit for lists. Without it the hub may take as long as its requests. */
  patienceMs?: number | undefined;
}

/**
 * Uses cached lists, however old, of a hub that is offline. Throws `COZIFY_HUB_OFFLINE` if nothing is cached, and for
 * {@link CachePolicy.renew}. All callers of one policy share one try of a hub that is offline.
 */
export class OfflinePolicy implements CachePolicy {
  readonly #options: OfflinePolicyOptions;
  /** Failures by home and kind, see {@link listKey}: a list that fails says nothing about the others. */
  readonly #failures = new Map<string, CozifyError>();

  constructor(options: OfflinePolicyOptions = {}) {
    this.#options = options;
  }

  async ensure(live: LiveHome, kinds: readonly Kind[], maxAgeMs: number): Promise<void> {
    const failure = await this.#silenceOf(live, kinds, maxAgeMs);
    if (failure !== undefined && (this.#options.isFresh === true || !isCached(live, kinds))) throw asOffline(failure);
  }

  async renew(live: LiveHome, kinds: readonly Kind[], maxAgeMs: number): Promise<void> {
    const failure = await this.#silenceOf(live, kinds, maxAgeMs);
    if (failure !== undefined) throw asOffline(failure);
  }

  /** Whether a list failed, so that the cached one was used. */
  isAway(live: LiveHome, kind: Kind): boolean {
    return this.#failures.has(listKey(live, kind));
  }

  /** Loads lists. Returns the failure if the hub is offline, and throws any other failure. */
  async #silenceOf(live: LiveHome, kinds: readonly Kind[], maxAgeMs: number): Promise<CozifyError | undefined> {
    const keys = kinds.map((kind) => listKey(live, kind));
    const known = keys.map((key) => this.#failures.get(key)).find((failure) => failure !== undefined);
    if (known !== undefined) return known;
    try {
      await this.#load(live, kinds, maxAgeMs);
      return undefined;
    } catch (thrown) {
      const error = toCozifyError(thrown);
      // A hub that answers without lists is offline, too, after some time.
      if (!isSilence(error) && !(live.client.isReachable === false && isListMissing(error))) throw error;
      for (const key of keys) this.#failures.set(key, error);
      return error;
    }
  }

  async #load(live: LiveHome, kinds: readonly Kind[], maxAgeMs: number): Promise<void> {
    const load = live.ensure(kinds, maxAgeMs);
    const limitMs = live.client.isReachable === false ? OFFLINE_PATIENCE_MS : this.#options.patienceMs;
    if (limitMs !== undefined && !(await settlesWithin(live.clock, load, limitMs))) {
      throw new CozifyError('COZIFY_HUB_OFFLINE', `The hub did not answer within ${limitMs / 1000} seconds.`);
    }
    await load;
  }
}

/**
 * The policy of commands: cached lists are used only if the hub answers without a list, because a command may reach such a
 * hub nevertheless.
 */
export const FOR_COMMANDS: CachePolicy = {
  ensure: async (live, kinds, maxAgeMs) => {
    try {
      await loadForCommand(live, kinds, maxAgeMs);
    } catch (thrown) {
      const error = toCozifyError(thrown);
      if (!isListMissing(error) || kinds.some((kind) => live.cache.asOf(kind) === null)) throw error;
    }
  },
  renew: loadForCommand,
};

/** Loads lists for at most {@link LIST_MS}. Devices have no limit, because they come with the next answer to a poll. */
async function loadForCommand(live: LiveHome, kinds: readonly Kind[], maxAgeMs: number): Promise<void> {
  const load = live.ensure(kinds, maxAgeMs);
  const limitMs = LIST_MS[live.client.isThroughCloud ? 'cloud' : 'lan'];
  if (!kinds.includes('device') && !(await settlesWithin(live.clock, load, limitMs))) {
    const message = `The hub did not send its list of ${kinds.join('s and ')}s within ${limitMs / 1000} s.`;
    throw new CozifyError('COZIFY_HUB_OFFLINE', message);
  }
  await load.catch((thrown: unknown) => {
    throw asOffline(toCozifyError(thrown));
  });
}

function listKey({ cache }: LiveHome, kind: Kind): string {
  return `${cache.hub} ${kind}`;
}

/** Whether a list of any of these kinds is cached. */
export function isCached({ cache }: LiveHome, kinds: readonly Kind[]): boolean {
  return kinds.some((kind) => cache.asOf(kind) !== null);
}

/** Whether a hub answered, but without a list. */
function isListMissing({ code }: CozifyError): boolean {
  return code === 'COZIFY_API' || code === 'COZIFY_BAD_ANSWER';
}

/** Converts the failure of a hub that does not answer: steps report `COZIFY_HUB_OFFLINE`. */
export function asOffline(failure: CozifyError): CozifyError {
  if (failure.code !== 'COZIFY_UNREACHABLE') return failure;
  return new CozifyError('COZIFY_HUB_OFFLINE', failure.message, { cause: failure });
}
