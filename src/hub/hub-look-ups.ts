import { CallLimiter } from '../async/call-limiter.js';
import type { Clock } from '../async/clock.js';
import type { Ending } from '../async/ending.js';
import type { HubKeys } from '../cloud/cloud-api.js';
import type { CloudClient } from '../cloud/cloud-client.js';
import type { Http } from '../http/http-client.js';
import type { CloudRecord } from '../state/account-record.js';
import { getHub, lanRoute } from './hub-api.js';
import { type HubReach, type HubWishes, type LookUp, lookUpHubs } from './hub-discovery.js';
import { HubRounds } from './hub-rounds.js';

/** By what hubs are asked. */
export interface HubLookUpsOptions {
  client: CloudClient;
  send: Http;
  clock: Clock;
  ending: Ending;
}

/** So many hubs are asked in a second by the background, which asks the cloud up to three times beside that. */
const MOST_A_SECOND = 7;

/** The look-ups of an account: which of its hubs are asked in turn, and how fast. */
export class HubLookUps {
  readonly #options: HubLookUpsOptions;
  readonly #rounds = new HubRounds();
  readonly #limiter: CallLimiter;

  constructor(options: HubLookUpsOptions) {
    this.#options = options;
    this.#limiter = new CallLimiter(options.clock, MOST_A_SECOND);
  }

  /** As {@link lookUpHubs}; without `wishes` for the background. */
  async run({ hubs }: CloudRecord, token: string, keys: HubKeys, wishes: HubWishes | undefined): Promise<LookUp> {
    if (wishes !== undefined) return lookUpHubs(this.#reach(token, false), hubs, keys, wishes);
    const found = await lookUpHubs(this.#reach(token, true), hubs, keys, wishes, this.#rounds.next(hubs));
    this.#rounds.noteSilent(found.silent);
    return found;
  }

  /** What nobody waits for is not hurried. */
  #reach(token: string, isPatient: boolean): HubReach {
    const { client, send, ending } = this.#options;
    const { signal } = ending;
    const inTime = async <T>(call: () => Promise<T>): Promise<T> => {
      if (isPatient) await this.#limiter.ready(signal);
      return call();
    };
    return {
      lanAddresses: () => client.lanIp(),
      askLan: (address) => inTime(() => getHub(lanRoute(send, address, { signal }))),
      askRemote: (hubKey) => inTime(() => getHub((path) => client.remote(token, hubKey, { path }))),
    };
  }
}
