import { BackgroundTasks } from './background-tasks.js';
import type { HubKeys } from '../cloud/cloud-api.js';
import { CloudClient } from '../cloud/cloud-client.js';
import { type Clock, settlesWithin } from '../async/clock.js';
import { OtpLogin } from '../login/otp-login.js';
import type { OtpLimiter } from '../login/otp-limiter.js';
import { Diagnostics, maskEmail } from './diagnostics.js';
import { CozifyError, toCozifyError } from '../errors.js';
import { type AccountListener, AccountEvents } from './account-events.js';
import type { Http } from '../http/http-client.js';
import { HubRegistry } from '../hub/hub-registry.js';
import type { HubWishes } from '../hub/hub-discovery.js';
import { parseEmail } from '../input.js';
import { type AccountHandover, AccountState } from '../state/account-state.js';
import type { RateLimiter } from '../async/rate-limiter.js';
import { SaveRetry } from '../state/save-retry.js';
import { type Renewal, Session } from '../login/session.js';
import { type LoginState, type Snapshot, listHubs, toIso } from './snapshot.js';
import {
  type AccountRecord,
  type LoginRecord,
  cloudOf,
  newLogin,
  withCloud,
  withLogin,
} from '../state/account-record.js';
import type { AccountTopic } from '../state/account-topics.js';
import type { Log, Store } from '../store/store.js';
import { decodeToken, isHeaderSafe } from '../cloud/token.js';

export interface AccountOptions {
  /** The storage id, which is also the snapshot's. */
  id: string;
  name: string;
  /** Base URL as `readCloudUrl` gives it. */
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
  pace: RateLimiter;
  log: Log;
  /** Does nothing by itself but save what could not be: a login that waits for its account. */
  isResting?: boolean;
  /** A login for one of these addresses that waits to be taken up by this account, and how to let go of it afterwards. */
  waiting?: { read(addresses: readonly string[]): Promise<AccountRecord | null>; drop(): Promise<void> };
}

export interface AuthenticateParams {
  /** A one-time code: log in with it, whatever the state. */
  otp?: string;
  /** The address the code was sent to; by default that of the code on its way, else the address in force. */
  email?: string;
  trustCloud?: boolean;
  trustHub?: boolean;
  remote?: boolean;
  autoremote?: boolean;
  autorefresh?: boolean;
  expiryMs?: number | undefined;
}

/** What a step gives. `isRefreshed`: it waited for a renewal. */
export interface StepResult<T> {
  value: T;
  isRefreshed: boolean;
}

/** How long a state that can't be read is left before it is tried again. */
const RELOAD_MS = 10_000;
const CLOSE_PATIENCE_MS = 2_000;
/** A step waits this long for the hubs, and no longer (the README's table of nodes). */
const HUB_PATIENCE_MS = 15_000;

/**
 * A Cozify account: what flows and the dialog call. Each step answers only after the state it reports is saved, or
 * could not be; each fails with a {@link CozifyError}, `COZIFY_STORE` while the state can't be read and
 * `COZIFY_CLOSED` when the account is closed meanwhile.
 */
export class Account {
  readonly id: string;
  /** Resolves when the state has been read; never when that stays impossible. */
  readonly ready: Promise<void>;
  readonly #options: AccountOptions;
  readonly #state: AccountState;
  readonly #client: CloudClient;
  readonly #session: Session;
  readonly #hubs: HubRegistry;
  readonly #backgroundTasks: BackgroundTasks;
  readonly #saveRetry: SaveRetry;
  readonly #otpLogin: OtpLogin;
  readonly #events: AccountEvents;
  readonly #diagnostics: Diagnostics;
  readonly #running = new Set<(error: CozifyError) => void>();
  #markReady: () => void = () => undefined;
  #loading: Promise<void> | undefined;
  #loadError: CozifyError | undefined;
  #reloadTimer: ReturnType<Clock['setTimeout']> | undefined;
  #isReady = false;
  #isClosed = false;
  /** A login that waited was taken up and not let go of yet. */
  #holdsWaiting = false;
  #unfollow: () => void = () => undefined;

