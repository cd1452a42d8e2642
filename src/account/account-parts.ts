import type { Clock } from '../async/clock.js';
import type { RateLimiter } from '../async/rate-limiter.js';
import { TimerQueue } from '../async/timer-queue.js';
import { CloudClient } from '../cloud/cloud-client.js';
import { KnownClaims } from '../cloud/known-claims.js';
import type { Http } from '../http/http-client.js';
import { HubClients } from '../hub/hub-clients.js';
import { HubRegistry } from '../hub/hub-registry.js';
import type { OtpLimiter } from '../login/otp-limiter.js';
import { loginStateOf } from '../login/login-state.js';
import { OtpLogin } from '../login/otp-login.js';
import { Session } from '../login/session.js';
import type { AccountRecord } from '../state/account-record.js';
import { type AccountHandover, AccountState, type ChangeListener } from '../state/account-state.js';
import { SaveRetry } from '../state/save-retry.js';
import type { Log, Store } from '../store/store.js';
import { HomeHandover } from '../devices/home-handover.js';
import type { Home } from '../devices/home.js';
import { Homes } from '../devices/homes.js';
import type { Language } from '../devices/names.js';
import { AccountEvents } from './account-events.js';
import { BackgroundTasks } from './background-tasks.js';
import { CallLog } from './call-log.js';
import { IsoTimes } from './iso-times.js';
import type { Snapshot } from './snapshot.js';

/** An account's settings, and what it is given from outside. */
export interface AccountOptions {
  /** The storage id, which is also the snapshot's. */
  id: string;
  name: string;
  /** Base URL as `parseCloudUrl` gives it. */
  cloudUrl: string;
  /** The configured address, where it can be read and is one. */
  email?: string | undefined;
  isAutorefresh: boolean;
  expiryMs: number;
  store: Store<AccountRecord>;
  /** One for all accounts of the process: what an account hands to its successor at a Deploy. */
  handover: AccountHandover;
  codes: OtpLimiter;
  http: { send: Http; close: () => void };
  clock: Clock;
  rateLimiter: RateLimiter;
  log: Log;
  /** Does nothing by itself but save what could not be: a login that waits for its account. */
  isResting?: boolean;
  /** What the homes of an account hand to their successors at a Deploy; without it they begin anew. */
  homeHandover?: HomeHandover<Home>;
  /** The language of factory names; by default English. */
  language?: Language;
  /** How long after the start of a poll of a hub the next starts, on the LAN and through the cloud, in milliseconds. */
  pollLanMs?: number;
  pollCloudMs?: number;
  /** A login for one of these addresses that waits to be taken up by this account, and how to let go of it afterwards. */
  waiting?: { read(addresses: readonly string[]): Promise<AccountRecord | null>; letGo(): Promise<void> };
}

/** What an account is made of, the lowest floor first. */
export interface AccountParts {
  events: AccountEvents;
  callLog: CallLog;
  claims: KnownClaims;
  iso: IsoTimes;
  state: AccountState;
  client: CloudClient;
  hubs: HubRegistry;
  session: Session;
  hubClients: HubClients;
  homes: Homes;
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
  const events = new AccountEvents({ origin, log, snapshot, state: () => loginStateOf(session, otpLogin) });
  const callLog = new CallLog(clock);
  const state = new AccountState({ id, origin, store, handover, onChange });
  const client = new CloudClient({
    baseUrl: cloudUrl,
    send: http.send,
    clock,
    state,
    onCall: (name, outcome) => {
      callLog.note(name, typeof outcome === 'string' ? undefined : outcome);
      events.noteCall(outcome);
    },
  });
  const hubs = new HubRegistry({ state, client, send: http.send, clock });
  const claims = new KnownClaims();
  const session = new Session({
    id,
    state,
    client,
    handover,
    clock,
    claims,
    isShared,
    onRenewalFailed: () => events.noteRenewalFailed(),
    onRenewed: () => events.noteRenewed(),
    onKeys: (keys) => hubs.noteKeys(keys),
  });
  const hubClients = new HubClients({
    state,
    client,
    send: http.send,
    clock,
    log,
    askKeys: async () => (await session.ask()).isAccepted,
    onReach: (isEvent) => (isEvent ? events.noteHubReach() : events.tell()),
  });
  const otpLogin = new OtpLogin({ id, state, client, session, codes, clock });
  const timers = new TimerQueue(clock, (due) => {
    saveRetry.ring(due);
    backgroundTasks.ring(due);
  });
  const saveRetry = new SaveRetry(state, timers);
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
    otpRemaining: () => otpLogin.remainingMs,
    onOtpExpired: () => events.noteState(),
  });
  return {
    events,
    callLog,
    claims,
    iso: new IsoTimes(),
    state,
    client,
    hubs,
    session,
    hubClients,
    homes: createHomes(options, state, hubClients),
    otpLogin,
    backgroundTasks,
    saveRetry,
    timers,
  };
}

const POLL_LAN_MS = 1_000;
const POLL_CLOUD_MS = 10_000;

function createHomes(options: AccountOptions, state: AccountState, hubClients: HubClients): Homes {
  const { id, clock, log, homeHandover = new HomeHandover(clock), language = 'en' } = options;
  const { pollLanMs = POLL_LAN_MS, pollCloudMs = POLL_CLOUD_MS } = options;
  return new Homes({
    account: id,
    clock,
    log,
    handover: homeHandover,
    language,
    pollLanMs,
    pollCloudMs,
    hubs: () => ({ ids: state.cloud.hubs.map((hub) => hub.id), defaultId: state.cloud.defaultHub }),
    client: (hub) => hubClients.get(hub),
    version: (hub) => state.cloud.hubs.find((one) => one.id === hub)?.version ?? null,
  });
}
