import { createRequire } from 'node:module';
import { CozifyError, printable } from '../errors.js';
import type { HubRecord } from '../state/account-record.js';
import type { Log } from '../store/store.js';
import type * as HubClientModule from './hub-client.js';
import type { HubClient, HubClientOptions } from './hub-client.js';
import type * as KeyRenewalModule from './key-renewal.js';
import type { KeyRenewal, KeyRenewalOptions } from './key-renewal.js';

/** The maximum number of hubs that an error suggests. */
const MAX_SUGGESTIONS = 4;

const load = createRequire(__filename);

/** The dependencies of all hub clients of an account. */
export interface HubClientsOptions extends Omit<HubClientOptions, 'id' | 'keys' | 'onOutage'>, KeyRenewalOptions {
  log: Log;
}

/**
 * The hub clients of an account. A client is created, and its module is loaded, with the first request to the hub,
 * because many accounts never send one.
 */
export class HubClients {
  readonly #options: HubClientsOptions;
  #keys: KeyRenewal | undefined;
  #clients: Map<string, HubClient> | undefined;

  constructor(options: HubClientsOptions) {
    this.#options = options;
  }

  /**
   * Returns the client of a hub; `''` means the default hub. Throws `COZIFY_NOT_FOUND` for an unknown id, or
   * `COZIFY_OTP_REQUIRED` if no hub is known because there is no login.
   */
  get(id = ''): HubClient {
    const hub = this.#find(id);
    const known = this.#clients?.get(hub.id);
    if (known !== undefined) return known;
    const client = this.#create(hub.id);
    this.#clients ??= new Map();
    this.#clients.set(hub.id, client);
    return client;
  }

  /** Whether a hub can be reached; `null` before the first request to it. */
  isReachable(id: string): boolean | null {
    return this.#clients?.get(id)?.isReachable ?? null;
  }

  /** Sets the reachability of all hubs to unknown. Returns whether the reachability of any hub was known. */
  forgetReachability(): boolean {
    const wereKnown = [...(this.#clients?.values() ?? [])].map((client) => client.forgetReachability());
    return wereKnown.includes(true);
  }

  /** Rejects all requests with `COZIFY_CLOSED`. */
  close(): void {
    for (const client of this.#clients?.values() ?? []) client.close();
  }

  #create(id: string): HubClient {
    const { HubClient: Client } = load('./hub-client.js') as typeof HubClientModule;
    const { KeyRenewal: Keys } = load('./key-renewal.js') as typeof KeyRenewalModule;
    this.#keys ??= new Keys(this.#options);
    const onOutage = (isOver: boolean): void => this.#logOutage(id, isOver);
    return new Client({ ...this.#options, id, keys: this.#keys, onOutage });
  }

  #find(id: string): HubRecord {
    const { hubs, defaultHub, login } = this.#options.state.cloud;
    if (hubs.length === 0) {
      throw login === null
        ? new CozifyError('COZIFY_OTP_REQUIRED', 'No hub is known yet: log in with a one-time code.')
        : new CozifyError('COZIFY_NOT_FOUND', 'The account has no hub.');
    }
    const found = hubs.find((hub) => hub.id === (id === '' ? defaultHub : id));
    if (found !== undefined) return found;
    const names = hubs.slice(0, MAX_SUGGESTIONS).map((hub) => `${hub.name} (${hub.id})`);
    throw new CozifyError('COZIFY_NOT_FOUND', `The account has no hub ${id}. It has ${names.join(', ')}.`);
  }

  #logOutage(id: string, isOver: boolean): void {
    const { state, log } = this.#options;
    const name = printable(state.cloud.hubs.find((hub) => hub.id === id)?.name ?? id);
    if (isOver) log.info(`The hub ${name} can be reached again.`);
    else log.warn(`The hub ${name} can't be reached.`);
  }
}
