// Accounts for programs that use the library without Node-RED. In Node-RED, nodes/accounts/ makes the accounts.
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
import { ManagedAccount } from './managed-account.js';

/** Options of {@link createAccount}. All are optional. */
export interface CreateAccountOptions {
  /** The id of the account within its directory. Defaults to `cozify`. */
  id?: string;
  /** The account's name in its snapshot. Defaults to its e-mail address. */
  name?: string;
  /**
   * The e-mail address that login codes are sent to. Without this option, pass an address with each request for a code.
   */
  email?: string;
  /**
   * The absolute path of a directory for the encrypted state and its key. Without it the state is lost when the process
   * ends, and `saved` is `false`.
   */
  directory?: string;
  /** A custom store for the state, instead of a directory. */
  store?: Store<AccountRecord>;
  /** The base URL of the cloud. Defaults to Cozify's cloud. */
  cloudUrl?: string;
  /** Whether to renew the token in the background. Defaults to `true`. */
  autorefresh?: boolean;
  /**
   * The age at which a token is renewed: a number of seconds, or a text such as `90s`, `12h` or `20d`. Defaults to one
   * day.
   */
  expiry?: number | string;
  /** Receives a line when a problem starts or ends. By default nothing is logged. */
  log?: Log;
  /** Sends requests. Defaults to a client with its own connections. `close` is called when the account is closed. */
  http?: { send: Http; close: () => void };
  /** The clock. Defaults to the system's clock. */
  clock?: Clock;
}

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * Creates an account that loads its saved state and renews its login in the background until {@link Account.close}.
 * Throws `COZIFY_BAD_INPUT` for an invalid e-mail address, URL or expiry.
 *
 * Only one process at a time may use a directory. docs/library.md has examples.
 */
export function createAccount(options: CreateAccountOptions = {}): Account {
  const { id = 'cozify', name = '', email, directory, log = silent, clock = systemClock } = options;
  const folder = directory === undefined ? undefined : new StateDirectory(directory, log);
  const open = <T>(fileName: string, contentShape: Shape<T>): Store<T> =>
    folder === undefined ? createVolatileStore(fileName) : new FileStore(folder, fileName, contentShape);
  const file = fileStemOf(id);
  const managed = new ManagedAccount({
    id,
    name,
    cloudUrl: parseCloudUrl(options.cloudUrl),
    email: email === undefined ? undefined : parseEmail(email),
    isAutorefresh: options.autorefresh ?? true,
    expiryMs: parseExpiry(options.expiry) ?? DEFAULT_EXPIRY_MS,
    store: options.store ?? open(`${file}.json`, accountShape),
    // Each account has its own file, because the accounts of one directory don't share a limiter and would overwrite
    // each other's counts.
    otpLimiter: new OtpLimiter(open(`${file}+codes.json`, otpLimiterShape), clock),
    http: options.http ?? createHttp(),
    rateLimiter: new RateLimiter(clock),
    clock,
    log,
  });
  managed.start();
  return managed.account;
}
