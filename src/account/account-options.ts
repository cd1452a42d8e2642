import type { Clock } from '../async/clock.js';
import type { RateLimiter } from '../async/rate-limiter.js';
import type { HomeStepsOptions } from '../devices/steps/home-steps.js';
import type { Http } from '../http/http-client.js';
import type { OtpLimiter } from '../login/otp-limiter.js';
import type { AccountRecord } from '../state/account-record.js';
import type { Store } from '../store/store.js';

/** What a person sets of an account, and may set anew while it lives. It is read when it is used. */
export interface AccountSettings extends Omit<HomeStepsOptions, 'clock'> {
  name: string;
  /** Base URL as `parseCloudUrl` gives it. */
  cloudUrl: string;
  /** The configured address where it is one, `''` where a person wants none, `undefined` where that can't be read. */
  email?: string | undefined;
  isAutorefresh: boolean;
  expiryMs: number;
  store: Store<AccountRecord>;
}

/** What an account is given from outside for its whole life. */
export interface AccountHost {
  /** The storage id, which is also the snapshot's. */
  id: string;
  codes: OtpLimiter;
  http: { send: Http; close: () => void };
  clock: Clock;
  rateLimiter: RateLimiter;
  /** Does nothing by itself but save what could not be: a login that waits for its account. */
  isResting?: boolean;
  /** The login that was made in the dialog for an account at this cloud with one of these addresses, if one waits. */
  waiting?: (cloudUrl: string, addresses: readonly string[]) => Promise<WaitingOffer | undefined>;
}

/** A login that waits to be taken up. */
export interface WaitingOffer {
  record: AccountRecord;
  /** It is kept by the account now, and is to be nowhere else. */
  letGo(): Promise<void>;
}

/** An account's settings, and what it is given from outside. */
export interface AccountOptions extends AccountSettings, AccountHost {}
