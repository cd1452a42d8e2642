import type { Clock } from '../async/clock.js';
import type { RateLimiter } from '../async/rate-limiter.js';
import type { HomeServicesOptions } from '../devices/steps/home-services.js';
import type { Http } from '../http/http-client.js';
import type { OtpLimiter } from '../login/otp-limiter.js';
import type { AccountRecord } from '../state/account-record.js';
import type { Store } from '../store/store.js';

/** Settings of an account. A Deploy may change them while the account exists, so they are read at each use. */
export interface AccountSettings extends Omit<HomeServicesOptions, 'clock'> {
  name: string;
  /** Base URL as returned by `parseCloudUrl`. */
  cloudUrl: string;
  /** The configured e-mail address; `''` if the user has configured none, `undefined` if it can't be read. */
  email?: string | undefined;
  isAutorefresh: boolean;
  expiryMs: number;
  store: Store<AccountRecord>;
}

/** Dependencies of an account. They never change, unlike the settings. */
export interface AccountHost {
  /** The id of the account, in the store and in its snapshot. */
  id: string;
  otpLimiter: OtpLimiter;
  http: { send: Http; close: () => void };
  clock: Clock;
  rateLimiter: RateLimiter;
  /**
   * Whether the account has no background tasks except for the retry of failed saves. `true` for a login in the dialog
   * before the Deploy, and for a copy that only reads the saved state.
   */
  isPassive?: boolean;
  /** Finds the pending login for an account at this cloud with one of these e-mail addresses. */
  findPendingLogin?: (cloudUrl: string, addresses: readonly string[]) => Promise<AdoptableLogin | undefined>;
}

/** A pending login: one that the user made in the account's dialog before the Deploy. The account may adopt it. */
export interface AdoptableLogin {
  record: AccountRecord;
  /** Deletes the pending login, after the account has saved it. */
  remove(): Promise<void>;
}

/** Settings and dependencies of an account. */
export interface AccountOptions extends AccountSettings, AccountHost {}
