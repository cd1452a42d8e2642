import { type Clock, settlesWithin } from '../async/clock.js';
import type { Ending } from '../async/ending.js';
import { KeyedMutex } from '../async/keyed-mutex.js';
import { SingleFlight } from '../async/single-flight.js';
import { UnderWay } from '../async/under-way.js';
import type { HubKeys } from '../cloud/cloud-api.js';
import type { CloudClient } from '../cloud/cloud-client.js';
import type { KnownClaims } from '../cloud/known-claims.js';
import { type CozifyError, toCozifyError } from '../errors.js';
import type { HubRegistry } from '../hub/hub-registry.js';
import {
  type AccountRecord,
  type CloudRecord,
  type LoginRecord,
  cloudOf,
  eraOf,
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
} from './renewal-rules.js';

/** What a step that asked the cloud about the token got. `keys` are there when the cloud took it. */
export interface Verdict {
  isAccepted: boolean;
  keys?: HubKeys;
  /** Under whose login that was found out, see {@link CloudState.era}. */
  era: string;
}

/** `same`: the cloud gave the token we have. `dropped`: a reset or a new login came first. */
export type Renewal = 'renewed' | 'same' | 'rejected' | 'dropped';

/** What a session needs of its account, and whom it tells what. */
export interface SessionOptions {
  state: CloudState;
  client: CloudClient;
  clock: Clock;
  claims: KnownClaims;
  lastRenewal: LastRenewal;
  /** Nothing is waited for any more; what was rejected meanwhile stays undecided. */
  ending: Ending;
  /** Told once of each renewal, at which cloud, that it failed, or that it succeeded, also with the same token; and of each login. */
  events: { noteRenewalFailed(origin: string): void; noteRenewed(origin: string): void };
  /** Told what the cloud answered to a renewal, whoever asked for it. */
  onRenewal: (renewal: Renewal) => void;
  /** Told of each list of hub keys. */
  hubs: Pick<HubRegistry, 'noteKeys'>;
  /** Other processes may renew the token: a rejection is believed only when the store keeps naming it. */
  isShared: () => boolean;
}

/** Waits before each reading of the store on a rejection: a renewal of another process is saved by then. */
const REREADS_MS = { alone: [0], shared: [0, 1_000, 2_000, 4_000, 8_000] };

/** How long a renewal waits for a login under way, which would make it needless. */
const LOGIN_PATIENCE_MS = 3_000;

/** Longer than a token that was asked for takes to come, and to be kept by a slow store. */
const UNDER_WAY_PATIENCE_MS = 3_600_000;

/** A token that was replaced while the cloud was asked about it is asked about anew, this many times at most. */
const MOST_QUESTIONS = 3;

