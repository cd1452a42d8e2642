import { type ClaimsCache, type HubRole, roleIn } from '../cloud/token.js';
import type { LoginState } from '../login/otp-login.js';
import type { CloudRecord } from '../state/account-record.js';

/** A hub in a snapshot. */
export interface HubSnapshot {
  id: string;
  name: string;
  /** LAN address, with `:port` if the port is not 8893; `null` if the hub was not found on the LAN. */
  host: string | null;
  /** Whether requests to the hub go through the cloud. */
  remote: boolean;
  /** Whether requests to the hub may switch between LAN and cloud automatically. */
  autoremote: boolean;
  /** The version of the hub's software, such as `1.14.9.124`; `null` before its first answer. */
  version: string | null;
  default: boolean;
  /** Whether the hub answers; `null` before the first request to it. */
  reachable: boolean | null;
  /** The account's role at the hub, from the hub key; `null` if there is no key or no role in it. */
  role: HubRole | null;
}

/** The public state of an account, for flows, events and the dialog. Holds no secret. Times are ISO 8601 UTC. */
export interface Snapshot {
  id: string;
  /** The node's name, otherwise the e-mail address, otherwise the id. */
  account: string;
  state: LoginState;
  /** The e-mail address that the next login code is sent to. */
  email: string | null;
  /** The e-mail address of the login; `null` without a token, or when the token was set by a flow. */
  loginEmail: string | null;
  /**
   * The time when the pending login code was sent; `null` if no code is pending. A code may be pending even while the
   * account is logged in.
   */
  otpSentAt: string | null;
  /**
   * The time when the current token was received by login or refresh; `null` without a token, or if a flow has set the
   * token.
   */
  lastRefresh: string | null;
  expiresAt: string | null;
  /**
   * The time from which the background tasks renew the token; the renewal follows after a random delay. For a rejected
   * login, the time of the next check of the token. `null` without a token or with `autorefresh` off.
   */
  nextRefresh: string | null;
  /** Whether the last call reached the cloud; `true` before the first call. */
  reachable: boolean;
  /** Whether the state is saved in the store. */
  saved: boolean;
  hubs: HubSnapshot[];
}

/** Converts the hubs of a cloud record to the form that a snapshot contains. */
export function listHubs(
  { hubs, defaultHub }: CloudRecord,
  claims: ClaimsCache,
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

/** Returns a time as ISO 8601 UTC, or `null` if it is not a valid time. */
export function toIso(time: number | null | undefined): string | null {
  if (time === null || time === undefined) return null;
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** {@link IsoTimes} empties its cache when the cache has this many entries. One snapshot has fewer times. */
const MAX_TEXTS = 16;

/** Caches the ISO 8601 texts of times, because the snapshots of an account mostly contain the same times. */
export class IsoTimes {
  /** The ISO 8601 text of each cached time. Created with the first text. */
  #texts: Map<number, string | null> | undefined;

  /** Returns the text of a time, as {@link toIso} does. */
  of(time: number | null | undefined): string | null {
    if (time === null || time === undefined) return null;
    const cached = this.#texts?.get(time);
    if (cached !== undefined) return cached;
    if (this.#texts === undefined || this.#texts.size === MAX_TEXTS) this.#texts = new Map();
    const text = toIso(time);
    this.#texts.set(time, text);
    return text;
  }
}
