import { type Clock, settlesWithin } from '../async/clock.js';
import { KeyedMutex } from '../async/locks.js';
import { InFlight, SingleFlight } from '../async/in-flight.js';
import type { HubKeys } from '../cloud/cloud-api.js';
import type { CloudClient } from '../cloud/cloud-client.js';
import type { ClaimsCache } from '../cloud/token.js';
import { CozifyError, toCozifyError } from '../errors.js';
import type { HubRegistry } from '../hub/hub-registry.js';
import {
  type AccountRecord,
  type CloudRecord,
  type LoginRecord,
  cloudOf,
  epochOf,
  forgetLogin,
  newLogin,
  withCloud,
  withRenewal,
} from '../state/account-record.js';
import type { AccountTopic } from '../state/account-topics.js';
import type { CloudState } from '../state/cloud-state.js';
import type { LastRenewal } from './last-renewal.js';
import {
  checkLoginToken,
  checkSuccessor,
  dueInMs,
  isNoOlder,
  lifeOf,
  overdueInMs,
  type TokenTimes,
  withLoginOf,
} from './token-rules.js';

/** The cloud's verdict on the current token. */
export interface Verdict {
  isAccepted: boolean;
  /** The hub keys, if the cloud accepts the token. */
  keys?: HubKeys;
  /** The epoch of the login to which the verdict applies, see {@link CloudState.epoch}. */
  epoch: string;
}

/**
 * The result of a renewal. `same`: the cloud returned the current token; `dropped`: the result was not used, because a
 * reset or a new login came first.
 */
export type Renewal = 'renewed' | 'same' | 'rejected' | 'dropped';

/** Options of a {@link Session}. */
export interface SessionOptions {
  state: CloudState;
  client: CloudClient;
  clock: Clock;
  claims: ClaimsCache;
  lastRenewal: LastRenewal;
  /**
   * Aborted when the account closes, which ends all waits. If a rejection of the token is still being checked then, the
   * rejection has no effect.
   */
  shutdown: AbortSignal;
  /**
   * Receives each failed and each successful renewal of the token. A renewal that returns the same token counts as
   * successful, and so does a login.
   */
  events: { noteRenewalFailed(origin: string): void; noteRenewed(origin: string): void };
  /** Called with the result of each renewal of the token. */
  onRenewal: (renewal: Renewal) => void;
  /** Receives each list of hub keys. */
  hubs: Pick<HubRegistry, 'noteKeys'>;
  /**
   * Whether other processes may renew the token. If so, the cloud's rejection of a token counts only if the store
   * still contains that token.
   */
  isShared: () => boolean;
}

/**
 * Delays before each read of the store after a rejection, in milliseconds. If another process has renewed the token, it
 * should have saved the new token by the last read.
 */
const REREADS_MS = { alone: [0], shared: [0, 1_000, 2_000, 4_000, 8_000] };

/** How long a renewal waits for a login in progress, in milliseconds. The login would make the renewal unnecessary. */
const LOGIN_TIMEOUT_MS = 3_000;

/** How long the check of a rejection waits for a renewal and its save, in milliseconds. */
const RENEWAL_TIMEOUT_MS = 3_600_000;

/**
 * Upper limit of the requests in one check of the token. A request is repeated if the token was replaced while it ran.
 */
const MAX_QUESTIONS = 3;

