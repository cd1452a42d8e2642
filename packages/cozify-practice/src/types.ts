import type { HubBehaviour } from './behaviour';
import type { HomeOptions } from './home/furnish';

/** A simulated hub as a test asks for it; everything has a default. */
export interface SimulatedHubOptions {
  /** `hubId`; default: a UUID made from the name and the hub's place in the list. */
  id?: string;
  name?: string;
  /** The name inside the hub's keys, when it is to differ from what the hub itself says. */
  keyName?: string;
  /** Four parts, e.g. `1.14.9.124`; the first two are the version of the hub's API. */
  version?: string;
  /** The address of its LAN server, within 127.0.0.0/8; default `127.0.0.1`. */
  address?: string;
  /** 0, the default, means any free port. */
  port?: number;
  /** Whether it has a LAN server at all; default true. */
  onLan?: boolean;
  /** How long its keys live; default a year. */
  keyLifeMs?: number;
  /** What its keys may do; default 32, an admin. */
  role?: number;
  /** Where it differs from the default behaviour. */
  behaviour?: Partial<HubBehaviour>;
  /** Which home it has; default: the house of 40 devices. */
  home?: HomeOptions;
}

/**
 * How `hub/lan_ip` names the hubs. `bare` is `127.0.0.2`, which only leads to a hub that listens on 8893; `url` is
 * `http://127.0.0.1:41234`; the other three are the known ways of saying that there is none.
 */
export type LanIpForm = 'bare' | 'url' | 'empty' | 'null' | 'error';

/** What can be changed while the simulator runs. */
export interface Settings {
  /** Added before every answer of the cloud and of the hubs. */
  latencyMs: number;
  /** How long a new cloud token lives. */
  tokenLifeMs: number;
  /** How long an e-mailed code works. */
  codeLifeMs: number;
  /**
   * How many more requests that show a token, any token, the old one outlives a refresh; Infinity: its whole life; 0:
   * none. Not a time, because a process that is slow to start would use it up without doing anything.
   */
  graceRequests: number;
  lanIpForm: LanIpForm;
  lanIpOrder: 'as-listed' | 'reversed';
  /** The status for a wrong, expired or used code, which no source knows. */
  rejectedCodeStatus: number;
  /** The status of a call through the cloud for a hub that is not connected. Both are said to be in use. */
  hubOfflineStatus: 400 | 408;
}

export interface SimulatorOptions extends Partial<Settings> {
  /** The port of the cloud; 0, the default, means any free port. */
  port?: number;
  /** Default: two hubs, `Koti` with the house and `Mökki 100 %` with the cottage. */
  hubs?: SimulatedHubOptions[];
  /** The clock, in milliseconds; default `Date.now`. Delays are always real. */
  now?: () => number;
}

/** The calls of the cloud, by the last part of their path. */
export type CloudCall = 'requestlogin' | 'emaillogin' | 'hubkeys' | 'refreshsession' | 'logout' | 'lan_ip' | 'remote';

/** What a fault is for: one call, the hubs' LAN servers, every call of the cloud, or everything. */
export type FaultTarget = CloudCall | 'hub' | 'cloud' | '*';

/**
 * How an answer is spoiled. With `status` or `body` the real answer is not made at all, unless `after` asks for the
 * real work to be done first; without them the real answer is sent, in the way the other fields say.
 */
export interface Fault {
  /** Only requests for this hub, by whichever way. */
  hubId?: string;
  /** Only requests with this in their path, such as `/hub/poll` or `/command`. */
  path?: string;
  /** How many requests it spoils; default all of them. */
  times?: number;
  /** Default 200 if there is a `body`. An error status without a `body` gets a JSON error. */
  status?: number;
  /** Set last, so they replace any header of the answer. */
  headers?: Record<string, string>;
  body?: string;
  /** Wait before the answer. */
  delayMs?: number;
  /** The headers never come. */
  hang?: boolean;
  /** The connection is reset before any byte of the answer. */
  reset?: boolean;
  /** Announce the whole Content-Length, send so many bytes of the body, then close the connection. */
  truncateAt?: number;
  /** Send the headers at once and the body in pieces. */
  drip?: { everyMs: number; bytes: number };
  /** Compress the body, as a gzip bomb does. */
  gzip?: boolean;
  /** Send no Content-Length. */
  chunked?: boolean;
  /** Do the real work first (issue the new token, say), then spoil the answer. */
  after?: boolean;
}

/** One request to the cloud or to a hub, in the order they came. */
export interface LoggedRequest {
  at: number;
  call: CloudCall | 'hub' | 'unknown';
  /** The address that it came from. */
  from: string;
  method: string;
  /** With the query. */
  path: string;
  /** null while there is no answer. */
  status: number | null;
  /** The Authorization header as received. */
  token?: string;
  /** The X-Hub-Key header as received. */
  hubKey?: string;
  contentType?: string;
  body?: string;
  /** The hub that was asked, by whichever way. */
  hubId?: string;
}

/** An e-mail with a code. */
export interface SimulatedMail {
  to: string;
  code: string;
  sentAt: number;
  used: boolean;
}