/**
 * The cloud token: when it is due, who renews it, and whose word counts (docs/dev/rules.md, "Only the cloud ends a login",
 * "One renewal at a time", "A token is replaced by a whole one only").
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #questions = new SingleFlight<HubKeys | undefined>();
  readonly #renewals = new SingleFlight<Renewal>();
  readonly #mutex = new KeyedMutex();
  readonly #pending = new UnderWay();
  readonly #logins = new UnderWay();
  /** The keeping of tokens that have come. */
  readonly #keeping = new UnderWay();
  /** The last renewal that came to nothing, for a reset or a login came first. */
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

  /** How long the token in force lives from its first moment to its last, in milliseconds, as far as it says so. */
  get lifeMs(): number | undefined {
    return this.login === null ? undefined : lifeOf(this.#timesOf(this.login));
  }

  /** How long the token in force is still good for, in milliseconds, as far as it says so. */
  get leftMs(): number | undefined {
    const { login } = this;
    const expiresAt = login === null ? undefined : this.#timesOf(login).expiresAt;
    return expiresAt === undefined ? undefined : expiresAt - this.#options.clock.now();
  }

  /** The renewals and logins under way, if any: the one thing worth waiting for when the account closes. */
  get pending(): Promise<unknown> | undefined {
    return this.#pending.settled;
  }

  /** Resolves once the tokens that have come are kept, or could not be; `undefined` when there is none. */
  get keeping(): Promise<unknown> | undefined {
    return this.#keeping.settled;
  }

  /** Milliseconds until the token is due (docs/dev/rules.md, "When a token is due"). `undefined` without a token. */
  dueIn(expiryMs: number): number | undefined {
    const { login } = this;
    if (login === null) return undefined;
    const { clock, lastRenewal } = this.#options;
    const sinceRenewalMs = lastRenewal.sinceMs(login.token);
    return dueInMs(this.#timesOf(login), expiryMs, { now: clock.now(), sinceRenewalMs });
  }

  /** Whether the token is due again right after it came: a wrong clock, or a cloud that gives the same one. */
  isStillDue(expiryMs: number): boolean {
    const { login } = this;
    return login !== null && overdueInMs(this.#timesOf(login), expiryMs, this.#options.clock.now()) === 0;
  }

  /** Asks the cloud about the token in force; those who ask at the same time share one request. */
  async ask(): Promise<Verdict> {
    for (let round = 0; round < MOST_QUESTIONS; round++) {
      const { login } = this;
      const { era } = this.#options.state;
      if (login === null) return { isAccepted: false, era };
      const keys = await this.#questions.run(login.token, () => this.#startAsking(login.token));
      if (this.login?.token === login.token)
        return keys === undefined ? { isAccepted: false, era } : { isAccepted: true, keys, era };
      if (keys !== undefined && this.login !== null) return { isAccepted: !this.login.isRejected, keys, era };
      // The token was replaced meanwhile: a rejection of the old one says nothing about the new one.
    }
    return { isAccepted: this.login?.isRejected === false, era: this.#options.state.era };
  }

  /** Renews the token in force; those who ask at the same time share one request and its result. Needs a token. */
  renew(): Promise<Renewal> {
    const token = this.login?.token;
    if (token === undefined) return Promise.resolve('dropped');
    return this.#renewals.run(token, () => {
      const earlier = this.#logins.settled;
      return this.noted(this.#mutex.runExclusive('renewal', () => this.#startRenewal(token, earlier)));
    });
  }

  /** Forgets the login, whatever is under way. */
  forget(isLogout = false): Promise<void> {
    const { state, clock } = this.#options;
    return state.changeLogin((record) => forgetLogin(record, isLogout, clock.now()), {
      isStrict: true,
      isFinal: true,
      announce: () => ['reset'],
    });
  }

  /**
   * Revokes what there is of tokens at the cloud, those of logins that are made meanwhile included, then forgets the
   * login. No renewal goes on meanwhile: it would bring a token that nobody revokes.
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

  /** Exchanges a code for a token and puts it in force. */
  logIn(email: string, otp: string): Promise<void> {
    return this.#logins.add(this.noted(this.#startLogin(email, otp)));
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
    const { era } = state;
    const keys = await client.hubKeys(token);
    if (keys === undefined && !(await this.#isBelievable(token, this.pending))) return undefined;
    await this.#judge(token, keys === undefined);
    if (keys !== undefined && this.login !== null) await hubs.noteKeys(keys, era);
    return keys;
  }

  /** Lets the account, which waits for little at its end, know of a token that was asked for. */
  noted<T>(work: Promise<T>): Promise<T> {
    return this.#pending.add(work);
  }

  async #startRenewal(token: string, earlier: Promise<unknown> | undefined): Promise<Renewal> {
    try {
      if (earlier !== undefined) await this.#pause(LOGIN_PATIENCE_MS, earlier);
      // Another process may have renewed it.
      await this.#options.state.pull().catch(() => undefined);
      if (this.login?.token !== token || this.#options.ending.isOver) return 'dropped';
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
    const { era } = state;
    const renewed = await client.refreshSession(token, (successor) => checkSuccessor(token, successor));
    if (renewed !== undefined && renewed !== token) return this.#replace(token, era, renewed);
    if (renewed === token) this.#noteRenewed(token);
    else if (!(await this.#isBelievable(token, earlier))) return 'dropped';
    await this.#judge(token, renewed === undefined);
    if (this.login?.token !== token) return 'dropped';
    return renewed === token ? 'same' : 'rejected';
  }

  /** Puts what a renewal of `token`, in force in that era, has brought in its place. */
  async #replace(token: string, era: string, renewed: string): Promise<Renewal> {
    const { state, clock } = this.#options;
    this.#noteRenewed(renewed);
    const lastRefresh = clock.now();
    await this.#keeping.add(
      state.changeToken(
        token,
        (cloud) => {
          const { login } = cloud;
          // A login or a reset of another process wins, as one of our own does.
          if (login === null || !(login.token === token || this.#isOlder(cloud, era, renewed))) return undefined;
          return withRenewal(cloud, newLogin(renewed, lastRefresh, login.email));
        },
        { announce: (before) => this.#newsOf(before, token) },
      ),
    );
    const isInForce = this.login?.token === renewed;
    this.#dropped = isInForce ? undefined : { token, renewed };
    return isInForce ? 'renewed' : 'dropped';
  }

  /** Puts a renewal in force that was dropped, if its token is in force again: what came first has been undone. */
  takeUpDropped(): void {
    const { token, renewed } = this.#dropped ?? {};
    if (token === undefined || renewed === undefined || this.login?.token !== token) return;
    void this.#replace(token, this.#options.state.era, renewed).catch(() => undefined);
  }

  /** What a renewal is to flows: nothing where another login is in force. */
  #newsOf(before: AccountRecord, token: string): AccountTopic[] {
    const { login } = cloudOf(before, this.#options.state.origin);
    if (login === null || !(login.token === token || this.#options.state.isPulled)) return [];
    return login.isRejected ? ['authenticated', 'refreshed'] : ['refreshed'];
  }

  /** Whether what is in force is an older renewal of the same login, by another process. */
  #isOlder(cloud: CloudRecord, era: string, renewed: string): boolean {
    return eraOf(cloud) === era && this.#options.state.isPulled && isNoOlder(renewed, cloud.login?.token ?? '');
  }

  /**
   * Whether a token that was just rejected is still the one in force, also after reading the store again. A renewal
   * `underWay` may have replaced it at the cloud already: its answer is waited for.
   */
  async #isBelievable(token: string, underWay: Promise<unknown> | undefined): Promise<boolean> {
    const { state, ending } = this.#options;
    const isShared = this.#options.isShared();
    let problem: CozifyError | undefined;
    if (underWay !== undefined) await this.#pause(UNDER_WAY_PATIENCE_MS, underWay);
    for (const delayMs of isShared ? REREADS_MS.shared : REREADS_MS.alone) {
      if (delayMs > 0) await this.#pause(delayMs);
      if (ending.isOver) return false;
      problem = await state.pull().then(
        () => undefined,
        (error: unknown) => toCozifyError(error, 'COZIFY_STORE'),
      );
      if (this.login?.token !== token) return false;
      // That was made sure of before, be it for somebody who asked at the same time.
      if (problem === undefined && this.login.isRejected) return true;
    }
    // Which token is in force is the shared store's to say.
    if (isShared && problem !== undefined) throw problem;
    return true;
  }

  /** Waits, less when `work` or this session ends before. */
  async #pause(delayMs: number, work?: Promise<unknown>): Promise<void> {
    const { clock, ending } = this.#options;
    await settlesWithin(clock, work, delayMs, ending.signal);
  }

  /** Notes what the cloud said of a token, if it is still the one in force and that is news. */
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
    const token = await client.emailLogin(email, otp, (answer) => checkLoginToken(this.login, answer));
    this.#noteRenewed(token);
    await this.#keeping.add(
      state.changeLogin(
        (record) => {
          const now = clock.now();
          const next = withLoginOf(cloudOf(record, state.origin), newLogin(token, now, email), now);
          return withCloud({ ...record, email }, { ...next, otp: null });
        },
        { announce: () => ['authenticated'] },
      ),
    );
  }
}
