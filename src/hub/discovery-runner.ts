import { CallLimiter } from '../async/call-limiter.js';
import type { Clock } from '../async/clock.js';
import type { HubKeys } from '../cloud/cloud-api.js';
import type { CloudClient } from '../cloud/cloud-client.js';
import type { Http } from '../http/http-client.js';
import type { CloudRecord, HubRecord } from '../state/account-record.js';
import { getHub, lanRoute } from './hub-api.js';
import { type DiscoveryCalls, type DiscoveryOptions, type DiscoveryResult, discoverHubs } from './hub-discovery.js';

/** The dependencies of {@link DiscoveryRunner}. */
export interface DiscoveryRunnerOptions {
  client: CloudClient;
  send: Http;
  clock: Clock;
  shutdown: AbortSignal;
}

/**
 * The maximum number of hubs that the background discoveries of an account ask per second. With the up to three
 * requests of other background work, that is at most ten requests per second to the cloud.
 */
const MAX_PER_SECOND = 7;

/** Runs the discoveries of an account. Limits how many hubs per second a background discovery asks. */
export class DiscoveryRunner {
  readonly #options: DiscoveryRunnerOptions;
  readonly #rotation = new DiscoveryRotation();
  readonly #limiter: CallLimiter;

  constructor(options: DiscoveryRunnerOptions) {
    this.#options = options;
    this.#limiter = new CallLimiter(options.clock, MAX_PER_SECOND);
  }

  /**
   * Runs {@link discoverHubs}. Without `options` it is a background discovery, which asks only the hubs whose turn it
   * is.
   */
  async run(
    { hubs }: CloudRecord,
    token: string,
    keys: HubKeys,
    options: DiscoveryOptions | undefined,
  ): Promise<DiscoveryResult> {
    if (options !== undefined) return discoverHubs(this.#calls(token, { isBackground: false }), hubs, keys, options);
    const found = await discoverHubs(
      this.#calls(token, { isBackground: true }),
      hubs,
      keys,
      options,
      this.#rotation.next(hubs),
    );
    this.#rotation.noteSilent(found.silent);
    return found;
  }

  /** Returns the calls of a discovery. `isBackground`: whether the calls to hubs are rate-limited. */
  #calls(token: string, { isBackground }: { isBackground: boolean }): DiscoveryCalls {
    const { client, send, shutdown } = this.#options;
    const limited = async <T>(call: () => Promise<T>): Promise<T> => {
      if (isBackground) await this.#limiter.ready(shutdown);
      return call();
    };
    return {
      lanAddresses: () => client.lanIp(),
      askLan: (address) => limited(() => getHub(lanRoute(send, address, { signal: shutdown }))),
      askRemote: (hubKey) => limited(() => getHub((path) => client.remote(token, hubKey, { path }))),
    };
  }
}

/**
 * A hub that is reached through the cloud is asked in at most every sixth background discovery, because it works
 * without a LAN address.
 */
const REMOTE_EVERY = 6;

/**
 * Chooses the hubs that each background discovery asks: all hubs the first time, then one hub in turn and the hubs that
 * did not answer last time. For the other hubs the cloud's address list is enough.
 */
export class DiscoveryRotation {
  /** Number of discoveries so far. */
  #discoveries = 0;
  /** Number of the discovery in which a hub was last asked, by hub id. */
  readonly #askedIn = new Map<string, number>();
  #silent: readonly string[] = [];

  /** Returns the ids of the hubs to ask in the next discovery. */
  next(hubs: readonly HubRecord[]): Set<string> {
    this.#discoveries += 1;
    for (const id of this.#askedIn.keys()) if (!hubs.some((hub) => hub.id === id)) this.#askedIn.delete(id);
    const never = hubs.filter(({ id }) => !this.#askedIn.has(id));
    const longestAgo = hubs
      .filter((hub) => !hub.isRemote || this.#discoveries - this.#lastOf(hub) >= REMOTE_EVERY)
      .sort((one, other) => this.#lastOf(one) - this.#lastOf(other))
      .slice(0, 1);
    const chosen = new Set([...never, ...longestAgo].map(({ id }) => id));
    for (const id of chosen) this.#askedIn.set(id, this.#discoveries);
    return new Set([...chosen, ...this.#silent]);
  }

  /** Stores the ids of the hubs that did not answer. */
  noteSilent(ids: readonly string[]): void {
    this.#silent = ids;
  }

  #lastOf({ id }: HubRecord): number {
    return this.#askedIn.get(id) ?? 0;
  }
}
