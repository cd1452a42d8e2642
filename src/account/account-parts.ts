import { Ending } from '../async/ending.js';
import { TimerQueue } from '../async/timer-queue.js';
import { CloudClient } from '../cloud/cloud-client.js';
import { KnownClaims } from '../cloud/known-claims.js';
import { HubClients } from '../hub/hub-clients.js';
import { HubRegistry } from '../hub/hub-registry.js';
import { loginStateOf } from '../login/login-state.js';
import { OtpLogin } from '../login/otp-login.js';
import { Session } from '../login/session.js';
import { AccountState, type ChangeListener } from '../state/account-state.js';
import { SaveRetry } from '../state/save-retry.js';
import { AccountEvents } from './account-events.js';
import { AccountHomes } from './account-homes.js';
import type { AccountOptions } from './account-options.js';
import { BackgroundTasks } from './background-tasks.js';
import { CallLog } from './call-log.js';
import { IsoTimes } from './iso-times.js';
import type { Snapshot } from './snapshot.js';

/** What an account is made of, the lowest floor first. */
export interface AccountParts {
  ending: Ending;
  events: AccountEvents;
  callLog: CallLog;
  claims: KnownClaims;
  iso: IsoTimes;
  state: AccountState;
  client: CloudClient;
  hubs: HubRegistry;
  session: Session;
  hubClients: HubClients;
  homes: AccountHomes;
  otpLogin: OtpLogin;
  backgroundTasks: BackgroundTasks;
  saveRetry: SaveRetry;
  /** The one timer of all plans. */
  timers: TimerQueue;
}

/** Makes the parts of an account and connects them. `snapshot` and `onChange` are the account's own. */
export function createParts(
  options: AccountOptions,
  { snapshot, onChange }: { snapshot: () => Snapshot; onChange: ChangeListener },
): AccountParts {
  const { id, cloudUrl, http, clock, store, handover, codes, log } = options;
  const { origin } = new URL(cloudUrl);
  const isShared = store.isShared === true;
  const ending = new Ending();
  const events: AccountEvents = new AccountEvents({
    id,
    origin,
    handover,
    log,
    snapshot,
    state: () => loginStateOf(session, otpLogin),
  });
  const callLog = new CallLog(clock);
  const state = new AccountState({ id, origin, store, handover, onChange });
  const client = new CloudClient({
    baseUrl: cloudUrl,
    send: http.send,
    clock,
    state,
    ending,
    onCall: (name, outcome) => {
      callLog.note(name, typeof outcome === 'string' ? undefined : outcome);
      events.noteCall(outcome);
    },
  });
  const hubs = new HubRegistry({ state, client, send: http.send, clock, ending });
  const claims = new KnownClaims();
  const session: Session = new Session({
    id,
    state,
    client,
    handover,
    clock,
    claims,
    ending,
    isShared,
    events,
    hubs,
    onRenewal: (renewal) => backgroundTasks.noteRenewal(renewal),
  });
  const hubClients = new HubClients({
    state,
    client,
    send: http.send,
    clock,
    log,
    askKeys: async () => (await session.ask()).isAccepted,
    onReach: () => events.noteHubReach(),
  });
  const otpLogin: OtpLogin = new OtpLogin({ id, state, client, session, codes, clock });
  const timers = new TimerQueue(clock, (due) => {
    saveRetry.ring(due);
    backgroundTasks.ring(due);
  });
  const saveRetry = new SaveRetry([state, codes], timers);
  const backgroundTasks = new BackgroundTasks({
    timers,
    state,
    session,
    hubs,
    client,
    clock,
    rateLimiter: options.rateLimiter,
    isAutorefresh: options.isAutorefresh,
    expiryMs: options.expiryMs,
    isShared,
    otpLogin,
    events,
  });
  return {
    ending,
    events,
    callLog,
    claims,
    iso: new IsoTimes(),
    state,
    client,
    hubs,
    session,
    hubClients,
    homes: new AccountHomes(options, state, hubClients),
    otpLogin,
    backgroundTasks,
    saveRetry,
    timers,
  };
}
