/** Decides whether cached lists may be used when a hub does not answer. */
import { settlesWithin } from '../../async/clock.js';
import { CozifyError, toCozifyError } from '../../errors.js';
import { isNoAnswer } from '../../hub/hub-client.js';
import type { LiveHome } from '../home/live-home.js';
import type { Kind } from '../things/kinds.js';

/**
 * Loads the lists that a read or a command needs. If the hub does not answer, the policy decides whether cached lists
 * are used instead.
 */
export interface CachePolicy {
  /** Resolves when the lists of a home are at most `maxAgeMs` old, or older if the policy allows older lists. */
  ensure(live: LiveHome, kinds: readonly Kind[], maxAgeMs: number): Promise<void>;
  /**
   * Loads lists again unless they are at most `maxAgeMs` old. Called if something was not found in the cached lists.
   */
  renew(live: LiveHome, kinds: readonly Kind[], maxAgeMs: number): Promise<void>;
}

/**
 * Time limit for loading lists from a hub that is known to be offline. The hub is asked nevertheless, because it may be
 * reachable again.
 */
const OFFLINE_TIMEOUT_MS = 2_000;

/**
 * Time limits for loading the lists that a command needs. They are short because later commands in the queue wait too.
 */
const LIST_MS = { lan: 5_000, cloud: 15_000 } as const;

/** Options of an {@link OfflinePolicy}. */
export interface OfflinePolicyOptions {
  /** Whether to fail if the hub does not answer, instead of using older cached lists. */
  isFresh?: boolean;
  /** Time limit for loading lists, in milliseconds. Without it, only the time limits of the requests apply. */
  timeoutMs?: number | undefined;
}

/**
 * Uses cached lists of any age while a hub is offline. `ensure` throws `COZIFY_HUB_OFFLINE` if nothing is cached, and
 * `renew` always throws it. A list that has failed is not requested again through the same policy object.
 */
export class OfflinePolicy implements CachePolicy {
  readonly #options: OfflinePolicyOptions;
  /** Failures by home and kind, see {@link listKey}. A failed list does not mean that the other lists fail too. */
  readonly #failures = new Map<string, CozifyError>();

  constructor(options: OfflinePolicyOptions = {}) {
    this.#options = options;
  }

  async ensure(live: LiveHome, kinds: readonly Kind[], maxAgeMs: number): Promise<void> {
    const failure = await this.#offlineFailureOf(live, kinds, maxAgeMs);
    if (failure !== undefined && (this.#options.isFresh === true || !isCached(live, kinds)))
      throw asOffline(failure, live);
  }

  async renew(live: LiveHome, kinds: readonly Kind[], maxAgeMs: number): Promise<void> {
    const failure = await this.#offlineFailureOf(live, kinds, maxAgeMs);
    if (failure !== undefined) throw asOffline(failure, live);
  }

  /** Whether the list of a kind could not be loaded because the hub is offline. */
  isAway(live: LiveHome, kind: Kind): boolean {
    return this.#failures.has(listKey(live, kind));
  }

  /** Loads lists. Returns the failure if the hub is offline, and throws any other failure. */
  async #offlineFailureOf(live: LiveHome, kinds: readonly Kind[], maxAgeMs: number): Promise<CozifyError | undefined> {
    const keys = kinds.map((kind) => listKey(live, kind));
    const known = keys.map((key) => this.#failures.get(key)).find((failure) => failure !== undefined);
    if (known !== undefined) return known;
    try {
      await this.#load(live, kinds, maxAgeMs);
      return undefined;
    } catch (thrown) {
      const error = toCozifyError(thrown);
      // A hub that keeps answering without sending its lists counts as offline after some time. From then on, such an
      // answer is treated like no answer.
      if (!isNoAnswer(error) && !(live.client.isReachable === false && isListMissing(error))) throw error;
      for (const key of keys) this.#failures.set(key, error);
      return error;
    }
  }

  async #load(live: LiveHome, kinds: readonly Kind[], maxAgeMs: number): Promise<void> {
    const load = live.ensure(kinds, maxAgeMs);
    const limitMs = live.client.isReachable === false ? OFFLINE_TIMEOUT_MS : this.#options.timeoutMs;
    if (limitMs !== undefined && !(await settlesWithin(live.clock, load, limitMs))) {
      throw new CozifyError('COZIFY_HUB_OFFLINE', `The hub did not answer within ${limitMs / 1000} seconds.`);
    }
    await load;
  }
}

/**
 * The policy for commands. Cached lists are used only if the hub answers but sends no list, because such a hub may
 * still accept the command.
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

/**
 * Loads lists within {@link LIST_MS}. The list of devices has no such limit, because devices come with the next poll.
 */
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

/** Whether the list of at least one of these kinds is cached. */
export function isCached({ cache }: LiveHome, kinds: readonly Kind[]): boolean {
  return kinds.some((kind) => cache.asOf(kind) !== null);
}

/** Whether an error means that the hub answered, but without a list. */
function isListMissing({ code }: CozifyError): boolean {
  return code === 'COZIFY_API' || code === 'COZIFY_BAD_ANSWER';
}

/**
 * Converts `COZIFY_UNREACHABLE` to `COZIFY_HUB_OFFLINE`, the code that nodes report. With `live`, also converts the error
 * of an answer without a list if the hub is offline because of such answers. Returns other errors unchanged.
 */
export function asOffline(failure: CozifyError, live?: LiveHome): CozifyError {
  const isOffline = live?.client.isReachable === false && isListMissing(failure);
  if (failure.code !== 'COZIFY_UNREACHABLE' && !isOffline) return failure;
  return new CozifyError('COZIFY_HUB_OFFLINE', failure.message, { cause: failure });
}
