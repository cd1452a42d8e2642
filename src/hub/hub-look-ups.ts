import { CallLimiter } from '../async/rate-limiter.js';
import type { Clock } from '../async/clock.js';
import type { HubKeys } from '../cloud/cloud-api.js';
import type { CloudClient } from '../cloud/cloud-client.js';
import type { Http } from '../http/http-client.js';
import type { CloudRecord } from '../state/account-record.js';
import { getHub, lanRoute } from './hub-api.js';
import { type HubReach, type HubWishes, type LookUp, lookUpHubs } from './hub-discovery.js';
import { HubRounds } from './hub-rounds.js';

/** The dependencies of {@link HubLookUps}. */
export interface HubLookUpsOptions {
  client: CloudClient;
  send: Http;
  clock: Clock;
  shutdown: AbortSignal;
}

/** Hubs that the background asks per second. It sends up to three other requests per second to the cloud. */
const MOST_A_SECOND = 7;

/** Runs the discoveries of an account and limits how many hubs the background asks at a time. */
export class HubLookUps {
  readonly #options: HubLookUpsOptions;
  readonly #rounds = new HubRounds();
  readonly #limiter: CallLimiter;

  constructor(options: HubLookUpsOptions) {
    this.#options = options;
    this.#limiter = new CallLimiter(options.clock, MOST_A_SECOND);
  }

  /** Runs {@link lookUpHubs}; without `options` as a discovery in the background. */
  async run({ hubs }: CloudRecord, token: string, keys: HubKeys, options: HubWishes | undefined): Promise<LookUp> {
    if (options !== undefined) return lookUpHubs(this.#reach(token, false), hubs, keys, options);
    const found = await lookUpHubs(this.#reach(token, true), hubs, keys, options, this.#rounds.next(hubs));
    this.#rounds.noteSilent(found.silent);
    return found;
  }

  /** Returns the calls of a discovery. `isPatient`: it runs in the background, so its calls are rate-limited. */
  #reach(token: string, isPatient: boolean): HubReach {
    const { client, send, shutdown } = this.#options;
    const inTime = async <T>(call: () => Promise<T>): Promise<T> => {
      if (isPatient) await this.#limiter.ready(shutdown);
      return call();
    };
    return {
      lanAddresses: () => client.lanIp(),
      askLan: (address) => inTime(() => getHub(lanRoute(send, address, { signal: shutdown }))),
      askRemote: (hubKey) => inTime(() => getHub((path) => client.remote(token, hubKey, { path }))),
    };
  }
}
