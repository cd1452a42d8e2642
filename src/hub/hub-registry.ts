import { KeyedMutex } from '../async/keyed-mutex.js';
import { SingleFlight } from '../async/single-flight.js';
import type { HubKeys } from '../cloud/cloud-api.js';
import type { CloudClient } from '../cloud/cloud-client.js';
import type { Http } from '../http/http-client.js';
import { getHub, lanRoute } from './hub-api.js';
import { hasNewHub, type HubReach, type HubWishes, lookUpHubs, withKeys, withLookedUp } from './hub-discovery.js';
import type { AccountState } from '../state/account-state.js';

/** Where hubs are kept, and who tells of them. */
export interface HubRegistryOptions {
  state: AccountState;
  client: CloudClient;
  send: Http;
}

/** Keeps what is known of an account's hubs true: their keys, where they are, what they are called. */
export class HubRegistry {
  readonly #options: HubRegistryOptions;
  readonly #closing = new AbortController();
  readonly #mutex = new KeyedMutex();
  readonly #lookUps = new SingleFlight<boolean>();

  constructor(options: HubRegistryOptions) {
    this.#options = options;
  }

  /** Takes over what a list of keys says of the hubs known. */
  async noteKeys(keys: HubKeys): Promise<void> {
    await this.#options.state.changeCloud((cloud) => {
      const next = withKeys(cloud, keys);
      return next === cloud ? undefined : next;
    });
  }

  hasNew(keys: HubKeys): boolean {
    return hasNewHub(this.#options.state.cloud, keys);
  }

  /**
   * Looks hubs up, one look-up after another, and notes what was found; those who want the same share one. Gives whether
   * it is worth trying again.
   */
  lookAfter(keys: HubKeys, wishes?: HubWishes): Promise<boolean> {
    const wanted = JSON.stringify([wishes, ...keys]);
    return this.#lookUps.run(wanted, () => this.#mutex.runExclusive('look-up', () => this.#lookUp(keys, wishes)));
  }

  close(): void {
    this.#closing.abort();
  }

  async #lookUp(keys: HubKeys, wishes: HubWishes | undefined): Promise<boolean> {
    const { state } = this.#options;
    const token = state.cloud.login?.token;
    if (token === undefined) return false;
    const { hubs, hasTrouble } = await lookUpHubs(this.#reach(token), state.cloud.hubs, keys, wishes);
    if (this.#closing.signal.aborted) return false;
    await state.changeCloud((cloud) => {
      const next = withLookedUp(cloud, hubs, keys);
      return isSame(cloud.hubs, next.hubs) && cloud.defaultHub === next.defaultHub ? undefined : next;
    });
    return hasTrouble;
  }

  #reach(token: string): HubReach {
    const { client, send } = this.#options;
    const { signal } = this.#closing;
    return {
      lanAddresses: () => client.lanIp(),
      askLan: (address) => getHub(lanRoute(send, address, { signal })),
      askRemote: (hubKey) => getHub((path) => client.remote(token, hubKey, { path })),
    };
  }
}

function isSame(before: unknown, after: unknown): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}
