import { CallLimiter } from '../async/call-limiter.js';
import type { Clock } from '../async/clock.js';
import { KeyedMutex } from '../async/keyed-mutex.js';
import { SingleFlight } from '../async/single-flight.js';
import type { HubKeys } from '../cloud/cloud-api.js';
import type { CloudClient } from '../cloud/cloud-client.js';
import type { Http } from '../http/http-client.js';
import { getHub, lanRoute } from './hub-api.js';
import { hasNewHub, type HubReach, type HubWishes, lookUpHubs, withKeys, withLookedUp } from './hub-discovery.js';
import { HubRounds } from './hub-rounds.js';
import type { AccountState } from '../state/account-state.js';

/** Where hubs are kept, and who tells of them. */
export interface HubRegistryOptions {
  state: AccountState;
  client: CloudClient;
  send: Http;
  clock: Clock;
}

/** So many hubs are asked in a second by the background, which asks the cloud up to three times beside that. */
const MOST_A_SECOND = 7;

/** Keeps what is known of an account's hubs true: their keys, where they are, what they are called. */
export class HubRegistry {
  readonly #options: HubRegistryOptions;
  readonly #closing = new AbortController();
  readonly #mutex = new KeyedMutex();
  readonly #lookUps = new SingleFlight<boolean>();
  readonly #rounds = new HubRounds();
  readonly #limiter: CallLimiter;
  readonly #closed: Promise<void>;

  constructor(options: HubRegistryOptions) {
    this.#options = options;
    this.#limiter = new CallLimiter(options.clock, MOST_A_SECOND);
    this.#closed = new Promise((resolve) => this.#closing.signal.addEventListener('abort', () => resolve()));
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
    const reach = this.#reach(token, wishes === undefined);
    const due = wishes === undefined ? this.#rounds.next(state.cloud.hubs) : undefined;
    const { hubs, hasTrouble, silent } = await lookUpHubs(reach, state.cloud.hubs, keys, wishes, due);
    if (due !== undefined) this.#rounds.noteSilent(silent);
    if (this.#closing.signal.aborted) return false;
    await state.changeCloud((cloud) => {
      const next = withLookedUp(cloud, hubs, keys);
      return isSame(cloud.hubs, next.hubs) && cloud.defaultHub === next.defaultHub ? undefined : next;
    });
    return hasTrouble;
  }

  /** What nobody waits for is not hurried. */
  #reach(token: string, isPatient: boolean): HubReach {
    const { client, send } = this.#options;
    const { signal } = this.#closing;
    const inTime = async <T>(call: () => Promise<T>): Promise<T> => {
      if (isPatient) await this.#limiter.ready(this.#closed);
      return call();
    };
    return {
      lanAddresses: () => client.lanIp(),
      askLan: (address) => inTime(() => getHub(lanRoute(send, address, { signal }))),
      askRemote: (hubKey) => inTime(() => getHub((path) => client.remote(token, hubKey, { path }))),
    };
  }
}

function isSame(before: unknown, after: unknown): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}
