import type { HubKeys } from '../cloud/cloud-api.js';
import type { Clock } from '../async/clock.js';
import type { CloudClient } from '../cloud/cloud-client.js';
import { CozifyError, toCozifyError } from '../errors.js';
import type { AccountState } from '../state/account-state.js';
import { type AccountRecord, type LoginRecord, cloudOf, withCloud, withLogin } from '../state/account-record.js';
import { type TokenClaims, decodeToken } from '../cloud/token.js';

/** After a renewal nothing is due for this long, so that a wrong clock does not renew without end. */
const COOLDOWN_MS = 600_000;

/** The part of its life at whose end a token is due whatever `expiry` says. */
const LAST_PART = 1 / 5;

/** What a step that asked the cloud about the token got. `keys` are there when the cloud took it. */
export interface Verdict {
  isAccepted: boolean;
  keys?: HubKeys;
}

/** `same`: the cloud gave the token we have. `dropped`: a reset or a new login came first. */
export type Renewal = 'renewed' | 'same' | 'rejected' | 'dropped';

export interface SessionOptions {
  state: AccountState;
  client: CloudClient;
  clock: Clock;
  /** Called once for each renewal that failed. */
  onRenewalFailed: (error: unknown) => void;
  /** Called once for each renewal that succeeded, one that gave the same token included, and each login. */
  onRenewed: () => void;
  /** Called with each list of hub keys. */
  onKeys: (keys: HubKeys) => Promise<void>;
  /** Other processes may renew the token: a rejection is believed only when the store keeps naming it. */
  isShared: boolean;
}

/** Waits before each reading of the store on a rejection: a renewal of another process is saved by then. */
const REREADS_MS = { alone: [0], shared: [0, 1_000, 2_000, 4_000, 8_000] };

/** How long a renewal waits for one that a closed predecessor has sent, before it is sent all the same. */
const EARLIER_PATIENCE_MS = 3_000;

/** Tokens that this process has asked for, by the place where they will be kept: a Deploy may come before the answer. */
const underWay = new Map<string, Set<Promise<unknown>>>();

/**
 * The cloud token: when it is due, who renews it, and whose word counts. Only a 401 from `hubkeys` or
 * `refreshsession` made with the token in force rejects it (docs/rules.md, 1); one renewal is under way at a time
 * (rule 3); a new token replaces the old one only when it is whole, newer and the same user's (rule 2).
 */
