/** The calls of a hub's API, and the interface of the transports that send them. Stateless. */
import type { HubAddress } from './hub-address.js';
import type { RemoteRequest } from '../cloud/cloud-api.js';
import { CozifyError } from '../errors.js';
import type { Http, HttpResponse } from '../http/http-client.js';
import { expectOk } from '../http/response.js';
import { parseJson, shape } from '../schema.js';

/** The data that a hub returns about itself. */
export interface HubInfo {
  hubId: string;
  /** Empty if the hub reports no name. */
  name: string;
  /**
   * Firmware version such as `1.14.9.124`; its first two parts are the version in API paths. `null` if the hub reports
   * none.
   */
  version: string | null;
}

/** Sends a GET for a path of the hub's API over one transport. */
export type HubRoute = (path: `/${string}`) => Promise<HttpResponse>;

/** A request to a hub over any transport; `path` is a path of the hub's API. */
export interface HubCall extends RemoteRequest {
  /** Whether the hub itself may answer the request with 400. */
  isRefusable?: boolean;
}

/** The name of a transport. */
export type TransportName = 'lan' | 'cloud';

/** A transport to one hub: the LAN or the cloud. */
export interface HubTransport {
  readonly name: TransportName;
  /** Makes sure that the hub can be reached over this transport. Throws `COZIFY_UNREACHABLE` if not. */
  prepare(): Promise<void>;
  getHub(hubKey: string): Promise<HubInfo>;
  /**
   * Sends a request to the hub and returns the response, whatever its status. Throws if the response asks to retry
   * later.
   */
  send(hubKey: string, call: HubCall): Promise<HttpResponse>;
}

/** Deadline of a call on the LAN (docs/dev/rules.md, "Deadlines and waiting"). */
const LAN_DEADLINE_MS = 5_000;
/** Time limit for opening a connection. A hub that is online needs a fraction of this. */
const LAN_CONNECT_MS = 2_000;
const LAN_MAX_BYTES = 4 * 1024 * 1024;

/** Only the id is required. Invalid values of the other fields are ignored. */
const hubShape = shape<{ hubId: string; name?: unknown; version?: unknown }>({
  type: 'object',
  required: ['hubId'],
  properties: { hubId: { type: 'string', minLength: 1, maxLength: 128 } },
});

const nameShape = shape<string>({ type: 'string', maxLength: 256 });
const versionShape = shape<string>({ type: 'string', pattern: '^\\d{1,6}\\.\\d{1,6}([.+-][\\w.+-]{0,64})?$' });

/**
 * Sends a request to a hub on the LAN and returns the response, whatever its status. Without `hubKey` the hub answers
 * {@link getHub} only.
 */
export function askOnLan(
  send: Http,
  address: HubAddress,
  hubKey: string | undefined,
  { method = 'GET', ...call }: HubCall,
): Promise<HttpResponse> {
  const { path, body, ...limits } = call;
  return send({
    method,
    url: `${address.origin}${path}`,
    peer: `The hub at ${address.host}`,
    deadlineMs: LAN_DEADLINE_MS,
    connectMs: LAN_CONNECT_MS,
    maxBytes: LAN_MAX_BYTES,
    isLan: true,
    isReplayable: method === 'GET',
    headers: {
      ...(hubKey === undefined ? {} : { Authorization: hubKey }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body }),
    ...limits,
  });
}

/** Returns the LAN route to a hub. Without `hubKey` only {@link getHub} works. */
export function lanRoute(
  send: Http,
  address: HubAddress,
  { hubKey, signal }: { hubKey?: string | undefined; signal?: AbortSignal | undefined } = {},
): HubRoute {
  return (path) => askOnLan(send, address, hubKey, { path, signal });
}

/** Reads the id, name and version of a hub. Needs no key on the LAN. */
export async function getHub(route: HubRoute): Promise<HubInfo> {
  const answer = await route('/hub');
  expectOk(answer);
  const hub = parseJson(answer.body);
  if (!hubShape.fits(hub)) {
    throw new CozifyError('COZIFY_BAD_ANSWER', 'The hub did not send its id.');
  }
  const { hubId, name, version } = hub;
  return {
    hubId,
    name: nameShape.fits(name) ? name : '',
    version: versionShape.fits(version) ? version : null,
  };
}

/** Returns the version in API paths: the first two parts of the firmware version. */
export function apiVersion(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}
