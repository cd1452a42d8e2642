import type { HttpResponse } from '../http/http-client.js';
import type { HubCall, HubInfo } from './hub-api.js';

/** The name of a transport. */
export type TransportName = 'lan' | 'cloud';

/** A transport to one hub: the LAN or the cloud. */
export interface HubTransport {
  readonly name: TransportName;
  /** Makes sure that the transport leads to the hub. Throws `COZIFY_UNREACHABLE` otherwise. */
  prepare(): Promise<void>;
  getHub(hubKey: string): Promise<HubInfo>;
  /**
   * Sends a request to the hub and returns the response, whatever its status, but throws for one with `Retry-After`.
   */
  send(hubKey: string, call: HubCall): Promise<HttpResponse>;
}
