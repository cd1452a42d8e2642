import type { HttpResponse } from '../http/http-client.js';
import type { HubCall, HubInfo } from './hub-api.js';

/**
 * When the cloud is asked where a hub may be that is not where it was: in a try on the LAN that is one for that; later, by
 * which it becomes wanted; now, if it is wanted.
 */
export type AddressQuestion = 'if due' | 'later' | 'now';

/** A way to one hub: on the LAN or through the cloud. */
export interface HubWay {
  /** Makes sure that it leads to the hub. Throws `COZIFY_UNREACHABLE` when it does not. */
  prepare(question?: AddressQuestion): Promise<void>;
  getHub(hubKey: string): Promise<HubInfo>;
  /** Asks the hub something. Gives the response as it comes, but throws for one that asks to wait. */
  send(hubKey: string, call: HubCall): Promise<HttpResponse>;
}