export class Session {
  readonly #options: SessionOptions;
  #asking: { token: string; answer: Promise<HubKeys | undefined> } | undefined;
  #renewing: { token: string; result: Promise<Renewal> } | undefined;
  #loggingIn: Promise<void> | undefined;
  readonly #pauses = new Set<() => void>();
  #isClosed = false;
  #markClosed: () => void = () => undefined;
  readonly #closing = new Promise<void>((resolve) => (this.#markClosed = resolve));
  /** The last renewal in this process, by the clock that never jumps. */
  #lastRenewal: { token: string; at: number } | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  get login(): LoginRecord | null {
    return this.#options.state.cloud.login;
  }

  /** How long the token in force lives from its first moment to its last, in milliseconds, as far as it says so. */
  get lifeMs(): number | undefined {
    const { login } = this;
    if (login === null) return undefined;
    const { issuedAt, expiresAt } = decodeToken(login.token);
    const bornAt = issuedAt ?? login.lastRefresh ?? undefined;
    const spanMs = (expiresAt ?? Number.NaN) - (bornAt ?? Number.NaN);
    // A token that is over when it comes says nothing of how long such tokens state.
    return spanMs > 0 ? spanMs : undefined;
  }

  /** The renewal or login under way, if any: the one thing worth waiting for when the account closes. */
  get pending(): Promise<unknown> | undefined {
    return this.#renewing?.result ?? this.#loggingIn;
  }

  /**
   * Milliseconds until the token is due: older than `expiryMs`, in the last fifth of its life, or last refresh unknown
   * or in the future; but not within the cooldown (docs/rules.md, 4). `undefined` without a token.
   */
  dueIn(expiryMs: number): number | undefined {
    const { login } = this;
    if (login === null) return undefined;
    const now = this.#options.clock.now();
    const { expiresAt } = decodeToken(login.token);
    const { lastRefresh } = login;
    const { lifeMs } = this;
    const cooldown = this.#cooldownLeft(
      login,
      Math.min(COOLDOWN_MS, expiryMs, lifeMs === undefined ? Infinity : lifeMs * LAST_PART),
    );
    if (lastRefresh === null || !Number.isFinite(lastRefresh) || lastRefresh > now) return cooldown;
    const dueAt = [lastRefresh + expiryMs];
    if (lifeMs !== undefined && expiresAt !== undefined) {
      // By the token's own times, and by ours: the clocks of cloud and host may differ.
      dueAt.push(expiresAt - lifeMs * LAST_PART, lastRefresh + lifeMs * (1 - LAST_PART));
    }
    return Math.max(cooldown, Math.min(...dueAt) - now, 0);
  }

  /** Asks the cloud about the token in force; those who ask at the same time share one request. */
  async ask(): Promise<Verdict> {
    for (let round = 0; round < 3; round++) {
      const { login } = this;
      if (login === null) return { isAccepted: false };
      const keys = await this.#askOnce(login.token);
      if (this.login?.token === login.token)
        return keys === undefined ? { isAccepted: false } : { isAccepted: true, keys };
      if (keys !== undefined && this.login !== null) return { isAccepted: !this.login.isRejected, keys };
      // The token was replaced meanwhile: a rejection of the old one says nothing about the new one.
    }
    return { isAccepted: this.login?.isRejected === false };
  }

  /** Renews the token in force; those who ask at the same time share one request and its result. Needs a token. */
  async renew(): Promise<Renewal> {
    const token = this.login?.token;
    if (token === undefined) return 'dropped';
    while (this.#renewing !== undefined && this.#renewing.token !== token) {
      await this.#renewing.result.catch(() => undefined);
      if (this.login?.token !== token || this.#isClosed) return 'dropped';
    }
    if (this.#renewing === undefined) {
      const earlier = this.#allUnderWay;
      this.#renewing = { token, result: this.#noted(this.#startRenewal(token, earlier)) };
    }
    return this.#renewing.result;
  }

  /** Waits for nothing any more; what was rejected meanwhile stays undecided. */
  close(): void {
    this.#isClosed = true;
    this.#markClosed();
    for (const end of [...this.#pauses]) end();
  }

  /** Exchanges a code for a token and puts it in force. */
  logIn(email: string, otp: string): Promise<void> {
    const result = this.#noted(
      this.#startLogin(email, otp).finally(() => {
        if (this.#loggingIn === result) this.#loggingIn = undefined;
      }),
    );
    return (this.#loggingIn = result);
  }

  /** A token was set by hand: when it was renewed last is unknown, also of one that we had before. */
  forgetRenewal(): void {
    this.#lastRenewal = undefined;
  }

  #noteRenewed(token: string): void {
    this.#lastRenewal = { token, at: this.#options.clock.monotonic() };
    this.#options.onRenewed();
  }

  #cooldownLeft(login: LoginRecord, lengthMs: number): number {
    const { clock } = this.#options;
    const last = this.#lastRenewal;
    if (last?.token === login.token) return Math.max(0, lengthMs - (clock.monotonic() - last.at));
    const ageMs = login.lastRefresh === null ? Infinity : clock.now() - login.lastRefresh;
    return ageMs >= 0 ? Math.max(0, lengthMs - ageMs) : 0;
  }

  #askOnce(token: string): Promise<HubKeys | undefined> {
    if (this.#asking?.token === token) return this.#asking.answer;
    const answer = this.#startAsking(token).finally(() => {
      if (this.#asking?.answer === answer) this.#asking = undefined;
    });
    this.#asking = { token, answer };
    return answer;
  }

  async #startAsking(token: string): Promise<HubKeys | undefined> {
    const { client, onKeys } = this.#options;
    const keys = await client.hubKeys(token);
    if (keys === undefined) {
      if (!(await this.#isBelievable(token, this.#allUnderWay))) return undefined;
    }
    await this.#judge(token, keys === undefined);
    if (keys !== undefined && this.login !== null) await onKeys(keys);
    return keys;
  }

  /** The tokens asked for so far, by this account or a closed predecessor, to be waited for until their deadlines. */
  get #allUnderWay(): Promise<unknown> | undefined {
    const all = underWay.get(this.#options.state.place);
    return all === undefined ? undefined : Promise.allSettled(all);
  }

  /** Lets successors of this account know of a token that was asked for. */
  #noted<T>(work: Promise<T>): Promise<T> {
    const { place } = this.#options.state;
    const all = underWay.get(place) ?? new Set();
    underWay.set(place, all.add(work));
    const end = (): void => {
      all.delete(work);
      if (all.size === 0 && underWay.get(place) === all) underWay.delete(place);
    };
    work.then(end, end);
    return work;
  }

  async #startRenewal(token: string, earlier: Promise<unknown> | undefined): Promise<Renewal> {
    try {
      if (earlier !== undefined) await this.#pause(EARLIER_PATIENCE_MS, earlier);
      // Somebody else may have renewed it: another process, or an answer that came late.
      await this.#options.state.pull().catch(() => undefined);
      if (this.login?.token !== token || this.#isClosed) return 'dropped';
      return await this.#renewOnce(token, earlier);
    } catch (error) {
      if (this.login?.token !== token) return 'dropped';
      this.#options.onRenewalFailed(error);
      throw error;
    } finally {
      this.#renewing = undefined;
    }
  }

  async #renewOnce(token: string, earlier: Promise<unknown> | undefined): Promise<Renewal> {
    const { client, state, clock } = this.#options;
    const renewed = await client.refreshSession(token, (successor) =>
      checkSuccessor(decodeToken(token), decodeToken(successor)),
    );
    if (renewed === undefined || renewed === token) {
      if (renewed === token) this.#noteRenewed(token);
      else if (!(await this.#isBelievable(token, earlier))) return 'dropped';
      await this.#judge(token, renewed === undefined);
      if (this.login?.token !== token) return 'dropped';
      return renewed === token ? 'same' : 'rejected';
    }
    this.#noteRenewed(renewed);
    const lastRefresh = clock.now();
    await state.changeCloud(
      (cloud) =>
        this.#isReplaceable(cloud.login, token, renewed)
          ? withLogin(cloud, { token: renewed, lastRefresh, isRejected: false })
          : undefined,
      { announce: (before) => (wasRejected(before, state.origin) ? ['authenticated', 'refreshed'] : ['refreshed']) },
    );
    return this.login?.token === renewed ? 'renewed' : 'dropped';
  }

  /**
   * Whether a renewal of `token` may take the place of `login`: that of the token itself, or an older renewal of it by
   * another process. A reset or a new login meanwhile wins.
   */
  #isReplaceable(login: LoginRecord | null, token: string, renewed: string): boolean {
    if (login === null || login.token === token) return login !== null;
    const theirs = decodeToken(login.token).issuedAt ?? Infinity;
    return this.#options.state.isPulled && (decodeToken(renewed).issuedAt ?? 0) >= theirs;
  }

  /**
   * Whether a token that was just rejected is still the one in force, also after reading the store again. A renewal
   * `underWay` may have replaced it at the cloud already: its answer is waited for.
   */
  async #isBelievable(token: string, underWay: Promise<unknown> | undefined): Promise<boolean> {
    const { state, isShared } = this.#options;
    let problem: CozifyError | undefined;
    if (underWay !== undefined) await Promise.race([underWay, this.#closing]);
    for (const delayMs of isShared ? REREADS_MS.shared : REREADS_MS.alone) {
      if (delayMs > 0) await this.#pause(delayMs);
      if (this.#isClosed) return false;
      problem = await state.pull().then(
        () => undefined,
        (error: unknown) => toCozifyError(error, 'COZIFY_STORE'),
      );
      if (this.login?.token !== token) return false;
    }
    // Which token is in force is the shared store's to say.
    if (isShared && problem !== undefined) throw problem;
    return true;
  }

  /** Waits, less when `work` or this session ends before. */
  #pause(delayMs: number, work?: Promise<unknown>): Promise<void> {
    const { clock } = this.#options;
    return new Promise((resolve) => {
      const timer = clock.setTimeout(end, delayMs);
      const pauses = this.#pauses.add(end);
      work?.then(end, end);
      function end(): void {
        clock.clearTimeout(timer);
        pauses.delete(end);
        resolve();
      }
    });
  }

  /** Notes what the cloud said of a token, if it is still the one in force and that is news. */
  async #judge(token: string, isRejected: boolean): Promise<void> {
    await this.#options.state.changeCloud(
      (cloud) => {
        const { login } = cloud;
        if (login?.token !== token || login.isRejected === isRejected) return undefined;
        return { ...cloud, login: { ...login, isRejected } };
      },
      { announce: () => (isRejected ? [] : ['authenticated']) },
    );
  }

  async #startLogin(email: string, otp: string): Promise<void> {
    const { client, state, clock } = this.#options;
    const token = await client.emailLogin(email, otp);
    this.#noteRenewed(token);
    await state.change(
      (record) => {
        const cloud = cloudOf(record, state.origin);
        const login = { token, lastRefresh: clock.now(), isRejected: false };
        const isSame = isSameUser(cloud.login, token);
        const hubs = isSame ? cloud.hubs : cloud.hubs.map((hub) => ({ ...hub, missedLists: 1 }));
        return withCloud({ ...record, email }, { ...withLogin(cloud, login), otp: null, hubs });
      },
      { announce: () => ['authenticated'] },
    );
  }
}

function wasRejected(record: AccountRecord, origin: string): boolean {
  return cloudOf(record, origin).login?.isRejected === true;
}

/** A renewed token that is older than its predecessor, or another user's, is an answer to somebody else. */
function checkSuccessor(before: TokenClaims, after: TokenClaims): void {
  if (before.issuedAt !== undefined && after.issuedAt !== undefined && after.issuedAt < before.issuedAt) {
    throw new CozifyError('COZIFY_BAD_ANSWER', 'The cloud should have sent a newer token, but sent an older one.');
  }
  if (before.userId !== undefined && after.userId !== undefined && after.userId !== before.userId) {
    throw new CozifyError(
      'COZIFY_BAD_ANSWER',
      "The cloud should have sent this user's token, but sent another user's.",
    );
  }
}

/** Whether a new login is the same person's, as far as can be told: other people's hubs go with the first list. */
function isSameUser(before: LoginRecord | null, token: string): boolean {
  const known = before === null ? undefined : decodeToken(before.token).userId;
  const now = decodeToken(token).userId;
  return known === undefined || now === undefined || known === now;
}