  constructor(options: AccountOptions) {
    const { id, http, clock, store, handover, cloudUrl, codes, log, pace, isAutorefresh, expiryMs } = options;
    const { origin } = new URL(cloudUrl);
    this.id = id;
    this.#options = options;
    this.ready = new Promise((resolve) => {
      this.#markReady = resolve;
    });
    const events = new AccountEvents({ origin, log, snapshot: () => this.snapshot(), state: () => this.#loginState() });
    const state = new AccountState({
      id,
      origin,
      store,
      handover,
      onChange: (before, announced) => this.#noteChange(before, announced),
    });
    const diagnostics = new Diagnostics(clock);
    const client = new CloudClient({
      baseUrl: cloudUrl,
      send: http.send,
      clock,
      state,
      onCall: (name, outcome) => {
        diagnostics.note(name, typeof outcome === 'string' ? undefined : outcome);
        events.noteCall(outcome);
      },
    });
    const hubs = new HubRegistry({ state, client, send: http.send });
    const session = new Session({
      ...{ id, state, client, handover, clock, isShared: store.isShared === true },
      onRenewalFailed: () => events.noteRenewalFailed(),
      onRenewed: () => events.noteRenewed(),
      onKeys: (keys) => hubs.noteKeys(keys),
    });
    const otpLogin = new OtpLogin({ id, state, client, session, codes, clock });
    this.#backgroundTasks = new BackgroundTasks({
      ...{ state, session, hubs, client, clock, pace, isAutorefresh, expiryMs, isShared: store.isShared === true },
      otpRemaining: () => otpLogin.remainingMs,
      onOtpExpired: () => events.noteState(),
    });
    this.#saveRetry = new SaveRetry(state, clock);
    this.#events = events;
    this.#diagnostics = diagnostics;
    this.#state = state;
    this.#client = client;
    this.#hubs = hubs;
    this.#session = session;
    this.#otpLogin = otpLogin;
  }

  /** Wakes from the saved state and starts the background. Needs no network. */
  start(): void {
    void this.#load().catch(() => undefined);
  }