/**
 * The cloud token of an account: asks the cloud whether it accepts the token, renews and revokes it, and exchanges a
 * login code for a new one (docs/dev/rules.md, "Only the cloud ends a login", "One renewal at a time", "Only a complete
 * token replaces another").
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #questions = new SingleFlight<HubKeys | undefined>();
  readonly #renewals = new SingleFlight<Renewal>();
  readonly #mutex = new KeyedMutex();
  readonly #requests = new InFlight();
  readonly #logins = new InFlight();
  /** The unfinished saves of received tokens. */
  readonly #saves = new InFlight();
  /** The last renewal whose result was dropped, because a reset or a login came first. */
  #dropped: { token: string; renewed: string } | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  get login(): LoginRecord | null {
    return this.#options.state.cloud.login;
  }

  /** Whether there is a token that the cloud has not rejected. */
  get isAuthenticated(): boolean {
    return this.login?.isRejected === false;
  }

  /** Length of the current token's life in ms; `undefined` if the token does not say. */
  get lifeMs(): number | undefined {
    return this.login === null ? undefined : lifeOf(this.#timesOf(this.login));
  }

  /** Milliseconds until the current token expires; `undefined` if the token does not say. */
  get leftMs(): number | undefined {
    const { login } = this;
    const expiresAt = login === null ? undefined : this.#timesOf(login).expiresAt;
    return expiresAt === undefined ? undefined : expiresAt - this.#options.clock.now();
  }

  /**
   * Settles when the renewals and logins in progress have settled; `undefined` if there are none. A closing account
   * waits for them.
   */
  get pendingRequests(): Promise<unknown> | undefined {
    return this.#requests.settled;
  }

  /** Settles when the received tokens are saved or their save has failed; `undefined` if there are none. */
  get pendingSaves(): Promise<unknown> | undefined {
    return this.#saves.settled;
  }

  /**
   * Returns the milliseconds until the token is due for renewal (docs/dev/rules.md, "When a token is due"); `undefined`
   * if there is no token.
   */
  dueIn(expiryMs: number): number | undefined {
    const { login } = this;
    if (login === null) return undefined;
    const { clock, lastRenewal } = this.#options;
    const sinceRenewalMs = lastRenewal.sinceMs(login.token);
    return dueInMs(this.#timesOf(login), expiryMs, { now: clock.now(), sinceRenewalMs });
  }

  /**
   * Whether the token is due for renewal again right after it was renewed, because a clock is wrong or the cloud
   * returned the same token.
   */
  isStillDue(expiryMs: number): boolean {
    const { login } = this;
    return login !== null && overdueInMs(this.#timesOf(login), expiryMs, this.#options.clock.now()) === 0;
  }

  /** Asks the cloud whether it accepts the current token. Concurrent calls share one request. */
  async ask(): Promise<Verdict> {
    for (let round = 0; round < MAX_QUESTIONS; round++) {
      const { login } = this;
      const { epoch } = this.#options.state;
      if (login === null) return { isAccepted: false, epoch };
      const keys = await this.#questions.run(login.token, () => this.#startAsking(login.token));
      if (this.login?.token === login.token)
        return keys === undefined ? { isAccepted: false, epoch } : { isAccepted: true, keys, epoch };
      if (keys !== undefined && this.login !== null) return { isAccepted: !this.login.isRejected, keys, epoch };
      // The token was replaced during the request. A rejection of the old token says nothing about the new one: ask
      // again.
    }
    return { isAccepted: this.login?.isRejected === false, epoch: this.#options.state.epoch };
  }

  /**
   * Renews the current token. Concurrent calls share one request and its result. Resolves to `dropped` if there is no
   * token.
   */
  renew(): Promise<Renewal> {
    const token = this.login?.token;
    if (token === undefined) return Promise.resolve('dropped');
    return this.#renewals.run(token, () => {
      const earlier = this.#logins.settled;
      return this.track(this.#mutex.runExclusive('renewal', () => this.#startRenewal(token, earlier)));
    });
  }

  /** Forgets the login and drops the results of running requests. Throws `COZIFY_STORE` if that can't be saved. */
  forget(isLogout = false): Promise<void> {
    const { state, clock } = this.#options;
    return state.changeLogin((record) => forgetLogin(record, isLogout, clock.now()), {
      isStrict: true,
      isFinal: true,
      announce: () => ['reset'],
    });
  }

  /**
   * Revokes all tokens of the account at the cloud and deletes the login. Also revokes the tokens of logins that finish
   * during the call. Renewals wait until the call has ended, because a token that was renewed during the call would not
   * be revoked.
   */
  logOut(): Promise<void> {
    return this.#mutex.runExclusive('renewal', async () => {
      const { client, state } = this.#options;
      const revoked = new Set<string>();
      const next = (): string | undefined => state.tokens.find((token) => !revoked.has(token));
      await this.#logins.settled;
      for (let token = next(); token !== undefined; token = next()) {
        await client.logOut(token);
        revoked.add(token);
        await this.#logins.settled;
      }
      await this.forget(true);
    });
  }

  /**
   * Exchanges a login code for a token, which becomes the current one, unless the epoch has changed during the exchange.
   * Throws `COZIFY_OTP_REQUIRED` if there is no login then.
   */
  logIn(email: string, otp: string): Promise<void> {
    return this.#logins.add(this.track(this.#startLogin(email, otp)));
  }

  #timesOf(login: LoginRecord): TokenTimes {
    const { issuedAt, expiresAt } = this.#options.claims.of(login, login.token);
    return { lastRefresh: login.lastRefresh, issuedAt, expiresAt };
  }

  #noteRenewed(token: string): void {
    this.#options.lastRenewal.note(token);
    this.#options.events.noteRenewed(this.#options.state.origin);
  }

  async #startAsking(token: string): Promise<HubKeys | undefined> {
    const { client, hubs, state } = this.#options;
    const { epoch } = state;
    const keys = await client.hubKeys(token);
    if (keys === undefined && !(await this.#isRejectionValid(token, this.pendingRequests))) return undefined;
    await this.#judge(token, keys === undefined);
    if (keys !== undefined && this.login !== null) await hubs.noteKeys(keys, epoch);
    return keys;
  }

  /** Registers a request that may return a new token, so that closing the account waits until the token is saved. */
  track<T>(work: Promise<T>): Promise<T> {
    return this.#requests.add(work);
  }

  async #startRenewal(token: string, earlier: Promise<unknown> | undefined): Promise<Renewal> {
    try {
      if (earlier !== undefined) await this.#pause(LOGIN_TIMEOUT_MS, earlier);
      // Read the store first, because another process may have renewed the token.
      await this.#options.state.pull().catch(() => undefined);
      if (this.login?.token !== token || this.#options.shutdown.aborted) return 'dropped';
      const renewal = await this.#renewOnce(token, earlier);
      this.#options.onRenewal(renewal);
      return renewal;
    } catch (error) {
      if (this.login?.token !== token) return 'dropped';
      this.#options.events.noteRenewalFailed(this.#options.state.origin);
      throw error;
    }
  }

  async #renewOnce(token: string, earlier: Promise<unknown> | undefined): Promise<Renewal> {
    const { client, state } = this.#options;
    const { epoch } = state;
    const renewed = await client.refreshSession(token, (successor) => checkSuccessor(token, successor));
    if (renewed !== undefined && renewed !== token) return this.#replace(token, epoch, renewed);
    if (renewed === token) this.#noteRenewed(token);
    else if (!(await this.#isRejectionValid(token, earlier))) return 'dropped';
    await this.#judge(token, renewed === undefined);
    if (this.login?.token !== token) return 'dropped';
    return renewed === token ? 'same' : 'rejected';
  }

  /**
   * Replaces `token` with `renewed`, the result of its renewal. `epoch`: the login epoch at the start of the renewal.
   */
  async #replace(token: string, epoch: string, renewed: string): Promise<Renewal> {
    const { state, clock } = this.#options;
    this.#noteRenewed(renewed);
    const lastRefresh = clock.now();
    await this.#saves.add(
      state.changeToken(
        token,
        (cloud) => {
          const { login } = cloud;
          // A login or a reset takes precedence over a renewal, even if another process has logged in or reset.
          if (login === null || !(login.token === token || this.#isOlder(cloud, epoch, renewed))) return undefined;
          return withRenewal(cloud, newLogin(renewed, lastRefresh, login.email));
        },
        { announce: (before) => this.#topicsOf(before, token) },
      ),
    );
    const isCurrent = this.login?.token === renewed;
    this.#dropped = isCurrent ? undefined : { token, renewed };
    return isCurrent ? 'renewed' : 'dropped';
  }

  /**
   * Applies the last dropped renewal if its old token is the current one again, because the reset or login that came
   * before the renewal was undone.
   */
  adoptDropped(): void {
    const { token, renewed } = this.#dropped ?? {};
    if (token === undefined || renewed === undefined || this.login?.token !== token) return;
    void this.#replace(token, this.#options.state.epoch, renewed).catch(() => undefined);
  }

  /** Returns the events of a renewal: none if another login is current. */
  #topicsOf(before: AccountRecord, token: string): AccountTopic[] {
    const { login } = cloudOf(before, this.#options.state.origin);
    if (login === null || !(login.token === token || this.#options.state.isPulled)) return [];
    return login.isRejected ? ['authenticated', 'refreshed'] : ['refreshed'];
  }

  /** Whether the current token comes from an older renewal of the same login by another process. */
  #isOlder(cloud: CloudRecord, epoch: string, renewed: string): boolean {
    return epochOf(cloud) === epoch && this.#options.state.isPulled && isNoOlder(renewed, cloud.login?.token ?? '');
  }

  /**
   * Whether a rejected token is still the current one, even after the store is read again. Waits for the `requests` in
   * progress, because a renewal among them may already have replaced the token at the cloud.
   */
  async #isRejectionValid(token: string, requests: Promise<unknown> | undefined): Promise<boolean> {
    const { state, shutdown } = this.#options;
    const isShared = this.#options.isShared();
    let problem: CozifyError | undefined;
    if (requests !== undefined) await this.#pause(RENEWAL_TIMEOUT_MS, requests);
    for (const delayMs of isShared ? REREADS_MS.shared : REREADS_MS.alone) {
      if (delayMs > 0) await this.#pause(delayMs);
      if (shutdown.aborted) return false;
      problem = await state.pull().then(
        () => undefined,
        (error: unknown) => toCozifyError(error, 'COZIFY_STORE'),
      );
      if (this.login?.token !== token) return false;
      // A concurrent call has confirmed the rejection already.
      if (problem === undefined && this.login.isRejected) return true;
    }
    // The shared store could not be read, so there is no way to know which token is current.
    if (isShared && problem !== undefined) throw problem;
    return true;
  }

  /** Waits for the given time, or until `work` settles or the account closes. */
  async #pause(delayMs: number, work?: Promise<unknown>): Promise<void> {
    const { clock, shutdown } = this.#options;
    await settlesWithin(clock, work, delayMs, shutdown);
  }

  /** Records the cloud's verdict on a token, if the token is still current and the verdict is new. */
  #judge(token: string, isRejected: boolean): Promise<void> {
    const rejectedAt = isRejected ? this.#options.clock.now() : null;
    return this.#options.state.changeToken(
      token,
      (cloud) => {
        const { login } = cloud;
        if (login?.token !== token || login.isRejected === isRejected) return undefined;
        return { ...cloud, login: { ...login, isRejected, rejectedAt } };
      },
      { announce: () => (isRejected ? [] : ['authenticated']) },
    );
  }

  async #startLogin(email: string, otp: string): Promise<void> {
    const { client, state, clock } = this.#options;
    const { epoch } = state;
    const token = await client.emailLogin(email, otp, (answer) => checkLoginToken(this.login, answer));
    this.#noteRenewed(token);
    await this.#saves.add(
      state.changeLogin(
        (record) => {
          if (state.epoch !== epoch) return undefined;
          const now = clock.now();
          const next = withLoginOf(cloudOf(record, state.origin), newLogin(token, now, email), now);
          return withCloud({ ...record, email }, { ...next, otp: null });
        },
        { announce: () => ['authenticated'] },
      ),
    );
    if (this.isAuthenticated) return;
    throw new CozifyError('COZIFY_OTP_REQUIRED', 'The login was reset while the code was checked: send another code.');
  }
}
