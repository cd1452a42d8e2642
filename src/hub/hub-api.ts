/** The calls of a hub, 1:1 and stateless, on the LAN or through the cloud. */
import type { HubAddress } from './hub-address.js';
import type { RemoteRequest } from '../cloud/cloud-api.js';
import { CozifyError } from '../errors.js';
import type { Http, HttpResponse } from '../http/http-client.js';
import { expectOk } from '../http/response.js';
import { parseJson, shape } from '../schema.js';

/** What a hub says of itself. */
export interface HubInfo {
  hubId: string;
  /** Empty where it gives none. */
  name: string;
  /** Such as `1.14.9.124`; its first two parts are the version in API paths. `null` where it gives none. */
  version: string | null;
}

/** A way to a hub: sends a GET for one of the hub's own paths. */
export type HubRoute = (path: `/${string}`) => Promise<HttpResponse>;

/** A request for a hub by whichever way; `path` is one of the hub's own. */
export interface HubCall extends RemoteRequest {
  /** A hub that is there may refuse it with 400. */
  isRefusable?: boolean;
}

/** Limits a call on the LAN (docs/dev/rules.md, "Deadlines and waiting"). */
const LAN_DEADLINE_MS = 5_000;
/** A hub that is there takes a connection in a fraction of this. */
const LAN_CONNECT_MS = 2_000;
const LAN_MAX_BYTES = 4 * 1024 * 1024;

/** Only the id is needed to know the hub; what else it says is taken where it is usable. */
const hubShape = shape<{ hubId: string; name?: unknown; version?: unknown }>({
  type: 'object',
  required: ['hubId'],
  properties: { hubId: { type: 'string', minLength: 1, maxLength: 128 } },
});

const nameShape = shape<string>({ type: 'string', maxLength: 256 });
const versionShape = shape<string>({ type: 'string', pattern: '^\\d{1,6}\\.\\d{1,6}([.+-][\\w.+-]{0,64})?$' });

/** Asks a hub on the LAN. Without `hubKey` it answers {@link getHub} only. Gives the response as it comes. */
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

/** A hub on the LAN. Without `hubKey` only {@link getHub} works. */
export function lanRoute(
  send: Http,
  address: HubAddress,
  { hubKey, signal }: { hubKey?: string | undefined; signal?: AbortSignal | undefined } = {},
): HubRoute {
  return (path) => askOnLan(send, address, hubKey, { path, signal });
}

/** Asks a hub who it is; needs no key on the LAN. */
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

/** The version in API paths: the first two parts of the hub's own. */
export function apiVersion(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}
