import { type Clock, settlesWithin } from '../../async/clock.js';
import { CozifyError, toCozifyError } from '../../errors.js';
import { isSilence } from '../../hub/hub-client.js';
import type { Kind } from '../things/kinds.js';
import type { LiveHome } from '../home/live-home.js';

/** What somebody goes by who looks for things at home. */
export interface CachePolicy {
  /** Makes sure that what is known of these kinds is good enough to go by; throws what keeps the hub from telling. */
  ensure(live: LiveHome, kinds: readonly Kind[], maxAgeMs: number): Promise<void>;
  /** Makes sure that it is no older than that, whatever else is good enough: something is not there. */
  renew(live: LiveHome, kinds: readonly Kind[], maxAgeMs: number): Promise<void>;
}

/** Goes by nothing that is older than asked for. */
export const FRESH: CachePolicy = {
  ensure: (live, kinds, maxAgeMs) => live.ensure(kinds, maxAgeMs),
  renew: (live, kinds, maxAgeMs) => live.ensure(kinds, maxAgeMs),
};

/** A hub that is away may be back, but nobody waits for it as for one that is there. */
const AWAY_PATIENCE_MS = 2_000;

/** What somebody is content with. */
export interface OfflinePolicyOptions {
  clock: Clock;
  /** Memory will not do where the hub is away. */
  isFresh?: boolean;
  /** How long a hub is waited for where memory has something of it; by default until it has answered or not. */
  patienceMs?: number;
  /** The same where memory has nothing: somebody else may have something. */
  patienceForNothingMs?: number;
}

/**
 * Goes by memory, however old, where the hub is away. Throws `COZIFY_HUB_OFFLINE` where memory has nothing, where what is
 * known is not good enough for whatever is looked for, and with `isFresh` always. A hub that is away is tried once by all
 * who ask through one of these, and briefly where it is known to be away.
 */
export class OfflinePolicy implements CachePolicy {
  readonly #options: OfflinePolicyOptions;
  /** What did not come, by hub and list: one that fails says nothing of the others. */
  readonly #away = new Map<LiveHome, Map<Kind, CozifyError>>();

  constructor(options: OfflinePolicyOptions) {
    this.#options = options;
  }

  async ensure(live: LiveHome, kinds: readonly Kind[], maxAgeMs: number): Promise<void> {
    const silence = await this.#silenceOf(live, kinds, maxAgeMs);
    const isKnown = kinds.some((kind) => live.home.asOf(kind) !== null);
    if (silence !== undefined && (this.#options.isFresh === true || !isKnown)) throw asOffline(silence);
  }

  async renew(live: LiveHome, kinds: readonly Kind[], maxAgeMs: number): Promise<void> {
    const silence = await this.#silenceOf(live, kinds, maxAgeMs);
    if (silence !== undefined) throw asOffline(silence);
  }

  /** Whether a hub did not tell of a kind, so that memory stands in for it. */
  isAway(live: LiveHome, kind: Kind): boolean {
    return this.#away.get(live)?.has(kind) ?? false;
  }

  /** What the hub's silence looked like; `undefined` where it has told all. Throws what is no silence. */
  async #silenceOf(live: LiveHome, kinds: readonly Kind[], maxAgeMs: number): Promise<CozifyError | undefined> {
    const away = this.#away.get(live) ?? new Map<Kind, CozifyError>();
    const known = kinds.map((kind) => away.get(kind)).find((silence) => silence !== undefined);
    if (known !== undefined) return known;
    try {
      await this.#load(live, kinds, maxAgeMs);
      return undefined;
    } catch (thrown) {
      const error = toCozifyError(thrown);
      // A hub that gives no lists is away, too, once it has given none for long enough.
      if (!isSilence(error) && !(live.client.isReachable === false && isListMissing(error))) throw error;
      for (const kind of kinds) away.set(kind, error);
      this.#away.set(live, away);
      return error;
    }
  }

  async #load(live: LiveHome, kinds: readonly Kind[], maxAgeMs: number): Promise<void> {
    const { clock } = this.#options;
    const load = live.ensure(kinds, maxAgeMs);
    const patienceMs = this.#patienceMs(live, kinds);
    if (patienceMs !== undefined && !(await settlesWithin(clock, load, patienceMs))) {
      const message = `The hub did not answer within ${patienceMs / 1000} seconds.`;
      throw new CozifyError('COZIFY_HUB_OFFLINE', message);
    }
    await load;
  }

  #patienceMs(live: LiveHome, kinds: readonly Kind[]): number | undefined {
    if (live.client.isReachable === false) return AWAY_PATIENCE_MS;
    const isKnown = kinds.some((kind) => live.home.asOf(kind) !== null);
    return isKnown ? this.#options.patienceMs : this.#options.patienceForNothingMs;
  }
}

/**
 * Goes by what a hub tells; by memory only where a hub that answers has no list to give, since what is to be sent may get
 * there all the same.
 */
export const FOR_COMMANDS: CachePolicy = {
  ensure: async (live, kinds, maxAgeMs) => {
    try {
      await live.ensure(kinds, maxAgeMs);
    } catch (thrown) {
      const error = toCozifyError(thrown);
      if (!isListMissing(error) || kinds.some((kind) => live.home.asOf(kind) === null)) throw asOffline(error);
    }
  },
  renew: (live, kinds, maxAgeMs) =>
    live.ensure(kinds, maxAgeMs).catch((thrown: unknown) => {
      throw asOffline(toCozifyError(thrown));
    }),
};

/** Whether a hub answered, but with no list. */
function isListMissing({ code }: CozifyError): boolean {
  return code === 'COZIFY_API' || code === 'COZIFY_BAD_ANSWER';
}

/** What a hub that does not answer means to somebody who asked for something of it. */
export function asOffline(silence: CozifyError): CozifyError {
  if (silence.code !== 'COZIFY_UNREACHABLE') return silence;
  return new CozifyError('COZIFY_HUB_OFFLINE', silence.message, { cause: silence });
}
