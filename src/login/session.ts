import { type Clock, settlesWithin } from '../async/clock.js';
import { Elapsed } from '../async/elapsed.js';
import type { Ending } from '../async/ending.js';
import { KeyedMutex } from '../async/keyed-mutex.js';
import { SingleFlight } from '../async/single-flight.js';
import type { HubKeys } from '../cloud/cloud-api.js';
import type { CloudClient } from '../cloud/cloud-client.js';
import type { KnownClaims } from '../cloud/known-claims.js';
import { type CozifyError, toCozifyError } from '../errors.js';
import type { HubRegistry } from '../hub/hub-registry.js';
import {
  type AccountRecord,
  type LoginRecord,
  cloudOf,
  newLogin,
  withCloud,
  withLogin,
  withRenewal,
} from '../state/account-record.js';
import type { AccountHandover, AccountState } from '../state/account-state.js';
import {
  checkLoginToken,
  checkSuccessor,
  dueInMs,
  isNoOlder,
  isSameUser,
  lifeOf,
  overdueInMs,
  type TokenTimes,
} from './renewal-rules.js';

/** What a step that asked the cloud about the token got. `keys` are there when the cloud took it. */
export interface Verdict {
  isAccepted: boolean;
  keys?: HubKeys;
}

/** `same`: the cloud gave the token we have. `dropped`: a reset or a new login came first. */
export type Renewal = 'renewed' | 'same' | 'rejected' | 'dropped';

/** What a session needs of its account, and whom it tells what. */
export interface SessionOptions {
  /** The storage id, by which a successor finds the answers under way. */
  id: string;
  state: AccountState;
  client: CloudClient;
  handover: Pick<AccountHandover, 'note' | 'underWay'>;
  clock: Clock;
  claims: KnownClaims;
  /** Nothing is waited for any more; what was rejected meanwhile stays undecided. */
  ending: Ending;
  /** Told once of each renewal: that it failed, or that it succeeded, also with the same token; and of each login. */
  events: { noteRenewalFailed(): void; noteRenewed(): void };
  /** Told what the cloud answered to a renewal, whoever asked for it. */
  onRenewal: (renewal: Renewal) => void;
  /** Told of each list of hub keys. */
  hubs: Pick<HubRegistry, 'noteKeys'>;
  /** Other processes may renew the token: a rejection is believed only when the store keeps naming it. */
  isShared: boolean;
}

/** The answers that were under way before a renewal, those to renewals among them. */
interface Earlier {
  all: Promise<unknown> | undefined;
  renewals: Promise<unknown> | undefined;
}

/** Waits before each reading of the store on a rejection: a renewal of another process is saved by then. */
const REREADS_MS = { alone: [0], shared: [0, 1_000, 2_000, 4_000, 8_000] };

/**
 * How long a renewal waits for one that a closed predecessor has sent, before it is sent all the same: longer than a call
 * to the cloud may take, for two at once may each end what the other brings.
 */
const EARLIER_PATIENCE_MS = 16_000;

/** How long it waits for a login. */
const LOGIN_PATIENCE_MS = 3_000;

/** A token that was replaced while the cloud was asked about it is asked about anew, this many times at most. */
const MOST_QUESTIONS = 3;

