import type { HubKeys } from '../cloud/cloud-api.js';
import { isHeaderSafe } from '../cloud/token.js';
import { settlesWithin } from '../async/clock.js';
import { CozifyError, toCozifyError } from '../errors.js';
import type { HubClient } from '../hub/hub-client.js';
import type { HubWishes } from '../hub/hub-discovery.js';
import type { Homes } from '../devices/homes.js';
import { parseEmail } from '../input.js';
import type { Renewal } from '../login/session.js';
import { type AccountRecord, cloudOf, forgetLogin, newLogin, withLogin } from '../state/account-record.js';
import type { AccountTopic } from '../state/account-topics.js';
import type { AccountListener } from './account-events.js';
import { AccountLoader } from './account-loader.js';
import { type AccountOptions, type AccountParts, createParts } from './account-parts.js';
import { describeAccount, takeSnapshot } from './describe-account.js';
import { type Snapshot, toIso } from './snapshot.js';

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
  readonly #options: AccountOptions;
  readonly #parts: AccountParts;
  readonly #loader: AccountLoader;
  readonly #running = new Set<(error: CozifyError) => void>();
  #isClosed = false;
  #loginUnderWay: Promise<void> | undefined;
  #unfollow: () => void = () => undefined;

  constructor(options: AccountOptions) {
    this.id = options.id;
    this.#options = options;
    this.#parts = createParts(options, {
      snapshot: () => this.snapshot(),
      onChange: (before, announced) => this.#noteChange(before, announced),
    });
    this.#loader = new AccountLoader(options, this.#parts, () => this.#begin());
  }

  /** Resolves when the state has been read; never when that stays impossible. */
  get ready(): Promise<void> {
    return this.#loader.ready;
  }

  /** Takes up a login that the dialog has finished only now, after this account was deployed. Gives whether there was one. */
  takeWaiting(): Promise<boolean> {
    return this.#step('takeWaiting', () => this.#loader.takeWaiting());
  }

  /** Wakes from the saved state and starts the background. Needs no network. */
  start(): void {
    this.#loader.start();
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
        await this.#logIn(otp, email);
        await this.#lookAfterHubs(wishes);
        return { value: true, isRefreshed: false };
      }
      if (trustCloud && this.#parts.session.login !== null) {
        const { isAccepted, keys } = await this.#parts.session.ask();
        const renewal = isAccepted && autorefresh ? await this.#renewIfDue(params.expiryMs) : undefined;
        if (isAccepted && (renewal !== 'dropped' || this.#parts.session.isAuthenticated)) {
          await this.#lookAfterHubs(wishes, keys);
          return { value: true, isRefreshed: renewal === 'renewed' };
        }
      }
      await this.#parts.otpLogin.request(email);
      return { value: false, isRefreshed: false };
    });
  }

  /** Whether the cloud takes the token; renews it on the way if `autorefresh` and due. */
  ping(params: { autorefresh?: boolean; expiryMs?: number | undefined } = {}): Promise<StepResult<boolean>> {
    return this.#step('ping', async () => {
      const { isAccepted, keys } = await this.#parts.session.ask();
      if (!isAccepted) return { value: false, isRefreshed: false };
      if (keys !== undefined && this.#parts.hubs.hasNew(keys)) this.#parts.backgroundTasks.checkSoon();
      const renewal = params.autorefresh === false ? undefined : await this.#renewIfDue(params.expiryMs);
      return {
        value: renewal === 'dropped' ? this.#parts.session.isAuthenticated : true,
        isRefreshed: renewal === 'renewed',
      };
    });
  }

  /** `true` when the token was renewed or is not due, `false` when it is too late or there is none. */
  refresh(params: { force?: boolean; expiryMs?: number | undefined } = {}): Promise<StepResult<boolean>> {
    return this.#step('refresh', async () => {
      const { login } = this.#parts.session;
      if (login === null) return { value: false, isRefreshed: false };
      const isDue = this.#parts.session.dueIn(params.expiryMs ?? this.#options.expiryMs) === 0;
      if (params.force !== true && !login.isRejected && !isDue) return { value: true, isRefreshed: false };
      const renewal = await this.#parts.session.renew();
      const isTaken = renewal === 'dropped' ? this.#parts.session.isAuthenticated : renewal !== 'rejected';
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
      const { login } = this.#parts.session;
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
        await this.#parts.state.change((record) => (record.email === email ? undefined : { ...record, email }), {
          isStrict: true,
        });
      }
      return { value: this.#parts.otpLogin.address, isRefreshed: false };
    });
  }

  /** Forgets the login; with `logout` revokes the token at the cloud first. Hubs stay. */
  reset({ logout = false }: { logout?: boolean } = {}): Promise<StepResult<boolean>> {
    return this.#step('reset', async () => {
      if (logout) await this.#revoke();
      const isStrict = true;
      await this.#parts.state.change((record) => forgetLogin(record, logout), {
        isStrict,
        isFinal: true,
        announce: () => ['reset'],
      });
      return { value: true, isRefreshed: false };
    });
  }

  /**
   * A hub of the account: the default one for `''`, and the only one there is for an id that nobody knows. Throws
   * `COZIFY_NOT_FOUND`, or `COZIFY_OTP_REQUIRED` when a login would tell which hubs there are.
   */
  hub(id = ''): Promise<HubClient> {
    return this.#step('hub', () => Promise.resolve(this.#parts.hubClients.get(id)));
  }

  /**
   * Does something with the homes behind the account's hubs, once the state is there; ends with the account. What is to be
   * heard all the time is listened to by {@link homes}.
   */
  useHomes<T>(operation: string, work: (homes: Homes) => Promise<T>): Promise<T> {
    return this.#step(operation, () => work(this.#parts.homes));
  }

  /** The homes behind the account's hubs. */
  get homes(): Homes {
    return this.#parts.homes;
  }

  /** Has a code e-mailed, to `email` or the address in force. */
  requestOtp(email?: string): Promise<StepResult<boolean>> {
    return this.#step('requestOtp', async () => {
      await this.#parts.otpLogin.request(email);
      return { value: false, isRefreshed: false };
    });
  }

  /** The snapshot, once the state has been read and all changes under way are made. */
  report(): Promise<Snapshot> {
    return this.#step('report', () => Promise.resolve(this.snapshot()));
  }

  /** How the login stands now. Before the state has been read this is an account that never logged in. */
  snapshot(): Snapshot {
    return takeSnapshot(this.#options, this.#parts);
  }

  /** Whether the state has been read. */
  get isReady(): boolean {
    return this.#loader.isReady;
  }

  /** Why the state can't be read, while that is so. */
  get loadError(): CozifyError | undefined {
    return this.#loader.error;
  }

  /** Everything worth handing on to another account: for a login that waited. */
  get record(): AccountRecord {
    return this.#parts.state.record;
  }

  /**
   * What helps to find out why something does not work: state, times, counters and the last errors by code. Holds no
   * secret; the address is masked.
   */
  diagnose(): object {
    return describeAccount(this.#options, this.#parts, this.#loader);
  }

  /** The login that the cloud has ended, as long as its token is kept and asked about; `at`: ISO 8601 UTC, if known. */
  get lostLogin(): { at: string | null } | undefined {
    const { login } = this.#parts.session;
    return login?.isRejected === true ? { at: toIso(login.rejectedAt) } : undefined;
  }

  /**
   * The login by code that is under way, or was when the account closed: a code can be used only once, so that it goes
   * on, and its successor has what comes of it once this has resolved.
   */
  get loginUnderWay(): Promise<void> | undefined {
    return this.#loginUnderWay;
  }

  /** Calls `listener` with each thing that happens. Gives the way to stop that. */
  onEvent(listener: AccountListener): () => void {
    return this.#parts.events.onEvent(listener);
  }

  /** Calls `watcher` whenever the snapshot may have changed. Gives the way to stop that. */
  onChange(watcher: () => void): () => void {
    return this.#parts.events.onChange(watcher);
  }

  /**
   * Ends all steps with `COZIFY_CLOSED` and stops the background. Waits at most 2 s, and only for a token that has
   * been asked for already; should it come later still, it is saved all the same.
   */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { clock, http } = this.#options;
    this.#loader.close();
    this.#parts.backgroundTasks.stop();
    this.#parts.saveRetry.stop();
    this.#unfollow();
    this.#parts.client.close();
    this.#parts.session.close();
    this.#parts.hubs.close();
    this.#parts.homes.close();
    this.#parts.hubClients.close();
    const closed = new CozifyError('COZIFY_CLOSED', 'The account was closed while the step ran.');
    for (const end of [...this.#running]) end(closed);
    await settlesWithin(clock, this.#lastWork(), CLOSE_PATIENCE_MS);
    this.#parts.state.detach();
    this.#parts.events.end();
    http.close();
  }

  /** What a close waits for: a token that was asked for already, and the saving of what has changed. */
  async #lastWork(): Promise<void> {
    await this.#parts.session.pending;
    await this.#parts.state.settled();
    if (this.#parts.state.needsSave) await this.#parts.state.retrySave();
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
      this.#parts.diagnostics.note(operation);
      return result;
    } catch (error) {
      this.#parts.diagnostics.note(operation, error);
      throw error;
    } finally {
      this.#running.delete(end);
    }
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T> {
    if (!this.isReady) await this.#loader.load();
    else await this.#readShared();
    if (this.#isClosed) throw new CozifyError('COZIFY_CLOSED', 'The account was closed while the step ran.');
    try {
      return await work();
    } catch (error) {
      throw toCozifyError(error);
    } finally {
      await this.#parts.state.settled();
    }
  }

  /** Without a login, one may have been made in another process meanwhile. */
  async #readShared(): Promise<void> {
    if (this.#options.store.isShared === true && !this.#parts.session.isAuthenticated)
      await this.#parts.state.pull().catch(() => undefined);
  }

  #logIn(otp: string, email: string | undefined): Promise<void> {
    const login = this.#parts.otpLogin.logIn(otp, email).finally(() => {
      this.#parts.events.noteState();
      if (!this.#isClosed) this.#loginUnderWay = undefined;
    });
    return (this.#loginUnderWay = login);
  }

  /** Looks after the hubs, as long as a step may wait for that; what takes longer goes on by itself. */
  async #lookAfterHubs(wishes: HubWishes, known?: HubKeys): Promise<void> {
    await settlesWithin(this.#options.clock, this.#careForHubs(wishes, known), HUB_PATIENCE_MS);
  }

  async #careForHubs(wishes: HubWishes, known: HubKeys | undefined): Promise<void> {
    try {
      const keys = known ?? (await this.#parts.session.ask()).keys;
      const hasTrouble = keys === undefined || (await this.#parts.hubs.lookAfter(keys, wishes));
      if (hasTrouble) this.#parts.backgroundTasks.checkSoon();
    } catch {
      this.#parts.backgroundTasks.checkSoon();
    }
  }

  /** A renewal that fails on the way does not change what the step found out. */
  async #renewIfDue(expiryMs: number | undefined): Promise<Renewal | undefined> {
    if (this.#parts.session.dueIn(expiryMs ?? this.#options.expiryMs) !== 0) return undefined;
    return this.#parts.session.renew().catch(() => undefined);
  }

  async #setToken(token: string, commit: boolean): Promise<void> {
    if (typeof token !== 'string' || !isHeaderSafe(token)) {
      throw new CozifyError(
        'COZIFY_BAD_INPUT',
        'token should be printable ASCII without spaces, at most 8192 characters.',
      );
    }
    await this.#parts.state.changeCloud(
      (cloud) => withLogin(cloud, newLogin(token, null, null)),
      commit ? { isStrict: true } : { isUncommitted: true },
    );
    this.#parts.session.forgetRenewal();
    this.#parts.backgroundTasks.deferRenewal();
  }

  async #revoke(): Promise<void> {
    // A renewal under way would bring a token that nobody revokes.
    await this.#parts.session.pending;
    const { login } = this.#parts.session;
    if (login === null) return;
    await this.#parts.client.logOut(login.token);
  }

  /** The state has been read. */
  #begin(): void {
    this.#parts.events.begin();
    this.#parts.homes.noteHubs();
    // Another account may use up the code that this one has sent to the same address.
    this.#unfollow = this.#options.codes.onChange(() => this.#noteCodes());
  }

  #noteCodes(): void {
    this.#parts.backgroundTasks.plan();
    this.#parts.events.noteState();
  }

  #noteChange(before: AccountRecord, announced: readonly AccountTopic[]): void {
    if (!this.isReady) return;
    const { login, hubs } = cloudOf(before, this.#parts.state.origin);
    const isNewToken = login?.token !== this.#parts.session.login?.token;
    const isReceived = announced.includes('refreshed') || announced.includes('authenticated');
    if (isNewToken && isReceived) this.#parts.backgroundTasks.noteRenewed();
    if (hubs !== this.#parts.state.cloud.hubs) this.#parts.homes.noteHubs();
    if (isReceived) this.#parts.homes.wake();
    this.#parts.backgroundTasks.plan();
    if (this.#options.isResting === true) this.#parts.saveRetry.plan();
    void this.#loader.letGoOfWaiting();
    this.#parts.events.noteSaving(!this.#parts.state.needsSave);
    this.#parts.events.noteChange(before, this.#parts.state.record, announced);
  }
}
