import { createController } from '../async/signals.js';
import { TimerQueue } from '../async/timers.js';
import { CloudClient } from '../cloud/cloud-client.js';
import { ClaimsCache } from '../cloud/token.js';
import { LazyHomes } from '../devices/steps/lazy-homes.js';
import { HubClients } from '../hub/hub-clients.js';
import { HubRegistry } from '../hub/hub-registry.js';
import type { LastRenewal } from '../login/last-renewal.js';
import { OtpLogin } from '../login/otp-login.js';
import { Session } from '../login/session.js';
import type { AccountState } from '../state/account-state.js';
import { CloudState } from '../state/cloud-state.js';
import type { AccountEvents } from './account-events.js';
import type { AccountOptions } from './account-options.js';
import { BackgroundTasks } from './background-tasks.js';
import type { CallLog } from './call-log.js';
import { IsoTimes } from './snapshot.js';

/** Objects of an account that outlive a run. A run ends, for example, when the account changes its cloud. */
export interface LastingParts {
  accountState: AccountState;
  events: AccountEvents;
  callLog: CallLog;
  lastRenewal: LastRenewal;
}

/** Objects of one run of an account (its work at one cloud), in the order of their dependencies. */
export interface AccountParts extends LastingParts {
  /** Aborted when the run closes. */
  shutdown: AbortController;
  claims: ClaimsCache;
  iso: IsoTimes;
  state: CloudState;
  client: CloudClient;
  hubs: HubRegistry;
  session: Session;
  hubClients: HubClients;
  homes: LazyHomes;
  otpLogin: OtpLogin;
  backgroundTasks: BackgroundTasks;
  /** The timers of the background tasks. */
  timers: TimerQueue;
  /** Informs the event subscribers and the homes that the reachability of a hub has changed. */
  noteHubReachability: () => void;
}

/** Creates the objects of one run of an account and connects them. `lasting`: the objects that outlive the run. */
export function createParts(options: AccountOptions, lasting: LastingParts): AccountParts {
  const { id, cloudUrl, http, clock, otpLimiter, log } = options;
  const { accountState, events, callLog, lastRenewal } = lasting;
  const shutdown = createController();
  const state = new CloudState(accountState, new URL(cloudUrl).origin, shutdown.signal);
  const client = new CloudClient({
    baseUrl: cloudUrl,
    send: http.send,
    clock,
    state,
    shutdown: shutdown.signal,
    onCall: (name, outcome) => {
      callLog.note(name, typeof outcome === 'string' ? undefined : outcome);
      if (!shutdown.signal.aborted) events.noteCall(outcome);
    },
  });
  const shared = { state, client, send: http.send, clock, shutdown: shutdown.signal };
  const hubs = new HubRegistry(shared);
  const claims = new ClaimsCache();
  const session: Session = new Session({
    ...shared,
    claims,
    lastRenewal,
    isShared: () => accountState.isShared,
    events,
    hubs,
    onRenewal: (renewal) => backgroundTasks.noteRenewal(renewal),
  });
  const hubClients: HubClients = new HubClients({
    ...shared,
    log,
    requestKeys: async () => (await session.ask()).isAccepted,
    onReachabilityChange: () => noteHubReachability(),
  });
  const noteHubReachability = (): void => {
    events.noteHubReachability();
    homes.loaded?.feed.noteReach();
  };
  const homes = new LazyHomes(options, state, hubClients);
  const otpLogin: OtpLogin = new OtpLogin({ ...shared, id, session, otpLimiter });
  const timers = new TimerQueue(clock, (due) => backgroundTasks.fire(due));
  const lowerParts = { ...shared, ...lasting, timers, session, hubs, otpLogin };
  const backgroundTasks = new BackgroundTasks({ ...lowerParts, rateLimiter: options.rateLimiter, settings: options });
  return {
    ...lowerParts,
    shutdown,
    claims,
    iso: new IsoTimes(),
    hubClients,
    homes,
    backgroundTasks,
    noteHubReachability,
  };
}
