import type { AccountOptions } from './account-options.js';
import type { AccountParts } from './account-parts.js';
import { listHubs, type Snapshot } from './snapshot.js';

/**
 * Returns the snapshot of an account. Before the account's state has been read, the snapshot is that of an account that
 * has never logged in.
 */
export function takeSnapshot({ id, name, isPassive = false }: AccountOptions, parts: AccountParts): Snapshot {
  const { accountState, state, claims, iso, hubClients, otpLogin, backgroundTasks, events } = parts;
  const { cloud, record } = state;
  const { login } = cloud;
  // A pending login without a token has no e-mail address except the one that its login code was sent to.
  const email = record.email ?? (isPassive ? (cloud.otp?.email ?? null) : null);
  return {
    id,
    account: name !== '' ? name : (email ?? id),
    state: otpLogin.loginState,
    email,
    loginEmail: login?.email ?? null,
    otpSentAt: iso.of(otpLogin.open?.sentAt),
    lastRefresh: iso.of(login?.lastRefresh),
    expiresAt: iso.of(login === null ? undefined : claims.of(login, login.token).expiresAt),
    nextRefresh: iso.of(backgroundTasks.nextAt),
    reachable: events.isReachable,
    saved: accountState.isSaved,
    hubs: listHubs(cloud, claims, (hubId) => hubClients.isReachable(hubId)),
  };
}
