import type { AccountOptions } from './account-options.js';
import { maskEmail } from '../text.js';
import type { AccountRun } from './account-run.js';
import { toIso } from './snapshot.js';
import { takeSnapshot } from './take-snapshot.js';

/**
 * Returns diagnostics of an account: state, times, counters and the codes of the last errors. Contains no secret;
 * e-mail addresses are masked.
 */
export function describeAccount(options: AccountOptions, { parts, loader }: AccountRun): object {
  const { email, loginEmail, account, ...snapshot } = takeSnapshot(options, parts);
  const { cloudUrl, isAutorefresh, expiryMs } = options;
  const { login, revision } = parts.state.cloud;
  return {
    ...snapshot,
    account: account.replace(/\S+/g, (word) => (word.slice(1, -1).includes('@') ? maskEmail(word) : word)),
    email: email === null ? null : maskEmail(email),
    loginEmail: loginEmail === null ? null : maskEmail(loginEmail),
    settings: {
      cloudUrl,
      autorefresh: isAutorefresh,
      expirySeconds: expiryMs / 1000,
      shared: parts.accountState.isShared,
    },
    isStateRead: loader.isReady,
    stateError: loader.error?.message ?? null,
    token:
      login === null
        ? null
        : {
            isRejected: login.isRejected,
            rejectedAt: toIso(login.rejectedAt),
            nextCheckAt: toIso(parts.backgroundTasks.nextCheckAt),
            changes: revision,
          },
    ...parts.callLog.summary(),
  };
}
