import { loginStateOf } from '../login/login-state.js';
import type { LoginRecord } from '../state/account-record.js';
import type { AccountLoader } from './account-loader.js';
import type { AccountOptions, AccountParts } from './account-parts.js';
import { maskEmail } from './diagnostics.js';
import { listHubs, type Snapshot, toIso } from './snapshot.js';

/** What may be known of an account. Before its state has been read this is one that never logged in. */
export function takeSnapshot({ id, name, isResting = false }: AccountOptions, parts: AccountParts): Snapshot {
  const { state, claims, iso, session, hubClients, otpLogin, backgroundTasks, events } = parts;
  const { cloud, record } = state;
  const { login } = cloud;
  // A login in waiting has no other address than that of the code on its way.
  const email = record.email ?? (isResting ? (cloud.otp?.email ?? null) : null);
  return {
    id,
    account: name !== '' ? name : (email ?? id),
    state: loginStateOf(session, otpLogin),
    email,
    loginEmail: login?.email ?? null,
    otpSentAt: iso.of(otpLogin.open?.sentAt),
    lastRefresh: iso.of(login?.lastRefresh),
    expiresAt: iso.of(login === null ? undefined : claims.of(login, login.token).expiresAt),
    nextRefresh: iso.of(backgroundTasks.nextAt),
    reachable: events.isReachable,
    saved: state.isSaved,
    hubs: listHubs(cloud, claims, (hubId) => hubClients.isReachable(hubId)),
  };
}

/**
 * What helps to find out why something does not work: state, times, counters and the last errors by code. Holds no
 * secret; addresses are masked.
 */
export function describeAccount(options: AccountOptions, parts: AccountParts, loader: AccountLoader): object {
  const { email, loginEmail, account, ...snapshot } = takeSnapshot(options, parts);
  const { cloudUrl, isAutorefresh, expiryMs, store } = options;
  const { login, revision } = parts.state.cloud;
  return {
    ...snapshot,
    account: account.replace(/\S+@\S+/g, (address) => maskEmail(address)),
    email: email === null ? null : maskEmail(email),
    loginEmail: loginEmail === null ? null : maskEmail(loginEmail),
    settings: {
      cloudUrl,
      autorefresh: isAutorefresh,
      expirySeconds: expiryMs / 1000,
      shared: store.isShared === true,
    },
    isStateRead: loader.isReady,
    stateError: loader.error?.message ?? null,
    token: login === null ? null : { ...describeToken(login, parts), changes: revision },
    ...parts.diagnostics.report(),
  };
}

function describeToken({ isRejected, rejectedAt }: LoginRecord, { backgroundTasks }: AccountParts): object {
  return { isRejected, rejectedAt: toIso(rejectedAt), nextCheckAt: toIso(backgroundTasks.nextCheckAt) };
}
