import type { Clock } from '../async/clock.js';
import type { RateLimiter } from '../async/rate-limiter.js';
import type { HomeHandover } from '../devices/home/home-handover.js';
import type { Language } from '../devices/things/names.js';
import type { Http } from '../http/http-client.js';
import type { OtpLimiter } from '../login/otp-limiter.js';
import type { AccountRecord } from '../state/account-record.js';
import type { AccountHandover } from '../state/account-state.js';
import type { Log, Store } from '../store/store.js';

/** An account's settings, and what it is given from outside. */
export interface AccountOptions {
  /** The storage id, which is also the snapshot's. */
  id: string;
  name: string;
  /** Base URL as `parseCloudUrl` gives it. */
  cloudUrl: string;
  /** The configured address, where it can be read and is one. */
  email?: string | undefined;
  isAutorefresh: boolean;
  expiryMs: number;
  store: Store<AccountRecord>;
  /** One for all accounts of the process: what an account hands to its successor at a Deploy. */
  handover: AccountHandover;
  codes: OtpLimiter;
  http: { send: Http; close: () => void };
  clock: Clock;
  rateLimiter: RateLimiter;
  log: Log;
  /** Does nothing by itself but save what could not be: a login that waits for its account. */
  isResting?: boolean;
  /** What the homes of an account hand to their successors at a Deploy; without it they begin anew. */
  homeHandover?: HomeHandover;
  /** The language of factory names; by default English. */
  language?: Language;
  /** How long after the start of a poll of a hub the next starts, on the LAN and through the cloud, in milliseconds. */
  pollLanMs?: number;
  pollCloudMs?: number;
  /** A login for one of these addresses that waits to be taken up by this account, and how to let go of it afterwards. */
  waiting?: { read(addresses: readonly string[]): Promise<AccountRecord | null>; letGo(): Promise<void> };
}