  /** Logs in by code, or checks the login there is: `true` when logged in, `false` when a code is needed and has been e-mailed. */
  authenticate(params: AuthenticateParams = {}): Promise<StepResult<boolean>> {
    const {
      otp,
      email,
      trustCloud = true,
      trustHub = true,
      remote = false,
      autoremote = true,
      autorefresh = true,
    } = params;
    const wishes = { isTrusting: trustHub, isRemote: remote, isAutoremote: autoremote };
    return this.#step('authenticate', async () => {
      if (otp !== undefined) {
        await this.#otpLogin.logIn(otp, email).finally(() => this.#events.noteState());
        await this.#lookAfterHubs(wishes);
        return { value: true, isRefreshed: false };
      }
      if (trustCloud && this.#session.login !== null) {
        const { isAccepted, keys } = await this.#session.ask();
        const renewal = isAccepted && autorefresh ? await this.#renewIfDue(params.expiryMs) : undefined;
        if (isAccepted && (renewal !== 'dropped' || this.#isAuthenticated)) {
          await this.#lookAfterHubs(wishes, keys);
          return { value: true, isRefreshed: renewal === 'renewed' };
        }
      }
      await this.#otpLogin.request(email);
      return { value: false, isRefreshed: false };
    });
  }

  /** Whether the cloud takes the token; renews it on the way if `autorefresh` and due. */
  ping(params: { autorefresh?: boolean; expiryMs?: number | undefined } = {}): Promise<StepResult<boolean>> {
    return this.#step('ping', async () => {
      const { isAccepted, keys } = await this.#session.ask();
      if (!isAccepted) return { value: false, isRefreshed: false };
      if (keys !== undefined && this.#hubs.hasNew(keys)) this.#backgroundTasks.checkSoon();
      const renewal = params.autorefresh === false ? undefined : await this.#renewIfDue(params.expiryMs);
      return { value: renewal === 'dropped' ? this.#isAuthenticated : true, isRefreshed: renewal === 'renewed' };
    });
  }

  /** `true` when the token was renewed or is not due, `false` when it is too late or there is none. */
  refresh(params: { force?: boolean; expiryMs?: number | undefined } = {}): Promise<StepResult<boolean>> {
    return this.#step('refresh', async () => {
      const { login } = this.#session;
      if (login === null) return { value: false, isRefreshed: false };
      const isDue = this.#session.dueIn(params.expiryMs ?? this.#options.expiryMs) === 0;
      if (params.force !== true && !login.isRejected && !isDue) return { value: true, isRefreshed: false };
      const renewal = await this.#session.renew();
      const isTaken = renewal === 'dropped' ? this.#isAuthenticated : renewal !== 'rejected';
      return { value: isTaken, isRefreshed: renewal === 'renewed' };
    });
  }

  /**
   * The token, after putting `newToken` in force if given; with `commit` false in memory only. Throws
   * `COZIFY_OTP_REQUIRED` when there is none and `COZIFY_BAD_INPUT` for what can't be sent as one.
   */
  token(newToken?: string, { commit = true }: { commit?: boolean } = {}): Promise<StepResult<string>> {
    return this.#step('token', async () => {
      if (newToken !== undefined) await this.#setToken(newToken, commit);
      const { login } = this.#session;
      if (login === null)
        throw new CozifyError('COZIFY_OTP_REQUIRED', 'There is no token: log in with a one-time code.');
      return { value: login.token, isRefreshed: false };
    });
  }

  /** The address in force, after setting `newEmail` if given. Throws `COZIFY_NO_EMAIL` when there is none. */
  email(newEmail?: string): Promise<StepResult<string>> {
    return this.#step('email', async () => {
      if (newEmail !== undefined) {
        const email = parseEmail(newEmail);
        await this.#state.change((record) => (record.email === email ? undefined : { ...record, email }), {
          isStrict: true,
        });
      }
      return { value: this.#otpLogin.address, isRefreshed: false };
    });
  }

  /** Forgets the login; with `logout` revokes the token at the cloud first. Hubs stay. */
  reset({ logout = false }: { logout?: boolean } = {}): Promise<StepResult<boolean>> {
    return this.#step('reset', async () => {
      if (logout) await this.#revoke();
      const isStrict = true;
      await this.#state.change((record) => forget(record, logout), {
        isStrict,
        isFinal: true,
        announce: () => ['reset'],
      });
      return { value: true, isRefreshed: false };
    });
  }

  /** Has a code e-mailed, to `email` or the address in force. */
  requestOtp(email?: string): Promise<StepResult<boolean>> {
    return this.#step('requestOtp', async () => {
      await this.#otpLogin.request(email);
      return { value: false, isRefreshed: false };
    });
  }

  /** The snapshot, once the state has been read and all changes under way are made. */
  report(): Promise<Snapshot> {
    return this.#step('report', () => Promise.resolve(this.snapshot()));
  }

  /** How the login stands now. Before the state has been read this is an account that never logged in. */
  snapshot(): Snapshot {
    const { cloud, record } = this.#state;
    const { name, id, isResting = false } = this.#options;
    const { login } = cloud;
    // A login in waiting has no other address than that of the code on its way.
    const email = record.email ?? (isResting ? (cloud.otp?.email ?? null) : null);
    return {
      id,
      account: name !== '' ? name : (email ?? id),
      state: this.#loginState(),
      email,
      loginEmail: login?.email ?? null,
      otpSentAt: toIso(this.#otpLogin.open?.sentAt),
      lastRefresh: toIso(login?.lastRefresh),
      expiresAt: toIso(login === null ? undefined : decodeToken(login.token).expiresAt),
      nextRefresh: toIso(this.#backgroundTasks.nextAt),
      reachable: this.#events.isReachable,
      saved: this.#state.isSaved,
      hubs: listHubs(cloud),
    };
  }

  /** Whether the state has been read. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Why the state can't be read, while that is so. */
  get loadError(): CozifyError | undefined {
    return this.#loadError;
  }

  /** Everything worth handing on to another account: for a login that waited. */
  get record(): AccountRecord {
    return this.#state.record;
  }

  /**
   * What helps to find out why something does not work: state, times, counters and the last errors by code. Holds no
   * secret; the address is masked.
   */
  diagnose(): object {
    const { email, loginEmail, account, ...snapshot } = this.snapshot();
    const { cloudUrl, isAutorefresh, expiryMs, store } = this.#options;
    const { login, revision } = this.#state.cloud;
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
      isStateRead: this.#isReady,
      stateError: this.#loadError?.message ?? null,
      token: login === null ? null : { ...this.#tellOfToken(login), changes: revision },
      ...this.#diagnostics.report(),
    };
  }

  /** Whether the cloud has ended the login: its token is kept, and asked about again. */
  get isLoginLost(): boolean {
    return this.#session.login?.isRejected === true;
  }

  #tellOfToken({ isRejected, rejectedAt }: LoginRecord): object {
    return { isRejected, rejectedAt: toIso(rejectedAt), nextCheckAt: toIso(this.#backgroundTasks.nextCheckAt) };
  }

  /** Calls `listener` with each thing that happens. Gives the way to stop that. */
  onEvent(listener: AccountListener): () => void {
    return this.#events.onEvent(listener);
  }

  /** Calls `watcher` whenever the snapshot may have changed. Gives the way to stop that. */
  onChange(watcher: () => void): () => void {
    return this.#events.onChange(watcher);
  }

  /**
   * Ends all steps with `COZIFY_CLOSED` and stops the background. Waits at most 2 s, and only for a token that has
   * been asked for already; should it come later still, it is saved all the same.
   */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { clock, http } = this.#options;
    if (this.#reloadTimer !== undefined) clock.clearTimeout(this.#reloadTimer);
    this.#backgroundTasks.stop();
    this.#saveRetry.stop();
    this.#unfollow();
    this.#client.close();
    this.#session.close();
    this.#hubs.close();
    const closed = new CozifyError('COZIFY_CLOSED', 'The account was closed while the step ran.');
    for (const end of [...this.#running]) end(closed);
    await settlesWithin(clock, this.#lastWork(), CLOSE_PATIENCE_MS);
    this.#state.detach();
    this.#events.end();
    http.close();
  }

  /** What a close waits for: a token that was asked for already, and the saving of what has changed. */
  async #lastWork(): Promise<void> {
    await this.#session.pending;
    await this.#state.settled();
    if (this.#state.needsSave) await this.#state.retrySave();
  }

  // Loading

  #load(): Promise<void> {
    this.#loading ??= this.#loadOnce().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #loadOnce(): Promise<void> {
    const { codes, clock, log, isResting = false } = this.#options;
    if (this.#isReady) return;
    try {
      await codes.load();
      await this.#state.load();
    } catch (error) {
      const problem = toCozifyError(error, 'COZIFY_STORE');
      if (this.#loadError === undefined) log.error(problem.message);
      this.#loadError = problem;
      this.#events.tell();
      if (!this.#isClosed && !isResting && this.#reloadTimer === undefined) {
        this.#reloadTimer = clock.setTimeout(() => {
          this.#reloadTimer = undefined;
          this.start();
        }, RELOAD_MS);
      }
      throw problem;
    }
    if (this.#isClosed) return;
    if (this.#state.needsSave) await this.#state.retrySave();
    await this.#takeConfigured();
    await this.#takeWaiting();
    if (this.#isClosed) return;
    this.#loadError = undefined;
    this.#isReady = true;
    if (!isResting) this.#backgroundTasks.start();
    this.#markReady();
    this.#events.begin();
    // Another account may use up the code that this one has sent to the same address.
    this.#unfollow = codes.onChange(() => this.#noteCodes());
  }

  /** A Deploy that changed the configured address puts it in force. */
  async #takeConfigured(): Promise<void> {
    const { email } = this.#options;
    if (email === undefined || email === this.#state.record.configuredEmail) return;
    await this.#state.change((record) => ({ ...record, email, configuredEmail: email }));
  }

  /**
   * Takes up a login that was made in the dialog before this account was deployed so, for the address in force or the
   * configured one. The address of that login is the one set last.
   */
  async #takeWaiting(): Promise<void> {
    const { waiting, email: configured } = this.#options;
    const addresses = [this.#state.record.email, configured].filter((address) => typeof address === 'string');
    const record = (await waiting?.read(addresses).catch(() => null)) ?? null;
    if (record === null) return;
    const { login, otp, hubs, defaultHub } = cloudOf(record, this.#state.origin);
    await this.#state.change((own) => {
      const cloud = cloudOf(own, this.#state.origin);
      if (login === null) return withCloud(own, { ...cloud, otp });
      const email = record.email ?? own.email;
      return withCloud({ ...own, email }, { ...withLogin(cloud, login), otp, hubs, defaultHub });
    });
    this.#holdsWaiting = true;
    await this.#letGoOfWaiting();
  }

  /** Once a login taken up is saved here, it is nowhere else: it would come back at the next start. */
  async #letGoOfWaiting(): Promise<void> {
    if (!this.#holdsWaiting || !this.#state.isSaved) return;
    this.#holdsWaiting = false;
    await this.#options.waiting?.drop().catch(() => (this.#holdsWaiting = true));
  }

  // Steps

  /** Runs a step once the state is there, ends it when the account closes, and lets changes settle before it answers. */
  async #step<T>(operation: string, work: () => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new CozifyError('COZIFY_CLOSED', 'The account is closed.');
    let end: (error: CozifyError) => void = () => undefined;
    const closing = new Promise<never>((_resolve, reject) => {
      end = reject;
    });
    this.#running.add(end);
    try {
      const result = await Promise.race([this.#attempt(work), closing]);
      this.#diagnostics.note(operation);
      return result;
    } catch (error) {
      this.#diagnostics.note(operation, error);
      throw error;
    } finally {
      this.#running.delete(end);
    }
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T> {
    if (!this.#isReady) await this.#load();
    else await this.#readShared();
    if (this.#isClosed) throw new CozifyError('COZIFY_CLOSED', 'The account was closed while the step ran.');
    try {
      return await work();
    } catch (error) {
      throw toCozifyError(error);
    } finally {
      await this.#state.settled();
    }
  }

  /** Without a login, one may have been made in another process meanwhile. */
  async #readShared(): Promise<void> {
    if (this.#options.store.isShared === true && !this.#isAuthenticated)
      await this.#state.pull().catch(() => undefined);
  }

  /** Looks after the hubs, as long as a step may wait for that; what takes longer goes on by itself. */
  async #lookAfterHubs(wishes: HubWishes, known?: HubKeys): Promise<void> {
    await settlesWithin(this.#options.clock, this.#careForHubs(wishes, known), HUB_PATIENCE_MS);
  }

  async #careForHubs(wishes: HubWishes, known: HubKeys | undefined): Promise<void> {
    try {
      const keys = known ?? (await this.#session.ask()).keys;
      const hasTrouble = keys === undefined || (await this.#hubs.lookAfter(keys, wishes));
      if (hasTrouble) this.#backgroundTasks.checkSoon();
    } catch {
      this.#backgroundTasks.checkSoon();
    }
  }

  /** A renewal that fails on the way does not change what the step found out. */
  async #renewIfDue(expiryMs: number | undefined): Promise<Renewal | undefined> {
    if (this.#session.dueIn(expiryMs ?? this.#options.expiryMs) !== 0) return undefined;
    return this.#session.renew().catch(() => undefined);
  }

  async #setToken(token: string, commit: boolean): Promise<void> {
    if (typeof token !== 'string' || !isHeaderSafe(token)) {
      throw new CozifyError(
        'COZIFY_BAD_INPUT',
        'token should be printable ASCII without spaces, at most 8192 characters.',
      );
    }
    await this.#state.changeCloud(
      (cloud) => withLogin(cloud, newLogin(token, null, null)),
      commit ? { isStrict: true } : { isUncommitted: true },
    );
    this.#session.forgetRenewal();
    this.#backgroundTasks.deferRenewal();
  }

  async #revoke(): Promise<void> {
    // A renewal under way would bring a token that nobody revokes.
    await this.#session.pending;
    const { login } = this.#session;
    if (login === null) return;
    await this.#client.logOut(login.token);
  }

  /** Whether there is a token that the cloud has not rejected. */
  get #isAuthenticated(): boolean {
    return this.#session.login?.isRejected === false;
  }

  #loginState(): LoginState {
    if (this.#isAuthenticated) return 'authenticated';
    return this.#otpLogin.open === undefined ? 'otp-required' : 'otp-sent';
  }

  #noteCodes(): void {
    this.#backgroundTasks.plan();
    this.#events.noteState();
  }

  #noteChange(before: AccountRecord, announced: readonly AccountTopic[]): void {
    if (!this.#isReady) return;
    const isNewToken = cloudOf(before, this.#state.origin).login?.token !== this.#session.login?.token;
    const isReceived = announced.includes('refreshed') || announced.includes('authenticated');
    if (isNewToken && isReceived) this.#backgroundTasks.noteRenewed();
    this.#backgroundTasks.plan();
    if (this.#options.isResting === true) this.#saveRetry.plan();
    void this.#letGoOfWaiting();
    this.#events.noteSaving(!this.#state.needsSave);
    this.#events.noteChange(before, this.#state.record, announced);
  }
}

/** The record after a reset: no token, no code, the configured address. Hubs stay; their keys go with a logout. */
function forget(record: AccountRecord, isLogout: boolean): AccountRecord {
  const clouds = record.clouds.map((cloud) => ({
    ...(cloud.login === null ? cloud : withLogin(cloud, null)),
    otp: null,
    hubs: isLogout ? cloud.hubs.map((hub) => ({ ...hub, key: null })) : cloud.hubs,
  }));
  return { ...record, email: record.configuredEmail, clouds };
}
