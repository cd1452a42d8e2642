import type { Account } from '../../../src/account/account.js';
import { ManagedAccount } from '../../../src/account/managed-account.js';
import type { AccountOptions } from '../../../src/account/account-options.js';
import { systemClock } from '../../../src/async/clock.js';
import { OtpLimiter, otpLimiterShape } from '../../../src/login/otp-limiter.js';
import type { FileSystem } from '../../../src/store/durable-directory.js';
import { FileStore, StateDirectory } from '../../../src/store/file-store.js';
import { createHttp } from '../../../src/http/http-client.js';
import { RateLimiter } from '../../../src/async/rate-limiter.js';
import { accountShape } from '../../../src/state/account-record.js';

export const EMAIL = 'owner@example.fi';
const DAY_MS = 86_400_000;

/** Opens an account with its state in files, as the account node does. */
export function openAccount(
  folder: string,
  cloudUrl: string,
  options: Partial<AccountOptions> & { fs?: FileSystem } = {},
): { account: Account; start: () => void } {
  const { fs, clock = systemClock, ...others } = options;
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const directory = new StateDirectory(folder, log, ...(fs === undefined ? [] : [fs]));
  const managed = new ManagedAccount({
    ...{ id: 'a1', name: '', cloudUrl, email: EMAIL, isAutorefresh: true, expiryMs: DAY_MS, clock, log },
    store: new FileStore(directory, 'a1.json', accountShape),
    otpLimiter: new OtpLimiter(new FileStore(directory, 'codes', otpLimiterShape), clock),
    http: createHttp(),
    rateLimiter: new RateLimiter(clock),
    ...others,
  });
  return { account: managed.account, start: () => managed.start() };
}

/** Saves a login in the folder, as an earlier process would have left it. */
export async function saveLogin(folder: string, cloudUrl: string, token: string): Promise<void> {
  const { account } = openAccount(folder, cloudUrl, { isAutorefresh: false });
  await account.token(token);
  await account.close();
}
