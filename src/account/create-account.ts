import { type Clock, systemClock } from '../async/clock.js';
import { RateLimiter } from '../async/rate-limiter.js';
import { createHttp, type Http } from '../http/http-client.js';
import { parseCloudUrl, parseEmail, parseExpiry, DEFAULT_EXPIRY_MS } from '../input.js';
import { OtpLimiter, otpLimiterShape } from '../login/otp-limiter.js';
import { type AccountRecord, accountShape } from '../state/account-record.js';
import { fileStemOf } from '../store/file-stem.js';
import type { Shape } from '../schema.js';
import { FileStore, StateDirectory } from '../store/file-store.js';
import { createVolatileStore, type Log, type Store } from '../store/store.js';
import type { Account } from './account.js';
import { LivingAccount } from './living-account.js';

/** What a program says of an account; everything it leaves out has a default. */
export interface CreateAccountOptions {
  /** Tells accounts that share a directory apart; by default `cozify`. */
  id?: string;
  /** What the snapshot calls the account; by default its address. */
  name?: string;
  /** Where codes go. Without one an address is given when a code is asked for. */
  email?: string;
  /** An absolute path: state and key are kept there, encrypted. Without one nothing outlives the process, and `saved` is `false`. */
  directory?: string;
  /** A place of your own for the state, in place of a directory. */
  store?: Store<AccountRecord>;
  /** By default that of Cozify. */
  cloudUrl?: string;
  /** Renew the token in the background; by default `true`. */
  autorefresh?: boolean;
  /** How old a token may get: seconds, or `90s`, `12h`, `20d`; by default a day. */
  expiry?: number | string;
  /** Gets a line when something goes wrong, and when it is over; by default nobody does. */
  log?: Log;
  /** Sends requests; by default over sockets of its own. `close` is called when the account is closed. */
  http?: { send: Http; close: () => void };
  /** By default the system's. */
  clock?: Clock;
}

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * An account that wakes from its saved state, stays logged in by itself, and is closed with {@link Account.close}. Throws
 * `COZIFY_BAD_INPUT` for an address, URL or expiry that is none.
 *
 * One process at a time uses a directory. docs/library.md shows how.
 */
export function createAccount(options: CreateAccountOptions = {}): Account {
  const { id = 'cozify', name = '', email, directory, log = silent, clock = systemClock } = options;
  const folder = directory === undefined ? undefined : new StateDirectory(directory, log);
  const open = <T>(fileName: string, contentShape: Shape<T>): Store<T> =>
    folder === undefined ? createVolatileStore(fileName) : new FileStore(folder, fileName, contentShape);
  const file = fileStemOf(id);
  const living = new LivingAccount({
    id,
    name,
    cloudUrl: parseCloudUrl(options.cloudUrl),
    email: email === undefined ? undefined : parseEmail(email),
    isAutorefresh: options.autorefresh ?? true,
    expiryMs: parseExpiry(options.expiry) ?? DEFAULT_EXPIRY_MS,
    store: options.store ?? open(`${file}.json`, accountShape),
    // Of each account its own: those of one directory know nothing of each other, and would overwrite what others note.
    codes: new OtpLimiter(open(`${file}+codes.json`, otpLimiterShape), clock),
    http: options.http ?? createHttp(),
    rateLimiter: new RateLimiter(clock),
    clock,
    log,
  });
  living.start();
  return living.account;
}
