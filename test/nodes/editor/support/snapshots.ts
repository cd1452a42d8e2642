import type { HubSnapshot, Snapshot } from '../../../../src/account/snapshot.js';

export const EMAIL = 'owner@example.fi';

const HUB: HubSnapshot = {
  id: 'hub-1',
  name: 'Koti',
  host: '192.168.1.5',
  remote: false,
  autoremote: true,
  version: null,
  default: true,
  reachable: null,
  role: 'admin',
};

/** The snapshot of an account that has an e-mail address and has never logged in. `rest` replaces some properties. */
export function neverLoggedIn(rest: Partial<Snapshot> = {}): Snapshot {
  return {
    id: 'account',
    account: EMAIL,
    state: 'otp-required',
    email: EMAIL,
    loginEmail: null,
    otpSentAt: null,
    lastRefresh: null,
    expiresAt: null,
    nextRefresh: null,
    reachable: true,
    saved: true,
    hubs: [],
    ...rest,
  };
}

/** The snapshot of an account that is logged in. */
export function loggedIn(rest: Partial<Snapshot> = {}): Snapshot {
  return neverLoggedIn({
    state: 'authenticated',
    loginEmail: EMAIL,
    lastRefresh: '2030-01-01T10:00:00.000Z',
    expiresAt: '2030-01-31T10:00:00.000Z',
    nextRefresh: '2030-01-02T10:00:00.000Z',
    hubs: [hub()],
    ...rest,
  });
}

export function hub(rest: Partial<HubSnapshot> = {}): HubSnapshot {
  return { ...HUB, ...rest };
}