/**
 * The cloud token: when it is due, who renews it, and whose word counts (docs/rules.md, "Only the cloud ends a login",
 * "One renewal at a time", "A token is replaced by a whole one only").
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #questions = new SingleFlight<HubKeys | undefined>();
  readonly #renewals = new SingleFlight<Renewal>();
  readonly #mutex = new KeyedMutex();
  #pending: readonly Promise<unknown>[] = [];
  /** The keeping of tokens that have come. */
  #keeping: readonly Promise<unknown>[] = [];
  /** The last renewal in this process. */
  #lastRenewal: { token: string; since: Elapsed } | undefined;

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

  /** The renewals and logins under way, if any: the one thing worth waiting for when the account closes. */
  get pending(): Promise<unknown> | undefined {
    return this.#pending.length === 0 ? undefined : Promise.allSettled(this.#pending);
  }

  /** Resolves once the tokens that have come are kept, or could not be; `undefined` when there is none. */
  get keeping(): Promise<unknown> | undefined {
    return this.#keeping.length === 0 ? undefined : Promise.allSettled(this.#keeping);
  }

  /** Milliseconds until the token is due (docs/rules.md, "When a token is due"). `undefined` without a token. */
  dueIn(expiryMs: number): number | undefined {
    const { login } = this;
    if (login === null) return undefined;
    const { clock } = this.#options;
    const last = this.#lastRenewal;
    const sinceRenewalMs = last?.token === login.token ? last.since.steadyMs : undefined;
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
      if (login === null) return { isAccepted: false };
      const keys = await this.#questions.run(login.token, () => this.#startAsking(login.token));
      if (this.login?.token === login.token)
        return keys === undefined ? { isAccepted: false } : { isAccepted: true, keys };
      if (keys !== undefined && this.login !== null) return { isAccepted: !this.login.isRejected, keys };
      // The token was replaced meanwhile: a rejection of the old one says nothing about the new one.
    }
    return { isAccepted: this.login?.isRejected === false };
  }

  /** Renews the token in force; those who ask at the same time share one request and its result. Needs a token. */
  renew(): Promise<Renewal> {
    const token = this.login?.token;
    if (token === undefined) return Promise.resolve('dropped');
    return this.#renewals.run(token, () => {
      const { handover } = this.#options;
      const earlier = { all: this.#underWay, renewals: handover.underWay(this.#renewalKey) };
      const renewal = this.#mutex.runExclusive('renewal', () => this.#startRenewal(token, earlier));
      return handover.note(this.#renewalKey, this.#noted(renewal));
    });
  }

  /** Exchanges a code for a token and puts it in force. */
  logIn(email: string, otp: string): Promise<void> {
    return this.#noted(this.#startLogin(email, otp));
  }

  /** A token was set by hand: when it was renewed last is unknown, also of one that we had before. */
  forgetRenewal(): void {
    this.#lastRenewal = undefined;
  }

  #timesOf(login: LoginRecord): TokenTimes {
    const { issuedAt, expiresAt } = this.#options.claims.of(login, login.token);
    return { lastRefresh: login.lastRefresh, issuedAt, expiresAt };
  }

  #noteRenewed(token: string): void {
    this.#lastRenewal = { token, since: new Elapsed(this.#options.clock) };
    this.#options.events.noteRenewed();
  }

  async #startAsking(token: string): Promise<HubKeys | undefined> {
    const { client, hubs } = this.#options;
    const keys = await client.hubKeys(token);
    if (keys === undefined && !(await this.#isBelievable(token, this.#underWay))) return undefined;
    await this.#judge(token, keys === undefined);
    if (keys !== undefined && this.login !== null) await hubs.noteKeys(keys);
    return keys;
  }

  /** The answers under way of this account and its closed predecessors. */
  get #underWay(): Promise<unknown> | undefined {
    return this.#options.handover.underWay(this.#key);
  }

  get #key(): string {
    return `${this.#options.id} ${this.#options.state.origin}`;
  }

  get #renewalKey(): string {
    return `${this.#key} renewal`;
  }

  /** Lets the closing of this account, and its successors, know of a token that was asked for. */
  #noted<T>(work: Promise<T>): Promise<T> {
    this.#pending = [...this.#pending, work];
    const end = (): void => {
      this.#pending = this.#pending.filter((one) => one !== work);
    };
    work.then(end, end);
    return this.#options.handover.note(this.#key, work);
  }

  async #startRenewal(token: string, earlier: Earlier): Promise<Renewal> {
    try {
      if (earlier.renewals !== undefined) await this.#pause(EARLIER_PATIENCE_MS, earlier.renewals);
      else if (earlier.all !== undefined) await this.#pause(LOGIN_PATIENCE_MS, earlier.all);
      // Somebody else may have renewed it: another process, or an answer that came late.
      await this.#options.state.pull().catch(() => undefined);
      if (this.login?.token !== token || this.#options.ending.isOver) return 'dropped';
      const renewal = await this.#renewOnce(token, earlier.all);
      this.#options.onRenewal(renewal);
      return renewal;
    } catch (error) {
      if (this.login?.token !== token) return 'dropped';
      this.#options.events.noteRenewalFailed();
      throw error;
    }
  }

  async #renewOnce(token: string, earlier: Promise<unknown> | undefined): Promise<Renewal> {
    const renewed = await this.#options.client.refreshSession(token, (successor) => checkSuccessor(token, successor));
    if (renewed !== undefined && renewed !== token) return this.#replace(token, renewed);
    if (renewed === token) this.#noteRenewed(token);
    else if (!(await this.#isBelievable(token, earlier))) return 'dropped';
    await this.#judge(token, renewed === undefined);
    if (this.login?.token !== token) return 'dropped';
    return renewed === token ? 'same' : 'rejected';
  }

  async #replace(token: string, renewed: string): Promise<Renewal> {
    const { state, clock } = this.#options;
    this.#noteRenewed(renewed);
    const lastRefresh = clock.now();
    await this.#keep(() =>
      state.changeCloud(
        (cloud) => {
          const { login } = cloud;
          if (login === null || !this.#isReplaceable(login.token, token, renewed)) return undefined;
          return withRenewal(cloud, newLogin(renewed, lastRefresh, login.email));
        },
        { announce: (before) => (wasRejected(before, state.origin) ? ['authenticated', 'refreshed'] : ['refreshed']) },
      ),
    );
    return this.login?.token === renewed ? 'renewed' : 'dropped';
  }

  /**
   * Whether a renewal of `token` may take the place of the one in force: that of the token itself, or an older renewal
   * of it by another process. A reset or a new login meanwhile wins.
   */
  #isReplaceable(inForce: string, token: string, renewed: string): boolean {
    return inForce === token || (this.#options.state.isPulled && isNoOlder(renewed, inForce));
  }

  /**
   * Whether a token that was just rejected is still the one in force, also after reading the store again. A renewal
   * `underWay` may have replaced it at the cloud already: its answer is waited for.
   */
  async #isBelievable(token: string, underWay: Promise<unknown> | undefined): Promise<boolean> {
    const { state, ending, isShared } = this.#options;
    let problem: CozifyError | undefined;
    if (underWay !== undefined) await Promise.race([underWay, ending.over]);
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
    const sooner = work === undefined ? ending.over : Promise.race([work, ending.over]);
    await settlesWithin(clock, sooner, delayMs);
  }

  /** Notes what the cloud said of a token, if it is still the one in force and that is news. */
  #judge(token: string, isRejected: boolean): Promise<void> {
    const rejectedAt = isRejected ? this.#options.clock.now() : null;
    return this.#options.state.changeCloud(
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
    await this.#keep(() =>
      state.change(
        (record) => {
          const cloud = cloudOf(record, state.origin);
          const isSame = isSameUser(cloud.login, token);
          const hubs = isSame ? cloud.hubs : cloud.hubs.map((hub) => ({ ...hub, missedLists: 1 }));
          const login = newLogin(token, clock.now(), email);
          return withCloud({ ...record, email }, { ...withLogin(cloud, login), otp: null, hubs });
        },
        { announce: () => ['authenticated'] },
      ),
    );
  }

  async #keep(change: () => Promise<void>): Promise<void> {
    const keeping = change();
    this.#keeping = [...this.#keeping, keeping];
    try {
      await keeping;
    } finally {
      this.#keeping = this.#keeping.filter((one) => one !== keeping);
    }
  }
}

function wasRejected(record: AccountRecord, origin: string): boolean {
  return cloudOf(record, origin).login?.isRejected === true;
}
