import type { KnownClaims } from '../cloud/known-claims.js';
import { type HubRole, roleIn } from '../hub/hub-role.js';
import type { LoginState } from '../login/otp-login.js';
import type { CloudRecord } from '../state/account-record.js';

/** A hub as flows see it. */
export interface HubSnapshot {
  id: string;
  name: string;
  /** LAN address, with `:port` where it is not 8893; `null` when it was not found on the LAN. */
  host: string | null;
  /** Calls go through the cloud. */
  remote: boolean;
  /** May switch between LAN and cloud by itself. */
  autoremote: boolean;
  /** The hub's own, such as `1.14.9.124`; `null` before it has answered. */
  version: string | null;
  default: boolean;
  /** Whether it answers; `null` until it was asked something. */
  reachable: boolean | null;
  /** What the account may do there, as its key says; `null` without a key, or when it does not say. */
  role: HubRole | null;
}

/** What a flow, an event or the dialog may know of an account. Holds no secret. Times are ISO 8601 UTC. */
export interface Snapshot {
  id: string;
  /** The node's name, else the address, else the id. */
  account: string;
  state: LoginState;
  /** Where the next code goes. */
  email: string | null;
  /** Whose login the token is; `null` without one, or when it was set by hand. */
  loginEmail: string | null;
  /** A code is on its way, whatever the state. */
  otpSentAt: string | null;
  /** When the token in force was received by login or refresh; `null` when it was set by hand. */
  lastRefresh: string | null;
  expiresAt: string | null;
  /** When the background will ask for the next token; `null` without a token or with `autorefresh` off. */
  nextRefresh: string | null;
  /** Whether the last call reached the cloud; `true` before the first. */
  reachable: boolean;
  /** Whether the state is in the store. */
  saved: boolean;
  hubs: HubSnapshot[];
}

/** The hubs of a record as flows see them. */
export function listHubs(
  { hubs, defaultHub }: CloudRecord,
  claims: KnownClaims,
  isReachable: (id: string) => boolean | null,
): HubSnapshot[] {
  return hubs.map((hub) => ({
    id: hub.id,
    name: hub.name,
    host: hub.host,
    remote: hub.isRemote,
    autoremote: hub.isAutoremote,
    version: hub.version,
    default: hub.id === defaultHub,
    reachable: isReachable(hub.id),
    role: hub.key === null ? null : roleIn(claims.of(hub, hub.key)),
  }));
}

/** ISO 8601 UTC, or `null` for what is no time. */
export function toIso(time: number | null | undefined): string | null {
  if (time === null || time === undefined) return null;
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
