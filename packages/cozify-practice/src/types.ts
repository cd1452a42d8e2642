import type { HubBehaviour } from './behaviour';
import type { HomeOptions } from './home/furnish';

/** Options of a simulated hub. All have defaults. */
export interface SimulatedHubOptions {
  /** The `hubId`. Defaults to a UUID made from the name and the hub's index. */
  id?: string;
  name?: string;
  /** Name in the hub's keys, if it differs from the hub's own name. */
  keyName?: string;
  /** Firmware version with four parts, such as `1.14.9.124`; the first two are the API version. */
  version?: string;
  /** Address of the LAN server, within 127.0.0.0/8. Defaults to `127.0.0.1`. */
  address?: string;
  /** Port of the LAN server; 0, the default, means any free port. */
  port?: number;
  /** Whether the hub has a LAN server. Defaults to true. */
  onLan?: boolean;
  /** Lifetime of the hub's keys, in milliseconds. Defaults to a year. */
  keyLifeMs?: number;
  /** Role of the hub's keys. Defaults to 32, an admin. */
  role?: number;
  /** Differences from the default behaviour. */
  behaviour?: Partial<HubBehaviour>;
  /** Options of the hub's home. Defaults to the house with 40 devices. */
  home?: HomeOptions;
}

/**
 * The form of the answer to `hub/lan_ip`. `bare`: an address such as `127.0.0.2`, which works only for a hub on port
 * 8893; `url`: a URL such as `http://127.0.0.1:41234`; `empty`, `null` and `error`: the known answers without
 * addresses.
 */
export type LanIpForm = 'bare' | 'url' | 'empty' | 'null' | 'error';

/** Settings that can be changed at any time. */
export interface Settings {
  /** Delay of every answer of the cloud and the hubs, in milliseconds. */
  latencyMs: number;
  /** Lifetime of a new cloud token, in milliseconds. */
  tokenLifeMs: number;
  /** Lifetime of an e-mailed code, in milliseconds. */
  codeLifeMs: number;
  /**
   * Number of requests, with any token, for which the old token still works after a refresh. 0: it stops working at
   * once; Infinity: it works until it expires. A number instead of a time, because a slow process might use up the time
   * before its first request.
   */
  graceRequests: number;
  lanIpForm: LanIpForm;
  lanIpOrder: 'as-listed' | 'reversed';
  /** Status for a wrong, expired or used code. The real status is unknown. */
  rejectedCodeStatus: number;
  /** Status of a call through the cloud to a hub that is not connected. Real clouds reportedly use both. */
  hubOfflineStatus: 400 | 408;
}

export interface SimulatorOptions extends Partial<Settings> {
  /** Port of the cloud; 0, the default, means any free port. */
  port?: number;
  /** Hubs. Defaults to two hubs: `Koti` with the house and `Mökki 100 %` with the cottage. */
  hubs?: SimulatedHubOptions[];
  /** Clock in milliseconds. Defaults to `Date.now`. Delays always use real time. */
  now?: () => number;
}

/** Calls to the cloud, named by the last part of their path. */
export type CloudCall = 'requestlogin' | 'emaillogin' | 'hubkeys' | 'refreshsession' | 'logout' | 'lan_ip' | 'remote';

/**
 * The target of a fault: one call of the cloud, the LAN servers of all hubs (`hub`), every call of the cloud (`cloud`),
 * or everything (`*`).
 */
export type FaultTarget = CloudCall | 'hub' | 'cloud' | '*';

/**
 * A fault in an answer. `status` and `body` replace the real answer. With one of them, `hang` or `reset`, the request
 * is not carried out unless `after` is set. The other fields change how the answer is sent.
 */
export interface Fault {
  /** Applies only to requests for this hub, over any transport. */
  hubId?: string;
  /** Applies only to requests whose path contains this text, such as `/hub/poll` or `/command`. */
  path?: string;
  /** Number of requests that get this fault. Defaults to all requests. */
  times?: number;
  /** HTTP status. Defaults to 200 if there is a `body`. An error status without a `body` is sent with a JSON error. */
  status?: number;
  /** Headers that replace the headers of the answer. */
  headers?: Record<string, string>;
  body?: string;
  /** Delay before the answer, in milliseconds. */
  delayMs?: number;
  /** Never sends an answer, and keeps the connection open. */
  hang?: boolean;
  /** Resets the connection before the first byte of the answer. */
  reset?: boolean;
  /** Sends the full Content-Length but only this many bytes of the body, then closes the connection. */
  truncateAt?: number;
  /** Sends the headers at once and the body in pieces. */
  drip?: { everyMs: number; bytes: number };
  /** Compresses the body with gzip, for example to simulate a gzip bomb. */
  gzip?: boolean;
  /** Sends no Content-Length. */
  chunked?: boolean;
  /** Carries out the request (for example issues the new token) before the fault applies. */
  after?: boolean;
}

/** A request to the cloud or to a hub. */
export interface LoggedRequest {
  at: number;
  call: CloudCall | 'hub' | 'unknown';
  /** Address of the client. */
  from: string;
  method: string;
  /** Path with the query. */
  path: string;
  /** HTTP status; null before the answer. */
  status: number | null;
  /** The Authorization header as received. */
  token?: string;
  /** The X-Hub-Key header as received. */
  hubKey?: string;
  contentType?: string;
  body?: string;
  /** Id of the requested hub, over any transport. */
  hubId?: string;
}

/** An e-mail with a code. */
export interface SimulatedMail {
  to: string;
  code: string;
  sentAt: number;
  used: boolean;
}
